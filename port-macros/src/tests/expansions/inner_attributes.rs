#[with_free_port]
fn serve(listener: TcpListener) {
    //! Serves.
    #![allow(unused)]
    5;
}
----
fn serve() {
    //! Serves.
    #![allow(unused)]
    {
        let __free_port_filled = {
            let __free_port_request = ::port_runtime::PortRequest::new();
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
        '__free_port_body: {
            5;
        }
    }
}
