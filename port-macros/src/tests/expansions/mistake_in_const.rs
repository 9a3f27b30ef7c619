#[with_free_port]
const fn serve(listener: TcpListener) -> usize {
    5
}
----
const fn serve() -> usize {
    {
        let __mistake = ::core::compile_error ! {
            "a `const fn` cannot bind a port; remove `const`"
        };
        let listener: TcpListener = __mistake;
        '__body: {
            5
        }
    }
}
