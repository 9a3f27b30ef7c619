#[with_free_port(backlog = 16, inherit)]
fn serve(&self, config: Config, #[free_port(inherit = "http", prefer = config.port?)] listener: TcpListener) -> Option<&str> {
    None
}
----
fn serve(&self, config: Config) -> Option<&str> {
    {
        let __filled = {
            let __request = ::port_runtime::PortRequest::new().backlog(16).inherit_named("http").prefer(config.port?);
            match <TcpListener as ::port_runtime::FromFreePort>::from_free_port(&__request) {
                ::core::result::Result::Ok(__value) => __value,
                ::core::result::Result::Err(__error) => return ::port_runtime::__private::OnError::<Option<&str>>::new().fail(__error),
            }
        };
        let listener: TcpListener = __filled;
        '__body: {
            None
        }
    }
}
