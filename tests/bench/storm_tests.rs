//! A short storm: this crate loses nothing, not even to rivals, and the others take part.

use std::net::TcpListener;
use std::process::{Command, Output};

fn storm(args: &str) -> Output {
    Command::new(env!("CARGO_BIN_EXE_storm")).args(args.split(' ')).output().unwrap()
}

/// The line of a way: obtained and lost.
fn row(table: &str, way: &str) -> (u64, u64) {
    let line = table.lines().find(|line| line.starts_with(&format!("| {way} |"))).expect(way);
    let cells: Vec<&str> = line.split('|').map(str::trim).collect();
    (cells[2].parse().unwrap(), cells[3].parse().unwrap())
}

/// The range has room for whoever else runs a storm meanwhile.
///
/// Rivals that share the number of a hold are not promised to be kept out, so the plain ones stand in for them there.
fn lose_nothing(ways: &[&str], rivals: &str) {
    let args = format!("--ways {} {rivals} 2 --processes 8 --acquisitions 150 --range 22000..27000", ways.join(","));
    let output = storm(&args);
    let table = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{table}\n{}", String::from_utf8_lossy(&output.stderr));
    for way in ways {
        assert_eq!(row(&table, &format!("this crate: {way}")), (8 * 150, 0), "{table}");
    }
}

#[test]
fn listeners_are_never_lost() {
    let mut ways = vec!["listener", "range", "pair"];
    if TcpListener::bind("[::1]:0").is_ok() {
        ways.push("dual-stack");
    }
    lose_nothing(&ways, "--rivals");
}

#[cfg_attr(not(target_os = "linux"), ignore = "a listener can be had only once the hold is given up")]
#[test]
fn reserved_ports_are_never_lost() {
    lose_nothing(&["reserved"], "--plain-rivals");
}

/// Whether a peer loses any is a matter of luck, and of the table that is made by hand.
#[test]
fn every_peer_takes_part() {
    let output = storm("--ways peers --processes 2 --acquisitions 20 --held 5");
    let table = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{table}\n{}", String::from_utf8_lossy(&output.stderr));
    for way in ["bind-0-and-drop", "get-port", "openport-range", "portpicker", "reserve-port", "reserve-port-listener"]
    {
        let (obtained, lost) = row(&table, way);
        assert_eq!(obtained + lost, 40, "{table}");
        assert!(obtained > 0, "{table}");
    }
}

#[test]
fn wrong_arguments_are_explained() {
    for args in ["--ways none", "--processes 0", "--range 5..5", "--rivals", "--help"] {
        let output = storm(args);
        assert_eq!(output.status.code(), Some(2));
        assert!(String::from_utf8_lossy(&output.stderr).contains("usage: storm"));
    }
}
