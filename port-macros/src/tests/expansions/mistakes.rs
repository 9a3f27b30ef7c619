#[with_free_port(hots = "::1", prefer = 0)]
fn serve(&self, (a, b): (&A, impl B), #[cfg(unix)] c: &C) -> u8 {
    a.serve(b)
}
----
fn serve(&self) -> u8 {
    {
        #[allow(unexpected_cfgs)]
        const _: () = {
            #[cfg(rust_analyzer)]
            mod options {
                ///host = "127.0.0.1"
                pub mod host {}
                ///inherit
                pub mod inherit {}
                ///port = 8080
                pub mod port {}
                ///env = "PORT"
                pub mod env {}
                ///portserver
                pub mod portserver {}
                ///prefer = 8080
                pub mod prefer {}
                ///range = 8000..9000
                pub mod range {}
                ///order = random
                pub mod order {}
                ///except = [8080]
                pub mod except {}
                ///backlog = 128
                pub mod backlog {}
                ///timeout = "5s"
                pub mod timeout {}
                ///request = port_runtime::PortRequest::new()
                pub mod request {}
                ///on_error = panic
                pub mod on_error {}
            }
            #[cfg(rust_analyzer)]
            use options::hots as _;
        };
        extern crate core as __free_port_core;
        __free_port_core::compile_error! {
            "unknown option `hots`; did you mean `host`?"
        };
        __free_port_core::compile_error! {
            "port 0 means any free port; leave `prefer` out to get one"
        };
        __free_port_core::compile_error! {
            "`impl Trait` does not say what to bind; write a type, for instance `std::net::TcpListener`"
        };
        let __free_port_mistake = __free_port_core::compile_error! {
            "`c: &C` comes from the caller, since a reference cannot be filled; mark the one to fill: `#[free_port] (a, b): (&A, impl B)`"
        };
        let (a, b): (&A, _) = __free_port_mistake;
        #[cfg(unix)]
        let c: &C = __free_port_mistake;
        '__free_port_body: { a.serve(b) }
    }
}
