//! Free ports without the race: functions receive sockets that are already bound.
//!
//! Finding a free port and binding it later leaves a moment in which the port belongs to nobody, and under load somebody
//! else takes it. Here no port is ever known by number before a socket holds it, and the hold ends only when its owner is
//! dropped.
//!
//! - [`#[with_free_port]`](macro@with_free_port) fills the parameters of a function, a test or `main`; it has the manual.
//! - [`PortRequest`] does the same by hand.
//! - [`FromFreePort`] and [`AsyncFromFreePort`] let a type of your own be such a parameter.
//! - `PassListeners` hands bound sockets to a child process. Unix only: on Windows it does not exist.
//! - [`ReservedPort`] holds a number for a program that cannot take a socket.
//! - [`ServerProcess`] is such a program, started and ready, and gone at the end of the test.
//!
//! How it compares with other crates, and what holds on which system: [`_documentation`].
//!
//! ```
//! use port_runtime::with_free_port;
//! use std::net::{TcpListener, TcpStream};
//!
//! #[with_free_port]
//! fn connects(listener: TcpListener) -> std::io::Result<()> {
//!     let client = TcpStream::connect(listener.local_addr()?)?;
//!     let (_connection, address) = listener.accept()?;
//!     assert_eq!(address, client.local_addr()?);
//!     Ok(())
//! }
//! # connects().unwrap();
//! ```
//!
//! # Features
//!
//! | feature | what it adds |
//! | --- | --- |
//! | `macros` (default) | the attribute |
//! | `tokio` | `tokio::net::{TcpListener, TcpSocket, UdpSocket}`, `async` methods of `ReservedPort` and `ServerProcess` |
//! | `tokio-process` | `PassListeners::spawn_tokio` |
//! | `async-io` | `async_io::Async<TcpListener>` and `Async<UdpSocket>` |
//! | `mio` | `mio::net::{TcpListener, UdpSocket}` |
//! | `tracing` | an event for every port that is obtained |
#![cfg_attr(docsrs, feature(doc_cfg))]
#![allow(clippy::test_attr_in_doctest, reason = "the manual shows test functions")]

/// For `crate = …` in the attribute, which takes the path of whoever re-exports this crate, too.
#[doc(hidden)]
pub extern crate self as port_runtime;

#[doc(hidden)]
pub mod __private {
    pub use crate::on_error::{OnError, Panic};
}

#[cfg(feature = "tokio")]
mod aside;
mod bind;
mod error;
mod given;
mod host;
#[doc(hidden)]
mod on_error;
mod order;
mod ports;
mod process;
mod refusal;
mod request;
mod reserved;
mod settings;
mod sys;
mod types;
mod wait;

#[cfg(feature = "macros")]
#[doc = include_str!("with_free_port.md")]
pub use port_macros::with_free_port;

pub use self::error::{Error, ErrorKind};
pub use self::host::Host;
pub use self::order::Order;
pub use self::ports::Ports;
pub use self::process::ServerProcess;
#[cfg(unix)]
pub use self::process::{PassListeners, Passable};
pub use self::request::PortRequest;
pub use self::reserved::ReservedPort;
pub use self::types::{AsyncFromFreePort, Bound, ClientSocket, DualStack, FromFreePort};

/// Pages that are about no item in particular.
#[cfg(doc)]
pub mod _documentation {
    #[doc = include_str!("../COMPARE.md")]
    pub mod compare {}

    #[doc = include_str!("../PLATFORM.md")]
    pub mod platform {}
}

/// The front page compiles; on Unix, since `PassListeners` is on it.
#[cfg(all(doctest, unix, feature = "tokio", feature = "macros"))]
#[doc = include_str!("../README.md")]
struct Readme;
