//! Variables made up from what could be in them.
#![allow(unsafe_code, reason = "it changes the environment")]

use std::env;
use std::ffi::OsString;
use std::net::IpAddr;
use std::os::fd::RawFd;
use std::os::unix::ffi::OsStringExt;
use std::process;

use test_support::Random;

use crate::descriptors::FIRST;

/// A name, what is plausible, and what is odd.
type Made<'a> = (&'a str, &'a [Option<&'a str>], &'a [&'a str]);

/// Sets the variables of a process that has one thread.
pub(crate) fn set(random: &mut Random, port_server: &str) {
    let own = process::id().to_string();
    let variables: [Made<'_>; 6] = [
        ("LISTEN_PID", &[Some(&own), Some(&own), Some(&own), Some(&own), None], &["", "1", "me"]),
        ("LISTEN_PIDFDID", &[None], &["", "1", "18446744073709551615"]),
        ("LISTEN_FDS", &[Some("1"), Some("2"), Some("3"), Some("4")], &["", "0", "65535", "-1"]),
        ("LISTEN_FDNAMES", &[None, None, None, Some("a"), Some("a:b")], &["", "a:b:c", "b:a:a:a"]),
        ("PORT", &[None, Some("0"), Some("8080"), Some("127.0.0.1:0")], &["[::1]:0", "localhost:0", "x"]),
        ("PORTSERVER_ADDRESS", &[None, Some(port_server)], &["", "/no/such/socket", "@"]),
    ];
    for (name, plausible, odd) in variables {
        let value = if random.one_in(6) { Some(random.pick(odd)) } else { random.pick(plausible) };
        let value = value.map(|value| random.mutate(value));
        match value.filter(|value| name != "PORT" || is_harmless(value)) {
            // SAFETY: no other thread reads the environment.
            Some(value) => unsafe { env::set_var(name, OsString::from_vec(value)) },
            // SAFETY: likewise.
            None => unsafe { env::remove_var(name) },
        }
    }
}

/// Names nobody who would have to be looked up in the network, and no port that other tests count on.
fn is_harmless(value: &[u8]) -> bool {
    let value = String::from_utf8_lossy(value);
    let (host, port) = value.trim().rsplit_once(':').unwrap_or(("localhost", value.trim()));
    let known = host == "localhost" || host.trim_matches(['[', ']']).parse::<IpAddr>().is_ok();
    let port = port.parse::<u16>();
    port.is_err() || known && port.is_ok_and(|port| port < 1024 || port == 8080)
}

/// Whether a descriptor of this number can have been announced to this process. Less strict than the runtime has to be:
/// what this denies must stay untouched, whatever else is right.
pub(crate) fn may_be_announced(number: RawFd) -> bool {
    let value = |name| env::var(name).ok().filter(|value: &String| !value.is_empty());
    let count = value("LISTEN_FDS").and_then(|count| count.parse::<RawFd>().ok()).unwrap_or(0);
    let ours = match env::var_os("LISTEN_PID") {
        None => true,
        Some(pid) if pid.is_empty() => true,
        Some(_) => value("LISTEN_PID").and_then(|pid| pid.parse().ok()) == Some(process::id()),
    };
    ours && (FIRST..FIRST + count.min(1000)).contains(&number)
}
