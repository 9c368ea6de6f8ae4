//! The one shape of sound that the rooms above know.

/// The rate of every [`Utterance`], in Hz: what Whisper and the voice-activity detector take.
pub const SAMPLE_RATE: u32 = 16_000;

/// One stretch of sound, mono, 32-bit float in −1.0..=1.0, at [`SAMPLE_RATE`].
///
/// Every sample is finite: the constructor replaces NaN and infinities by silence and clamps the rest.
#[derive(Debug, Clone, PartialEq)]
pub struct Utterance {
    samples: Vec<f32>,
}

impl Utterance {
    /// Wraps mono samples at 16 kHz; non-finite ones become 0.0, the others are clamped to −1.0..=1.0.
    pub fn from_samples(mut samples: Vec<f32>) -> Self {
        for sample in &mut samples {
            *sample = if sample.is_finite() { sample.clamp(-1.0, 1.0) } else { 0.0 };
        }
        Self { samples }
    }

    /// The samples, mono at 16 kHz.
    pub fn samples(&self) -> &[f32] {
        &self.samples
    }

    /// Length in seconds.
    pub fn seconds(&self) -> f64 {
        self.samples.len() as f64 / f64::from(SAMPLE_RATE)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_sample_is_out_of_range() {
        let utterance = Utterance::from_samples(vec![f32::NAN, f32::INFINITY, -7.0, 0.5]);
        assert_eq!(utterance.samples(), [0.0, 0.0, -1.0, 0.5]);
    }
}
