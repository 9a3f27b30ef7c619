//! The attribute beside the crates that people put next to it; see `main.rs`.

/// The recipes compile.
#[cfg(doctest)]
#[doc = include_str!("../../RECIPES.md")]
struct Recipes;
