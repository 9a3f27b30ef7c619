//! A child that is told the reserved number binds whatever it likes on it: any type, on any address.

use std::net::{TcpListener, UdpSocket};

use port_runtime::{DualStack, FromFreePort, PortRequest, ReservedPort};
use test_support::forks;

use super::reserve;

fn binds<T: FromFreePort>(reserved: &ReservedPort, hosts: &[&str]) {
    for host in hosts {
        for _restart in 0..2 {
            let request = PortRequest::new().host(*host).port(reserved.port());
            let result = request.bind::<T>();
            assert!(result.is_ok(), "{} on {host}: {:?}", std::any::type_name::<T>(), result.err());
        }
    }
}

#[cfg_attr(not(all(has_sock_diag, has_ipv6)), ignore = "needs Linux 6.8, which tells who is bound, and IPv6")]
#[test]
fn it_gets_every_type_on_every_address() {
    let _no_forks = forks::none();
    let reserved = reserve();
    let hosts = ["127.0.0.1", "127.0.0.9", "0.0.0.0", "::1", "::", "localhost"];
    binds::<TcpListener>(&reserved, &hosts);
    binds::<(TcpListener, UdpSocket)>(&reserved, &hosts);
    binds::<(UdpSocket, TcpListener)>(&reserved, &hosts);
    binds::<[(TcpListener,); 1]>(&reserved, &hosts);
    binds::<async_io::Async<TcpListener>>(&reserved, &hosts);
    binds::<DualStack<TcpListener>>(&reserved, &hosts);
    binds::<DualStack<(UdpSocket, TcpListener)>>(&reserved, &hosts);
    // And afterwards it is reserved still.
    assert!(PortRequest::new().prefer(reserved.port()).range([reserved.port()]).bind::<TcpListener>().is_err());
    reserved.listen().unwrap();
}
