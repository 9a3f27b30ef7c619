#[with_free_port]
#[tokio::test]
async fn answers(mut listener: tokio::net::TcpListener) -> io::Result<()> {
    Ok(())
}
----
#[tokio::test]
async fn answers() -> io::Result<()> {
    {
        let __filled = {
            let __request = ::port_runtime::PortRequest::new();
            match <tokio::net::TcpListener as ::port_runtime::AsyncFromFreePort>::from_free_port_async(&__request).await {
                ::core::result::Result::Ok(__value) => __value,
                ::core::result::Result::Err(__error) => return ::port_runtime::__private::OnError::<io::Result<()>>::new().fail(__error),
            }
        };
        let mut listener: tokio::net::TcpListener = __filled;
        '__body: {
            Ok(())
        }
    }
}
