#[with_free_port(host = "::1", range = 8000..9000, prefer = 8080, env = "PORT", inherit, portserver, backlog = 16, timeout = "1.5s")]
fn serve(listener: TcpListener) {}
----
fn serve() {
    {
        let __filled = {
            let __request = ::port_runtime::PortRequest::new().host("::1").range(8000..9000).prefer(8080).env("PORT").inherit().portserver().backlog(16).timeout(::core::time::Duration::new(1u64, 500000000u32));
            match <TcpListener as ::port_runtime::FromFreePort>::from_free_port(&__request) {
                ::core::result::Result::Ok(__value) => __value,
                ::core::result::Result::Err(__error) =>::port_runtime::__private::Panic.fail(__error),
            }
        };
        let listener: TcpListener = __filled;
        '__body: {
        }
    }
}
