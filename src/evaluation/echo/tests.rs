//! Floors under the figures of `docs/kiosk-echo.md`, on the voices of the fixtures.

use std::path::Path;

use super::*;

fn voices() -> Voices {
    Voices::of_fixtures(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/audio-fixtures"))).unwrap()
}

fn scene_with(wanted: impl Fn(&Scene) -> bool) -> Scene {
    scenes().into_iter().find(wanted).unwrap()
}

#[test]
fn the_kiosk_hears_a_talker_over_its_own_voice_and_not_itself() {
    let still = scene_with(|s| s.rt60 == 0.6 && s.snr_db == 35.0 && s.held_out);
    let drifting = scene_with(|s| s.drift_ppm < 0.0);
    let report = measure(&voices(), &[still, drifting], &TurnSettings::default());
    for (figures, floor_db) in report.scenes.iter().zip([22.0, 19.0]) {
        assert!(figures.erle_db >= floor_db, "{report}");
        assert!(figures.erle_first_db >= 10.0, "{report}");
        assert!(
            figures.false_uncancelled > 0 && figures.false_ungated > 0,
            "the scene shows nothing\n{report}"
        );
        assert_eq!(figures.false_gated, 0, "{report}");
    }
    assert_eq!(report.heard_within(600, true), (4, 4), "{report}");
    assert!(report.real_time < 1.0, "{report}");
}

#[test]
fn after_a_jump_of_the_delay_the_echo_is_taken_out_again() {
    let jump = scene_with(|s| s.jump_ms > 0.0);
    let sounds = jump.sounds(voices().speech(ALONE, 1));
    let heard = listen(
        &jump,
        EchoStream::with(canceller(), None),
        &sounds.played,
        &sounds.echo,
        &TurnSettings::default(),
    );
    let erle = |from: usize, to: usize| {
        20.0 * (level(&sounds.echo[from * MS..to * MS]) / level(&heard.cleaned[from * MS..to * MS])).log10()
    };
    let (before, after) = (erle(7_000, 10_000), erle(14_000, 19_000));
    assert!(before > 20.0 && after > 20.0, "{before} {after}");
}

#[test]
fn a_scene_is_the_same_every_time_and_as_loud_as_it_says() {
    let scene = scene_with(|s| s.drift_ppm > 0.0);
    let (a, b) = (scene.sounds(voices().speech(80_000, 0)), scene.sounds(voices().speech(80_000, 0)));
    assert!(a.echo == b.echo && a.noise == b.noise);
    // The loudspeaker's clock is faster: the microphone has heard less when all is played.
    assert_eq!(a.played.len() - a.echo.len(), 8);
    assert_eq!(scene.played_by(79_992), 79_999);
    let above_noise = 20.0 * (level(&a.echo) / level(&a.noise)).log10();
    assert!((above_noise - scene.echo_db - scene.snr_db).abs() < 0.1, "{above_noise}");
}

#[test]
fn a_talker_that_became_softer_is_seen() {
    let talk: Vec<f32> = (0..32_000).map(|n| if n < 16_000 { 0.0 } else { (n as f32).sin() * 0.3 }).collect();
    let softer: Vec<f32> = talk.iter().map(|s| s * 0.5).collect();
    let (middle, worst) = change_of_talker(&talk, &softer);
    assert!((middle + 6.02).abs() < 0.1 && (worst + 6.02).abs() < 0.1, "{middle} {worst}");
}

#[test]
fn without_a_voice_nothing_is_measured() {
    let fixtures = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/audio-fixtures"));
    let (voice, silence) = (fixtures.join("vi-khai-sinh-16k.wav"), fixtures.join("silence.wav"));
    assert!(Voices::read(&[&voice], &[&silence]).is_err());
    assert!(Voices::read(&[&silence], &[&voice]).is_err());
    assert!(Voices::read(&[] as &[&Path], &[] as &[&Path]).is_err());
    assert!(Voices::read(&[&voice], &[fixtures.join("none.wav")]).is_err());
}
