//! `#[tracing::instrument]`, which sees a filled parameter only where it stands above.

use std::net::TcpListener;
use std::sync::{Arc, Mutex};

use port_runtime::with_free_port;
use tracing::field::{Field, Visit};
use tracing::instrument;
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

use crate::support::{answers, answers_async};

#[with_free_port]
#[instrument]
fn above(number: u8, #[free_port] listener: TcpListener) -> bool {
    number > 0 && answers(&listener)
}

#[with_free_port]
#[instrument(err, fields(kind = "test"))]
async fn above_async(listener: tokio::net::TcpListener) -> std::io::Result<bool> {
    answers_async(&listener).await
}

#[instrument]
#[with_free_port]
fn below(number: u8, #[free_port] listener: TcpListener) -> bool {
    number > 0 && answers(&listener)
}

/// Notes the fields of every span.
#[derive(Clone, Default)]
struct Fields(Arc<Mutex<Vec<String>>>);

impl Subscriber for Fields {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, span: &Attributes<'_>) -> Id {
        let mut fields = vec![span.metadata().name().to_owned()];
        span.record(&mut Names(&mut fields));
        self.0.lock().unwrap().push(fields.join(" "));
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}
    fn record_follows_from(&self, _: &Id, _: &Id) {}
    fn event(&self, _: &Event<'_>) {}
    fn enter(&self, _: &Id) {}
    fn exit(&self, _: &Id) {}
}

struct Names<'a>(&'a mut Vec<String>);

impl Visit for Names<'_> {
    fn record_debug(&mut self, field: &Field, _: &dyn std::fmt::Debug) {
        self.0.push(field.name().to_owned());
    }
}

#[test]
fn only_below_is_a_filled_parameter_a_field() {
    let fields = Fields::default();
    tracing::subscriber::with_default(fields.clone(), || {
        assert!(above(5));
        assert!(below(5));
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        assert!(runtime.block_on(above_async()).unwrap());
    });
    assert_eq!(*fields.0.lock().unwrap(), ["above number", "below number listener", "above_async kind"]);
}
