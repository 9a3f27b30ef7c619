#[with_free_port(hots = "::1", prefer = 0)]
fn serve(&self, (a, b): (&A, impl B), #[cfg(unix)] c: &C) -> u8 {
    a.serve(b)
}
----
fn serve(&self) -> u8 {
    {
        ::core::compile_error ! {
            "unknown option `hots`; did you mean `host`?"
        };
        ::core::compile_error ! {
            "port 0 means any free port; leave `prefer` out to get one"
        };
        ::core::compile_error ! {
            "`impl Trait` does not say what to bind; write a type, for instance `std::net::TcpListener`"
        };
        let __mistake = ::core::compile_error ! {
            "a filled parameter owns its socket, so it cannot be a reference; write `C`"
        };
        let (a, b): (&A, _) = __mistake;
        #[cfg(unix)]
        let c: &C = __mistake;
        '__body: {
            a.serve(b)
        }
    }
}
