#[with_free_port(on_error = return)]
fn serve(listener: TcpListener) -> io::Result<()> {
    Ok(())
}
----
fn serve() -> io::Result<()> {
    {
        let __free_port_filled = {
            let __free_port_request = ::port_runtime::PortRequest::new();
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
                        .__free_port_return(__free_port_error, "listener: TcpListener");
                }
            }
        };
        let listener: TcpListener = __free_port_filled;
        '__free_port_body: { Ok(()) }
    }
}
