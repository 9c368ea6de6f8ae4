//! OpenAI's own clients, unchanged, from their packages (`scripts/setup test` brings them), against the running service.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::common::service::{Service, service, service_with};
use crate::common::{fixture, shared};
use hoidap::audio::resample::change_rate;
use hoidap::audio::{AudioLimits, decode};

/// Runs a client's script of `tests/sdk`, which ends with 0 where all is as the client expects it. `prepared` makes of the
/// recording what the client sends.
fn proven_by(service: &Service, program: &str, script: &str, prepared: impl Fn(PathBuf) -> PathBuf) {
    let (scheme, authority) = match &service.certificate {
        Some(certificate) => ("https", certificate.as_path()),
        None => ("http", Path::new("")),
    };
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    // Without the owner's recordings nothing is sure to be heard, and only the plumbing is proven.
    let (recording, word) = match shared("speech/example-2.flac") {
        Some(clip) => (clip, "nghi ngờ"),
        None => (fixture("vi-khai-sinh-16k.wav"), ""),
    };
    let output = Command::new(program)
        .arg(root.join("tests/sdk").join(script))
        .arg(format!("{scheme}://{}/v1", service.address))
        .arg(prepared(recording))
        .arg(word)
        .env("NODE_EXTRA_CA_CERTS", authority)
        .env("PYTHONPATH", root.join(".deps/sdk/python"))
        .output()
        .unwrap();
    assert!(output.status.success(), "{script}: {}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn openais_python_client_hears_and_speaks() {
    proven_by(&service(), "python3", "openai_sdk.py", |recording| recording);
}

#[test]
fn openais_javascript_client_hears_and_speaks() {
    // Its realtime client speaks TLS and nothing else.
    let folder = tempfile::tempdir().unwrap();
    let made = rcgen::generate_simple_self_signed(vec!["127.0.0.1".to_owned()]).unwrap();
    let (certificate, key) = (folder.path().join("cert.pem"), folder.path().join("key.pem"));
    std::fs::write(&certificate, made.cert.pem()).unwrap();
    std::fs::write(&key, made.signing_key.serialize_pem()).unwrap();
    let tls = [
        ("HOIDAP_TLS_CERTIFICATE", certificate.to_str().unwrap()),
        ("HOIDAP_TLS_KEY", key.to_str().unwrap()),
    ];
    let mut service = service_with("whisper-small-q8_0", &tls);
    service.certificate = Some(certificate.clone());
    proven_by(&service, "node", "openai_sdk.mjs", |recording| recording);
}

#[test]
fn openais_python_client_talks_and_is_answered() {
    let folder = tempfile::tempdir().unwrap();
    proven_by(&service(), "python3", "openai_realtime.py", |recording| {
        let sound = decode(&std::fs::read(recording).unwrap(), &AudioLimits::default()).unwrap();
        let samples = change_rate(sound.samples().to_vec(), 16_000, 24_000).unwrap();
        let bytes: Vec<u8> = samples.iter().flat_map(|s| ((s * 32_767.0) as i16).to_le_bytes()).collect();
        let path = folder.path().join("question.pcm");
        std::fs::write(&path, bytes).unwrap();
        path
    });
}
