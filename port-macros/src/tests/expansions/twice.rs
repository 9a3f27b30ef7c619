#[with_free_port]
#[test]
#[port_runtime::with_free_port(prefer = 8080)]
fn serve(listener: TcpListener) {}
----
#[test]
fn serve() {
    {
        extern crate core as __free_port_core;
        let __free_port_mistake = __free_port_core::compile_error! {
            "`#[with_free_port]` stands here twice; write all options into the first"
        };
        let listener: TcpListener = __free_port_mistake;
        '__free_port_body: {}
    }
}
