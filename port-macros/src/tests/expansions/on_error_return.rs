#[with_free_port(on_error = return)]
fn serve(listener: TcpListener) -> io::Result<()> {
    Ok(())
}
----
fn serve() -> io::Result<()> {
    {
        let __filled = {
            let __request = ::port_runtime::PortRequest::new();
            match <TcpListener as ::port_runtime::FromFreePort>::from_free_port(&__request) {
                ::core::result::Result::Ok(__value) => __value,
                ::core::result::Result::Err(__error) => return ::core::result::Result::Err(::core::convert::From::from(__error)),
            }
        };
        let listener: TcpListener = __filled;
        '__body: {
            Ok(())
        }
    }
}
