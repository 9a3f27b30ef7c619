//! [`Ports`] against a list of numbers that is kept the simplest way.

mod text;

use std::ops::{Range, RangeInclusive};

use test_support::Random;

use super::{Ports, Run};
use crate::error::ErrorKind;

/// A port from a small world, so that they meet, or from its edges.
fn port(random: &mut Random) -> u16 {
    let small = u16::try_from(random.below(40)).unwrap();
    match random.below(8) {
        0 => u16::MAX - small,
        _ => 1 + small,
    }
}

/// Miri needs a hundred times as long for each.
fn rounds(usual: u32) -> u32 {
    if cfg!(miri) { usual / 200 } else { usual }
}

/// What a list of numbers means: each one where it was first.
fn once(written: impl IntoIterator<Item = u16>) -> Vec<u16> {
    let mut numbers = Vec::new();
    for port in written {
        if !numbers.contains(&port) {
            numbers.push(port);
        }
    }
    numbers
}

fn all(ports: &Ports) -> Vec<u16> {
    (0..ports.len()).map(|index| ports.get(index)).collect()
}

fn agrees(ports: &Ports, model: &[u16]) {
    assert_eq!(all(ports), model, "{ports:?}");
    for port in (0..=60).chain(65490..=65535) {
        assert_eq!(ports.contains(port), model.contains(&port), "{port} in {ports:?}");
    }
    if let (Some(lowest), Some(highest)) = (model.iter().min(), model.iter().max()) {
        assert_eq!(ports.bounds(), *lowest..=*highest);
    } else {
        assert!(ports.bounds().is_empty());
    }
    assert_eq!(ports, &Ports::from(model), "equal where they mean the same");
    assert_eq!(ports.check().is_ok(), !model.is_empty() && !model.contains(&0));
}

#[test]
fn lists_are_their_numbers_in_order_and_once() {
    let mut random = Random::new(0x9e37_79b9_7f4a_7c15);
    for _ in 0..rounds(2000) {
        let written: Vec<u16> = (0..random.below(30)).map(|_| port(&mut random)).collect();
        agrees(&written.clone().into(), &once(written));
    }
}

#[test]
fn what_means_the_same_is_equal() {
    assert_eq!(Ports::from(8000..9000), Ports::from(8000..=8999));
    assert_eq!(Ports::from([8000, 8001, 8002]), Ports::from(8000..8003));
    assert_eq!(Ports::from([8000]), Ports::from(8000..8001));
    assert_eq!(Ports::from(&[1455, 1457]), Ports::from(vec![1455, 1457, 1455]));
    assert_eq!(Ports::from(&Ports::from([1455, 1457])), "1455,1457".parse().unwrap());
    assert_ne!(Ports::from([1457, 1455]), Ports::from([1455, 1457]), "the order is a part of it");
    assert_ne!(Ports::from(8000..9000), Ports::from(8000..=9000));
}

#[test]
#[cfg_attr(miri, ignore = "it takes minutes")]
fn the_whole_world_fits() {
    let ports = Ports::from(0..=u16::MAX);
    assert_eq!((ports.len(), ports.get(0), ports.get(65535)), (65536, 0, 65535));
    assert_eq!(ports, Ports::from((0..=u16::MAX).collect::<Vec<_>>()));
    let backwards = Ports::from((0..=u16::MAX).rev().collect::<Vec<_>>());
    assert_eq!((backwards.len(), backwards.get(0), backwards.get(65535)), (65536, 65535, 0));
    assert_eq!(Ports::from(1..=u16::MAX).to_string(), "1..=65535");
}

#[test]
fn they_are_shown_short() {
    assert_eq!(Ports::from(8000..9000).to_string(), "8000..=8999");
    assert_eq!(Ports::from(8000..8001).to_string(), "8000..=8000");
    assert_eq!(Ports::from([1455, 1457]).to_string(), "1455, 1457");
    assert_eq!(Ports::from([1, 3, 4, 5, 2]).to_string(), "1, 3..=5, 2");
    let odd: Vec<u16> = (1..100).step_by(2).collect();
    let shown = "1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31 and 34 more";
    assert_eq!(Ports::from(odd).to_string(), shown);
    assert_eq!(Ports::from([]).to_string(), "no ports");
    assert_eq!(format!("{:?}", Ports::from(8000..9000)), "Ports(8000..=8999)");
}

#[test]
fn a_range_without_a_port_is_shown_as_it_was_written_and_refused() {
    let exhausted = {
        let mut range = 8000..=8002;
        assert_eq!(range.by_ref().count(), 3);
        Ports::from(range)
    };
    let reversed = RangeInclusive::<u16>::new(9000, 8000);
    for (ports, shown) in [
        (Ports::from(0..0), "0..0"),
        (Ports::from(8000..8000), "8000..8000"),
        (Ports::from(Range { start: 9000, end: 8000 }), "9000..8000"),
        (Ports::from(reversed), "9000..=8000"),
        (exhausted, "8002..8002"),
    ] {
        assert_eq!((ports.to_string().as_str(), ports.len(), ports.contains(8000)), (shown, 0, false));
        let error = ports.check().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidRequest);
        assert_eq!(error.to_string(), format!("the range {shown} has no port in it; the lower number comes first"));
        assert!(ports.bounds().is_empty());
    }
}

#[test]
fn zero_is_no_port_and_an_empty_list_no_range() {
    let refused = |ports: Ports, message: &str| assert_eq!(ports.check().unwrap_err().to_string(), message);
    refused((0..10).into(), "the range 0..=9 starts at 0, which is no port; start at 1");
    refused((0..=0).into(), "the range 0..=0 starts at 0, which is no port; start at 1");
    refused([8080, 0].into(), "the range 8080, 0 has 0 in it, which is no port; leave it out");
    refused([].into(), "the range is a list without a port in it; name one, or leave the range out");
}

#[test]
fn exceptions_add_up() {
    let mut random = Random::new(0x0123_4567_89ab_cdef);
    for _ in 0..rounds(500) {
        let [one, other] = [(); 2].map(|()| (0..random.below(12)).map(|_| port(&mut random)).collect::<Vec<_>>());
        let both = Ports::from(one.clone()).and(other.clone().into());
        agrees(&both, &once(one.into_iter().chain(other)));
    }
    let both = Ports::from(8000..8010).and((8005..=8019).into());
    assert_eq!(both, Ports::from(8000..8020));
}

#[test]
fn nothing_may_be_excepted_but_a_mistake_stays_one() {
    let mistake = "the range 9000..8000 has no port in it; the lower number comes first";
    let reversed = Ports::from(Range { start: 9000, end: 8000 });
    for empty in [Ports::from([]), Ports::from(8000..8000)] {
        assert!(empty.check_excepted().is_ok());
        assert_eq!(empty.clone().and([80].into()), [80].into());
        assert_eq!(Ports::from([80]).and(empty.clone()), [80].into());
        assert_eq!(empty.clone().and(reversed.clone()).check_excepted().unwrap_err().to_string(), mistake);
        assert_eq!(reversed.clone().and(empty).check_excepted().unwrap_err().to_string(), mistake);
    }
    assert_eq!(Ports::from([80]).and(reversed.clone()).check_excepted().unwrap_err().to_string(), mistake);
    assert_eq!(reversed.and([80].into()).check_excepted().unwrap_err().to_string(), mistake);
}

#[test]
fn a_variable_that_is_not_set_is_passed_over() {
    assert_eq!(Ports::env_or("PORT_RUNTIME_NOBODY_SETS_THIS", 20000..30000), Ports::from(20000..30000));
}

#[test]
#[cfg_attr(miri, ignore = "Miri does not pass the environment on")]
fn a_variable_that_cannot_be_read_is_an_error_of_the_request() {
    // Set by cargo for every test, and no list of ports.
    let ports = Ports::env_or("CARGO_PKG_NAME", 20000..30000);
    for error in [ports.check(), ports.check_excepted(), Ports::from([80]).and(ports.clone()).check()] {
        let error = error.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::EnvironmentVariable);
        assert_eq!(
            error.to_string(),
            "the environment variable CARGO_PKG_NAME is `port-runtime`: `port` is no port; \
             write `8000-8999`, `8000..9000` or `1455,1457`"
        );
    }
}

#[test]
fn browsers_block_what_the_standard_lists() {
    // Column by column from <https://fetch.spec.whatwg.org/#port-blocking>, without its 0.
    let listed = [
        1, 7, 9, 11, 13, 15, 17, 19, 20, 21, 22, 23, 25, 37, 42, 43, 53, 69, 77, 79, 87, 95, 101, 102, 103, 104, 109,
        110, 111, 113, 115, 117, 119, 123, 135, 137, 139, 143, 161, 179, 389, 427, 465, 512, 513, 514, 515, 526, 530,
        531, 532, 540, 548, 554, 556, 563, 587, 601, 636, 989, 990, 993, 995, 1719, 1720, 1723, 2049, 3659, 4045, 4190,
        5060, 5061, 6000, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697, 10080,
    ];
    assert_eq!(Ports::BLOCKED_BY_BROWSERS, Ports::from(listed));
    assert_eq!(all(&Ports::BLOCKED_BY_BROWSERS), listed);
    assert_eq!(Ports::BLOCKED_BY_BROWSERS.len(), 82);
}

#[test]
fn a_plain_range_is_small() {
    assert!(size_of::<Ports>() <= 32, "{}", size_of::<Ports>());
    assert_eq!(size_of::<Run>(), 6);
}
