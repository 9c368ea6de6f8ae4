//! A service at work, whose routes and certificate can be replaced while it runs.
//!
//! Every request goes to the routes as they are when it comes. What is being answered then, and every socket, stays with the
//! routes that it came to: with their engines and their settings, until it ends. The engines go with the last of them.

use std::future::Future;
use std::net::SocketAddr;
use std::sync::{Arc, PoisonError, RwLock};

use axum::Router;
use axum::extract::Request;
use axum_server::Handle;
use axum_server::tls_rustls::RustlsConfig;
use hyper_util::rt::TokioTimer;
use tower::ServiceExt;

use super::life::Life;
use super::{HEADER_TIME, Server, TIME_TO_FINISH, TlsFiles};

/// The service. Cloning shares it.
#[derive(Clone)]
pub struct RunningServer {
    routes: Arc<RwLock<Router>>,
    life: Life,
    certificate: Option<RustlsConfig>,
}

/// Reads a certificate and its key.
///
/// # Errors
/// Where they cannot be used; the sentence names both.
pub async fn read_certificate(files: &TlsFiles) -> std::io::Result<RustlsConfig> {
    let TlsFiles { certificate, key } = files;
    RustlsConfig::from_pem_file(certificate, key).await.map_err(|e| {
        let (certificate, key) = (certificate.display(), key.display());
        std::io::Error::new(e.kind(), format!("the certificate {certificate} with the key {key}: {e}"))
    })
}

impl RunningServer {
    /// The service with these routes and this certificate.
    ///
    /// # Errors
    /// Where the certificate cannot be used.
    pub async fn new(server: Server) -> std::io::Result<Self> {
        let certificate = match &server.tls {
            Some(files) => Some(read_certificate(files).await?),
            None => None,
        };
        let life = server.life.clone();
        Ok(Self { routes: Arc::new(RwLock::new(server.router())), life, certificate })
    }

    /// Answers what comes from now on with these routes.
    pub fn replace(&self, server: Server) {
        let routes = Server { life: self.life.clone(), ..server }.router();
        *self.routes.write().unwrap_or_else(PoisonError::into_inner) = routes;
    }

    /// Shows this certificate to who connects from now on; without TLS nothing happens.
    pub fn replace_certificate(&self, certificate: &RustlsConfig) {
        if let Some(current) = &self.certificate {
            current.reload_from_config(certificate.get_inner());
        }
    }

    /// Serves until `stop` comes; what is being answered then is finished, if it takes no longer than 10 s.
    ///
    /// # Errors
    /// Where the listener cannot be used.
    pub async fn serve(
        self,
        listener: tokio::net::TcpListener,
        stop: impl Future<Output = ()> + Send + 'static,
    ) -> std::io::Result<()> {
        let (handle, life, routes) = (Handle::new(), self.life, self.routes);
        let current = move |request: Request| {
            let routes = routes.read().unwrap_or_else(PoisonError::into_inner).clone();
            routes.oneshot(request)
        };
        let service = Router::new().fallback(current).into_make_service_with_connect_info::<SocketAddr>();
        let listener = listener.into_std()?;
        let stopping = tokio::spawn({
            let (handle, life) = (handle.clone(), life.clone());
            async move {
                stop.await;
                life.stop();
                handle.graceful_shutdown(Some(TIME_TO_FINISH));
            }
        });
        match self.certificate {
            Some(certificate) => {
                let mut server = axum_server::from_tcp_rustls(listener, certificate)?.handle(handle);
                server.http_builder().http1().timer(TokioTimer::new()).header_read_timeout(HEADER_TIME);
                server.serve(service).await?;
            }
            None => {
                let mut server = axum_server::from_tcp(listener)?.handle(handle);
                server.http_builder().http1().timer(TokioTimer::new()).header_read_timeout(HEADER_TIME);
                server.serve(service).await?;
            }
        }
        stopping.abort();
        life.ended(TIME_TO_FINISH).await;
        Ok(())
    }
}
