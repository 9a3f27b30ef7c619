//! What is to be seen of a descriptor by its number.

use std::fs;
use std::os::fd::RawFd;

pub(super) fn is_close_on_exec(number: RawFd) -> bool {
    const O_CLOEXEC: u32 = 0o2_000_000;

    let info = fs::read_to_string(format!("/proc/self/fdinfo/{number}")).expect("it is open");
    let flags = info.lines().find_map(|line| line.strip_prefix("flags:")).expect("Linux tells the flags");
    u32::from_str_radix(flags.trim(), 8).unwrap() & O_CLOEXEC != 0
}

/// What is open there: `socket:[12345]`.
pub(super) fn identity(number: RawFd) -> String {
    fs::read_link(format!("/proc/self/fd/{number}")).unwrap().to_str().unwrap().to_owned()
}
