#[with_free_port]
const fn serve(listener: TcpListener) -> usize {
    5
}
----
const fn serve() -> usize {
    {
        extern crate core as __free_port_core;
        let __free_port_mistake = __free_port_core::compile_error! {
            "a `const fn` cannot bind a port; remove `const`"
        };
        let listener: TcpListener = __free_port_mistake;
        '__free_port_body: { 5 }
    }
}
