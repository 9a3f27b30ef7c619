//! Methods of `#[async_trait]`, which has made them return a boxed future before ours runs.

use std::io;
use std::sync::Arc;

use async_trait::async_trait;
use port_runtime::with_free_port;
use tokio::net::TcpListener;

use crate::support::answers_async;

#[async_trait]
trait Service: Send + Sync {
    async fn serve(&self) -> io::Result<String>;

    async fn serve_mut(&mut self, greeting: &str) -> String;

    async fn create() -> Self
    where
        Self: Sized;

    #[with_free_port]
    async fn provided(&self, listener: TcpListener) -> io::Result<bool> {
        answers_async(&listener).await
    }

    #[with_free_port]
    async fn generic<T: AsRef<str> + Send>(
        &self,
        text: T,
        #[free_port] listener: TcpListener,
    ) -> Result<usize, Box<dyn std::error::Error + Send + Sync>>
    where
        Self: Sized,
    {
        answers_async(&listener).await?;
        Ok(text.as_ref().len())
    }
}

struct Greeter {
    name: String,
    preferred: u16,
}

#[async_trait]
impl Service for Greeter {
    #[with_free_port(prefer = self.preferred)]
    async fn serve(&self, listener: TcpListener) -> io::Result<String> {
        answers_async(&listener).await?;
        Ok(format!("hello {}", self.name))
    }

    #[with_free_port]
    async fn serve_mut(
        &mut self,
        greeting: &str,
        #[free_port] (listener, _): (TcpListener, tokio::net::UdpSocket),
    ) -> String {
        self.preferred = listener.local_addr().unwrap().port();
        format!("{greeting} {}", self.name)
    }

    #[with_free_port]
    async fn create(listener: TcpListener) -> Self {
        Self { name: "world".to_owned(), preferred: listener.local_addr().unwrap().port() }
    }
}

/// Without `Send`, for runtimes of one thread.
#[async_trait(?Send)]
trait Local {
    async fn serve(&self) -> bool;
}

#[async_trait(?Send)]
impl Local for u8 {
    #[with_free_port]
    async fn serve(&self, listener: TcpListener) -> bool {
        answers_async(&listener).await.unwrap() && *self > 0
    }
}

#[tokio::test]
async fn methods_are_filled() {
    let mut greeter = Greeter::create().await;
    assert_eq!(greeter.serve().await.unwrap(), "hello world");
    assert_eq!(greeter.serve_mut("good morning").await, "good morning world");
    assert_eq!(greeter.generic("four").await.unwrap(), 4);
    assert!(5.serve().await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn methods_are_spawned_through_a_trait_object() {
    let service: Arc<dyn Service> = Arc::new(Greeter::create().await);
    let copy = Arc::clone(&service);
    assert_eq!(tokio::spawn(async move { copy.serve().await }).await.unwrap().unwrap(), "hello world");
    assert!(tokio::spawn(async move { service.provided().await }).await.unwrap().unwrap());
}
