//! The engines with real weights: Whisper through the ears, Piper's English voice, espeak-ng's Vietnamese.

use crate::common::{data, fixture, rms, shared};
use hoidap::audio::wav::wav_bytes;
use hoidap::audio::{AudioLimits, Utterance, decode};
use hoidap::evaluation::word_error_rate::word_errors;
use hoidap::question::language::is_foreign_language;
use hoidap::speech_to_text::beams::Bias;
use hoidap::speech_to_text::{
    Ears, Rejection, SpeechToText, SpeechToTextError, WhisperEngine, WhisperOptions,
};
use hoidap::text_to_speech::{EspeakVoice, PiperVoice, Rate, TextToSpeech};

fn whisper(name: &str, file: &str) -> WhisperEngine {
    WhisperEngine::load(WhisperOptions {
        model: data().join("models").join(name).join(file),
        name: name.to_owned(),
        threads: 2,
        minimum_context_frames: 512,
        beams: 1,
        language_model: None,
        syllable_model: None,
        bias: Bias::NONE,
    })
    .unwrap()
}

fn sound(path: std::path::PathBuf) -> Utterance {
    decode(&std::fs::read(path).unwrap(), &AudioLimits::default()).unwrap()
}

#[tokio::test]
async fn speech_is_heard_and_nothing_of_it_reaches_the_next_speaker() {
    let Some(clip) = shared("speech/example-2.flac") else { return };
    let ears = Ears::start(|| Ok(Box::new(whisper("whisper-small-q8_0", "ggml-small-q8_0.bin")))).unwrap();
    let said = "Trên thực tế, các nghi ngờ đã bắt đầu xuất hiện.";
    let heard = ears.hear(sound(clip)).await.unwrap();
    assert!(word_errors(said, &heard.text).rate() < 0.2, "{}", heard.text);
    // Silence, then noise that the voice gate lets pass: neither may bring back a word.
    let silence = ears.hear(sound(fixture("silence.wav"))).await.unwrap();
    assert_eq!((silence.text.as_str(), silence.rejected), ("", Some(Rejection::NoVoice)));
    if let Some(noise) = shared("noise/street-noise.wav") {
        let noise = ears.hear(sound(noise)).await.unwrap();
        assert_eq!(noise.text, "", "{:?}", noise.rejected);
    }
}

#[test]
fn the_smaller_model_hears_too() {
    let Some(clip) = shared("speech/example-2.flac") else { return };
    let heard =
        whisper("whisper-base-q8_0", "ggml-base-q8_0.bin").transcribe(&sound(clip), &|| true).unwrap();
    assert!(word_errors("Trên thực tế, các nghi ngờ đã bắt đầu xuất hiện.", &heard.text).rate() < 0.6);
}

/// espeak-ng's Mandarin is a poor speaker, but nobody's Vietnamese.
#[test]
fn chinese_is_never_taken_for_a_question_of_the_law() {
    let mut voice = EspeakVoice::new("cmn", 150).unwrap();
    let pcm = voice.synthesise("请问办理建筑许可证需要什么材料？谢谢您的帮助。", Rate::NORMAL).unwrap();
    let spoken = decode(&wav_bytes(pcm.sample_rate, &pcm.samples).unwrap(), &AudioLimits::default()).unwrap();
    let heard = whisper("whisper-small-q8_0", "ggml-small-q8_0.bin").transcribe(&spoken, &|| true).unwrap();
    assert!(heard.text.is_empty() || is_foreign_language(&heard.text), "{heard:?}");
}

#[test]
fn english_is_heard_as_english() {
    let folder = data().join("models/en_US-joe-medium");
    let (onnx, json) = (folder.join("en_US-joe-medium.onnx"), folder.join("en_US-joe-medium.onnx.json"));
    let mut voice = PiperVoice::load(&onnx, &json, "en_US-joe-medium", 2).unwrap();
    let pcm = voice
        .synthesise("How long does it take to get a passport, and which papers do I need?", Rate::NORMAL)
        .unwrap();
    let wav = wav_bytes(pcm.sample_rate, &pcm.samples).unwrap();
    let utterance = decode(&wav, &AudioLimits::default()).unwrap();
    let heard =
        whisper("whisper-small-q8_0", "ggml-small-q8_0.bin").transcribe(&utterance, &|| true).unwrap();
    assert!(is_foreign_language(&heard.text), "{heard:?}");
}

#[test]
fn a_model_cut_in_half_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let whole = std::fs::read(data().join("models/whisper-base-q8_0/ggml-base-q8_0.bin")).unwrap();
    let model = folder.path().join("half.bin");
    std::fs::write(&model, &whole[..whole.len() / 2]).unwrap();
    let options = WhisperOptions {
        model,
        name: "half".into(),
        threads: 1,
        minimum_context_frames: 512,
        beams: 1,
        language_model: None,
        syllable_model: None,
        bias: Bias::NONE,
    };
    assert!(matches!(WhisperEngine::load(options), Err(SpeechToTextError::ModelUnreadable(..))));
}

#[test]
fn pipers_english_voice_speaks() {
    let folder = data().join("models/en_US-joe-medium");
    let (onnx, json) = (folder.join("en_US-joe-medium.onnx"), folder.join("en_US-joe-medium.onnx.json"));
    let mut voice = PiperVoice::load(&onnx, &json, "en_US-joe-medium", 2).unwrap();
    let pcm = voice.synthesise("Good morning, this is the answer to your question.", Rate::NORMAL).unwrap();
    let seconds = pcm.samples.len() as f64 / f64::from(pcm.sample_rate);
    assert!((1.5..8.0).contains(&seconds), "{seconds} s");
    assert!(rms(&pcm.samples) > 300.0);
    let paused =
        voice.synthesise("Good morning; this, is, the answer: to your question.", Rate::NORMAL).unwrap();
    assert!(paused.samples.len() > pcm.samples.len(), "punctuation makes pauses");
    assert!(voice.synthesise("… 😀 —", Rate::NORMAL).unwrap().samples.is_empty());
}
