//! The odd server, and whether it is still there.

use std::io::Read;
use std::net::{SocketAddr, TcpStream};
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};

use port_runtime::{PortRequest, ReservedPort};
use test_support::PLENTY;

pub(crate) fn reserve() -> ReservedPort {
    PortRequest::new().bind().expect("a port is free")
}

/// Steps of the odd server, under a name of its own.
pub(crate) struct Odd {
    tag: String,
}

impl Odd {
    pub(crate) fn new() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);

        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        Self { tag: format!("tag=odd-{}-{number}", std::process::id()) }
    }

    /// `{}` is the address. The tag is in the steps of the children, too.
    pub(crate) fn command(&self, port: &ReservedPort, steps: &str) -> Command {
        self.steps(&steps.replace("{}", &port.addr().to_string()))
    }

    pub(crate) fn steps(&self, steps: &str) -> Command {
        let mut command = behaviour::command(env!("CARGO_BIN_EXE_odd_server"));
        command.env("RUST_BACKTRACE", "0").arg(&self.tag);
        for step in steps.split_whitespace() {
            command.arg(step);
            if ["child", "daemon", "exec"].contains(&step) {
                command.arg(&self.tag);
            }
        }
        command
    }

    /// The numbers of all its processes, zombies apart.
    #[cfg(target_os = "linux")]
    pub(crate) fn processes(&self) -> Vec<u32> {
        let numbers = std::fs::read_dir("/proc").unwrap().filter_map(|it| it.ok()?.file_name().to_str()?.parse().ok());
        let is_ours = |pid: &u32| {
            let arguments = std::fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
            arguments.split(|&byte| byte == 0).any(|argument| argument == self.tag.as_bytes())
        };
        numbers.filter(is_ours).collect()
    }

    #[cfg(all(target_os = "linux", not(port_runtime_portable)))]
    #[track_caller]
    pub(crate) fn assert_gone(&self) {
        let left = self.processes();
        assert!(left.is_empty(), "{left:?} are left of {}", self.tag);
    }
}

/// A test that fails leaves nothing either.
#[cfg(target_os = "linux")]
impl Drop for Odd {
    fn drop(&mut self) {
        for pid in self.processes() {
            let _ = Command::new("kill").args(["-KILL", &pid.to_string()]).status();
        }
    }
}

#[track_caller]
pub(crate) fn assert_says_hello(address: SocketAddr) {
    let says_hello = || {
        let mut connection = TcpStream::connect(address).expect("it listens");
        connection.set_read_timeout(Some(PLENTY)).unwrap();
        let mut hello = [0; 5];
        connection.read_exact(&mut hello).map(|()| assert_eq!(&hello, b"hello"))
    };
    // Wine now and then loses what is sent just before a connection is closed.
    let attempts = if cfg!(under_wine) { 5 } else { 1 };
    let answer = (0..attempts).map(|_| says_hello()).find(Result::is_ok);
    answer.unwrap_or_else(says_hello).expect("it answers");
}
