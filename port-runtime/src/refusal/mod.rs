//! Words for what was refused, and for who has it. Called by `bind`, `reserved` and `process`, on the way of failure alone; knows no
//! request, and tries nothing.

mod address;
mod exhausted;
pub(crate) mod holder;
mod numbers;

pub(crate) use self::address::{cannot_listen, not_set_up, place, refused};
pub(crate) use self::numbers::{Asked, Refused};
