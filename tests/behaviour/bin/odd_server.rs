//! A program that does what servers do, and what they should not: each argument is a step, `odd_server sleep=100
//! listen=127.0.0.1:8080 serve`. What follows `child` is done by a child of its own, and so on.
#![cfg_attr(target_os = "linux", allow(unsafe_code, reason = "system calls"))]

use std::io::{self, Write};
use std::net::TcpListener;
use std::process::{Child, Command, exit};
use std::thread::sleep;
use std::time::{Duration, UNIX_EPOCH};

fn main() -> io::Result<()> {
    let steps: Vec<String> = std::env::args().skip(1).collect();
    let mut listeners = Vec::new();
    let mut children = Vec::new();
    for (place, step) in steps.iter().enumerate() {
        let (verb, value) = step.split_once('=').unwrap_or((step, ""));
        match verb {
            // Something by which the test finds it again.
            "tag" => {}
            // A daemon goes on when the parent that started it is gone, however slow the machine is.
            #[cfg(unix)]
            "orphaned" => {
                while std::os::unix::process::parent_id().to_string() == value {
                    sleep(Duration::from_millis(1));
                }
            }
            "sleep" => sleep(milliseconds(value)),
            "say" => println!("{value}"),
            "stamp" => println!("{}", UNIX_EPOCH.elapsed().expect("after 1970").as_micros()),
            "garbage" => io::stderr().write_all(b"\xff\xfe not UTF-8\n")?,
            "print" => println!("{}", "x".repeat(number(value))),
            "listen" => listeners.push(TcpListener::bind(value)?),
            "exit" => exit(i32::try_from(number(value)).expect("a small number")),
            "beside" => children.push(the_rest(&[steps[0].clone(), "sleep=600000".to_owned()]).spawn()?),
            "child" => {
                children.push(the_rest(&steps[place + 1..]).spawn()?);
                break;
            }
            // The parent ends, and all is well, it says.
            "daemon" => {
                let parent = format!("orphaned={}", std::process::id());
                let _left_alone: Child =
                    the_rest(&[&[steps[0].clone(), parent], &steps[place + 1..]].concat()).spawn()?;
                exit(0);
            }
            "serve" => serve(&listeners),
            "serve-aside" => {
                let listeners = std::mem::take(&mut listeners);
                std::thread::spawn(move || serve(&listeners));
            }
            _ => system(verb, value, &steps[place + 1..])?,
        }
    }
    for child in &mut children {
        child.wait()?;
    }
    Ok(())
}

/// What only Linux has.
#[cfg(target_os = "linux")]
fn system(verb: &str, value: &str, rest: &[String]) -> io::Result<()> {
    use std::os::unix::process::CommandExt;

    match verb {
        // SAFETY: it asks for a signal to be ignored.
        "stubborn" => drop(unsafe { libc::signal(libc::SIGTERM, libc::SIG_IGN) }),
        // Whoever was started in the background by a shell ignores some signals, and so does what it starts.
        "mortal" => {
            for signal in [libc::SIGHUP, libc::SIGINT, libc::SIGQUIT] {
                // SAFETY: no handler is involved.
                unsafe { libc::signal(signal, libc::SIG_DFL) };
            }
        }
        // SAFETY: it takes nothing, and fails for the leader of a group.
        "setsid" => drop(unsafe { libc::setsid() }),
        "exec" => return Err(the_rest(rest).exec()),
        // SAFETY: it takes two integers; the others are for other options.
        "secret" => drop(unsafe { libc::prctl(libc::PR_SET_DUMPABLE, 0, 0, 0, 0) }),
        // SAFETY: as above. By default, an ordinary user can trace nobody but descendants, on some systems.
        "traceable" => drop(unsafe { libc::prctl(libc::PR_SET_PTRACER, libc::PR_SET_PTRACER_ANY, 0, 0, 0) }),
        // As a debugger at its prompt: it learns of the end of that process, and does not look.
        "trace" => {
            // SAFETY: the address and the options, both none, are plain numbers.
            let status = unsafe { libc::ptrace(libc::PTRACE_SEIZE, number(value), 0_usize, 0_usize) };
            println!(
                "{}",
                if status == -1 { io::Error::last_os_error().to_string() } else { "it is traced".to_owned() }
            );
        }
        // The first thread of the process ends; the others go on.
        // SAFETY: nobody waits for this thread, and what it has borrowed it never gives back.
        "leave" => drop(unsafe { libc::syscall(libc::SYS_exit, 0) }),
        _ => panic!("there is no step `{verb}`"),
    }
    Ok(())
}

#[cfg(not(target_os = "linux"))]
fn system(verb: &str, _: &str, _: &[String]) -> io::Result<()> {
    Err(io::Error::other(format!("there is no step `{verb}` here")))
}

fn the_rest(steps: &[String]) -> Command {
    let this = std::env::current_exe().expect("it has a path").into_os_string();
    let mut command = behaviour::command(&this.into_string().expect("it is UTF-8"));
    command.args(steps);
    command
}

/// Answers everybody with "hello", for ever.
fn serve(listeners: &[TcpListener]) {
    std::thread::scope(|scope| {
        for listener in listeners {
            scope.spawn(|| {
                for connection in listener.incoming() {
                    let _ = connection.and_then(|mut connection| connection.write_all(b"hello"));
                }
            });
        }
        if listeners.is_empty() {
            sleep(Duration::from_secs(600));
        }
    });
}

fn number(value: &str) -> usize {
    value.parse().expect("a number")
}

fn milliseconds(value: &str) -> Duration {
    Duration::from_millis(value.parse().expect("milliseconds"))
}
