//! What is filled is dropped when and in the order in which parameters are.
#![deny(warnings)]

use port_runtime::{Error, FromFreePort, PortRequest, with_free_port};
use std::cell::RefCell;
use std::sync::Mutex;

thread_local! {
    static LOG: RefCell<Vec<&'static str>> = const { RefCell::new(Vec::new()) };
}

fn log(event: &'static str) {
    LOG.with_borrow_mut(|log| log.push(event));
}

macro_rules! noisy {
    ($($name:ident)*) => {
        $(
            struct $name;

            impl FromFreePort for $name {
                fn from_free_port(_: &PortRequest) -> Result<Self, Error> {
                    log(concat!("make ", stringify!($name)));
                    Ok(Self)
                }
            }

            impl Drop for $name {
                fn drop(&mut self) {
                    log(concat!("drop ", stringify!($name)));
                }
            }
        )*
    };
}

noisy! { First Second Third }

struct Two(First, Second);

impl FromFreePort for Two {
    fn from_free_port(_: &PortRequest) -> Result<Self, Error> {
        Ok(Self(First, Second))
    }
}

#[with_free_port]
fn filled(_: First, _second: Second, third: Third) {
    log("body");
    drop(third);
}

fn passed(_: First, _second: Second, third: Third) {
    log("body");
    drop(third);
}

#[with_free_port]
fn filled_partly(Two(_, _second): Two, _: Third) {
    log("body");
}

fn passed_partly(Two(_, _second): Two, _: Third) {
    log("body");
}

struct Counter(Mutex<usize>);

impl FromFreePort for Counter {
    fn from_free_port(_: &PortRequest) -> Result<Self, Error> {
        Ok(Self(Mutex::new(7)))
    }
}

// The guard in the last expression borrows from the parameter.
#[with_free_port]
fn last_expression(counter: Counter) -> usize {
    *counter.0.lock().unwrap()
}

#[with_free_port]
async fn last_expression_awaits(counter: Counter, first: First) -> usize {
    let _first = &first;
    *counter.0.lock().unwrap()
}

fn events(run: impl FnOnce()) -> Vec<&'static str> {
    LOG.take();
    run();
    LOG.take()
}

fn main() {
    let made = ["make First", "make Second", "make Third"];
    let expected = [&made[..], &events(|| passed(First, Second, Third))].concat();
    assert_eq!(events(filled), expected);
    assert_eq!(expected.last(), Some(&"drop First"));

    let expected = [&made[2..], &events(|| passed_partly(Two(First, Second), Third))].concat();
    assert_eq!(events(filled_partly), expected);

    assert_eq!(last_expression(), 7);
    drop(last_expression_awaits());
}
