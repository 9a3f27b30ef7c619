//! A process that reserves and is killed.

use std::net::TcpListener;

use port_runtime::{PortRequest, ReservedPort};
use socket2::Type;

use super::{HOSTS, assert_in_use, bind};
use crate::support::Block;
use crate::support::other_process::OtherProcess;
use crate::support::sockets::plain;

#[test]
fn leaves_nothing_behind() {
    let mut other = OtherProcess::new(|port| {
        let reserved: ReservedPort = PortRequest::new().range(port..=port).bind().unwrap();
        let listener = reserved.listen().unwrap();
        std::mem::forget((reserved, listener));
        "it is mine".to_owned()
    });
    let block = Block::new();
    let port = block.port(1);
    assert_eq!(other.ask(port), "it is mine");
    assert_in_use(plain(Type::STREAM, (HOSTS[0], port)));
    assert_in_use(TcpListener::bind((HOSTS[0], port)));
    other.kill();
    for &host in HOSTS {
        plain(Type::STREAM, (host, port)).expect("the port is free");
        bind((host, port), false).expect("the port is free");
    }
    let reserved: ReservedPort = PortRequest::new().range(port..=port).bind().unwrap();
    reserved.listen().unwrap();
}

#[test]
fn frees_many_at_once() {
    let mut other = OtherProcess::new(|first| {
        let range = PortRequest::new().range(first..=first + 9);
        std::mem::forget(range.bind::<[ReservedPort; 10]>().unwrap());
        "they are mine".to_owned()
    });
    let block = Block::new();
    let range = PortRequest::new().range(block.port(1)..=block.port(10));
    other.ask(block.port(1));
    range.bind::<ReservedPort>().expect_err("the other process has all of them");
    other.kill();
    drop(range.bind::<[ReservedPort; 10]>().expect("nobody has any"));
}
