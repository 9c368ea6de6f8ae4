//! Who may connect. The protocol has no token, so an address is all there is to know a client by: with an allow-list
//! those in it are served, without one only this machine is.

use std::net::{IpAddr, SocketAddr};

use ipnet::IpNet;
use tokio::net::{TcpListener, lookup_host};

/// Why nobody can be served.
#[derive(Debug, thiserror::Error)]
pub enum AccessError {
    /// An entry of the list is something else.
    #[error("wyoming_allow takes addresses and networks, such as 192.168.1.20 or 192.168.1.0/24, not {0:?}")]
    NoNetwork(String),
    /// Others could reach it, and nobody said who may.
    #[error(
        "wyoming_listen {0} is open to other machines, and the Wyoming protocol asks nobody for a token: name in \
         wyoming_allow who may connect, or listen on 127.0.0.1"
    )]
    Open(String),
    /// The address cannot be listened on.
    #[error("{0} (wyoming_listen) cannot be served on: {1}")]
    Unusable(String, std::io::Error),
}

/// The addresses and networks that are served; where it is empty, loopback.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AllowList(Vec<IpNet>);

impl AllowList {
    /// Of addresses and networks in CIDR notation.
    ///
    /// # Errors
    /// Where an entry is neither.
    pub fn new(entries: &[String]) -> Result<Self, AccessError> {
        let network = |entry: &String| {
            let told = entry.trim();
            told.parse::<IpNet>()
                .or_else(|_| told.parse::<IpAddr>().map(IpNet::from))
                .map_err(|_| AccessError::NoNetwork(entry.clone()))
        };
        Ok(Self(entries.iter().map(network).collect::<Result<_, _>>()?))
    }

    /// Whether who comes from there is served.
    pub fn allows(&self, address: IpAddr) -> bool {
        let address = address.to_canonical(); // an IPv4 client of a socket for both
        if self.0.is_empty() {
            return address.is_loopback();
        }
        self.0.iter().any(|network| network.contains(&address))
    }

    /// Whether it names anybody.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Listens there, if that opens nothing to anybody who is not named.
    ///
    /// # Errors
    /// Where others could connect and the list is empty; where the address cannot be listened on.
    pub async fn listen(&self, address: &str) -> Result<TcpListener, AccessError> {
        let unusable = |error| AccessError::Unusable(address.to_owned(), error);
        let addresses: Vec<SocketAddr> = lookup_host(address).await.map_err(unusable)?.collect();
        let is_loopback = |address: &SocketAddr| address.ip().to_canonical().is_loopback();
        if self.0.is_empty() && !addresses.iter().all(is_loopback) {
            return Err(AccessError::Open(address.to_owned()));
        }
        TcpListener::bind(&addresses[..]).await.map_err(unusable)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(entries: &[&str]) -> Result<AllowList, AccessError> {
        AllowList::new(&entries.iter().map(|&entry| entry.to_owned()).collect::<Vec<_>>())
    }

    #[test]
    fn those_who_are_named_are_allowed_and_without_names_this_machine() {
        let allowed =
            |entries: &[&str], address: &str| list(entries).unwrap().allows(address.parse().unwrap());
        for (address, alone, home) in [
            ("127.0.0.1", true, false),
            ("::1", true, false),
            ("::ffff:127.0.0.1", true, false),
            ("192.168.1.77", false, true),
            ("::ffff:192.168.1.77", false, true),
            ("192.168.2.1", false, false),
            ("10.0.0.9", false, true),
            ("10.0.0.10", false, false),
            ("fd00::5", false, true),
            ("fe80::1", false, false),
        ] {
            assert_eq!(allowed(&[], address), alone, "{address}");
            assert_eq!(allowed(&["192.168.1.0/24", " 10.0.0.9 ", "fd00::/8"], address), home, "{address}");
        }
        for wrong in ["", "home", "192.168.1", "192.168.1.0/33", "192.168.1.0/24 10.0.0.9", "::/129"] {
            assert!(matches!(list(&[wrong]), Err(AccessError::NoNetwork(_))), "{wrong:?}");
        }
    }

    #[tokio::test]
    async fn nothing_is_opened_to_others_unless_they_are_named() {
        for open in ["0.0.0.0:0", "[::]:0"] {
            let error = list(&[]).unwrap().listen(open).await.unwrap_err();
            assert!(matches!(error, AccessError::Open(_)), "{error}");
        }
        assert!(list(&["10.0.0.0/8"]).unwrap().listen("0.0.0.0:0").await.is_ok());
        let taken = list(&[]).unwrap().listen("127.0.0.1:0").await.unwrap();
        let again = taken.local_addr().unwrap().to_string();
        for unusable in [again.as_str(), "127.0.0.1", "127.0.0.1:x", ""] {
            let error = list(&[]).unwrap().listen(unusable).await.unwrap_err();
            assert!(matches!(error, AccessError::Unusable(..)), "{error}");
        }
    }
}
