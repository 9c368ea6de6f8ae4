//! The address of the service: free, or answered by ourselves.

use std::net::{TcpListener, ToSocketAddrs};
use std::time::Duration;

use serde_json::Value;

use super::Finding;

const PATIENCE: Duration = Duration::from_secs(3);

/// The address that the settings name.
pub fn look(listen: &str, is_tls: bool) -> Finding {
    let other = "another program has it: stop that one, or set another address (setting listen)";
    match TcpListener::bind(listen) {
        Ok(_) => Finding::ok("address", format!("{listen} is free; no service runs there")),
        Err(error) if error.kind() == std::io::ErrorKind::AddrInUse => match ask(listen, is_tls) {
            Ok(state) if state.get("ready").and_then(Value::as_bool) == Some(true) => {
                Finding::ok("address", format!("the service answers on {listen} and is ready"))
            }
            Ok(state) if state.get("ready").is_some() => Finding::fail(
                "address",
                format!("the service answers on {listen} and is not ready: {state}"),
                "see what is missing, and its log",
            ),
            Ok(_) => Finding::fail("address", format!("what answers on {listen} is no hoidap"), other),
            Err(reason) => {
                Finding::fail("address", format!("{listen} is taken and does not answer ({reason})"), other)
            }
        },
        Err(error) => Finding::fail(
            "address",
            format!("{listen} cannot be served on: {error}"),
            "set an address of this machine (setting listen), and for ports below 1024 AmbientCapabilities=CAP_NET_BIND_SERVICE",
        ),
    }
}

/// What `/readyz` says there.
fn ask(listen: &str, is_tls: bool) -> Result<Value, String> {
    let address = listen.to_socket_addrs().map_err(|e| e.to_string())?.next().ok_or("no address")?;
    // Who listens everywhere is asked here.
    let host = match address.ip() {
        ip if !ip.is_unspecified() => address.to_string(),
        ip if ip.is_ipv4() => format!("127.0.0.1:{}", address.port()),
        _ => format!("[::1]:{}", address.port()),
    };
    // The certificate is for another name than this address, and is looked at by itself.
    let tls = ureq::tls::TlsConfig::builder().disable_verification(true).build();
    let agent: ureq::Agent = ureq::Agent::config_builder()
        .timeout_global(Some(PATIENCE))
        .http_status_as_error(false)
        .tls_config(tls)
        .build()
        .into();
    let scheme = if is_tls { "https" } else { "http" };
    let mut answer = agent.get(format!("{scheme}://{host}/readyz")).call().map_err(|e| e.to_string())?;
    let text = answer.body_mut().read_to_string().map_err(|e| e.to_string())?;
    Ok(serde_json::from_str(&text).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};

    use super::super::State;
    use super::*;

    fn answers(body: &'static str) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        std::thread::spawn(move || {
            for mut stream in listener.incoming().flatten() {
                let _ = stream.read(&mut [0; 1024]);
                let head = "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length";
                let _ = write!(stream, "{head}: {}\r\n\r\n{body}", body.len());
            }
        });
        address
    }

    #[test]
    fn a_free_address_ourselves_and_others_are_told_apart() {
        assert_eq!(look("127.0.0.1:0", false).state, State::Ok);
        let state = |body| look(&answers(body), false).state;
        assert_eq!(state("{\"ready\": true}"), State::Ok);
        assert_eq!(state("{\"ready\": false}"), State::Fail);
        assert_eq!(state("hello"), State::Fail);
        assert_eq!(look("203.0.113.1:80", false).state, State::Fail);
    }
}
