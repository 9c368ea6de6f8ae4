//! `GET /api/answers/{id}/qr.svg`: the address of an answer, to be photographed from a screen or from paper.

use std::fmt::Write;
use std::sync::Arc;

use axum::extract::State;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, HOST};
use axum::http::uri::Authority;
use axum::http::{HeaderMap, Uri};
use axum::response::{IntoResponse, Response};
use fast_qr::{ECL, QRBuilder};

use crate::pipeline::Pipeline;
use crate::receipts::ReceiptId;
use crate::server::answers::{IdInPath, NotKept, kept};

/// White around the code, in modules; ISO/IEC 18004 asks for 4.
const QUIET: usize = 4;
/// Longest name of a host with its port, in bytes.
const MAX_HOST: usize = 260;

/// Under which name the service is reached, as far as the request tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Address(Option<String>);

impl Address {
    /// From the `Host` of a request, where it is the name of a host and nothing else; whoever sends another one is
    /// given a relative address.
    ///
    /// Browsers send `Sec-Fetch-Site` to secure origins and to loopback only, so with it the scheme is `https`, but for
    /// loopback.
    pub(super) fn of(uri: &Uri, headers: &HeaderMap) -> Self {
        let mut hosts = headers.get_all(HOST).iter();
        let host = match (hosts.next(), hosts.next()) {
            (Some(host), None) => host.to_str().ok().map(str::to_owned),
            (None, _) => uri.authority().map(ToString::to_string),
            _ => None,
        };
        let Some(host) = host.filter(|host| is_host(host)) else { return Self(None) };
        let is_secure = headers.contains_key("sec-fetch-site") && !is_loopback(&host);
        Self(Some(format!("{}://{host}", if is_secure { "https" } else { "http" })))
    }

    /// Where an answer is shown again.
    pub(super) fn of_answer(&self, id: &ReceiptId) -> String {
        format!("{}/cau-tra-loi/{id}", self.0.as_deref().unwrap_or_default())
    }
}

/// Whether this is the name or the number of a host, with a port or without.
fn is_host(text: &str) -> bool {
    let Ok(authority) = text.parse::<Authority>() else { return false };
    let host = authority.host();
    let port = text.strip_prefix(host);
    let port_is_fine =
        port.is_some_and(|port| port.is_empty() || authority.port_u16().is_some_and(|port| port > 0));
    text.len() <= MAX_HOST && port_is_fine && (is_name(host) || is_ipv6(host))
}

fn is_name(host: &str) -> bool {
    let is_label = |label: &str| {
        let fits = (1..=63).contains(&label.len()) && !label.starts_with('-') && !label.ends_with('-');
        fits && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
    };
    host.split('.').all(is_label)
}

fn is_ipv6(host: &str) -> bool {
    let number = host.strip_prefix('[').and_then(|host| host.strip_suffix(']'));
    number.is_some_and(|number| number.parse::<std::net::Ipv6Addr>().is_ok())
}

fn is_loopback(host: &str) -> bool {
    let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
    name == "localhost"
        || name == "[::1]"
        || name.parse::<std::net::Ipv4Addr>().is_ok_and(|ip| ip.is_loopback())
}

/// The handler.
pub(super) async fn qr(
    State(pipeline): State<Arc<Pipeline>>,
    id: IdInPath,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, NotKept> {
    let receipt = kept(&pipeline, id).await?;
    let address = Address::of(&uri, &headers).of_answer(&receipt.id);
    let svg = svg(&address).ok_or(NotKept::Unreadable)?;
    let kind = "image/svg+xml; charset=utf-8";
    Ok(([(CONTENT_TYPE, kind), (CACHE_CONTROL, "private, no-store")], svg).into_response())
}

/// The code of a text as SVG, black on white, one unit a module; null for a text that is too long for one.
fn svg(text: &str) -> Option<String> {
    let code = QRBuilder::new(text).ecl(ECL::M).build().ok()?;
    let side = code.size + 2 * QUIET;
    let mut path = String::new();
    for y in 0..code.size {
        let row = &code[y];
        let mut x = 0;
        while x < code.size {
            let length = row[x..code.size].iter().take_while(|module| module.value()).count();
            if length > 0 {
                let _ = write!(path, "M{} {}h{length}v1h-{length}z", x + QUIET, y + QUIET);
            }
            x += length.max(1);
        }
    }
    Some(format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {side} {side}\" shape-rendering=\"crispEdges\">\
         <rect width=\"{side}\" height=\"{side}\" fill=\"#fff\"/><path d=\"{path}\" fill=\"#000\"/></svg>"
    ))
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn address(hosts: &[&str], is_secure: bool) -> Option<String> {
        let mut headers = HeaderMap::new();
        for host in hosts {
            headers.append(HOST, HeaderValue::from_str(host).unwrap());
        }
        if is_secure {
            headers.insert("sec-fetch-site", HeaderValue::from_static("same-origin"));
        }
        Address::of(&Uri::from_static("/hoi"), &headers).0
    }

    #[test]
    fn only_the_name_of_a_host_makes_an_address() {
        for fine in ["hoidap.example.vn", "127.0.0.1:8080", "[::1]:8080", "localhost", "may-chu:80"] {
            assert_eq!(address(&[fine], false), Some(format!("http://{fine}")), "{fine}");
        }
        let long = format!("{}.vn", "a".repeat(300));
        for trick in [
            "a@evil.example",
            "evil.example/x?",
            "evil.example#",
            "a b",
            "\"><script>",
            "..",
            "-a.vn",
            "a:99999",
            "a:",
            "a:0",
            "[::1",
            "[::x]",
            "",
            "evil.example\\x",
            "javascript:alert(1)",
            "a..vn",
            long.as_str(),
        ] {
            assert_eq!(address(&[trick], false), None, "{trick}");
        }
        assert_eq!(address(&["a.vn", "b.vn"], false), None, "two hosts are none");
        assert_eq!(address(&[], false), None);
        assert_eq!(address(&["hoidap.example.vn"], true).as_deref(), Some("https://hoidap.example.vn"));
        assert_eq!(address(&["127.0.0.1:8080"], true).as_deref(), Some("http://127.0.0.1:8080"));
    }
}
