//! A resolver asks over UDP, is told that the answer is too long, and asks again over TCP: at the same number.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream, UdpSocket};
use std::thread;

use port_runtime::with_free_port;

use crate::support::PATIENCE;

/// A question for the addresses of `free.port`, in the format of RFC 1035.
const QUESTION: &[u8] = b"\x12\x34\x01\x00\x00\x01\0\0\0\0\0\0\x04free\x04port\0\0\x01\0\x01";
/// The second of the flags in the third byte: the answer did not fit.
const TRUNCATED: u8 = 0x02;
/// A pointer to the name in the question, an address, one minute, four bytes.
const RECORD: &[u8] = b"\xc0\x0c\0\x01\0\x01\0\0\0\x3c\0\x04\x7f\0\0\x01";

fn answer(question: &[u8], is_truncated: bool) -> Vec<u8> {
    let mut answer = question.to_vec();
    answer[2] |= 0x80; // a response
    if is_truncated {
        answer[2] |= TRUNCATED;
    } else {
        answer[7] = 1;
        answer.extend_from_slice(RECORD);
    }
    answer
}

fn serve(tcp: &TcpListener, udp: &UdpSocket) -> io::Result<()> {
    let mut buffer = [0; 512];
    let (length, sender) = udp.recv_from(&mut buffer)?;
    udp.send_to(&answer(&buffer[..length], true), sender)?;
    let (mut connection, _) = tcp.accept()?;
    let question = read_message(&mut connection)?;
    write_message(&mut connection, &answer(&question, false))
}

/// Over TCP two bytes of length stand in front.
fn read_message(connection: &mut TcpStream) -> io::Result<Vec<u8>> {
    let mut length = [0; 2];
    connection.read_exact(&mut length)?;
    let mut message = vec![0; u16::from_be_bytes(length).into()];
    connection.read_exact(&mut message)?;
    Ok(message)
}

fn write_message(connection: &mut TcpStream, message: &[u8]) -> io::Result<()> {
    let length = u16::try_from(message.len()).map_err(io::Error::other)?;
    connection.write_all(&[&length.to_be_bytes(), message].concat())
}

/// What a resolver does, which knows one address.
fn resolve(client: &UdpSocket, server: SocketAddr) -> io::Result<Vec<u8>> {
    client.send_to(QUESTION, server)?;
    let mut buffer = [0; 512];
    let (length, sender) = client.recv_from(&mut buffer)?;
    assert_eq!(sender, server);
    assert_eq!(buffer[..2], QUESTION[..2]);
    if buffer[2] & TRUNCATED == 0 {
        return Ok(buffer[..length].to_vec());
    }
    let mut connection = TcpStream::connect_timeout(&server, PATIENCE)?;
    connection.set_read_timeout(Some(PATIENCE))?;
    write_message(&mut connection, QUESTION)?;
    read_message(&mut connection)
}

#[with_free_port(timeout = PATIENCE)]
#[cfg_attr(not(any(target_os = "linux", target_os = "android")), ignore = "listeners have no timeout here")]
#[test]
fn serves((tcp, udp): (TcpListener, UdpSocket), client: UdpSocket) -> io::Result<()> {
    let address = udp.local_addr()?;
    let server = thread::spawn(move || serve(&tcp, &udp));
    let answer = resolve(&client, address)?;
    assert!(answer.starts_with(&QUESTION[..2]) && answer.ends_with(&[127, 0, 0, 1]), "{answer:x?}");
    server.join().expect("no panic")
}
