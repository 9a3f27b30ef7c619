#[with_free_port]
fn serve((ref mut a, b): (TcpListener, UdpSocket)) {}
----
fn serve() {
    {
        let mut __free_port_filled = {
            let __free_port_request = ::port_runtime::PortRequest::new();
            match <(
                TcpListener,
                UdpSocket,
            ) as ::port_runtime::FromFreePort>::from_free_port(&__free_port_request) {
                ::core::result::Result::Ok(__free_port_value) => __free_port_value,
                ::core::result::Result::Err(__free_port_error) => {
                    ::port_runtime::__private::Panic
                        .__free_port_panic(
                            __free_port_error,
                            "(ref mut a, b): (TcpListener, UdpSocket)",
                        )
                }
            }
        };
        let (ref mut a, b): (TcpListener, UdpSocket) = __free_port_filled;
        '__free_port_body: {}
    }
}
