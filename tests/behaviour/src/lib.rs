//! What the tests in `tests/` and their programs in `src/bin` share.

pub mod random;
