#[with_free_port]
impl Server {
    fn start(&self, #[free_port] listener: TcpListener) {}
}
----
impl Server {
    fn start(&self, listener: TcpListener) {}
}
const _: () = {
    extern crate core as __free_port_core;
    __free_port_core::compile_error! {
        "`#[with_free_port]` fills the parameters of a function, and this is an `impl` block; put it on a method inside"
    };
};
