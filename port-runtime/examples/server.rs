//! A web server whose `main` is the same on a laptop, under systemd and in a container.
//!
//! `cargo run -p port-runtime --features tokio --example server`

use std::net::Ipv4Addr;

use axum::Router;
use axum::response::Html;
use axum::routing::get;
use port_runtime::{Bound, Error, Host, PortRequest, with_free_port};
use tokio::net::TcpListener;

const PAGE: &str = "<!doctype html><title>It runs</title><h1>It runs</h1><p>On a port that nobody could take away.</p>";

#[with_free_port(
    host = Host::env_or("HOST", Ipv4Addr::LOCALHOST),
    inherit,
    env = "PORT",
    range = 8080..9000,
)]
#[tokio::main]
async fn main(listener: TcpListener) -> Result<(), Error> {
    if (8081..9000).contains(&listener.port()) {
        if let Err(error) = PortRequest::new().port(8080).bind::<std::net::TcpListener>() {
            eprintln!("{error}"); // says who has it
        }
    }
    println!("{}", listener.url("http"));
    let pages = Router::new().route("/", get(Html(PAGE)));
    Ok(axum::serve(listener, pages).with_graceful_shutdown(asked_to_stop()).await?)
}

/// Ctrl-C, or the signal that systemd, Docker and Kubernetes send.
async fn asked_to_stop() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};

        let mut terminate = signal(SignalKind::terminate()).expect("a process can wait for its own signals");
        tokio::select! {
            _ = tokio::signal::ctrl_c() => {}
            _ = terminate.recv() => {}
        }
    }
    #[cfg(not(unix))]
    let _ = tokio::signal::ctrl_c().await;
}
