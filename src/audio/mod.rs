//! Sound in: from the bytes that a browser, a file or a microphone gives, to one mono utterance at 16 kHz.
//!
//! * [`mod@decode`]: WAV, MP3, M4A, FLAC, Ogg and WebM, under [`AudioLimits`];
//! * [`resample`]: any rate and channel count to 16 kHz mono;
//! * [`voice_activity`]: where in the sound somebody speaks;
//! * [`turn`]: when somebody begins to speak in a stream, pauses, and has ended;
//! * [`device`]: microphone and loudspeaker of a kiosk; [`level`]: whether the microphone hears as it should;
//! * [`echo`]: the kiosk's own voice, taken out of what it hears;
//! * [`wav`]: the way out, for files and uploads.

pub mod decode;
pub mod device;
pub mod echo;
pub mod error;
pub mod level;
pub mod live;
mod packets;
pub mod resample;
pub mod turn;
mod utterance;
pub mod voice_activity;
pub mod wav;

pub use decode::{AudioLimits, decode};
pub use error::AudioError;
pub use utterance::{SAMPLE_RATE, Utterance};
