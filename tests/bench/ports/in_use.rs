use std::net::{Ipv4Addr, SocketAddr, SocketAddrV4, TcpListener};
use std::process::Child;
use std::time::Duration;

use port_runtime::{PortRequest, ReservedPort};

use crate::measure::{Case, Effort};
use crate::{server, table};

/// So many servers run beside the one that has the port.
const OTHERS: usize = 100;
const ANY: SocketAddr = SocketAddr::V4(SocketAddrV4::new(Ipv4Addr::LOCALHOST, 0));
const PLENTY: Duration = Duration::from_secs(30);

/// The error for a number that somebody else has, who is named in it.
pub(crate) fn run(title: &str, effort: Effort) {
    let others = if effort.quick { 1 } else { OTHERS };
    // `ServerProcess` keeps more descriptors for each, and these are looked through first.
    let mut servers: Vec<Child> = (0..others).map(|_| server::on(ANY).spawn().unwrap()).collect();
    let theirs = PortRequest::new().bind::<ReservedPort>().unwrap();
    let holder = theirs.start(&mut server::on(theirs.addr()), PLENTY).unwrap().grace(Duration::ZERO);
    let ours = PortRequest::new().bind::<TcpListener>().unwrap();
    let (theirs, ours) = (theirs.addr(), ours.local_addr().map(|address| (address, ours)).unwrap());
    let named = refuse(theirs.port());
    println!("\n{named}");
    assert!(!cfg!(target_os = "linux") || named.contains(&holder.id().to_string()), "{named}");
    let cases = vec![
        Case::new("std: `Address already in use`", || TcpListener::bind(theirs).unwrap_err()),
        Case::new("this crate: another process has it", || refuse(theirs.port())),
        Case::new("this crate: this process has it", || refuse(ours.0.port())),
    ];
    table(&format!("{title}, beside {others} servers"), cases, effort);
    for server in &mut servers {
        server.kill().unwrap();
        server.wait().unwrap();
    }
}

fn refuse(port: u16) -> String {
    PortRequest::new().port(port).bind::<TcpListener>().unwrap_err().to_string()
}
