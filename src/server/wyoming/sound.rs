//! Sound that comes in blocks, in whatever format: to mono at 16 kHz as it comes, so that no more than that is kept.

use std::time::{Duration, Instant};

use serde::Deserialize;

use super::error::RequestError;
use crate::audio::resample::{StreamResampler, downmix};
use crate::audio::{AudioError, AudioLimits, SAMPLE_RATE, Utterance};

/// Channels that are mixed down at most.
const MAX_CHANNELS: u16 = 8;
/// Sound may come slower than it was spoken by no more than this, all together.
const MAX_DELAY: Duration = Duration::from_secs(60);

/// How samples lie in a payload.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub struct SoundFormat {
    /// Hz.
    pub rate: u32,
    /// Bytes a sample: 1 unsigned; 2, 3 and 4 signed, little-endian.
    pub width: u16,
    /// Interleaved channels.
    pub channels: u16,
}

impl SoundFormat {
    fn not_understood(self) -> RequestError {
        let Self { rate, width, channels } = self;
        RequestError::SoundFormat { rate, width, channels }
    }

    fn sample(self, bytes: &[u8]) -> f32 {
        match *bytes {
            [a] => (f32::from(a) - 128.0) / 128.0,
            [a, b] => f32::from(i16::from_le_bytes([a, b])) / -f32::from(i16::MIN),
            [a, b, c] => i32::from_le_bytes([0, a, b, c]) as f32 / -(i32::MIN as f32),
            [a, b, c, d] => i32::from_le_bytes([a, b, c, d]) as f32 / -(i32::MIN as f32),
            _ => 0.0,
        }
    }
}

/// A recording that is still coming.
pub struct IncomingSound {
    format: SoundFormat,
    resampler: StreamResampler,
    limits: AudioLimits,
    /// The bytes of a frame that has not come whole.
    broken: Vec<u8>,
    frames: u64,
    samples: Vec<f32>,
    began: Instant,
}

impl IncomingSound {
    /// Of which nothing has come.
    ///
    /// # Errors
    /// Where the format cannot be converted.
    pub fn new(format: SoundFormat, limits: AudioLimits) -> Result<Self, RequestError> {
        if !(1..=4).contains(&format.width) || !(1..=MAX_CHANNELS).contains(&format.channels) {
            return Err(format.not_understood());
        }
        let resampler =
            StreamResampler::new(format.rate, SAMPLE_RATE).map_err(|_| format.not_understood())?;
        Ok(Self {
            format,
            resampler,
            limits,
            broken: vec![],
            frames: 0,
            samples: vec![],
            began: Instant::now(),
        })
    }

    /// Takes the next block; a frame may lie in two of them.
    ///
    /// # Errors
    /// Where it is longer than the limits, or comes too slowly, or in another format than it began.
    pub fn push(&mut self, block: &[u8], format: Option<SoundFormat>) -> Result<(), RequestError> {
        if let Some(other) = format.filter(|format| *format != self.format) {
            return Err(other.not_understood());
        }
        let width = usize::from(self.format.width);
        let frame = width * usize::from(self.format.channels);
        let mut bytes = std::mem::take(&mut self.broken);
        bytes.extend_from_slice(block);
        let whole = bytes.len() / frame * frame;
        self.broken = bytes.split_off(whole);
        self.frames += (whole / frame) as u64;
        let limit_seconds = self.limits.max_seconds;
        if self.frames as f64 > limit_seconds * f64::from(self.format.rate) {
            return Err(AudioError::TooLong { limit_seconds }.into());
        }
        if self.frames.saturating_mul(frame as u64) > self.limits.max_bytes as u64 {
            return Err(AudioError::TooManyBytes { limit: self.limits.max_bytes }.into());
        }
        if self.began.elapsed() > Duration::from_secs_f64(limit_seconds) + MAX_DELAY {
            return Err(RequestError::Idle);
        }
        let interleaved: Vec<f32> = bytes.chunks_exact(width).map(|s| self.format.sample(s)).collect();
        let mono = downmix(&interleaved, usize::from(self.format.channels));
        self.samples.extend(self.resampler.push(&mono)?);
        Ok(())
    }

    /// All of it.
    ///
    /// # Errors
    /// Where nothing came.
    pub fn finish(mut self) -> Result<Utterance, RequestError> {
        if self.frames == 0 {
            return Err(AudioError::NoSamples.into());
        }
        self.samples.extend(self.resampler.finish()?);
        Ok(Utterance::from_samples(self.samples))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A tone of a second at half its loudest.
    fn tone(format: SoundFormat) -> Vec<u8> {
        let value =
            |n: u32| (std::f64::consts::TAU * 440.0 * f64::from(n) / f64::from(format.rate)).sin() * 0.5;
        let width = usize::from(format.width);
        let sample = |value: f64| match width {
            1 => vec![(128.0 + value * 127.0).round() as u8],
            _ => ((value * f64::from(i32::MAX)) as i32).to_le_bytes()[4 - width..].to_vec(),
        };
        (0..format.rate).flat_map(|n| sample(value(n)).repeat(usize::from(format.channels))).collect()
    }

    fn received(format: SoundFormat, block: usize) -> Utterance {
        let mut sound = IncomingSound::new(format, AudioLimits::default()).unwrap();
        for block in tone(format).chunks(block) {
            sound.push(block, Some(format)).unwrap();
        }
        sound.finish().unwrap()
    }

    #[test]
    fn a_second_of_any_format_in_any_blocks_is_the_same_second() {
        for (rate, width, channels, block) in [
            (16_000, 2, 1, 2_048),
            (16_000, 2, 1, 333),
            (8_000, 1, 1, 100),
            (22_050, 2, 2, 4_097),
            (44_100, 3, 2, 1_001),
            (48_000, 4, 8, 65_536),
            (16_000, 2, 1, 1 << 20),
        ] {
            let format = SoundFormat { rate, width, channels };
            let heard = received(format, block);
            assert!((1.0..1.3).contains(&heard.seconds()), "{format:?}: {}", heard.seconds());
            let samples = heard.samples();
            let power = samples.iter().map(|s| s * s).sum::<f32>() / SAMPLE_RATE as f32;
            assert!((0.11..0.14).contains(&power), "{format:?}: {power}");
            let inside = &samples[1_000..15_000]; // at both ends the filter rings
            let crossings = inside.windows(2).filter(|pair| pair[0] < 0.0 && pair[1] >= 0.0).count();
            assert!((383..=387).contains(&crossings), "{format:?}: {crossings}");
        }
    }

    #[test]
    fn what_cannot_be_converted_is_too_long_or_is_nothing_is_refused() {
        let limits = AudioLimits { max_seconds: 1.0, max_bytes: 100_000, ..AudioLimits::default() };
        for (rate, width, channels) in [
            (0, 2, 1),
            (u32::MAX, 2, 1),
            (383_999, 2, 1),
            (16_000, 0, 1),
            (16_000, 8, 1),
            (16_000, 2, 0),
            (16_000, 2, 9),
        ] {
            let made = IncomingSound::new(SoundFormat { rate, width, channels }, limits.clone());
            assert!(matches!(made.err(), Some(RequestError::SoundFormat { .. })));
        }
        let format = SoundFormat { rate: 16_000, width: 2, channels: 1 };
        let begin = |format| IncomingSound::new(format, limits.clone()).unwrap();
        let mut long = begin(format);
        long.push(&[0; 32_000], None).unwrap();
        assert_eq!(long.push(&[0; 2], None).unwrap_err().code(), "audio_too_long");
        let mut fat = begin(SoundFormat { rate: 384_000, width: 4, channels: 8 });
        assert_eq!(fat.push(&[0; 100_032], None).unwrap_err().code(), "audio_too_large");
        let other = SoundFormat { rate: 8_000, ..format };
        assert_eq!(
            begin(format).push(&[0; 2], Some(other)).unwrap_err().code(),
            "audio_format_not_supported"
        );
        let mut half = begin(format);
        half.push(&[1], None).unwrap();
        assert_eq!(half.finish().unwrap_err().code(), "audio_no_samples");
    }
}
