//! The events of the feature `tracing`.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::sync::{Arc, Mutex};

use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Level, Metadata, Subscriber};

/// An event's fields.
pub(crate) type Fields = BTreeMap<&'static str, String>;

/// Keeps the events of one thread.
#[derive(Clone, Default)]
struct Recorder(Arc<Mutex<Vec<Fields>>>);

struct Reader(Fields);

impl Visit for Reader {
    fn record_str(&mut self, field: &Field, value: &str) {
        self.0.insert(field.name(), value.to_owned());
    }

    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.0.insert(field.name(), format!("{value:?}"));
    }
}

impl Subscriber for Recorder {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target().starts_with("port_runtime")
    }

    fn event(&self, event: &Event<'_>) {
        assert_eq!(*event.metadata().level(), Level::DEBUG);
        let mut reader = Reader(Fields::new());
        event.record(&mut reader);
        self.0.lock().unwrap().push(reader.0);
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

/// What `act` results in, and the events on the way there.
pub(crate) fn recorded<T>(act: impl FnOnce() -> T) -> (T, Vec<Fields>) {
    let recorder = Recorder::default();
    let result = tracing::subscriber::with_default(recorder.clone(), act);
    let events = std::mem::take(&mut *recorder.0.lock().unwrap());
    (result, events)
}
