//! What the loudspeaker takes, at the rate of the echo canceller.
//!
//! Its resampler works on 10 ms or less at a time, so that what is played is known before its echo is heard.

use audioadapter_buffers::direct::InterleavedSlice;
use rubato::{Fft, FixedSync, Resampler};

use super::{DeviceError, failed};
use crate::audio::SAMPLE_RATE;

/// From a device's rate to 16 kHz, in short steps.
pub(super) struct Tap {
    /// Null where the rates are the same.
    resampler: Option<Fft<f32>>,
    waiting: Vec<f32>,
}

impl Tap {
    /// For mono samples at `rate` Hz, one that a device was opened with.
    pub fn new(rate: u32) -> Result<Self, DeviceError> {
        let step = (rate / 100).max(1) as usize;
        let resampler = (rate != SAMPLE_RATE)
            .then(|| Fft::<f32>::new(rate as usize, SAMPLE_RATE as usize, step, 1, FixedSync::Input))
            .transpose()
            .map_err(failed)?;
        Ok(Self { resampler, waiting: Vec::new() })
    }

    /// Takes the next samples, and gives what is ready.
    pub fn push(&mut self, mono: &[f32]) -> Result<Vec<f32>, DeviceError> {
        let Some(resampler) = &mut self.resampler else { return Ok(mono.to_vec()) };
        self.waiting.extend_from_slice(mono);
        let (mut out, mut used) = (Vec::new(), 0);
        loop {
            let wanted = resampler.input_frames_next();
            let Some(chunk) = self.waiting.get(used..used + wanted) else { break };
            let input = InterleavedSlice::new(chunk, 1, wanted).map_err(failed)?;
            out.extend(resampler.process(&input, None).map_err(failed)?.take_data());
            used += wanted;
        }
        self.waiting.drain(..used);
        Ok(out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_comes_out_is_as_long_and_as_loud_as_what_went_in() {
        for rate in [8_000, 16_000, 22_050, 44_100, 48_000, 96_000] {
            let mut tap = Tap::new(rate).unwrap();
            let tone: Vec<f32> = (0..rate)
                .map(|n| (2.0 * std::f32::consts::PI * 440.0 * n as f32 / rate as f32).sin() * 0.5)
                .collect();
            let out: Vec<f32> = tone.chunks(777).flat_map(|block| tap.push(block).unwrap()).collect();
            // 25 ms at the most are still inside.
            assert!((15_600..=16_000).contains(&out.len()), "{rate}: {}", out.len());
            let middle = &out[4_000..12_000];
            let power = middle.iter().map(|s| s * s).sum::<f32>() / middle.len() as f32;
            assert!((power - 0.125).abs() < 0.005, "{rate}: {power}");
            let late = out.iter().position(|s| s.abs() > 0.1).unwrap();
            assert!(late < 200, "{rate}: {late}");
        }
    }
}
