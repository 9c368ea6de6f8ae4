//! The kiosk, the real program with a real sound system that has no card (`scripts/pulse`): a scripted person comes, asks,
//! interrupts and walks away.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use hoidap::audio::{AudioLimits, decode};
use serde_json::Value;

use crate::common::service::own_data;
use crate::common::store::database;
use crate::common::{fixture, shared};
use crate::devices::{Module, Program, Recording, has_pulse, play_into};

/// A kiosk with a microphone and a loudspeaker of its own.
struct Kiosk {
    child: Child,
    name: String,
    scenes: Receiver<Value>,
    _folder: tempfile::TempDir,
    _modules: [Module; 2],
}

impl Drop for Kiosk {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Kiosk {
    fn open(name: &str, settings: &str) -> Self {
        let modules =
            [Module::sink(&format!("{name}_hall"), &[]), Module::sink(&format!("{name}_loud"), &[])];
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("data");
        let shared = [
            "models",
            "regulations",
            "espeak-ng-data",
            "language-model.bin",
            "syllables.bin",
            "syllables.tsv",
        ];
        own_data(&data, &shared);
        let file = folder.path().join("hoidap.toml");
        let devices =
            format!("[kiosk]\nmicrophone = \"{name}_hall.monitor\"\nloudspeaker = \"{name}_loud\"\n");
        std::fs::write(&file, devices + settings).unwrap();
        let mut child = Command::new(env!("CARGO_BIN_EXE_hoidap"))
            .args(["kiosk", "--scenes"])
            .env("HOIDAP_CONFIG", &file)
            .env("HOIDAP_DATA", &data)
            .env("HOIDAP_DATABASE", database(folder.path()))
            .env("HOIDAP_VOICE", "espeak-ng")
            .env("HOIDAP_VOICE_CACHE_BYTES", "0")
            .env("HOIDAP_SPEECH_MODEL", "whisper-base-q8_0")
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let (told, scenes) = channel();
        std::thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                if let Ok(scene) = serde_json::from_str(&line) {
                    let _ = told.send(scene);
                }
            }
        });
        let kiosk = Self { child, name: name.to_owned(), scenes, _folder: folder, _modules: modules };
        kiosk.wait_for("idle", 60);
        kiosk
    }

    /// The scenes up to one of this kind, that one included.
    fn wait_for(&self, kind: &str, seconds: u64) -> Vec<Value> {
        let deadline = Instant::now() + Duration::from_secs(seconds);
        let mut seen: Vec<Value> = vec![];
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            let scene =
                self.scenes.recv_timeout(left).unwrap_or_else(|_| panic!("no {kind} came after {seen:?}"));
            let is_it = scene["kind"] == kind;
            seen.push(scene);
            if is_it {
                return seen;
            }
        }
    }

    /// Somebody in the hall says this recording.
    fn say(&self, recording: &std::path::Path) -> Program {
        let sound = decode(&std::fs::read(recording).unwrap(), &AudioLimits::default()).unwrap();
        let mut samples: Vec<i16> = sound.samples().iter().map(|s| (s * 32_767.0) as i16).collect();
        samples.extend([0; 16_000]);
        play_into(&format!("{}_hall", self.name), samples)
    }
}

fn kinds(scenes: &[Value]) -> Vec<&str> {
    scenes.iter().map(|scene| scene["kind"].as_str().unwrap()).collect()
}

#[test]
fn a_person_is_greeted_answered_and_forgotten() {
    if !has_pulse("a_person_is_greeted") {
        return;
    }
    let kiosk = Kiosk::open("visit", "silence_seconds = 3\n");
    let loudspeaker = Recording::of("visit_loud");
    let recording = shared("speech/topic-dichuc.flac").unwrap_or_else(|| fixture("vi-khai-sinh-16k.wav"));
    let _first = kiosk.say(&fixture("vi-khai-sinh-16k.wav"));
    let greeted = kiosk.wait_for("welcome", 20);
    let consent = greeted.last().unwrap()["text"]["vi"].as_str().unwrap();
    assert!(consent.contains("không ghi âm") && consent.contains("kết thúc"), "{consent}");
    kiosk.wait_for("listening", 40);
    let loud = |samples: &[f32]| samples.iter().filter(|s| s.abs() > 0.02).count();
    let said = loudspeaker.samples();
    assert!(loud(&said) > 16_000, "the consent sentence is heard");

    let _question = kiosk.say(&recording);
    let answered = kiosk.wait_for("heard", 40);
    assert!(!answered.last().unwrap()["text"].as_str().unwrap().is_empty(), "{answered:?}");
    let rest = kiosk.wait_for("idle", 120);
    let told = kinds(&rest);
    assert!(told.iter().any(|kind| ["answer", "asking"].contains(kind)), "{told:?}");
    assert!(told.contains(&"farewell"), "who says nothing has left: {told:?}");
    let idle = rest.last().unwrap();
    assert_eq!(idle, &serde_json::json!({ "kind": "idle", "notices": [] }), "nothing of anybody is left");
    assert!(loud(&loudspeaker.samples()) > 2 * loud(&said), "the answer and the farewell are heard too");
}

#[test]
fn a_kiosk_whose_microphone_is_unplugged_says_so_and_goes_on_when_it_is_back() {
    if !has_pulse("a_kiosk_whose_microphone") {
        return;
    }
    let mut kiosk = Kiosk::open("plug", "");
    kiosk._modules[0].unload();
    let trouble = kiosk.wait_for("trouble", 20);
    let text = trouble.last().unwrap()["text"]["vi"].as_str().unwrap();
    assert!(text.contains("Micrô"), "{text}");
    kiosk._modules[0] = Module::sink("plug_hall", &[]);
    kiosk.wait_for("idle", 30);
    let _somebody = kiosk.say(&fixture("vi-khai-sinh-16k.wav"));
    kiosk.wait_for("welcome", 30);
}

#[test]
fn the_self_test_tells_that_no_sound_arrives() {
    if !has_pulse("the_self_test") {
        return;
    }
    let _modules = [Module::sink("deaf_hall", &[]), Module::sink("deaf_loud", &[])];
    let out = Command::new(env!("CARGO_BIN_EXE_hoidap"))
        .args(["kiosk", "test", "--json", "--microphone", "deaf_hall.monitor", "--loudspeaker", "deaf_loud"])
        .output()
        .unwrap();
    assert_eq!(out.status.code(), Some(4), "{out:?}");
    let told: Value = serde_json::from_slice(&out.stdout).unwrap();
    assert!(told["delay_ms"].is_null(), "{told}");
}
