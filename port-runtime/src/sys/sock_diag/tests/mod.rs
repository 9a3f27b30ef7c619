//! What is made of an answer, whoever wrote it: the kernel, an old kernel, and somebody who means harm.

mod answers;
mod fuzz;
// Miri has no sockets.
#[cfg(all(any(target_os = "linux", target_os = "android"), not(miri)))]
mod kernel;
mod rules;

use std::net::SocketAddr;

use super::{Entry, State};

const LISTEN: u8 = 10;
const CLOSE: u8 = 7;
const DONE: u16 = 3;
const ERROR: u16 = 2;
const SOCKET: u16 = 20;
const INTERRUPTED: u16 = 0x10;

fn message(kind: u16, flags: u16, payload: &[u8]) -> Vec<u8> {
    let size = u32::try_from(16 + payload.len()).unwrap();
    let mut bytes = [&size.to_ne_bytes()[..], &kind.to_ne_bytes(), &flags.to_ne_bytes(), &[0; 8], payload].concat();
    bytes.resize(bytes.len().next_multiple_of(4), 0);
    bytes
}

/// `inet_diag_msg`, and the attribute for V6ONLY behind another one of an odd size.
fn socket(address: &str, state: u8, inode: u32, only_v6: Option<bool>) -> Vec<u8> {
    let address: SocketAddr = address.parse().unwrap();
    let mut bytes = vec![0; 72];
    bytes[1] = state;
    bytes[4..6].copy_from_slice(&address.port().to_be_bytes());
    match address {
        SocketAddr::V4(address) => {
            bytes[0] = 2;
            bytes[8..12].copy_from_slice(&address.ip().octets());
        }
        SocketAddr::V6(address) => {
            bytes[0] = 10;
            bytes[8..24].copy_from_slice(&address.ip().octets());
            bytes[40..44].copy_from_slice(&address.scope_id().to_ne_bytes());
        }
    }
    bytes[64..68].copy_from_slice(&1000_u32.to_ne_bytes());
    bytes[68..72].copy_from_slice(&inode.to_ne_bytes());
    if let Some(only_v6) = only_v6 {
        for (kind, value) in [(8_u16, 0), (11, u8::from(only_v6))] {
            bytes.extend([&5_u16.to_ne_bytes()[..], &kind.to_ne_bytes(), &[value, 0, 0, 0]].concat());
        }
    }
    message(SOCKET, 2, &bytes)
}

fn entry(address: &str, only_v6: bool, inode: u64, state: State) -> Entry {
    Entry { address: address.parse().unwrap(), only_v6, inode, uid: 1000, state }
}
