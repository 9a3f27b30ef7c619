//! The attribute beside the crates that people put next to it; see `main.rs`.
