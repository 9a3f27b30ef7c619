//! The success path of the default listener allocates nothing.
#![allow(unsafe_code, reason = "an allocator of its own")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::hint::black_box;
use std::net::{Ipv4Addr, TcpListener, UdpSocket};

use port_runtime::{FromFreePort, PortRequest};

/// Counts what each thread allocates: those of the test harness are none of our business.
struct Counting;

thread_local! {
    static ALLOCATIONS: Cell<usize> = const { Cell::new(0) };
}

fn count() {
    ALLOCATIONS.with(|allocations| allocations.set(allocations.get() + 1));
}

// SAFETY: everything is left to the system's allocator; counting does not allocate.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count();
        // SAFETY: the caller's promises are passed on.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: the caller's promises are passed on.
        unsafe { System.dealloc(pointer, layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        count();
        // SAFETY: the caller's promises are passed on.
        unsafe { System.realloc(pointer, layout, size) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

fn allocations_of<T>(what: impl FnOnce() -> T) -> usize {
    let before = ALLOCATIONS.get();
    let result = black_box(what());
    let count = ALLOCATIONS.get() - before;
    drop(result);
    count
}

fn of_binding<T: FromFreePort>(request: impl FnOnce() -> PortRequest) -> usize {
    // The first socket of a process sets Winsock up.
    if cfg!(windows) {
        drop(PortRequest::new().bind::<T>());
    }
    allocations_of(|| request().bind::<T>().expect("a port is free"))
}

#[test]
fn allocations_are_counted() {
    assert_eq!(allocations_of(|| Box::new(7)), 1);
}

#[test]
fn the_default_listener_needs_none() {
    assert_eq!(of_binding::<TcpListener>(PortRequest::new), 0);
}

#[test]
fn nor_do_the_default_udp_socket_an_address_and_a_range() {
    assert_eq!(of_binding::<UdpSocket>(PortRequest::new), 0);
    assert_eq!(of_binding::<TcpListener>(|| PortRequest::new().host(Ipv4Addr::LOCALHOST)), 0);
    assert_eq!(of_binding::<TcpListener>(|| PortRequest::new().prefer(19_000).range(19_000..20_000)), 0);
}
