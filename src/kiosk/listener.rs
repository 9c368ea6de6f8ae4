//! What becomes of the microphone's sound: nothing, a look whether anybody speaks, an ear for the wake phrase, or the brain.

use tokio::sync::mpsc;

use super::visit::{Ear, Input};
use crate::audio::Utterance;
use crate::audio::turn::{TurnDetector, TurnEvent, TurnSettings};
use crate::speech_to_text::Ears;

/// What came of a block.
#[derive(Debug)]
pub(super) enum Listened {
    /// Nothing that anybody need know.
    Nothing,
    /// Somebody begins to speak.
    Somebody,
    /// It is for the brain.
    ForTheBrain(Vec<f32>),
}

/// The microphone's sound, by what it is for now.
pub(super) struct Listener {
    ear: Ear,
    turns: TurnDetector,
    ears: Option<Ears>,
    own: mpsc::Sender<Input>,
}

impl Listener {
    /// Closed. What is heard for the wake phrase is told to `own`.
    pub(super) fn new(settings: TurnSettings, ears: Option<Ears>, own: mpsc::Sender<Input>) -> Self {
        Self { ear: Ear::Closed, turns: TurnDetector::new(settings), ears, own }
    }

    /// From now on this becomes of it; what was being said before is forgotten.
    pub(super) fn listen(&mut self, ear: Ear) {
        self.ear = ear;
        self.forget();
    }

    /// Forgets what was heard and has not ended.
    pub(super) fn forget(&mut self) {
        self.turns.forget_turn();
    }

    /// Takes a block, mono at 16 kHz.
    pub(super) fn hear(&mut self, block: Vec<f32>) -> Listened {
        match self.ear {
            // The detector goes on learning how loud the hall is.
            Ear::Closed => {
                self.turns.push(&block);
                self.turns.forget_turn();
                Listened::Nothing
            }
            Ear::Presence => {
                let events = self.turns.push(&block);
                match events.iter().any(|event| matches!(event, TurnEvent::SpeechStarted { .. })) {
                    true => Listened::Somebody,
                    false => Listened::Nothing,
                }
            }
            Ear::Wake => {
                for event in self.turns.push(&block) {
                    if let (TurnEvent::EndOfTurn(turn) | TurnEvent::TooLong(turn), Some(ears)) =
                        (event, &self.ears)
                    {
                        hear_for_wake(ears, turn.utterance, self.own.clone());
                    }
                }
                Listened::Nothing
            }
            Ear::Open => Listened::ForTheBrain(block),
        }
    }
}

/// Hears what may hold the wake phrase, beside everything else.
fn hear_for_wake(ears: &Ears, utterance: Utterance, own: mpsc::Sender<Input>) {
    let ears = ears.clone();
    tokio::spawn(async move {
        match ears.hear(utterance).await {
            Ok(heard) => {
                let _ = own.send(Input::Heard(heard.text)).await;
            }
            Err(error) => tracing::warn!("the wake phrase could not be looked for: {error}"),
        }
    });
}
