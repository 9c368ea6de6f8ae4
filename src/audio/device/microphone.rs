//! One microphone, until it goes away.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, TrySendError, sync_channel};
use std::time::{Duration, Instant};

use cpal::traits::{DeviceTrait, StreamTrait};
use cpal::{Data, InputCallbackInfo, Stream};

use super::counts::{DeviceCounts, add};
use super::format::{Opening, to_f32};
use super::kept::Fault;
use super::list::{Found, find};
use super::{Block, DEVICE_STALL, DeviceError, DeviceKind, failed};
use crate::audio::SAMPLE_RATE;
use crate::audio::resample::{StreamResampler, downmix};

/// Blocks of the device that may lie here before new ones are dropped: some 5 s.
const UNHEARD_BLOCKS: usize = 256;

/// What the device brings, its channels interleaved, and when.
type Raw = (Vec<f32>, Instant);

/// An open microphone. Any rate, any channels, any format; what it gives is mono at 16 kHz.
pub struct Microphone {
    _stream: Stream,
    raw: Receiver<Raw>,
    fault: Fault,
    found: Found,
    channels: usize,
    resampler: StreamResampler,
    last_heard: Instant,
}

impl Microphone {
    /// Opens a microphone by name (see [`list`](super::list())), or the system's default.
    ///
    /// # Errors
    /// Where there is none of this name, or the system refuses it. A sound server that hangs is waited for without end.
    pub fn open(name: Option<&str>) -> Result<Self, DeviceError> {
        Self::open_counted(name, Arc::default())
    }

    pub(super) fn open_counted(name: Option<&str>, counts: Arc<DeviceCounts>) -> Result<Self, DeviceError> {
        let found = find(DeviceKind::Microphone, name)?;
        let opening = Opening::of(&found.device, DeviceKind::Microphone)?;
        let resampler = StreamResampler::new(opening.config.sample_rate, SAMPLE_RATE).map_err(failed)?;
        let (sender, raw) = sync_channel(UNHEARD_BLOCKS);
        let fault = Fault::new(counts.clone());
        let build = |opening: Opening| {
            let (give, fault) = (give(sender.clone(), counts.clone()), fault.clone());
            let tell = move |error| fault.note(&error);
            found.device.build_input_stream_raw(
                opening.config,
                opening.format,
                give,
                tell,
                Some(DEVICE_STALL),
            )
        };
        let stream = build(opening).or_else(|_| build(opening.with_default_buffer())).map_err(failed)?;
        stream.play().map_err(failed)?;
        let channels = usize::from(opening.config.channels);
        Ok(Self { _stream: stream, raw, fault, found, channels, resampler, last_heard: Instant::now() })
    }

    /// The full name of what was opened.
    pub fn id(&self) -> &str {
        &self.found.id
    }

    pub(super) fn found(&self) -> &Found {
        &self.found
    }

    /// The next block; null where none came within `wait`.
    ///
    /// # Errors
    /// Where the device went away, or has brought nothing for [`DEVICE_STALL`].
    pub fn next(&mut self, wait: Duration) -> Result<Option<Block>, DeviceError> {
        self.fault.check()?;
        match self.raw.recv_timeout(wait) {
            Ok((interleaved, at)) => {
                self.last_heard = Instant::now();
                let mono = downmix(&interleaved, self.channels);
                let samples = self.resampler.push(&mono).map_err(failed)?;
                Ok((!samples.is_empty()).then(|| Block { samples: samples.into(), at }))
            }
            Err(RecvTimeoutError::Timeout) if self.last_heard.elapsed() < DEVICE_STALL => Ok(None),
            Err(RecvTimeoutError::Timeout) => {
                Err(DeviceError::Lost(format!("it has brought nothing for {} s", DEVICE_STALL.as_secs())))
            }
            Err(RecvTimeoutError::Disconnected) => Err(DeviceError::Lost("its stream has ended".to_owned())),
        }
    }
}

/// What the device calls, on a thread of its own.
fn give(sender: SyncSender<Raw>, counts: Arc<DeviceCounts>) -> impl FnMut(&Data, &InputCallbackInfo) + Send {
    move |data, _| {
        if let Err(TrySendError::Full(_)) = sender.try_send((to_f32(data), Instant::now())) {
            add(&counts.dropped_blocks, 1);
        }
    }
}
