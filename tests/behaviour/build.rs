//! Finds out what this machine offers, so that a test that needs more is counted as ignored and says why.

use std::net::{TcpListener, ToSocketAddrs};
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::{env, fs};

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-env-changed=PATH");
    let linux = env::var("CARGO_CFG_TARGET_OS").is_ok_and(|system| system == "linux");

    offer("has_ipv6", TcpListener::bind("[::1]:0").is_ok(), "::1 cannot be bound");
    let own_name = own_name();
    offer("own_name_resolves", own_name.is_some(), "the machine's own host name does not resolve to its address");
    println!("cargo::rustc-env=BEHAVIOUR_OWN_NAME={}", own_name.unwrap_or_default());

    offer_servers();

    // Programs that are started by programs start by themselves in wine, and not in an emulator of another processor.
    let runner = runner();
    let emulator = if linux { runner.as_str() } else { "" };
    println!("cargo::rustc-env=BEHAVIOUR_EMULATOR={emulator}");
    for (cfg, holds) in [("under_wine", runner.contains("wine")), ("emulated", !emulator.is_empty())] {
        declare(cfg);
        if holds {
            println!("cargo::rustc-cfg={cfg}");
        }
    }

    // An ordinary user gets a namespace where user namespaces are allowed.
    let unshare = ["-n", "-rn"].into_iter().find(|flags| linux && runs(&["unshare", flags, "true"]));
    println!("cargo::rustc-env=BEHAVIOUR_UNSHARE={}", unshare.unwrap_or_default());
    let unprivileged = ["--bounding-set=-net_bind_service", "--inh-caps=-net_bind_service", "true"];
    let setpriv = unshare.is_some_and(|flags| runs(&[&["unshare", flags, "setpriv"], &unprivileged[..]].concat()));
    // It would show the emulator's system calls. On 32 bits some have other names, and a C library may open sockets by
    // one call for many things, `socketcall`.
    let plain_calls = emulator.is_empty() && env::var("CARGO_CFG_TARGET_POINTER_WIDTH").is_ok_and(|bits| bits == "64");
    let strace = linux
        && plain_calls
        && runs(&["strace", "-o", "/dev/null", "-e", "inject=listen:error=EADDRINUSE:when=1", "true"]);
    let port_server = port_server();
    println!("cargo::rustc-env=BEHAVIOUR_PORT_SERVER={}", port_server.as_deref().unwrap_or_default());
    if linux {
        offer("has_seccomp", plain_calls, "an emulator takes no filters of system calls, and 32 bits have other calls");
        let activate = runs(&["systemd-socket-activate", "--version"]);
        offer("has_systemd_socket_activate", activate, "`systemd-socket-activate` is not installed");
        offer("has_systemd_analyze", runs(&["systemd-analyze", "--version"]), "`systemd-analyze` is not installed");
        offer("has_systemfd", runs(&["systemfd", "--version"]), "`systemfd` is not installed");
        offer("has_port_server", port_server.is_some(), "python3 has no `portpicker`");
        let sock_diag = emulator.is_empty() && kernel_is_at_least(6, 8);
        offer(
            "has_sock_diag",
            sock_diag,
            "the kernel does not tell who is bound and does not listen (before Linux 6.8)",
        );
        offer("has_pidfs", has_pidfs(), "pidfds have no numbers of their own before Linux 6.9 and on 32 bits");
        // Only what is compiled into the kernel, or has been loaded for somebody, is there.
        let speaks = |protocol: &str| emulator.is_empty() && Path::new("/proc/net").join(protocol).exists();
        offer("has_sctp", speaks("sctp"), "the kernel has no SCTP, or has not loaded it");
        offer("has_udp_lite", speaks("udplite"), "the kernel has no UDP-Lite");
        let mptcp = fs::read_to_string("/proc/sys/net/mptcp/enabled").is_ok_and(|enabled| enabled.trim() == "1");
        offer("has_mptcp", emulator.is_empty() && mptcp, "the kernel has no MPTCP");
        offer("has_unshare", unshare.is_some(), "`unshare -n` makes no network namespace here");
        let mounts = |flags: &&str| runs(&["unshare", flags, "mount", "--bind", "/etc/hosts", "/etc/hosts"]);
        let unshare = ["-m", "-rm"].into_iter().find(mounts);
        println!("cargo::rustc-env=BEHAVIOUR_UNSHARE_MOUNT={}", unshare.unwrap_or_default());
        offer("has_mount", unshare.is_some(), "`unshare -m` makes no mount namespace here");
        offer_other_processes(emulator.is_empty());
        offer("has_setpriv", setpriv, "`setpriv` cannot drop CAP_NET_BIND_SERVICE here");
        offer("has_strace", strace, "`strace` is not installed, or may not trace, or there are 32 bits");
    } else {
        ["has_unshare", "has_mount", "has_setpriv", "has_strace", "has_seccomp"].into_iter().for_each(declare);
        ["has_systemd_socket_activate", "has_systemd_analyze"].into_iter().for_each(declare);
        ["has_systemfd", "has_port_server", "has_pidfs", "has_sock_diag"].into_iter().for_each(declare);
        ["has_sctp", "has_udp_lite", "has_mptcp", "has_pid_namespace", "has_other_users"].into_iter().for_each(declare);
    }
}

/// Pid namespaces, and users from whom a process can be hidden. An emulator does not tell who has a port.
fn offer_other_processes(may: bool) {
    let pid = ["--fork", "--kill-child", "--mount-proc", "true"];
    let unshare = ["-p", "-rp"].into_iter().find(|flags| may && runs(&[&["unshare", flags], &pid[..]].concat()));
    println!("cargo::rustc-env=BEHAVIOUR_UNSHARE_PID={}", unshare.unwrap_or_default());
    offer("has_pid_namespace", unshare.is_some(), "`unshare -p` makes no pid namespace here");
    // The other user has to be able to run what cargo has built, too.
    let other_user = "mount -t proc -o hidepid=2 proc /proc && \
                      exec setpriv --reuid=65534 --regid=65534 --clear-groups unshare -r test ! -e /proc/1 -a -x \"$0\"";
    let this = env::current_exe().ok().and_then(|path| path.into_os_string().into_string().ok()).unwrap_or_default();
    let hides = may && runs(&["unshare", "-m", "sh", "-c", other_user, &this]);
    offer("has_other_users", hides, "only root has other users, and a mount namespace for them");
}

/// The servers that are started on a reserved port.
fn offer_servers() {
    offer("has_python3", runs(&["python3", "-c", "import http.server"]), "python3 is not installed");
    offer("has_redis", runs(&["redis-server", "--version"]), "redis-server is not installed");
    offer("has_nginx", runs(&["nginx", "-v"]), "nginx is not installed");
    offer("has_node", runs(&["node", "--version"]), "node is not installed");
    offer("has_memcached", runs(&["memcached", "--version"]), "memcached is not installed");
    offer("has_java", runs(&["javac", "--version"]) && runs(&["java", "--version"]), "a JDK is not installed");
    offer("has_go", runs(&["go", "version"]), "go is not installed");
    let postgres = postgres();
    offer("has_postgres", postgres.is_some(), "PostgreSQL is not installed, or cannot be run by an ordinary user");
    println!("cargo::rustc-env=BEHAVIOUR_POSTGRES={}", postgres.unwrap_or_default());
}

/// The folder of PostgreSQL's programs. Debian has only its own wrappers in the `PATH`. Root has to become somebody else.
fn postgres() -> Option<String> {
    let debian = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut folders: Vec<String> = debian.map(|version| version.path().join("bin").display().to_string()).collect();
    if let Ok(Output { stdout, .. }) = Command::new("pg_config").arg("--bindir").output() {
        folders.push(String::from_utf8_lossy(&stdout).trim().to_owned());
    }
    let drop_root: &[&str] = if runs(&["sh", "-c", r#"test "$(id -u)" = 0"#]) {
        &["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
    } else {
        &["env"]
    };
    let starts = |program: String| runs(&[drop_root, &[&program, "--version"]].concat());
    folders.into_iter().find(|bin| ["initdb", "postgres"].iter().all(|program| starts(format!("{bin}/{program}"))))
}

/// The program that cargo was told to run the tests with.
fn runner() -> String {
    let target = env::var("TARGET").expect("cargo sets it").to_uppercase().replace(['-', '.'], "_");
    let variable = format!("CARGO_TARGET_{target}_RUNNER");
    println!("cargo::rerun-if-env-changed={variable}");
    env::var(variable).unwrap_or_default()
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

/// Google's `portserver.py`, which comes with its client.
fn port_server() -> Option<String> {
    let program = "import portpicker, psutil, sysconfig; print(sysconfig.get_path('scripts') + '/portserver.py')";
    let output = Command::new("python3").args(["-c", program]).stderr(Stdio::null()).output().ok()?;
    let script = String::from_utf8(output.stdout).ok()?.trim().to_owned();
    Path::new(&script).is_file().then_some(script)
}

fn has_pidfs() -> bool {
    env::var("CARGO_CFG_TARGET_POINTER_WIDTH").is_ok_and(|bits| bits == "64") && kernel_is_at_least(6, 9)
}

fn kernel_is_at_least(major: u32, minor: u32) -> bool {
    let release = fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    let mut numbers = release.split('.').map_while(|number| number.parse::<u32>().ok());
    (numbers.next(), numbers.next()) >= (Some(major), Some(minor))
}
