//! Numbers within a code, as they are said: digit by digit, in tens, hundreds and thousands, and repeated digits.
//!
//! One stretch of words may be several numbers (`hai mươi hai lăm`: 20 25, or 22 5); each is given with what it costs.

use super::names::{Meaning, Named, SURE, names_at};
use super::tokens::Tokens;

/// Cost of a number that leaves out a unit that could belong to it, or takes one that belongs to the next.
const ASKEW: f32 = 0.35;
/// Cost of `ba không` for 000.
const REPEATED: f32 = 0.3;

/// Digits that words at a place stand for.
#[derive(Debug, Clone)]
pub(super) struct Numeral {
    pub(super) digits: String,
    pub(super) end: usize,
    pub(super) cost: f32,
}

/// The names at each place of an utterance, looked up once.
#[derive(Debug)]
pub(super) struct Said<'a> {
    pub(super) tokens: &'a Tokens,
    names: Vec<Vec<Named>>,
}

impl<'a> Said<'a> {
    pub(super) fn of(tokens: &'a Tokens) -> Self {
        Self { tokens, names: (0..tokens.len()).map(|at| names_at(tokens, at)).collect() }
    }

    /// The names that begin at a place.
    pub(super) fn names(&self, at: usize) -> &[Named] {
        self.names.get(at).map_or(&[], Vec::as_slice)
    }

    /// Digits that one word may be, each with its cost.
    fn digits(&self, at: usize) -> Vec<(char, f32)> {
        let written = self.tokens.digits(at).filter(|digits| digits.len() == 1);
        let mut found: Vec<(char, f32)> =
            written.into_iter().flat_map(|d| d.chars()).map(|d| (d, 0.0)).collect();
        found.extend(self.names(at).iter().filter(|named| named.words == 1).filter_map(|named| {
            match named.meaning {
                Meaning::Digit(digit) | Meaning::Unit(digit) => Some((digit, named.cost)),
                _ => None,
            }
        }));
        found
    }

    /// Whether the word may stand for characters of a code.
    pub(super) fn is_character(&self, at: usize) -> bool {
        self.tokens.digits(at).is_some()
            || self.names(at).iter().any(|named| named.meaning != Meaning::Filler)
    }

    /// Whether the word is a name only if it was misheard.
    pub(super) fn is_guess(&self, at: usize) -> bool {
        let names = self.names(at);
        !names.is_empty() && names.iter().all(|named| named.cost > SURE)
    }

    fn cost_of(&self, at: usize, meaning: Meaning) -> Option<f32> {
        self.names(at)
            .iter()
            .find(|named| named.meaning == meaning && named.words == 1)
            .map(|named| named.cost)
    }

    /// Whether the word is a digit in its form after tens, and surely so.
    fn is_unit(&self, at: usize) -> bool {
        self.names(at).iter().any(|named| matches!(named.meaning, Meaning::Unit(_)) && named.cost < 0.2)
    }

    /// What it costs to take the unit before this place to the tens before it, and not to. Where `mươi`, `trăm` or
    /// `lăm` come next, it belongs to them.
    fn unit_costs(&self, unit: char, at: usize) -> (f32, f32) {
        let large = [Meaning::Hundred, Meaning::Thousand].iter().any(|m| self.cost_of(at, *m).is_some());
        let has_ten = unit != '1' && self.cost_of(at, Meaning::Ten).is_some();
        match () {
            () if large || self.is_unit(at) || has_ten && !self.tokens.is(at, &["mười"]) => (ASKEW, 0.0),
            // Without diacritics `hai muoi` may be 20, or 2 and 10.
            () if has_ten && self.tokens.is_folded => (0.0, 0.0),
            () => (0.0, ASKEW),
        }
    }

    /// All numbers that begin at a place.
    pub(super) fn numerals(&self, at: usize) -> Vec<Numeral> {
        let mut found = Vec::new();
        if let Some(written) = self.tokens.digits(at) {
            found.push(Numeral { digits: written.to_owned(), end: at + 1, cost: 0.0 });
        }
        for (digit, cost) in self.digits(at) {
            if self.tokens.digits(at).is_none() {
                found.push(Numeral { digits: digit.to_string(), end: at + 1, cost });
            }
            self.push_repeated(&mut found, at, digit, cost);
        }
        found.extend(self.two_digits(at));
        found.extend(self.hundreds(at));
        found.extend(self.thousands(at));
        found
    }

    /// `mười hai`, `hai mươi lăm`, `linh ba`.
    pub(super) fn two_digits(&self, at: usize) -> Vec<Numeral> {
        let mut found = Vec::new();
        if let Some(cost) = self.cost_of(at, Meaning::Ten) {
            self.push_tens(&mut found, '1', at + 1, cost);
        }
        // `hai mười`: said of 2 and 10 as well, and `lăm` has no tens.
        let ten_alone = !self.tokens.is_folded && self.tokens.is(at + 1, &["mười"]);
        for (tens, cost) in self.digits(at) {
            if let Some(more) = self.cost_of(at + 1, Meaning::Ten).filter(|_| tens > '1' && !self.is_unit(at))
            {
                self.push_tens(&mut found, tens, at + 2, cost + more + if ten_alone { ASKEW } else { 0.0 });
            }
        }
        if let Some(link) = self.cost_of(at, Meaning::Link) {
            for (unit, cost) in self.digits(at + 1) {
                found.push(Numeral { digits: format!("0{unit}"), end: at + 2, cost: link + cost });
            }
        }
        found
    }

    /// Tens that were said before `at`, with and without the unit there.
    fn push_tens(&self, found: &mut Vec<Numeral>, tens: char, at: usize, cost: f32) {
        let mut without: f32 = 0.0;
        for (unit, more) in self.digits(at).into_iter().filter(|(unit, _)| *unit != '0') {
            let (with, left) = self.unit_costs(unit, at + 1);
            if more < 0.2 {
                without = without.max(if self.is_unit(at) { 2.0 * ASKEW } else { left });
            }
            found.push(Numeral { digits: format!("{tens}{unit}"), end: at + 1, cost: cost + more + with });
        }
        found.push(Numeral { digits: format!("{tens}0"), end: at, cost: cost + without });
    }

    /// `một trăm linh hai`, `không trăm mười hai`, `hai trăm`.
    fn hundreds(&self, at: usize) -> Vec<Numeral> {
        let mut found = Vec::new();
        let Some(name) = self.cost_of(at + 1, Meaning::Hundred) else { return found };
        for (hundreds, cost) in self.digits(at) {
            let cost = cost + name;
            let mut add = |rest: &str, end, more: f32| {
                found.push(Numeral { digits: format!("{hundreds}{rest}"), end, cost: cost + more });
            };
            let tails = self.two_digits(at + 2);
            let has_tail = tails.iter().any(|tail| tail.cost < 0.2);
            for tail in tails {
                add(&tail.digits, tail.end, tail.cost);
            }
            for (tens, more) in self.digits(at + 2) {
                for (unit, most) in self.digits(at + 3) {
                    add(&format!("{tens}{unit}"), at + 4, more + most + if has_tail { ASKEW } else { 0.0 });
                }
                // `một trăm hai` is 120 of money, and 102 of numbers.
                let askew = if has_tail || !self.digits(at + 3).is_empty() { 2.0 * ASKEW } else { 0.1 };
                add(&format!("{tens}0"), at + 3, more + askew);
                add(&format!("0{tens}"), at + 3, more + askew);
            }
            let goes_on = has_tail || !self.digits(at + 2).is_empty();
            add("00", at + 2, if goes_on { 2.0 * ASKEW } else { 0.0 });
        }
        found
    }

    /// `hai nghìn không trăm hai mươi lăm`, `một nghìn`.
    pub(super) fn thousands(&self, at: usize) -> Vec<Numeral> {
        let mut heads: Vec<Numeral> = self.two_digits(at);
        heads.extend(self.digits(at).into_iter().map(|(d, cost)| Numeral {
            digits: d.to_string(),
            end: at + 1,
            cost,
        }));
        let mut found = Vec::new();
        for head in heads {
            let Some(more) = self.cost_of(head.end, Meaning::Thousand) else { continue };
            let (rest, cost) = (head.end + 1, head.cost + more);
            let hundreds = self.hundreds(rest);
            let tails = self.two_digits(rest);
            let goes_on = !hundreds.is_empty() || !tails.is_empty() || !self.digits(rest).is_empty();
            for tail in hundreds {
                found.push(Numeral {
                    digits: format!("{}{}", head.digits, tail.digits),
                    end: tail.end,
                    cost: cost + tail.cost,
                });
            }
            for tail in tails {
                found.push(Numeral {
                    digits: format!("{}0{}", head.digits, tail.digits),
                    end: tail.end,
                    cost: cost + tail.cost + 0.05,
                });
            }
            let askew = if goes_on { 2.0 * ASKEW } else { 0.0 };
            found.push(Numeral { digits: format!("{}000", head.digits), end: rest, cost: cost + askew });
        }
        found
    }

    /// `ba số không`, `hai con chín`, `không ba lần`, `ba không`.
    fn push_repeated(&self, found: &mut Vec<Numeral>, at: usize, first: char, cost: f32) {
        let times = |digit: char| digit.to_digit(10).filter(|n| (2..=6).contains(n)).map(|n| n as usize);
        let mut add = |digit: char, n: usize, end, cost| {
            found.push(Numeral { digits: std::iter::repeat_n(digit, n).collect(), end, cost });
        };
        if let Some(n) = times(first) {
            let named = match () {
                () if self.tokens.is(at + 1, &["con", "chữ"]) && self.tokens.is(at + 2, &["số"]) => {
                    Some(at + 3)
                }
                () if self.tokens.is(at + 1, &["số", "con", "chữ"]) => Some(at + 2),
                () if self.tokens.is(at + 1, &["lần"]) => {
                    Some(at + 2 + usize::from(self.tokens.is(at + 2, &["số"])))
                }
                () => None,
            };
            if let Some(next) = named {
                for (digit, more) in self.digits(next) {
                    add(digit, n, next + 1, cost + more);
                }
            }
            for (digit, more) in self.digits(at + 1) {
                if digit == '0' && more < 0.2 && self.tokens.digits(at + 1).is_none() {
                    let goes_on = self.digits(at + 2).iter().any(|(next, more)| *next == '0' && *more < 0.2);
                    add('0', n, at + 2, cost + more + if goes_on { 2.0 * REPEATED } else { REPEATED });
                }
            }
        }
        for (count, more) in self.digits(at + 1) {
            if let Some(n) = times(count).filter(|_| self.tokens.is(at + 2, &["lần"])) {
                add(first, n, at + 3, cost + more);
            }
        }
    }
}
