//! Arguments and environment as execve(2) takes them.

use std::ffi::{CStr, CString, c_char};
use std::ptr;
use std::sync::atomic::{AtomicPtr, Ordering};

/// How many variables a closure may set with `setenv` on top of those of this process.
const ROOM: usize = 1024;

/// Strings, and pointers to them.
pub(super) struct CStringArray {
    strings: Vec<CString>,
    pointers: PointerArray,
}

/// The environment of the program. What it begins with is that of the command, or what the child has by then.
pub(super) struct Environment {
    own: Option<CStringArray>,
    removed: &'static [&'static str],
    added: Vec<CString>,
    /// Filled in the child, which may not allocate.
    pointers: PointerArray,
}

/// Pointers that end in a null pointer. They are atomic because some are filled in behind an [`Arc`](std::sync::Arc); it
/// makes them [`Send`], too.
struct PointerArray(Vec<AtomicPtr<c_char>>);

impl CStringArray {
    pub(super) fn new(strings: Vec<CString>) -> Self {
        let pointers = PointerArray::of(strings.len());
        for (place, string) in pointers.0.iter().zip(&strings) {
            place.store(string.as_ptr().cast_mut(), Ordering::Relaxed);
        }
        Self { strings, pointers }
    }

    pub(super) fn as_ptr(&self) -> *const *const c_char {
        self.pointers.as_ptr()
    }
}

impl PointerArray {
    fn of(count: usize) -> Self {
        let mut pointers = Vec::new();
        pointers.resize_with(count + 1, AtomicPtr::default);
        Self(pointers)
    }

    fn as_ptr(&self) -> *const *const c_char {
        // An `AtomicPtr` has the size and the bits of a pointer.
        self.0.as_ptr().cast()
    }
}

impl Environment {
    pub(super) fn new(own: Option<Vec<CString>>, removed: &'static [&'static str], added: Vec<CString>) -> Self {
        let own = own.map(CStringArray::new);
        let base = own.as_ref().map_or_else(|| std::env::vars_os().count() + ROOM, |own| own.strings.len());
        let pointers = PointerArray::of(base + added.len() + 1);
        Self { own, removed, added, pointers }
    }

    /// Puts the variables together, and one more. `None` where there are too many.
    ///
    /// # Safety
    ///
    /// Nobody else changes the environment of this process meanwhile, or fills this in.
    pub(super) unsafe fn fill(&self, one_more: Option<*mut c_char>) -> Option<*const *const c_char> {
        let mut places = self.pointers.0.iter();
        let mut push = |string: *mut c_char| places.next().map(|place| place.store(string, Ordering::Relaxed));
        // SAFETY: reads a pointer, which nobody changes meanwhile.
        let mut rest = self.own.as_ref().map_or_else(|| unsafe { *environ() }, CStringArray::as_ptr);
        // SAFETY: where there is an environment, it is an array of pointers to strings that ends in a null pointer.
        while let Some(string) = unsafe { rest.as_ref() }.filter(|string| !string.is_null()) {
            // SAFETY: likewise.
            if !self.is_removed(unsafe { CStr::from_ptr(*string) }) {
                push(string.cast_mut())?;
            }
            // SAFETY: it was not the last one.
            rest = unsafe { rest.add(1) };
        }
        for added in &self.added {
            push(added.as_ptr().cast_mut())?;
        }
        if let Some(one_more) = one_more {
            push(one_more)?;
        }
        push(ptr::null_mut())?;
        Some(self.pointers.as_ptr())
    }

    fn is_removed(&self, variable: &CStr) -> bool {
        let begins_with = |name: &&str| variable.to_bytes().strip_prefix(name.as_bytes());
        self.removed.iter().filter_map(begins_with).any(|rest| rest.starts_with(b"="))
    }
}

/// Makes it the environment of this process.
///
/// # Safety
///
/// It is one that [`Environment::fill`] has put together and that is alive for as long as anybody looks at it; nobody else
/// looks at the environment meanwhile.
pub(super) unsafe fn install(environment: *const *const c_char) {
    // SAFETY: as for this function.
    unsafe { *environ() = environment };
}

/// Where the C library keeps the environment of this process.
fn environ() -> *mut *const *const c_char {
    #[cfg(target_vendor = "apple")]
    {
        // SAFETY: always sound to call; the variable itself is out of reach for a shared library there.
        unsafe { libc::_NSGetEnviron() }.cast()
    }
    #[cfg(not(target_vendor = "apple"))]
    {
        unsafe extern "C" {
            static mut environ: *const *const c_char;
        }
        &raw mut environ
    }
}

#[cfg(test)]
mod tests {
    use std::ffi::{CStr, CString, c_char};

    use super::{CStringArray, Environment};

    /// What execve(2) would see.
    fn seen(array: *const *const c_char) -> Vec<String> {
        let mut strings = Vec::new();
        for index in 0.. {
            // SAFETY: the array ends in a null pointer, and nothing is read beyond it.
            let place = unsafe { array.add(index) };
            // SAFETY: likewise.
            let string = unsafe { *place };
            if string.is_null() {
                break;
            }
            // SAFETY: all before the null pointer point to strings that are alive.
            strings.push(unsafe { CStr::from_ptr(string) }.to_str().unwrap().to_owned());
        }
        strings
    }

    fn strings(strings: &[&str]) -> Vec<CString> {
        strings.iter().map(|it| CString::new(*it).unwrap()).collect()
    }

    #[test]
    fn an_array_is_what_it_is_made_of() {
        for all in [&[][..], &["A=1"], &["A=1", "B=", "C=3"]] {
            assert_eq!(seen(CStringArray::new(strings(all)).as_ptr()), all);
        }
    }

    #[test]
    fn an_environment_is_put_together() {
        let mut pid = *b"LISTEN_PID=4711\0";
        for own in
            [&[][..], &["A=1"], &["LISTEN_FDS=9", "A=1", "LISTEN_FDS_FIRST_FD=7", "LISTEN_FDS", "LISTEN_FDS=8", "A=2"]]
        {
            let environment = Environment::new(Some(strings(own)), &["LISTEN_FDS"], strings(&["LISTEN_FDS=1"]));
            let kept: Vec<_> = own.iter().copied().filter(|it| !it.starts_with("LISTEN_FDS=")).collect();
            // SAFETY: nobody else knows of it.
            let filled = unsafe { environment.fill(Some(pid.as_mut_ptr().cast())) }.unwrap();
            assert_eq!(seen(filled), [&kept[..], &["LISTEN_FDS=1", "LISTEN_PID=4711"]].concat());
            // SAFETY: likewise.
            let filled = unsafe { environment.fill(None) }.unwrap();
            assert_eq!(seen(filled), [&kept[..], &["LISTEN_FDS=1"]].concat());
        }
    }

    #[test]
    fn what_has_no_room_is_refused() {
        let mut environment = Environment::new(Some(strings(&["A=1", "B=2"])), &[], Vec::new());
        environment.own = Some(CStringArray::new(strings(&["A=1", "B=2", "C=3", "D=4"])));
        // SAFETY: nobody else knows of it.
        assert_eq!(unsafe { environment.fill(None) }, None);
    }
}
