#[with_free_port]
#[test]
#[port_runtime::with_free_port(prefer = 8080)]
fn serve(listener: TcpListener) {}
----
#[test]
fn serve() {
    {
        let __mistake = ::core::compile_error ! {
            "`#[with_free_port]` stands here twice; write all options into the first"
        };
        let listener: TcpListener = __mistake;
        '__body: {
        }
    }
}
