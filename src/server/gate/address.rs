//! Whose request it is: the peer's address, or what a proxy that we trust says of it.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use axum::extract::{ConnectInfo, Request};
use ipnet::IpNet;

/// The header of proxies. Only the last addresses in it were written by proxies that we know.
const FORWARDED: &str = "x-forwarded-for";

/// The address that the request counts for. A request without a peer, as in tests of the router, counts as from here.
pub fn of(request: &Request, trusted: &[IpNet]) -> IpAddr {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip());
    let peer = peer.unwrap_or(IpAddr::V4(Ipv4Addr::LOCALHOST)).to_canonical();
    let headers = request.headers().get_all(FORWARDED);
    let told: Vec<&str> = headers.iter().filter_map(|value| value.to_str().ok()).collect();
    behind(peer, &told.join(","), trusted)
}

/// From the right, the first address that is no proxy of ours; the peer, where it is none.
fn behind(peer: IpAddr, forwarded: &str, trusted: &[IpNet]) -> IpAddr {
    let is_trusted = |address: &IpAddr| trusted.iter().any(|net| net.contains(address));
    let mut address = peer;
    for told in forwarded.rsplit(',') {
        if !is_trusted(&address) {
            break;
        }
        match told.trim().parse::<IpAddr>() {
            Ok(next) => address = next.to_canonical(),
            Err(_) => break,
        }
    }
    address
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_proxies_that_are_known_are_believed() {
        let ip = |text: &str| text.parse::<IpAddr>().unwrap();
        let trusted = ["10.0.0.0/8".parse().unwrap(), "127.0.0.1/32".parse().unwrap()];
        for (peer, forwarded, address) in [
            ("203.0.113.9", "198.51.100.1", "203.0.113.9"),
            ("127.0.0.1", "198.51.100.1", "198.51.100.1"),
            ("127.0.0.1", "", "127.0.0.1"),
            ("127.0.0.1", "nonsense", "127.0.0.1"),
            ("10.0.0.1", "6.6.6.6, 198.51.100.1, 10.0.0.2", "198.51.100.1"),
            ("10.0.0.1", "6.6.6.6, nonsense, 10.0.0.2", "10.0.0.2"),
            ("10.0.0.1", "::ffff:198.51.100.1", "198.51.100.1"),
            ("10.0.0.1", "2001:db8::1", "2001:db8::1"),
        ] {
            assert_eq!(behind(ip(peer), forwarded, &trusted), ip(address), "{peer} {forwarded}");
            assert_eq!(behind(ip(peer), forwarded, &[]), ip(peer), "nobody is believed unasked");
        }
    }
}
