//! proptest, test-strategy and quickcheck: each case has a socket of its own.

use std::net::TcpListener;

use port_runtime::with_free_port;
use proptest::prelude::*;
use proptest::property_test;
use quickcheck_macros::quickcheck;

use crate::support::answers;

#[with_free_port]
#[property_test(config = ProptestConfig { cases: 8, failure_persistence: None, ..ProptestConfig::default() })]
fn above_property_test(number: u8, #[free_port] listener: TcpListener) {
    prop_assert!(u16::from(number) < 256 && answers(&listener));
}

/// `number in 1..=5` is no parameter in Rust, so inside of `proptest!` an annotated function is called.
#[with_free_port]
fn is_served(number: u8, #[free_port] listener: TcpListener) -> Result<(), TestCaseError> {
    prop_assert!((1..=5).contains(&number) && answers(&listener));
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 8, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn inside_of_proptest(number in 1..=5_u8) {
        is_served(number)?;
    }
}

#[with_free_port]
#[test_strategy::proptest(cases = 8, failure_persistence = None)]
fn above_strategy(number: u8, #[strategy(0..9_u8)] digit: u8, #[free_port] listener: TcpListener) {
    prop_assert!(u16::from(number) < 256 && digit < 9 && answers(&listener));
}

#[with_free_port]
#[quickcheck]
fn above_quickcheck(_number: u8, #[free_port] listener: TcpListener) -> bool {
    listener.local_addr().is_ok()
}
