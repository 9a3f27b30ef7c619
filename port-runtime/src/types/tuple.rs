//! Several sockets on one number.

use super::FromFreePort;
use crate::error::Error;
use crate::request::PortRequest;

macro_rules! one_port_for_all {
    ($($Member:ident),+) => {
        /// All members on **one** port number: `(TcpListener, UdpSocket)` for DNS or HTTP/3.
        ///
        /// Passed sockets are taken in order, and have to share a port. Two members of one protocol need addresses that do
        /// not overlap.
        impl<$($Member: FromFreePort),+> FromFreePort for ($($Member,)+) {
            fn from_free_port(request: &PortRequest) -> Result<Self, Error> {
                request.on_one_number(|request| Ok(($($Member::from_free_port(request)?,)+)))
            }
        }
    };
}

one_port_for_all!(A);
one_port_for_all!(A, B);
one_port_for_all!(A, B, C);
one_port_for_all!(A, B, C, D);
