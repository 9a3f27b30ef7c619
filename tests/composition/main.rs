//! The attribute beside everything that people already use: one module per crate.
//!
//! `above_*` has `#[with_free_port]` above the other attribute, where it belongs; `below_*` has it below, where the other
//! macro lets it through. Orders that do not compile are in `fixture/mistakes`. What needs no other crate (editions, lints,
//! hygiene, all forms of functions) is in `tests/ui`.

mod actix;
mod async_traits;
mod built_in;
mod cases;
mod contexts;
mod fixtures;
mod harness;
mod instrument;
mod logs;
mod matchers;
mod properties;
mod rewritten;
mod serial;
mod servers;
mod smol;
mod support;
mod tokio_main;
mod tokio_spawn;
mod tokio_test;
