use std::io;

use super::{CLOSE, DONE, ERROR, INTERRUPTED, LISTEN, entry, message, socket};
use crate::sys::sock_diag::parse::{Progress, parse};
use crate::sys::sock_diag::{Entry, State};

#[track_caller]
fn read(parts: &[Vec<u8>]) -> Vec<Entry> {
    let mut entries = Vec::new();
    let (last, parts) = parts.split_last().unwrap();
    for part in parts {
        assert_eq!(parse(part, &mut entries).unwrap(), Progress::More { interrupted: false });
    }
    assert_eq!(parse(last, &mut entries).unwrap(), Progress::Done { interrupted: false });
    entries
}

#[test]
fn both_families_in_several_parts() {
    let answer = [
        [socket("127.0.0.1:8080", LISTEN, 7, None), socket("[::]:8080", LISTEN, 8, Some(true))].concat(),
        socket("[fe80::1%3]:8080", CLOSE, 9, Some(false)),
        [socket("[::ffff:127.0.0.1]:8080", 6, 0, None), message(DONE, 2, &[0; 4])].concat(),
    ];
    let expected = [
        entry("127.0.0.1:8080", false, 7, State::Listen),
        entry("[::]:8080", true, 8, State::Listen),
        entry("[fe80::1%3]:8080", false, 9, State::Bound),
        entry("[::ffff:127.0.0.1]:8080", false, 0, State::TimeWait),
    ];
    assert_eq!(read(&answer), expected);
}

#[test]
fn thousands_of_sockets() {
    let part = |number: u32| (0..200).map(|it| socket("127.0.0.1:80", LISTEN, number * 200 + it, None)).collect();
    let mut answer: Vec<Vec<Vec<u8>>> = (0..if cfg!(miri) { 3 } else { 100 }).map(part).collect();
    answer.push(vec![message(DONE, 2, &[0; 4])]);
    let entries = read(&answer.iter().map(|part| part.concat()).collect::<Vec<_>>());
    assert!(entries.iter().map(|entry| entry.inode).eq(0..u64::try_from(200 * (answer.len() - 1)).unwrap()));
}

#[test]
fn an_old_kernel_says_nothing_with_its_last_word() {
    assert_eq!(read(&[message(DONE, 2, &[])]), []);
    assert_eq!(read(&[message(1, 0, &[]), message(DONE, 2, &[0; 4])]), []);
}

const NO_ENTRY: i32 = 2;

#[test]
fn what_the_kernel_refuses_is_an_error() {
    for kind in [ERROR, DONE] {
        let refusal = message(kind, 0, &(-NO_ENTRY).to_ne_bytes());
        assert_eq!(parse(&refusal, &mut Vec::new()).unwrap_err().raw_os_error(), Some(NO_ENTRY));
        let nonsense = message(kind, 0, &i32::MIN.to_ne_bytes());
        assert_eq!(parse(&nonsense, &mut Vec::new()).unwrap_err().kind(), io::ErrorKind::InvalidData);
    }
    for kind in [4, 5, 99, u16::MAX] {
        assert!(parse(&message(kind, 0, &[0; 80]), &mut Vec::new()).is_err(), "{kind}");
    }
    assert!(parse(&message(ERROR, 0, &[0; 4]), &mut Vec::new()).is_err(), "an acknowledgement that nobody asked for");
    assert!(parse(&[], &mut Vec::new()).is_err());
}

#[test]
fn a_table_that_changed_meanwhile_is_told() {
    let changed = [socket("127.0.0.1:1", LISTEN, 1, None), message(DONE, INTERRUPTED, &[0; 4])].concat();
    assert_eq!(parse(&changed, &mut Vec::new()).unwrap(), Progress::Done { interrupted: true });
    let mut first = socket("127.0.0.1:1", LISTEN, 1, None);
    first[6..8].copy_from_slice(&INTERRUPTED.to_ne_bytes());
    assert_eq!(parse(&first, &mut Vec::new()).unwrap(), Progress::More { interrupted: true });
}

#[test]
fn every_cut_is_noticed() {
    let whole = socket("[::]:8080", LISTEN, 8, Some(true));
    for end in 0..whole.len() {
        let mut entries = Vec::new();
        assert!(parse(&whole[..end], &mut entries).is_err(), "{end} of {}", whole.len());
        assert_eq!(entries, []);
    }
}
