//! The sockets that a process has open (Linux). By hand, because std resolves `/proc/PID/fd/N` from the root for each
//! descriptor, and a search goes through all of a machine.
#![allow(unsafe_code, reason = "bare system calls")]

use std::ffi::{CStr, CString};
use std::io;
use std::ptr::NonNull;

/// The inodes of the sockets of a process, in the order of its descriptors.
pub(crate) struct Sockets(NonNull<libc::DIR>);

impl Sockets {
    /// An error where the process is gone, or may not be looked at.
    pub(crate) fn of(pid: u32) -> io::Result<Self> {
        Self::in_folder(&format!("/proc/{pid}/fd"))
    }

    /// Those of this process, whatever numbers `/proc` gives to processes. By this thread, since there is nothing left of
    /// the main thread if that one has ended.
    pub(crate) fn own() -> io::Result<Self> {
        Self::in_folder("/proc/thread-self/fd")
    }

    fn in_folder(path: &str) -> io::Result<Self> {
        let path = CString::new(path)?;
        // SAFETY: the path ends in a null byte. The stream is closed when it is dropped, and on exec.
        NonNull::new(unsafe { libc::opendir(path.as_ptr()) }).map(Self).ok_or_else(io::Error::last_os_error)
    }
}

impl Iterator for Sockets {
    type Item = u64;

    fn next(&mut self) -> Option<u64> {
        // `socket:[` and the largest number; what is longer is something else.
        let mut link = [0_u8; 32];
        loop {
            // SAFETY: the stream is open, and used by nobody else.
            let entry = NonNull::new(unsafe { libc::readdir(self.0.as_ptr()) })?;
            // SAFETY: the entry stays until the next call.
            let name = unsafe { &raw const (*entry.as_ptr()).d_name };
            // SAFETY: the name is an array in the entry, and ends in a null byte.
            let name = unsafe { CStr::from_ptr(name.cast()) };
            if name.to_bytes().starts_with(b".") {
                continue;
            }
            // SAFETY: the stream is open.
            let folder = unsafe { libc::dirfd(self.0.as_ptr()) };
            // SAFETY: the name ends in a null byte; the size is that of the buffer.
            let size = unsafe { libc::readlinkat(folder, name.as_ptr(), link.as_mut_ptr().cast(), link.len()) };
            // Less than nothing for one that was closed meanwhile.
            let link = usize::try_from(size).ok().and_then(|size| link.get(..size));
            if let Some(inode) = link.and_then(inode) {
                return Some(inode);
            }
        }
    }
}

fn inode(link: &[u8]) -> Option<u64> {
    let number = link.strip_prefix(b"socket:[")?.strip_suffix(b"]")?;
    std::str::from_utf8(number).ok()?.parse().ok()
}

impl Drop for Sockets {
    fn drop(&mut self) {
        // SAFETY: the stream is open, and never used again.
        unsafe { libc::closedir(self.0.as_ptr()) };
    }
}
