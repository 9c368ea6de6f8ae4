//! What the fine structure of the spectrum says: whether a sound has harmonics, as a voice and a tone have and noise has
//! not, and whether it is held, as the tones of music are and a voice is not.
//!
//! The fine structure is the logarithm of the spectrum less its envelope. Harmonics make it periodic: this is the peak
//! of the cepstrum (Noll, “Cepstrum pitch determination”, Journal of the Acoustical Society of America 41 (2), 1967),
//! which neither the colour of the noise nor the line it comes over changes. A voice glides: within a tenth of a second
//! its lines have moved, the more so in a language of tones, whereas music stands still from one note to the next. The
//! idea is that of “continuous frequency activation” (Seyerlehner, Pohle, Schedl and Widmer, “Automatic music detection
//! in television productions”, DAFx 2007); here the measure is the correlation with the fine structure of a moment ago,
//! the largest over a few moments, so that a vibrato meets itself again.

use std::f32::consts::TAU;
use std::ops::Range;
use std::sync::Arc;

use realfft::num_complex::Complex32;
use realfft::{RealFftPlanner, RealToComplex};

use super::voice::FRAME;

/// Samples of the spectrum's window (64 ms): long enough to tell the lines of a voice from each other.
const WINDOW: usize = 1024;
/// The lines looked at, 15.6 Hz apart: 110 to 3,500 Hz.
const LINES: Range<usize> = 7..225;
const COUNT: usize = LINES.end - LINES.start;
/// The envelope is the mean over so many lines to either side; what is above or below it is fine structure.
const ENVELOPE: usize = 6;
/// Where harmonics of 80 to 400 Hz show in the transform of the fine structure.
const PITCHES: Range<usize> = 40..201;
/// How far back a frame is compared, in frames of 16 ms.
const LAGS: [usize; 3] = [6, 9, 12];
const KEPT: usize = 13;

/// The fine structure with a mean of 0 and a length of 1.
type Lines = [f32; COUNT];

/// What is said of a frame.
#[derive(Debug, Clone, Copy)]
pub(super) struct Tones {
    /// From 0, no harmonics, to 1: nothing else. Noise has about 0.2.
    pub harmonic: f32,
    /// How much it is like what was a tenth to a fifth of a second ago: about 0 for a voice, 1 for a held chord.
    pub held: f32,
}

/// Looks at a stream of frames.
pub(super) struct FineStructure {
    transform: Arc<dyn RealToComplex<f32>>,
    hann: Vec<f32>,
    recent: Vec<f32>,
    input: Vec<f32>,
    spectrum: Vec<Complex32>,
    scratch: Vec<Complex32>,
    past: [Lines; KEPT],
    frames: usize,
}

impl FineStructure {
    /// Nothing has been heard yet.
    pub fn new() -> Self {
        let transform = RealFftPlanner::<f32>::new().plan_fft_forward(WINDOW);
        Self {
            hann: (0..WINDOW).map(|n| 0.5 - 0.5 * (TAU * n as f32 / WINDOW as f32).cos()).collect(),
            recent: vec![0.0; WINDOW],
            input: transform.make_input_vec(),
            spectrum: transform.make_output_vec(),
            scratch: transform.make_scratch_vec(),
            past: [[0.0; COUNT]; KEPT],
            frames: 0,
            transform,
        }
    }

    /// Takes the next frame.
    pub fn look(&mut self, frame: &[f32; FRAME]) -> Tones {
        self.recent.copy_within(FRAME.., 0);
        self.recent[WINDOW - FRAME..].copy_from_slice(frame);
        for ((out, sample), weight) in self.input.iter_mut().zip(&self.recent).zip(&self.hann) {
            *out = sample * weight;
        }
        self.run();
        let now = lines(&self.spectrum);
        self.input.fill(0.0);
        self.input[..COUNT].copy_from_slice(&now);
        self.run();
        let peak = self.spectrum[PITCHES].iter().fold(0.0f32, |peak, bin| peak.max(bin.norm_sqr()));
        let held = LAGS
            .iter()
            .map(|lag| {
                let then = &self.past[(self.frames + KEPT - lag) % KEPT];
                now.iter().zip(then).map(|(a, b)| a * b).sum::<f32>()
            })
            .fold(0.0, f32::max);
        self.past[self.frames % KEPT] = now;
        self.frames += 1;
        Tones { harmonic: (peak * 2.0 / COUNT as f32).sqrt(), held }
    }

    fn run(&mut self) {
        // The lengths are those that the transform has made itself, so that it cannot fail.
        let _ = self.transform.process_with_scratch(&mut self.input, &mut self.spectrum, &mut self.scratch);
    }
}

fn lines(spectrum: &[Complex32]) -> Lines {
    const SPAN: usize = LINES.end + ENVELOPE;
    let mut sums = [0.0f32; SPAN + 1];
    let mut log = [0.0f32; SPAN];
    for (line, bin) in spectrum.iter().take(SPAN).enumerate() {
        log[line] = (bin.norm_sqr() + 1e-6).ln();
        sums[line + 1] = sums[line] + log[line];
    }
    let mut fine = [0.0; COUNT];
    for (out, line) in fine.iter_mut().zip(LINES) {
        let (from, to) = (line - ENVELOPE, line + ENVELOPE + 1);
        *out = log[line] - (sums[to] - sums[from]) / (to - from) as f32;
    }
    let mean = fine.iter().sum::<f32>() / COUNT as f32;
    fine.iter_mut().for_each(|x| *x -= mean);
    let length = fine.iter().map(|x| x * x).sum::<f32>().sqrt().max(1e-6);
    fine.iter_mut().for_each(|x| *x /= length);
    fine
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frames_of(mut sample: impl FnMut(f32) -> f32) -> Vec<Tones> {
        let mut structure = FineStructure::new();
        (0..40)
            .map(|n| structure.look(&std::array::from_fn(|k| sample((n * FRAME + k) as f32 / 16_000.0))))
            .collect()
    }

    fn last_of(sample: impl FnMut(f32) -> f32) -> Tones {
        frames_of(sample).pop().unwrap()
    }

    /// A tone with many partials, whose pitch in Hz is a function of the time.
    fn tone(hz: impl Fn(f32) -> f32) -> Tones {
        let mut phase = 0.0;
        last_of(|t| {
            phase = (phase + hz(t) / 16_000.0) % 1.0;
            (1..16).map(|partial| (TAU * phase * partial as f32).sin() / partial as f32).sum::<f32>() * 0.1
        })
    }

    #[test]
    fn a_held_tone_is_like_itself_and_a_gliding_one_is_not() {
        let (held, gliding) = (tone(|_| 180.0), tone(|t| 120.0 + 100.0 * t));
        assert!(held.held > 0.9 && gliding.held < 0.5, "{held:?} {gliding:?}");
    }

    #[test]
    fn a_tone_has_harmonics_and_noise_has_none() {
        let mut seed = 1u32;
        let noise = frames_of(|_| {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (seed >> 8) as f32 / (1 << 23) as f32 - 1.0
        });
        // One frame of noise may look like anything; the mean does not.
        let mean = |of: fn(&Tones) -> f32| noise.iter().map(of).sum::<f32>() / noise.len() as f32;
        let (held, gliding) = (tone(|_| 180.0), tone(|t| 120.0 + 100.0 * t));
        assert!(held.harmonic > 0.4 && gliding.harmonic > 0.4, "{held:?} {gliding:?}");
        assert!(mean(|t| t.harmonic) < 0.3 && mean(|t| t.held) < 0.3, "{noise:?}");
    }
}
