//! How far a reading is from a code: an edit distance in which what sounds alike costs less.

use std::sync::LazyLock;

use crate::vietnamese::phonetic::phonetic_key;

/// Costs are in hundredths. A character taken for any other.
const OTHER: u16 = 100;
/// A character too many, or missing.
const LOST: u16 = 80;
/// The same beside one like it: `không không không` heard as two.
const DOUBLED: u16 = 40;
/// A zero at the head of a group that was not said.
const LEADING_ZERO: u16 = 10;
/// Names that have one key of sounds.
const SAME_KEY: u16 = 35;
/// A character that was not said.
const UNSAID: u16 = 5;

/// Names as they are said first, for the keys of their sounds.
const NAMES: [(u8, &[&str]); 14] = [
    (b'0', &["không"]),
    (b'1', &["một", "mốt"]),
    (b'2', &["hai"]),
    (b'3', &["ba"]),
    (b'4', &["bốn", "tư"]),
    (b'5', &["năm", "lăm"]),
    (b'6', &["sáu"]),
    (b'7', &["bảy"]),
    (b'8', &["tám"]),
    (b'9', &["chín"]),
    (b'H', &["hát"]),
    (b'K', &["ca"]),
    (b'L', &["lờ"]),
    (b'N', &["nờ"]),
];

/// What else is taken for each other, by ear or by eye, and its cost.
const ALIKE: &[(&str, u16)] = &[
    // By ear: the same rhyme, or a near one.
    ("58", 50),
    ("14", 55),
    ("04", 60),
    ("67", 60),
    ("68", 65),
    ("27", 70),
    ("23", 80),
    ("48", 80),
    ("H2", 60),
    ("H8", 65),
    ("K3", 65),
    ("A3", 70),
    ("T4", 60),
    ("U4", 65),
    ("B3", 65),
    ("BP", 40),
    ("BV", 50),
    ("BD", 45),
    ("DT", 45),
    ("PT", 45),
    ("DG", 40),
    ("DV", 50),
    ("CS", 40),
    ("CX", 40),
    ("SX", 35),
    ("CD", 60),
    ("CT", 60),
    ("MN", 40),
    ("LN", 35),
    ("IY", 25),
    ("EA", 70),
    ("AK", 50),
    ("AH", 60),
    ("HK", 60),
    ("GJ", 40),
    ("JZ", 40),
    ("QK", 45),
    ("QU", 50),
    ("RZ", 60),
    ("FP", 50),
    // By eye, where a code was typed from paper.
    ("0O", 20),
    ("1I", 25),
    ("1L", 40),
    ("5S", 50),
    ("2Z", 50),
    ("8B", 50),
    ("0D", 60),
    ("17", 65),
];

static COSTS: LazyLock<[[u16; 128]; 128]> = LazyLock::new(|| {
    let mut costs = [[OTHER; 128]; 128];
    let mut set = |one: u8, other: u8, cost: u16| {
        for (from, to) in [(one, other), (other, one)] {
            if let Some(place) = costs.get_mut(usize::from(from)).and_then(|row| row.get_mut(usize::from(to)))
            {
                *place = cost.min(*place);
            }
        }
    };
    for c in 0..128 {
        set(c, c, 0);
        set(b'?', c, UNSAID);
    }
    for (one, names) in NAMES {
        for (other, others) in NAMES {
            let alike = names.iter().any(|a| others.iter().any(|b| phonetic_key(a) == phonetic_key(b)));
            if one != other && alike {
                set(one, other, SAME_KEY);
            }
        }
    }
    for (pair, cost) in ALIKE {
        if let &[one, other] = pair.as_bytes() {
            set(one, other, *cost);
        }
    }
    costs
});

/// Cost of hearing one character for another.
fn taken_for(said: u8, heard: u8) -> u16 {
    COSTS.get(usize::from(said)).and_then(|row| row.get(usize::from(heard))).copied().unwrap_or(OTHER)
}

/// One character of a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Character {
    pub(super) value: u8,
    /// A zero at the head of a group or after a letter, with more of the group after it.
    pub(super) is_leading_zero: bool,
    /// The first of its group.
    pub(super) is_first: bool,
}

/// The characters of a code without separators, into a buffer.
pub(super) fn characters(code: &str, out: &mut Vec<Character>) {
    out.clear();
    let (mut is_first, mut leads) = (true, true);
    let bytes = code.as_bytes();
    for (n, &value) in bytes.iter().enumerate() {
        if matches!(value, b'.' | b'-') {
            (is_first, leads) = (true, true);
            continue;
        }
        leads = leads && value == b'0' || value.is_ascii_alphabetic();
        let goes_on = bytes.get(n + 1).is_some_and(u8::is_ascii_alphanumeric);
        out.push(Character { value, is_leading_zero: leads && value == b'0' && goes_on, is_first });
        is_first = false;
    }
}

/// The distances of one reading from codes, one after the other. Codes that begin alike share work, so that sorted ones
/// are measured fastest.
#[derive(Debug)]
pub(super) struct Measure {
    reading: Vec<u8>,
    /// Row by row: the cost of so many characters of the code against so many of the reading.
    rows: Vec<Vec<u16>>,
    /// Rows that are worked out for it.
    valid: usize,
    /// So many characters of the code are too far already, and by which limit.
    dead: Option<(usize, u16)>,
}

impl Measure {
    pub(super) fn new(reading: &str) -> Self {
        let reading = reading.as_bytes().to_vec();
        let mut first = vec![0u16; reading.len() + 1];
        for n in 0..reading.len() {
            first[n + 1] = first[n] + extra(&reading, n);
        }
        Self { reading, rows: vec![first], valid: 0, dead: None }
    }

    /// The next code has only so many characters in common with the one before, from its beginning.
    pub(super) fn keep(&mut self, common: usize) {
        self.valid = self.valid.min(common);
        self.dead = self.dead.filter(|(length, _)| common >= *length);
    }

    /// The distance in hundredths, after [`Self::keep`]; null where it is above the limit.
    pub(super) fn distance(&mut self, code: &[Character], limit: u16) -> Option<u16> {
        if self.dead.is_some_and(|(_, under)| under >= limit) {
            return None;
        }
        self.dead = None;
        while self.valid < code.len() {
            let least = self.next_row(code);
            if least > limit {
                self.dead = Some((self.valid, limit));
                return None;
            }
        }
        self.rows.get(code.len())?.last().copied().filter(|distance| *distance <= limit)
    }

    /// Works out one row more, and gives its least cost.
    fn next_row(&mut self, code: &[Character]) -> u16 {
        let at = self.valid;
        let character = code[at];
        let missing = match () {
            () if character.is_leading_zero => LEADING_ZERO,
            () if at > 0 && code[at - 1].value == character.value => DOUBLED,
            () => LOST,
        };
        if self.rows.len() < at + 2 {
            self.rows.push(vec![0; self.reading.len() + 1]);
        }
        let (done, open) = self.rows.split_at_mut(at + 1);
        let (above, row) = (&done[at], &mut open[0]);
        row[0] = above[0] + missing;
        let mut least = row[0];
        for (n, &heard) in self.reading.iter().enumerate() {
            let taken = above[n] + taken_for(character.value, heard);
            let cost = taken.min(above[n + 1] + missing).min(row[n] + extra(&self.reading, n));
            row[n + 1] = cost;
            least = least.min(cost);
        }
        self.valid += 1;
        least
    }
}

/// How many characters two codes have in common from their beginning.
pub(super) fn common(one: &[Character], other: &[Character]) -> usize {
    one.iter().zip(other).take_while(|(a, b)| a == b).count()
}

/// Cost of a character of the reading that is not in the code.
fn extra(reading: &[u8], at: usize) -> u16 {
    if at > 0 && reading[at - 1] == reading[at] { DOUBLED } else { LOST }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn distance(reading: &str, code: &str) -> Option<u16> {
        let mut characters_of = Vec::new();
        characters(code, &mut characters_of);
        Measure::new(reading).distance(&characters_of, 300)
    }

    #[test]
    fn what_sounds_alike_is_nearer() {
        assert_eq!(distance("H29172511030012", "H29.17-251103-0012"), Some(0));
        assert_eq!(distance("H291725110312", "H29.17-251103-0012"), Some(2 * LEADING_ZERO));
        assert_eq!(distance("H2917251103012", "H29.17-251103-0012"), Some(LEADING_ZERO));
        assert_eq!(distance("H29172511030017", "H29.17-251103-0013"), Some(SAME_KEY), "ba, bảy");
        assert_eq!(distance("H29172511030015", "H29.17-251103-0018"), Some(50), "năm, tám");
        assert_eq!(distance("H29172511030019", "H29.17-251103-0012"), Some(OTHER));
        assert_eq!(distance("H2917??11030012", "H29.17-251103-0012"), Some(2 * UNSAID));
        assert_eq!(distance("12345678", "H29.17-251103-0012"), None);
    }

    #[test]
    fn codes_measured_one_after_the_other_are_measured_as_alone() {
        let codes = [
            "H29.17-251103-0012",
            "H29.17-251103-0013",
            "H29.1-7251103-0013",
            "K01-251103-0013",
            "H29.17-251103-0012",
        ];
        for limit in [60, 120, 300] {
            let mut measure = Measure::new("H29172511030018");
            let mut characters_of = Vec::new();
            for code in codes {
                let before = characters_of.clone();
                characters(code, &mut characters_of);
                measure.keep(common(&before, &characters_of));
                let alone = Measure::new("H29172511030018").distance(&characters_of, limit);
                assert_eq!(measure.distance(&characters_of, limit), alone, "{code} {limit}");
            }
        }
    }
}
