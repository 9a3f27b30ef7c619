#[with_free_port]
#[tokio::test]
async fn answers(mut listener: tokio::net::TcpListener) -> io::Result<()> {
    Ok(())
}
----
#[tokio::test]
async fn answers() -> io::Result<()> {
    {
        let __free_port_filled = {
            let __free_port_request = ::port_runtime::PortRequest::new();
            match <tokio::net::TcpListener as ::port_runtime::AsyncFromFreePort>::from_free_port_async(
                    &__free_port_request,
                )
                .await
            {
                ::core::result::Result::Ok(__free_port_value) => __free_port_value,
                ::core::result::Result::Err(__free_port_error) => {
                    let __free_port_on_error = ::port_runtime::__private::OnError::new();
                    if false {
                        return __free_port_on_error.__free_port_output();
                    }
                    return __free_port_on_error
                        .__free_port_fail(
                            __free_port_error,
                            "mut listener: tokio::net::TcpListener",
                        );
                }
            }
        };
        let mut listener: tokio::net::TcpListener = __free_port_filled;
        '__free_port_body: { Ok(()) }
    }
}
