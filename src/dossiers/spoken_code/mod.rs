//! From what a citizen says to the code of a dossier, and back to words that can be said.
//!
//! The national scheme of codes has no check digit, so that what was heard is compared with the codes that exist:
//!
//! * [`find_spoken`] finds the codes in an utterance, spoken or typed, with all likely readings of each;
//! * [`closest`] finds the existing codes that a reading can be; an exact one can be looked up by [`DossierCode::key`] at once;
//! * [`speak_code`] says a code so that it cannot be taken for another, and [`yes_or_no`] understands the reply;
//! * [`spoken_digits`] and [`spoken_year`] read what the owner of a dossier knows beside the code.
//!
//! What words mean is in `names.tsv`. `table.tsv` has the forms that the tests read.

mod closest;
mod dates;
mod distance;
mod factor;
mod find;
mod lattice;
mod names;
mod numerals;
mod reply;
mod shape;
mod speak;
#[cfg(test)]
mod table_tests;
#[cfg(test)]
mod tests;
mod tokens;

use std::ops::Range;

pub use closest::{CodeMatch, MAX_SEVERAL, Matches, closest};
pub use factor::{spoken_digits, spoken_year};
pub use find::{find_spoken, find_spoken_when_asked, is_code_like};
pub use reply::yes_or_no;
pub use speak::speak_code;

use super::code::DossierCode;

/// A running number has at least so many digits.
const NUMBER_DIGITS: usize = 4;

/// A stretch of an utterance that is a code, or a part of one.
#[derive(Debug, Clone, PartialEq)]
pub struct SpokenCode {
    /// The bytes of the utterance that bear it, as whole words between white space.
    pub range: Range<usize>,
    /// What it may be, the likeliest first; at least one.
    pub readings: Vec<Reading>,
}

/// One way to read a spoken code.
#[derive(Debug, Clone, PartialEq)]
pub struct Reading {
    /// Letters and digits, with the separators that were said; `?` for what was not said.
    pub text: String,
    /// How much less likely it is than the best reading: 0 for the best, about 0.3 for another way to understand a
    /// number, about 0.7 for a syllable that was taken for one that sounds alike.
    pub cost: f32,
    /// How much of it was guessed from words that only sound like its parts: 0 where each word was known, 0.3 to 0.7 for
    /// each misheard one, 2 for one left out.
    pub doubt: f32,
}

impl Reading {
    /// Its characters without separators, as [`DossierCode::key`] gives them of a code; `?` for what was not said.
    pub fn key(&self) -> String {
        self.text.chars().filter(|c| !matches!(c, '.' | '-')).collect()
    }

    /// Whether it has the shape of a whole code: agency, day and number.
    pub fn is_whole(&self) -> bool {
        shape::is_whole(&self.key())
    }
}

impl SpokenCode {
    /// The keys under which a store can look for it, the likeliest first: an index by [`DossierCode::key`] gives an exact hit without
    /// a scan. Where the running number was said without its leading zeros, the key with them is given too.
    pub fn keys(&self) -> Vec<String> {
        let mut keys: Vec<String> = Vec::new();
        for reading in self.readings.iter().filter(|reading| !reading.text.contains('?')) {
            let key = reading.key();
            let padded = padded(&reading.text, &key);
            for key in std::iter::once(key).chain(padded) {
                if !keys.contains(&key) {
                    keys.push(key);
                }
            }
        }
        keys
    }
}

/// The key with a running number of four digits, where fewer were said.
fn padded(text: &str, key: &str) -> Option<String> {
    let said = text.rsplit(['.', '-']).next().unwrap_or_default();
    let by_day = shape::day_at(key).map(|at| key.len() - at - 6);
    let digits = if text.len() > key.len() && said.len() < 6 { said.len() } else { by_day? };
    let start = key.len().checked_sub(digits).filter(|_| (1..NUMBER_DIGITS).contains(&digits))?;
    let (head, number) = (key.get(..start)?, key.get(start..)?);
    (!head.is_empty() && number.bytes().all(|b| b.is_ascii_digit())).then(|| format!("{head}{number:0>4}"))
}
