//! What the expansion of `#[with_free_port]` calls when no port can be had; no part of the public interface.
//!
//! `__private` shows the two types that are named there. rustc names the others in its messages: by this module, then.
//!
//! It knows errors, and nothing of ports. The methods have names that nobody else has, since a trait of the user's with
//! an `fn fail(self)` for every type would be found before ours.

#![allow(
    missing_debug_implementations,
    clippy::unused_self,
    clippy::new_without_default,
    clippy::needless_pass_by_value,
    reason = "nobody but the expansion calls these"
)]

use std::io;
use std::marker::PhantomData;
use std::ops::Deref;

use crate::error::Error;

/// Decides by the return type of the function what happens when no port can be had.
///
/// `on_error.__free_port_fail(…)` is looked up as an inherent method: the one of this type where `R` is a `Result`
/// whose error can be made from [`Error`]; else, through `Deref`, the one of `OnIoError`; else the one of `OnPanic`.
pub struct OnError<R>(OnIoError<R>);

/// Where the error of the `Result` can be made from an [`io::Error`].
pub struct OnIoError<R>(OnPanic<R>);

/// Panics with the error.
pub struct OnPanic<R>(PhantomData<fn() -> R>);

impl<R> OnError<R> {
    pub const fn new() -> Self {
        Self(OnIoError(OnPanic(PhantomData)))
    }

    /// Never called: a `return` of its value tells rustc what `R` is, without a second copy of the type.
    pub fn __free_port_output(&self) -> R {
        unreachable!("the call stands behind `if false`")
    }
}

impl<T, E: From<Error>> OnError<Result<T, E>> {
    pub fn __free_port_fail(&self, error: Error, parameter: &str) -> Result<T, E> {
        Err(error.in_parameter(parameter).into())
    }

    pub fn __free_port_return(&self, error: Error, parameter: &str) -> Result<T, E> {
        self.__free_port_fail(error, parameter)
    }
}

impl<T, E: From<io::Error>> OnIoError<Result<T, E>> {
    pub fn __free_port_fail(&self, error: Error, parameter: &str) -> Result<T, E> {
        Err(io::Error::from(error.in_parameter(parameter)).into())
    }

    pub fn __free_port_return(&self, error: Error, parameter: &str) -> Result<T, E> {
        self.__free_port_fail(error, parameter)
    }
}

impl<R> OnPanic<R> {
    /// Returns `R`, not `!`, so that the `return` around the call is not reported as unreachable.
    #[track_caller]
    pub fn __free_port_fail(&self, error: Error, parameter: &str) -> R {
        Panic.__free_port_panic(error, parameter)
    }

    /// Where nothing better was found for `on_error = return`, this does not compile.
    pub fn __free_port_return(&self, error: Error, parameter: &str) -> R
    where
        R: CanHoldError,
    {
        Panic.__free_port_panic(error, parameter)
    }
}

/// No type implements it: those that can hold an error are found before they are asked for it.
#[diagnostic::on_unimplemented(
    message = "`on_error = return` needs a return type that can hold the error, and `{Self}` cannot",
    label = "no error can be returned here",
    note = "a `Result` can, if its error has `From<port_runtime::Error>` or `From<std::io::Error>`: `-> std::io::Result<()>`",
    note = "or write `on_error = panic`"
)]
pub trait CanHoldError {}

impl<R> Deref for OnError<R> {
    type Target = OnIoError<R>;

    fn deref(&self) -> &OnIoError<R> {
        &self.0
    }
}

impl<R> Deref for OnIoError<R> {
    type Target = OnPanic<R>;

    fn deref(&self) -> &OnPanic<R> {
        &self.0
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
    pub fn __free_port_panic(&self, error: Error, parameter: &str) -> ! {
        panic!("{}", error.in_parameter(parameter))
    }
}
