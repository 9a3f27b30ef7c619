//! Signals come at any time, and are no failure.
#![allow(unsafe_code, reason = "threads are sent signals")]

use std::net::{SocketAddr, TcpListener};
use std::os::unix::thread::JoinHandleExt;
use std::sync::mpsc::channel;
use std::thread;
use std::time::Duration;

use port_runtime::{ClientSocket, PortRequest};
use socket2::{Domain, Socket, Type};

extern "C" fn ignore(_: libc::c_int) {}

/// Lets calls end early where a signal comes: without `SA_RESTART`.
fn handle_signals() {
    // SAFETY: all zeros is a valid value of this plain C structure: no flags, an empty mask.
    let mut action: libc::sigaction = unsafe { std::mem::zeroed() };
    action.sa_sigaction = ignore as *const () as libc::sighandler_t;
    // SAFETY: the structure lives until the call returns, and the handler does nothing.
    assert_eq!(unsafe { libc::sigaction(libc::SIGUSR1, &raw const action, std::ptr::null_mut()) }, 0);
}

/// A listener whose queue is full: who connects now waits, and tries again every second.
fn full() -> (Socket, Vec<std::net::TcpStream>) {
    let listener = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
    listener.bind(&SocketAddr::from(([127, 0, 0, 1], 0)).into()).unwrap();
    listener.listen(0).unwrap();
    let address = listener.local_addr().unwrap().as_socket().unwrap();
    let mut clients = Vec::new();
    for _ in 0..16 {
        match std::net::TcpStream::connect_timeout(&address, Duration::from_millis(200)) {
            Ok(client) => clients.push(client),
            Err(_) => return (listener, clients),
        }
    }
    panic!("the queue of a listener is not full");
}

#[test]
fn a_client_connects_all_the_same() {
    handle_signals();
    for timeout in [None, Some(Duration::from_secs(60))] {
        let (listener, waiting) = full();
        let address = listener.local_addr().unwrap().as_socket().unwrap();
        let mut request = PortRequest::new();
        if let Some(timeout) = timeout {
            request = request.timeout(timeout);
        }
        let client: ClientSocket = request.bind().unwrap();
        let (done, is_done) = channel();
        let thread = thread::spawn(move || {
            let result = client.connect(address);
            done.send(()).unwrap();
            result
        });
        for _ in 0..20 {
            thread::sleep(Duration::from_millis(5));
            // SAFETY: the thread has not been joined.
            unsafe { libc::pthread_kill(thread.as_pthread_t(), libc::SIGUSR1) };
        }
        assert!(is_done.try_recv().is_err(), "{timeout:?}: {:?}", thread.join());
        let listener = TcpListener::from(listener);
        for _ in &waiting {
            listener.accept().unwrap();
        }
        thread.join().unwrap().unwrap();
    }
}
