//! Which codes stood in a file already: a number for each, so that a million takes tens of megabytes.

use std::collections::HashMap;
use std::collections::hash_map::{Entry, RandomState};
use std::hash::BuildHasher;

use crate::dossiers::code::DossierCode;
use crate::dossiers::dossier::{Dossier, Secrets};

/// A file has no more dossiers.
pub const MAX_ROWS: u64 = 5_000_000;

/// The codes of a file so far. Two codes are taken for one with a probability of n² in 2⁶⁵: of a million, one in 37 million.
#[derive(Default)]
pub(super) struct Seen {
    state: RandomState,
    /// By the code's number: the line, and half the number of the contents.
    codes: HashMap<u64, (u32, u32)>,
}

/// Whether a code was there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sighting {
    /// It was not.
    First,
    /// It was, with the same contents.
    Same,
    /// It was, with others.
    Other { first_line: u64 },
    /// No more are taken.
    TooMany,
}

impl Seen {
    /// What numbers are made with; others in each run, so that nobody can choose codes that meet.
    pub(super) fn state(&self) -> &RandomState {
        &self.state
    }

    /// A number for the contents of a dossier.
    pub(super) fn fingerprint(&self, dossier: &Dossier, secrets: &Secrets) -> u64 {
        // A dossier is of maps with texts as keys and of lists, which always can be written.
        self.state.hash_one(serde_json::to_vec(&(dossier, secrets)).unwrap_or_default())
    }

    /// Takes a code, and tells whether it was there.
    pub(super) fn take(&mut self, code: &DossierCode, fingerprint: u64, line: u64) -> Sighting {
        let is_full = self.codes.len() as u64 >= MAX_ROWS;
        let contents = (fingerprint >> 32) as u32;
        match self.codes.entry(self.state.hash_one(code)) {
            Entry::Occupied(held) if held.get().1 == contents => Sighting::Same,
            Entry::Occupied(held) => Sighting::Other { first_line: u64::from(held.get().0) },
            Entry::Vacant(_) if is_full => Sighting::TooMany,
            Entry::Vacant(free) => {
                free.insert((u32::try_from(line).unwrap_or(u32::MAX), contents));
                Sighting::First
            }
        }
    }
}
