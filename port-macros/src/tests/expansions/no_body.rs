#[with_free_port]
fn serve(&self, listener: TcpListener) -> u8
where
    Self: Sized;
----
fn serve(&self) -> u8
where
    Self: Sized,
{
    extern crate core as __free_port_core;
    __free_port_core::compile_error! {
        "a declaration has no body to bind ports in; declare the method without those parameters, and put `#[with_free_port]` on the method of the `impl`"
    }
}
