//! tokio's sockets: non-blocking, and an error where no runtime can take them.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::task::Poll;
use std::time::Duration;

use port_runtime::{ErrorKind, PortRequest};
use tokio::net::{TcpListener, TcpStream, UdpSocket};
use tokio::runtime::{Builder, Runtime};

use crate::support::{assert_error, port_on};

fn runtimes() -> [Runtime; 2] {
    [Builder::new_current_thread(), Builder::new_multi_thread()]
        .map(|mut runtime| runtime.enable_all().build().unwrap())
}

/// Whether a future has to wait. A blocking socket would hang here.
async fn waits<T>(future: impl Future<Output = T>) -> bool {
    let mut future = pin!(future);
    poll_fn(|context| Poll::Ready(future.as_mut().poll(context).is_pending())).await
}

async fn accepts(listener: TcpListener) {
    #[cfg(unix)]
    assert!(socket2::SockRef::from(&listener).nonblocking().unwrap());
    let address = listener.local_addr().unwrap();
    assert!(waits(listener.accept()).await);
    let client = TcpStream::connect(address).await.unwrap();
    let (_, peer) = listener.accept().await.unwrap();
    assert_eq!(peer, client.local_addr().unwrap());
}

async fn receives(socket: UdpSocket) {
    #[cfg(unix)]
    assert!(socket2::SockRef::from(&socket).nonblocking().unwrap());
    let address = socket.local_addr().unwrap();
    let mut buffer = [0; 16];
    assert!(waits(socket.recv_from(&mut buffer)).await);
    socket.send_to(b"hello", address).await.unwrap();
    let (length, sender) = socket.recv_from(&mut buffer).await.unwrap();
    assert_eq!((&buffer[..length], sender), (&b"hello"[..], address));
}

#[test]
fn listeners_accept() {
    for runtime in runtimes() {
        runtime.block_on(async {
            let listener: TcpListener = PortRequest::new().bind().unwrap();
            port_on("127.0.0.1", listener.local_addr());
            accepts(listener).await;
            accepts(PortRequest::new().bind_async().await.unwrap()).await;
        });
    }
}

#[test]
fn udp_sockets_receive() {
    for runtime in runtimes() {
        runtime.block_on(async {
            let socket: UdpSocket = PortRequest::new().bind().unwrap();
            port_on("127.0.0.1", socket.local_addr());
            receives(socket).await;
            receives(PortRequest::new().bind_async().await.unwrap()).await;
        });
    }
}

#[test]
fn all_places_of_a_runtime_will_do() {
    for runtime in runtimes() {
        let bind = || PortRequest::new().bind::<TcpListener>();
        runtime.block_on(async {
            accepts(tokio::spawn(PortRequest::new().bind_async_static()).await.unwrap()).await;
            accepts(tokio::task::spawn_blocking(bind).await.unwrap().unwrap()).await;
        });
        let listener = {
            let _inside = runtime.enter();
            bind().unwrap()
        };
        runtime.block_on(accepts(listener));
    }
}

/// A future that can be spawned has to be `Send + 'static`.
trait BindAsyncStatic {
    fn bind_async_static(self) -> impl Future<Output = TcpListener> + Send + 'static;
}

impl BindAsyncStatic for PortRequest {
    async fn bind_async_static(self) -> TcpListener {
        self.bind_async().await.unwrap()
    }
}

#[test]
fn members_of_tuples_and_arrays_work() {
    for runtime in runtimes() {
        runtime.block_on(async {
            let (tcp, udp): (TcpListener, UdpSocket) = PortRequest::new().bind_async().await.unwrap();
            assert_eq!(tcp.local_addr().unwrap(), udp.local_addr().unwrap());
            accepts(tcp).await;
            receives(udp).await;
            let [a, b]: [TcpListener; 2] = PortRequest::new().bind_async().await.unwrap();
            assert_ne!(a.local_addr().unwrap(), b.local_addr().unwrap());
            accepts(a).await;
            accepts(b).await;
        });
    }
}

#[test]
fn outside_a_runtime_the_error_says_where_to_put_the_attribute() {
    let message = "a tokio socket needs a running tokio runtime; put `#[with_free_port]` above `#[tokio::main]` or \
                   `#[tokio::test]`, on an `async fn`";
    assert_error(PortRequest::new().bind::<TcpListener>(), ErrorKind::NoRuntime, message);
    assert_error(PortRequest::new().bind::<UdpSocket>(), ErrorKind::NoRuntime, message);
    assert_error(PortRequest::new().bind::<(TcpListener, UdpSocket)>(), ErrorKind::NoRuntime, message);
    assert_error(PortRequest::new().bind::<[TcpListener; 2]>(), ErrorKind::NoRuntime, message);
}

#[test]
fn a_runtime_without_io_is_an_error_and_no_panic() {
    for mut builder in [Builder::new_current_thread(), Builder::new_multi_thread()] {
        builder.build().unwrap().block_on(async {
            let message = "this tokio runtime does no I/O; build it with `enable_io` or `enable_all`";
            assert_error(PortRequest::new().bind::<TcpListener>(), ErrorKind::NoRuntime, message);
            assert_error(PortRequest::new().bind_async::<UdpSocket>().await, ErrorKind::NoRuntime, message);
        });
    }
}

#[test]
fn a_runtime_that_has_shut_down_is_an_error() {
    for runtime in runtimes() {
        let handle = runtime.handle().clone();
        drop(runtime);
        let _inside = handle.enter();
        for error in
            [PortRequest::new().bind::<TcpListener>().unwrap_err(), PortRequest::new().bind::<UdpSocket>().unwrap_err()]
        {
            assert_eq!(error.kind(), ErrorKind::NoRuntime);
            assert!(error.to_string().starts_with("the tokio runtime takes no socket: "), "{error}");
        }
    }
}

#[test]
fn time_outs_are_the_runtimes_own() {
    for runtime in runtimes() {
        let _inside = runtime.enter();
        let request = PortRequest::new().timeout(Duration::from_secs(5));
        let message = "`timeout` is for blocking sockets, and this one is not; wrap the call in `tokio::time::timeout`";
        assert_error(request.bind::<TcpListener>(), ErrorKind::Unsupported, message);
        assert_error(request.bind::<UdpSocket>(), ErrorKind::Unsupported, message);
        assert_error(request.bind::<(TcpListener, UdpSocket)>(), ErrorKind::Unsupported, message);
    }
}
