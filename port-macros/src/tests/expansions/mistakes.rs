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
                #[doc = "host = \"127.0.0.1\""]
                pub mod host {
                }
                #[doc = "inherit"]
                pub mod inherit {
                }
                #[doc = "port = 8080"]
                pub mod port {
                }
                #[doc = "env = \"PORT\""]
                pub mod env {
                }
                #[doc = "portserver"]
                pub mod portserver {
                }
                #[doc = "prefer = 8080"]
                pub mod prefer {
                }
                #[doc = "range = 8000..9000"]
                pub mod range {
                }
                #[doc = "order = random"]
                pub mod order {
                }
                #[doc = "except = [8080]"]
                pub mod except {
                }
                #[doc = "backlog = 128"]
                pub mod backlog {
                }
                #[doc = "timeout = \"5s\""]
                pub mod timeout {
                }
                #[doc = "request = PortRequest::new()"]
                pub mod request {
                }
                #[doc = "on_error = panic"]
                pub mod on_error {
                }
            }
            #[cfg(rust_analyzer)]
            use options::hots as _;
        };
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
