//! What several of the test packages need, and the tests inside the two crates: random numbers, functions made of them,
//! temporary folders, workspaces to run cargo in, patience, processes that disturb nobody, and sandboxes.
//!
//! It knows neither of the crates: they have it as a dev-dependency.

mod diagnostics;
mod folder;
pub mod forks;
mod functions;
mod patience;
mod random;
#[cfg(target_os = "linux")]
pub mod seccomp;
mod workspace;

pub use self::folder::Folder;
pub use self::functions::{Annotated, annotated};
pub use self::patience::{PLENTY, eventually};
pub use self::random::{Random, seeds};
pub use self::workspace::{Package, Workspace};
