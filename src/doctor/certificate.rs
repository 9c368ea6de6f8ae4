//! The certificate: readable, of this key, and not about to expire.

use std::path::Path;

use axum_server::tls_rustls::RustlsConfig;
use jiff::{SignedDuration, Timestamp};
use x509_parser::pem::Pem;

use super::Finding;

/// Time enough to have a new one.
const SOON_DAYS: i64 = 21;

/// The chain and its key.
pub async fn look(certificate: &Path, key: &Path, now: Timestamp) -> Vec<Finding> {
    let mut findings = vec![match std::fs::read(certificate) {
        Ok(pem) => validity(&pem, now).unwrap_or_else(|reason| {
            let advice = "give the chain as PEM, our own certificate first (setting tls_certificate)";
            Finding::fail(
                "certificate",
                format!("{} cannot be read: {reason}", certificate.display()),
                advice,
            )
        }),
        Err(error) => Finding::fail(
            "certificate",
            format!("{} cannot be read: {error}", certificate.display()),
            "let the user of the service read it (setting tls_certificate)",
        ),
    }];
    // The service does the same when it starts.
    findings.push(match RustlsConfig::from_pem_file(certificate, key).await {
        Ok(_) => Finding::ok("key of the certificate", "it is that of the certificate"),
        Err(error) => Finding::fail(
            "key of the certificate",
            format!("{} with it: {error}", key.display()),
            "give the key with which the certificate was asked for, as PEM (setting tls_key)",
        ),
    });
    findings
}

/// When the first certificate of a chain ends; the reason where there is none.
fn validity(pem: &[u8], now: Timestamp) -> Result<Finding, String> {
    let first = Pem::iter_from_buffer(pem).next().ok_or("there is no certificate in it")?;
    let first = first.map_err(|e| e.to_string())?;
    let certificate = first.parse_x509().map_err(|e| e.to_string())?;
    let moment = |seconds: i64| Timestamp::from_second(seconds).map_err(|e| e.to_string());
    let begins = moment(certificate.validity().not_before.timestamp())?;
    let ends = moment(certificate.validity().not_after.timestamp())?;
    let renew = "have it renewed; the running service takes the new files at SIGHUP";
    let found = format!("of {}, until {}", certificate.subject(), ends.strftime("%Y-%m-%d"));
    Ok(if ends <= now {
        Finding::fail("certificate", format!("{found}: it has expired"), renew)
    } else if begins > now {
        Finding::fail("certificate", format!("{found}: it is not valid yet"), "look at the clock, too")
    } else if ends.duration_since(now) < SignedDuration::from_hours(24 * SOON_DAYS) {
        Finding::warn("certificate", found, renew)
    } else {
        Finding::ok("certificate", found)
    })
}

#[cfg(test)]
mod tests {
    use rcgen::{CertificateParams, KeyPair, date_time_ymd};

    use super::super::State;
    use super::*;

    fn make(key: &KeyPair) -> String {
        let mut params = CertificateParams::new(vec!["hoidap.example.vn".to_owned()]).unwrap();
        params.not_before = date_time_ymd(2026, 1, 1);
        params.not_after = date_time_ymd(2026, 12, 31);
        params.self_signed(key).unwrap().pem()
    }

    #[tokio::test]
    async fn one_that_ends_or_has_another_key_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let (certificate, key) = (folder.path().join("a.pem"), folder.path().join("a.key"));
        let (own, other) = (KeyPair::generate().unwrap(), KeyPair::generate().unwrap());
        std::fs::write(&certificate, make(&own)).unwrap();
        std::fs::write(&key, own.serialize_pem()).unwrap();
        for (now, state) in [
            ("2026-06-01T00:00:00Z", State::Ok),
            ("2026-12-20T00:00:00Z", State::Warn),
            ("2027-01-01T00:00:01Z", State::Fail),
            ("2025-12-01T00:00:00Z", State::Fail),
        ] {
            let found = look(&certificate, &key, now.parse().unwrap()).await;
            assert_eq!((found[0].state, found[1].state), (state, State::Ok), "{now}: {found:?}");
        }
        let now = "2026-06-01T00:00:00Z".parse().unwrap();
        std::fs::write(&key, other.serialize_pem()).unwrap();
        assert_eq!(look(&certificate, &key, now).await[1].state, State::Fail);
        std::fs::write(&certificate, "no PEM").unwrap();
        assert_eq!(look(&certificate, &key, now).await[0].state, State::Fail);
        assert_eq!(look(&folder.path().join("none"), &key, now).await[0].state, State::Fail);
    }
}
