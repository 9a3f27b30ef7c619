//! Which process has a socket open. For the way of failure, and for telling one's own server from a stranger: the search
//! goes through `/proc`, and costs 10 µs for each process of the machine.
//!
//! Nobody is found in a pid namespace that is not below one's own, behind `hidepid`, or of another user, unless the
//! searcher is root.

use std::time::Duration;

/// Somebody who has a socket open.
#[cfg_attr(not(any(target_os = "linux", target_os = "android")), allow(dead_code, reason = "nobody is found there"))]
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Owner {
    ThisProcess,
    Other { pid: u32, name: String, command: String },
}

/// For each socket who has it, where that can be told within the time. 0 is nobody's.
#[cfg(any(target_os = "linux", target_os = "android"))]
pub(crate) fn owners(inodes: &[u64], uids: &[u32], limit: Duration) -> Vec<Option<Owner>> {
    linux::owners(inodes, uids, limit)
}

/// Not told here.
#[cfg(not(any(target_os = "linux", target_os = "android")))]
pub(crate) fn owners(inodes: &[u64], _uids: &[u32], _limit: Duration) -> Vec<Option<Owner>> {
    vec![None; inodes.len()]
}

/// Whether this number stands for one user. Those whom the user namespace does not know have one number together.
pub(crate) fn is_a_user(uid: u32) -> bool {
    #[cfg(any(target_os = "linux", target_os = "android"))]
    return super::proc_fs::is_a_user(uid);
    #[cfg(not(any(target_os = "linux", target_os = "android")))]
    {
        let _ = uid;
        true
    }
}

/// Whether sockets of this user are not those of the user as whom this process runs.
pub(crate) fn is_another_user(uid: u32) -> bool {
    #[cfg(any(target_os = "linux", target_os = "android"))]
    return uid != super::os::effective_uid();
    #[cfg(not(any(target_os = "linux", target_os = "android")))]
    {
        let _ = uid;
        false
    }
}

#[cfg(any(target_os = "linux", target_os = "android"))]
mod linux {
    use std::process;
    use std::time::{Duration, Instant};

    use super::Owner;
    use crate::sys::descriptors::Sockets;
    use crate::sys::proc_fs::{self, Pid};

    /// Of a process that has more sockets, the others are looked at last: a database with 20,000 of them would cost
    /// 20 ms, and the one who is sought is rarely it.
    const FIRST: usize = 128;

    pub(super) fn owners(inodes: &[u64], uids: &[u32], limit: Duration) -> Vec<Option<Owner>> {
        let mut search = Search { inodes, owners: vec![None; inodes.len()] };
        search.look_at_own();
        if search.is_over() || !proc_fs::is_ours() {
            return search.owners;
        }
        let until = Instant::now() + limit;
        let own = process::id();
        let others = proc_fs::pids().into_iter().filter(|&pid| pid != own);
        // Who has opened it still runs as the same user, mostly; who is of another user, and who has very many sockets,
        // is for later.
        let mut later = Vec::new();
        for pid in others {
            if search.is_over() || Instant::now() > until {
                return search.owners;
            }
            let is_likely = uids.is_empty() || proc_fs::uid(pid).is_some_and(|uid| uids.contains(&uid));
            let skip = if is_likely { FIRST } else { 0 };
            if !is_likely || !search.look(pid, 0, FIRST) {
                later.push((pid, skip));
            }
        }
        for (pid, skip) in later {
            if search.is_over() || Instant::now() > until {
                break;
            }
            search.look(pid, skip, usize::MAX);
        }
        search.owners
    }

    struct Search<'a> {
        inodes: &'a [u64],
        owners: Vec<Option<Owner>>,
    }

    impl Search<'_> {
        fn is_over(&self) -> bool {
            self.inodes.iter().zip(&self.owners).all(|(&inode, owner)| inode == 0 || owner.is_some())
        }

        fn look_at_own(&mut self) {
            let Ok(sockets) = Sockets::own() else { return };
            for socket in sockets {
                let Some(place) = self.place(socket) else { continue };
                self.owners[place] = Some(Owner::ThisProcess);
                if self.is_over() {
                    break;
                }
            }
        }

        fn place(&self, socket: u64) -> Option<usize> {
            self.inodes.iter().position(|&inode| inode == socket && inode != 0)
        }

        /// Looks at so many sockets of a process. Returns whether these were all.
        fn look(&mut self, pid: Pid, skip: usize, count: usize) -> bool {
            let Ok(sockets) = Sockets::of(pid) else { return true };
            let mut seen = 0;
            for socket in sockets.skip(skip).take(count) {
                seen += 1;
                let Some(place) = self.place(socket) else { continue };
                if self.owners[place].is_none() {
                    self.owners[place] = owner(pid, socket);
                    if self.is_over() {
                        break;
                    }
                }
            }
            seen < count
        }
    }

    /// `None` for one that has ended meanwhile.
    fn owner(pid: Pid, socket: u64) -> Option<Owner> {
        let pid = eldest(pid, socket);
        let name = proc_fs::name(pid)?;
        let mut arguments = proc_fs::arguments(pid);
        // Where a program lies makes the line long, and says little.
        if let Some(program) = arguments.first_mut().filter(|program| program.starts_with(b"/")) {
            *program = proc_fs::file_name(program).to_vec();
        }
        let command = arguments.iter().map(|it| String::from_utf8_lossy(it)).collect::<Vec<_>>().join(" ");
        // Or else it has ended, and somebody else may have its number now.
        has(pid, socket).then_some(Owner::Other { pid, name, command })
    }

    fn has(pid: Pid, socket: u64) -> bool {
        Sockets::of(pid).is_ok_and(|mut sockets| sockets.any(|it| it == socket))
    }

    /// The parent that has the socket, too: not a worker, but the server to which it belongs. Not init, which has those of
    /// its services.
    fn eldest(mut pid: Pid, socket: u64) -> Pid {
        // A generation each, and not forever.
        for _ in 0..8 {
            let Some(parent) = proc_fs::stat(pid).map(|stat| stat.parent) else { break };
            if parent <= 1 || !has(parent, socket) {
                break;
            }
            pid = parent;
        }
        pid
    }
}

#[cfg(all(test, any(target_os = "linux", target_os = "android"), not(miri)))]
mod tests;
