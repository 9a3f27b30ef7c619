//! What rustc says about annotated functions: see `ui.rs`.
