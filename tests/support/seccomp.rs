//! Filters for system calls: a sandbox, or a kernel that was built without something. They last as long as the thread,
//! and hold for what it starts.
#![allow(unsafe_code, reason = "bare system calls")]

use std::ffi::c_long;
use std::io;
use std::mem::offset_of;

/// Where the kernel finds the number of a system call, and the half of its first argument that counts.
const CALL: usize = offset_of!(libc::seccomp_data, nr);
const FIRST_ARGUMENT: usize = offset_of!(libc::seccomp_data, args) + if cfg!(target_endian = "big") { 4 } else { 0 };

/// Lets this thread make the system call no more: it fails with `error`.
///
/// # Panics
///
/// Where the kernel takes no filters.
pub fn refuse_call(call: c_long, error: i32) {
    refuse(&[(CALL, number(call))], error);
}

/// Lets this thread open no socket of the family, as if the kernel did not know it.
///
/// # Panics
///
/// Where the kernel takes no filters.
pub fn refuse_family(family: i32) {
    refuse(&[(CALL, number(libc::SYS_socket)), (FIRST_ARGUMENT, number(family))], libc::EAFNOSUPPORT);
}

/// The same, as container engines and service managers forbid it.
///
/// # Panics
///
/// Where the kernel takes no filters.
pub fn forbid_family(family: i32) {
    refuse(&[(CALL, number(libc::SYS_socket)), (FIRST_ARGUMENT, number(family))], libc::EPERM);
}

/// Refuses the calls of which all these words have these values.
fn refuse(conditions: &[(usize, u32)], error: i32) {
    let answer = libc::BPF_RET | libc::BPF_K;
    let mut program = Vec::new();
    for (&(offset, value), left) in conditions.iter().zip((0..conditions.len()).rev()) {
        // Where they differ, what is left of the conditions is passed over, and the refusal.
        program.push(instruction(libc::BPF_LD | libc::BPF_W | libc::BPF_ABS, 0, number(offset)));
        program.push(instruction(libc::BPF_JMP | libc::BPF_JEQ | libc::BPF_K, number(2 * left + 1), value));
    }
    program.push(instruction(answer, 0, libc::SECCOMP_RET_ERRNO | number::<_, u32>(error)));
    program.push(instruction(answer, 0, libc::SECCOMP_RET_ALLOW));
    let filter = libc::sock_fprog { len: number(program.len()), filter: program.as_mut_ptr() };
    // SAFETY: plain numbers; the unused arguments have to be zero.
    let status = unsafe { libc::prctl(libc::PR_SET_NO_NEW_PRIVS, 1_u64, 0_u64, 0_u64, 0_u64) };
    assert_eq!(status, 0, "{}", io::Error::last_os_error());
    // SAFETY: the filter and its instructions are alive during the call, which copies them.
    let status = unsafe { libc::prctl(libc::PR_SET_SECCOMP, libc::SECCOMP_MODE_FILTER, &raw const filter) };
    assert_eq!(status, 0, "{}", io::Error::last_os_error());
}

/// Where a comparison fails, `skipped` instructions are left out.
fn instruction(code: u32, skipped: u8, operand: u32) -> libc::sock_filter {
    libc::sock_filter { code: number(code), jt: 0, jf: skipped, k: operand }
}

fn number<N, T: TryFrom<N>>(value: N) -> T {
    T::try_from(value).ok().expect("a small number")
}
