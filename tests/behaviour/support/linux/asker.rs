//! The program `asker`: a process of its own that wants one port.

use std::ffi::OsStr;
use std::io::{BufRead, BufReader, Read};
use std::net::SocketAddr;
use std::process::{Child as Process, Command, Stdio};

use test_support::forks;

use super::given::Given;

/// What came of a request: the address, or the error with its kind in front of it.
pub(crate) type Answer = Result<SocketAddr, String>;

pub(crate) struct Asker(Command);

/// An asker that has answered, and that keeps what it got.
pub(crate) struct Kept {
    pub(crate) answer: Answer,
    process: Process,
}

impl Asker {
    pub(crate) fn new<S: AsRef<OsStr>>(arguments: impl IntoIterator<Item = S>) -> Self {
        Self::started_by(behaviour::command(env!("CARGO_BIN_EXE_asker")), arguments)
    }

    /// With `LISTEN_PID` right.
    pub(crate) fn service<S: AsRef<OsStr>>(arguments: impl IntoIterator<Item = S>) -> Self {
        let mut command = Command::new("sh");
        command.args(["-c", "export LISTEN_PID=$$; exec \"$@\"", "sh"]);
        command.args(behaviour::words(env!("CARGO_BIN_EXE_asker")));
        Self::started_by(command, arguments)
    }

    /// By another program, or instead of it one that answers alike.
    pub(crate) fn started_by<S: AsRef<OsStr>>(mut command: Command, arguments: impl IntoIterator<Item = S>) -> Self {
        command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        Self(command)
    }

    pub(crate) fn given(mut self, give: impl FnOnce(&mut Given)) -> Self {
        let mut given = Given::default();
        give(&mut given);
        given.apply_to(&mut self.0);
        self
    }

    pub(crate) fn keep(mut self) -> Kept {
        let mut process = forks::spawn(&mut self.0).expect("cargo has built the program");
        let mut line = String::new();
        let mut output = BufReader::new(process.stdout.take().expect("it is piped"));
        output.read_line(&mut line).unwrap();
        if line.is_empty() {
            let mut panic = String::new();
            process.stderr.take().expect("it is piped").read_to_string(&mut panic).unwrap();
            panic!("{:?} has ended: {panic}", self.0);
        }
        let line = line.trim_end();
        let answer = match line.strip_prefix("bound ") {
            Some(address) => Ok(address.parse().unwrap()),
            None => Err(line.to_owned()),
        };
        Kept { answer, process }
    }

    pub(crate) fn ask(self) -> Answer {
        let mut kept = self.keep();
        std::mem::replace(&mut kept.answer, Err(String::new()))
    }
}

impl Drop for Kept {
    /// Lets it end, and waits for that.
    fn drop(&mut self) {
        drop(self.process.stdin.take());
        let _ = self.process.wait();
    }
}

/// The error has this kind, and the message starts like this.
#[track_caller]
pub(crate) fn assert_refused(answer: Answer, start: &str) {
    let refusal = answer.expect_err(start);
    assert!(refusal.starts_with(start), "{refusal}\n{start}");
}
