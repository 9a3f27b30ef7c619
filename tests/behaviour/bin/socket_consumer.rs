//! What `PassListeners` starts in the tests: takes its sockets with a crate of somebody else, named by the first
//! argument, and does with them what the second one says. Or describes itself.

#[cfg(target_os = "linux")]
mod linux {
    use std::io::{Write, stdout};
    use std::net::{TcpListener, UdpSocket};
    use std::os::fd::OwnedFd;
    use std::time::Duration;
    use std::{env, fs, process, thread};

    use socket2::{SockRef, Type};

    pub(crate) fn main() {
        // No broken test leaves a process behind that waits for a client.
        thread::spawn(|| {
            thread::sleep(Duration::from_secs(50));
            process::exit(9);
        });
        let arguments: Vec<_> = env::args().skip(1).collect();
        let arguments: Vec<_> = arguments.iter().map(String::as_str).collect();
        match arguments[..] {
            ["describe", ..] => describe(),
            [taken_with, "list"] => drop(list(take(taken_with))),
            [taken_with, "serve"] => list(take(taken_with)).into_iter().for_each(serve),
            _ => panic!("unknown arguments {arguments:?}"),
        }
    }

    fn take(taken_with: &str) -> Vec<(String, OwnedFd)> {
        match taken_with {
            "listenfd" => {
                let mut sockets = listenfd::ListenFd::from_env();
                let mut take = |index| match sockets.take_tcp_listener(index) {
                    Ok(listener) => listener.expect("there is one").into(),
                    Err(_) => sockets.take_udp_socket(index).expect("TCP or UDP").expect("there is one").into(),
                };
                (0..sockets_passed()).map(|index| ("unnamed".to_owned(), take(index))).collect()
            }
            "sd-listen-fds" => {
                let sockets = sd_listen_fds::get().expect("well-formed variables");
                sockets.into_iter().map(|(name, socket)| (name.unwrap_or_default(), socket.into_std())).collect()
            }
            _ => panic!("unknown crate {taken_with}"),
        }
    }

    /// The crate `listenfd` takes `LISTEN_FDS` out of the environment; here only its place in the list matters.
    fn sockets_passed() -> usize {
        fs::read_to_string("/proc/self/environ")
            .expect("readable")
            .split('\0')
            .find_map(|variable| variable.strip_prefix("LISTEN_FDS="))
            .map_or(0, |count| count.parse().expect("a number"))
    }

    /// One line for each socket, and an empty one at the end.
    fn list(sockets: Vec<(String, OwnedFd)>) -> Vec<OwnedFd> {
        for (name, socket) in &sockets {
            let socket = SockRef::from(socket);
            let address = socket.local_addr().expect("bound").as_socket().expect("an internet address");
            let protocol = if is_tcp(&socket) { "tcp" } else { "udp" };
            let blocking = if socket.nonblocking().expect("open") { " that does not block" } else { "" };
            println!("{name} {protocol} {address}{blocking}");
        }
        println!();
        stdout().flush().expect("open");
        sockets.into_iter().map(|(_, socket)| socket).collect()
    }

    /// Tells one client the process id.
    fn serve(socket: OwnedFd) {
        let answer = process::id().to_string();
        if is_tcp(&SockRef::from(&socket)) {
            let (mut client, _) = TcpListener::from(socket).accept().expect("a client");
            client.write_all(answer.as_bytes()).expect("a client that reads");
        } else {
            let socket = UdpSocket::from(socket);
            let (_, client) = socket.recv_from(&mut [0; 16]).expect("a client");
            socket.send_to(answer.as_bytes(), client).expect("a client that reads");
        }
    }

    fn is_tcp(socket: &SockRef<'_>) -> bool {
        socket.r#type().expect("a socket") == Type::STREAM
    }

    /// What a process gets from the one that starts it, one line for each thing.
    fn describe() {
        let stat = fs::read_to_string("/proc/self/stat").expect("readable");
        let group = stat.rsplit(')').next().and_then(|rest| rest.split_whitespace().nth(2)).expect("a process group");
        println!("leads its group: {}", group == process::id().to_string());
        println!("directory: {}", env::current_dir().expect("it exists").display());
        println!("arguments: {:?}", env::args_os().skip(1).collect::<Vec<_>>());
        for variable in fs::read_to_string("/proc/self/environ").expect("readable").split_terminator('\0') {
            println!("variable: {}", variable.replace(&format!("LISTEN_PID={}", process::id()), "LISTEN_PID=mine"));
        }
        for entry in fs::read_dir("/proc/self/fd").expect("readable") {
            let entry = entry.expect("readable");
            let number = entry.file_name().into_string().expect("a number");
            let file = fs::read_link(entry.path()).expect("open").into_os_string().into_string().expect("readable");
            if !file.starts_with("/proc/") {
                // Each pipe and socket has a number of its own.
                println!("descriptor: {number} {}", file.split('[').next().expect("there is one"));
            }
        }
    }
}

fn main() {
    #[cfg(target_os = "linux")]
    linux::main();
}
