//! Sound as a client asked for it, made piece by piece: MP3, Opus in Ogg, FLAC, WAV, or bare samples.
//!
//! MP3 (LAME) and Opus come in frames as the pieces come; WAV begins with a header that leaves its length open; FLAC is made
//! whole at the end, for its header names the length.

use std::io::Write;
use std::sync::{Arc, Mutex, PoisonError};

use flacenc::component::BitRepr;
use flacenc::error::Verify;
use mp3lame_encoder::{Bitrate, FlushNoGap, MonoPcm, Quality};
use opus_pure::{Application, MAX_PACKET_BYTES, OggOpusWriter, OpusEncoder, OpusHead};

use crate::audio::resample::change_rate;
use crate::audio::wav::{pcm_bytes, stream_header};

/// The rate of bare samples, as OpenAI has it, and of Opus, in Hz.
pub const PCM_RATE: u32 = 24_000;
/// Bits a second of speech, for MP3 in thousands and for Opus.
const MP3_BITRATE: Bitrate = Bitrate::Kbps64;
const OPUS_BITRATE: i32 = 32_000;
/// Opus frames are 20 ms long.
const OPUS_FRAME: usize = PCM_RATE as usize / 50;
/// Opus counts time at 48 kHz.
const OPUS_TICKS: usize = 48_000 / PCM_RATE as usize;
/// Samples in a block of FLAC.
const FLAC_BLOCK: usize = 4_096;

/// What sound is sent as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// MP3, one channel, 64 kbit/s.
    Mp3,
    /// Opus in Ogg.
    Opus,
    /// FLAC, 16 bits.
    Flac,
    /// WAV, 16 bits, with an open length.
    Wav,
    /// 16-bit samples, little-endian, 24 kHz, one channel, no header.
    Pcm,
}

impl Format {
    /// As clients name them.
    pub const NAMES: [&'static str; 5] = ["mp3", "opus", "flac", "wav", "pcm"];

    /// The format of this name.
    pub fn named(name: &str) -> Option<Self> {
        let formats = [Self::Mp3, Self::Opus, Self::Flac, Self::Wav, Self::Pcm];
        Self::NAMES.iter().position(|known| *known == name).map(|place| formats[place])
    }

    /// Its media type.
    pub fn mime(self) -> &'static str {
        match self {
            Self::Mp3 => "audio/mpeg",
            Self::Opus => "audio/ogg",
            Self::Flac => "audio/flac",
            Self::Wav => "audio/wav",
            Self::Pcm => "audio/pcm",
        }
    }
}

/// Takes samples, gives bytes. Errors are one sentence.
pub struct Encoder {
    rate: u32,
    inner: Inner,
}

enum Inner {
    Mp3(Box<mp3lame_encoder::Encoder>),
    Opus(Box<Opus>),
    Flac(Vec<i32>),
    Wav { is_begun: bool },
    Pcm,
}

struct Opus {
    encoder: OpusEncoder,
    writer: OggOpusWriter<Sink>,
    sink: Sink,
    waiting: Vec<f32>,
    samples: usize,
    pre_skip: usize,
}

/// What the writer has written, until it is taken.
#[derive(Clone, Default)]
struct Sink(Arc<Mutex<Vec<u8>>>);

impl Sink {
    fn take(&self) -> Vec<u8> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

fn told(error: impl std::fmt::Display) -> String {
    format!("the sound cannot be encoded: {error}")
}

impl Encoder {
    /// For samples at `rate` Hz, one channel.
    pub fn new(format: Format, rate: u32) -> Result<Self, String> {
        let inner = match format {
            Format::Mp3 => {
                let builder = mp3lame_encoder::Builder::new().ok_or_else(|| told("LAME does not start"))?;
                let encoder = builder
                    .with_num_channels(1)
                    .and_then(|builder| builder.with_sample_rate(rate))
                    .and_then(|builder| builder.with_brate(MP3_BITRATE))
                    .and_then(|builder| builder.with_quality(Quality::Good))
                    .and_then(|builder| builder.with_to_write_vbr_tag(false))
                    .and_then(mp3lame_encoder::Builder::build)
                    .map_err(told)?;
                Inner::Mp3(Box::new(encoder))
            }
            Format::Opus => Inner::Opus(Box::new(Opus::new()?)),
            Format::Flac => Inner::Flac(Vec::new()),
            Format::Wav => Inner::Wav { is_begun: false },
            Format::Pcm => Inner::Pcm,
        };
        Ok(Self { rate, inner })
    }

    /// The bytes that are ready after these samples.
    pub fn push(&mut self, samples: &[i16]) -> Result<Vec<u8>, String> {
        match &mut self.inner {
            Inner::Mp3(encoder) => {
                let mut out = Vec::with_capacity(mp3lame_encoder::max_required_buffer_size(samples.len()));
                encoder.encode_to_vec(MonoPcm(samples), &mut out).map_err(told)?;
                Ok(out)
            }
            Inner::Opus(opus) => opus.push(&at_24_khz(samples, self.rate)?),
            Inner::Flac(all) => {
                all.extend(samples.iter().map(|&sample| i32::from(sample)));
                Ok(Vec::new())
            }
            Inner::Wav { is_begun } => {
                let mut out = if *is_begun { Vec::new() } else { stream_header(self.rate).to_vec() };
                *is_begun = true;
                out.extend(pcm_bytes(samples));
                Ok(out)
            }
            Inner::Pcm => {
                let samples = at_24_khz(samples, self.rate)?;
                Ok(samples.iter().flat_map(|&sample| to_i16(sample).to_le_bytes()).collect())
            }
        }
    }

    /// What was not ready before the end.
    pub fn finish(self) -> Result<Vec<u8>, String> {
        match self.inner {
            Inner::Mp3(mut encoder) => {
                let mut out = Vec::with_capacity(7_200); // LAME's own bound for a flush
                encoder.flush_to_vec::<FlushNoGap>(&mut out).map_err(told)?;
                Ok(out)
            }
            Inner::Opus(opus) => opus.finish(),
            Inner::Flac(samples) => {
                let config = flacenc::config::Encoder::default().into_verified().map_err(|(_, e)| told(e))?;
                let source = flacenc::source::MemSource::from_samples(&samples, 1, 16, self.rate as usize);
                let mut stream = flacenc::encode_with_fixed_block_size(&config, source, FLAC_BLOCK)
                    .map_err(|e| told(format!("{e:?}")))?;
                if samples.len() > FLAC_BLOCK {
                    // The last block does not count as the shortest (RFC 9639, 8.2), but flacenc counts it.
                    stream.stream_info_mut().set_block_sizes(FLAC_BLOCK, FLAC_BLOCK).map_err(told)?;
                }
                let mut sink = flacenc::bitsink::ByteSink::new();
                stream.write(&mut sink).map_err(told)?;
                Ok(sink.into_inner())
            }
            Inner::Wav { .. } | Inner::Pcm => Ok(Vec::new()),
        }
    }
}

impl Opus {
    fn new() -> Result<Self, String> {
        let mut encoder = OpusEncoder::new(PCM_RATE as i32, 1, Application::Voip).map_err(told)?;
        encoder.bitrate_bps = OPUS_BITRATE;
        let head = OpusHead::for_encoder(&encoder, PCM_RATE);
        let pre_skip = usize::from(head.pre_skip);
        let sink = Sink::default();
        let mut writer = OggOpusWriter::new(sink.clone(), head).map_err(told)?;
        // A page for each half second or so: who listens does not wait for a full one.
        writer.set_page_target(2_048);
        Ok(Self { encoder, writer, sink, waiting: Vec::new(), samples: 0, pre_skip })
    }

    fn push(&mut self, samples: &[f32]) -> Result<Vec<u8>, String> {
        self.samples += samples.len();
        self.waiting.extend_from_slice(samples);
        let whole = self.waiting.len() / OPUS_FRAME * OPUS_FRAME;
        let ready: Vec<f32> = self.waiting.drain(..whole).collect();
        for frame in ready.chunks_exact(OPUS_FRAME) {
            let packet = self.packet(frame)?;
            self.writer.write_packet(&packet).map_err(told)?;
        }
        Ok(self.sink.take())
    }

    fn packet(&mut self, frame: &[f32]) -> Result<Vec<u8>, String> {
        let mut packet = vec![0; MAX_PACKET_BYTES];
        let length = self.encoder.encode(frame, OPUS_FRAME, &mut packet).map_err(told)?;
        packet.truncate(length);
        Ok(packet)
    }

    /// The last samples are still in the encoder, which is late by its pre-skip; RFC 7845 says where the sound ends.
    fn finish(mut self) -> Result<Vec<u8>, String> {
        let ends = self.pre_skip + self.samples * OPUS_TICKS;
        loop {
            let written = self.writer.granule().max(0) as usize;
            let left = ends.saturating_sub(written);
            if left == 0 {
                break;
            }
            let mut frame: Vec<f32> = std::mem::take(&mut self.waiting);
            frame.resize(OPUS_FRAME, 0.0);
            let packet = self.packet(&frame)?;
            let lasts = left.min(OPUS_FRAME * OPUS_TICKS) as u32;
            self.writer.write_packet_with_duration(&packet, lasts).map_err(told)?;
        }
        let sink = self.sink.clone();
        self.writer.finish().map_err(told)?;
        Ok(sink.take())
    }
}

fn at_24_khz(samples: &[i16], rate: u32) -> Result<Vec<f32>, String> {
    let samples = samples.iter().map(|&sample| f32::from(sample) / 32_768.0).collect();
    change_rate(samples, rate, PCM_RATE).map_err(told)
}

fn to_i16(sample: f32) -> i16 {
    (sample * 32_768.0).round().clamp(-32_768.0, 32_767.0) as i16
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audio::{AudioLimits, decode};

    /// A second of 440 Hz at 22,050 Hz, in three pieces.
    #[test]
    fn every_format_can_be_heard_again() {
        let samples: Vec<i16> = (0..22_050)
            .map(|n| ((f64::from(n) * 440.0 * std::f64::consts::TAU / 22_050.0).sin() * 8_000.0) as i16)
            .collect();
        for format in [Format::Mp3, Format::Opus, Format::Flac, Format::Wav] {
            let mut encoder = Encoder::new(format, 22_050).unwrap();
            let mut bytes = Vec::new();
            for piece in samples.chunks(8_000) {
                bytes.extend(encoder.push(piece).unwrap());
            }
            bytes.extend(encoder.finish().unwrap());
            let heard = decode(&bytes, &AudioLimits::default()).unwrap_or_else(|e| panic!("{format:?}: {e}"));
            assert!((0.9..1.2).contains(&heard.seconds()), "{format:?}: {} s", heard.seconds());
            let power = heard.samples().iter().map(|s| s * s).sum::<f32>() / heard.samples().len() as f32;
            assert!((0.1..0.25).contains(&power.sqrt()), "{format:?}: {}", power.sqrt());
        }
        let mut encoder = Encoder::new(Format::Pcm, 22_050).unwrap();
        let bytes = encoder.push(&samples).unwrap();
        assert!((bytes.len() as i64 - 48_000).abs() < 200, "{}", bytes.len());
    }

    #[test]
    fn nothing_at_all_is_still_a_file() {
        for format in [Format::Mp3, Format::Opus, Format::Wav, Format::Pcm] {
            let mut encoder = Encoder::new(format, 22_050).unwrap();
            encoder.push(&[]).unwrap();
            encoder.finish().unwrap();
        }
    }
}
