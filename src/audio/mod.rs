//! Sound in: from the bytes that a browser, a file or a microphone gives, to one mono utterance at 16 kHz.
//!
//! * [`mod@decode`]: WAV, MP3, M4A, FLAC, Ogg and WebM, under [`AudioLimits`];
//! * [`resample`]: any rate and channel count to 16 kHz mono;
//! * [`voice_activity`]: where in the sound somebody speaks;
//! * [`turn`]: when somebody begins to speak in a stream, pauses, and has ended;
//! * [`recorder`]: from a device's blocks to one turn;
//! * [`devices`]: microphone and loudspeaker of a kiosk;
//! * [`wav`]: the way out, for files and uploads.

pub mod decode;
pub mod devices;
pub mod error;
pub mod live;
mod packets;
pub mod recorder;
pub mod resample;
pub mod turn;
mod utterance;
pub mod voice_activity;
pub mod wav;

pub use decode::{AudioLimits, decode};
pub use error::AudioError;
pub use utterance::{SAMPLE_RATE, Utterance};
