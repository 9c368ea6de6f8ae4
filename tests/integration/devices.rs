//! The kiosk's devices, with a real PulseAudio server that has no sound card: `scripts/pulse` starts one.
//!
//! Every test has loudspeakers of its own that nobody hears, so that they run beside each other.

use std::io::{Read, Write};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use hoidap::audio::SAMPLE_RATE;
use hoidap::audio::device::self_test::{SelfTestVerdict, self_test};
use hoidap::audio::device::{
    Blocks, DeviceError, DeviceKind, DeviceState, Duplex, KeptLoudspeaker, KeptMicrophone, Loudspeaker,
    Microphone, Missing, list,
};
use hoidap::audio::level::{KioskLevel, LevelVerdict};

/// Whether there is a server; without one a test says so and passes, unless HOIDAP_REQUIRE_PULSE is set.
pub fn has_pulse(test: &str) -> bool {
    let is_there = std::env::var("PULSE_SERVER").is_ok_and(|server| server.starts_with("unix:"));
    if !is_there {
        assert!(
            std::env::var("HOIDAP_REQUIRE_PULSE").is_err(),
            "{test}: there is no PULSE_SERVER; run it by scripts/pulse"
        );
        eprintln!("{test}: skipped, there is no PULSE_SERVER; run it by scripts/pulse");
    }
    is_there
}

fn pactl(arguments: &[&str]) -> String {
    let out = Command::new("pactl").args(arguments).output().expect("pactl runs");
    assert!(out.status.success(), "pactl {arguments:?}: {}", String::from_utf8_lossy(&out.stderr));
    String::from_utf8_lossy(&out.stdout).trim().to_owned()
}

/// A module of the server that is unloaded at the end.
pub struct Module(Option<String>);

impl Module {
    fn load(arguments: &[&str]) -> Self {
        Self(Some(pactl(&[&["load-module"], arguments].concat())))
    }

    /// A loudspeaker that nobody hears, with a name and properties of its own.
    pub fn sink(name: &str, more: &[&str]) -> Self {
        let name = format!("sink_name={name}");
        Self::load(&[&["module-null-sink", name.as_str()], more].concat())
    }

    pub fn unload(&mut self) {
        if let Some(number) = self.0.take() {
            pactl(&["unload-module", &number]);
        }
    }
}

impl Drop for Module {
    fn drop(&mut self) {
        if let Some(number) = self.0.take() {
            // The test may be failing already.
            let _ = Command::new("pactl").args(["unload-module", &number]).output();
        }
    }
}

/// A program that is ended at the end.
pub struct Program(Child);

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Somebody in the hall: plays samples at 16 kHz into a loudspeaker.
pub fn play_into(sink: &str, samples: Vec<i16>) -> Program {
    let device = format!("--device={sink}");
    let mut child = Command::new("pacat")
        .args(["--playback", &device, "--rate=16000", "--channels=1", "--format=s16le", "--latency-msec=50"])
        .stdin(Stdio::piped())
        .spawn()
        .expect("pacat runs");
    let mut stdin = child.stdin.take().expect("its input");
    std::thread::spawn(move || {
        let bytes: Vec<u8> = samples.iter().flat_map(|s| s.to_le_bytes()).collect();
        // The test may end first.
        let _ = stdin.write_all(&bytes);
    });
    Program(child)
}

/// Samples, and when they came.
type Stamped = (Instant, Vec<f32>);

/// Records what a loudspeaker plays, at 16 kHz, with the moment at which each sample came.
pub struct Recording {
    heard: Arc<Mutex<Vec<Stamped>>>,
    _program: Program,
}

impl Recording {
    pub fn of(sink: &str) -> Self {
        let device = format!("--device={sink}.monitor");
        let mut child = Command::new("parec")
            .args([&device, "--rate=16000", "--channels=1", "--format=s16le", "--latency-msec=10", "--raw"])
            .stdout(Stdio::piped())
            .spawn()
            .expect("parec runs");
        let mut stdout = child.stdout.take().expect("its output");
        let heard = Arc::new(Mutex::new(Vec::new()));
        let into = heard.clone();
        std::thread::spawn(move || {
            let (mut buffer, mut bytes) = ([0; 4096], Vec::new());
            while let Ok(count @ 1..) = stdout.read(&mut buffer) {
                bytes.extend_from_slice(&buffer[..count]);
                let whole = bytes.len() / 2 * 2;
                let samples = bytes
                    .drain(..whole)
                    .collect::<Vec<u8>>()
                    .chunks_exact(2)
                    .map(|pair| f32::from(i16::from_le_bytes([pair[0], pair[1]])) / 32_768.0)
                    .collect();
                into.lock().expect("the recording").push((Instant::now(), samples));
            }
        });
        let recording = Self { heard, _program: Program(child) };
        recording.wait_for("the recording begins", |samples| !samples.is_empty());
        recording
    }

    pub fn samples(&self) -> Vec<f32> {
        self.heard.lock().expect("the recording").iter().flat_map(|(_, samples)| samples.clone()).collect()
    }

    fn wait_for(&self, what: &str, is_so: impl Fn(&[f32]) -> bool) {
        let begin = Instant::now();
        while !is_so(&self.samples()) {
            assert!(begin.elapsed() < Duration::from_secs(15), "{what}");
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// When the last block came that was louder than silence.
    fn last_sound(&self) -> Option<Instant> {
        let heard = self.heard.lock().expect("the recording");
        heard.iter().rev().find(|(_, samples)| samples.iter().any(|s| s.abs() > 0.01)).map(|(at, _)| *at)
    }
}

fn tone(rate: u32, hz: f32, peak: f32, seconds: f32) -> Vec<i16> {
    (0..(seconds * rate as f32) as usize)
        .map(|n| ((2.0 * std::f32::consts::PI * hz * n as f32 / rate as f32).sin() * peak * 32_767.0) as i16)
        .collect()
}

/// The share of the energy at a frequency, by the Goertzel recurrence.
fn tone_share(samples: &[f32], hz: f64) -> f64 {
    let w = 2.0 * std::f64::consts::PI * hz / f64::from(SAMPLE_RATE);
    let (mut s1, mut s2) = (0.0, 0.0);
    for &x in samples {
        (s1, s2) = (f64::from(x) + 2.0 * w.cos() * s1 - s2, s1);
    }
    let power = s1 * s1 + s2 * s2 - 2.0 * w.cos() * s1 * s2;
    let energy: f64 = samples.iter().map(|&x| f64::from(x).powi(2)).sum();
    if energy == 0.0 { 0.0 } else { 2.0 * power / (energy * samples.len() as f64) }
}

fn level_of(samples: &[f32]) -> f64 {
    (samples.iter().map(|&s| f64::from(s).powi(2)).sum::<f64>() / samples.len().max(1) as f64).sqrt()
}

/// The stretch of a recording that sounds.
fn sounding(samples: &[f32]) -> &[f32] {
    let loud = |s: &f32| s.abs() > 0.02;
    match (samples.iter().position(loud), samples.iter().rposition(loud)) {
        (Some(first), Some(last)) => &samples[first..=last],
        _ => &[],
    }
}

/// A loudspeaker that has begun to take sound: one that nobody hears sleeps for up to 2 s at first.
async fn speaker(name: &str) -> KeptLoudspeaker {
    let loudspeaker = KeptLoudspeaker::start(Some(name), Missing::IsAnError).await.unwrap();
    let mut taken = loudspeaker.taken();
    let first = tokio::time::timeout(Duration::from_secs(10), taken.recv()).await;
    assert!(matches!(first, Ok(Some(_))), "it takes nothing: {:?}", loudspeaker.state());
    loudspeaker
}

async fn hear(blocks: &mut Blocks, seconds: f64) -> Vec<f32> {
    let mut heard = Vec::new();
    while (heard.len() as f64) < seconds * f64::from(SAMPLE_RATE) {
        let block = tokio::time::timeout(Duration::from_secs(10), blocks.recv()).await;
        heard.extend_from_slice(&block.expect("it brings something").expect("it is kept").samples);
    }
    heard
}

/// Waits until it hears a tone; blocks before it are left out.
async fn hear_tone(blocks: &mut Blocks, hz: f64) -> bool {
    let begin = Instant::now();
    while begin.elapsed() < Duration::from_secs(15) {
        if tone_share(&hear(blocks, 0.2).await, hz) > 0.9 {
            return true;
        }
    }
    false
}

async fn wait_until(
    state: &mut tokio::sync::watch::Receiver<DeviceState>,
    is_here: bool,
    within: Duration,
) -> DeviceState {
    let wanted = state.wait_for(|state| state.is_here() == is_here);
    tokio::time::timeout(within, wanted)
        .await
        .expect("the state changes in time")
        .expect("it is kept")
        .clone()
}

#[tokio::test]
async fn devices_are_listed_and_opened_by_any_of_their_names() {
    if !has_pulse("devices_are_listed") {
        return;
    }
    let properties = "sink_properties=device.description=Loa-Phường-Một";
    let _sink = Module::sink("listed", &["rate=44100", "channels=1", properties]);
    let devices = list().unwrap();
    let loudspeaker = devices.iter().find(|device| device.id == "pulseaudio:listed").unwrap();
    assert_eq!((loudspeaker.kind, loudspeaker.name.as_str()), (DeviceKind::Loudspeaker, "Loa-Phường-Một"));
    assert_eq!((loudspeaker.sample_rate, loudspeaker.channels), (Some(44_100), Some(1)));
    assert!(loudspeaker.rates.unwrap().1 >= 192_000, "{loudspeaker}");
    assert!(devices.iter().any(|device| device.id == "pulseaudio:listed.monitor"
        && device.kind == DeviceKind::Microphone
        && !device.is_default));
    for kind in [DeviceKind::Microphone, DeviceKind::Loudspeaker] {
        assert_eq!(devices.iter().filter(|device| device.kind == kind && device.is_default).count(), 1);
    }
    for name in ["pulseaudio:listed", "listed", "phường-một", "LOA-PHƯỜNG"] {
        assert_eq!(Loudspeaker::open(Some(name)).unwrap().id(), "pulseaudio:listed", "{name}");
    }
    assert_eq!(Microphone::open(Some("Phường-Một")).unwrap().id(), "pulseaudio:listed.monitor");
    for name in [None, Some(""), Some("default")] {
        assert!(Loudspeaker::open(name).is_ok(), "{name:?}");
    }
    let missing = Loudspeaker::open(Some("không có")).err().unwrap();
    let wanted = DeviceError::NotFound { kind: DeviceKind::Loudspeaker, name: "không có".into() };
    assert_eq!(missing, wanted);
}

#[tokio::test]
async fn a_tone_in_the_hall_is_heard_at_16_khz_whatever_the_device_brings() {
    if !has_pulse("a_tone_in_the_hall") {
        return;
    }
    let forms = [
        ("s16le", 44_100, 2),
        ("float32le", 48_000, 1),
        ("s32le", 96_000, 2),
        ("s24-32le", 16_000, 1),
        ("u8", 22_050, 1),
        ("s16le", 8_000, 6),
    ];
    for (form, rate, channels) in forms {
        let name = format!("hall_{form}_{rate}").replace('-', "_");
        let (rate_is, channels_are) = (format!("rate={rate}"), format!("channels={channels}"));
        let format_is = format!("format={form}");
        let _hall = Module::sink(&name, &[&rate_is, &channels_are, &format_is]);
        let microphone =
            KeptMicrophone::start(Some(&format!("{name}.monitor")), Missing::IsAnError).await.unwrap();
        let mut blocks = microphone.blocks();
        let _somebody = play_into(&name, tone(16_000, 1_000.0, 0.5, 6.0));
        assert!(hear_tone(&mut blocks, 1_000.0).await, "{name}");
        let heard = hear(&mut blocks, 1.0).await;
        assert!(tone_share(&heard, 1_000.0) > 0.95, "{name}: {}", tone_share(&heard, 1_000.0));
        // A sine of peak 0.5.
        assert!(
            (level_of(&heard) - 0.354).abs() < 0.02,
            "{name}: {} {:?}",
            level_of(&heard),
            KioskLevel::of(&heard)
        );
        assert_eq!(KioskLevel::of(&heard).clipped_share, 0.0);
        assert_eq!(microphone.figures().dropped_blocks, 0);
    }
}

#[tokio::test]
async fn what_is_played_comes_out_of_the_loudspeaker() {
    if !has_pulse("what_is_played") {
        return;
    }
    let _sink = Module::sink("played", &["rate=48000"]);
    let loudspeaker = speaker("played").await;
    let mut taken = loudspeaker.taken();
    let recording = Recording::of("played");
    assert!(loudspeaker.is_idle());
    let before = Instant::now();
    loudspeaker.play(22_050, &tone(22_050, 700.0, 0.4, 1.0)).unwrap();
    loudspeaker.play(16_000, &tone(16_000, 700.0, 0.4, 0.5)).unwrap();
    assert!(!loudspeaker.is_idle());
    assert!(loudspeaker.remaining() > Duration::from_millis(1_200), "{:?}", loudspeaker.remaining());
    loudspeaker.finish().await.unwrap();
    let took = before.elapsed();
    assert!(loudspeaker.is_idle());
    assert!((1_450..2_000).contains(&took.as_millis()), "{took:?}");
    std::thread::sleep(Duration::from_millis(300));
    let samples = recording.samples();
    let sound = sounding(&samples);
    let seconds = sound.len() as f64 / 16_000.0;
    assert!((1.47..1.53).contains(&seconds), "{seconds}");
    assert!(tone_share(&sound[1_000..15_000], 700.0) > 0.95);
    assert!((level_of(&sound[1_000..15_000]) - 0.283).abs() < 0.02);
    // And the tap for the echo canceller has the same, between silences.
    let mut tapped = Vec::new();
    while let Some(block) = taken.try_recv() {
        tapped.extend_from_slice(&block.samples);
    }
    let sound = sounding(&tapped);
    assert!((1.47..1.53).contains(&(sound.len() as f64 / 16_000.0)), "{}", sound.len());
    assert!(tapped.len() > sound.len() + 4_000, "{} {}", tapped.len(), sound.len());
    assert!(tone_share(&sound[1_000..15_000], 700.0) > 0.95);
    let figures = loudspeaker.figures();
    assert_eq!((figures.underruns, figures.lost, figures.found), (0, 0, 0), "{figures:?}");
}

#[tokio::test]
async fn a_gap_in_an_answer_is_counted() {
    if !has_pulse("a_gap_in_an_answer") {
        return;
    }
    let _sink = Module::sink("gaps", &[]);
    // A loudspeaker that nobody hears takes its sound in large pieces.
    let _recording = Recording::of("gaps");
    let loudspeaker = speaker("gaps").await;
    loudspeaker.play(16_000, &tone(16_000, 700.0, 0.4, 0.2)).unwrap();
    tokio::time::sleep(Duration::from_millis(600)).await;
    loudspeaker.play(16_000, &tone(16_000, 700.0, 0.4, 0.2)).unwrap();
    loudspeaker.finish().await.unwrap();
    let figures = loudspeaker.figures();
    assert_eq!(figures.underruns, 1, "{figures:?}");
    assert!((250..550).contains(&figures.missing_milliseconds), "{figures:?}");
    tokio::time::sleep(Duration::from_millis(300)).await;
    loudspeaker.play(16_000, &tone(16_000, 700.0, 0.4, 0.2)).unwrap();
    loudspeaker.finish().await.unwrap();
    assert_eq!(loudspeaker.figures(), figures, "another answer");
}

#[tokio::test]
async fn stopping_silences_within_a_tenth_of_a_second() {
    if !has_pulse("stopping_silences") {
        return;
    }
    let _sink = Module::sink("stopped", &[]);
    let loudspeaker = speaker("stopped").await;
    let recording = Recording::of("stopped");
    for _ in 0..3 {
        loudspeaker.play(16_000, &tone(16_000, 500.0, 0.5, 20.0)).unwrap();
        let begun = Instant::now();
        recording.wait_for("it is heard", |_| recording.last_sound().is_some_and(|at| at > begun));
        tokio::time::sleep(Duration::from_millis(300)).await;
        let stopped = Instant::now();
        loudspeaker.stop();
        loudspeaker.finish().await.unwrap();
        tokio::time::sleep(Duration::from_millis(400)).await;
        let last = recording.last_sound().unwrap();
        let silent_after = last.saturating_duration_since(stopped);
        eprintln!("silent after {silent_after:?}");
        // The recording itself is late by some 10 ms.
        assert!(silent_after < Duration::from_millis(100), "{silent_after:?}");
        assert!(loudspeaker.is_idle());
    }
}

#[tokio::test]
async fn a_microphone_that_is_pulled_is_told_and_found_again() {
    if !has_pulse("a_microphone_that_is_pulled") {
        return;
    }
    let mut hall = Module::sink("pulled_hall", &[]);
    let microphone = KeptMicrophone::start(Some("pulled_hall.monitor"), Missing::IsAnError).await.unwrap();
    let mut blocks = microphone.blocks();
    let mut state = microphone.watch();
    assert!(microphone.state().is_here());
    {
        let _somebody = play_into("pulled_hall", tone(16_000, 600.0, 0.5, 20.0));
        assert!(hear_tone(&mut blocks, 600.0).await);
    }
    for round in 1..=2 {
        hall.unload();
        let pulled = Instant::now();
        let DeviceState::Lost { reason, .. } = wait_until(&mut state, false, Duration::from_secs(5)).await
        else {
            panic!("it is here");
        };
        eprintln!("told after {:?}: {reason}", pulled.elapsed());
        tokio::time::sleep(Duration::from_secs(1)).await;
        assert!(!microphone.state().is_here());
        hall = Module::sink("pulled_hall", &[]);
        let plugged = Instant::now();
        wait_until(&mut state, true, Duration::from_secs(7)).await;
        eprintln!("found after {:?}", plugged.elapsed());
        let _somebody = play_into("pulled_hall", tone(16_000, 900.0, 0.5, 20.0));
        assert!(hear_tone(&mut blocks, 900.0).await, "the same reader hears it");
        assert_eq!((microphone.figures().lost, microphone.figures().found), (round, round));
    }
}

#[tokio::test]
async fn a_loudspeaker_that_is_pulled_is_told_and_found_again() {
    if !has_pulse("a_loudspeaker_that_is_pulled") {
        return;
    }
    let mut sink = Module::sink("pulled", &[]);
    let loudspeaker = speaker("pulled").await;
    let mut state = loudspeaker.watch();
    loudspeaker.play(16_000, &tone(16_000, 600.0, 0.5, 30.0)).unwrap();
    tokio::time::sleep(Duration::from_millis(300)).await;
    sink.unload();
    let pulled = Instant::now();
    let finished = tokio::time::timeout(Duration::from_secs(5), loudspeaker.finish()).await;
    assert!(matches!(finished.unwrap(), Err(DeviceError::Lost(_))), "whoever waits is told");
    wait_until(&mut state, false, Duration::from_secs(5)).await;
    eprintln!("told after {:?}: {:?}", pulled.elapsed(), loudspeaker.state());
    assert!(matches!(loudspeaker.play(16_000, &[0; 100]), Err(DeviceError::Lost(_))));
    assert!(loudspeaker.is_idle());
    sink = Module::sink("pulled", &[]);
    let plugged = Instant::now();
    wait_until(&mut state, true, Duration::from_secs(7)).await;
    eprintln!("found after {:?}", plugged.elapsed());
    let recording = Recording::of("pulled");
    loudspeaker.play(16_000, &tone(16_000, 800.0, 0.5, 1.0)).unwrap();
    loudspeaker.finish().await.unwrap();
    recording.wait_for("sound goes on", |samples| sounding(samples).len() > 15_500);
    let samples = recording.samples();
    let sound = sounding(&samples);
    assert!(tone_share(&sound[1_000..15_000], 800.0) > 0.95, "and nothing of before the loss");
    assert_eq!((loudspeaker.figures().lost, loudspeaker.figures().found), (1, 1));
    drop(sink);
}

#[tokio::test]
async fn a_device_that_is_not_there_yet_is_waited_for_or_refused() {
    if !has_pulse("a_device_that_is_not_there_yet") {
        return;
    }
    let refused = KeptMicrophone::start(Some("later.monitor"), Missing::IsAnError).await;
    assert!(matches!(refused.err(), Some(DeviceError::NotFound { kind: DeviceKind::Microphone, .. })));
    let microphone = KeptMicrophone::start(Some("later.monitor"), Missing::Waits).await.unwrap();
    let mut state = microphone.watch();
    tokio::time::sleep(Duration::from_millis(400)).await;
    let DeviceState::Lost { reason, .. } = microphone.state() else { panic!("it is here") };
    assert!(reason.contains("later.monitor"), "{reason}");
    let _sink = Module::sink("later", &[]);
    wait_until(&mut state, true, Duration::from_secs(7)).await;
    assert_eq!((microphone.figures().lost, microphone.figures().found), (0, 0), "it was never lost");
}

#[tokio::test]
async fn sound_that_nobody_reads_is_dropped_and_counted() {
    if !has_pulse("sound_that_nobody_reads") {
        return;
    }
    let _hall = Module::sink("unread", &["rate=48000"]);
    let microphone = KeptMicrophone::start(Some("unread.monitor"), Missing::IsAnError).await.unwrap();
    let mut blocks = microphone.blocks();
    let begin = Instant::now();
    while microphone.figures().dropped_blocks < 5 {
        assert!(begin.elapsed() < Duration::from_secs(20));
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    // What is left is the newest: some 5 s of it, and the first of it is not as old as the start.
    let first = blocks.recv().await.unwrap();
    assert!(first.at > begin, "{:?}", begin.elapsed());
    assert!(first.at.elapsed() < Duration::from_secs(8));
}

#[tokio::test]
async fn what_is_heard_is_paired_with_what_was_played() {
    if !has_pulse("what_is_heard_is_paired") {
        return;
    }
    let (_out, _hall) = (Module::sink("duplex_out", &[]), Module::sink("duplex_hall", &["rate=48000"]));
    let arguments = ["source=duplex_out.monitor", "sink=duplex_hall", "latency_msec=30"];
    let _loop = Module::load(&[&["module-loopback"], arguments.as_slice()].concat());
    let loudspeaker = speaker("duplex_out").await;
    let microphone = KeptMicrophone::start(Some("duplex_hall.monitor"), Missing::IsAnError).await.unwrap();
    tokio::time::sleep(Duration::from_millis(500)).await;
    let mut duplex = Duplex::new(&microphone, &loudspeaker);
    let (mut near, mut far) = (Vec::new(), Vec::new());
    // Six short tones, a second apart.
    let mut played = 0;
    while near.len() < 16_000 * 7 {
        if near.len() >= 16_000 * (played + 1) && played < 6 {
            loudspeaker.play(16_000, &tone(16_000, 1_000.0, 0.5, 0.1)).unwrap();
            loudspeaker.end();
            played += 1;
        }
        let paired = duplex.next().await.unwrap();
        assert_eq!(paired.near.len(), paired.far.len());
        near.extend_from_slice(&paired.near);
        far.extend_from_slice(&paired.far);
    }
    let beginnings = |samples: &[f32]| -> Vec<usize> {
        let mut places: Vec<usize> = Vec::new();
        for (n, sample) in samples.iter().enumerate() {
            if sample.abs() > 0.1 && places.last().is_none_or(|last| n - last > 8_000) {
                places.push(n);
            }
        }
        places
    };
    let (played, heard) = (beginnings(&far), beginnings(&near));
    assert_eq!((played.len(), heard.len()), (6, 6), "{played:?} {heard:?}");
    let delays: Vec<i64> = played.iter().zip(&heard).map(|(far, near)| *near as i64 - *far as i64).collect();
    eprintln!("delays in samples: {delays:?}, {:?}", duplex.figures());
    let (least, most) = (delays.iter().min().unwrap(), delays.iter().max().unwrap());
    assert!(*least > 0, "no echo comes before its sound: {delays:?}");
    // 15 ms: the loopback module itself wanders while it settles.
    assert!(most - least < 240, "the offset stays: {delays:?}");
}

#[tokio::test]
async fn the_self_test_measures_a_loop_and_tells_when_there_is_none() {
    if !has_pulse("the_self_test") {
        return;
    }
    let (_out, _hall) = (Module::sink("self_out", &[]), Module::sink("self_hall", &[]));
    let loudspeaker = speaker("self_out").await;
    let microphone = KeptMicrophone::start(Some("self_hall.monitor"), Missing::IsAnError).await.unwrap();

    let dead = self_test(&microphone, &loudspeaker).await.unwrap();
    assert_eq!((dead.verdict, dead.delay_ms), (SelfTestVerdict::MicrophoneDead, None), "{dead:?}");

    // A murmur in the hall, and still no loudspeaker in it.
    let mut state = 1u32;
    let murmur: Vec<i16> = (0..16_000 * 60)
        .map(|_| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 16) as i16 / 100
        })
        .collect();
    let _somebody = play_into("self_hall", murmur);
    tokio::time::sleep(Duration::from_millis(500)).await;
    let silent = self_test(&microphone, &loudspeaker).await.unwrap();
    assert_eq!((silent.verdict, silent.delay_ms), (SelfTestVerdict::NoSound, None), "{silent:?}");
    assert!(silent.verdict.english().contains("no sound arrives"));
    assert!((-52.0..-38.0).contains(&silent.noise_dbfs), "{silent:?}");

    let arguments = ["source=self_out.monitor", "sink=self_hall", "latency_msec=60"];
    let _loop = Module::load(&[&["module-loopback"], arguments.as_slice()].concat());
    tokio::time::sleep(Duration::from_secs(1)).await;
    let heard = self_test(&microphone, &loudspeaker).await.unwrap();
    eprintln!("{heard:?}");
    assert_eq!(heard.verdict, SelfTestVerdict::Good, "{heard:?}");
    // The loop's 60 ms and the buffers of three streams.
    assert!((60.0..400.0).contains(&heard.delay_ms.unwrap()), "{heard:?}");
    assert!((20.0..35.0).contains(&heard.signal_to_noise_db.unwrap()), "{heard:?}");
    assert_eq!(heard.clipped_share, 0.0);
}

#[tokio::test]
async fn a_microphone_is_calibrated_by_what_it_hears() {
    if !has_pulse("a_microphone_is_calibrated") {
        return;
    }
    let _hall = Module::sink("calibrated", &[]);
    let microphone = KeptMicrophone::start(Some("calibrated.monitor"), Missing::IsAnError).await.unwrap();
    let mut blocks = microphone.blocks();
    assert_eq!(KioskLevel::of(&hear(&mut blocks, 1.0).await).verdict, LevelVerdict::Dead);
    // A square wave at full scale.
    let square = (0..16_000 * 20).map(|n| if n / 40 % 2 == 0 { 32_767 } else { -32_768 }).collect();
    let _somebody = play_into("calibrated", square);
    let begin = Instant::now();
    loop {
        let level = KioskLevel::of(&hear(&mut blocks, 1.0).await);
        if level.verdict == LevelVerdict::Clipped {
            break;
        }
        assert!(begin.elapsed() < Duration::from_secs(10), "{level:?}");
    }
}

#[tokio::test]
async fn alsa_serves_where_pulseaudio_is_not_known() {
    if !has_pulse("alsa_serves") {
        return;
    }
    // The ALSA device of scripts/pulse, which plays into kiosk_loudspeaker.
    let loudspeaker = Loudspeaker::open(Some("alsa:kiosk")).unwrap();
    let recording = Recording::of("kiosk_loudspeaker");
    loudspeaker.play(16_000, &tone(16_000, 1_200.0, 0.5, 1.0)).unwrap();
    loudspeaker.finish().await.unwrap();
    recording.wait_for("it is heard", |samples| sounding(samples).len() > 15_000);
    let samples = recording.samples();
    assert!(tone_share(&sounding(&samples)[1_000..14_000], 1_200.0) > 0.9);
    let mut microphone = Microphone::open(Some("alsa:kiosk")).unwrap();
    let _somebody = play_into("kiosk_hall", tone(16_000, 1_500.0, 0.5, 20.0));
    let (begin, mut heard) = (Instant::now(), Vec::new());
    while tone_share(&heard, 1_500.0) < 0.9 {
        assert!(begin.elapsed() < Duration::from_secs(15), "{}", tone_share(&heard, 1_500.0));
        heard.clear();
        while heard.len() < 4_000 {
            if let Some(block) = microphone.next(Duration::from_secs(1)).unwrap() {
                heard.extend_from_slice(&block.samples);
            }
        }
    }
}
