//! Many processes that want ports at the same time: no two of them ever have the same one.

use std::fs::{self, File};
use std::io::{self, Read};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child as Process, Stdio};
use std::{env, thread};

use port_runtime::PortRequest;
use test_support::{Folder, forks};

const PROCESSES: usize = 16;
const ACQUISITIONS: usize = 200;
/// How many ports each process has at a time.
const KEPT: usize = 4;

const FOLDER: &str = "BEHAVIOUR_STORM_FOLDER";
const INDEX: &str = "BEHAVIOUR_STORM_INDEX";

/// A port, and a file of its name that only one process can create.
struct Claim {
    file: PathBuf,
    _listener: TcpListener,
}

impl Claim {
    fn new(folder: &Path, request: &PortRequest) -> Self {
        let listener: TcpListener = request.bind().expect("there are enough ports for all");
        let file = folder.join(listener.local_addr().unwrap().port().to_string());
        File::create_new(&file).expect("somebody else has this port");
        Self { file, _listener: listener }
    }
}

impl Drop for Claim {
    /// Removes the file while the port is still held: fields are dropped afterwards.
    fn drop(&mut self) {
        fs::remove_file(&self.file).unwrap();
    }
}

fn take_part(folder: &Path, index: usize) {
    // Nobody starts before all are there.
    io::stdin().read_to_end(&mut Vec::new()).unwrap();
    // Ports from a range, preferred ones and those of the kernel, all of them wanted by others too. The range has room
    // for several runs of this test at a time.
    let range = 31_000..32_000;
    let mut kept = Vec::new();
    for (round, port) in range.clone().take(ACQUISITIONS).enumerate() {
        let request = match index % 4 {
            0 => PortRequest::new(),
            1 => PortRequest::new().range(range.clone()),
            2 => PortRequest::new().prefer(port),
            _ => PortRequest::new().prefer(port).range(range.clone()),
        };
        if round >= KEPT {
            kept.remove(0);
        }
        kept.push(Claim::new(folder, &request));
        thread::yield_now();
    }
}

fn wait_for(mut processes: Vec<Process>) {
    for process in &mut processes {
        drop(process.stdin.take());
    }
    for process in processes {
        let output = process.wait_with_output().unwrap();
        let stdout = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success(), "{stdout}\n{}", String::from_utf8_lossy(&output.stderr));
        assert!(stdout.contains("1 passed"), "{stdout}");
    }
}

fn storm(name: &str) {
    if let (Some(folder), Ok(index)) = (env::var_os(FOLDER), env::var(INDEX)) {
        return take_part(folder.as_ref(), index.parse().unwrap());
    }
    let folder = Folder::new();
    let start = |index: usize| {
        let mut command = behaviour::command(&behaviour::this_test());
        command.args(["--exact", name, "--include-ignored"]).env(FOLDER, &*folder).env(INDEX, index.to_string());
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        forks::spawn(&mut command).unwrap()
    };
    wait_for((0..PROCESSES).map(start).collect());
    assert_eq!(fs::read_dir(&*folder).unwrap().count(), 0);
}

#[test]
fn nobody_shares_a_port() {
    storm("storm::nobody_shares_a_port");
}

/// With hardly more ports than are wanted, so that the kernel, too, has to look for them.
#[cfg(target_os = "linux")]
#[cfg_attr(not(has_unshare), ignore = "`unshare -n` makes no network namespace here")]
#[test]
fn nobody_shares_one_of_few_ports() {
    crate::support::Child::in_namespace().run(|| {
        crate::support::namespace::set_ephemeral_ports(31_000, 31_099);
        storm("storm::nobody_shares_one_of_few_ports");
    });
}
