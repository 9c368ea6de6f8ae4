//! Speed as ratios of two things measured in one run, for the machines' own speed comes and goes.
//!
//! `cargo bench` prints a table; nothing here passes or fails.

use std::path::PathBuf;
use std::time::Instant;

use hoidap::audio::{AudioLimits, decode};
use hoidap::question::Question;
use hoidap::regulations::{Kind, RegulationIndex};
use hoidap::settings::Settings;
use hoidap::speech_to_text::beams::Bias;
use hoidap::speech_to_text::{SpeechToText, WhisperEngine, WhisperOptions};
use hoidap::text_to_speech::sentences::pieces;
use hoidap::text_to_speech::{EspeakVoice, PiperVoice, Rate, TextToSpeech};

const ROUNDS: usize = 5;

/// The median of several runs, milliseconds.
fn median_ms(mut work: impl FnMut()) -> f64 {
    let mut times: Vec<f64> = (0..ROUNDS)
        .map(|_| {
            let began = Instant::now();
            work();
            began.elapsed().as_secs_f64() * 1e3
        })
        .collect();
    times.sort_by(f64::total_cmp);
    times[ROUNDS / 2]
}

fn row(what: &str, one: (&str, f64), other: (&str, f64)) {
    println!(
        "{what:<22} {:<28} {:>9.1} ms   {:<34} {:>9.1} ms   ratio {:.2}",
        one.0,
        one.1,
        other.0,
        other.1,
        other.1 / one.1
    );
}

fn main() {
    let data = std::env::var_os("HOIDAP_DATA").map_or_else(|| Settings::default().data, PathBuf::from);
    hearing(&data);
    finding(&data);
    speaking(&data);
}

/// The fitted encoder context against Whisper's whole 30 s.
fn hearing(data: &std::path::Path) {
    let clip = std::fs::read("audio-fixtures/vi-khai-sinh-16k.wav").expect("the fixture is there");
    let utterance = decode(&clip, &AudioLimits::default()).expect("the fixture is sound");
    let load = |minimum_context_frames| {
        WhisperEngine::load(WhisperOptions {
            model: data.join("models/whisper-small-q8_0/ggml-small-q8_0.bin"),
            name: "whisper-small-q8_0".to_owned(),
            threads: 2,
            minimum_context_frames,
            beams: 1,
            language_model: None,
            syllable_model: None,
            bias: Bias::NONE,
        })
    };
    let (Ok(mut fitted), Ok(mut whole)) = (load(512), load(1500)) else {
        return println!("hearing: no model here; run `make run` first");
    };
    let time = |engine: &mut WhisperEngine| median_ms(|| drop(engine.transcribe(&utterance, &|| true)));
    row("hearing", ("context of 512 frames", time(&mut fitted)), ("whole context of 1500", time(&mut whole)));
}

/// A heard question, which is also asked by its sounds, against a typed one.
fn finding(data: &std::path::Path) {
    let Ok(index) = RegulationIndex::open(&data.join("regulations")) else {
        return println!("finding: nothing imported; run `make run` first");
    };
    let text = "Người lao động đơn phương chấm dứt hợp đồng lao động phải báo trước bao nhiêu ngày?";
    let time = |question: Question| {
        median_ms(|| {
            for _ in 0..50 {
                let _ = index.search().find(&question, Kind::Article, 10, None);
            }
        }) / 50.0
    };
    row("finding", ("typed", time(Question::new(text))), ("heard (sounds too)", time(Question::heard(text))));
}

/// The first piece of an answer against the whole of it: what a listener is spared.
fn speaking(data: &std::path::Path) {
    let vietnamese = "Theo khoản một Điều ba mươi lăm Bộ luật Lao động, người lao động có quyền đơn phương chấm dứt \
                      hợp đồng lao động nhưng phải báo trước cho người sử dụng lao động. Ít nhất bốn mươi lăm ngày \
                      nếu làm việc theo hợp đồng lao động không xác định thời hạn.";
    let english = "According to clause one of article thirty five of the labour code, an employee may end the \
                   contract but must tell the employer before. At least forty five days if the contract has no end.";
    let mut voices: Vec<(&str, Box<dyn TextToSpeech>, &str)> = Vec::new();
    if let Ok(voice) = EspeakVoice::new("vi", 150) {
        voices.push(("speaking, espeak-ng", Box::new(voice), vietnamese));
    }
    let folder = data.join("models/en_US-joe-medium");
    let onnx = folder.join("en_US-joe-medium.onnx");
    if let Ok(voice) = PiperVoice::load(&onnx, &folder.join("en_US-joe-medium.onnx.json"), "joe", 2) {
        voices.push(("speaking, Piper", Box::new(voice), english));
    }
    for (what, mut voice, text) in voices {
        let pieces = pieces(text);
        let first = median_ms(|| drop(voice.synthesise(&pieces[0].text, Rate::NORMAL)));
        let all = median_ms(|| drop(voice.synthesise(text, Rate::NORMAL)));
        row(what, ("first piece", first), ("whole answer at once", all));
    }
}
