//! The unit files of the examples are what systemd understands.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs, process};

use crate::support::forks;

const UNITS: [&str; 2] = ["server.socket", "server.service"];
/// Where the service's program would be; any that is there will do here.
const PROGRAM: &str = "/usr/local/bin/server";

struct Folder(PathBuf);

impl Folder {
    /// The units, changed so that they can be verified here.
    fn with_units(name: &str, change: impl Fn(String) -> String) -> Self {
        let folder = env::temp_dir().join(format!("port-runtime-units-{}-{name}", process::id()));
        fs::create_dir_all(&folder).unwrap();
        let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../port-runtime/examples/systemd");
        for unit in UNITS {
            let text = fs::read_to_string(examples.join(unit)).unwrap();
            assert_eq!(text.contains(PROGRAM), unit == "server.service");
            fs::write(folder.join(unit), change(text.replace(PROGRAM, "/bin/true"))).unwrap();
        }
        Self(folder)
    }

    /// What systemd has to say about them. It succeeds whatever that is.
    fn verify(&self) -> String {
        let units = UNITS.map(|unit| self.0.join(unit));
        let output = forks::output(Command::new("systemd-analyze").arg("verify").args(units)).unwrap();
        String::from_utf8_lossy(&output.stderr).into_owned() + &String::from_utf8_lossy(&output.stdout)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

#[cfg_attr(not(has_systemd_analyze), ignore = "systemd-analyze is not installed")]
#[test]
fn of_the_examples_are_right() {
    assert_eq!(Folder::with_units("right", |text| text).verify(), "");
}

/// Or else the test above would mean nothing.
#[cfg_attr(not(has_systemd_analyze), ignore = "systemd-analyze is not installed")]
#[test]
fn with_an_unknown_key_are_found_out() {
    let complaint = Folder::with_units("wrong", |text| text.replace("ListenStream=", "ListenStreams=")).verify();
    assert!(complaint.contains("ListenStreams"), "{complaint}");
}
