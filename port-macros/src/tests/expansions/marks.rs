#[with_free_port(backlog = 16, inherit)]
fn serve(&self, config: Config, #[free_port(inherit = "http", prefer = config.port?)] listener: TcpListener) -> Option<&str> {
    None
}
----
fn serve(&self, config: Config) -> Option<&str> {
    {
        let __free_port_filled = {
            let __free_port_request = ::port_runtime::PortRequest::new()
                .backlog(16)
                .inherit_named("http")
                .prefer(config.port?);
            match <TcpListener as ::port_runtime::FromFreePort>::from_free_port(
                &__free_port_request,
            ) {
                ::core::result::Result::Ok(__free_port_value) => __free_port_value,
                ::core::result::Result::Err(__free_port_error) => {
                    let __free_port_on_error = ::port_runtime::__private::OnError::new();
                    if false {
                        return __free_port_on_error.__free_port_output();
                    }
                    return __free_port_on_error
                        .__free_port_fail(__free_port_error, "listener: TcpListener");
                }
            }
        };
        let listener: TcpListener = __free_port_filled;
        '__free_port_body: { None }
    }
}
