#[with_free_port(host = "::1", inherit)]
fn serve(first: A, #[case] kept: u8, #[cfg(unix)] #[expect(unused)] second: B) {}
----
fn serve(#[case] kept: u8) {
    {
        let __filled = {
            let __request = ::port_runtime::PortRequest::new().host("::1").inherit();
            match <A as ::port_runtime::FromFreePort>::from_free_port(&__request) {
                ::core::result::Result::Ok(__value) => __value,
                ::core::result::Result::Err(__error) =>::port_runtime::__private::Panic.fail(__error),
            }
        };
        let first: A = __filled;
        #[cfg(unix)]
        #[allow(unused)]
        let __filled = {
            let __request = ::port_runtime::PortRequest::new().host("::1").inherit();
            match <B as ::port_runtime::FromFreePort>::from_free_port(&__request) {
                ::core::result::Result::Ok(__value) => __value,
                ::core::result::Result::Err(__error) =>::port_runtime::__private::Panic.fail(__error),
            }
        };
        #[cfg(unix)]
        #[expect(unused)]
        let second: B = __filled;
        '__body: {
        }
    }
}
