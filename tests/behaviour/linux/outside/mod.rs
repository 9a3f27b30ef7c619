//! What comes from outside the process: passed sockets, environment variables, the port server, and their order.

mod claims;
mod descriptors;
mod env;
mod env_shared;
pub(crate) mod fake_port_server;
mod garbage;
mod holders;
mod late_port_server;
mod listen_fds;
mod listen_pid;
mod loopback;
mod misfits;
mod nested;
mod order;
mod port_server;
mod possession;
mod protocols;
mod shared;
mod tracing;
mod units;

use std::net::{TcpListener, UdpSocket};

use port_runtime::{Error, FromFreePort, PortRequest};

/// Sockets of the standard library, to be passed.
fn tcp() -> TcpListener {
    TcpListener::bind("127.0.0.1:0").unwrap()
}

fn udp() -> UdpSocket {
    UdpSocket::bind("127.0.0.1:0").unwrap()
}

/// The next passed socket.
fn inherit<T: FromFreePort>() -> Result<T, Error> {
    PortRequest::new().inherit().bind()
}

fn inherit_named<T: FromFreePort>(name: &'static str) -> Result<T, Error> {
    PortRequest::new().inherit_named(name).bind()
}
