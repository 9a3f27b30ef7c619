use std::any::type_name;
use std::env;
use std::process::{Command, Output};

use behaviour::this_test;
use port_runtime::{ErrorKind, FromFreePort, PortRequest};
use test_support::forks;

use super::given::Given;

const INSIDE: &str = "BEHAVIOUR_INSIDE";

/// A test that runs in a process of its own: its test function is called once more there, alone.
///
/// That is for what would disturb the other tests of this process, or be disturbed by them: limits, namespaces, and
/// counting descriptors.
pub(crate) struct Child {
    wrapper: Vec<String>,
    prepare: fn(),
    given: Given,
}

impl Child {
    pub(crate) fn new() -> Self {
        Self { wrapper: Vec::new(), prepare: || (), given: Given::default() }
    }

    /// Starts the process by means of other programs.
    pub(crate) fn wrapped_in<S: Into<String>>(mut self, program: impl IntoIterator<Item = S>) -> Self {
        self.wrapper.extend(program.into_iter().map(Into::into));
        self
    }

    /// Calls this in the process first.
    pub(crate) fn prepared_by(self, prepare: fn()) -> Self {
        Self { prepare, ..self }
    }

    /// Gives it variables and descriptors; not called in the process itself.
    pub(crate) fn given(mut self, give: impl FnOnce(&mut Given)) -> Self {
        if env::var_os(INSIDE).is_none() {
            give(&mut self.given);
        }
        self
    }

    /// Runs `test`, which has to stand in the test function itself: from there comes its name. Returns true in the
    /// process that waited for it.
    pub(crate) fn run<F: FnOnce()>(&self, test: F) -> bool {
        let name = name_of::<F>();
        let done = format!("{name} was really run");
        if env::var(INSIDE).is_ok_and(|inside| inside == name) {
            (self.prepare)();
            test();
            println!("\n{done}");
            return false;
        }
        let Output { status, stdout, stderr } = self.output(name);
        let [stdout, stderr] = [stdout, stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
        assert!(status.success(), "{status}\n{stdout}\n{stderr}");
        assert!(stdout.lines().any(|line| line == done), "`{name}` is not the name of the test\n{stdout}");
        true
    }

    fn output(&self, name: &str) -> Output {
        let test = this_test();
        let mut command = match self.wrapper.split_first() {
            Some((program, arguments)) => {
                let mut command = Command::new(program);
                command.args(arguments).args(behaviour::words(&test));
                command
            }
            None => behaviour::command(&test),
        };
        command.args(["--exact", name, "--include-ignored", "--nocapture"]).env(INSIDE, name);
        self.given.apply_to(&mut command);
        forks::output(&mut command).unwrap_or_else(|error| panic!("{command:?}: {error}"))
    }
}

/// `module::test` for a closure in that test.
pub(super) fn name_of<F>() -> &'static str {
    let name = type_name::<F>();
    let name = name.split_once("::").map_or(name, |(_crate, path)| path);
    name.split_once("::{{closure}}").map_or(name, |(test, _)| test)
}

/// How many descriptors the process has open.
pub(crate) fn open_descriptors() -> usize {
    std::fs::read_dir("/proc/self/fd").expect("/proc is mounted").count()
}

/// Asks ten times for what cannot be had, and leaves no descriptor behind. The caller has warmed up what opens some once
/// and for good.
#[track_caller]
pub(crate) fn fails<T: FromFreePort>(request: &PortRequest, kind: ErrorKind) {
    let before = open_descriptors();
    for _ in 0..10 {
        let error = request.bind::<T>().err().expect("the request cannot be met");
        assert_eq!(error.kind(), kind, "{error}");
        assert_eq!(open_descriptors(), before, "{error}");
    }
}
