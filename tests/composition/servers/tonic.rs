//! A gRPC service by hand: what tonic-build would write for one method, with text for messages.

use std::convert::Infallible;
use std::future::{Ready, ready};
use std::task::{Context, Poll};

use bytes::{Buf, BufMut};
use port_runtime::with_free_port;
use tokio::net::TcpListener;
use tonic::body::Body;
use tonic::codec::{Codec, DecodeBuf, Decoder, EncodeBuf, Encoder};
use tonic::codegen::{BoxFuture, Service, http};
use tonic::server::UnaryService;
use tonic::transport::server::TcpIncoming;
use tonic::transport::{Channel, Server};
use tonic::{Code, Request, Response, Status};

#[derive(Clone, Copy)]
struct Text;

impl Codec for Text {
    type Encode = String;
    type Decode = String;
    type Encoder = Self;
    type Decoder = Self;

    fn encoder(&mut self) -> Self {
        *self
    }

    fn decoder(&mut self) -> Self {
        *self
    }
}

impl Encoder for Text {
    type Item = String;
    type Error = Status;

    fn encode(&mut self, item: String, buffer: &mut EncodeBuf<'_>) -> Result<(), Status> {
        buffer.put_slice(item.as_bytes());
        Ok(())
    }
}

impl Decoder for Text {
    type Item = String;
    type Error = Status;

    fn decode(&mut self, buffer: &mut DecodeBuf<'_>) -> Result<Option<String>, Status> {
        let bytes = buffer.copy_to_bytes(buffer.remaining());
        String::from_utf8(bytes.into()).map(Some).map_err(|error| Status::invalid_argument(error.to_string()))
    }
}

struct Greet;

impl UnaryService<String> for Greet {
    type Response = String;
    type Future = Ready<Result<Response<String>, Status>>;

    fn call(&mut self, request: Request<String>) -> Self::Future {
        ready(match request.into_inner() {
            name if name.is_empty() => Err(Status::invalid_argument("who?")),
            name => Ok(Response::new(format!("hello {name}"))),
        })
    }
}

#[derive(Clone)]
struct Greeter;

impl Service<http::Request<Body>> for Greeter {
    type Response = http::Response<Body>;
    type Error = Infallible;
    type Future = BoxFuture<Self::Response, Infallible>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: http::Request<Body>) -> Self::Future {
        assert_eq!(request.uri().path(), "/test.Greeter/Greet");
        Box::pin(async move { Ok(tonic::server::Grpc::new(Text).unary(Greet, request).await) })
    }
}

#[with_free_port]
#[tokio::test]
async fn serves(listener: TcpListener) -> Result<(), Box<dyn std::error::Error>> {
    let address = listener.local_addr()?;
    let server =
        tokio::spawn(async move { Server::builder().serve_with_incoming(Greeter, TcpIncoming::from(listener)).await });
    let channel = Channel::from_shared(format!("http://{address}"))?.connect().await?;
    let mut client = tonic::client::Grpc::new(channel);
    let path = http::uri::PathAndQuery::from_static("/test.Greeter/Greet");
    client.ready().await?;
    let greeting = client.unary(Request::new("world".to_owned()), path.clone(), Text).await?;
    assert_eq!(greeting.into_inner(), "hello world");
    client.ready().await?;
    let refusal = client.unary(Request::new(String::new()), path, Text).await.unwrap_err();
    assert_eq!((refusal.code(), refusal.message()), (Code::InvalidArgument, "who?"));
    server.abort();
    Ok(())
}
