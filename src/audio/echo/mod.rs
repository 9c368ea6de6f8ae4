//! Full duplex: the kiosk's own voice is taken out of what its microphone hears, so that it can be spoken to while it
//! speaks.
//!
//! * [`EchoCanceller`]: what takes an echo out, frame by frame; [`WebRtcCanceller`] does it, [`Bypass`] does not;
//! * [`BargeInGate`]: what a canceller leaves of the echo starts no turn, a talker who speaks over the kiosk does;
//! * [`EchoStream`]: both, for blocks of any length from two devices whose clocks differ.
//!
//! Everything is mono at [`SAMPLE_RATE`]. “Far” is what the loudspeaker plays, “near” what the microphone hears.
//!
//! ```
//! use hoidap::audio::echo::{EchoSetting, EchoStream};
//! let mut stream = EchoStream::new(EchoSetting::On);
//! stream.play(&[0.0; 480]); // as the loudspeaker takes it
//! let cleaned = stream.hear(&[0.0; 480]); // as the microphone brings it; goes on to the turn detector
//! assert_eq!(cleaned.len(), 480);
//! ```

mod barge_in;
mod far_end;
mod stream;
mod webrtc;

pub use barge_in::BargeInGate;
pub use far_end::FarFigures;
pub use stream::EchoStream;
pub use webrtc::WebRtcCanceller;

use serde::{Deserialize, Serialize};

use crate::audio::SAMPLE_RATE;

/// Samples of a frame: 10 ms.
pub const FRAME_SAMPLES: usize = SAMPLE_RATE as usize / 100;

/// One frame.
pub type Frame = [f32; FRAME_SAMPLES];

/// Whether the kiosk listens while it speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EchoSetting {
    /// What is heard is left as it is: for a kiosk that does not listen while it speaks, and for one with headphones.
    #[default]
    Off,
    /// The echo is taken out, and only a talker gets through while the kiosk speaks.
    On,
}

/// Takes the echo of what is played out of what is heard.
pub trait EchoCanceller: Send {
    /// Takes the next frame that is played and the next that is heard, and leaves in `near` what is left without the
    /// echo. A frame has to be given as `far` no later than its echo is in `near`.
    fn cancel(&mut self, far: &Frame, near: &mut Frame);

    /// Forgets the room, as at the start.
    fn reset(&mut self);
}

/// Takes nothing out.
#[derive(Debug, Clone, Copy, Default)]
pub struct Bypass;

impl EchoCanceller for Bypass {
    fn cancel(&mut self, _far: &Frame, _near: &mut Frame) {}

    fn reset(&mut self) {}
}

/// The mean power of a frame, 1.0 being full scale.
fn power(frame: &Frame) -> f32 {
    frame.iter().map(|s| s * s).sum::<f32>() / FRAME_SAMPLES as f32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_setting_is_written_in_small_letters_and_off_by_default() {
        assert_eq!(serde_json::to_string(&EchoSetting::On).unwrap(), "\"on\"");
        assert_eq!(serde_json::from_str::<EchoSetting>("\"off\"").unwrap(), EchoSetting::default());
        assert!(serde_json::from_str::<EchoSetting>("\"maybe\"").is_err());
    }
}
