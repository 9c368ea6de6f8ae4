//! TLS to the server: what the system trusts, and the agency's own authority where it has one.

use std::path::Path;
use std::sync::Arc;

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};

use super::RemoteError;

/// A client that believes the system's authorities and those in a PEM file.
///
/// # Errors
/// Where the file cannot be read or holds no certificate.
pub(super) fn client(authorities: Option<&Path>) -> Result<ClientConfig, RemoteError> {
    let mut roots = RootCertStore::empty();
    let of_system = rustls_native_certs::load_native_certs();
    if of_system.certs.is_empty() && authorities.is_none() {
        return Err(RemoteError::Tls("this system trusts no authority (package ca-certificates)".to_owned()));
    }
    roots.add_parsable_certificates(of_system.certs);
    if let Some(path) = authorities {
        let wrong = |error: String| RemoteError::Authorities(path.to_owned(), error);
        let pem = std::fs::read(path).map_err(|e| wrong(e.to_string()))?;
        let mut count = 0;
        for certificate in CertificateDer::pem_slice_iter(&pem) {
            let certificate = certificate.map_err(|e| wrong(format!("{e:?}")))?;
            roots.add(certificate).map_err(|e| wrong(e.to_string()))?;
            count += 1;
        }
        if count == 0 {
            return Err(wrong("there are none".to_owned()));
        }
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    let builder = builder.map_err(|error| RemoteError::Tls(error.to_string()))?;
    Ok(builder.with_root_certificates(roots).with_no_client_auth())
}
