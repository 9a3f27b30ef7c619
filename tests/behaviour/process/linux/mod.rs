//! What Linux tells, and what is therefore promised there alone.

mod asynchronous;
mod at_exit;
mod cargo_run;
mod chosen;
mod dead;
mod elsewhere;
mod examples;
mod family;
mod gone;
mod harness;
mod hostile;
mod measure;
mod passed;
mod real;
mod sandboxes;
#[path = "../../linux/reserved/servers.rs"]
mod servers;
