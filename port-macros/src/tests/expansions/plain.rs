#[with_free_port]
/// Answers.
#[test]
pub fn answers(listener: TcpListener) {
    listener.accept().unwrap();
}
----
#[doc = " Answers."]
#[test]
pub fn answers() {
    {
        let __filled = {
            let __request = ::port_runtime::PortRequest::new();
            match <TcpListener as ::port_runtime::FromFreePort>::from_free_port(&__request) {
                ::core::result::Result::Ok(__value) => __value,
                ::core::result::Result::Err(__error) =>::port_runtime::__private::Panic.fail(__error),
            }
        };
        let listener: TcpListener = __filled;
        '__body: {
            listener.accept().unwrap();
        }
    }
}
