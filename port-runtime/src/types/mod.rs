//! The types that can be made from a free port: the two traits, a file for each family of types, and the methods of a
//! request that make one. They ask `bind` for a socket of a kind, and know what to make of it.

mod array;
#[cfg(feature = "async-io")]
mod async_io;
pub(crate) mod bound;
mod client;
mod dual_stack;
#[cfg(feature = "mio")]
mod mio;
#[cfg(any(feature = "tokio", feature = "async-io", feature = "mio"))]
mod nonblocking;
mod std;
#[cfg(feature = "tokio")]
mod tokio;
mod tuple;

use ::std::future::Future;
use ::std::pin::Pin;
use ::std::task::{Context, Poll};

pub use self::bound::Bound;
pub use self::client::ClientSocket;
pub use self::dual_stack::DualStack;
use crate::error::Error;
use crate::request::PortRequest;

/// A type that can be made from a free port: what `#[with_free_port]` fills in functions that are not `async`.
///
/// Implement it for a server of your own to write `fn test(server: MyServer)`. Bind through the request that is given,
/// and everything that the user asked for is honoured:
///
/// ```
/// use port_runtime::{Error, FromFreePort, PortRequest};
/// use std::net::{SocketAddr, TcpListener};
///
/// struct EchoServer {
///     address: SocketAddr,
/// }
///
/// impl FromFreePort for EchoServer {
///     fn from_free_port(request: &PortRequest) -> Result<Self, Error> {
///         let listener: TcpListener = request.bind()?;
///         let address = listener.local_addr()?;
///         std::thread::spawn(move || {
///             for mut connection in listener.incoming().flatten() {
///                 let _ = connection.try_clone().and_then(|mut copy| std::io::copy(&mut connection, &mut copy));
///             }
///         });
///         Ok(Self { address })
///     }
/// }
/// # let server: EchoServer = PortRequest::new().bind()?;
/// # std::net::TcpStream::connect(server.address)?;
/// # Ok::<(), std::io::Error>(())
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be made from a free port",
    label = "not a type that `#[with_free_port]` can fill",
    note = "what can be filled: `TcpListener` and `UdpSocket` of std, tokio, async-io and mio (with the feature of that name: `cargo add port-runtime --features tokio`), `ReservedPort` for a number or an address, `ClientSocket` for a `TcpStream`, `DualStack<T>`, tuples on one number, arrays `[T; N]` instead of `Vec<T>`, and types of your own that implement `FromFreePort`; an `Option` or `Arc` is made in the body",
    note = "a type that has to be awaited (`AsyncFromFreePort`) needs an `async fn`, and no array or tuple around it",
    note = "what the caller passes stays a parameter if the others are marked: `#[free_port] listener: std::net::TcpListener`",
    note = "if no type is written there, write one: `let listener: std::net::TcpListener = request.bind()?`"
)]
pub trait FromFreePort: Sized {
    /// Binds a port that the request allows.
    ///
    /// # Errors
    ///
    /// When no port can be had, or when what is built on it does not come up.
    fn from_free_port(request: &PortRequest) -> Result<Self, Error>;
}

/// A type that can be made from a free port with `.await`: what `#[with_free_port]` fills in `async` functions.
///
/// Every [`FromFreePort`] type is one. Implement this trait instead for a server that has to be awaited while it comes
/// up; a type implements one of the two.
///
/// ```
/// use port_runtime::{AsyncFromFreePort, Error, PortRequest};
///
/// struct Ready(std::net::TcpListener);
///
/// impl AsyncFromFreePort for Ready {
///     async fn from_free_port_async(request: &PortRequest) -> Result<Self, Error> {
///         let listener = request.bind_async().await?;
///         // … and here whatever has to be awaited.
///         Ok(Self(listener))
///     }
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be made from a free port",
    label = "not a type that `#[with_free_port]` can fill",
    note = "what can be filled: `TcpListener` and `UdpSocket` of std, tokio, async-io and mio (with the feature of that name: `cargo add port-runtime --features tokio`), `ReservedPort` for a number or an address, `ClientSocket` for a `TcpStream`, `DualStack<T>`, tuples on one number, arrays `[T; N]` instead of `Vec<T>`, and types of your own that implement `AsyncFromFreePort`; an `Option` or `Arc` is made in the body",
    note = "arrays and tuples hold types that need not be awaited (`FromFreePort`): take others as parameters of their own",
    note = "what the caller passes stays a parameter if the others are marked: `#[free_port] listener: std::net::TcpListener`",
    note = "if no type is written there, write one: `let listener: std::net::TcpListener = request.bind_async().await?`"
)]
pub trait AsyncFromFreePort: Sized {
    /// Binds a port that the request allows.
    ///
    /// # Errors
    ///
    /// When no port can be had, or when what is built on it does not come up.
    fn from_free_port_async(request: &PortRequest) -> impl Future<Output = Result<Self, Error>> + Send;
}

impl PortRequest {
    /// Binds.
    ///
    /// ```
    /// use port_runtime::{DualStack, PortRequest, ReservedPort};
    /// use std::net::{TcpListener, UdpSocket};
    ///
    /// let listener: TcpListener = PortRequest::new().bind()?;
    /// let (tcp, udp): (TcpListener, UdpSocket) = PortRequest::new().bind()?;
    /// let several = PortRequest::new().bind::<[ReservedPort; 3]>()?;
    /// # Ok::<(), std::io::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// When no port can be had: see [`ErrorKind`](crate::ErrorKind) for the reasons.
    pub fn bind<T: FromFreePort>(&self) -> Result<T, Error> {
        T::from_free_port(self)
    }

    /// Binds a type that is made with `.await`; every type of [`bind`](Self::bind) will do as well.
    ///
    /// ```
    /// use port_runtime::{Error, PortRequest};
    /// use std::net::TcpListener;
    ///
    /// async fn listen() -> Result<TcpListener, Error> {
    ///     PortRequest::new().bind_async().await
    /// }
    /// ```
    ///
    /// # Blocking
    ///
    /// A host name is resolved, and the port server asked, with calls that block, in `async` functions too.
    ///
    /// # Errors
    ///
    /// As for [`bind`](Self::bind).
    pub fn bind_async<T: AsyncFromFreePort>(&self) -> impl Future<Output = Result<T, Error>> + Send {
        T::from_free_port_async(self)
    }
}

#[diagnostic::do_not_recommend]
impl<T: FromFreePort> AsyncFromFreePort for T {
    // Were it `impl Future` here too, rustc would report a missing `FromFreePort` twice: once for the call, and once for
    // the future, whose type has the same bound. A type with a name has none. The name is for nobody else: it is in no
    // documentation, and nobody can write it.
    #[doc(hidden)]
    #[expect(refining_impl_trait, reason = "so a missing bound is reported once")]
    fn from_free_port_async(request: &PortRequest) -> BindNow<'_, T> {
        BindNow { request, bind: T::from_free_port }
    }
}

/// Binds when it is polled. It holds no `T`, so it is `Send` whatever `T` is.
#[derive(Debug)]
pub struct BindNow<'a, T> {
    request: &'a PortRequest,
    bind: fn(&PortRequest) -> Result<T, Error>,
}

impl<T> Future for BindNow<'_, T> {
    type Output = Result<T, Error>;

    fn poll(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Self::Output> {
        Poll::Ready((self.bind)(self.request))
    }
}
