//! Binds what its arguments ask for, prints what came of it, and keeps that until its standard input ends.
//!
//! `asker tcp|udp|both [host=HOST] [inherit[=NAME]] [env=VARIABLE] [portserver] [prefer=PORT] [range=FIRST-LAST]`

use std::env;
use std::io::{self, Read};
use std::net::{SocketAddr, TcpListener, UdpSocket};

use port_runtime::PortRequest;

fn main() {
    let mut arguments = env::args().skip(1);
    let kind = arguments.next().expect("tcp or udp");
    let request = arguments.fold(PortRequest::new(), |request, argument| option(request, &argument));
    let result = match kind.as_str() {
        "tcp" => request.bind().map(|listener| (Some(listener), None)),
        "udp" => request.bind().map(|socket| (None, Some(socket))),
        "both" => request.bind().map(|(listener, socket)| (Some(listener), Some(socket))),
        kind => panic!("{kind}?"),
    };
    match &result {
        Ok(sockets) => println!("bound {}", address(sockets)),
        Err(error) => println!("{:?} {error}", error.kind()),
    }
    io::stdin().read_to_end(&mut Vec::new()).expect("whoever asks gives a standard input");
}

fn option(request: PortRequest, argument: &str) -> PortRequest {
    match argument.split_once('=') {
        None if argument == "inherit" => request.inherit(),
        None if argument == "portserver" => request.portserver(),
        Some(("inherit", name)) => request.inherit_named(name.to_owned()),
        Some(("env", variable)) => request.env(variable.to_owned()),
        Some(("host", host)) => request.host(host),
        Some(("prefer", port)) => request.prefer(port.parse().unwrap()),
        Some(("range", range)) => {
            let (first, last) = range.split_once('-').unwrap();
            request.range(first.parse().unwrap()..=last.parse().unwrap())
        }
        _ => panic!("{argument}?"),
    }
}

fn address(sockets: &(Option<TcpListener>, Option<UdpSocket>)) -> SocketAddr {
    let tcp = sockets.0.as_ref().map(|listener| listener.local_addr().unwrap());
    let udp = sockets.1.as_ref().map(|socket| socket.local_addr().unwrap());
    if let (Some(tcp), Some(udp)) = (tcp, udp) {
        assert_eq!(tcp, udp);
    }
    tcp.or(udp).expect("something is bound")
}
