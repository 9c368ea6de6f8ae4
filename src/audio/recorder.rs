//! From a device's blocks, at its own rate and with its own channels, to one turn: what a microphone does until somebody
//! has spoken.

use super::resample::{StreamResampler, downmix};
use super::turn::{TurnDetector, TurnEvent, TurnSettings};
use super::{AudioError, SAMPLE_RATE, Utterance};

/// Waits for one turn.
pub struct Recorder {
    channels: usize,
    resampler: StreamResampler,
    turns: TurnDetector,
}

impl Recorder {
    /// For interleaved samples of so many channels at `sample_rate` Hz.
    ///
    /// # Errors
    /// Where the rate is none that a person recorded at.
    pub fn new(channels: usize, sample_rate: u32, settings: TurnSettings) -> Result<Self, AudioError> {
        Ok(Self {
            channels,
            resampler: StreamResampler::new(sample_rate, SAMPLE_RATE)?,
            turns: TurnDetector::new(settings),
        })
    }

    /// Takes the next interleaved samples; gives the turn when it has ended.
    ///
    /// # Errors
    /// Where the samples cannot be resampled.
    pub fn push(&mut self, interleaved: &[f32]) -> Result<Option<Utterance>, AudioError> {
        let mono = self.resampler.push(&downmix(interleaved, self.channels))?;
        let ended = |event| match event {
            TurnEvent::EndOfTurn(turn) | TurnEvent::TooLong(turn) => Some(turn.utterance),
            _ => None,
        };
        Ok(self.turns.push(&mono).into_iter().find_map(ended))
    }
}
