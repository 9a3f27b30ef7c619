#[with_free_port]
fn serve((a, b): (TcpListener, TcpListener), b: UdpSocket) {}
----
fn serve() {
    {
        #[allow(unused_variables)]
        let _ = |b: (), b: ()| ();
        let __free_port_filled = {
            let __free_port_request = ::port_runtime::PortRequest::new();
            match <(
                TcpListener,
                TcpListener,
            ) as ::port_runtime::FromFreePort>::from_free_port(&__free_port_request) {
                ::core::result::Result::Ok(__free_port_value) => __free_port_value,
                ::core::result::Result::Err(__free_port_error) => {
                    ::port_runtime::__private::Panic
                        .__free_port_panic(
                            __free_port_error,
                            "(a, b): (TcpListener, TcpListener)",
                        )
                }
            }
        };
        let (a, b): (TcpListener, TcpListener) = __free_port_filled;
        let __free_port_filled = {
            let __free_port_request = ::port_runtime::PortRequest::new();
            match <UdpSocket as ::port_runtime::FromFreePort>::from_free_port(
                &__free_port_request,
            ) {
                ::core::result::Result::Ok(__free_port_value) => __free_port_value,
                ::core::result::Result::Err(__free_port_error) => {
                    ::port_runtime::__private::Panic
                        .__free_port_panic(__free_port_error, "b: UdpSocket")
                }
            }
        };
        let b: UdpSocket = __free_port_filled;
        '__free_port_body: {}
    }
}
