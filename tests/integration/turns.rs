//! Turns in a stream: fixtures, sounds in which nobody speaks, damaged sound, and the owner's clips in noise.

use crate::common::{fixture, shared};
use hoidap::audio::resample::{StreamResampler, downmix};
use hoidap::audio::turn::{Completeness, NoVoice, Turn, TurnDetector, TurnEvent, TurnSettings};
use hoidap::audio::voice_activity::detect;
use hoidap::audio::{AudioLimits, SAMPLE_RATE, Utterance, decode};
use hoidap::evaluation::turns::sounds::{Timbre, at_level, in_noise, music, telephone};
use hoidap::evaluation::turns::{conditions_of, follow, quiet_sounds, stream};

const SECOND: usize = SAMPLE_RATE as usize;

fn sound(path: std::path::PathBuf) -> Utterance {
    decode(&std::fs::read(path).unwrap(), &AudioLimits::default()).unwrap()
}

fn speech(name: &str) -> Vec<f32> {
    sound(fixture(name)).samples().to_vec()
}

/// Somebody who says three words, pauses for so many seconds, and says more; silence around it.
fn spoken_with_gap(seconds: f32) -> Vec<f32> {
    let (first, second) = (speech("vi-khai-sinh-16k.wav"), speech("vi-giay-phep-central.wav"));
    let mut all = in_noise(&first, None, 1.0);
    all.truncate(all.len() - SECOND);
    all.resize(all.len() + (seconds * SECOND as f32) as usize, 0.0);
    all.extend(in_noise(&second, None, 2.0).split_off(2 * SECOND));
    all
}

/// All events, with the words said to be so complete at every pause; and where the stream was at each.
fn events(sound: &[f32], completeness: Completeness) -> Vec<(u64, TurnEvent)> {
    let mut turns = TurnDetector::new(TurnSettings::default());
    let mut all = Vec::new();
    for block in sound.chunks(320) {
        let now = turns.push(block);
        for event in now {
            if let TurnEvent::Pause { speech_end, .. } = event {
                let so_far = turns.so_far().unwrap();
                assert_eq!(so_far.speech_end, speech_end);
                turns.heard_so_far(speech_end, completeness);
            }
            all.push((turns.position(), event));
        }
    }
    all.extend(turns.finish().map(|event| (turns.position(), event)));
    all
}

fn ends(events: &[(u64, TurnEvent)]) -> Vec<(u64, &Turn)> {
    let end = |(at, event): &'_ (u64, TurnEvent)| match event {
        TurnEvent::EndOfTurn(_) => Some(*at),
        _ => None,
    };
    events.iter().filter_map(|e| end(e).zip(turn_of(&e.1))).collect()
}

fn turn_of(event: &TurnEvent) -> Option<&Turn> {
    match event {
        TurnEvent::EndOfTurn(turn) | TurnEvent::TooLong(turn) => Some(turn),
        _ => None,
    }
}

#[test]
fn a_question_is_told_from_its_first_word_to_its_last() {
    let clip = sound(fixture("vi-khai-sinh-16k.wav"));
    let all = in_noise(clip.samples(), None, 2.0);
    let told = events(&all, Completeness::Unknown);
    assert!(matches!(told[0].1, TurnEvent::SpeechStarted { .. }), "{:?}", told[0]);
    let ended = ends(&told);
    let [(_, turn)] = ended[..] else { panic!("{} turns", ended.len()) };
    let voice = detect(&clip).segments;
    let (first, last) = (voice[0].start + 2 * SECOND, voice.last().unwrap().end + 2 * SECOND);
    assert!(turn.start as usize + 4_000 < first, "250 ms before the first word at least");
    assert!(turn.end as usize > last);
    assert_eq!(turn.utterance.samples(), &all[turn.start as usize..turn.end as usize]);
    let pauses = told.iter().filter(|(_, event)| matches!(event, TurnEvent::Pause { .. })).count();
    let resumed = told.iter().filter(|(_, event)| matches!(event, TurnEvent::Resumed { .. })).count();
    assert_eq!(pauses, resumed + 1, "the last pause is the end");
}

#[test]
fn the_silence_that_ends_a_turn_depends_on_what_was_heard() {
    let all = in_noise(&speech("vi-khai-sinh-16k.wav"), None, 2.5);
    let settings = TurnSettings::default();
    for completeness in [Completeness::Finished, Completeness::Unknown, Completeness::Unfinished] {
        let told = events(&all, completeness);
        let (at, turn) = *ends(&told).last().unwrap();
        let silence_ms = (at - turn.speech_end) as u32 / 16;
        let wanted = settings.silence_ms(completeness);
        assert!((wanted..wanted + 40).contains(&silence_ms), "{completeness:?}: {silence_ms} ms");
    }
}

#[test]
fn who_goes_on_after_a_pause_is_one_turn_and_what_was_heard_of_it_is_forgotten() {
    let all = spoken_with_gap(0.35);
    let mut turns = TurnDetector::new(TurnSettings::default());
    let mut stale = None;
    let mut ended = 0;
    let mut resumed = false;
    for block in all.chunks(100) {
        for event in turns.push(block) {
            match event {
                TurnEvent::Pause { speech_end, .. } => stale = stale.or(Some(speech_end)),
                TurnEvent::Resumed { .. } => {
                    resumed = true;
                    // An answer that comes too late: the talker has gone on since.
                    turns.heard_so_far(stale.unwrap(), Completeness::Finished);
                }
                TurnEvent::EndOfTurn(turn) => {
                    ended += 1;
                    assert!(turn.utterance.seconds() > 6.0, "{}", turn.utterance.seconds());
                }
                _ => {}
            }
        }
    }
    assert!(resumed);
    assert_eq!(ended, 1);
}

#[test]
fn while_a_button_is_held_no_silence_ends_the_turn() {
    let mut turns = TurnDetector::new(TurnSettings::default());
    turns.hold(true);
    let events: Vec<TurnEvent> =
        spoken_with_gap(2.0).chunks(100).flat_map(|block| turns.push(block)).collect();
    assert!(events.iter().any(|event| matches!(event, TurnEvent::Resumed { .. })), "{}", events.len());
    assert!(!events.iter().any(|event| matches!(event, TurnEvent::EndOfTurn(_))));
    let Some(TurnEvent::EndOfTurn(turn)) = turns.finish() else {
        panic!("no turn when the button is let go")
    };
    assert!(turn.utterance.seconds() > 7.0, "{}", turn.utterance.seconds());
    // Let go: from now on silence ends turns again.
    let events = spoken_with_gap(2.0).chunks(100).flat_map(|block| turns.push(block)).collect::<Vec<_>>();
    assert!(events.iter().any(|event| matches!(event, TurnEvent::EndOfTurn(_))));
}

#[test]
fn two_questions_with_two_seconds_between_them_are_two_turns() {
    let found = stream(&spoken_with_gap(2.0), &TurnSettings::default());
    assert_eq!(found.turns.len(), 2);
    assert!(found.turns[0].end <= found.turns[1].start);
}

#[test]
fn two_people_at_once_are_one_turn() {
    let (one, other) = (speech("vi-khai-sinh-16k.wav"), speech("vi-nghi-viec-south.wav"));
    let mixed: Vec<f32> =
        one.iter().zip(other.iter().chain(std::iter::repeat(&0.0))).map(|(a, b)| a + b).collect();
    assert_eq!(stream(&in_noise(&mixed, None, 1.5), &TurnSettings::default()).turns.len(), 1);
}

#[test]
fn a_turn_that_is_too_long_is_cut_and_nothing_of_it_is_lost() {
    let all: Vec<f32> = (0..4).flat_map(|_| speech("vi-giay-phep-central.wav")).collect();
    let settings = TurnSettings { max_turn_ms: 3_000, ..TurnSettings::default() };
    let mut turns = TurnDetector::new(settings);
    let mut told: Vec<TurnEvent> = all.chunks(320).flat_map(|block| turns.push(block)).collect();
    told.extend(turns.finish());
    let cut: Vec<&Turn> = told.iter().filter_map(turn_of).collect();
    assert!(told.iter().filter(|event| matches!(event, TurnEvent::TooLong(_))).count() >= 3);
    for pair in cut.windows(2) {
        assert!(pair[0].utterance.seconds() <= 3.02);
        assert_eq!(pair[0].end, pair[1].start);
    }
    let started = told.iter().filter(|event| matches!(event, TurnEvent::SpeechStarted { .. })).count();
    assert_eq!(started, cut.len());
}

#[test]
fn the_size_of_the_blocks_changes_nothing() {
    let all = spoken_with_gap(1.5);
    let with_blocks = |size: usize| {
        let mut turns = TurnDetector::new(TurnSettings::default());
        let mut told: Vec<TurnEvent> = all.chunks(size).flat_map(|block| turns.push(block)).collect();
        told.extend(turns.finish());
        told
    };
    let whole = with_blocks(all.len());
    assert!(whole.iter().filter(|event| turn_of(event).is_some()).count() == 2);
    for size in [1, 160, 256, 320, 333, 4096] {
        assert!(with_blocks(size) == whole, "blocks of {size}");
    }
}

#[test]
fn damaged_sound_is_followed_and_nothing_panics() {
    let clean = speech("vi-khai-sinh-16k.wav");
    let soft = at_level(clean.clone(), -55.0);
    let mut broken = clean.clone();
    for (n, sample) in broken.iter_mut().enumerate() {
        match n % 97 {
            0 => *sample = f32::NAN,
            1 => *sample = f32::INFINITY,
            2 => *sample = f32::NEG_INFINITY,
            _ => {}
        }
    }
    let all = [
        ("soft", soft),
        ("not finite", broken),
        ("clipped", speech("vi-khai-sinh-clipped.wav")),
        ("zero line", in_noise(&clean, None, 1.0).iter().map(|s| (s + 0.3).min(1.0)).collect()),
        ("dead channel", speech("vi-khai-sinh-dead-channel.wav")),
        ("8 kHz, 8 bits", speech("vi-khai-sinh-8k-8bit.wav")),
        ("telephone", telephone(&clean)),
    ];
    for (name, sound) in all {
        let around = if name == "zero line" { 0.0 } else { 1.5 };
        let told = events(&in_noise(&sound, None, around), Completeness::Unknown);
        let turns: Vec<&Turn> = told.iter().filter_map(|(_, event)| turn_of(event)).collect();
        assert_eq!(turns.len(), 1, "{name}");
        assert!(turns[0].utterance.samples().iter().all(|s| s.is_finite()), "{name}");
        assert!(turns[0].utterance.seconds() > 2.0, "{name}: {}", turns[0].utterance.seconds());
    }
    for odd in [vec![], vec![0.3], vec![f32::NAN; 5_000], vec![1.0; 50_000], vec![f32::MAX; 5_000]] {
        assert!(stream(&odd, &TurnSettings::default()).turns.is_empty());
    }
}

#[test]
fn nobody_speaks_in_noise_typing_and_music() {
    let street = shared("noise/street-noise.wav").map(sound);
    for (name, quiet) in quiet_sounds(40, street.as_ref().map(Utterance::samples)) {
        // So loud that it clips, the street has something of a voice to the detector.
        if name.contains("-12 dB") {
            continue;
        }
        assert_eq!(stream(&quiet, &TurnSettings::default()).turns.len(), 0, "{name}");
    }
}

#[test]
fn music_is_told_from_a_voice_by_its_held_tones() {
    let mut turns = TurnDetector::new(TurnSettings::default());
    let told: Vec<TurnEvent> = turns.push(&at_level(music(20, Timbre::Organ, 3), -20.0));
    assert!(told.iter().all(|event| turn_of(event).is_none()));
    assert!(
        told.iter().any(|e| matches!(e, TurnEvent::FalseStart { cause: NoVoice::HeldTones, .. })),
        "{told:?}"
    );
}

#[test]
fn a_microphone_with_a_dead_channel_gives_the_question() {
    let stereo: Vec<f32> = speech("vi-khai-sinh-16k.wav")
        .iter()
        .chain(std::iter::repeat_n(&0.0, 2 * SECOND))
        .flat_map(|&s| [s, 0.0, s, 0.0, s, 0.0]) // three times as many samples: 48 kHz, roughly
        .collect();
    let mut resampler = StreamResampler::new(48_000, 16_000).unwrap();
    let mut turns = TurnDetector::new(TurnSettings::default());
    let ended = stereo.chunks(960).find_map(|block| {
        let mono = resampler.push(&downmix(block, 2)).unwrap();
        turns.push(&mono).into_iter().find_map(|event| match event {
            TurnEvent::EndOfTurn(turn) => Some(turn.utterance),
            _ => None,
        })
    });
    let utterance = ended.expect("a turn");
    assert!(detect(&utterance).has_speech());
    assert!((2.0..4.0).contains(&utterance.seconds()), "{}", utterance.seconds());
}

#[test]
fn everybody_in_the_owners_clips_is_heard_from_the_first_word_to_the_last() {
    let (Some(manifest), Some(street)) = (shared("speech/manifest.jsonl"), shared("noise/street-noise.wav"))
    else {
        return;
    };
    let street = sound(street);
    let settings = TurnSettings::default();
    let clips: Vec<Utterance> = std::fs::read_to_string(&manifest)
        .unwrap()
        .lines()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap())
        .map(|line| sound(manifest.with_file_name(line["audio"].as_str().unwrap())))
        .collect();
    for (name, harder) in conditions_of(Some(street.samples())) {
        if !matches!(name.as_str(), "clean" | "street, 10 dB") {
            continue;
        }
        let (mut whole, mut all) = (0, 0);
        for clip in &clips {
            let found =
                follow(clip, &harder, &settings).unwrap_or_else(|| panic!("nobody was found, {name}"));
            all += 1;
            whole += usize::from(found.start_ms <= -50.0 && found.end_ms >= 0.0 && found.lost_ms == 0.0);
        }
        eprintln!("{name}: {whole} of {all} whole");
        assert!(whole * 100 >= all * 97, "{name}: {whole} of {all}");
    }
}

#[test]
fn what_is_forgotten_in_the_middle_leaves_nothing_in_the_next_turn() {
    let clip = in_noise(&speech("vi-khai-sinh-16k.wav"), None, 2.5);
    let mut turns = TurnDetector::new(TurnSettings::default());
    let begun = clip.iter().position(|s| s.abs() > 0.05).unwrap() + SECOND;
    assert!(turns.push(&clip[..begun]).iter().any(|event| matches!(event, TurnEvent::SpeechStarted { .. })));
    turns.forget_turn();
    assert!(turns.so_far().is_none());
    let forgotten_to = turns.position();
    let quiet = vec![0.0; 2 * SECOND];
    let none = turns.push(&quiet);
    assert!(none.iter().all(|event| turn_of(event).is_none()), "{none:?}");
    let ended: Vec<Turn> = turns.push(&clip).iter().filter_map(|event| turn_of(event).cloned()).collect();
    let [turn] = ended.as_slice() else { panic!("{} turns", ended.len()) };
    assert!(turn.start >= forgotten_to, "{} < {forgotten_to}", turn.start);
    assert_eq!(turns.finish(), None);
}
