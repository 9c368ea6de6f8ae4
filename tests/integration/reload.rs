//! SIGHUP at the running service: settings are taken up whole or not at all, and nobody who is being answered is lost.

use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::common::{data, fixture, service};

/// printf open-sesame | sha256sum
const KEY_SUM: &str = "d7ecdf25eaf3deba0f2628771dbdd22d4138ab6cf38f91ed02a2ca0dec7c8ab7";
const PATIENCE: Duration = Duration::from_secs(60);

/// A service whose settings stand in a file.
struct Configured {
    child: Child,
    address: String,
    folder: tempfile::TempDir,
}

impl Drop for Configured {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Configured {
    fn with(settings: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (file, log) = (folder.path().join("hoidap.toml"), folder.path().join("log"));
        std::fs::write(&file, settings).unwrap();
        let own = folder.path().join("data");
        service::own_data(&own, &["models", "regulations", "espeak-ng-data"]);
        let mut child = Command::new(env!("CARGO_BIN_EXE_hoidap"))
            .args(["serve", "--listen", "127.0.0.1:0", "--no-warm-up"])
            .env("HOIDAP_CONFIG", &file)
            .env("HOIDAP_DATA", &own)
            .env_remove("HOIDAP_VOICE")
            .env_remove("HOIDAP_LOG")
            .stdout(Stdio::piped())
            .stderr(std::fs::File::create(log).unwrap())
            .spawn()
            .unwrap();
        let address = service::when_ready(&mut child);
        Self { child, address, folder }
    }

    /// Writes other settings and tells the service; gives what it logs of them.
    fn reload(&self, settings: &str) -> String {
        std::fs::write(self.folder.path().join("hoidap.toml"), settings).unwrap();
        let before = self.log().len();
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args(["-HUP", &pid]).status().unwrap().success());
        let began = Instant::now();
        loop {
            let log = self.log().split_off(before);
            // Its last line tells how it ended.
            if log.lines().any(|line| {
                ["taken up", "none has changed", "refused whole"].iter().any(|end| line.contains(end))
            }) {
                std::thread::sleep(Duration::from_millis(100));
                return self.log().split_off(before);
            }
            assert!(began.elapsed() < PATIENCE, "{log}");
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    fn log(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("log")).unwrap()
    }

    fn get(&self, path: &str, key: Option<&str>) -> (u16, String) {
        let agent: ureq::Agent = ureq::Agent::config_builder().http_status_as_error(false).build().into();
        let mut request = agent.get(format!("http://{}{path}", self.address));
        if let Some(key) = key {
            request = request.header("authorization", format!("Bearer {key}"));
        }
        let mut answer = request.call().unwrap();
        (answer.status().as_u16(), answer.body_mut().read_to_string().unwrap())
    }

    fn ready(&self) -> Value {
        serde_json::from_str(&self.get("/readyz", None).1).unwrap()
    }

    /// The events of the answer to this recording.
    fn ask(&self, recording: &[u8]) -> String {
        let agent: ureq::Agent = ureq::Agent::config_builder().http_status_as_error(false).build().into();
        let request = agent.post(format!("http://{}/api/ask", self.address)).content_type("audio/wav");
        let mut answer = request.send(recording).unwrap();
        assert_eq!(answer.status().as_u16(), 200);
        answer.body_mut().read_to_string().unwrap()
    }

    fn ask_in_words(&self, words: &str) -> (u16, String) {
        let agent: ureq::Agent = ureq::Agent::config_builder().http_status_as_error(false).build().into();
        let request = agent.post(format!("http://{}/api/ask", self.address)).content_type("application/json");
        let mut answer = request.send(json!({ "text": words }).to_string()).unwrap();
        (answer.status().as_u16(), answer.body_mut().read_to_string().unwrap())
    }
}

#[test]
fn what_can_be_taken_up_is_and_what_needs_a_restart_is_named() {
    let service = Configured::with("voice = \"espeak-ng\"\nspeech_model = \"whisper-base-q8_0\"\n");
    assert_eq!(service.get("/metrics", None).0, 200);
    let base = "voice = \"espeak-ng\"\nspeech_model = \"whisper-base-q8_0\"\n";
    let log = service.reload(&format!("{base}api_keys = [\"{KEY_SUM}\"]\nlisten = \"127.0.0.1:9\"\n"));
    assert!(log.contains("taken up: api_keys"), "{log}");
    assert!(log.contains("as before until the next start: listen"), "{log}");
    assert_eq!(service.get("/metrics", None).0, 401);
    let (status, metrics) = service.get("/metrics", Some("open-sesame"));
    assert_eq!(status, 200);
    assert!(metrics.contains("hoidap_reloads_total{result=\"taken_up\"} 1"), "{metrics}");
    let log = service.reload(base);
    assert!(log.contains("taken up: api_keys"), "{log}");
    assert_eq!(service.get("/metrics", None).0, 200);
    assert!(service.reload(base).contains("none has changed"));
    // Sound over the new limit is refused.
    service.reload(&format!("{base}max_audio_seconds = 0.5\n"));
    let told = service.ask(&std::fs::read(fixture("vi-khai-sinh-16k.wav")).unwrap());
    assert!(told.contains("error"), "{told}");
    assert_eq!(service.ask_in_words("Đăng ký khai sinh cần giấy tờ gì?").0, 200);
}

#[test]
fn wrong_settings_are_refused_whole_and_the_old_ones_go_on() {
    let base = "voice = \"espeak-ng\"\nspeech_model = \"whisper-base-q8_0\"\n";
    let service = Configured::with(base);
    let key = format!("api_keys = [\"{KEY_SUM}\"]\n");
    for (wrong, reason) in [
        (format!("{base}{key}no_such_setting = 1\n"), "no_such_setting"),
        (format!("{base}{key}allowed_origins = [\"example\"]\n"), "example"),
        (format!("{base}api_keys = [\"the key itself\"]\n"), "api_keys"),
        (format!("{base}{key}calendar = \"/nowhere/calendar.toml\"\n"), "/nowhere/calendar.toml"),
        (format!("voice = \"espeak-ng\"\nspeech_model = \"no-such-model\"\n{key}"), "no-such-model"),
        (format!("voice = \"no-such-voice\"\nspeech_model = \"whisper-base-q8_0\"\n{key}"), "no-such-voice"),
        (format!("{base}{key}voice_rate = 9.0\n"), "a voice speaks at"),
        (format!("{base}{key}tls_certificate = \"/nowhere\"\n"), "tls_key"),
        ("= broken".to_owned(), "TOML parse error"),
    ] {
        let log = service.reload(&wrong);
        let line = log
            .lines()
            .find(|line| line.contains("refused whole"))
            .unwrap_or_else(|| panic!("{wrong}: {log}"));
        assert!(line.contains(reason), "{wrong}: {line}");
        assert_eq!(service.get("/metrics", None).0, 200, "{wrong}: no part of it was taken up");
        assert_eq!(service.ready()["hearing"], "whisper-base-q8_0");
        assert_eq!(service.ask_in_words("Đăng ký khai sinh cần giấy tờ gì?").0, 200);
    }
}

#[test]
fn models_are_swapped_without_losing_a_talker() {
    assert!(data().join("models/whisper-base-q8_0").is_dir(), "run `make test`, which sets it up");
    let settings = |model: &str| {
        format!("voice = \"espeak-ng\"\nspeech_model = \"{model}\"\nrequests_per_address = 0\n")
    };
    let service = Configured::with(&settings("whisper-base-q8_0"));
    let recording = std::fs::read(fixture("vi-khai-sinh-16k.wav")).unwrap();
    let has_ended = AtomicBool::new(false);
    let answers = std::thread::scope(|scope| {
        let asking: Vec<_> = (0..2)
            .map(|_| {
                scope.spawn(|| {
                    let mut answers = vec![];
                    while !has_ended.load(Ordering::Relaxed) {
                        answers.push(service.ask(&recording));
                    }
                    answers
                })
            })
            .collect();
        std::thread::sleep(Duration::from_secs(2));
        for model in ["whisper-small-q8_0", "whisper-base-q8_0"] {
            let log = service.reload(&settings(model));
            assert!(log.contains("taken up: speech_model"), "{log}");
            assert_eq!(service.ready()["hearing"], model);
            service.ask(&recording); // which the new one hears
        }
        has_ended.store(true, Ordering::Relaxed);
        asking.into_iter().flat_map(|asking| asking.join().unwrap()).collect::<Vec<String>>()
    });
    assert!(answers.len() >= 4, "{}", answers.len());
    for told in &answers {
        assert!(told.contains("event: done") || told.contains("event:done"), "{told}");
        assert!(!told.contains("event: error") && !told.contains("event:error"), "{told}");
    }
    // The engine that is no longer used goes: its threads are not there any more.
    let names = || {
        let tasks = PathBuf::from(format!("/proc/{}/task", service.child.id()));
        let names = std::fs::read_dir(tasks).unwrap().flatten();
        names.filter_map(|task| std::fs::read_to_string(task.path().join("comm")).ok()).collect::<Vec<_>>()
    };
    let began = Instant::now();
    while names().iter().filter(|name| name.trim() == "ears").count() > 1 {
        assert!(began.elapsed() < PATIENCE, "{:?}", names());
        std::thread::sleep(Duration::from_millis(200));
    }
}
