//! A server that takes an address and a port number, as most programs do: `std_server 127.0.0.1 8080`. What a client
//! sends, it sends back.

use std::io;
use std::net::{IpAddr, TcpListener};

fn main() -> io::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let (Some(host), Some(port)) = (arguments.next(), arguments.next()) else {
        return Err(io::Error::other("usage: std_server <address> <port>"));
    };
    let host: IpAddr = host.parse().map_err(io::Error::other)?;
    let port: u16 = port.parse().map_err(io::Error::other)?;
    for connection in TcpListener::bind((host, port))?.incoming() {
        let mut connection = connection?;
        let mut copy = connection.try_clone()?;
        std::thread::spawn(move || io::copy(&mut connection, &mut copy));
    }
    Ok(())
}
