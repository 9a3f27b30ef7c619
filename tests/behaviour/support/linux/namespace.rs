//! Network namespaces: other ports, addresses and limits than those of the machine.
#![allow(unsafe_code, reason = "bare system calls")]

use std::ffi::c_ulong;
use std::net::UdpSocket;
use std::os::fd::AsRawFd;
use std::{fs, io};

use super::Child;

impl Child {
    /// With only a loopback interface, whose ports are all free.
    pub(crate) fn in_namespace() -> Self {
        Self::new().wrapped_in(["unshare", env!("BEHAVIOUR_UNSHARE")]).prepared_by(loopback_up)
    }

    /// Likewise, as somebody who may not bind ports below 1024.
    pub(crate) fn unprivileged() -> Self {
        let program = ["setpriv", "--bounding-set=-net_bind_service", "--inh-caps=-net_bind_service"];
        Self::in_namespace().wrapped_in(program)
    }
}

/// Lets the kernel choose only from these.
pub(crate) fn set_ephemeral_ports(first: u16, last: u16) {
    fs::write("/proc/sys/net/ipv4/ip_local_port_range", format!("{first} {last}")).expect("a namespace of our own");
}

pub(crate) fn switch_ipv6_off() {
    for interface in ["all", "default", "lo"] {
        let setting = format!("/proc/sys/net/ipv6/conf/{interface}/disable_ipv6");
        fs::write(setting, "1").expect("a namespace of our own");
    }
}

/// Gives the loopback interface its addresses, 127.0.0.1 and `::1`.
pub(crate) fn loopback_up() {
    let mut request = loopback();
    request.ifr_ifru.ifru_flags = (libc::IFF_UP | libc::IFF_RUNNING).try_into().unwrap();
    configure(libc::SIOCSIFFLAGS, &mut request);
}

/// Takes 127.0.0.1 from the loopback interface.
pub(crate) fn remove_ipv4_loopback() {
    let mut request = loopback();
    request.ifr_ifru.ifru_addr.sa_family = libc::AF_INET.try_into().unwrap();
    configure(libc::SIOCSIFADDR, &mut request);
}

fn loopback() -> libc::ifreq {
    // SAFETY: a C struct of numbers and arrays, for which zero is valid.
    let mut request: libc::ifreq = unsafe { std::mem::zeroed() };
    for (to, from) in request.ifr_name.iter_mut().zip(*b"lo") {
        *to = from.try_into().unwrap();
    }
    request
}

#[expect(clippy::useless_conversion, reason = "ioctl's request is an int with musl")]
fn configure(what: c_ulong, request: &mut libc::ifreq) {
    let socket = UdpSocket::bind("0.0.0.0:0").unwrap();
    // SAFETY: the socket is open, and both requests read one `ifreq`.
    let status = unsafe { libc::ioctl(socket.as_raw_fd(), what.try_into().unwrap(), &raw mut *request) };
    assert_eq!(status, 0, "{}", io::Error::last_os_error());
}
