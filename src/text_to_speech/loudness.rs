//! Equal loudness: every answer of every voice at -16 LUFS, the loudness of spoken word on the web, and nothing clipped.
//!
//! Loudness is measured after ITU-R BS.1770-4 with the gates of EBU R 128, of one channel. Pieces are sent off before the
//! whole answer is known, so the voice is measured once over a text of its own, and a piece may differ from that by a
//! little only: what is meant to be said softly stays softer.

use ebur128::{EbuR128, Mode};

use super::edges::samples_of;
use super::limiter::limit;

/// What everything is brought to, LUFS.
pub const TARGET_LUFS: f64 = -16.0;
/// A piece is brought to this, LUFS: in whole answers of two voices at three rates 0.3 dB were missing on average, for
/// blocks of 400 ms that lie half in a pause count too.
const PIECE_LUFS: f64 = TARGET_LUFS + 0.3;
/// No true peak is above this, dB of full scale (EBU R 128).
pub const MAX_TRUE_PEAK_DB: f64 = -1.0;
/// A piece is turned up or down by so much more or less than its voice, dB.
const MAX_CORRECTION_DB: f64 = 3.0;
/// A voice, or a piece of a voice that was never measured, is turned up or down by no more than this, dB.
const MAX_GAIN_DB: f64 = 24.0;
/// Samples are limited to this, dB of full scale: between two of them the sound may rise a little higher.
const CEILING_DB: f64 = -1.5;
/// Limiting takes loudness away; it is given back so many times…
const ROUNDS: usize = 3;
/// … unless less than this is missing, dB.
const CLOSE_ENOUGH_DB: f64 = 0.1;
/// In an answer silence stands before and after a piece, and counts where it shares a block of 400 ms with speech.
const SILENCE_AROUND_MS: u32 = 400;

/// Integrated loudness of mono samples (full scale is 1), LUFS; null where there is nothing to hear, or less than 400 ms.
pub fn integrated(samples: &[f32], sample_rate: u32) -> Option<f64> {
    let mut meter = EbuR128::new(1, sample_rate, Mode::I).ok()?;
    meter.add_frames_f32(samples).ok()?;
    meter.loudness_global().ok().filter(|lufs| lufs.is_finite())
}

/// The highest point of the sound between its samples too, dB of full scale; minus infinity for silence.
pub fn true_peak_db(samples: &[f32], sample_rate: u32) -> Option<f64> {
    let mut meter = EbuR128::new(1, sample_rate, Mode::TRUE_PEAK).ok()?;
    meter.add_frames_f32(samples).ok()?;
    Some(20.0 * meter.true_peak(0).ok()?.log10())
}

/// As it counts in an answer, with silence around it.
fn in_an_answer(samples: &[f32], sample_rate: u32) -> Option<f64> {
    let silence = vec![0.0; samples_of(SILENCE_AROUND_MS, sample_rate)];
    let mut meter = EbuR128::new(1, sample_rate, Mode::I).ok()?;
    for part in [&silence, samples, &silence] {
        meter.add_frames_f32(part).ok()?;
    }
    meter.loudness_global().ok().filter(|lufs| lufs.is_finite())
}

/// Brings the pieces of one voice to the target.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Leveller {
    /// What the voice needs, dB; null where it was not measured, and each piece stands for itself.
    voice_gain_db: Option<f64>,
}

impl Leveller {
    /// For a voice of which these pieces are known, its edges trimmed.
    pub fn for_voice(pieces: &[Vec<f32>], sample_rate: u32) -> Self {
        let silence = vec![0.0; samples_of(SILENCE_AROUND_MS, sample_rate)];
        let said: Vec<f32> = pieces.iter().flat_map(|piece| [&silence, piece]).flatten().copied().collect();
        let gain = in_an_answer(&said, sample_rate).map(|lufs| bounded(PIECE_LUFS - lufs, 0.0, MAX_GAIN_DB));
        Self { voice_gain_db: gain }
    }

    /// Brings a piece, its edges trimmed, to the target as far as it may be, and keeps its peaks down.
    pub fn level(&self, samples: &mut Vec<f32>, sample_rate: u32) {
        let (middle, reach) = match self.voice_gain_db {
            Some(gain) => (gain, MAX_CORRECTION_DB),
            None => (0.0, MAX_GAIN_DB),
        };
        let wanted = in_an_answer(samples, sample_rate).map(|lufs| PIECE_LUFS - lufs);
        let mut gain = bounded(wanted.unwrap_or(middle), middle, reach);
        let mut levelled = turned(samples, gain, sample_rate);
        for _ in 1..ROUNDS {
            let missing = in_an_answer(&levelled, sample_rate).map_or(0.0, |lufs| PIECE_LUFS - lufs);
            let next = bounded(gain + missing, middle, reach);
            if missing < CLOSE_ENOUGH_DB || next <= gain {
                break;
            }
            gain = next;
            levelled = turned(samples, gain, sample_rate);
        }
        let over = true_peak_db(&levelled, sample_rate).unwrap_or(f64::NEG_INFINITY) - MAX_TRUE_PEAK_DB;
        if over > 0.0 {
            levelled.iter_mut().for_each(|sample| *sample *= factor(-over));
        }
        *samples = levelled;
    }
}

fn turned(samples: &[f32], gain_db: f64, sample_rate: u32) -> Vec<f32> {
    let gain = factor(gain_db);
    let mut out: Vec<f32> = samples.iter().map(|sample| sample * gain).collect();
    limit(&mut out, factor(CEILING_DB), sample_rate);
    out
}

fn bounded(gain: f64, middle: f64, reach: f64) -> f64 {
    gain.clamp(middle - reach, middle + reach)
}

fn factor(db: f64) -> f32 {
    10f64.powf(db / 20.0) as f32
}

#[cfg(test)]
mod tests {
    use super::*;

    const RATE: u32 = 22_050;

    /// A tone that swells and falls four times a second, like syllables.
    fn murmur(seconds: f32, level: f32) -> Vec<f32> {
        (0..(seconds * RATE as f32) as usize)
            .map(|n| {
                let time = n as f32 / RATE as f32;
                let swell = 0.6 + 0.4 * (time * 25.0).sin();
                ((time * 1_400.0).sin() + 0.5 * (time * 4_100.0).sin()) * swell * level
            })
            .collect()
    }

    #[test]
    fn a_tone_of_known_loudness_is_measured_so() {
        // EBU Tech 3341: 1 kHz at -23 dBFS in both channels is -23 LUFS; in one channel it is 3 dB less.
        let tone: Vec<f32> = (0..RATE as usize * 5)
            .map(|n| (n as f32 * std::f32::consts::TAU * 1_000.0 / RATE as f32).sin() * factor(-20.0))
            .collect();
        assert!((integrated(&tone, RATE).unwrap() + 23.0).abs() < 0.2);
        assert_eq!(integrated(&[0.0; 44_100], RATE), None);
        assert_eq!(integrated(&[], RATE), None);
    }

    #[test]
    fn loud_and_soft_pieces_are_brought_together_within_bounds() {
        let leveller = Leveller::for_voice(&[murmur(3.0, 0.05), murmur(2.0, 0.05)], RATE);
        let loudness = |level| {
            let mut piece = murmur(2.0, level);
            leveller.level(&mut piece, RATE);
            assert!(true_peak_db(&piece, RATE).unwrap() <= MAX_TRUE_PEAK_DB + 0.01);
            in_an_answer(&piece, RATE).unwrap()
        };
        for level in [0.04, 0.05, 0.06] {
            assert!((loudness(level) - PIECE_LUFS).abs() < 0.3, "{level}: {}", loudness(level));
        }
        let whispered = loudness(0.005);
        assert!((-35.0..-31.0).contains(&whispered), "20 dB less, of which 3 are given: {whispered}");
    }

    #[test]
    fn a_voice_that_was_never_measured_is_levelled_piece_by_piece() {
        for level in [0.03, 0.1, 0.4] {
            let mut piece = murmur(2.0, level);
            Leveller::default().level(&mut piece, RATE);
            let lufs = in_an_answer(&piece, RATE).unwrap();
            assert!((lufs - PIECE_LUFS).abs() < 0.5, "{level}: {lufs}");
        }
        for nothing in [vec![], vec![0.0; 5_000]] {
            let mut piece = nothing.clone();
            Leveller::default().level(&mut piece, RATE);
            assert_eq!(piece, nothing);
        }
    }

    #[test]
    fn clicks_in_soft_speech_do_not_clip() {
        let mut piece = murmur(2.0, 0.03);
        for n in (0..piece.len()).step_by(RATE as usize / 2) {
            piece[n] = 0.9;
        }
        Leveller::default().level(&mut piece, RATE);
        assert!(true_peak_db(&piece, RATE).unwrap() <= MAX_TRUE_PEAK_DB + 0.01);
        let lufs = in_an_answer(&piece, RATE).unwrap();
        assert!((lufs - PIECE_LUFS).abs() < 1.0, "{lufs}");
    }
}
