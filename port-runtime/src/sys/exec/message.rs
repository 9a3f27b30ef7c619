//! What a child says about itself before it becomes the program, and what that amounts to.

use std::io::{self, Read};

use super::source::FAR;

/// A closure may have forked, so several processes may speak.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Message {
    pub(super) process: i32,
    pub(super) state: State,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum State {
    /// All is in place, and the process is about to run the program.
    Ready,
    /// The system refuses, for this reason.
    Failed(i32),
    /// What was to be placed at this number is not what it was.
    Replaced(i32),
}

/// All that was said.
#[derive(Debug)]
pub(super) struct Said {
    /// Who has become the program.
    pub(super) running: Vec<i32>,
    refusal: Option<State>,
}

const NOT_RUN: &str = "the program was not run: a `pre_exec` closure has ended the process, or closed or replaced what \
                       it had not opened";

impl Message {
    const SIZE: usize = 12;

    pub(super) fn bytes(self) -> [u8; Self::SIZE] {
        let (kind, number) = match self.state {
            State::Ready => (0, 0),
            State::Failed(code) => (1, code),
            State::Replaced(target) => (2, target),
        };
        let mut bytes = [0; Self::SIZE];
        for (place, number) in bytes.chunks_exact_mut(4).zip([self.process, kind, number]) {
            place.copy_from_slice(&i32::to_ne_bytes(number));
        }
        bytes
    }

    /// Nobody else has the stream, so there is nothing to be wrong about it.
    fn read(bytes: [u8; Self::SIZE]) -> Self {
        let [process, kind, number] =
            [0, 4, 8].map(|at| i32::from_ne_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]]));
        let state = match kind {
            0 => State::Ready,
            1 => State::Failed(number),
            _ => State::Replaced(number),
        };
        Self { process, state }
    }
}

impl Said {
    /// Listens until nobody is left who could say more: exec closes the stream, and so does the end of a process.
    pub(super) fn on(stream: &mut impl Read) -> Self {
        let mut said = Self { running: Vec::new(), refusal: None };
        let mut bytes = [0; Message::SIZE];
        while stream.read_exact(&mut bytes).is_ok() {
            let Message { process, state } = Message::read(bytes);
            if state == State::Ready {
                said.running.push(process);
            } else {
                said.running.retain(|&running| running != process);
                said.refusal = Some(state);
            }
        }
        said
    }

    /// Why the program does not run, as far as is known.
    pub(super) fn error(&self) -> Option<io::Error> {
        let message = match self.refusal {
            Some(State::Failed(code)) => return Some(io::Error::from_raw_os_error(code)),
            Some(State::Replaced(target)) => {
                format!("a `pre_exec` closure has closed or replaced what was to become descriptor {target}")
            }
            Some(State::Ready) | None if self.running.is_empty() => NOT_RUN.to_owned(),
            Some(State::Ready) | None => return None,
        };
        Some(io::Error::other(format!("{message}; let it leave alone everything from {FAR} on")))
    }

    /// Whether some process may be left that has not said that it ends.
    pub(super) fn may_run(&self) -> bool {
        self.refusal.is_none() || !self.running.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::{Message, Said, State};

    fn said(messages: &[(i32, State)]) -> (Vec<i32>, Option<i32>, bool) {
        let bytes: Vec<u8> = messages.iter().flat_map(|&(process, state)| Message { process, state }.bytes()).collect();
        let said = Said::on(&mut &bytes[..]);
        let error = said.error().map(|error| error.raw_os_error().unwrap_or(0));
        let may_run = said.may_run();
        (said.running, error, may_run)
    }

    #[test]
    fn the_last_word_of_each_process_counts() {
        use State::{Failed, Ready, Replaced};

        assert_eq!(said(&[]), (vec![], Some(0), true));
        assert_eq!(said(&[(7, Ready)]), (vec![7], None, true));
        assert_eq!(said(&[(7, Failed(2))]), (vec![], Some(2), false));
        assert_eq!(said(&[(7, Replaced(3))]), (vec![], Some(0), false));
        assert_eq!(said(&[(7, Ready), (7, Failed(2))]), (vec![], Some(2), false));
        // Of two forks, one runs.
        assert_eq!(said(&[(7, Ready), (8, Ready), (8, Failed(2))]), (vec![7], Some(2), true));
        assert_eq!(said(&[(8, Failed(2)), (7, Ready)]), (vec![7], Some(2), true));
        assert_eq!(said(&[(7, Ready), (8, Ready)]), (vec![7, 8], None, true));
    }

    #[test]
    fn half_a_message_is_none() {
        let bytes = Message { process: 7, state: State::Ready }.bytes();
        assert_eq!(Said::on(&mut &bytes[..11]).running, [0; 0]);
    }
}
