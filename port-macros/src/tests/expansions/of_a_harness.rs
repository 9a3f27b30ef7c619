#[with_free_port(crate = ::harness, request = policy())]
fn asks_for_nothing() {
    #![allow(unused)]
    5;
}
----
fn asks_for_nothing() {
    #![allow(unused)]
    5;
}
