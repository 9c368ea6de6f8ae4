//! What is told of a stream of sound while it comes in.
//!
//! Places in the stream are numbers of samples since its beginning, at 16 kHz.

use crate::audio::Utterance;

/// Something happened.
#[derive(Debug, Clone, PartialEq)]
pub enum TurnEvent {
    /// Somebody certainly speaks. One of [`Self::EndOfTurn`], [`Self::TooLong`] and [`Self::FalseStart`] ends it.
    SpeechStarted {
        /// Where the turn begins, what is kept from before the first word included.
        at: u64,
    },
    /// The talker may have ended: time to begin hearing what was said ([`super::TurnDetector::so_far`]). Where the
    /// turn ends with the same `speech_end`, what was heard holds.
    Pause {
        /// Now.
        at: u64,
        /// Where the last voice ended.
        speech_end: u64,
    },
    /// The talker goes on after a [`Self::Pause`]; what was heard at it is not all.
    Resumed {
        /// Now.
        at: u64,
    },
    /// The talker has ended.
    EndOfTurn(Turn),
    /// The talker goes on, but the turn has become as long as turns may be. Nothing is lost: the next turn begins where
    /// this one ends, in a gap between words if there was one lately.
    TooLong(Turn),
    /// What seemed to be a voice was none.
    FalseStart {
        /// Where it seemed to begin.
        at: u64,
        /// How long there was certainly a voice, as far as the detector could tell, in milliseconds.
        voiced_ms: u32,
        /// What it was instead.
        cause: NoVoice,
    },
}

/// Why something was no turn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoVoice {
    /// Too little of a voice: a click, a cough, a door.
    TooLittle,
    /// Held tones: music, ringing, humming. Only this may come after a [`TurnEvent::SpeechStarted`].
    HeldTones,
}

/// One turn, cut out of the stream.
#[derive(Debug, Clone, PartialEq)]
pub struct Turn {
    /// From `start` to `end`.
    pub utterance: Utterance,
    /// Where it begins in the stream.
    pub start: u64,
    /// Where the last voice ended.
    pub speech_end: u64,
    /// Where the utterance ends in the stream: some silence after `speech_end`.
    pub end: u64,
}
