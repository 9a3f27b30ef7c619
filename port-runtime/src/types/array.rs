//! Several sockets on different numbers.

use super::FromFreePort;
use crate::error::Error;
use crate::request::PortRequest;

/// `N` **different** ports. With a preferred port the first member gets it; of a range they are the first free ones, in its
/// order. Where a service manager passes sockets, it has to pass `N`; the port server is asked `N` times. `env`, and `port`
/// other than 0, are errors for more than one.
impl<T: FromFreePort, const N: usize> FromFreePort for [T; N] {
    fn from_free_port(request: &PortRequest) -> Result<Self, Error> {
        let settings = request.settings();
        if let (Some(port @ 1..), 2..) = (settings.port, N) {
            return Err(Error::invalid(format!(
                "port {port} is one port, and {N} different ones are wanted; leave `port` out, or take a range"
            )));
        }
        if let (Some(variable), 2..) = (&settings.env, N) {
            return Err(Error::invalid(format!(
                "{variable} names one port, and {N} different ones are wanted; leave `env` out, or give each socket a \
                 variable"
            )));
        }
        let members: Vec<T> =
            request.all_or_none(|request| (0..N).map(|_| T::from_free_port(request)).collect::<Result<_, _>>())?;
        match members.try_into() {
            Ok(array) => Ok(array),
            Err(_) => unreachable!("there are N members"),
        }
    }
}
