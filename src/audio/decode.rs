//! From a file's bytes to an [`Utterance`], under limits of bytes, seconds, samples and time.
//!
//! What the bytes are is told by their content, never by a name. Decoders have hung or panicked on hostile files
//! (Symphonia's issues 442, 483, 485), so each file is decoded on a thread of its own with a deadline: a panic
//! fails that file, a hung thread is left behind, and when a few are, no more are started.

use std::io::Cursor;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use super::resample::{downmix, to_utterance};
use super::{AudioError, Utterance, packets};

/// How much sound is taken in.
#[derive(Debug, Clone, PartialEq)]
pub struct AudioLimits {
    /// Bytes of the file.
    pub max_bytes: usize,
    /// Seconds of sound.
    pub max_seconds: f64,
    /// Samples before downmixing and resampling, all channels together: the bound on memory.
    pub max_samples: usize,
    /// Time for decoding and resampling.
    pub decode_time: Duration,
}

impl Default for AudioLimits {
    /// 25 MiB, two minutes, 16 million samples (64 MB), 10 seconds of decoding.
    fn default() -> Self {
        Self {
            max_bytes: 25 << 20,
            max_seconds: 120.0,
            max_samples: 16_000_000,
            decode_time: Duration::from_secs(10),
        }
    }
}

/// Threads that never came back; past [`MAX_LOST_THREADS`] nothing more is decoded.
static LOST_THREADS: AtomicUsize = AtomicUsize::new(0);
const MAX_LOST_THREADS: usize = 8;

/// Decodes WAV, MP3, M4A/AAC, FLAC, Ogg (Opus, Vorbis) and WebM/Matroska (Opus, Vorbis).
///
/// # Errors
/// Each limit has its own error; a file that ends too early but gave some sound is taken as it is, for a
/// browser's recording never ends properly.
pub fn decode(bytes: &[u8], limits: &AudioLimits) -> Result<Utterance, AudioError> {
    if bytes.is_empty() {
        return Err(AudioError::Empty);
    }
    if bytes.len() > limits.max_bytes {
        return Err(AudioError::TooManyBytes { limit: limits.max_bytes });
    }
    if LOST_THREADS.load(Ordering::Relaxed) >= MAX_LOST_THREADS {
        return Err(AudioError::Exhausted);
    }
    let (sender, receiver) = mpsc::sync_channel(1);
    let (owned, thread_limits) = (bytes.to_vec(), limits.clone());
    let began = std::thread::Builder::new().name("audio-decoder".into()).spawn(move || {
        let outcome = catch_unwind(AssertUnwindSafe(|| decode_here(owned, &thread_limits)))
            .unwrap_or_else(|_| Err(AudioError::Corrupt("the decoder gave up on it".into())));
        if sender.send(outcome).is_err() {
            // It came back after all, past its deadline.
            LOST_THREADS.fetch_sub(1, Ordering::Relaxed);
        }
    });
    if let Err(error) = began {
        return Err(AudioError::Corrupt(format!("no thread to decode it: {error}")));
    }
    receiver.recv_timeout(limits.decode_time + Duration::from_millis(500)).unwrap_or_else(|_| {
        LOST_THREADS.fetch_add(1, Ordering::Relaxed);
        Err(AudioError::TooSlow)
    })
}

fn decode_here(mut bytes: Vec<u8>, limits: &AudioLimits) -> Result<Utterance, AudioError> {
    let deadline = Instant::now() + limits.decode_time;
    let is_wav = bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WAVE");
    if is_wav {
        close_wav(&mut bytes);
    }
    let sound = if is_wav { read_wav(&bytes, limits, deadline) } else { None };
    let sound = match sound {
        Some(sound) => sound?,
        None => packets::read(bytes, limits, deadline)?,
    };
    sound.into_utterance(limits)
}

/// A WAV file that was written as a stream does not know its length and says that it is the greatest there is: here its end
/// is known.
fn close_wav(bytes: &mut [u8]) {
    const UNKNOWN: &[u8] = b"data\xff\xff\xff\xff";
    let head = &bytes[..bytes.len().min(4_096)];
    let place = |wanted: &[u8]| head.windows(wanted.len()).position(|window| window == wanted);
    let (Some(format), Some(data)) = (place(b"fmt "), place(UNKNOWN)) else { return };
    let frame = match bytes.get(format + 20..format + 22) {
        Some(&[low, high]) => usize::from(u16::from_le_bytes([low, high])).max(1),
        _ => return,
    };
    let rest = bytes.len() - data - 8;
    let length = u32::try_from(rest / frame * frame).unwrap_or(u32::MAX - 1);
    bytes[data + 4..data + 8].copy_from_slice(&length.to_le_bytes());
}

/// Samples as the file holds them.
pub(super) struct SourceSound {
    pub interleaved: Vec<f32>,
    pub channels: usize,
    pub sample_rate: u32,
}

impl SourceSound {
    fn into_utterance(self, limits: &AudioLimits) -> Result<Utterance, AudioError> {
        let mono = downmix(&self.interleaved, self.channels);
        if mono.len() as f64 > limits.max_seconds * f64::from(self.sample_rate) {
            return Err(AudioError::TooLong { limit_seconds: limits.max_seconds });
        }
        to_utterance(mono, self.sample_rate)
    }

    /// Refuses to grow past the limits; called after every packet.
    pub(super) fn check(&self, limits: &AudioLimits, deadline: Instant) -> Result<(), AudioError> {
        if Instant::now() > deadline {
            return Err(AudioError::TooSlow);
        }
        let frames = self.interleaved.len() as f64 / self.channels.max(1) as f64;
        if self.sample_rate > 0 && frames > limits.max_seconds * f64::from(self.sample_rate) {
            return Err(AudioError::TooLong { limit_seconds: limits.max_seconds });
        }
        if self.interleaved.len() > limits.max_samples {
            return Err(AudioError::TooManySamples { limit: limits.max_samples });
        }
        Ok(())
    }
}

/// Plain PCM WAV by hound; null where hound does not know the encoding and Symphonia may.
fn read_wav(
    bytes: &[u8],
    limits: &AudioLimits,
    deadline: Instant,
) -> Option<Result<SourceSound, AudioError>> {
    const CHECK_EVERY: usize = 1 << 16;
    let mut reader = match hound::WavReader::new(Cursor::new(bytes)) {
        Ok(reader) => reader,
        Err(hound::Error::Unsupported) => return None,
        Err(error) => return Some(Err(AudioError::Corrupt(error.to_string()))),
    };
    let spec = reader.spec();
    let mut sound = SourceSound {
        interleaved: Vec::new(),
        channels: usize::from(spec.channels),
        sample_rate: spec.sample_rate,
    };
    let scale = 1.0 / 2f32.powi(i32::from(spec.bits_per_sample) - 1);
    let mut take = |sample: Result<f32, hound::Error>| -> Result<bool, AudioError> {
        let Ok(sample) = sample else { return Ok(false) }; // cut off: what came before is the sound
        sound.interleaved.push(sample);
        if sound.interleaved.len().is_multiple_of(CHECK_EVERY) {
            sound.check(limits, deadline)?;
        }
        Ok(true)
    };
    let mut read_all = || -> Result<(), AudioError> {
        match spec.sample_format {
            hound::SampleFormat::Float => {
                for sample in reader.samples::<f32>() {
                    if !take(sample)? {
                        break;
                    }
                }
            }
            hound::SampleFormat::Int => {
                for sample in reader.samples::<i32>() {
                    if !take(sample.map(|s| s as f32 * scale))? {
                        break;
                    }
                }
            }
        }
        Ok(())
    };
    if let Err(error) = read_all() {
        return Some(Err(error));
    }
    Some(sound.check(limits, deadline).map(|()| sound))
}
