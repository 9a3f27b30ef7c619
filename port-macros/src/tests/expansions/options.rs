#[with_free_port(host = "::1", range = 8000..9000, prefer = 8080, env = "PORT", inherit, portserver, backlog = 16, timeout = "1.5s")]
fn serve(listener: TcpListener) {}
----
fn serve() {
    {
        let __free_port_filled = {
            let __free_port_request = ::port_runtime::PortRequest::new()
                .host("::1")
                .range(8000..9000)
                .prefer(8080)
                .env("PORT")
                .inherit()
                .portserver()
                .backlog(16)
                .timeout(::core::time::Duration::new(1u64, 500000000u32));
            match <TcpListener as ::port_runtime::FromFreePort>::from_free_port(
                &__free_port_request,
            ) {
                ::core::result::Result::Ok(__free_port_value) => __free_port_value,
                ::core::result::Result::Err(__free_port_error) => {
                    ::port_runtime::__private::Panic
                        .__free_port_panic(__free_port_error, "listener: TcpListener")
                }
            }
        };
        let listener: TcpListener = __free_port_filled;
        '__free_port_body: {}
    }
}
