#[with_free_port(port = args.port, range = [1455, 1457], order = stable(env!("CARGO_MANIFEST_DIR")), except = 1456..=1456)]
fn serve(args: Args, #[free_port] listener: TcpListener, #[free_port(order = random, crate = ::harness)] other: UdpSocket, #[free_port(order = policy.order)] third: TcpListener, policy: Policy) {}
----
fn serve(args: Args, policy: Policy) {
    {
        let __free_port_filled = {
            let __free_port_request = ::port_runtime::PortRequest::new()
                .port(args.port)
                .range([1455, 1457])
                .order(::port_runtime::Order::stable(env!("CARGO_MANIFEST_DIR")))
                .except(1456..=1456);
            match <TcpListener as ::port_runtime::FromFreePort>::from_free_port(
                &__free_port_request,
            ) {
                ::core::result::Result::Ok(__free_port_value) => __free_port_value,
                ::core::result::Result::Err(__free_port_error) => {
                    ::port_runtime::__private::Panic
                        .__free_port_panic(__free_port_error, "listener: TcpListener")
                }
            }
        };
        let listener: TcpListener = __free_port_filled;
        let __free_port_filled = {
            let __free_port_request = ::harness::port_runtime::PortRequest::new()
                .port(args.port)
                .range([1455, 1457])
                .except(1456..=1456)
                .order(::harness::port_runtime::Order::random());
            match <UdpSocket as ::harness::port_runtime::FromFreePort>::from_free_port(
                &__free_port_request,
            ) {
                ::core::result::Result::Ok(__free_port_value) => __free_port_value,
                ::core::result::Result::Err(__free_port_error) => {
                    ::harness::port_runtime::__private::Panic
                        .__free_port_panic(__free_port_error, "other: UdpSocket")
                }
            }
        };
        let other: UdpSocket = __free_port_filled;
        let __free_port_filled = {
            let __free_port_request = ::port_runtime::PortRequest::new()
                .port(args.port)
                .range([1455, 1457])
                .except(1456..=1456)
                .order(policy.order);
            match <TcpListener as ::port_runtime::FromFreePort>::from_free_port(
                &__free_port_request,
            ) {
                ::core::result::Result::Ok(__free_port_value) => __free_port_value,
                ::core::result::Result::Err(__free_port_error) => {
                    ::port_runtime::__private::Panic
                        .__free_port_panic(__free_port_error, "third: TcpListener")
                }
            }
        };
        let third: TcpListener = __free_port_filled;
        '__free_port_body: {}
    }
}
