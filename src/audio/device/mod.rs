//! The microphone and the loudspeaker of a kiosk, by cpal: opened by name, lost and found again, and kept in step for an
//! echo canceller.
//!
//! * [`mod@list`]: which devices there are, and which one a name means;
//! * [`Microphone`] and [`Loudspeaker`]: one device, until it goes away;
//! * [`KeptMicrophone`] and [`KeptLoudspeaker`]: the same for years: what goes away is told and opened again when it is back;
//! * [`Duplex`]: what the loudspeaker took beside what the microphone heard, sample for sample;
//! * [`self_test`]: whether one hears the other.
//!
//! # Which sound systems
//!
//! cpal is built with its `pulseaudio` feature, a client in Rust that needs no library of the system. It serves PulseAudio
//! and, by pipewire-pulse, PipeWire. Where neither answers, ALSA is used, which cpal always has. cpal's `pipewire` feature
//! would need libpipewire and its headers for the build and bring nothing more.
//!
//! Devices bring their own rate and format. What leaves here is mono at 16 kHz in [`Block`]s, and what comes here is PCM at
//! any rate.

mod counts;
mod duplex;
mod format;
mod kept;
mod kept_loudspeaker;
mod kept_microphone;
pub mod list;
mod loudspeaker;
mod microphone;
mod pairing;
mod play_queue;
pub mod self_test;
mod tap;
mod waiting;

use std::sync::Arc;
use std::time::{Duration, Instant};

pub use counts::{DeviceCounts, DeviceFigures};
pub use duplex::{Duplex, Paired};
pub use kept::{DeviceState, Missing};
pub use kept_loudspeaker::KeptLoudspeaker;
pub use kept_microphone::KeptMicrophone;
pub use list::{DeviceInfo, DeviceKind, list};
pub use loudspeaker::Loudspeaker;
pub use microphone::Microphone;
pub use pairing::{Pairing, PairingFigures};
pub use waiting::Blocks;

/// A device that brings or takes nothing for this long is gone.
pub const DEVICE_STALL: Duration = Duration::from_secs(5);

/// Sound, mono at 16 kHz in −1.0..=1.0, of any length.
#[derive(Debug, Clone)]
pub struct Block {
    /// The samples.
    pub samples: Arc<[f32]>,
    /// When the device brought or took the last of them, as far as the program can tell.
    pub at: Instant,
}

/// Why a device cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DeviceError {
    /// No such device.
    #[error("there is no {kind} {name}; `hoidap kiosk --list-devices` shows those there are")]
    NotFound {
        /// What was looked for.
        kind: DeviceKind,
        /// As it was asked for.
        name: String,
    },
    /// The system refused it.
    #[error("the sound device failed: {0}")]
    Failed(String),
    /// It was there and went away.
    #[error("the sound device is lost: {0}")]
    Lost(String),
}

impl DeviceError {
    /// One sentence for whoever stands before the kiosk.
    pub fn vietnamese(&self) -> &'static str {
        match self {
            Self::NotFound { kind: DeviceKind::Microphone, .. } => {
                "Máy chưa có micrô. Xin ông bà báo cho cán bộ trực hoặc gõ câu hỏi."
            }
            Self::NotFound { kind: DeviceKind::Loudspeaker, .. } => {
                "Máy chưa có loa. Xin ông bà đọc câu trả lời trên màn hình."
            }
            Self::Failed(_) | Self::Lost(_) => {
                "Micrô hoặc loa của máy đang bị ngắt. Xin ông bà đợi một lát hoặc báo cho cán bộ trực."
            }
        }
    }
}

fn failed(error: impl std::fmt::Display) -> DeviceError {
    DeviceError::Failed(error.to_string())
}
