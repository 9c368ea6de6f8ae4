//! The edges of a spoken piece: the engine's own silence is cut off, and the sound begins and ends at nothing, so that
//! pieces join without a click and the pauses between them are ours alone.

use std::ops::Range;

/// Loudness is looked at in windows of so many milliseconds.
const WINDOW_MS: u32 = 5;
/// What is quieter than the loudest window by so much is silence, dB: a final consonant is not.
const SILENCE_DB: f32 = -45.0;
/// And whatever is quieter than this, dB of full scale.
const FLOOR_DB: f32 = -66.0;
/// Left before the first sound, milliseconds.
const LEAD_MS: u32 = 10;
/// Left after the last, milliseconds: a voice dies away.
const TAIL_MS: u32 = 25;
/// The sound rises over so many milliseconds…
const FADE_IN_MS: u32 = 4;
/// … and falls over so many.
const FADE_OUT_MS: u32 = 12;

/// So many milliseconds, in samples.
pub(super) fn samples_of(ms: u32, sample_rate: u32) -> usize {
    (u64::from(sample_rate) * u64::from(ms) / 1000) as usize
}

/// Where somebody speaks in `samples` (full scale is 1); empty where nobody does.
pub fn sounding(samples: &[f32], sample_rate: u32) -> Range<usize> {
    let window = samples_of(WINDOW_MS, sample_rate).max(1);
    let levels: Vec<f32> = samples
        .chunks(window)
        .map(|chunk| (chunk.iter().map(|s| s * s).sum::<f32>() / chunk.len() as f32).sqrt())
        .collect();
    let loudest = levels.iter().copied().fold(0.0, f32::max);
    let threshold = (loudest * decibels(SILENCE_DB)).max(decibels(FLOOR_DB));
    let is_sound = |level: &f32| *level > threshold;
    let (Some(first), Some(last)) = (levels.iter().position(is_sound), levels.iter().rposition(is_sound))
    else {
        return 0..0;
    };
    let start = (first * window).saturating_sub(samples_of(LEAD_MS, sample_rate));
    let end = ((last + 1) * window + samples_of(TAIL_MS, sample_rate)).min(samples.len());
    start..end
}

/// Lets the sound rise from nothing and fall to nothing (raised cosine); the first and the last sample are 0.
pub fn fade(samples: &mut [f32], sample_rate: u32) {
    let half = samples.len() / 2;
    let ramp = |ms| samples_of(ms, sample_rate).clamp(1, half.max(1));
    let (rise, fall) = (ramp(FADE_IN_MS), ramp(FADE_OUT_MS));
    let gain = |n: usize, length: usize| {
        let share = n as f32 / length as f32;
        0.5 - 0.5 * (std::f32::consts::PI * share).cos()
    };
    for (n, sample) in samples.iter_mut().take(rise).enumerate() {
        *sample *= gain(n, rise);
    }
    for (n, sample) in samples.iter_mut().rev().take(fall).enumerate() {
        *sample *= gain(n, fall);
    }
}

fn decibels(db: f32) -> f32 {
    10f32.powf(db / 20.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    const RATE: u32 = 16_000;

    /// Silence, a tone of `ms`, silence.
    fn tone(before: usize, ms: u32, after: usize) -> Vec<f32> {
        let tone = (0..samples_of(ms, RATE)).map(|n| (n as f32 * 0.2).sin() * 0.5);
        std::iter::repeat_n(0.0, before).chain(tone).chain(std::iter::repeat_n(0.0, after)).collect()
    }

    #[test]
    fn silence_is_cut_off_and_sound_is_not() {
        let samples = tone(5_000, 300, 9_000);
        let range = sounding(&samples, RATE);
        assert!((4_760..=5_000).contains(&range.start), "{range:?}");
        assert!((9_800..=10_400).contains(&range.end), "{range:?}");
        assert_eq!(sounding(&[0.0; 4_000], RATE), 0..0);
        assert_eq!(sounding(&[], RATE), 0..0);
        assert_eq!(sounding(&[1e-5; 4_000], RATE), 0..0, "what nobody hears");
    }

    #[test]
    fn a_piece_begins_and_ends_at_nothing() {
        for length in [0usize, 1, 2, 3, 50, 8_000] {
            let mut samples = vec![1.0; length];
            fade(&mut samples, RATE);
            assert_eq!(samples.first().copied().unwrap_or(0.0), 0.0, "{length}");
            assert_eq!(samples.last().copied().unwrap_or(0.0), 0.0, "{length}");
        }
        let mut samples = vec![1.0; 8_000];
        fade(&mut samples, RATE);
        let step = samples.windows(2).map(|pair| (pair[1] - pair[0]).abs()).fold(0.0, f32::max);
        assert!(step < 0.03, "{step}");
        assert_eq!(samples[4_000], 1.0);
    }
}
