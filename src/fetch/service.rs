//! A service elsewhere that is asked by HTTP: OpenAI's interface to voices and ears, which many servers speak.
//!
//! Everything has a limit: a server that hangs, sends rubbish or too much costs one request, no more. The key is sent to
//! the host that the settings name and to no other, and is never told.

use std::time::Duration;

use ureq::tls::{RootCerts, TlsConfig};

/// A host that does not take the connection within this time is dead.
const CONNECT: Duration = Duration::from_secs(4);
/// So much of what a server says of its failure is told, in characters.
const TOLD: usize = 200;

/// One service.
pub struct Service {
    agent: ureq::Agent,
    base: String,
    key: Option<String>,
}

impl Service {
    /// At `url` (`https://host`, with or without `/v1`), which is asked with `key` as a bearer token. A request is
    /// answered `within` that time or has failed. Null where `url` is no address of HTTP.
    pub fn new(url: &str, key: Option<String>, within: Duration) -> Option<Self> {
        let base = url.trim_end_matches('/').trim_end_matches("/v1").trim_end_matches('/');
        let host = base.strip_prefix("https://").or_else(|| base.strip_prefix("http://"))?;
        if host.is_empty() || host.starts_with('/') || host.contains(char::is_whitespace) {
            return None;
        }
        let tls = TlsConfig::builder().root_certs(RootCerts::PlatformVerifier).build();
        let agent = ureq::Agent::config_builder()
            .timeout_connect(Some(CONNECT))
            .timeout_global(Some(within))
            .http_status_as_error(false)
            .max_redirects(0) // neither the key nor what is sent goes anywhere else
            .tls_config(tls)
            .build()
            .into();
        Some(Self { agent, base: base.to_owned(), key })
    }

    /// Where it is, without `/v1`.
    pub fn base(&self) -> &str {
        &self.base
    }

    /// Posts `body` to `path`; what came back, of at most `max_bytes`. The error says in a line what went wrong.
    pub fn post(&self, path: &str, kind: &str, body: &[u8], max_bytes: u64) -> Result<Vec<u8>, String> {
        let mut request = self.agent.post(format!("{}{path}", self.base)).header("content-type", kind);
        if let Some(key) = &self.key {
            request = request.header("authorization", format!("Bearer {key}"));
        }
        let mut response = request.send(body).map_err(|e| e.to_string())?;
        let status = response.status();
        let read = response.body_mut().with_config().limit(max_bytes).read_to_vec();
        if status != 200 {
            let told = read.unwrap_or_default();
            let told: String = String::from_utf8_lossy(&told).chars().take(TOLD).collect();
            return Err(format!("{status}, {told:?}"));
        }
        read.map_err(|e| e.to_string())
    }
}
