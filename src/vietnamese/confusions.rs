//! What was taken for what: counts of syllables and of their parts, said and heard.
//!
//! Counted on real transcripts beside what was really said (`evaluation::channel`). Hearing uses one such table to undo
//! what is often misheard (`speech_to_text::correction`), the measure of finding another to mishear typed questions.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::syllable::Tone;

/// Counts of what became of what: by the one said, the ones heard.
pub type Table = BTreeMap<String, BTreeMap<String, u32>>;

/// What was counted.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Confusions {
    /// Syllables said.
    pub said: u32,
    /// Syllables that were lost.
    pub lost: u32,
    /// Syllables heard that nobody said.
    pub added: u32,
    /// Syllables taken for others.
    pub taken: u32,
    /// Which parts changed, as `i`, `r`, `t` for initial, rhyme, tone: `it` for initial and tone.
    pub parts: BTreeMap<String, u32>,
    /// Initials that changed.
    pub initials: Table,
    /// Rhymes that changed.
    pub rhymes: Table,
    /// Tones that changed.
    pub tones: Table,
}

/// The tones as the table names them.
pub const TONES: [(Tone, &str); 6] = [
    (Tone::Level, "level"),
    (Tone::Falling, "falling"),
    (Tone::Rising, "rising"),
    (Tone::Dipping, "dipping"),
    (Tone::Creaky, "creaky"),
    (Tone::Heavy, "heavy"),
];

/// The name of a tone in the table.
pub fn tone_name(tone: Tone) -> &'static str {
    TONES.iter().find(|(other, _)| *other == tone).map_or("level", |(_, name)| name)
}

/// The tone of this name; null where none is called so.
pub fn tone_named(name: &str) -> Option<Tone> {
    TONES.iter().find(|(_, other)| *other == name).map(|(tone, _)| *tone)
}
