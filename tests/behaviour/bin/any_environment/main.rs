//! Takes ports from environments that nobody has thought of, each in a process of its own, and watches its descriptors.
//!
//! `any_environment SEED COUNT PORTSERVER_ADDRESS`: prints how often which outcome was had, or what went wrong and in
//! which environment. This process has one thread and takes no port itself, so a fork of it is as good as a new process.

#[cfg(target_os = "linux")]
mod descriptors;
#[cfg(target_os = "linux")]
mod environment;
#[cfg(target_os = "linux")]
mod trial;

#[cfg(target_os = "linux")]
fn main() {
    use test_support::Random;

    use crate::trial::{Outcome, Trial};

    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let [seed, count, port_server] = &arguments[..] else { panic!("SEED COUNT PORTSERVER_ADDRESS") };
    let (seed, count): (u64, u64) = (seed.parse().unwrap(), count.parse().unwrap());
    // The forks that panic tell it by their outcome.
    let sources = descriptors::Sources::new();
    let mut outcomes = [0; Outcome::ALL.len()];
    for index in 0..count {
        let trial = Trial::new(&sources, port_server, Random::nth(seed, index));
        match trial.run() {
            Ok(outcome) => outcomes[outcome as usize] += 1,
            Err(wrong) => {
                eprintln!("seed {seed}, environment {index}: {wrong}");
                std::process::exit(1);
            }
        }
    }
    for (outcome, count) in Outcome::ALL.iter().zip(outcomes) {
        println!("{outcome:?} {count}");
    }
}

#[cfg(not(target_os = "linux"))]
fn main() {}
