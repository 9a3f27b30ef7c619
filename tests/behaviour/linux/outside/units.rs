//! The unit files of the examples are what systemd understands.

use std::fs;
use std::path::Path;
use std::process::Command;

use test_support::{Folder, forks};

const UNITS: [&str; 2] = ["server.socket", "server.service"];
/// Where the service's program would be; any that is there will do here.
const PROGRAM: &str = "/usr/local/bin/server";

/// What systemd has to say about the units, changed so that they can be verified here. It succeeds whatever that is.
fn verify(change: impl Fn(String) -> String) -> String {
    let folder = Folder::new();
    let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../port-runtime/examples/systemd");
    let units = UNITS.map(|unit| {
        let text = fs::read_to_string(examples.join(unit)).unwrap();
        assert_eq!(text.contains(PROGRAM), unit == "server.service");
        let changed = folder.join(unit);
        fs::write(&changed, change(text.replace(PROGRAM, "/bin/true"))).unwrap();
        changed
    });
    let output = forks::output(Command::new("systemd-analyze").arg("verify").args(units)).unwrap();
    String::from_utf8_lossy(&output.stderr).into_owned() + &String::from_utf8_lossy(&output.stdout)
}

#[cfg_attr(not(has_systemd_analyze), ignore = "systemd-analyze is not installed")]
#[test]
fn of_the_examples_are_right() {
    assert_eq!(verify(|text| text), "");
}

/// Or else the test above would mean nothing.
#[cfg_attr(not(has_systemd_analyze), ignore = "systemd-analyze is not installed")]
#[test]
fn with_an_unknown_key_are_found_out() {
    let complaint = verify(|text| text.replace("ListenStream=", "ListenStreams="));
    assert!(complaint.contains("ListenStreams"), "{complaint}");
}
