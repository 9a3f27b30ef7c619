#[with_free_port]
#[test]
fn serve() {
    listener.accept()
}
----
#[test]
fn serve() {
    extern crate core as __free_port_core;
    __free_port_core::compile_error! {
        "`serve` has no parameter to fill; write `fn serve(listener: std::net::TcpListener)`, and if an attribute above takes the parameters away (`#[rstest]`, `#[serial]`, `#[test_case]`), move `#[with_free_port]` above it"
    }
}
