#[with_free_port(request = policy(&self.config), prefer = 1, crate = ::harness::port_runtime)]
fn serve(&self, listener: TcpListener) {}
----
fn serve(&self) {
    {
        let __filled = {
            let __request: ::harness::port_runtime::PortRequest = policy(&self.config);
            let __request = __request.prefer(1);
            match <TcpListener as ::harness::port_runtime::FromFreePort>::from_free_port(&__request) {
                ::core::result::Result::Ok(__value) => __value,
                ::core::result::Result::Err(__error) =>::harness::port_runtime::__private::Panic.fail(__error),
            }
        };
        let listener: TcpListener = __filled;
        '__body: {
        }
    }
}
