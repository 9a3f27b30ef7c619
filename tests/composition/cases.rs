//! `#[test_case]`, `#[test_matrix]` and `#[parameterized]`.
//!
//! It repeats the attributes below it on functions of its own that have no parameters: `fixture/mistakes`.

use std::net::TcpListener;

use port_runtime::with_free_port;
use test_case::{test_case, test_matrix};
use yare::parameterized;

use crate::support::{answers, answers_async};

#[with_free_port]
#[test_case(1, "one" ; "first")]
#[test_case(2, "two" ; "second")]
fn above(number: usize, word: &str, #[free_port] listener: TcpListener) {
    assert_eq!(["one", "two"][number - 1], word);
    assert!(answers(&listener));
}

#[with_free_port]
#[test_case(2 => 4)]
#[test_case(3 => 9)]
fn above_with_result(number: u32, #[free_port] listener: TcpListener) -> u32 {
    assert!(answers(&listener));
    number * number
}

#[with_free_port]
#[test_case(1)]
#[tokio::test]
async fn above_async(number: u8, #[free_port] listener: tokio::net::TcpListener) {
    assert_eq!(number, 1);
    assert!(answers_async(&listener).await.unwrap());
}

#[with_free_port]
#[test_matrix([1, 2], [3, 4])]
fn above_matrix(left: u8, right: u8, #[free_port] listener: TcpListener) {
    assert!(left < right && answers(&listener));
}

#[with_free_port]
#[parameterized(one = { 1 }, two = { 2 })]
fn above_parameterized(number: u8, #[free_port] listener: TcpListener) {
    assert!((1..=2).contains(&number) && answers(&listener));
}
