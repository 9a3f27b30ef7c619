use std::net::SocketAddr;

use super::entry;
use crate::sys::sock_diag::State;

#[test]
fn who_is_in_whose_way() {
    let overlaps = |own: &str, own_v6: bool, other: &str, only_v6: bool| {
        let forth = entry(own, own_v6, 1, State::Bound).overlaps(other.parse().unwrap(), only_v6);
        let back = entry(other, only_v6, 1, State::Bound).overlaps(own.parse().unwrap(), own_v6);
        assert_eq!(forth, back, "{own} {other}");
        forth
    };
    for (one, only_v6, other) in [
        ("127.0.0.1:1", false, "127.0.0.1:1"),
        ("0.0.0.0:1", false, "127.0.0.5:1"),
        ("[::]:1", false, "127.0.0.5:1"),
        ("[::]:1", false, "0.0.0.0:1"),
        ("[::]:1", true, "[::1]:1"),
        ("[::]:1", false, "[::1]:1"),
        ("[::ffff:127.0.0.1]:1", false, "127.0.0.1:1"),
        ("[::ffff:0.0.0.0]:1", false, "127.0.0.1:1"),
    ] {
        assert!(overlaps(one, only_v6, other, false), "{one} {other}");
        let of_another_port = SocketAddr::new(one.parse::<SocketAddr>().unwrap().ip(), 2).to_string();
        assert!(!overlaps(&of_another_port, only_v6, other, false), "{one} {other}");
    }
    for (one, only_v6, other) in [
        ("127.0.0.1:1", false, "127.0.0.2:1"),
        ("0.0.0.0:1", false, "[::1]:1"),
        ("[::]:1", true, "127.0.0.1:1"),
        ("[::]:1", true, "0.0.0.0:1"),
        ("[::ffff:0.0.0.0]:1", false, "[::1]:1"),
    ] {
        assert!(!overlaps(one, only_v6, other, false), "{one} {other}");
    }
}

#[test]
fn where_a_connection_arrives() {
    let accepts = |listener: &str, only_v6, target: &str| {
        let target = target.parse().unwrap();
        assert!(!entry(listener, only_v6, 1, State::Bound).accepts(target), "it does not listen");
        entry(listener, only_v6, 1, State::Listen).accepts(target)
    };
    assert!(accepts("127.0.0.1:1", false, "127.0.0.1:1"));
    assert!(accepts("0.0.0.0:1", false, "127.0.0.1:1"));
    assert!(accepts("[::]:1", false, "127.0.0.1:1"));
    assert!(accepts("[::1]:1", true, "[::]:1"));
    assert!(accepts("[::ffff:127.0.0.1]:1", false, "0.0.0.0:1"));
    assert!(!accepts("127.0.0.7:1", false, "0.0.0.0:1"), "that is 127.0.0.1");
    assert!(!accepts("[::]:1", true, "127.0.0.1:1"));
    assert!(!accepts("0.0.0.0:1", false, "[::1]:1"));
    assert!(!accepts("127.0.0.1:1", false, "127.0.0.1:2"));
}

#[test]
fn who_is_everywhere() {
    let everywhere = |address, only_v6| entry(address, only_v6, 1, State::Bound).is_everywhere();
    assert!(everywhere("0.0.0.0:1", false) && everywhere("[::]:1", false));
    assert!(!everywhere("[::]:1", true) && !everywhere("127.0.0.1:1", false));
}
