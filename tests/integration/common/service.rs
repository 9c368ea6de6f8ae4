//! The running service, for the tests that speak to it over a socket.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use super::data;

/// The binary, serving on a port of its own until it is dropped.
pub struct Service {
    pub child: Child,
    /// Host and port.
    pub address: String,
    /// Host and port of the Wyoming protocol, where the settings ask for it.
    pub wyoming: Option<String>,
    /// Whom its clients must trust, where it speaks TLS.
    pub certificate: Option<std::path::PathBuf>,
    /// Where its database lies.
    pub folder: tempfile::TempDir,
    /// Its own data folder, where it has one.
    pub data: Option<tempfile::TempDir>,
}

impl Drop for Service {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Starts the service over the tests' data.
pub fn service() -> Service {
    service_hearing_with("whisper-small-q8_0")
}

/// The same with another speech model: the smaller one, where what is heard does not matter.
pub fn service_hearing_with(model: &str) -> Service {
    service_with(model, &[])
}

/// One that has the law and a voice but no ears, and a data folder of its own: it starts at once.
pub fn reading_service(settings: &[(&str, &str)]) -> Service {
    let folder = tempfile::tempdir().unwrap();
    let own = folder.path().join("data");
    own_data(&own, &["regulations", "espeak-ng-data"]);
    let mut all = vec![("HOIDAP_DATA", own.to_str().unwrap()), ("HOIDAP_VOICE", "espeak-ng")];
    all.extend(settings);
    let mut service = service_with("whisper-small-q8_0", &all);
    service.data = Some(folder);
    service
}

/// A data folder that shares these with the tests' own.
pub fn own_data(folder: &std::path::Path, names: &[&str]) {
    std::fs::create_dir_all(folder).unwrap();
    for name in names {
        std::os::unix::fs::symlink(data().join(name), folder.join(name)).unwrap();
    }
}

/// Host and port of a service that was started with its output piped, when it is ready. What it writes later is read by
/// somebody.
pub fn when_ready(child: &mut Child) -> String {
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let ready = lines.find_map(|line| line.unwrap().strip_prefix("ready: http://").map(str::to_owned));
    let address = ready.unwrap().trim_end_matches('/').to_owned();
    std::thread::spawn(move || lines.for_each(drop));
    address
}

/// The same with more settings.
pub fn service_with(model: &str, settings: &[(&str, &str)]) -> Service {
    let folder = tempfile::tempdir().unwrap();
    let mut child = Command::new(env!("CARGO_BIN_EXE_hoidap"))
        .args(["serve", "--listen", "127.0.0.1:0", "--no-warm-up"])
        .env("HOIDAP_DATA", data())
        .env("HOIDAP_DATABASE", super::store::database(folder.path()))
        .env("HOIDAP_MAX_AUDIO_BYTES", "3000000")
        .env("HOIDAP_KEEP_RECEIPTS", "false")
        .env("HOIDAP_SPEECH_MODEL", model)
        .env_remove("HOIDAP_VOICE")
        .envs(settings.iter().copied())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut wyoming = None;
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let ready = lines.find_map(|line| {
        let line = line.unwrap();
        if let Some(address) = line.strip_prefix("wyoming: tcp://") {
            wyoming = Some(address.to_owned());
        }
        let address = line.strip_prefix("ready: http://").or_else(|| line.strip_prefix("ready: https://"));
        address.map(str::to_owned)
    });
    let address = ready.unwrap().trim_end_matches('/').to_owned();
    Service { child, address, wyoming, certificate: None, folder, data: None }
}
