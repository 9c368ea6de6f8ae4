//! Sound that comes in messages while it is spoken: bare samples or Opus packets become blocks for the turn detector.

use opus_pure::OpusDecoder;

use super::resample::StreamResampler;
use super::{AudioError, SAMPLE_RATE};

/// The longest Opus packet: 120 ms, in samples at [`SAMPLE_RATE`].
const OPUS_MAX_SAMPLES: usize = SAMPLE_RATE as usize * 120 / 1000;

/// What the messages of one stream hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LiveFormat {
    /// 16-bit little-endian samples, mono, at this rate in Hz.
    Pcm16 {
        /// In Hz.
        sample_rate: u32,
    },
    /// One Opus packet (RFC 6716) a message.
    Opus,
}

/// Decodes one stream, message by message.
pub struct LiveDecoder {
    codec: Codec,
}

enum Codec {
    Pcm16 { resampler: Box<StreamResampler>, odd: Option<u8> },
    Opus(Box<OpusDecoder>),
}

impl LiveDecoder {
    /// For a stream that begins.
    ///
    /// # Errors
    /// Where the sample rate is none that a person records at.
    pub fn new(format: LiveFormat) -> Result<Self, AudioError> {
        let codec = match format {
            LiveFormat::Pcm16 { sample_rate } => {
                let resampler = StreamResampler::new(sample_rate, SAMPLE_RATE)?;
                Codec::Pcm16 { resampler: Box::new(resampler), odd: None }
            }
            LiveFormat::Opus => {
                let decoder = OpusDecoder::new(SAMPLE_RATE as i32, 1)
                    .map_err(|e| AudioError::Corrupt(format!("Opus does not start: {e}")))?;
                Codec::Opus(Box::new(decoder))
            }
        };
        Ok(Self { codec })
    }

    /// The samples (mono, [`SAMPLE_RATE`], -1 to 1) that are ready after this message. A sample may be split between two
    /// messages.
    ///
    /// # Errors
    /// Where an Opus packet cannot be decoded; the stream goes on with the next.
    pub fn push(&mut self, message: &[u8]) -> Result<Vec<f32>, AudioError> {
        match &mut self.codec {
            Codec::Pcm16 { resampler, odd } => {
                let joined: Vec<u8> = odd.take().into_iter().chain(message.iter().copied()).collect();
                let (pairs, rest) = joined.as_chunks::<2>();
                *odd = rest.first().copied();
                let samples: Vec<f32> =
                    pairs.iter().map(|&pair| f32::from(i16::from_le_bytes(pair)) / 32_768.0).collect();
                resampler.push(&samples)
            }
            Codec::Opus(decoder) => {
                if message.is_empty() {
                    return Ok(Vec::new());
                }
                let mut samples = vec![0.0f32; OPUS_MAX_SAMPLES];
                let count = decoder
                    .decode(message, OPUS_MAX_SAMPLES, &mut samples)
                    .map_err(|e| AudioError::Corrupt(format!("an Opus packet: {e}")))?;
                samples.truncate(count);
                Ok(samples)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use opus_pure::{Application, MAX_PACKET_BYTES, OpusEncoder};

    use super::*;

    fn tone(rate: u32) -> Vec<f32> {
        (0..rate).map(|n| (n as f32 * 440.0 * std::f32::consts::TAU / rate as f32).sin() * 0.5).collect()
    }

    fn loudness(samples: &[f32]) -> f32 {
        (samples.iter().map(|s| s * s).sum::<f32>() / samples.len() as f32).sqrt()
    }

    #[test]
    fn samples_may_be_split_anywhere() {
        for rate in [8_000, 16_000, 24_000, 48_000] {
            let bytes: Vec<u8> =
                tone(rate).iter().flat_map(|s| ((s * 32_767.0) as i16).to_le_bytes()).collect();
            let mut decoder = LiveDecoder::new(LiveFormat::Pcm16 { sample_rate: rate }).unwrap();
            let out: Vec<f32> = bytes.chunks(777).flat_map(|part| decoder.push(part).unwrap()).collect();
            assert!((14_000..=16_000).contains(&out.len()), "{rate} Hz: {} samples", out.len());
            assert!((loudness(&out[2_000..]) - 0.354).abs() < 0.02, "{rate} Hz: {}", loudness(&out));
        }
        assert!(LiveDecoder::new(LiveFormat::Pcm16 { sample_rate: 1 }).is_err());
    }

    #[test]
    fn opus_packets_become_sound_and_broken_ones_harm_nothing() {
        let mut encoder = OpusEncoder::new(48_000, 1, Application::Voip).unwrap();
        let mut decoder = LiveDecoder::new(LiveFormat::Opus).unwrap();
        let mut out = Vec::new();
        for frame in tone(48_000).chunks_exact(960) {
            let mut packet = vec![0; MAX_PACKET_BYTES];
            let length = encoder.encode(frame, 960, &mut packet).unwrap();
            out.extend(decoder.push(&packet[..length]).unwrap());
            let _ = decoder.push(&[0xff, 0xff, 0xff]);
            assert!(decoder.push(&[]).unwrap().is_empty());
        }
        assert!(out.len() >= 16_000, "{}", out.len());
        assert!(loudness(&out) > 0.2, "{}", loudness(&out));
    }
}
