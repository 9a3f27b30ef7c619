#[with_free_port(host = "::1", inherit)]
fn serve(first: A, #[case] kept: u8, #[cfg(unix)] #[expect(unused)] second: B) {}
----
fn serve(#[case] kept: u8) {
    {
        let __free_port_filled = {
            let __free_port_request = ::port_runtime::PortRequest::new()
                .host("::1")
                .inherit();
            match <A as ::port_runtime::FromFreePort>::from_free_port(
                &__free_port_request,
            ) {
                ::core::result::Result::Ok(__free_port_value) => __free_port_value,
                ::core::result::Result::Err(__free_port_error) => {
                    ::port_runtime::__private::Panic
                        .__free_port_panic(__free_port_error, "first: A")
                }
            }
        };
        let first: A = __free_port_filled;
        #[cfg(unix)]
        #[allow(unused)]
        let __free_port_filled = {
            let __free_port_request = ::port_runtime::PortRequest::new()
                .host("::1")
                .inherit();
            match <B as ::port_runtime::FromFreePort>::from_free_port(
                &__free_port_request,
            ) {
                ::core::result::Result::Ok(__free_port_value) => __free_port_value,
                ::core::result::Result::Err(__free_port_error) => {
                    ::port_runtime::__private::Panic
                        .__free_port_panic(__free_port_error, "second: B")
                }
            }
        };
        #[cfg(unix)]
        #[expect(unused)]
        let second: B = __free_port_filled;
        '__free_port_body: {}
    }
}
