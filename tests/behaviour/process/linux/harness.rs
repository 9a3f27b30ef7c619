//! The harness of the manual: the same lines, and what it can do.

use std::process::{Command, Stdio};
use std::time::Duration;

use port_runtime::{Error, FromFreePort, PortRequest, ReservedPort, ServerProcess, with_free_port};

use super::real::assert_answers;
use super::servers::REDIS;

/// A real Redis, all of it.
struct Redis {
    server: ServerProcess,
    port: ReservedPort,
}

fn start(port: &ReservedPort) -> Result<ServerProcess, Error> {
    let mut command = Command::new("redis-server");
    command.args(["--save", "", "--port", &port.port().to_string()]).stdout(Stdio::piped());
    port.start(&mut command, Duration::from_secs(30))
}

impl FromFreePort for Redis {
    fn from_free_port(request: &PortRequest) -> Result<Self, Error> {
        let port = request.bind()?;
        Ok(Self { server: start(&port)?, port })
    }
}

#[with_free_port]
#[test]
#[cfg_attr(not(has_redis), ignore = "redis-server is not installed")]
fn it_restarts_and_comes_in_threes(mut redis: Redis, [one, two]: [Redis; 2]) -> Result<(), Error> {
    for redis in [&redis, &one, &two] {
        assert_answers(&REDIS, redis.server.addr());
    }
    let url = redis.server.url("redis");
    redis.server.stop()?;
    redis.server = start(&redis.port)?;
    assert_eq!(redis.server.url("redis"), url);
    assert_answers(&REDIS, redis.port.addr());
    let processes = [&redis, &one, &two].map(|redis| redis.server.id());
    drop((redis, one, two));
    for process in processes {
        assert!(!std::path::Path::new(&format!("/proc/{process}")).exists());
    }
    Ok(())
}

#[test]
fn it_is_the_manual_s_and_has_fifteen_lines() {
    let (_, rest) = include_str!("harness.rs").split_once("/// A real Redis, all of it.\n").unwrap();
    let (harness, _) = rest.split_once("#[with_free_port]\n").unwrap();
    let manual = include_str!("../../../../port-runtime/src/with_free_port.md");
    assert!(manual.contains(harness), "the manual has another one");
    let lines = harness.lines().filter(|line| !line.is_empty()).count();
    assert_eq!(lines, 15);
    assert!(manual.contains(&format!(" | {lines} |\n")), "the manual has another number of lines");
}
