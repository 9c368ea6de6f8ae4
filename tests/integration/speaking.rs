//! Whole answers by real voices, espeak-ng's Vietnamese and Piper's English: how the pieces join, how loud they are, how
//! fast; and voices whose files are broken.

use std::path::{Path, PathBuf};

use crate::common::{data, rms};
use assert_cmd::Command;
use hoidap::text_to_speech::loudness::{MAX_TRUE_PEAK_DB, TARGET_LUFS, integrated, true_peak_db};
use hoidap::text_to_speech::mouth::SpokenSentence;
use hoidap::text_to_speech::sentences::pieces;
use hoidap::text_to_speech::{
    EspeakVoice, Mouth, PiperVoice, Rate, SpeakOptions, TextToSpeech, TextToSpeechError, Voice,
};

/// Answers of different kinds: an article, a guide, a refusal, a short one.
const VIETNAMESE: [&str; 4] = [
    "Người lao động phải báo trước: ít nhất bốn mươi lăm ngày, nếu làm việc theo hợp đồng lao động không xác định thời \
     hạn; ít nhất ba mươi ngày, nếu làm việc theo hợp đồng lao động xác định thời hạn.\nTheo khoản một Điều ba mươi lăm \
     Bộ luật Lao động. Xin kiểm tra hiệu lực của văn bản trước khi áp dụng.",
    "Giấy tờ cần có: tờ khai đăng ký khai sinh theo mẫu; giấy chứng sinh, do cơ sở y tế nơi trẻ sinh ra cấp; giấy tờ tùy \
     thân của người đi đăng ký. Căn cứ Điều mười sáu Luật Hộ tịch.",
    "Tôi chưa tìm thấy quy định trả lời câu hỏi này. Xin hỏi Bộ phận Một cửa của Ủy ban nhân dân xã, phường, hoặc gọi \
     tổng đài một tám không không một không chín sáu.",
    "Thời hạn: mười lăm ngày.",
];
const ENGLISH: [&str; 4] = [
    "The employee must give notice: at least forty five days before, if the contract has no end; at least thirty days \
     before, if it ends within three years.\nThis is said in clause one, article thirty five of the labour code. Please \
     check whether the text is still in force.",
    "What you need: a form for the registration of a birth; the certificate of birth, as given by the hospital; a paper \
     that proves who you are. See article sixteen of the law on civil status.",
    "I have not found a rule that answers this question. Please ask at the desk of the people's committee of your ward, \
     or call one eight zero zero, one zero nine six.",
    "Time limit: fifteen days.",
];

fn piper_files() -> (PathBuf, PathBuf) {
    let folder = data().join("models/en_US-joe-medium");
    (folder.join("en_US-joe-medium.onnx"), folder.join("en_US-joe-medium.onnx.json"))
}

fn espeak() -> Result<Voice, TextToSpeechError> {
    Ok(Voice::new(Box::new(EspeakVoice::new("vi", 150)?), None))
}

fn piper() -> Result<Voice, TextToSpeechError> {
    let (onnx, json) = piper_files();
    Ok(Voice::new(Box::new(PiperVoice::load(&onnx, &json, "en_US-joe-medium", 2)?), None))
}

/// An answer as a listener gets it.
async fn answer(mouth: &Mouth, text: &str, rate: f32) -> Vec<SpokenSentence> {
    let options = SpeakOptions { rate: Some(Rate::new(rate).unwrap()), cacheable: false };
    let mut speech = mouth.speak(text, options).unwrap();
    let mut out = Vec::new();
    while let Some(piece) = speech.recv().await {
        out.push(piece.unwrap());
    }
    out
}

fn full_scale(pieces: &[SpokenSentence]) -> Vec<f32> {
    pieces.iter().flat_map(|piece| &piece.pcm.samples).map(|sample| f32::from(*sample) / 32_768.0).collect()
}

fn rms_db(samples: &[i16]) -> f64 {
    20.0 * (rms(samples) / 32_768.0).max(1e-9).log10()
}

fn steps(samples: &[i16]) -> Vec<u16> {
    samples.windows(2).map(|pair| pair[0].abs_diff(pair[1])).collect()
}

/// At the joins the sound must rise from nothing and fall to nothing, and the pauses must be as long as the marks say.
async fn joins_are_clean(mouth: &Mouth, text: &str) {
    let spoken = answer(mouth, text, 1.0).await;
    let expected = pieces(text);
    assert_eq!(
        spoken.iter().map(|piece| &piece.text).collect::<Vec<_>>(),
        expected.iter().map(|piece| &piece.text).collect::<Vec<_>>()
    );
    let rate = spoken[0].pcm.sample_rate as usize;
    let mut speech_steps: Vec<u16> = Vec::new();
    let mut join_steps: Vec<u16> = Vec::new();
    for (spoken, piece) in spoken.iter().zip(&expected) {
        let samples = &spoken.pcm.samples;
        let pause = rate * piece.pause_ms as usize / 1_000;
        let (sound, silence) = samples.split_at(samples.len() - pause);
        assert!(silence.iter().all(|sample| *sample == 0));
        // The pause is there once: no second one by the engine before it.
        let quiet = sound.iter().rev().take_while(|sample| sample.abs_diff(0) < 30).count();
        assert!(quiet * 1_000 / rate < 60, "{:?}: {quiet} quiet samples before the pause", spoken.text);
        let lead = sound.iter().take_while(|sample| sample.abs_diff(0) < 30).count();
        assert!(lead * 1_000 / rate < 60, "{:?}: {lead} quiet samples before the sound", spoken.text);
        assert_eq!((sound[0], sound[sound.len() - 1]), (0, 0), "{:?}", spoken.text);
        let millisecond = rate / 1_000;
        assert!(
            rms_db(&sound[..millisecond]) < -35.0,
            "{:?}: {}",
            spoken.text,
            rms_db(&sound[..millisecond])
        );
        assert!(rms_db(&sound[sound.len() - millisecond..]) < -35.0, "{:?}", spoken.text);
        let edge = 3 * millisecond;
        join_steps.extend(steps(&sound[..edge]));
        join_steps.extend(steps(&sound[sound.len() - edge..]));
        speech_steps.extend(steps(&sound[edge..sound.len() - edge]));
    }
    speech_steps.sort_unstable();
    let (typical, largest) =
        (speech_steps[speech_steps.len() * 99 / 100], speech_steps[speech_steps.len() - 1]);
    let at_joins = join_steps.iter().max().unwrap();
    eprintln!(
        "{}: steps of {at_joins} at the joins; in speech 99 of 100 under {typical}, the largest {largest}",
        mouth.voice()
    );
    assert!(*at_joins <= typical, "a step of {at_joins} at a join, where speech has {typical}");
}

/// Every answer, of every kind and at every rate, is as loud as the others.
async fn answers_are_equally_loud(mouth: &Mouth, texts: &[&str]) {
    for (n, text) in texts.iter().enumerate() {
        let rates: &[f32] = if n == 2 { &[0.7, 1.0, 1.5] } else { &[1.0] };
        for &rate in rates {
            let spoken = answer(mouth, text, rate).await;
            let (samples, sample_rate) = (full_scale(&spoken), spoken[0].pcm.sample_rate);
            let lufs = integrated(&samples, sample_rate).unwrap();
            let peak = true_peak_db(&samples, sample_rate).unwrap();
            let seconds = samples.len() as f64 / f64::from(sample_rate);
            eprintln!("{} at {rate}: {seconds:.1} s, {lufs:.2} LUFS, true peak {peak:.2} dB", mouth.voice());
            assert!((lufs - TARGET_LUFS).abs() <= 1.0, "{lufs} LUFS at {rate}: {text}");
            assert!(peak <= MAX_TRUE_PEAK_DB + 0.1, "a true peak of {peak} dB at {rate}: {text}");
        }
    }
}

#[tokio::test]
async fn pieces_join_without_a_click_and_all_answers_are_equally_loud() {
    let mouth = Mouth::start(Rate::NORMAL, espeak).unwrap();
    joins_are_clean(&mouth, VIETNAMESE[1]).await;
    answers_are_equally_loud(&mouth, &VIETNAMESE).await;
}

#[tokio::test]
async fn pipers_pieces_join_without_a_click_and_are_equally_loud() {
    let mouth = Mouth::start(Rate::NORMAL, piper).unwrap();
    joins_are_clean(&mouth, ENGLISH[1]).await;
    answers_are_equally_loud(&mouth, &ENGLISH).await;
    let length = |spoken: Vec<SpokenSentence>| spoken.iter().map(|piece| piece.pcm.seconds()).sum::<f64>();
    let slow = length(answer(&mouth, ENGLISH[3], 0.6).await);
    let normal = length(answer(&mouth, ENGLISH[3], 1.0).await);
    let fast = length(answer(&mouth, ENGLISH[3], 1.7).await);
    assert!(slow > normal * 1.4 && fast < normal * 0.75, "{slow} {normal} {fast}");
}

#[test]
fn odd_texts_neither_end_a_voice_nor_make_it_speak_for_ever() {
    let (onnx, json) = piper_files();
    let engines: [Box<dyn TextToSpeech>; 2] = [
        Box::new(EspeakVoice::new("vi", 150).unwrap()),
        Box::new(PiperVoice::load(&onnx, &json, "en_US-joe-medium", 2).unwrap()),
    ];
    for mut engine in engines {
        for nothing in ["", "   ", "?!.,;:", "🎉😀", "\u{0}\u{1}\u{7f}\u{1b}", "\u{202e}\u{200b}\u{feff}"]
        {
            let pcm = engine.synthesise(nothing, Rate::NORMAL).unwrap();
            assert!(pcm.samples.is_empty(), "{}: {nothing:?} lasts {} s", engine.name(), pcm.seconds());
        }
        for odd in ["Đ字ẞ ﷽ один कखग 🎉 ok", "a\u{0}b\u{7}c", "<speak><break time=\"9h\"/></speak>", "[[_:]]"]
        {
            assert!(engine.synthesise(odd, Rate::NORMAL).unwrap().seconds() < 60.0, "{odd}");
        }
    }
    // An engine that is given a book reads its first page.
    let mut espeak = EspeakVoice::new("vi", 150).unwrap();
    let book = espeak.synthesise(&"dài ".repeat(25_000), Rate::NORMAL).unwrap();
    assert!((60.0..1_000.0).contains(&book.seconds()), "{} s", book.seconds());
}

#[test]
fn a_voice_cut_in_half_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let (onnx, json) = piper_files();
    let half = |from: &Path, name: &str| {
        let bytes = std::fs::read(from).unwrap();
        let to = folder.path().join(name);
        std::fs::write(&to, &bytes[..bytes.len() / 2]).unwrap();
        to
    };
    let (half_onnx, half_json) = (half(&onnx, "half.onnx"), half(&json, "half.onnx.json"));
    for (onnx, json) in [(&half_onnx, &json), (&onnx, &half_json), (&half_onnx, &half_json), (&json, &json)] {
        let refused = PiperVoice::load(onnx, json, "half", 1).map(|_| ());
        assert!(matches!(refused, Err(TextToSpeechError::VoiceUnreadable(..))), "{refused:?}");
    }
}

fn hoidap(folder: &Path) -> Command {
    let mut command = Command::cargo_bin("hoidap").unwrap();
    let config = folder.join("hoidap.toml");
    std::fs::write(&config, "voice = \"espeak-ng\"\nvoice_cache_bytes = 0\n").unwrap();
    command
        .env("HOIDAP_DATA", data())
        .env("HOIDAP_CONFIG", config)
        .env("HOIDAP_OFFLINE", "1")
        .env("HOIDAP_KEEP_RECEIPTS", "false")
        .env_remove("HOIDAP_VOICE");
    command
}

#[test]
fn an_answer_is_spoken_as_fast_as_is_asked() {
    let folder = tempfile::tempdir().unwrap();
    let length = |rate: &str| {
        let wav = folder.path().join(format!("{rate}.wav"));
        hoidap(folder.path())
            .args(["ask", "--text", "Đăng ký kết hôn ở đâu?", "--rate", rate, "--speak"])
            .arg(&wav)
            .assert()
            .success();
        let reader = hound::WavReader::open(wav).unwrap();
        f64::from(reader.duration()) / f64::from(reader.spec().sample_rate)
    };
    let (slow, normal, fast) = (length("0.6"), length("1"), length("1.8"));
    assert!(slow > normal * 1.3 && fast < normal * 0.75, "{slow} {normal} {fast}");
    let wav = folder.path().join("no.wav");
    let refused = hoidap(folder.path())
        .args(["ask", "--text", "Đăng ký kết hôn ở đâu?", "--rate", "3", "--speak"])
        .arg(&wav)
        .assert()
        .code(2);
    let told = String::from_utf8_lossy(&refused.get_output().stderr).into_owned();
    assert!(told.contains("0.5 to 2 times") && !wav.exists(), "{told}");
}

#[test]
fn the_voice_is_warmed_once_and_kept() {
    let folder = tempfile::tempdir().unwrap();
    // The law and the models of the tests, and a cache of its own that is soon full.
    let own = folder.path().join("data");
    std::fs::create_dir(&own).unwrap();
    for name in ["regulations", "models", "espeak-ng-data"] {
        if data().join(name).exists() {
            std::os::unix::fs::symlink(data().join(name), own.join(name)).unwrap();
        }
    }
    let warm = || {
        let assert = hoidap(folder.path())
            .env("HOIDAP_DATA", &own)
            .env("HOIDAP_VOICE_CACHE_BYTES", "6000000")
            .args(["models", "warm-voice"])
            .assert()
            .success();
        String::from_utf8_lossy(&assert.get_output().stdout).into_owned()
    };
    let (first, second) = (warm(), warm());
    assert!(first.contains("espeak-ng-vi: ") && !first.contains(": 0 clauses"), "{first}");
    assert!(second.contains(": 0 clauses spoken") && !second.contains(", 0 were kept"), "{second}");
}
