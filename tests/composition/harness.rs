//! Types that build a whole server on a free port.

use std::io::{self, BufRead, Write};
use std::net::{self, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use axum::Router;
use axum::routing::get;
use port_runtime::{AsyncFromFreePort, Error, ErrorKind, FromFreePort, PortRequest, with_free_port};
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::support::{self, get_from_task};

/// Stops gracefully when it is dropped: it takes no more connections, and ends those that it has.
struct TestServer {
    address: SocketAddr,
    served: Arc<AtomicUsize>,
    stop: Option<oneshot::Sender<()>>,
    task: Option<JoinHandle<io::Result<()>>>,
}

impl AsyncFromFreePort for TestServer {
    async fn from_free_port_async(request: &PortRequest) -> Result<Self, Error> {
        let listener: TcpListener = request.bind_async().await?;
        let address = listener.local_addr()?;
        let served = Arc::<AtomicUsize>::default();
        let count = Arc::clone(&served);
        let hello = get(move || async move { format!("hello {}", count.fetch_add(1, Ordering::Relaxed)) });
        let (stop, stopped) = oneshot::channel();
        let serve = axum::serve(listener, Router::new().route("/", hello));
        let task = tokio::spawn(async move { serve.with_graceful_shutdown(async { drop(stopped.await) }).await });
        Ok(Self { address, served, stop: Some(stop), task: Some(task) })
    }
}

impl Drop for TestServer {
    fn drop(&mut self) {
        drop(self.stop.take());
    }
}

#[with_free_port]
#[tokio::test]
async fn async_harness(server: TestServer) {
    assert_eq!(get_from_task(server.address).await, (200, "hello 0".to_owned()));
    assert_eq!(get_from_task(server.address).await, (200, "hello 1".to_owned()));
}

#[with_free_port(range = 20000..30000)]
#[tokio::test]
async fn two_servers(one: TestServer, other: TestServer, socket: net::UdpSocket) {
    assert_ne!(one.address, other.address);
    assert!((20000..30000).contains(&one.address.port()), "options reach the harness");
    assert!((20000..30000).contains(&socket.local_addr().unwrap().port()));
    assert_eq!(get_from_task(one.address).await.0, 200);
    assert_eq!((one.served.load(Ordering::Relaxed), other.served.load(Ordering::Relaxed)), (1, 0));
}

#[with_free_port]
async fn task_of_server(mut server: TestServer) -> Option<JoinHandle<io::Result<()>>> {
    assert_eq!(get_from_task(server.address).await.0, 200);
    server.task.take()
}

#[tokio::test]
async fn the_server_ends_with_the_test() {
    let task = task_of_server().await.unwrap();
    let ended = tokio::time::timeout(support::PATIENCE, task).await.expect("it was told to stop");
    ended.unwrap().unwrap();
}

/// The same without `.await`: a thread that greets everybody until it is dropped.
struct Greeter {
    address: SocketAddr,
    thread: Option<thread::JoinHandle<()>>,
}

impl FromFreePort for Greeter {
    fn from_free_port(request: &PortRequest) -> Result<Self, Error> {
        let listener: net::TcpListener = request.bind()?;
        let address = listener.local_addr()?;
        let thread = thread::spawn(move || {
            for mut connection in listener.incoming().flatten() {
                if is_farewell(&connection) {
                    break;
                }
                let _ = connection.write_all(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nhello");
            }
        });
        Ok(Self { address, thread: Some(thread) })
    }
}

/// Reads a request, or the nothing that `drop` sends.
fn is_farewell(connection: &net::TcpStream) -> bool {
    let lines = io::BufReader::new(connection).lines().map_while(Result::ok);
    lines.take_while(|line| !line.is_empty()).count() == 0
}

impl Drop for Greeter {
    fn drop(&mut self) {
        drop(net::TcpStream::connect(self.address));
        if let Some(thread) = self.thread.take() {
            drop(thread.join());
        }
    }
}

#[with_free_port]
#[test]
fn harness(server: Greeter) {
    assert_eq!(support::get(server.address), (200, "hello".to_owned()));
    assert_eq!(support::get(server.address), (200, "hello".to_owned()));
}

/// A type that needs no `.await` works in `async` functions, too, and in arrays and tuples.
#[with_free_port]
#[tokio::test]
async fn harness_in_async_function(server: Greeter, cluster: [Greeter; 3]) {
    let mut ports: Vec<_> = cluster.iter().chain([&server]).map(|server| server.address.port()).collect();
    for node in &cluster {
        assert_eq!(get_from_task(node.address).await, (200, "hello".to_owned()));
    }
    ports.sort_unstable();
    ports.dedup();
    assert_eq!(ports.len(), 4);
}

#[with_free_port]
#[test]
fn harness_in_tuple((server, socket): (Greeter, net::UdpSocket)) {
    assert_eq!(server.address, socket.local_addr().unwrap());
    assert_eq!(support::get(server.address).0, 200);
}

/// The parameter of a test may be a group of servers that know each other.
struct Cluster {
    nodes: [Greeter; 2],
    peers: Vec<SocketAddr>,
}

impl FromFreePort for Cluster {
    fn from_free_port(request: &PortRequest) -> Result<Self, Error> {
        let nodes: [Greeter; 2] = request.bind()?;
        let peers = nodes.iter().map(|node| node.address).collect();
        Ok(Self { nodes, peers })
    }
}

#[with_free_port]
#[test]
fn harness_of_harnesses(cluster: Cluster) {
    assert_eq!(cluster.peers, cluster.nodes.each_ref().map(|node| node.address));
    assert_ne!(cluster.peers[0], cluster.peers[1]);
}

/// Has its port, and then does not come up.
struct Broken;

impl FromFreePort for Broken {
    fn from_free_port(request: &PortRequest) -> Result<Self, Error> {
        let _listener: net::TcpListener = request.bind()?;
        Err(io::Error::new(io::ErrorKind::PermissionDenied, "the database schema is not readable").into())
    }
}

struct BrokenLater;

impl AsyncFromFreePort for BrokenLater {
    async fn from_free_port_async(request: &PortRequest) -> Result<Self, Error> {
        let _listener: TcpListener = request.bind_async().await?;
        tokio::task::yield_now().await;
        Err(io::Error::new(io::ErrorKind::PermissionDenied, "the migrations failed").into())
    }
}

#[with_free_port]
fn broken(_: Broken) -> io::Result<()> {
    unreachable!("it does not come up");
}

#[with_free_port]
async fn broken_later(_: BrokenLater) -> Result<(), Error> {
    unreachable!("it does not come up");
}

#[with_free_port]
fn broken_array(_: [Broken; 2]) -> io::Result<()> {
    unreachable!("it does not come up");
}

#[tokio::test]
async fn a_failing_constructor_reports_its_own_error() {
    for error in [broken().unwrap_err(), broken_array().unwrap_err()] {
        assert_eq!(error.kind(), io::ErrorKind::PermissionDenied);
        assert!(error.to_string().contains("the database schema is not readable"), "{error}");
    }
    let error = broken_later().await.unwrap_err();
    assert_eq!((error.kind(), error.to_string().as_str()), (ErrorKind::Other, "_: BrokenLater: the migrations failed"));
}

#[with_free_port]
#[test]
#[should_panic(expected = "the database schema is not readable")]
fn a_failing_constructor_fails_its_test(_: Broken) {
    unreachable!("it does not come up");
}
