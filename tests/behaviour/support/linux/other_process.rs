//! A process that does something while the test goes on.

use std::env;
use std::io::{BufRead, BufReader, Write};
use std::process::{Child as Process, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::Duration;

use test_support::forks;

use super::child::name_of;

const OTHER: &str = "BEHAVIOUR_OTHER_PROCESS";
const ANSWER: &str = "the other process answers: ";

/// Another process, in which the test function is called once more, up to the place where this is made.
pub(crate) struct OtherProcess {
    process: Process,
    answers: Receiver<String>,
}

impl OtherProcess {
    /// `answer` is called there for every question. It has to stand in the test function, before everything else.
    pub(crate) fn new<F: FnMut(u16) -> String>(mut answer: F) -> Self {
        let name = name_of::<F>();
        if env::var(OTHER).is_ok_and(|other| other == name) {
            for question in std::io::stdin().lines() {
                println!("\n{ANSWER}{}", answer(question.unwrap().parse().unwrap()));
            }
            std::process::exit(0);
        }
        let mut command = behaviour::command(&behaviour::this_test());
        command.args(["--exact", name, "--include-ignored", "--nocapture"]).env(OTHER, name);
        let mut process = forks::spawn(command.stdin(Stdio::piped()).stdout(Stdio::piped())).unwrap();
        let output = BufReader::new(process.stdout.take().unwrap());
        let (sender, answers) = mpsc::channel();
        thread::spawn(move || {
            let answers = output.lines().map_while(Result::ok);
            for answer in answers.filter_map(|line| line.strip_prefix(ANSWER).map(str::to_owned)) {
                let _ = sender.send(answer);
            }
        });
        Self { process, answers }
    }

    /// Asks about a port.
    #[track_caller]
    pub(crate) fn ask(&mut self, port: u16) -> String {
        writeln!(self.process.stdin.as_mut().unwrap(), "{port}").expect("the other process lives");
        self.answers.recv_timeout(Duration::from_secs(60)).expect("the other process answers")
    }

    /// Sends SIGKILL, and waits until the process is no more.
    pub(crate) fn kill(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }
}

impl Drop for OtherProcess {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
