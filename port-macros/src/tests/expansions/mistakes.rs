#[with_free_port(hots = "::1", prefer = 0)]
fn serve(&self, (a, b): (&A, impl B), #[cfg(unix)] c: &C) -> u8 {
    a.serve(b)
}
----
fn serve(&self) -> u8 {
    {
        extern crate core as __free_port_core;
        __free_port_core::compile_error ! {
            "unknown option `hots`; did you mean `host`?"
        };
        __free_port_core::compile_error ! {
            "port 0 means any free port; leave `prefer` out to get one"
        };
        __free_port_core::compile_error ! {
            "`impl Trait` does not say what to bind; write a type, for instance `std::net::TcpListener`"
        };
        let __free_port_mistake = __free_port_core::compile_error ! {
            "`c: &C` comes from the caller, since a reference cannot be filled; mark the one to fill: `#[free_port] (a, b): (&A, impl B)`"
        };
        let (a, b): (&A, _) = __free_port_mistake;
        #[cfg(unix)]
        let c: &C = __free_port_mistake;
        '__free_port_body: {
            a.serve(b)
        }
    }
}
