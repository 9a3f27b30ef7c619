//! One environment, and what came of it.
#![allow(unsafe_code, reason = "forks")]

use std::collections::BTreeSet;
use std::env;
use std::net::{TcpListener, UdpSocket};
use std::os::fd::{AsRawFd, RawFd};
use std::panic::{AssertUnwindSafe, catch_unwind};

use port_runtime::{Error, FromFreePort, PortRequest, ReservedPort};
use test_support::Random;

use crate::descriptors::{Descriptor, Open, Sources, open};
use crate::environment;

#[derive(Debug, Clone, Copy)]
pub(crate) enum Outcome {
    /// At least one passed socket was taken.
    Inherited,
    /// All that came was bound here.
    Bound,
    /// Nothing but errors.
    Refused,
}

impl Outcome {
    pub(crate) const ALL: [Self; 3] = [Self::Inherited, Self::Bound, Self::Refused];
}

const WRONG: i32 = 99;

pub(crate) struct Trial<'a> {
    sources: &'a Sources,
    port_server: &'a str,
    random: Random,
}

/// What was had, with the numbers of its descriptors where they can be known.
type Had = (Vec<Box<dyn std::any::Any>>, BTreeSet<RawFd>);

impl<'a> Trial<'a> {
    pub(crate) fn new(sources: &'a Sources, port_server: &'a str, random: Random) -> Self {
        Self { sources, port_server, random }
    }

    /// In a fork, which says by its status what came of it.
    pub(crate) fn run(mut self) -> Result<Outcome, String> {
        // SAFETY: this process has one thread, so its fork may do anything.
        let fork = unsafe { libc::fork() };
        if fork == 0 {
            let outcome = catch_unwind(AssertUnwindSafe(|| self.attempt()));
            let status = match outcome {
                Ok(Ok(outcome)) => outcome as i32,
                Ok(Err(wrong)) => {
                    eprintln!("{wrong}\n{:?}", env::vars_os().filter(is_of_interest).collect::<Vec<_>>());
                    WRONG
                }
                Err(_) => WRONG,
            };
            // SAFETY: ends the fork; nothing of it is to be cleaned up.
            unsafe { libc::_exit(status) };
        }
        let mut status = 0;
        // SAFETY: the pointer is to an integer that lives until the call returns.
        let waited = unsafe { libc::waitpid(fork, &raw mut status, 0) };
        let ended = libc::WIFEXITED(status).then(|| libc::WEXITSTATUS(status));
        let outcome =
            ended.filter(|_| waited == fork).and_then(|code| Outcome::ALL.into_iter().find(|&it| it as i32 == code));
        outcome.ok_or_else(|| format!("status {status}; what it said is above"))
    }

    fn attempt(&mut self) -> Result<Outcome, String> {
        self.sources.seat(&mut self.random);
        environment::set(&mut self.random, self.port_server);
        let variables: Vec<_> = env::vars_os().collect();
        let before = open();

        let (had, numbers) = self.ask()?;
        let now = open();
        let inherited: Vec<_> = numbers.iter().filter_map(|number| now.get(number)).copied().collect();
        let inherited: Vec<_> =
            inherited.into_iter().filter(|it| before.values().any(|before| it.is(before))).collect();
        were_passed(&before, &now, &numbers, &inherited)?;
        compare(&before, true)?;
        let outcome = match (inherited.is_empty(), had.is_empty()) {
            (false, _) => Outcome::Inherited,
            (true, false) => Outcome::Bound,
            (true, true) => Outcome::Refused,
        };
        drop(had);
        compare(&before, false)?;
        if let Some((number, _)) = open().iter().find(|(number, _)| !before.contains_key(number)) {
            return Err(format!("descriptor {number} was left open"));
        }
        if env::vars_os().collect::<Vec<_>>() != variables {
            return Err("the environment has changed".to_owned());
        }
        Ok(outcome)
    }

    /// A few requests, which may well be refused.
    fn ask(&mut self) -> Result<Had, String> {
        let mut had = Had::default();
        for _ in 0..=self.random.below(4) {
            let mut request = PortRequest::new();
            if !self.random.one_in(8) {
                request = if self.random.one_in(4) { request.inherit_named("a") } else { request.inherit() };
            }
            if self.random.one_in(3) {
                request = request.env("PORT");
            }
            if self.random.one_in(3) {
                request = request.portserver();
            }
            let had = &mut had;
            match self.random.below(8) {
                0 => keep(&request, had, |it: &UdpSocket| vec![it.as_raw_fd()]),
                1 => keep(&request, had, |it: &(TcpListener, UdpSocket)| vec![it.0.as_raw_fd(), it.1.as_raw_fd()]),
                2 => keep(&request, had, |it: &[TcpListener; 2]| it.iter().map(AsRawFd::as_raw_fd).collect()),
                3 => keep(&request, had, |_: &ReservedPort| Vec::new()),
                _ => keep(&request, had, |it: &TcpListener| vec![it.as_raw_fd()]),
            }?;
        }
        Ok(had)
    }
}

/// Whether a descriptor may have been passed to us.
fn is_ours(number: RawFd, descriptor: &Descriptor) -> bool {
    environment::may_be_announced(number) && !descriptor.close_on_exec
}

/// What was taken was passed, each descriptor once, and what was passed and not taken lies where it was: also after a tuple
/// or an array came to nothing. Several descriptors may be of one socket, and what was taken has a number of its own.
fn were_passed(before: &Open, now: &Open, numbers: &BTreeSet<RawFd>, inherited: &[Descriptor]) -> Result<(), String> {
    let stays = |number: &RawFd, it: &Descriptor| {
        !numbers.contains(number) && now.get(number).is_some_and(|now: &Descriptor| now.is(it))
    };
    for passed in before.values() {
        let gone = |(number, it): &(&RawFd, &Descriptor)| it.is(passed) && !stays(number, it);
        let gone: Vec<_> = before.iter().filter(gone).collect();
        let taken = inherited.iter().filter(|it| it.is(passed)).count();
        if gone.len() != taken || !gone.iter().all(|(number, it)| is_ours(**number, it)) {
            return Err(format!("{gone:?} are gone, of which {taken} were taken"));
        }
    }
    Ok(())
}

/// All that was open and not for us is as it was. What was for us is there or taken, and close-on-exec, if anything of it
/// is; while it is held, something else may have its number.
fn compare(before: &Open, held: bool) -> Result<(), String> {
    let now = open();
    for (&number, descriptor) in before {
        let ours = is_ours(number, descriptor);
        match now.get(&number) {
            Some(it) if it == descriptor => {}
            Some(it) if ours && it.is(descriptor) => {}
            None if ours => {}
            Some(_) if ours && held => {}
            other => return Err(format!("descriptor {number} was {descriptor:?}, and is {other:?}")),
        }
    }
    Ok(())
}

fn keep<T: FromFreePort + 'static>(
    request: &PortRequest,
    (kept, numbers): &mut Had,
    numbers_of: impl FnOnce(&T) -> Vec<RawFd>,
) -> Result<(), String> {
    let result: Result<T, Error> = request.bind();
    match result {
        Ok(socket) => {
            for number in numbers_of(&socket) {
                if !numbers.insert(number) {
                    return Err(format!("descriptor {number} was taken twice"));
                }
            }
            kept.push(Box::new(socket));
            Ok(())
        }
        Err(error) => {
            let message = error.to_string();
            let plain = !message.is_empty() && !message.contains(char::is_control);
            if plain { Ok(()) } else { Err(format!("the message is {message:?}")) }
        }
    }
}

fn is_of_interest((name, _): &(std::ffi::OsString, std::ffi::OsString)) -> bool {
    name.to_str().is_some_and(|name| name.starts_with("LISTEN_") || name.starts_with("PORT"))
}
