//! rstest: cases, values, files, time-outs, templates, fixtures, and functions that are fixtures.
//!
//! Below `#[rstest]` every parameter is a fixture, so `listener` would be one: `fixture/mistakes`.

use std::net::{SocketAddr, TcpListener};
use std::path::PathBuf;
use std::time::Duration;

use port_runtime::with_free_port;
use rstest::{fixture, rstest};
use rstest_reuse::{apply, template};

use crate::support::{answers, answers_async};

#[with_free_port]
#[rstest]
fn above_alone(listener: TcpListener) {
    assert!(answers(&listener));
}

#[with_free_port(host = "127.0.0.1")]
#[rstest]
#[case(1, "one")]
#[case::named(2, "two")]
fn above_cases(listener: TcpListener, #[case] number: usize, #[case] word: &str) {
    assert_eq!(["one", "two"][number - 1], word);
    assert!(answers(&listener));
}

#[with_free_port]
#[rstest]
fn above_values(#[values(1, 2)] left: u8, #[values("a", "b")] right: &str, listener: TcpListener) {
    assert!(left > 0 && !right.is_empty() && answers(&listener));
}

#[fixture]
fn greeting() -> String {
    "hello".to_owned()
}

/// A fixture without an attribute cannot be told from a parameter to fill, so the mark says which is which.
#[with_free_port]
#[rstest]
fn above_fixtures(greeting: String, #[free_port] listener: TcpListener) {
    assert_eq!(greeting, "hello");
    assert!(answers(&listener));
}

#[with_free_port]
#[rstest]
fn above_renamed_fixture(#[from(greeting)] text: String, listener: TcpListener) {
    assert_eq!(text, "hello");
    assert!(answers(&listener));
}

struct Server {
    listener: TcpListener,
    greeting: String,
}

#[with_free_port]
#[fixture]
fn server(greeting: String, #[free_port] listener: TcpListener) -> Server {
    Server { listener, greeting }
}

/// A fixture that is shared by all tests is made once.
#[with_free_port]
#[fixture]
#[once]
fn address(listener: TcpListener) -> SocketAddr {
    listener.local_addr().unwrap()
}

#[rstest]
#[case(1)]
#[case(2)]
fn from_annotated_fixture(server: Server, #[case] number: u8) {
    assert!((1..=2).contains(&number));
    assert_eq!(server.greeting, "hello");
    assert!(answers(&server.listener));
}

#[rstest]
fn from_annotated_fixture_with_argument(#[with("good morning".to_owned())] server: Server) {
    assert_eq!(server.greeting, "good morning");
}

#[rstest]
fn from_annotated_fixture_made_once(address: &SocketAddr) {
    assert_ne!(address.port(), 0);
}

#[with_free_port]
#[fixture]
async fn async_server(listener: tokio::net::TcpListener) -> tokio::net::TcpListener {
    listener
}

#[with_free_port]
#[rstest]
#[case(5)]
#[tokio::test]
async fn above_async(
    #[future] async_server: tokio::net::TcpListener,
    #[case] number: u8,
    listener: tokio::net::TcpListener,
) -> std::io::Result<()> {
    assert_eq!(number, 5);
    assert!(answers_async(&async_server.await).await?);
    assert!(answers_async(&listener).await?);
    Ok(())
}

#[with_free_port]
#[rstest]
#[timeout(Duration::from_secs(20))]
fn above_timeout(listener: TcpListener) {
    assert!(answers(&listener));
}

#[with_free_port]
#[rstest]
#[case(1)]
#[timeout(Duration::from_secs(20))]
#[tokio::test]
async fn above_async_timeout(#[case] number: u8, listener: tokio::net::TcpListener) -> std::io::Result<()> {
    assert_eq!(number, 1);
    assert!(answers_async(&listener).await?);
    Ok(())
}

/// What `#[awt]` awaits is ready in the body.
#[with_free_port]
#[rstest]
#[awt]
#[tokio::test]
async fn above_awaited(#[future] async_server: tokio::net::TcpListener, listener: tokio::net::TcpListener) {
    assert_ne!(async_server.local_addr().unwrap(), listener.local_addr().unwrap());
}

#[with_free_port]
#[rstest]
fn above_files(#[files("fixture/*.rs")] path: PathBuf, listener: TcpListener) {
    assert!(path.exists() && answers(&listener));
}

#[template]
#[rstest]
#[case(1)]
#[case(2)]
fn numbers(#[case] number: u8) {}

#[with_free_port]
#[apply(numbers)]
fn above_template(#[case] number: u8, listener: TcpListener) {
    assert!((1..=2).contains(&number) && answers(&listener));
}
