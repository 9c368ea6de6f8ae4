//! What looks wrong in a document: lines that a person should see before the articles are believed.

use std::collections::HashSet;

use super::articles::value_of;
use super::headings::Level;
use super::{LegalText, Unit};

/// A line that looks wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Doubt {
    /// Counted from 1 in the normalised text.
    pub line: usize,
    /// What is wrong with it.
    pub reason: Reason,
}

/// Why a line looks wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reason {
    /// The number was used before.
    Duplicate(String),
    /// The number is lower than the one before it.
    Decreasing {
        /// The one before.
        before: String,
        /// This one.
        number: String,
    },
    /// Numbers were passed over.
    Gap {
        /// The one before.
        before: String,
        /// This one.
        number: String,
    },
    /// The article has no text.
    Empty(String),
}

impl std::fmt::Display for Doubt {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "line {}: ", self.line)?;
        match &self.reason {
            Reason::Duplicate(number) => write!(f, "there is an article {number} before this one"),
            Reason::Decreasing { before, number } => write!(f, "article {number} follows article {before}"),
            Reason::Gap { before, number } => {
                write!(f, "between articles {before} and {number} some are missing")
            }
            Reason::Empty(number) => write!(f, "article {number} has no text"),
        }
    }
}

impl LegalText {
    /// The headings of articles that look wrong, in the order of the text.
    pub fn doubts(&self) -> Vec<Doubt> {
        let mut seen: HashSet<&str> = HashSet::new();
        let mut before: Option<&Unit> = None;
        let mut doubts = Vec::new();
        for unit in self.walk().filter(|unit| unit.level == Level::Article) {
            let mut doubt = |reason| doubts.push(Doubt { line: unit.line, reason });
            let number = unit.number.clone();
            if !seen.insert(&unit.number) {
                doubt(Reason::Duplicate(number.clone()));
            } else if let Some(before) = before {
                let (last, this) = (order(&before.number), order(&unit.number));
                let before = before.number.clone();
                if this < last {
                    doubt(Reason::Decreasing { before, number: number.clone() });
                } else if this.0 > last.0 + 1 {
                    doubt(Reason::Gap { before, number: number.clone() });
                }
            }
            if unit.text.trim().is_empty() {
                doubt(Reason::Empty(number));
            }
            before = Some(unit);
        }
        doubts
    }
}

/// `12` < `12a` < `12b` < `12đ` < `12e` < `13`; đ stands between d and e.
fn order(number: &str) -> (u32, Vec<(u32, bool)>) {
    let letters = number.chars().skip_while(char::is_ascii_digit);
    (
        value_of(number),
        letters.map(|c| if c == 'đ' { ('d' as u32, true) } else { (c as u32, false) }).collect(),
    )
}
