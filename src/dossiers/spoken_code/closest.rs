//! The existing codes that a spoken one can be.

use super::distance::{Character, Measure, characters, common};
use super::{Reading, SpokenCode};
use crate::dossiers::code::DossierCode;

/// More codes than these are not offered to choose from.
pub const MAX_SEVERAL: usize = 3;
/// Readings that are measured where none fits.
const MEASURED: usize = 6;
/// Codes this much farther than the nearest are not meant, in hundredths.
const MARGIN: u16 = 40;
/// The farthest that a code may be, in hundredths, and for each character of the reading.
const FARTHEST: u16 = 200;
const FARTHEST_EACH: u16 = 14;
/// Readings shorter than these are not matched but to the end of a code.
const SHORTEST: usize = 7;
/// Readings of which another fits a code too must cost so much less to be taken without asking.
const CLEARLY: f32 = 0.6;
/// A reading with more doubt than this is not exact though it fits.
const DOUBT: f32 = 0.45;
/// How much the cost of a reading counts beside the distance, in hundredths.
const COST: f32 = 30.0;

/// An existing code that may be meant.
#[derive(Debug, Clone, PartialEq)]
pub struct CodeMatch {
    /// As it exists.
    pub code: DossierCode,
    /// How far what was said is from it: 0 for all of it, 0.1 for each leading zero left out, about 0.35 to 0.6 for a
    /// character heard as one that sounds alike, 1 for another.
    pub distance: f32,
    /// All of it was said, leading zeros aside.
    pub is_exact: bool,
}

/// What a spoken code can be.
#[derive(Debug, Clone, PartialEq)]
pub enum Matches {
    /// The code that was said.
    Exact(CodeMatch),
    /// One that is near, or the only one that ends so: to be read back before it is believed.
    Close(CodeMatch),
    /// Two or three, the nearest first: to be asked again.
    Several(Vec<CodeMatch>),
    /// More than can be offered: what was said is too short, or heard too badly.
    TooMany,
    /// None.
    None,
}

/// The codes among these that were said. Sorted candidates are measured fastest.
///
/// Codes of neighbours differ in one character and there is no check digit: an exact match too should be read back
/// before anything is told that only its owner may know.
pub fn closest<'a>(spoken: &SpokenCode, candidates: impl Iterator<Item = &'a DossierCode>) -> Matches {
    let mut search = Search::new(&spoken.readings);
    for code in candidates {
        search.take(code);
    }
    search.end()
}

/// Finds a reading in a code: bit n is set where the first n characters of the reading are found.
#[derive(Debug)]
struct Pattern {
    /// By character: the places of the reading where it stands.
    places: Box<[u64; 128]>,
    /// Its last character, with which a code that it fits ends too.
    last: Option<u8>,
    length: usize,
    cost: f32,
    doubt: f32,
    has_unsaid: bool,
}

/// How a reading fits a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fit {
    Whole,
    End,
}

impl Pattern {
    fn new(reading: &Reading) -> Self {
        let key = reading.key();
        let mut places = Box::new([0u64; 128]);
        for (n, c) in key.bytes().enumerate().take(63) {
            for (value, bits) in places.iter_mut().enumerate() {
                if usize::from(c) == value || c == b'?' {
                    *bits |= 1 << n;
                }
            }
        }
        Self {
            places,
            last: key.bytes().last(),
            length: key.len(),
            cost: reading.cost,
            doubt: reading.doubt,
            has_unsaid: key.contains('?'),
        }
    }

    /// Leading zeros of a group need not be said.
    fn fit(&self, code: &[Character]) -> Option<Fit> {
        if self.last != code.last().map(|c| c.value) || self.length > code.len().min(63) {
            return None;
        }
        let (mut whole, mut end) = (1u64, 0u64);
        for (n, character) in code.iter().enumerate() {
            if character.is_first && n > 0 {
                end |= 1;
            }
            let places = self.places.get(usize::from(character.value)).copied().unwrap_or_default();
            let kept = if character.is_leading_zero { u64::MAX } else { 0 };
            whole = (whole & places) << 1 | whole & kept;
            end = (end & places) << 1 | end & kept;
        }
        let last = 1u64 << self.length;
        match () {
            () if whole & last != 0 => Some(Fit::Whole),
            () if end & last != 0 => Some(Fit::End),
            () => None,
        }
    }
}

struct Search<'a> {
    patterns: Vec<Pattern>,
    measures: Vec<(Measure, u16)>,
    /// Codes that a reading fits, with what the reading costs, and whether without doubt.
    exact: Vec<(f32, f32, bool, &'a DossierCode)>,
    ending: Vec<(f32, &'a DossierCode)>,
    near: Vec<(u16, &'a DossierCode)>,
    limit: u16,
    characters: Vec<Character>,
    /// Those of the code before.
    before: Vec<Character>,
}

impl<'a> Search<'a> {
    fn new(readings: &[Reading]) -> Self {
        let measured = readings.iter().filter(|reading| reading.key().len() >= SHORTEST).take(MEASURED);
        let longest = readings.iter().map(|reading| reading.key().len()).max().unwrap_or_default();
        Self {
            patterns: readings.iter().map(Pattern::new).collect(),
            measures: measured
                .map(|reading| (Measure::new(&reading.key()), (reading.cost * COST) as u16))
                .collect(),
            exact: Vec::new(),
            ending: Vec::new(),
            near: Vec::new(),
            limit: FARTHEST.min(FARTHEST_EACH.saturating_mul(u16::try_from(longest).unwrap_or(u16::MAX))),
            characters: Vec::new(),
            before: Vec::new(),
        }
    }

    fn take(&mut self, code: &'a DossierCode) {
        std::mem::swap(&mut self.characters, &mut self.before);
        characters(code.as_str(), &mut self.characters);
        for pattern in &self.patterns {
            match pattern.fit(&self.characters) {
                Some(Fit::Whole) => {
                    let zeros = self.characters.len() - pattern.length;
                    let is_sure = pattern.doubt <= DOUBT && !pattern.has_unsaid;
                    let distance = zeros as f32 / 10.0;
                    self.exact.push((pattern.cost + distance, distance, is_sure, code));
                    break;
                }
                // A reading that is no likely one must not choose among ends.
                Some(Fit::End)
                    if pattern.cost < CLEARLY && pattern.doubt <= DOUBT && self.ending.len() <= 64 =>
                {
                    self.ending.push((pattern.cost, code));
                    break;
                }
                _ => {}
            }
        }
        if self.exact.is_empty() {
            self.measure(code);
        }
    }

    fn measure(&mut self, code: &'a DossierCode) {
        let mut best: Option<u16> = None;
        let common = common(&self.before, &self.characters);
        for (measure, cost) in &mut self.measures {
            measure.keep(common);
            let limit = best.map_or(self.limit, |best| best.saturating_sub(1).min(self.limit));
            let Some(limit) = limit.checked_sub(*cost) else { continue };
            if let Some(distance) = measure.distance(&self.characters, limit) {
                best = Some(distance + *cost);
            }
        }
        let Some(distance) = best else { return };
        self.near.push((distance, code));
        self.limit = self.limit.min(distance + MARGIN);
        if self.near.len() > 64 {
            self.near.retain(|(distance, _)| *distance <= self.limit);
            self.near.truncate(64);
        }
    }

    fn end(mut self) -> Matches {
        self.exact.sort_by(|a, b| a.0.total_cmp(&b.0).then_with(|| a.3.cmp(b.3)));
        self.exact.dedup_by(|a, b| a.3 == b.3);
        if let Some((least, distance, is_sure, code)) = self.exact.first().copied() {
            let rivals = self.exact.iter().filter(|(cost, ..)| *cost < least + CLEARLY);
            let found: Vec<CodeMatch> = rivals
                .map(|(_, distance, _, code)| CodeMatch {
                    code: (*code).clone(),
                    distance: *distance,
                    is_exact: false,
                })
                .collect();
            let one = CodeMatch { code: code.clone(), distance, is_exact: is_sure };
            return match found.len() {
                1 if is_sure => Matches::Exact(one),
                1 => Matches::Close(one),
                2..=MAX_SEVERAL => Matches::Several(found),
                _ => Matches::TooMany,
            };
        }
        self.ending.sort_by(|a, b| a.1.cmp(b.1));
        self.ending.dedup_by(|a, b| a.1 == b.1);
        match self.ending.as_slice() {
            [] => self.nearest(),
            [(cost, code)] => {
                Matches::Close(CodeMatch { code: (*code).clone(), distance: 0.3 + *cost, is_exact: false })
            }
            _ => Matches::TooMany,
        }
    }

    fn nearest(mut self) -> Matches {
        self.near.sort();
        self.near.dedup_by(|a, b| a.1 == b.1);
        let Some((least, _)) = self.near.first().copied() else { return Matches::None };
        let mut found: Vec<CodeMatch> = self
            .near
            .iter()
            .filter(|(distance, _)| *distance <= least + MARGIN)
            .map(|(distance, code)| CodeMatch {
                code: (*code).clone(),
                distance: f32::from(*distance) / 100.0,
                is_exact: false,
            })
            .collect();
        match (found.len(), found.pop()) {
            (1, Some(one)) => Matches::Close(one),
            (2..=MAX_SEVERAL, Some(last)) => {
                found.push(last);
                Matches::Several(found)
            }
            _ => Matches::TooMany,
        }
    }
}
