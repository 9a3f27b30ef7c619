//! What the expansion of `#[with_free_port]` calls; no part of the public interface.

#![allow(missing_debug_implementations, clippy::new_without_default, clippy::needless_pass_by_value)]

use std::marker::PhantomData;
use std::ops::Deref;

use crate::error::Error;

/// Decides by the return type of the function what happens when no port can be had.
///
/// `OnError::<R>::new().fail(error)` is looked up as an inherent method: the one below where `R` is a `Result` whose
/// error can be made from [`Error`], else, through `Deref`, the one of [`OnPanic`].
pub struct OnError<R>(OnPanic<R>);

/// Panics with the error.
pub struct OnPanic<R>(PhantomData<fn() -> R>);

impl<R> OnError<R> {
    pub const fn new() -> Self {
        Self(OnPanic::new())
    }
}

impl<T, E: From<Error>> OnError<Result<T, E>> {
    pub fn fail(&self, error: Error) -> Result<T, E> {
        Err(error.into())
    }
}

impl<R> Deref for OnError<R> {
    type Target = OnPanic<R>;

    fn deref(&self) -> &OnPanic<R> {
        &self.0
    }
}

impl<R> OnPanic<R> {
    pub const fn new() -> Self {
        Self(PhantomData)
    }

    /// Returns `R`, not `!`, so that the `return` around the call is not reported as unreachable.
    #[track_caller]
    pub fn fail(&self, error: Error) -> R {
        Panic.fail(error)
    }
}

/// For `on_error = panic`, and where the return type cannot be named: a bare `impl Trait`, and `!`.
///
/// A type with a method, and no function: the place of a method call is that of the method's name, which the attribute
/// puts at the parameter, while that of a function call begins at the path, which may come from `crate = …`.
pub struct Panic;

impl Panic {
    #[track_caller]
    #[cold]
    pub fn fail(&self, error: Error) -> ! {
        panic!("{error}")
    }
}
