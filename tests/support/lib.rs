//! What several of the test packages need, and the tests inside the two crates: random numbers, functions made of them,
//! temporary folders, and workspaces to run cargo in.
//!
//! It knows neither of the crates: they have it as a dev-dependency.

mod diagnostics;
mod folder;
mod functions;
mod random;
mod workspace;

pub use self::folder::Folder;
pub use self::functions::{Annotated, annotated};
pub use self::random::{Random, seeds};
pub use self::workspace::{Package, Workspace};
