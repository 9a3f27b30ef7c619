//! A server program: started, ready or dead, and gone at the end. What holds everywhere is in the modules without a
//! condition: `RUSTFLAGS="--cfg port_runtime_portable" cargo test -p behaviour --test process` runs them on Linux as on
//! other systems.

mod portable;
mod support;

#[cfg(all(target_os = "linux", not(port_runtime_portable)))]
mod linux;
