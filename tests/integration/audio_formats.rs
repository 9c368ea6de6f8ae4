//! Every fixture through the decoder: speech in each format, silence, damage, and hostile files.

use std::time::Duration;

use crate::common::fixture;
use hoidap::audio::voice_activity::detect;
use hoidap::audio::{AudioError, AudioLimits, decode};
use proptest::prelude::*;
use serde::Deserialize;

#[derive(Deserialize)]
struct Fixture {
    audio: String,
    expect: String,
    seconds: f64,
}

fn fixtures() -> Vec<Fixture> {
    let manifest = std::fs::read_to_string(fixture("manifest.jsonl")).unwrap();
    manifest.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn every_fixture_is_what_its_manifest_says() {
    let all = fixtures();
    assert!(all.len() > 25);
    for Fixture { audio, expect, seconds } in all {
        let decoded = decode(&std::fs::read(fixture(&audio)).unwrap(), &AudioLimits::default());
        match expect.as_str() {
            "error" => {
                let error = decoded.expect_err(&audio);
                assert!(!error.to_string().is_empty() && !error.vietnamese().is_empty());
            }
            expect => {
                let utterance = decoded.unwrap_or_else(|e| panic!("{audio}: {e}"));
                assert_eq!(detect(&utterance).has_speech(), expect == "speech", "{audio}");
                if seconds > 0.0 {
                    // A codec may add its own padding; 120 ms is the longest Opus packet.
                    assert!(
                        (utterance.seconds() - seconds).abs() < 0.13,
                        "{audio}: {} s",
                        utterance.seconds()
                    );
                }
            }
        }
    }
}

#[test]
fn each_limit_has_its_own_error() {
    let bytes = std::fs::read(fixture("vi-khai-sinh-44k-stereo.wav")).unwrap();
    let limits = AudioLimits::default();
    let decode_with = |limits: AudioLimits| decode(&bytes, &limits).unwrap_err();
    let max_bytes = 1000;
    assert_eq!(
        decode_with(AudioLimits { max_bytes, ..limits.clone() }),
        AudioError::TooManyBytes { limit: 1000 }
    );
    let max_seconds = 0.5;
    assert_eq!(
        decode_with(AudioLimits { max_seconds, ..limits.clone() }),
        AudioError::TooLong { limit_seconds: 0.5 }
    );
    let max_samples = 5000;
    assert_eq!(
        decode_with(AudioLimits { max_samples, ..limits.clone() }),
        AudioError::TooManySamples { limit: 5000 }
    );
    assert_eq!(
        decode_with(AudioLimits { decode_time: Duration::ZERO, ..limits.clone() }),
        AudioError::TooSlow
    );
    assert_eq!(decode(&[], &limits), Err(AudioError::Empty));
    let zero = std::fs::read(fixture("zero-samples.wav")).unwrap();
    assert_eq!(decode(&zero, &limits), Err(AudioError::NoSamples));
    let text = std::fs::read(fixture("text.wav")).unwrap();
    assert_eq!(decode(&text, &limits), Err(AudioError::UnknownFormat));
}

#[test]
fn the_same_words_in_every_format_sound_alike() {
    // Energy in tenths of a second, so that no channel, rate or scale is mixed up on the way.
    let envelope = |audio: &str| -> Vec<f32> {
        let utterance = decode(&std::fs::read(fixture(audio)).unwrap(), &AudioLimits::default()).unwrap();
        utterance
            .samples()
            .chunks(1600)
            .map(|c| (c.iter().map(|s| s * s).sum::<f32>() / c.len() as f32).sqrt())
            .collect()
    };
    let reference = envelope("vi-khai-sinh-16k.wav");
    for audio in [
        "vi-khai-sinh-8k-8bit.wav",
        "vi-khai-sinh-44k-stereo.wav",
        "vi-khai-sinh-24bit.wav",
        "vi-khai-sinh-float.wav",
        "vi-khai-sinh.mp3",
        "vi-khai-sinh.m4a",
        "vi-khai-sinh.flac",
        "vi-khai-sinh.opus",
        "vi-khai-sinh.ogg",
        "vi-khai-sinh.webm",
    ] {
        let other = envelope(audio);
        let dot: f32 = reference.iter().zip(&other).map(|(a, b)| a * b).sum();
        let norm = |e: &[f32]| e.iter().map(|a| a * a).sum::<f32>().sqrt();
        let likeness = dot / (norm(&reference) * norm(&other));
        assert!(likeness > 0.95, "{audio}: {likeness}");
        let level = norm(&other) / norm(&reference);
        assert!((0.8..1.25).contains(&level), "{audio}: level {level}");
    }
}

#[test]
fn nobody_in_the_owners_clips_is_taken_for_silence_and_the_street_for_a_speaker() {
    if let Some(folder) = crate::common::shared("speech") {
        let mut clips = 0;
        for path in std::fs::read_dir(folder).unwrap().map(|e| e.unwrap().path()) {
            if path.extension().is_some_and(|e| e == "flac") {
                let utterance = decode(&std::fs::read(&path).unwrap(), &AudioLimits::default()).unwrap();
                assert!(detect(&utterance).has_speech(), "{}", path.display());
                clips += 1;
            }
        }
        assert!(clips > 100);
    }
    if let Some(street) = crate::common::shared("noise/street-noise.wav") {
        let street = decode(&std::fs::read(street).unwrap(), &AudioLimits::default()).unwrap();
        assert!(!detect(&street).has_speech());
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn damaged_files_never_panic_or_hang(
        which in 0usize..8,
        cut in 0.0f64..1.0,
        flips in prop::collection::vec((0.0f64..1.0, any::<u8>()), 0..12),
    ) {
        let names = ["16k.wav", "24bit.wav", "float.wav"];
        let coded = ["mp3", "m4a", "flac", "opus", "webm"];
        let name = match names.get(which) {
            Some(name) => format!("vi-khai-sinh-{name}"),
            None => format!("vi-khai-sinh.{}", coded[which - names.len()]),
        };
        let mut bytes = std::fs::read(fixture(&name)).unwrap();
        bytes.truncate((bytes.len() as f64 * cut) as usize);
        for (at, value) in flips {
            if !bytes.is_empty() {
                let at = (bytes.len() as f64 * at) as usize;
                bytes[at] ^= value;
            }
        }
        let limits = AudioLimits { decode_time: Duration::from_secs(5), ..AudioLimits::default() };
        let result = decode(&bytes, &limits);
        prop_assert!(!matches!(result, Err(AudioError::Exhausted)));
    }
}
