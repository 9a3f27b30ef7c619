//! What the storm and the benchmarks compare: the ways to a port that this crate has, and those of its peers.

pub mod ours;
pub mod peers;
