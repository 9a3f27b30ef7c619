//! Google's own port server, `portserver.py` of <https://github.com/google/python_portpicker>, and its own client.

use std::collections::HashSet;
use std::io::{BufRead, BufReader};
use std::process::{Child as Process, Command, Stdio};
use std::thread;

use test_support::forks;

use super::fake_port_server::abstract_name;
use crate::support::Block;
use crate::support::asker::{Answer, Asker, Kept};

const PORTS: usize = 5;
const PROCESSES: usize = 8;

/// What the asker does, written for Google's client.
const CLIENT: &str = "
import os, portpicker, sys
port = portpicker.get_port_from_port_server(os.environ['PORTSERVER_ADDRESS'])
print(f'bound 127.0.0.1:{port}' if port else 'refused', flush=True)
sys.stdin.read()
";

struct Server {
    address: String,
    process: Process,
}

impl Server {
    /// With a pool of the ports 1 to 5 of the block.
    fn start(block: &Block) -> Self {
        let address = abstract_name();
        let mut command = Command::new("python3");
        command.arg(env!("BEHAVIOUR_PORT_SERVER")).arg(format!("--portserver_address={address}"));
        command.arg(format!("--portserver_static_pool={}-{}", block.port(1), block.port(5)));
        let mut process = forks::spawn(command.stdin(Stdio::null()).stderr(Stdio::piped())).unwrap();
        let mut log = BufReader::new(process.stderr.take().unwrap());
        let mut told = String::new();
        while !told.contains("Serving on") {
            assert_ne!(log.read_line(&mut told).unwrap(), 0, "it has ended: {told}");
        }
        // It goes on telling, and must not wait for a reader.
        thread::spawn(move || log.lines().for_each(drop));
        Self { address, process }
    }

    fn ours(&self) -> Kept {
        Asker::new(["tcp", "portserver"]).given(|it| _ = it.variable("PORTSERVER_ADDRESS", &self.address)).keep()
    }

    fn googles(&self) -> Kept {
        let asker = Asker::started_by(Command::new("python3"), ["-c", CLIENT]);
        asker.given(|it| _ = it.variable("PORTSERVER_ADDRESS", &self.address)).keep()
    }

    fn refusal(&self) -> Answer {
        let reason = "has no port left for us: its answer is empty";
        Err(format!("PortServer the port server at {} (PORTSERVER_ADDRESS) {reason}", self.address))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn ports(kept: &[Kept]) -> Vec<u16> {
    kept.iter().filter_map(|kept| Some(kept.answer.as_ref().ok()?.port())).collect()
}

#[cfg_attr(not(has_port_server), ignore = "python3 has no `portpicker`")]
#[test]
fn shares_its_pool_among_processes_of_all_kinds() {
    let block = Block::for_processes();
    let server = Server::start(&block);
    let pool: HashSet<u16> = (1..=5).map(|index| block.port(index)).collect();
    let ask = |index: usize| if index % 2 == 0 { server.ours() } else { server.googles() };
    let mut kept: Vec<Kept> = thread::scope(|scope| {
        let askers: Vec<_> = (0..PROCESSES).map(|index| scope.spawn(move || ask(index))).collect();
        askers.into_iter().map(|asker| asker.join().unwrap()).collect()
    });
    assert_eq!(ports(&kept).len(), PORTS, "all of the pool and no more");
    assert_eq!(ports(&kept).into_iter().collect::<HashSet<_>>(), pool, "nobody shares one");
    for refused in kept.iter().step_by(2).filter(|kept| kept.answer.is_err()) {
        assert_eq!(refused.answer, server.refusal());
    }
    assert_eq!(server.ours().answer, server.refusal());
    assert!(server.googles().answer.is_err());

    // Whoever ends gives back what it had.
    let index = kept.iter().position(|kept| kept.answer.is_ok()).unwrap();
    let given_back = kept.remove(index).answer.clone().unwrap().port();
    let next = server.ours();
    assert_eq!(next.answer.as_ref().unwrap().port(), given_back);
    assert_eq!(server.ours().answer, server.refusal());
}

#[cfg_attr(not(has_port_server), ignore = "python3 has no `portpicker`")]
#[test]
fn gives_each_process_several_ports() {
    let block = Block::for_processes();
    let server = Server::start(&block);
    let given = |it: &mut crate::support::given::Given| _ = it.variable("PORTSERVER_ADDRESS", &server.address);
    crate::support::Child::new().given(given).run(|| {
        let five: [std::net::TcpListener; PORTS] = port_runtime::PortRequest::new().portserver().bind().unwrap();
        let ports: HashSet<u16> = five.iter().map(|it| it.local_addr().unwrap().port()).collect();
        assert_eq!(ports.len(), PORTS);
    });
}
