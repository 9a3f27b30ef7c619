//! A kernel that was built without one of the address families, or a sandbox that forbids it.
#![allow(unsafe_code, reason = "bare system calls")]

use std::io;
use std::mem::offset_of;

/// Lets this thread open no socket of the family, as if the kernel did not know it. It lasts as long as the thread.
pub(crate) fn refuse_family(family: i32) {
    answer(family, libc::EAFNOSUPPORT);
}

/// The same, as container engines and service managers forbid it.
pub(crate) fn forbid_family(family: i32) {
    answer(family, libc::EPERM);
}

fn answer(family: i32, error: i32) {
    let [load, equal, answer] = [
        libc::BPF_LD | libc::BPF_W | libc::BPF_ABS,
        libc::BPF_JMP | libc::BPF_JEQ | libc::BPF_K,
        libc::BPF_RET | libc::BPF_K,
    ];
    let first_argument = offset_of!(libc::seccomp_data, args) + if cfg!(target_endian = "big") { 4 } else { 0 };
    let refused = libc::SECCOMP_RET_ERRNO | number::<_, u32>(error);
    let mut program = [
        instruction(load, 0, number(offset_of!(libc::seccomp_data, nr))),
        instruction(equal, 3, number(libc::SYS_socket)),
        instruction(load, 0, number(first_argument)),
        instruction(equal, 1, number(family)),
        instruction(answer, 0, refused),
        instruction(answer, 0, libc::SECCOMP_RET_ALLOW),
    ];
    let filter = libc::sock_fprog { len: 6, filter: program.as_mut_ptr() };
    // SAFETY: plain numbers; the unused arguments have to be zero.
    let status = unsafe { libc::prctl(libc::PR_SET_NO_NEW_PRIVS, 1_u64, 0_u64, 0_u64, 0_u64) };
    assert_eq!(status, 0, "{}", io::Error::last_os_error());
    // SAFETY: the filter and its six instructions are alive during the call, which copies them.
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
