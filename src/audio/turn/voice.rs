//! From samples to what each frame of 16 ms says of a voice: earshot's score, the level above the noise floor, and
//! what tones there are in it.
//!
//! The samples are made finite, freed of what does not sound (a shift of the zero line, rumble), and soft ones are made
//! louder before the detector hears them, by the loudest that there was lately: nothing of the future is needed.

use std::f32::consts::{SQRT_2, TAU};

use earshot::Detector;

use super::fine_structure::{FineStructure, Tones};
use super::noise_floor::{NoiseFloor, decibels};
use crate::audio::SAMPLE_RATE;
use crate::audio::voice_activity::FRAME_SAMPLES;

/// Samples of a frame.
pub(super) const FRAME: usize = FRAME_SAMPLES;
/// A frame's length.
pub(super) const FRAME_MS: u32 = FRAME as u32 * 1000 / SAMPLE_RATE;

/// The detector hears soft sound badly: its peaks are brought here.
const DETECTION_PEAK: f32 = 0.5;
/// Softer peaks than this are not made louder any further (a gain of 42 dB).
const SOFTEST_PEAK: f32 = 0.004;
/// What is left of the remembered peak after a frame: 6 dB are forgotten in a second.
const PEAK_KEPT: f32 = 0.989;
/// What is lower, in Hz, is rumble, hum, wind or a shifted zero line.
const HIGH_PASS_HZ: f32 = 120.0;

/// What one frame says.
#[derive(Debug, Clone, Copy)]
pub(super) struct FrameVoice {
    /// From 0 to 1, of the detector.
    pub score: f32,
    /// How far its level, root mean square, is above the noise floor, in dB.
    pub above_floor: f32,
    /// Whether it has harmonics, and whether they are held.
    pub tones: Tones,
}

/// Listens to a stream, frame by frame.
pub(super) struct VoiceMeter {
    detector: Box<Detector>,
    floor: NoiseFloor,
    structure: FineStructure,
    /// Null before the first sample.
    high_pass: Option<HighPass>,
    peak: f32,
}

impl VoiceMeter {
    /// Nothing has been heard yet.
    pub fn new() -> Self {
        Self {
            detector: Box::default(),
            floor: NoiseFloor::new(),
            structure: FineStructure::new(),
            high_pass: None,
            peak: SOFTEST_PEAK,
        }
    }

    /// Listens to a frame of finite samples.
    pub fn measure(&mut self, samples: &[f32; FRAME]) -> FrameVoice {
        let mut frame = [0.0f32; FRAME];
        let high_pass = self.high_pass.get_or_insert_with(|| HighPass::at_rest(HIGH_PASS_HZ, samples[0]));
        for (out, &sample) in frame.iter_mut().zip(samples) {
            *out = high_pass.next(sample);
        }
        let power = frame.iter().map(|s| s * s).sum::<f32>() / FRAME as f32;
        let peak = frame.iter().fold(0.0f32, |peak, s| peak.max(s.abs()));
        self.peak = peak.max(self.peak * PEAK_KEPT).max(SOFTEST_PEAK);
        let gain = DETECTION_PEAK / self.peak;
        frame.iter_mut().for_each(|s| *s *= gain);
        FrameVoice {
            score: self.detector.predict_f32(&frame),
            above_floor: decibels(power) - self.floor.follow(power),
            tones: self.structure.look(&frame),
        }
    }
}

/// A Butterworth high-pass of the second order, as a biquad in transposed direct form II; the coefficients are those of
/// Bristow-Johnson's “Cookbook formulae for audio EQ biquad filter coefficients”.
struct HighPass {
    b0: f32,
    a1: f32,
    a2: f32,
    z1: f32,
    z2: f32,
}

impl HighPass {
    /// As it is after a zero line at `level` for ever: where the sound begins there is no step.
    fn at_rest(hz: f32, level: f32) -> Self {
        let w = TAU * hz / SAMPLE_RATE as f32;
        let alpha = w.sin() / SQRT_2;
        let a0 = 1.0 + alpha;
        let b0 = (1.0 + w.cos()) / 2.0 / a0;
        Self { b0, a1: -2.0 * w.cos() / a0, a2: (1.0 - alpha) / a0, z1: -b0 * level, z2: b0 * level }
    }

    fn next(&mut self, sample: f32) -> f32 {
        let out = self.b0 * sample + self.z1;
        self.z1 = -2.0 * self.b0 * sample - self.a1 * out + self.z2;
        self.z2 = self.b0 * sample - self.a2 * out;
        out
    }
}
