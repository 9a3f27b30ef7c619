#[with_free_port]
impl Server {
    fn start(&self, #[free_port] listener: TcpListener) {}
}
----
impl Server {
    fn start(&self, listener: TcpListener) {
    }
}
::core::compile_error ! {
    "`#[with_free_port]` fills the parameters of a function, and this is an `impl` block; put it on a method inside"
}
