//! What is to be seen of a descriptor by its number.

use std::fs;
use std::os::fd::RawFd;

pub(super) fn is_close_on_exec(number: RawFd) -> bool {
    const O_CLOEXEC: u32 = 0o2_000_000;

    flags(number) & O_CLOEXEC != 0
}

/// Whoever has a copy of it, here or in another process, has the same answer.
pub(super) fn is_nonblocking(number: RawFd) -> bool {
    const O_NONBLOCK: u32 = 0o4_000;

    flags(number) & O_NONBLOCK != 0
}

fn flags(number: RawFd) -> u32 {
    let info = fs::read_to_string(format!("/proc/self/fdinfo/{number}")).expect("it is open");
    let flags = info.lines().find_map(|line| line.strip_prefix("flags:")).expect("Linux tells the flags");
    u32::from_str_radix(flags.trim(), 8).unwrap()
}

/// What is open there: `socket:[12345]`.
pub(super) fn identity(number: RawFd) -> String {
    fs::read_link(format!("/proc/self/fd/{number}")).unwrap().to_str().unwrap().to_owned()
}
