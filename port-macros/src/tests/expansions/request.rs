#[with_free_port(request = policy(&self.config), prefer = 1, crate = ::harness::port_runtime)]
fn serve(&self, listener: TcpListener) {}
----
fn serve(&self) {
    {
        let __free_port_filled = {
            let __free_port_request: ::harness::port_runtime::port_runtime::PortRequest = policy(
                &self.config,
            );
            let __free_port_request = __free_port_request.prefer(1);
            match <TcpListener as ::harness::port_runtime::port_runtime::FromFreePort>::from_free_port(
                &__free_port_request,
            ) {
                ::core::result::Result::Ok(__free_port_value) => __free_port_value,
                ::core::result::Result::Err(__free_port_error) => {
                    ::harness::port_runtime::port_runtime::__private::Panic
                        .__free_port_panic(__free_port_error, "listener: TcpListener")
                }
            }
        };
        let listener: TcpListener = __free_port_filled;
        '__free_port_body: {}
    }
}
