//! The microphone and the loudspeaker of this machine, by cpal.
//!
//! Devices bring their own rate and format; what leaves here is an utterance at 16 kHz, and what comes here is PCM
//! at any rate.

use std::collections::VecDeque;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use cpal::traits::{DeviceTrait, HostTrait, StreamTrait};
use cpal::{Device, ErrorKind, FromSample, Sample, SampleFormat, SizedSample, Stream, StreamConfig};

use super::Utterance;
use super::recorder::Recorder;
use super::turn::TurnSettings;

/// A device that brings nothing for this long is gone.
const DEVICE_STALL: Duration = Duration::from_secs(5);
/// Blocks that may lie unheard before new ones are dropped.
const UNHEARD_BLOCKS: usize = 1024;

/// Why a device cannot be used.
#[derive(Debug, Clone, thiserror::Error)]
pub enum DeviceError {
    /// No such device.
    #[error("there is no {kind} {name}; `hoidap kiosk --list-devices` shows those there are")]
    NotFound {
        /// `microphone` or `loudspeaker`.
        kind: &'static str,
        /// As it was asked for.
        name: String,
    },
    /// The system refused it, or it went away.
    #[error("the sound device failed: {0}")]
    Failed(String),
}

fn failed(error: impl std::fmt::Display) -> DeviceError {
    DeviceError::Failed(error.to_string())
}

/// The names of all devices.
pub fn list() -> Result<Vec<String>, DeviceError> {
    let devices = cpal::default_host().devices().map_err(failed)?;
    Ok(devices.filter_map(|device| device.id().ok().map(|id| id.to_string())).collect())
}

fn find(kind: &'static str, name: Option<&str>) -> Result<Device, DeviceError> {
    let host = cpal::default_host();
    let device = match name {
        Some(name) => host.devices().map_err(failed)?.find(|device| {
            device
                .id()
                .is_ok_and(|id| id.to_string() == name || id.to_string().ends_with(&format!(":{name}")))
        }),
        None if kind == "microphone" => host.default_input_device(),
        None => host.default_output_device(),
    };
    device.ok_or_else(|| DeviceError::NotFound { kind, name: name.unwrap_or("at all").to_owned() })
}

/// An open microphone.
pub struct Microphone {
    _stream: Stream,
    blocks: Receiver<Vec<f32>>,
    fault: Fault,
    channels: usize,
    sample_rate: u32,
}

impl Microphone {
    /// Opens a microphone by name, or the system's default.
    pub fn open(name: Option<&str>) -> Result<Self, DeviceError> {
        let device = find("microphone", name)?;
        let supported = device.default_input_config().map_err(failed)?;
        let (format, config): (SampleFormat, StreamConfig) = (supported.sample_format(), supported.into());
        let (sender, blocks) = sync_channel(UNHEARD_BLOCKS);
        let fault = Fault::default();
        fn build<T: SizedSample>(
            device: &Device,
            config: StreamConfig,
            sender: SyncSender<Vec<f32>>,
            fault: Fault,
        ) -> Result<Stream, cpal::Error>
        where
            f32: FromSample<T>,
        {
            let take = move |data: &[T], _: &cpal::InputCallbackInfo| {
                // A full channel means that nobody listens; the sound is dropped.
                let _ = sender.try_send(data.iter().map(|&s| f32::from_sample(s)).collect());
            };
            device.build_input_stream(config, take, move |e| fault.note(&e), None)
        }
        let stream = match format {
            SampleFormat::I16 => build::<i16>(&device, config, sender, fault.clone()),
            SampleFormat::I32 => build::<i32>(&device, config, sender, fault.clone()),
            SampleFormat::U8 => build::<u8>(&device, config, sender, fault.clone()),
            SampleFormat::F32 => build::<f32>(&device, config, sender, fault.clone()),
            other => return Err(failed(format!("its format {other} is not understood"))),
        }
        .map_err(failed)?;
        stream.play().map_err(failed)?;
        Ok(Self {
            _stream: stream,
            blocks,
            fault,
            channels: usize::from(config.channels),
            sample_rate: config.sample_rate,
        })
    }

    /// Waits until somebody has spoken and fallen silent, or has spoken for as long as a turn may last.
    pub fn record_utterance(&mut self, settings: &TurnSettings) -> Result<Utterance, DeviceError> {
        let mut recorder =
            Recorder::new(self.channels, self.sample_rate, settings.clone()).map_err(failed)?;
        loop {
            self.fault.check()?;
            match self.blocks.recv_timeout(DEVICE_STALL) {
                Ok(block) => {
                    if let Some(utterance) = recorder.push(&block).map_err(failed)? {
                        return Ok(utterance);
                    }
                }
                Err(RecvTimeoutError::Timeout) => return Err(failed("the microphone brings nothing")),
                Err(RecvTimeoutError::Disconnected) => return Err(failed("the microphone is gone")),
            }
        }
    }
}

/// An open loudspeaker with what is still to be played.
pub struct Loudspeaker {
    _stream: Stream,
    queue: Arc<Mutex<VecDeque<f32>>>,
    fault: Fault,
    sample_rate: u32,
}

/// The first thing that went wrong with a stream; drivers repeat it hundreds of times a second.
#[derive(Clone, Default)]
struct Fault(Arc<OnceLock<String>>);

impl Fault {
    fn note(&self, error: &cpal::Error) {
        // After these the stream goes on: a glitch, another default device, no real-time priority.
        let goes_on =
            matches!(error.kind(), ErrorKind::Xrun | ErrorKind::DeviceChanged | ErrorKind::RealtimeDenied);
        if !goes_on {
            let _ = self.0.set(error.to_string());
        }
    }

    fn check(&self) -> Result<(), DeviceError> {
        self.0.get().map_or(Ok(()), |error| Err(failed(error)))
    }
}

impl Loudspeaker {
    /// Opens a loudspeaker by name, or the system's default.
    pub fn open(name: Option<&str>) -> Result<Self, DeviceError> {
        let device = find("loudspeaker", name)?;
        let supported = device.default_output_config().map_err(failed)?;
        let (format, config): (SampleFormat, StreamConfig) = (supported.sample_format(), supported.into());
        let queue = Arc::new(Mutex::new(VecDeque::new()));
        let fault = Fault::default();
        fn build<T: SizedSample + FromSample<f32>>(
            device: &Device,
            config: StreamConfig,
            queue: Arc<Mutex<VecDeque<f32>>>,
            fault: Fault,
        ) -> Result<Stream, cpal::Error> {
            let channels = usize::from(config.channels).max(1);
            let give = move |data: &mut [T], _: &cpal::OutputCallbackInfo| {
                let mut queue = queue.lock().unwrap_or_else(PoisonError::into_inner);
                for frame in data.chunks_mut(channels) {
                    frame.fill(T::from_sample(queue.pop_front().unwrap_or(0.0)));
                }
            };
            device.build_output_stream(config, give, move |e| fault.note(&e), None)
        }
        let stream = match format {
            SampleFormat::I16 => build::<i16>(&device, config, queue.clone(), fault.clone()),
            SampleFormat::I32 => build::<i32>(&device, config, queue.clone(), fault.clone()),
            SampleFormat::U8 => build::<u8>(&device, config, queue.clone(), fault.clone()),
            SampleFormat::F32 => build::<f32>(&device, config, queue.clone(), fault.clone()),
            other => return Err(failed(format!("its format {other} is not understood"))),
        }
        .map_err(failed)?;
        stream.play().map_err(failed)?;
        Ok(Self { _stream: stream, queue, fault, sample_rate: config.sample_rate })
    }

    /// Adds mono samples at `rate` Hz to what is played; returns at once.
    pub fn play(&self, rate: u32, samples: &[i16]) -> Result<(), DeviceError> {
        let samples: Vec<f32> = samples.iter().map(|&s| f32::from_sample(s)).collect();
        let samples = super::resample::change_rate(samples, rate, self.sample_rate).map_err(failed)?;
        self.queue.lock().unwrap_or_else(PoisonError::into_inner).extend(samples);
        Ok(())
    }

    /// Waits until everything has been played; a loudspeaker that takes nothing any more is an error.
    pub fn finish(&self) -> Result<(), DeviceError> {
        let (mut left, mut since) = (usize::MAX, Instant::now());
        loop {
            let now = self.queue.lock().unwrap_or_else(PoisonError::into_inner).len();
            if now == 0 {
                break;
            }
            self.fault.check()?;
            if now != left {
                (left, since) = (now, Instant::now());
            } else if since.elapsed() > DEVICE_STALL {
                return Err(failed("the loudspeaker takes nothing"));
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        // What the device holds in its own buffer.
        std::thread::sleep(Duration::from_millis(200));
        Ok(())
    }
}
