//! The processes that a program consists of: the child, its descendants, and those that lost their parent and carry the
//! mark still.

use std::hash::{BuildHasher, RandomState};
use std::process::{self, Child, Command};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};
use std::{env, fs};

use super::handle::Handle;
use super::{limit, threads};
use crate::sys::proc_fs::{self, Pid, split};

/// What only the processes of one program have: an entry in a variable of the environment, and a resource limit for those
/// that write a title over their environment, or are started without one.
#[derive(Debug, Clone)]
pub(crate) struct Mark {
    entry: String,
    limit: u64,
    /// What the command hands down.
    handed_down: Arc<AtomicU64>,
}

impl Mark {
    /// Lower case comes last in an environment that is sorted: some servers that write a title over their arguments do not
    /// come that far.
    const VARIABLE: &str = "port_runtime_part_of";

    fn new() -> Self {
        static COUNT: AtomicU64 = AtomicU64::new(0);

        let time = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.as_nanos());
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let entry = format!("{}-{count}-{time:x}", process::id());
        // No limit that anybody would set by hand, and not the one that stands for "unlimited" either.
        let limit = (1 << 62) | (RandomState::new().hash_one(&entry) >> 2);
        Self { entry, limit, handed_down: Arc::new(AtomicU64::new(limit)) }
    }

    /// Marks what the command starts next.
    pub(crate) fn put_on(command: &mut Command) -> Self {
        let mark = Self::new();
        // A program that starts others in this way hands down the marks that it carries itself. Of the limit there is one.
        let mut entries = env::var_os(Self::VARIABLE).unwrap_or_default();
        if !entries.is_empty() {
            entries.push(":");
        }
        entries.push(&mark.entry);
        command.env(Self::VARIABLE, entries);
        limit::hand_down(command, &mark.handed_down);
        mark
    }

    /// Marks a child that nobody has waited for, and all that it starts from now on.
    pub(crate) fn put_on_child(child: &Child) -> Self {
        let mark = Self::new();
        limit::set(child.id(), mark.limit);
        mark
    }

    /// So that what the command starts afterwards, by itself, is not taken for a part of the program.
    pub(crate) fn take_off(&self, command: &mut Command) {
        self.handed_down.store(0, Ordering::Relaxed);
        match env::var_os(Self::VARIABLE) {
            Some(entries) => command.env(Self::VARIABLE, entries),
            None => command.env_remove(Self::VARIABLE),
        };
    }

    /// Of another user neither can be read.
    fn is_on(&self, pid: Pid) -> bool {
        let is_here = |variable: &[u8]| {
            let entries = variable.strip_prefix(Self::VARIABLE.as_bytes()).and_then(|rest| rest.strip_prefix(b"="));
            entries.is_some_and(|entries| split(entries, b':').any(|it| it == self.entry.as_bytes()))
        };
        let environment = || fs::read(format!("/proc/{pid}/environ")).unwrap_or_default();
        limit::is_on(pid, self.limit) || split(&environment(), 0).any(is_here)
    }
}

/// The child and its descendants, in order; nobody when its number is another's by now.
pub(super) fn descendants(child: &Handle) -> Vec<Pid> {
    let mut found = Vec::new();
    add(child.pid, &mut found);
    if child.is_known_by_its_number() { found } else { Vec::new() }
}

/// Adds a process and its descendants to what was found, and keeps that in order.
fn add(root: Pid, found: &mut Vec<Pid>) {
    let mut unseen = vec![root];
    let mut everybody = None;
    while let Some(parent) = unseen.pop() {
        let Err(place) = found.binary_search(&parent) else { continue };
        found.insert(place, parent);
        if !add_children(parent, &mut unseen) {
            for (pid, its_parent) in everybody.get_or_insert_with(with_parents).iter() {
                if *its_parent == parent {
                    unseen.push(*pid);
                }
            }
        }
    }
}

fn with_parents() -> Vec<(Pid, Pid)> {
    let mut everybody = Vec::new();
    for pid in proc_fs::pids() {
        if let Some(stat) = proc_fs::stat(pid) {
            everybody.push((pid, stat.parent));
        }
    }
    everybody
}

/// False where the kernel does not list them: one without `CONFIG_PROC_CHILDREN`.
fn add_children(parent: Pid, unseen: &mut Vec<Pid>) -> bool {
    for thread in threads::of(parent) {
        match fs::read_to_string(format!("/proc/{parent}/task/{thread}/children")) {
            Ok(list) => {
                for pid in list.split_ascii_whitespace() {
                    if let Ok(pid) = pid.parse() {
                        unseen.push(pid);
                    }
                }
            }
            // The thread has ended meanwhile, unless the file is nowhere.
            Err(_) if fs::exists("/proc/thread-self/children").unwrap_or(true) => {}
            Err(_) => return false,
        }
    }
    true
}

/// All others that can be found of the program whose child this is, in order.
pub(super) fn members(child: Option<&Handle>, mark: Option<&Mark>) -> Vec<Pid> {
    if !proc_fs::is_ours() {
        return Vec::new();
    }
    let mut members = child.map(descendants).unwrap_or_default();
    if let Some(mark) = mark {
        for pid in proc_fs::pids() {
            if mark.is_on(pid) {
                add(pid, &mut members);
            }
        }
    }
    // Whatever `/proc` says, this process is not a part of it.
    let child = child.map_or(1, |child| child.pid);
    members.retain(|pid| ![process::id(), 1, child].contains(pid));
    members
}

/// Whether a process that was found otherwise is one of the program's.
pub(super) fn is_member(pid: Pid, child: &Handle, mark: Option<&Mark>) -> bool {
    let ancestors = std::iter::successors(Some(pid), |&pid| proc_fs::stat(pid).map(|stat| stat.parent));
    // A thousand generations are none any more.
    let descends = ancestors.take(1000).take_while(|&pid| pid > 1).any(|pid| pid == child.pid);
    descends && child.is_known_by_its_number() || mark.is_some_and(|mark| mark.is_on(pid))
}
