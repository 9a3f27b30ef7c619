use std::io::Read;
use std::net::{SocketAddr, TcpStream};
use std::process::{Child, Stdio};
use std::thread;
use std::time::Duration;

use port_runtime::{PortRequest, ReservedPort};

use crate::measure::{Case, Effort};
use crate::{server, table};

const PLENTY: Duration = Duration::from_secs(30);

/// A server program, from its start to its end.
pub(crate) fn run(title: &str, effort: Effort) {
    let port = PortRequest::new().bind::<ReservedPort>().unwrap();
    let port = &port;
    let mut cases = vec![
        Case::new("the floor: the program says when it listens", || floor(port.addr())),
        Case::new("this crate: `ReservedPort::start`", || {
            port.start(&mut server::on(port.addr()), PLENTY).unwrap().grace(Duration::ZERO)
        }),
    ];
    cases.extend([1, 10, 100].map(|pause| {
        let name = format!("by hand: spawn, connect every {pause} ms until it works, kill, wait");
        Case::new(name, move || by_hand(port.addr(), Duration::from_millis(pause)))
    }));
    table(title, cases, Effort { rounds: effort.rounds.div_ceil(10), ..effort });
}

fn floor(address: SocketAddr) {
    let mut child = server::on(address).stdout(Stdio::piped()).spawn().unwrap();
    let mut byte = [0];
    child.stdout.take().unwrap().read_exact(&mut byte).unwrap();
    end(child);
}

/// As it is written everywhere: who has answered, and whether the child is still there, nobody knows.
fn by_hand(address: SocketAddr, pause: Duration) {
    let child = server::on(address).spawn().unwrap();
    let tries = PLENTY.as_millis() / pause.as_millis();
    assert!((0..tries).any(|_| TcpStream::connect(address).is_ok() || {
        thread::sleep(pause);
        false
    }));
    end(child);
}

fn end(mut child: Child) {
    child.kill().unwrap();
    child.wait().unwrap();
}
