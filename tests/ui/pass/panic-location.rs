//! A panic names the parameter, or the caller under `#[track_caller]`.
#![deny(warnings)]

use port_runtime::{Error, FromFreePort, PortRequest, with_free_port};
use std::panic::{catch_unwind, set_hook, take_hook};
use std::sync::Mutex;

struct Broken;

impl FromFreePort for Broken {
    fn from_free_port(_: &PortRequest) -> Result<Self, Error> {
        Err(std::io::Error::other("broken on purpose").into())
    }
}

static PLACE: Mutex<(u32, u32)> = Mutex::new((0, 0));

fn place_of_panic(run: fn()) -> (u32, u32) {
    catch_unwind(run).unwrap_err();
    *PLACE.lock().unwrap()
}

#[with_free_port]
fn plain(#[free_port] _broken: Broken) {}
const PLAIN: (u32, u32) = (line!() - 1, 32);

#[with_free_port(on_error = panic)]
fn forced(_broken: self::Broken) -> Result<(), Error> {
    Ok(())
}
const FORCED: (u32, u32) = (line!() - 3, 20);

#[with_free_port(crate = ::port_runtime, on_error = panic)]
fn with_crate(_broken: Broken) {}
const WITH_CRATE: (u32, u32) = (line!() - 1, 24);

#[with_free_port]
fn never(_broken: Broken) -> ! {
    unreachable!()
}
const NEVER: (u32, u32) = (line!() - 3, 19);

#[with_free_port]
#[track_caller]
fn tracked(_broken: Broken) {}

fn main() {
    set_hook(Box::new(|panic| {
        let location = panic.location().unwrap();
        let is_here = location.file().ends_with("panic-location.rs");
        *PLACE.lock().unwrap() = if is_here { (location.line(), location.column()) } else { (0, 0) };
    }));
    let seen = [
        place_of_panic(plain),
        place_of_panic(|| drop(forced())),
        place_of_panic(with_crate),
        place_of_panic(|| never()),
        place_of_panic(|| tracked()),
    ];
    let _ = take_hook();
    assert_eq!(seen, [PLAIN, FORCED, WITH_CRATE, NEVER, (line!() - 3, 27)]);
}
