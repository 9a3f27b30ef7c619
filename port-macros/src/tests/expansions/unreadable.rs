#[with_free_port]
gen fn serve(#[free_port] listener: TcpListener) -> u8 {}
----
gen fn serve (listener : TcpListener) -> u8 { } :: core :: compile_error ! { "`#[with_free_port]` does not understand this function from here on; write it in stable Rust" }
