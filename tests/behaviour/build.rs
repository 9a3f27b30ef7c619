//! Finds out what this machine offers, so that a test that needs more is counted as ignored and says why.

use std::env;
use std::net::{TcpListener, ToSocketAddrs};
use std::process::{Command, Stdio};

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-env-changed=PATH");
    offer("has_python3", runs(&["python3", "-c", ""]), "`python3` is not installed");

    let linux = env::var("CARGO_CFG_TARGET_OS").is_ok_and(|system| system == "linux");

    offer("has_ipv6", TcpListener::bind("[::1]:0").is_ok(), "::1 cannot be bound");
    let own_name = own_name();
    offer("own_name_resolves", own_name.is_some(), "the machine's own host name does not resolve to its address");
    println!("cargo::rustc-env=BEHAVIOUR_OWN_NAME={}", own_name.unwrap_or_default());

    // An ordinary user gets a namespace where user namespaces are allowed.
    let unshare = ["-n", "-rn"].into_iter().find(|flags| linux && runs(&["unshare", flags, "true"]));
    println!("cargo::rustc-env=BEHAVIOUR_UNSHARE={}", unshare.unwrap_or_default());
    let unprivileged = ["--bounding-set=-net_bind_service", "--inh-caps=-net_bind_service", "true"];
    let setpriv = unshare.is_some_and(|flags| runs(&[&["unshare", flags, "setpriv"], &unprivileged[..]].concat()));
    let strace = linux && runs(&["strace", "-o", "/dev/null", "-e", "inject=listen:error=EADDRINUSE:when=1", "true"]);
    if linux {
        offer("has_unshare", unshare.is_some(), "`unshare -n` makes no network namespace here");
        offer("has_setpriv", setpriv, "`setpriv` cannot drop CAP_NET_BIND_SERVICE here");
        offer("has_strace", strace, "`strace` is not installed, or may not trace");
    } else {
        ["has_unshare", "has_setpriv", "has_strace"].into_iter().for_each(declare);
    }
}

fn declare(cfg: &str) {
    println!("cargo::rustc-check-cfg=cfg({cfg})");
}

fn offer(cfg: &str, present: bool, missing: &str) {
    declare(cfg);
    if present {
        println!("cargo::rustc-cfg={cfg}");
    } else {
        println!("cargo::warning={missing}: the tests that need it are ignored");
        // A file that does not exist: look again next time.
        println!("cargo::rerun-if-changed=look-again");
    }
}

fn runs(command: &[&str]) -> bool {
    let [program, arguments @ ..] = command else { return false };
    let status = Command::new(program).args(arguments).stdout(Stdio::null()).stderr(Stdio::null()).status();
    status.is_ok_and(|status| status.success())
}

fn own_name() -> Option<String> {
    let output = Command::new("hostname").output().ok()?;
    let name = String::from_utf8(output.stdout).ok()?.trim().to_owned();
    let bindable = (name.as_str(), 0).to_socket_addrs().ok()?.any(|address| TcpListener::bind(address).is_ok());
    (bindable && !name.is_empty()).then_some(name)
}
