//! `Error`: what users see of it, and how it goes through their own errors.

use std::error::Error as StdError;
use std::io;
use std::net::{TcpListener, UdpSocket};
use std::time::Duration;

use port_runtime::{DualStack, Error, ErrorKind, Host, PortRequest, Ports, ReservedPort};

use crate::support::Block;

/// One of each kind that any machine gives.
fn errors() -> Vec<Error> {
    let block = Block::new();
    let _busy = [1, 2].map(|index| block.listener(index));
    let full = PortRequest::new().range(block.port(1)..=block.port(2));
    let request = PortRequest::new();
    vec![
        full.bind::<TcpListener>().unwrap_err(),
        full.prefer(block.port(1)).bind::<(TcpListener, UdpSocket)>().unwrap_err(),
        request.clone().host("203.0.113.1").bind::<TcpListener>().unwrap_err(),
        request.clone().host("203.0.113.1").bind::<DualStack<TcpListener>>().unwrap_err(),
        request.clone().host("two words").bind::<TcpListener>().unwrap_err(),
        request.clone().range(9..9).bind::<TcpListener>().unwrap_err(),
        request.clone().prefer(0).bind::<TcpListener>().unwrap_err(),
        request.clone().timeout(Duration::ZERO).bind::<UdpSocket>().unwrap_err(),
        request.clone().timeout(Duration::MAX).bind::<mio::net::UdpSocket>().unwrap_err(),
        request.bind::<tokio::net::TcpListener>().unwrap_err(),
        request.bind::<(TcpListener, TcpListener)>().unwrap_err(),
        Error::other("the schema is missing"),
        io::Error::from(io::ErrorKind::TimedOut).into(),
    ]
}

#[test]
fn are_one_line_that_starts_in_lower_case() {
    for error in errors() {
        let message = error.to_string();
        assert_eq!(message.lines().count(), 1, "{message}");
        assert!(message.starts_with(|first: char| first.is_lowercase() || first == '`' || first.is_ascii_digit()));
        assert!(!message.ends_with('.'), "{message}");
        assert_eq!(format!("{error:?}"), message);
        assert_eq!(format!("{error:#?}"), message, "`main` may print it either way");
    }
}

#[test]
fn keep_their_kind_through_io() {
    for error in errors() {
        let (kind, message) = (error.kind(), error.to_string());
        let error = io::Error::from(error);
        assert_eq!(error.to_string(), message);
        let expected = match kind {
            ErrorKind::NoFreePort => io::ErrorKind::AddrInUse,
            ErrorKind::AddrNotAvailable => io::ErrorKind::AddrNotAvailable,
            ErrorKind::InvalidRequest => io::ErrorKind::InvalidInput,
            ErrorKind::Unsupported => io::ErrorKind::Unsupported,
            // As the system said.
            _ => error.kind(),
        };
        assert_eq!(error.kind(), expected, "{message}");
        let error = Error::from(error);
        assert_eq!((error.kind(), error.to_string()), (kind, message));
    }
}

#[test]
fn of_others_keep_their_kind() {
    let error = Error::from(io::Error::from(io::ErrorKind::TimedOut));
    assert_eq!(error.kind(), ErrorKind::Other);
    assert_eq!(io::Error::from(error).kind(), io::ErrorKind::TimedOut);
    let error = Error::other(io::Error::from_raw_os_error(1));
    assert_eq!(error.raw_os_error(), Some(1));
    assert_eq!(error.to_string(), io::Error::from_raw_os_error(1).to_string());
    assert_eq!(io::Error::from(Error::other("no")).kind(), io::ErrorKind::Other);
}

#[test]
fn name_what_the_system_said() {
    let error = PortRequest::new().host("203.0.113.1").bind::<TcpListener>().unwrap_err();
    let said = io::Error::from_raw_os_error(error.raw_os_error().expect("the system refused"));
    assert_eq!(said.kind(), io::ErrorKind::AddrNotAvailable);
    assert!(error.to_string().contains(&said.to_string()), "{error}");
}

#[test]
fn go_through_a_question_mark() {
    fn io() -> io::Result<TcpListener> {
        Ok(PortRequest::new().prefer(0).bind()?)
    }
    fn boxed() -> Result<TcpListener, Box<dyn StdError>> {
        Ok(PortRequest::new().prefer(0).bind()?)
    }
    fn boxed_and_sendable() -> Result<TcpListener, Box<dyn StdError + Send + Sync>> {
        Ok(PortRequest::new().prefer(0).bind()?)
    }
    assert_eq!(io().unwrap_err().kind(), io::ErrorKind::InvalidInput);
    assert!(boxed().unwrap_err().is::<Error>());
    assert!(boxed_and_sendable().unwrap_err().is::<Error>());
}

#[test]
fn are_small_and_go_anywhere() {
    fn anywhere<T: Send + Sync + 'static>() {}
    anywhere::<Error>();
    anywhere::<PortRequest>();
    anywhere::<(Host, Ports, ReservedPort, DualStack<TcpListener>)>();
    #[cfg(unix)]
    anywhere::<port_runtime::PassListeners>();
    assert_eq!(size_of::<Error>(), size_of::<usize>());
    assert!(size_of::<Result<TcpListener, Error>>() <= 2 * size_of::<usize>());
}

/// An error of somebody else, with a cause.
#[derive(Debug)]
struct Theirs(io::Error);

impl std::fmt::Display for Theirs {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("the schema is missing")
    }
}

impl StdError for Theirs {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        Some(&self.0)
    }
}

#[test]
fn say_nothing_twice_in_a_chain() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port();
    let refused = PortRequest::new().port(port).bind::<TcpListener>().unwrap_err();
    assert!(refused.source().is_none(), "{refused}");
    assert!(refused.raw_os_error().is_some());

    // An error of somebody else is as it is by itself, down to its causes.
    let other = Error::other(Theirs(io::Error::other("no such table")));
    assert_eq!(other.to_string(), "the schema is missing");
    assert_eq!(other.source().unwrap().to_string(), "no such table");
    assert!(other.source().unwrap().source().is_none());

    // What went through `io::Error` comes back, and its kind is the one that the error itself had.
    let error = io::Error::from(refused);
    assert_eq!(error.kind(), io::ErrorKind::AddrInUse);
    assert_eq!(Error::from(error).kind(), ErrorKind::PortInUse);
    let missing = Error::from(io::Error::from_raw_os_error(2));
    let (kind, code) = (missing.kind(), missing.raw_os_error());
    assert_eq!((kind, code), (ErrorKind::Other, Some(2)));
    assert_eq!(io::Error::from(missing).kind(), io::Error::from_raw_os_error(2).kind());
}
