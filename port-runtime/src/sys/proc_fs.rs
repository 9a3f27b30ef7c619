//! What `/proc` tells about processes (Linux). Every answer may be outdated when it arrives: a process that is gone, or
//! that this user may not look at, has nothing.

use std::fs;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::{Path, PathBuf};

pub(crate) type Pid = u32;

/// Whether `/proc` is there and numbers processes as this one does. After `unshare -p` without a mount, and in some
/// sandboxes, it shows the numbers of another namespace: what is found under them are strangers.
pub(crate) fn is_ours() -> bool {
    let own = std::process::id().to_string();
    // `/proc/self` alone may be the same number by accident; in the other file stands one for each namespace in between.
    let is_numbered_so = |status: String| {
        let numbers = status.lines().find_map(|line| line.strip_prefix("NSpid:"));
        numbers.is_none_or(|numbers| numbers.split_ascii_whitespace().eq([own.as_str()]))
    };
    fs::read_link("/proc/self").is_ok_and(|link| link.as_os_str() == own.as_str())
        && fs::read_to_string("/proc/self/status").is_ok_and(is_numbered_so)
}

/// All processes, the youngest first as far as numbers tell.
pub(crate) fn pids() -> Vec<Pid> {
    let mut pids = numbers_in("/proc");
    // The kernel lists them in order.
    pids.reverse();
    pids
}

/// The numbers in a folder: of processes, or of the threads of one. None, where it is gone.
pub(crate) fn numbers_in(folder: &str) -> Vec<Pid> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    entries.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok()).collect()
}

/// What `stat` tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Stat {
    pub(crate) parent: Pid,
    /// In ticks since the machine was started: with it, a number that is used again is told apart.
    pub(crate) born: u64,
    /// It has ended, and nobody has waited for it.
    pub(crate) is_zombie: bool,
}

pub(crate) fn stat(pid: Pid) -> Option<Stat> {
    parse_stat(&fs::read(format!("/proc/{pid}/stat")).ok()?)
}

fn parse_stat(stat: &[u8]) -> Option<Stat> {
    // The name stands in parentheses, and may contain some, and blanks.
    let end = stat.iter().rposition(|&byte| byte == b')')?;
    let rest = std::str::from_utf8(stat.get(end + 1..)?).ok()?;
    let mut fields = rest.split_ascii_whitespace();
    let state = fields.next()?;
    let parent = fields.next()?.parse().ok()?;
    let born = fields.nth(17)?.parse().ok()?;
    Some(Stat { parent, born, is_zombie: matches!(state, "Z" | "X") })
}

/// The number of the user as whom it runs.
pub(crate) fn uid(pid: Pid) -> Option<u32> {
    use std::os::unix::fs::MetadataExt;

    fs::metadata(format!("/proc/{pid}")).ok().map(|metadata| metadata.uid())
}

/// Whether this number stands for one user. All whom the user namespace of this process does not know have one number
/// together, which may be that of a user as well.
pub(crate) fn is_a_user(uid: u32) -> bool {
    let text = |path| fs::read_to_string(path).unwrap_or_default();
    text("/proc/sys/kernel/overflowuid").trim() != uid.to_string() || maps(&text("/proc/self/uid_map"), uid)
}

/// Whether one of these lines, each with the first number, its number outside and how many there are, has this one.
fn maps(uid_map: &str, uid: u32) -> bool {
    uid_map.lines().any(|line| {
        let mut numbers = line.split_ascii_whitespace().map(str::parse::<u32>);
        match (numbers.next(), numbers.nth(1)) {
            (Some(Ok(first)), Some(Ok(count))) => uid.checked_sub(first).is_some_and(|index| index < count),
            _ => false,
        }
    })
}

/// What people call it: the name of its main thread, unless that has got one that says nothing (`MainThread` of Node).
pub(crate) fn name(pid: Pid) -> Option<String> {
    let mut comm = fs::read(format!("/proc/{pid}/comm")).ok()?;
    comm.truncate(comm.trim_ascii_end().len());
    let called_so = |path: &[u8]| file_name(path).starts_with(&comm);
    let executable = executable(pid).unwrap_or_default().into_os_string().into_vec();
    let executable = executable.strip_suffix(b" (deleted)").unwrap_or(&executable);
    // The script of an interpreter is one of the first arguments.
    if executable.is_empty() || called_so(executable) || arguments(pid).iter().take(3).any(|path| called_so(path)) {
        return Some(String::from_utf8_lossy(&comm).into_owned());
    }
    Some(String::from_utf8_lossy(file_name(executable)).into_owned())
}

/// The file that it runs.
pub(crate) fn executable(pid: Pid) -> Option<PathBuf> {
    fs::read_link(format!("/proc/{pid}/exe")).ok()
}

pub(crate) fn file_name(path: &[u8]) -> &[u8] {
    Path::new(std::ffi::OsStr::from_bytes(path)).file_name().map_or(path, |name| name.as_bytes())
}

/// Its command line. Empty for a zombie, and for a thread of the kernel.
pub(crate) fn arguments(pid: Pid) -> Vec<Vec<u8>> {
    let mut bytes = fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
    while bytes.last() == Some(&0) {
        bytes.pop();
    }
    if bytes.is_empty() {
        return Vec::new();
    }
    split(&bytes, 0).map(<[u8]>::to_vec).collect()
}

/// The parts between which a byte stands.
pub(crate) fn split(bytes: &[u8], at: u8) -> impl Iterator<Item = &[u8]> {
    bytes.split(move |&byte| byte == at)
}

#[cfg(all(test, not(miri)))]
mod tests {
    use super::{Stat, arguments, is_ours, maps, name, parse_stat, pids, stat};

    #[test]
    fn this_process() {
        let own = std::process::id();
        assert!(is_ours());
        assert!(pids().contains(&own));
        let program = std::env::current_exe().unwrap().file_name().unwrap().to_str().unwrap().to_owned();
        assert!(name(own).is_some_and(|name| program.starts_with(&name)), "{:?}", name(own));
        let arguments = arguments(own);
        assert!(arguments.iter().map(|it| String::from_utf8_lossy(it).into_owned()).eq(std::env::args()));
        assert!(stat(own).is_some_and(|it| it.born > 0 && !it.is_zombie && stat(it.parent).is_some()));
        assert_eq!(stat(u32::MAX), None);
        assert_eq!(name(u32::MAX), None);
    }

    #[test]
    fn a_map_of_users() {
        assert!(maps("         0          0 4294967295\n", 65534));
        assert!(maps("0 1000 1\n1 100000 65536\n", 65534));
        for other in ["0 65534 1\n", "65535 0 9\n", "0 0 65534", "", "65534 0", "a b c"] {
            assert!(!maps(other, 65534), "{other}");
        }
    }

    #[test]
    fn a_name_may_look_like_fields() {
        let fields = "S 7 8 9 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 4711 1 2";
        for name in ["sh", ") R 1 2", "a b", "((", ""] {
            let expected = Stat { parent: 7, born: 4711, is_zombie: false };
            assert_eq!(parse_stat(format!("1 ({name}) {fields}\n").as_bytes()), Some(expected));
        }
        let zombie = fields.replacen('S', "Z", 1);
        assert!(parse_stat(format!("1 (sh) {zombie}").as_bytes()).unwrap().is_zombie);
        for cut in ["", "1 (sh", "1 (sh)", "1 (sh) S", "1 (sh) S 7 8 9"] {
            assert_eq!(parse_stat(cut.as_bytes()), None);
        }
    }
}
