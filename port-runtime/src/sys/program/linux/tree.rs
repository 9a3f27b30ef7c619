//! The processes that a program consists of: the child, its descendants, and those that lost their parent and carry the
//! mark still.

use std::collections::BTreeSet;
use std::fs;
use std::process::{self, Command};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use super::handle::Handle;
use crate::sys::descriptors::Sockets;
use crate::sys::proc_fs::{self, Pid};

/// A variable that only the processes of one program have. A name of its own for each, so that a program that starts
/// others in this way hands down the mark that it carries itself.
#[derive(Debug, Clone)]
pub(crate) struct Mark(String);

impl Mark {
    /// Marks what the command starts next.
    pub(crate) fn put_on(command: &mut Command) -> Self {
        static COUNT: AtomicU64 = AtomicU64::new(0);

        let time = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.as_nanos());
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        // Lower case comes last in an environment that is sorted: servers that write a title over their arguments
        // (Redis) do not come that far.
        let name = format!("port_runtime_{}_{count}_{time:x}", process::id());
        command.env(&name, "1");
        Self(name)
    }

    /// So that what the command starts afterwards, by itself, is not taken for a part of the program.
    pub(crate) fn take_off(&self, command: &mut Command) {
        command.env_remove(&self.0);
    }

    fn is_on(&self, pid: Pid) -> bool {
        // Of another user it cannot be read.
        let environment = fs::read(format!("/proc/{pid}/environ")).unwrap_or_default();
        environment.split(|&byte| byte == 0).any(|it| it.strip_suffix(b"=1") == Some(self.0.as_bytes()))
    }
}

/// The child and its descendants; nobody when its number is another's by now.
pub(super) fn descendants(child: &Handle) -> BTreeSet<Pid> {
    let found = descendants_of(child.pid);
    if child.is_known_by_its_number() { found } else { BTreeSet::new() }
}

fn descendants_of(root: Pid) -> BTreeSet<Pid> {
    let mut found = BTreeSet::from([root]);
    let mut unseen = vec![root];
    let mut everybody = None;
    while let Some(parent) = unseen.pop() {
        let children = children(parent).unwrap_or_else(|| {
            // A kernel without `CONFIG_PROC_CHILDREN`.
            let everybody = everybody.get_or_insert_with(with_parents);
            everybody.iter().filter(|(_, its_parent)| *its_parent == parent).map(|&(pid, _)| pid).collect()
        });
        unseen.extend(children.into_iter().filter(|&pid| found.insert(pid)));
    }
    found
}

fn with_parents() -> Vec<(Pid, Pid)> {
    proc_fs::pids().into_iter().filter_map(|pid| Some((pid, proc_fs::stat(pid)?.parent))).collect()
}

/// `None` where the kernel does not list them.
fn children(parent: Pid) -> Option<Vec<Pid>> {
    let mut children = Vec::new();
    let Ok(threads) = fs::read_dir(format!("/proc/{parent}/task")) else { return Some(children) };
    for thread in threads.flatten() {
        match fs::read_to_string(thread.path().join("children")) {
            Ok(list) => children.extend(list.split_ascii_whitespace().filter_map(|pid| pid.parse::<Pid>().ok())),
            // The thread has ended meanwhile, unless the file is nowhere.
            Err(_) if fs::exists("/proc/thread-self/children").unwrap_or(true) => {}
            Err(_) => return None,
        }
    }
    Some(children)
}

/// All others that can be found of the program whose child this is.
pub(super) fn members(child: &Handle, mark: Option<&Mark>) -> BTreeSet<Pid> {
    if !proc_fs::is_ours() {
        return BTreeSet::new();
    }
    let mut members = descendants(child);
    for root in mark.into_iter().flat_map(marked) {
        if !members.contains(&root) {
            members.extend(descendants_of(root));
        }
    }
    // Whatever `/proc` says, this process is not a part of it.
    for other in [process::id(), 1, child.pid] {
        members.remove(&other);
    }
    members
}

fn marked(mark: &Mark) -> impl Iterator<Item = Pid> {
    proc_fs::pids().into_iter().filter(|&pid| mark.is_on(pid))
}

/// Who has one of these sockets open, this process apart.
pub(super) fn holders(sockets: &[u64]) -> impl Iterator<Item = Pid> {
    let everybody = if sockets.is_empty() || !proc_fs::is_ours() { Vec::new() } else { proc_fs::pids() };
    let others = everybody.into_iter().filter(|&pid| pid > 1 && pid != process::id());
    others.filter(|&pid| Sockets::of(pid).is_ok_and(|mut its| its.any(|socket| sockets.contains(&socket))))
}

/// Whether a process that was found otherwise is one of the program's.
pub(super) fn is_member(pid: Pid, child: &Handle, mark: Option<&Mark>) -> bool {
    let ancestors = std::iter::successors(Some(pid), |&pid| proc_fs::stat(pid).map(|stat| stat.parent));
    // A thousand generations are none any more.
    let descends = ancestors.take(1000).take_while(|&pid| pid > 1).any(|pid| pid == child.pid);
    descends && child.is_known_by_its_number() || mark.is_some_and(|mark| mark.is_on(pid))
}
