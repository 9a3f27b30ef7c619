#[with_free_port]
fn serve(listener: TcpListener) -> Result<impl Iterator<Item = u8>, Error> {
    Ok(0..3)
}
----
fn serve() -> Result<impl Iterator<Item = u8>, Error> {
    {
        let __filled = {
            let __request = ::port_runtime::PortRequest::new();
            match <TcpListener as ::port_runtime::FromFreePort>::from_free_port(&__request) {
                ::core::result::Result::Ok(__value) => __value,
                ::core::result::Result::Err(__error) => return ::port_runtime::__private::OnError::<Result<_, Error>>::new().fail(__error),
            }
        };
        let listener: TcpListener = __filled;
        '__body: {
            Ok(0..3)
        }
    }
}
