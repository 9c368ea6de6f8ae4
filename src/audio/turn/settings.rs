//! What a turn is held to: times and levels, and what is known of how complete the words are.

use serde::{Deserialize, Serialize};

/// How complete what has been heard so far is, as far as its words tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Completeness {
    /// A whole question or a whole reply.
    Finished,
    /// The words do not tell, or have not been heard yet.
    #[default]
    Unknown,
    /// The words ask for more: the talker thinks, or draws breath.
    Unfinished,
}

/// When a turn begins and ends. Times in milliseconds; they are kept to frames of 16 ms.
///
/// The silences are chosen on the owner's clips by `hoidap eval turns`; `docs/hearing.md` has the table.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TurnSettings {
    /// Sound kept from before the first sound that is certainly a voice, so that no first word is cut.
    pub pre_roll_ms: u32,
    /// Less voice than this is a click or a cough, and no turn.
    pub min_voice_ms: u32,
    /// Silence after which a pause is told, so that the caller may begin to hear what has been said.
    pub pause_ms: u32,
    /// Silence that ends a turn whose words are [`Completeness::Finished`].
    pub finished_ms: u32,
    /// Silence that ends a turn of whose words nothing is known.
    pub unknown_ms: u32,
    /// Silence that ends a turn whose words are [`Completeness::Unfinished`].
    pub unfinished_ms: u32,
    /// Sound kept after the last voice; never more than the silence that ended the turn.
    pub tail_ms: u32,
    /// The longest turn; what goes on after it begins the next one.
    pub max_turn_ms: u32,
    /// How far above the noise floor a voice must be, in dB.
    pub above_floor_db: f32,
}

impl Default for TurnSettings {
    fn default() -> Self {
        Self {
            pre_roll_ms: 500,
            min_voice_ms: 160,
            pause_ms: 120,
            finished_ms: 400,
            unknown_ms: 750,
            unfinished_ms: 1_500,
            tail_ms: 400,
            max_turn_ms: 30_000,
            above_floor_db: 6.0,
        }
    }
}

impl TurnSettings {
    /// The silence that ends a turn, in milliseconds: never less than the silence after which a pause is told.
    pub fn silence_ms(&self, completeness: Completeness) -> u32 {
        let silence = match completeness {
            Completeness::Finished => self.finished_ms,
            Completeness::Unknown => self.unknown_ms,
            Completeness::Unfinished => self.unfinished_ms,
        };
        silence.max(self.pause_ms)
    }
}
