use crate::bind::together;
use crate::{Error, FromFreePort, PortRequest};

macro_rules! one_port_for_all {
    ($($Member:ident $index:tt),+) => {
        /// All members on **one** port number: `(TcpListener, UdpSocket)` for DNS or HTTP/3.
        impl<$($Member: FromFreePort),+> FromFreePort for ($($Member,)+) {
            fn from_free_port(request: &PortRequest) -> Result<Self, Error> {
                type Members<$($Member),+> = ($(Option<$Member>,)+);

                let members: Members<$($Member),+> = together(request, |request, members: &mut Members<$($Member),+>| {
                    $(members.$index = Some(request.bind()?);)+
                    Ok(())
                })?;
                match members {
                    #[allow(non_snake_case)]
                    ($(Some($Member),)+) => Ok(($($Member,)+)),
                    _ => unreachable!("every member was filled"),
                }
            }
        }
    };
}

one_port_for_all!(A 0);
one_port_for_all!(A 0, B 1);
one_port_for_all!(A 0, B 1, C 2);
one_port_for_all!(A 0, B 1, C 2, D 3);

/// `N` **different** ports. With a preferred port the first member gets it; of a range they are the lowest free ones.
/// The service manager has to pass `N` sockets, the port server is asked `N` times, and `env` is an error.
impl<T: FromFreePort, const N: usize> FromFreePort for [T; N] {
    fn from_free_port(request: &PortRequest) -> Result<Self, Error> {
        if let (Some(variable), 2..) = (&request.env, N) {
            return Err(Error::invalid(format!(
                "{variable} names one port, and {N} different ones are wanted; leave `env` out, or give each socket a variable"
            )));
        }
        let members: Vec<T> = (0..N).map(|_| request.bind()).collect::<Result<_, _>>()?;
        match members.try_into() {
            Ok(array) => Ok(array),
            Err(_) => unreachable!("there are N members"),
        }
    }
}
