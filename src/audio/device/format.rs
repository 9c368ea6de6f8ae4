//! Between the formats of devices and `f32`, and which format, rate and buffer a device is opened with.

use cpal::traits::DeviceTrait;
use cpal::{
    BufferSize, Data, Device, FromSample, I24, Sample, SampleFormat, StreamConfig, SupportedBufferSize,
    SupportedStreamConfig, SupportedStreamConfigRange, U24,
};

use super::{DeviceError, DeviceKind, failed};
use crate::audio::SAMPLE_RATE;
use crate::audio::resample::{RATES, StreamResampler};

/// Rates to ask for where the device's own cannot be used, the best first.
const RATES_TRIED: [u32; 6] = [48_000, 44_100, 32_000, 16_000, 96_000, 8_000];
/// More channels than this are no microphone and no loudspeaker of a kiosk.
const MAX_CHANNELS: u16 = 64;
/// How much a device takes or brings at a time, in milliseconds. The system keeps two of them for the loudspeaker, so that
/// an answer is silenced within twice this time.
const PERIOD_MILLISECONDS: u32 = 20;

/// What `f32` becomes at most; one more would not fit into integers.
const FULL_SCALE: f32 = 1.0 - f32::EPSILON;

/// Does `$body` with `$sample` standing for the Rust type of a format.
macro_rules! with_type {
    ($format:expr, $sample:ident => $body:expr, else $otherwise:expr) => {
        with_type!(@ $format, $sample, $body, $otherwise, [
            I8 i8, I16 i16, I24 I24, I32 i32, I64 i64, U8 u8, U16 u16, U24 U24, U32 u32, U64 u64, F32 f32, F64 f64
        ])
    };
    (@ $format:expr, $sample:ident, $body:expr, $otherwise:expr, [$($name:ident $type:ty),*]) => {
        match $format {
            $(SampleFormat::$name => { type $sample = $type; $body })*
            _ => $otherwise,
        }
    };
}

/// Every sample of a device's buffer, the channels still interleaved. Formats that are no PCM give nothing.
pub(super) fn to_f32(data: &Data) -> Vec<f32> {
    fn convert<T: Copy>(samples: Option<&[T]>) -> Vec<f32>
    where
        f32: FromSample<T>,
    {
        samples.unwrap_or_default().iter().map(|&s| f32::from_sample_(s)).collect()
    }
    match data.sample_format() {
        SampleFormat::I24 => {
            data.as_slice::<I24>().unwrap_or_default().iter().map(|s| of_24_bits(s.inner())).collect()
        }
        // The middle of the range becomes zero by turning the highest bit.
        SampleFormat::U24 => {
            let samples = data.as_slice::<U24>().unwrap_or_default();
            samples.iter().map(|s| of_24_bits(s.inner() ^ 0x80_0000)).collect()
        }
        format => with_type!(format, T => convert(data.as_slice::<T>()), else Vec::new()),
    }
}

/// A sample of 24 bits in a word of 32. What the highest byte is, neither PulseAudio nor ALSA says; PulseAudio leaves it zero
/// for negative numbers, too.
fn of_24_bits(word: i32) -> f32 {
    (word << 8) as f32 / 2_147_483_648.0
}

/// Puts mono samples into every channel of a device's buffer; what is short becomes silence.
pub(super) fn from_f32(mono: &[f32], channels: usize, data: &mut Data) {
    fn convert<T: Sample + FromSample<f32>>(mono: &[f32], channels: usize, frames: Option<&mut [T]>) {
        let samples = mono.iter().copied().chain(std::iter::repeat(0.0));
        for (frame, sample) in frames.unwrap_or_default().chunks_mut(channels.max(1)).zip(samples) {
            let sample = if sample.is_finite() { sample.clamp(-1.0, FULL_SCALE) } else { 0.0 };
            frame.fill(T::from_sample(sample));
        }
    }
    with_type!(data.sample_format(), T => convert(mono, channels, data.as_slice_mut::<T>()), else ());
}

/// What a device is opened with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Opening {
    pub format: SampleFormat,
    pub config: StreamConfig,
}

impl Opening {
    /// The device's own default where that can be used, and otherwise the best of what it offers.
    pub fn of(device: &Device, kind: DeviceKind) -> Result<Self, DeviceError> {
        let default = match kind {
            DeviceKind::Microphone => device.default_input_config(),
            DeviceKind::Loudspeaker => device.default_output_config(),
        };
        let default_failed = match default {
            Ok(default) if is_usable(default.sample_format(), default.channels(), default.sample_rate()) => {
                return Ok(Self::with_buffer(&default));
            }
            Ok(_) => "it offers no format that is understood here".to_owned(),
            Err(error) => error.to_string(),
        };
        let offered: Vec<SupportedStreamConfigRange> = match kind {
            DeviceKind::Microphone => device.supported_input_configs().map_err(failed)?.collect(),
            DeviceKind::Loudspeaker => device.supported_output_configs().map_err(failed)?.collect(),
        };
        let best = best_of(&offered).ok_or(DeviceError::Failed(default_failed))?;
        Ok(Self::with_buffer(&best))
    }

    fn with_buffer(supported: &SupportedStreamConfig) -> Self {
        let wanted = supported.sample_rate() * PERIOD_MILLISECONDS / 1000;
        let buffer_size = match *supported.buffer_size() {
            SupportedBufferSize::Range { min, max } if min <= max => {
                BufferSize::Fixed(wanted.clamp(min, max))
            }
            _ => BufferSize::Default,
        };
        Self { format: supported.sample_format(), config: StreamConfig { buffer_size, ..supported.config() } }
    }

    /// The same with the buffer that the system chooses.
    pub fn with_default_buffer(self) -> Self {
        Self { config: StreamConfig { buffer_size: BufferSize::Default, ..self.config }, ..self }
    }
}

/// Whether sound in this form becomes sound at 16 kHz and back.
fn is_usable(format: SampleFormat, channels: u16, rate: u32) -> bool {
    let is_pcm = with_type!(format, T => size_of::<T>() > 0, else false);
    is_pcm
        && (1..=MAX_CHANNELS).contains(&channels)
        && RATES.contains(&rate)
        && StreamResampler::new(rate, SAMPLE_RATE).is_ok()
}

/// The best that a device offers: a rate near the front of [`RATES_TRIED`], few channels, many bits.
fn best_of(offered: &[SupportedStreamConfigRange]) -> Option<SupportedStreamConfig> {
    let usable = |range: &&SupportedStreamConfigRange, rate| {
        range.contains_rate(rate) && is_usable(range.sample_format(), range.channels(), rate)
    };
    RATES_TRIED.iter().find_map(|&rate| {
        let good = offered.iter().filter(|range| usable(range, rate));
        let best = good.min_by_key(|range| {
            let format = range.sample_format();
            (range.channels(), std::cmp::Reverse(format.bits_per_sample()), format.is_uint())
        })?;
        best.try_with_sample_rate(rate)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const RANGE: SupportedBufferSize = SupportedBufferSize::Range { min: 64, max: 8192 };

    fn there_and_back<T: Sample + FromSample<f32>>(tolerance: f32)
    where
        f32: FromSample<T>,
    {
        for sample in [-1.0, -0.5, 0.0, 0.25, FULL_SCALE] {
            let back = f32::from_sample_(T::from_sample(sample));
            assert!((back - sample).abs() <= tolerance, "{}: {sample} {back}", std::any::type_name::<T>());
        }
    }

    #[test]
    fn every_format_keeps_its_sound() {
        for format in [
            SampleFormat::I8,
            SampleFormat::U8,
            SampleFormat::I16,
            SampleFormat::U16,
            SampleFormat::I24,
            SampleFormat::U24,
            SampleFormat::I32,
            SampleFormat::U32,
            SampleFormat::I64,
            SampleFormat::U64,
            SampleFormat::F32,
            SampleFormat::F64,
        ] {
            let tolerance = 2.0_f32.powi(1 - format.bits_per_sample().min(24) as i32);
            with_type!(format, T => there_and_back::<T>(tolerance), else panic!("{format}"));
            assert!(is_usable(format, 1, 48_000), "{format}");
        }
        assert!(!is_usable(SampleFormat::DsdU8, 1, 48_000));
        assert!(!is_usable(SampleFormat::I16, 0, 48_000));
        assert!(!is_usable(SampleFormat::I16, 1, 383_999));
        assert!(!is_usable(SampleFormat::I16, 1, 1));
    }

    #[test]
    fn the_highest_byte_of_24_bits_does_not_matter() {
        assert_eq!(of_24_bits(0x00C0_0000), -0.5);
        assert_eq!(of_24_bits(0xFFC0_0000_u32 as i32), -0.5);
        assert_eq!(of_24_bits(0x0040_0000), 0.5);
        assert_eq!(of_24_bits(0x0080_0000), -1.0);
    }

    #[test]
    fn the_best_offer_is_taken() {
        let range =
            |channels, low, high, format| SupportedStreamConfigRange::new(channels, low, high, RANGE, format);
        let offered = [
            range(2, 8_000, 96_000, SampleFormat::I16),
            range(1, 8_000, 96_000, SampleFormat::U8),
            range(1, 8_000, 96_000, SampleFormat::I16),
            range(1, 8_000, 96_000, SampleFormat::DsdU32),
        ];
        let best = best_of(&offered).unwrap();
        assert_eq!(
            (best.channels(), best.sample_rate(), best.sample_format()),
            (1, 48_000, SampleFormat::I16)
        );
        let best = best_of(&[range(6, 8_000, 8_000, SampleFormat::U16)]).unwrap();
        assert_eq!((best.channels(), best.sample_rate()), (6, 8_000));
        assert!(best_of(&[range(1, 50, 900, SampleFormat::I16)]).is_none());
        assert!(best_of(&[]).is_none());
    }

    #[test]
    fn the_buffer_is_short_where_the_device_lets_choose() {
        let opening = |buffer| {
            Opening::with_buffer(&SupportedStreamConfig::new(2, 48_000, buffer, SampleFormat::I16)).config
        };
        assert_eq!(opening(RANGE).buffer_size, BufferSize::Fixed(960));
        let coarse = SupportedBufferSize::Range { min: 2048, max: 8192 };
        assert_eq!(opening(coarse).buffer_size, BufferSize::Fixed(2048));
        assert_eq!(opening(SupportedBufferSize::Unknown).buffer_size, BufferSize::Default);
        assert_eq!(
            Opening { format: SampleFormat::I16, config: opening(RANGE) }.with_default_buffer().config,
            StreamConfig { channels: 2, sample_rate: 48_000, buffer_size: BufferSize::Default }
        );
    }
}
