#[with_free_port]
fn serve<'life0, 'async_trait>(&'life0 self, listener: TcpListener) -> Pin<Box<dyn Future<Output = Result<(), E>> + Send + 'async_trait>>
where
    Self: 'async_trait,
{
    Box::pin(async move {
        let __self = self;
        let listener = listener;
        Ok(())
    })
}
----
fn serve<'life0, 'async_trait>(&'life0 self) -> Pin<Box<dyn Future<Output = Result<(), E>> + Send + 'async_trait>> where Self: 'async_trait, {
    Box::pin(
        async move {
            {
                let __filled = {
                    let __request = ::port_runtime::PortRequest::new();
                    match <TcpListener as ::port_runtime::AsyncFromFreePort>::from_free_port_async(&__request).await {
                        ::core::result::Result::Ok(__value) => __value,
                        ::core::result::Result::Err(__error) => return ::port_runtime::__private::OnError::<Result<(), E>>::new().fail(__error),
                    }
                };
                let listener: TcpListener = __filled;
                '__body: {
                    let __self = self;
                    let listener = listener;
                    Ok(())
                }
            }
        }
    )
}
