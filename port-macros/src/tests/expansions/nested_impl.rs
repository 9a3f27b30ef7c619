#[with_free_port]
fn serve(listener: TcpListener) -> Result<impl Iterator<Item = u8>, Error> {
    Ok(0..3)
}
----
fn serve() -> Result<impl Iterator<Item = u8>, Error> {
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
                        .__free_port_fail(__free_port_error, "listener: TcpListener");
                }
            }
        };
        let listener: TcpListener = __free_port_filled;
        '__free_port_body: { Ok(0..3) }
    }
}
