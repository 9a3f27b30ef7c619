//! Which process has a socket open. For the way of failure, and for telling one's own server from a stranger: the search
//! goes through `/proc`, and costs 10 µs for each process of the machine.
//!
//! Nobody is found in a pid namespace that is not below one's own, behind `hidepid`, or of another user, unless the
//! searcher is root.

use std::time::Duration;

use super::sock_diag::Entry;

/// Somebody who has a socket open.
#[cfg_attr(not(any(target_os = "linux", target_os = "android")), allow(dead_code, reason = "nobody is found there"))]
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Owner {
    ThisProcess,
    Other { pid: u32, name: String, command: String },
}

/// For each socket who has it, where that can be told within the time.
#[cfg(any(target_os = "linux", target_os = "android"))]
pub(crate) fn owners(sockets: &[Entry], limit: Duration) -> Vec<Option<Owner>> {
    linux::owners(sockets, limit)
}

/// Not told here.
#[cfg(not(any(target_os = "linux", target_os = "android")))]
pub(crate) fn owners(sockets: &[Entry], _limit: Duration) -> Vec<Option<Owner>> {
    vec![None; sockets.len()]
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
    use crate::sys::sock_diag::Entry;

    /// Of a process that has more sockets, the others are looked at last: a database with 20,000 of them would cost
    /// 20 ms, and the one who is sought is rarely it.
    const FIRST: usize = 128;

    pub(super) fn owners(sockets: &[Entry], limit: Duration) -> Vec<Option<Owner>> {
        let mut search = Search { sockets, owners: vec![None; sockets.len()] };
        search.look_at_own();
        if search.is_over() || !proc_fs::is_ours() {
            return search.owners;
        }
        let until = Instant::now() + limit;
        // Who has opened it still runs as the same user, mostly; who is of another user, and who has very many sockets,
        // is for later.
        let mut later = Vec::new();
        for pid in proc_fs::pids() {
            if pid == process::id() {
                continue;
            }
            if search.is_over() || Instant::now() > until {
                return search.owners;
            }
            let is_likely = proc_fs::uid(pid).is_some_and(|uid| sockets.iter().any(|it| it.uid == uid));
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
        sockets: &'a [Entry],
        owners: Vec<Option<Owner>>,
    }

    impl Search<'_> {
        fn is_over(&self) -> bool {
            // 0 is nobody's.
            self.sockets.iter().zip(&self.owners).all(|(socket, owner)| socket.inode == 0 || owner.is_some())
        }

        fn look_at_own(&mut self) {
            let Ok(sockets) = Sockets::own() else { return };
            for inode in sockets {
                let Some(place) = self.place(inode) else { continue };
                self.owners[place] = Some(Owner::ThisProcess);
                if self.is_over() {
                    break;
                }
            }
        }

        fn place(&self, inode: u64) -> Option<usize> {
            self.sockets.iter().position(|socket| socket.inode == inode && inode != 0)
        }

        /// Looks at so many sockets of a process. Returns whether these were all.
        fn look(&mut self, pid: Pid, skip: usize, count: usize) -> bool {
            let Ok(sockets) = Sockets::of(pid) else { return true };
            let mut seen = 0;
            for inode in sockets.skip(skip).take(count) {
                seen += 1;
                let Some(place) = self.place(inode) else { continue };
                if self.owners[place].is_none() {
                    self.owners[place] = owner(pid, inode);
                    if self.is_over() {
                        break;
                    }
                }
            }
            seen < count
        }
    }

    /// `None` for one that has ended meanwhile.
    fn owner(pid: Pid, inode: u64) -> Option<Owner> {
        let pid = eldest(pid, inode);
        let name = proc_fs::name(pid)?;
        let mut command = proc_fs::arguments(pid);
        // Where a program lies makes the line long, and says little.
        if let Some(program) = command.first_mut().filter(|program| program.starts_with(b"/")) {
            *program = proc_fs::file_name(program).to_vec();
        }
        let command = String::from_utf8_lossy(&command.join(&b' ')).into_owned();
        // Or else it has ended, and somebody else may have its number now.
        has(pid, inode).then_some(Owner::Other { pid, name, command })
    }

    fn has(pid: Pid, inode: u64) -> bool {
        Sockets::of(pid).is_ok_and(|mut sockets| sockets.any(|it| it == inode))
    }

    /// The parent that has the socket, too: not a worker, but the server to which it belongs. Not init, which has those of
    /// its services.
    fn eldest(mut pid: Pid, inode: u64) -> Pid {
        // A generation each, and not forever.
        for _ in 0..8 {
            let Some(parent) = proc_fs::stat(pid).map(|stat| stat.parent) else { break };
            if parent <= 1 || !has(parent, inode) {
                break;
            }
            pid = parent;
        }
        pid
    }
}

#[cfg(all(test, any(target_os = "linux", target_os = "android"), not(miri)))]
mod tests;
