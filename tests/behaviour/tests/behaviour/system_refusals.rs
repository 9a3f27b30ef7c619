//! What the system hardly ever refuses, with faults that strace injects.

use std::net::{TcpListener, UdpSocket};
use std::time::Duration;

use port_runtime::{Error, ErrorKind, FromFreePort, PortRequest};

use crate::support::child::open_descriptors;
use crate::support::trace::{Traced, watch};

/// Fails, without a descriptor being lost.
fn failure<T: FromFreePort>(request: &PortRequest) -> Error {
    let before = open_descriptors();
    let error = watch(|| request.bind::<T>()).err().expect("strace lets it fail");
    assert_eq!(open_descriptors(), before, "{error}");
    error
}

fn assert_says(error: &Error, kind: ErrorKind, message: &str) {
    assert_eq!((error.kind(), error.to_string().as_str()), (kind, message));
}

#[cfg_attr(not(has_strace), ignore = "`strace` is not installed, or may not trace")]
#[test]
fn no_descriptor_in_the_whole_system() {
    Traced::injecting("socket:error=ENFILE").run(|| {
        assert_says(
            &failure::<TcpListener>(&PortRequest::new()),
            ErrorKind::TooManyOpenFiles,
            "cannot bind 127.0.0.1: Too many open files in system (os error 23); close some, or raise the limit \
             (`ulimit -n`)",
        );
    });
}

#[cfg_attr(not(has_strace), ignore = "`strace` is not installed, or may not trace")]
#[test]
fn no_memory_for_the_backlog() {
    Traced::injecting("listen:error=ENOBUFS").run(|| {
        let message = "cannot bind 127.0.0.1: No buffer space available (os error 105); the system refuses it";
        assert_says(&failure::<TcpListener>(&PortRequest::new()), ErrorKind::System, message);
        assert_says(&failure::<TcpListener>(&PortRequest::new().range(8000..9000)), ErrorKind::System, message);
        assert_says(&failure::<(UdpSocket, TcpListener)>(&PortRequest::new()), ErrorKind::System, message);
    });
}

#[cfg_attr(not(has_strace), ignore = "`strace` is not installed, or may not trace")]
#[test]
fn no_option() {
    Traced::injecting("setsockopt:error=ENOMEM").run(|| {
        let error = failure::<TcpListener>(&PortRequest::new());
        assert_says(
            &error,
            ErrorKind::System,
            "cannot bind 127.0.0.1: Cannot allocate memory (os error 12); the system refuses it",
        );
        assert_eq!(std::io::Error::from(error).kind(), std::io::ErrorKind::OutOfMemory);
        let error = failure::<UdpSocket>(&PortRequest::new().timeout(Duration::from_secs(1)));
        assert_says(&error, ErrorKind::System, "cannot set up the socket: Cannot allocate memory (os error 12)");
    });
}

#[cfg_attr(not(has_strace), ignore = "`strace` is not installed, or may not trace")]
#[test]
fn no_permission_for_any_socket() {
    let calls = Traced::injecting("socket:error=EACCES").run(|| {
        let error = failure::<TcpListener>(&PortRequest::new().range(8000..9000));
        assert_eq!(error.kind(), ErrorKind::PermissionDenied, "{error}");
        assert!(error.to_string().contains("Permission denied (os error 13)"), "{error}");
    });
    let Some(calls) = calls else { return };
    assert_eq!(calls.len(), 1, "no number would mend it, so the others are not tried");
}
