//! `#[test]` and what stands beside it.

use std::net::TcpListener;

use port_runtime::with_free_port;

use crate::support::answers;

#[with_free_port]
#[test]
fn above_test(listener: TcpListener) {
    assert!(answers(&listener));
}

#[with_free_port]
#[test]
#[should_panic(expected = "the body runs, with 127.0.0.1:")]
fn above_should_panic(listener: TcpListener) {
    panic!("the body runs, with {}", listener.local_addr().unwrap());
}

#[should_panic(expected = "the body runs, with 127.0.0.1:")]
#[with_free_port]
#[test]
fn below_should_panic(listener: TcpListener) {
    panic!("the body runs, with {}", listener.local_addr().unwrap());
}

#[with_free_port]
#[test]
#[ignore = "pinned: an ignored test stays ignored"]
fn above_ignore(_listener: TcpListener) {
    unreachable!("ignored");
}

#[ignore = "pinned: an ignored test stays ignored"]
#[with_free_port]
#[test]
fn below_ignore(_listener: TcpListener) {
    unreachable!("ignored");
}

#[with_free_port]
#[test]
fn above_test_with_result(listener: TcpListener) -> Result<(), Box<dyn std::error::Error>> {
    listener.local_addr()?.port().checked_sub(1).ok_or("port 0")?;
    Ok(())
}

#[cfg_attr(all(), with_free_port)]
#[test]
fn in_cfg_attr(listener: TcpListener) {
    assert!(answers(&listener));
}

#[cfg_attr(all(), with_free_port(host = "127.0.0.1"), test)]
fn with_test_in_cfg_attr(listener: TcpListener) {
    assert!(answers(&listener));
}

#[cfg(any())]
#[with_free_port]
#[test]
fn below_cfg(listener: Missing) {}

#[with_free_port]
#[cfg(any())]
#[test]
fn above_cfg(listener: Missing) {}

mod nested {
    mod deeper {
        use port_runtime::with_free_port;

        #[with_free_port]
        #[test]
        fn above_test(listener: std::net::TcpListener) {
            assert!(crate::support::answers(&listener));
        }
    }
}

macro_rules! tests {
    ($($name:ident => $expected:literal,)*) => {
        $(
            #[with_free_port(host = $expected)]
            #[test]
            fn $name(listener: TcpListener) {
                assert_eq!(listener.local_addr().unwrap().ip().to_string(), $expected);
            }
        )*
    };
}

tests! {
    from_macro_rules => "127.0.0.1",
    from_macro_rules_again => "127.0.0.2",
}

#[with_free_port]
#[test]
fn functions_inside_functions(outer: TcpListener) {
    #[with_free_port]
    fn inner(listener: TcpListener) -> bool {
        answers(&listener)
    }
    assert!(inner() && answers(&outer));
}
