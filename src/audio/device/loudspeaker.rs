//! One loudspeaker, until it goes away.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use cpal::traits::{DeviceTrait, StreamTrait};
use cpal::{Data, OutputCallbackInfo, Stream};

use super::counts::{DeviceCounts, add};
use super::format::{Opening, from_f32};
use super::kept::Fault;
use super::list::{Found, find};
use super::play_queue::PlayQueue;
use super::tap::Tap;
use super::{Block, DEVICE_STALL, DeviceError, DeviceKind, failed};
use crate::audio::resample::change_rate;

/// Blocks that the device took and that nobody has fetched yet: some 5 s.
const UNFETCHED_BLOCKS: usize = 256;
/// No device holds more than this in its buffers, whatever the system says.
const LONGEST_LATENCY: Duration = Duration::from_secs(2);
/// How often it is looked whether all has been played.
const LOOK: Duration = Duration::from_millis(10);

/// An open loudspeaker with what is still to be played.
pub struct Loudspeaker {
    _stream: Stream,
    taken: Receiver<(Vec<f32>, Instant)>,
    tap: Tap,
    found: Found,
    pub(super) voice: Arc<Voice>,
}

/// The part of it that the device's thread, the keeper and those who speak share.
pub(super) struct Voice {
    playing: Mutex<Playing>,
    /// From being taken to being heard, in microseconds, as the system says.
    latency: AtomicU64,
    fault: Fault,
    rate: u32,
}

struct Playing {
    queue: PlayQueue,
    /// When the device last took something.
    asked: Instant,
    /// And something that was no silence of ours.
    sounded: Option<Instant>,
}

impl Loudspeaker {
    /// Opens a loudspeaker by name (see [`list`](super::list())), or the system's default.
    ///
    /// # Errors
    /// Where there is none of this name, or the system refuses it. A sound server that hangs is waited for without end.
    pub fn open(name: Option<&str>) -> Result<Self, DeviceError> {
        Self::open_counted(name, Arc::default())
    }

    pub(super) fn open_counted(name: Option<&str>, counts: Arc<DeviceCounts>) -> Result<Self, DeviceError> {
        let found = find(DeviceKind::Loudspeaker, name)?;
        let opening = Opening::of(&found.device, DeviceKind::Loudspeaker)?;
        let rate = opening.config.sample_rate;
        let tap = Tap::new(rate)?;
        let (sender, taken) = sync_channel(UNFETCHED_BLOCKS);
        let voice = Arc::new(Voice {
            playing: Mutex::new(Playing {
                queue: PlayQueue::new(rate),
                asked: Instant::now(),
                sounded: None,
            }),
            latency: AtomicU64::new(0),
            fault: Fault::new(counts.clone()),
            rate,
        });
        let build = |opening: Opening| {
            let channels = usize::from(opening.config.channels);
            let take = take(voice.clone(), channels, sender.clone(), counts.clone());
            let fault = voice.fault.clone();
            let tell = move |error| fault.note(&error);
            found.device.build_output_stream_raw(
                opening.config,
                opening.format,
                take,
                tell,
                Some(DEVICE_STALL),
            )
        };
        let stream = build(opening).or_else(|_| build(opening.with_default_buffer())).map_err(failed)?;
        stream.play().map_err(failed)?;
        Ok(Self { _stream: stream, taken, tap, found, voice })
    }

    /// The full name of what was opened.
    pub fn id(&self) -> &str {
        &self.found.id
    }

    pub(super) fn found(&self) -> &Found {
        &self.found
    }

    /// Adds mono samples at `rate` Hz to what is played; returns at once. Each call is resampled by itself, so that a voice
    /// should be cut at its pauses, as sentences are.
    ///
    /// # Errors
    /// Where the device went away, or `rate` is no rate of sound.
    pub fn play(&self, rate: u32, samples: &[i16]) -> Result<(), DeviceError> {
        self.voice.play(rate, samples)
    }

    /// Drops what is not played yet. What is heard fades within 5 ms, and what the device holds already is still heard: 40 ms
    /// where it lets the buffer be chosen.
    pub fn stop(&self) {
        self.voice.stop();
    }

    /// How much is still to be heard.
    pub fn remaining(&self) -> Duration {
        self.voice.remaining()
    }

    /// Whether all of it has been heard.
    pub fn is_idle(&self) -> bool {
        self.remaining().is_zero()
    }

    /// The answer is complete; waits until all of it has been heard.
    ///
    /// # Errors
    /// Where the device went away, or has taken nothing for [`DEVICE_STALL`].
    pub async fn finish(&self) -> Result<(), DeviceError> {
        self.voice.finish().await
    }

    /// What the device took since the last call, as one block; null where that is nothing, or too little to be resampled.
    /// While nothing is played it takes silence.
    ///
    /// # Errors
    /// Where the device went away, or has taken nothing for [`DEVICE_STALL`].
    pub fn taken(&mut self, wait: Duration) -> Result<Option<Block>, DeviceError> {
        self.voice.check()?;
        let Ok((mut mono, mut at)) = self.taken.recv_timeout(wait) else { return Ok(None) };
        while let Ok((more, later)) = self.taken.try_recv() {
            mono.extend(more);
            at = later;
        }
        let samples = self.tap.push(&mono)?;
        Ok((!samples.is_empty()).then(|| Block { samples: samples.into(), at }))
    }
}

/// What the device calls, on a thread of its own.
fn take(
    voice: Arc<Voice>,
    channels: usize,
    sender: SyncSender<(Vec<f32>, Instant)>,
    counts: Arc<DeviceCounts>,
) -> impl FnMut(&mut Data, &OutputCallbackInfo) + Send {
    move |data, info| {
        let now = Instant::now();
        let mut mono = vec![0.0; data.len() / channels.max(1)];
        let timestamp = info.timestamp();
        let latency = timestamp.playback.saturating_duration_since(timestamp.callback).min(LONGEST_LATENCY);
        voice.latency.store(latency.as_micros() as u64, Ordering::Relaxed);
        let taken = {
            let mut playing = voice.playing();
            playing.asked = now;
            let taken = playing.queue.fill(&mut mono);
            if taken.played > 0 {
                playing.sounded = Some(now + voice.time_of(taken.played));
            }
            taken
        };
        if taken.gap > 0 {
            add(&counts.underruns, 1);
            add(&counts.missing_milliseconds, voice.time_of(taken.gap).as_millis() as u64);
        }
        from_f32(&mono, channels, data);
        // Full, nobody fetches it, and it is of no use.
        let _ = sender.try_send((mono, now));
    }
}

impl Voice {
    fn playing(&self) -> MutexGuard<'_, Playing> {
        self.playing.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn time_of(&self, samples: usize) -> Duration {
        Duration::from_secs_f64(samples as f64 / f64::from(self.rate.max(1)))
    }

    pub fn play(&self, rate: u32, samples: &[i16]) -> Result<(), DeviceError> {
        self.check()?;
        let samples = samples.iter().map(|&s| f32::from(s) / 32_768.0).collect();
        let samples = change_rate(samples, rate, self.rate).map_err(failed)?;
        self.playing().queue.push(&samples);
        Ok(())
    }

    pub fn end(&self) {
        self.playing().queue.end();
    }

    pub fn stop(&self) {
        self.playing().queue.stop();
    }

    pub fn remaining(&self) -> Duration {
        let playing = self.playing();
        let latency = Duration::from_micros(self.latency.load(Ordering::Relaxed));
        let queued = playing.queue.len();
        if queued > 0 {
            return self.time_of(queued) + latency;
        }
        let heard = playing.sounded.map(|sounded| sounded + latency);
        heard.map_or(Duration::ZERO, |heard| heard.saturating_duration_since(Instant::now()))
    }

    pub async fn finish(&self) -> Result<(), DeviceError> {
        self.end();
        while !self.remaining().is_zero() {
            self.check()?;
            tokio::time::sleep(LOOK).await;
        }
        Ok(())
    }

    /// Whether the device is still there, as far as it tells.
    pub fn check(&self) -> Result<(), DeviceError> {
        self.fault.check()?;
        if self.playing().asked.elapsed() > DEVICE_STALL {
            let seconds = DEVICE_STALL.as_secs();
            return Err(DeviceError::Lost(format!("it has taken nothing for {seconds} s")));
        }
        Ok(())
    }

    /// It is gone: whoever waits for the end of an answer is told why.
    pub fn lose(&self, reason: &str) {
        self.fault.set(reason);
    }
}
