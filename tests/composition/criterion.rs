//! Criterion's own parameter stays, and the benchmark has a listener; under `cargo test` it runs once.

#![allow(missing_docs, reason = "of what `criterion_group!` makes")]

use std::net::{TcpListener, TcpStream};

use criterion::{Criterion, criterion_group, criterion_main};
use port_runtime::with_free_port;

#[with_free_port]
fn accept(criterion: &mut Criterion, #[free_port] listener: TcpListener) {
    let address = listener.local_addr().unwrap();
    criterion.bench_function("accept", |bencher| {
        bencher.iter(|| {
            let client = TcpStream::connect(address).unwrap();
            let (_connection, peer) = listener.accept().unwrap();
            assert_eq!(peer, client.local_addr().unwrap());
        });
    });
}

criterion_group!(benches, accept);
criterion_main!(benches);
