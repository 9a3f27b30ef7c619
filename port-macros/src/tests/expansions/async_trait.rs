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
fn serve<'life0, 'async_trait>(
    &'life0 self,
) -> Pin<Box<dyn Future<Output = Result<(), E>> + Send + 'async_trait>>
where
    Self: 'async_trait,
{
    Box::pin(async move {
        {
            let __free_port_filled = {
                let __free_port_request = ::port_runtime::PortRequest::new();
                match <TcpListener as ::port_runtime::AsyncFromFreePort>::from_free_port_async(
                        &__free_port_request,
                    )
                    .await
                {
                    ::core::result::Result::Ok(__free_port_value) => __free_port_value,
                    ::core::result::Result::Err(__free_port_error) => {
                        let __free_port_on_error = ::port_runtime::__private::OnError::<
                            Result<(), E>,
                        >::new();
                        return __free_port_on_error
                            .__free_port_fail(
                                __free_port_error,
                                "listener: TcpListener",
                            );
                    }
                }
            };
            let listener: TcpListener = __free_port_filled;
            '__free_port_body: {
                let __self = self;
                let listener = listener;
                Ok(())
            }
        }
    })
}
