//! Servers that others have written, as their users start them: with an address and a port number.
#![cfg_attr(
    not(all(has_python3, has_redis, has_nginx, has_node, has_memcached, has_java, has_go, has_postgres)),
    allow(dead_code, reason = "where one of them is missing, so is its test")
)]

use std::net::IpAddr;
use std::os::unix::fs::{MetadataExt, chown};
use std::path::Path;
use std::process::{Command, Stdio};
use std::{env, fs};

use test_support::forks;

/// How to start a server and to find out that it is the right one.
pub(super) struct Server {
    /// Is done once, in an empty folder.
    pub(super) prepare: fn(&Path),
    pub(super) command: fn(IpAddr, u16, &Path) -> Command,
    pub(super) question: &'static [u8],
    /// How the answer begins.
    pub(super) answer: &'static str,
    /// The signal that makes it end at once.
    pub(super) stop: &'static str,
}

const GET: &[u8] = b"GET / HTTP/1.0\r\n\r\n";

/// A program that is killed, and leaves nothing else.
const PROGRAM: Server =
    Server { prepare: |_| (), command: std_server, question: b"hello", answer: "hello", stop: "-KILL" };

pub(super) const STD: Server = PROGRAM;

fn std_server(host: IpAddr, port: u16, _: &Path) -> Command {
    let mut command = behaviour::command(env!("CARGO_BIN_EXE_std_server"));
    command.args([host.to_string(), port.to_string()]);
    command
}

pub(super) const PYTHON: Server = Server {
    command: |host, port, folder| {
        let mut command = with("python3", ["-m", "http.server", "--bind", &host.to_string(), &port.to_string()]);
        command.current_dir(folder);
        command
    },
    question: GET,
    answer: "HTTP/1.0 200",
    ..PROGRAM
};

pub(super) const REDIS: Server = Server {
    command: |host, port, folder| {
        let mut command = with("redis-server", ["--port", &port.to_string(), "--bind", &host.to_string()]);
        command.args(["--save", "", "--appendonly", "no", "--protected-mode", "no"]).current_dir(folder);
        command
    },
    question: b"PING\r\n",
    answer: "+PONG",
    ..PROGRAM
};

pub(super) const NGINX: Server = Server {
    command: |host, port, folder| {
        let address = std::net::SocketAddr::new(host, port);
        let folders = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"];
        let folders = folders.map(|kind| format!("{kind}_temp_path {kind};")).join(" ");
        let configuration = format!(
            "daemon off; master_process off; pid pid; events {{}} \
             http {{ access_log off; {folders} server {{ listen {address}; return 200; }} }}"
        );
        let file = folder.join("nginx.conf");
        fs::write(&file, configuration).unwrap();
        let mut command = with("nginx", ["-e", "stderr", "-p"]);
        command.arg(folder).arg("-c").arg(file);
        command
    },
    question: b"GET / HTTP/1.1\r\nHost: x\r\n\r\n",
    answer: "HTTP/1.1 200",
    ..PROGRAM
};

pub(super) const NODE: Server = Server {
    command: |host, port, _| {
        let program =
            "require('http').createServer((_, answer) => answer.end()).listen(process.argv[1], process.argv[2])";
        with("node", ["-e", program, &port.to_string(), &host.to_string()])
    },
    question: b"GET / HTTP/1.1\r\nHost: x\r\n\r\n",
    answer: "HTTP/1.1 200",
    ..PROGRAM
};

pub(super) const MEMCACHED: Server = Server {
    command: |host, port, _| {
        with("memcached", ["-p", &port.to_string(), "-U", "0", "-l", &host.to_string(), "-u", "nobody"])
    },
    question: b"version\r\n",
    answer: "VERSION",
    ..PROGRAM
};

pub(super) const JAVA: Server = Server {
    prepare: |folder| {
        let program = "import java.net.*; public class Echo { public static void main(String[] to) throws Exception { \
             var server = new ServerSocket(Integer.parseInt(to[1]), 50, InetAddress.getByName(to[0])); \
             while (true) { var client = server.accept(); \
             new Thread(() -> { try { client.getInputStream().transferTo(client.getOutputStream()); } \
             catch (Exception end) {} }).start(); } } }";
        fs::write(folder.join("Echo.java"), program).unwrap();
        run(with("javac", ["Echo.java"]).current_dir(folder));
    },
    command: |host, port, folder| {
        let mut command = with("java", ["-XX:TieredStopAtLevel=1", "Echo", &host.to_string(), &port.to_string()]);
        command.current_dir(folder);
        command
    },
    ..PROGRAM
};

pub(super) const GO: Server = Server {
    prepare: |folder| {
        let program = "package main; import (\"io\"; \"net\"; \"os\"); func main() { \
             server, problem := net.Listen(\"tcp\", net.JoinHostPort(os.Args[1], os.Args[2])); \
             if problem != nil { panic(problem) }; \
             for { client, problem := server.Accept(); if problem != nil { panic(problem) }; go io.Copy(client, client) } }";
        fs::write(folder.join("echo.go"), program).unwrap();
        let mut go = with("go", ["build", "-o", "echo", "echo.go"]);
        run(go.current_dir(folder).env("GOCACHE", folder.join("cache")).env("GO111MODULE", "off"));
    },
    command: |host, port, folder| with(folder.join("echo"), [host.to_string(), port.to_string()]),
    ..PROGRAM
};

/// The user that is called nobody everywhere.
const NOBODY: u32 = 65534;

/// `PostgreSQL` refuses to run as root.
pub(super) const POSTGRES: Server = Server {
    prepare: |folder| {
        if is_root() {
            chown(folder, Some(NOBODY), Some(NOBODY)).unwrap();
        }
        let options = ["--no-sync", "--auth=trust", "--username=postgres", "--no-instructions", "--pgdata=data"];
        run(postgres("initdb").args(options).current_dir(folder));
    },
    command: |host, port, folder| {
        let mut command = postgres("postgres");
        command.args(["-D", "data", "-F", "-k", "", "-h", &host.to_string(), "-p", &port.to_string()]);
        command.current_dir(folder);
        command
    },
    // A start-up message of protocol 3.0, which is answered with "AuthenticationOk".
    question: b"\x00\x00\x00\x17\x00\x03\x00\x00user\x00postgres\x00\x00",
    answer: "R",
    stop: "-INT",
};

fn postgres(program: &str) -> Command {
    let program = Path::new(env!("BEHAVIOUR_POSTGRES")).join(program);
    let mut command = Command::new(if is_root() { "setpriv" } else { "env" });
    if is_root() {
        command.args([&format!("--reuid={NOBODY}"), &format!("--regid={NOBODY}"), "--clear-groups"]);
    }
    command.arg(program);
    command
}

fn is_root() -> bool {
    fs::metadata("/proc/self").unwrap().uid() == 0
}

fn with<S: AsRef<std::ffi::OsStr>>(
    program: impl AsRef<std::ffi::OsStr>,
    arguments: impl IntoIterator<Item = S>,
) -> Command {
    let mut command = Command::new(program);
    command.args(arguments);
    command
}

fn run(command: &mut Command) {
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
    let output = forks::spawn(command).unwrap().wait_with_output().unwrap();
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
}
