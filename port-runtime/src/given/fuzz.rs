//! Random input for what reads text from outside. `FUZZ_INPUTS=1000000 cargo test -p port-runtime --release fuzz` takes
//! longer.

use test_support::{Random, seeds};

use super::{env, port_server};
use crate::host::Host;

pub(crate) fn inputs() -> impl Iterator<Item = Random> {
    seeds(if cfg!(miri) { 50 } else { 20_000 }).map(Random::new)
}

/// Or else the inputs would not show much.
#[track_caller]
pub(crate) fn assert_both_often([accepted, refused]: [u32; 2]) {
    println!("{accepted} accepted, {refused} refused");
    assert!(accepted > (accepted + refused) / 20 && refused > (accepted + refused) / 20);
}

#[test]
fn what_a_variable_says_is_said_by_its_display() {
    let plausible = ["8080", "127.0.0.1:8080", "[::1]:8080", "localhost:8080", "65535", "[fe80::1%3]:80", "0.0.0.0:0"];
    let mut counts = [0; 2];
    for mut random in inputs() {
        let value = String::from_utf8_lossy(&random.near(&plausible)).into_owned();
        let Ok((host, port)) = env::parse(&value) else {
            counts[1] += 1;
            continue;
        };
        counts[0] += 1;
        let written = match host.as_ref().map(Host::to_string) {
            None => port.to_string(),
            Some(host) if host.contains(':') => format!("[{host}]:{port}"),
            Some(host) => format!("{host}:{port}"),
        };
        let (host_again, port_again) = env::parse(&written).expect(&written);
        assert_eq!(port_again, port, "{value:?}");
        assert_eq!(host_again.map(|host| host.to_string()), host.map(|host| host.to_string()), "{value:?}");
    }
    assert_both_often(counts);
}

#[test]
fn a_host_is_what_it_displays() {
    let plausible = ["127.0.0.1", "::1", "[::1]", "localhost", "[localhost]", "fe80::1%3", "", "two words"];
    let mut counts = [0; 2];
    for mut random in inputs() {
        let value = String::from_utf8_lossy(&random.near(&plausible)).into_owned();
        let host = Host::from(value.as_str());
        counts[usize::from(host.is_name())] += 1;
        assert_eq!(Host::from(host.to_string()), host, "{value:?}");
    }
    assert_both_often(counts);
}

#[test]
fn an_answer_of_the_port_server_is_a_number_or_refused() {
    let plausible = ["8080\n", "1\n", "65535", "0\n", "", "\n", "8080\r\n", "00080\n", " 80 \n"];
    let mut counts = [0; 2];
    for mut random in inputs() {
        let reply = random.near(&plausible);
        let shown = String::from_utf8_lossy(&reply).into_owned();
        match port_server::read(&reply) {
            Ok(port) => {
                counts[0] += 1;
                assert_ne!(port, 0, "{shown:?}");
                assert_eq!(shown.trim().trim_start_matches('0'), port.to_string(), "{shown:?}");
            }
            Err(reason) => {
                counts[1] += 1;
                assert!(!reason.contains(char::is_control), "{shown:?}: {reason:?}");
            }
        }
    }
    assert_both_often(counts);
}
