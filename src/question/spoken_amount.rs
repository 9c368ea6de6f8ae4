//! Sums of money and dates as they are said: `một triệu rưỡi`, `ngày mồng một tháng bảy năm hai không hai lăm`. The
//! numbers within them are read by [`NumberReader`].

use super::spoken_number::NumberReader;
use crate::vietnamese::{canonical, fold, has_diacritics};

/// A day as it is said; the year may be left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SpokenDate {
    /// 1 to 31.
    pub day: u8,
    /// 1 to 12.
    pub month: u8,
    /// Null where not said.
    pub year: Option<i16>,
}

/// What multiplies the number before it.
const UNITS: [(u64, &[&str]); 3] =
    [(1_000_000_000, &["tỷ", "tỉ"]), (1_000_000, &["triệu", "củ"]), (1_000, &["nghìn", "ngàn", "k"])];

/// Words, in the spelling in which they are compared.
struct Words<'t> {
    list: Vec<&'t str>,
    folded: bool,
}

impl Words<'_> {
    fn is(&self, at: usize, wanted: &[&str]) -> bool {
        let word = self.list.get(at);
        word.is_some_and(|word| wanted.iter().any(|w| word == w || self.folded && **word == fold(w)))
    }

    fn number(&self, at: usize) -> Option<(u64, usize)> {
        NumberReader { folded: self.folded }.read(self.list.get(at..)?)
    }

    fn unit(&self, at: usize) -> Option<u64> {
        UNITS.iter().find(|(_, names)| self.is(at, names)).map(|(value, _)| *value)
    }
}

/// The first sum of at least a thousand that a text names in words or in words and digits, in đồng.
pub fn amount(text: &str) -> Option<u64> {
    with_words(text, |words| (0..words.list.len()).find_map(|at| amount_at(words, at)))
}

/// The first day that a text names by its day and month.
pub fn date(text: &str) -> Option<SpokenDate> {
    with_words(text, |words| (0..words.list.len()).find_map(|at| date_at(words, at)))
}

fn with_words<T>(text: &str, read: impl Fn(&Words) -> T) -> T {
    let folded = !has_diacritics(text);
    // `200.000` is one number, and `1,5 triệu` is none that is said.
    let text: String = if folded { fold(text) } else { canonical(text) };
    let text = text.replace('.', "");
    let list = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    read(&Words { list, folded })
}

/// `hai triệu ba trăm nghìn`, `một triệu rưỡi`, `triệu hai`, `trăm rưỡi nghìn`, `nửa tỷ`.
fn amount_at(words: &Words, start: usize) -> Option<u64> {
    if words.is(start, &["nửa"]) {
        return words.unit(start + 1).map(|unit| unit / 2);
    }
    let (mut total, mut at, mut below) = (0_u64, start, u64::MAX);
    while let Some((number, end)) = group(words, at) {
        let Some(unit) = words.unit(end).filter(|unit| *unit < below) else { break };
        total = total.checked_add(number.checked_mul(unit)?)?;
        (at, below) = (end + 1, unit);
        if words.is(at, &["rưỡi"]) {
            return Some(total + unit / 2);
        }
        // `một triệu hai`: a digit alone is the next lower place.
        if let Some((digit @ 1..=9, 1)) = words.number(at)
            && words.unit(at + 1).is_none()
            && !words.is(at + 1, &["trăm", "mươi", "mười", "lần", "người", "năm", "tháng", "ngày"])
            && !words.is(at, &["năm"])
        {
            return Some(total + digit * unit / 10);
        }
    }
    (total > 0).then_some(total)
}

/// The number before a unit, and where it ends: `hai trăm`, `trăm rưỡi`, or nothing, which is one.
fn group(words: &Words, at: usize) -> Option<(u64, usize)> {
    if words.is(at, &["trăm"]) && words.is(at + 1, &["rưỡi"]) {
        return Some((150, at + 2));
    }
    if words.is(at, &["triệu", "tỷ", "tỉ"]) && words.is(at + 1, &["rưỡi"]) {
        return Some((1, at));
    }
    if words.is(at + 1, &["trăm"]) && words.is(at + 2, &["rưỡi"]) {
        let (hundreds, _) = words.number(at)?;
        let hundreds = if hundreds >= 100 { hundreds / 100 } else { hundreds };
        return Some((hundreds * 100 + 50, at + 3));
    }
    // The reader takes thousands into the number; here they are a unit of their own.
    let rest = words.list.get(at..)?;
    let unit = (0..rest.len().min(8)).find(|&n| words.unit(at + n).is_some())?;
    let within = Words { list: rest[..unit].to_vec(), folded: words.folded };
    let (number, used) = within.number(0)?;
    (used == unit && number < 1_000_000).then_some((number, at + unit))
}

/// `ngày mồng một tháng bảy năm …`, `mười lăm tháng tám`.
fn date_at(words: &Words, start: usize) -> Option<SpokenDate> {
    let first = words.is(start, &["mồng", "mùng"]);
    let begin = start + usize::from(first);
    let (day, used) = words.number(begin)?;
    let at = begin + used;
    if !words.is(at, &["tháng"]) {
        return None;
    }
    let (month, used) = match () {
        () if words.is(at + 1, &["giêng"]) => (1, 1),
        () if words.is(at + 1, &["chạp"]) => (12, 1),
        () if words.is(at + 1, &["tư"]) => (4, 1),
        () => words.number(at + 1)?,
    };
    let after = at + 1 + used;
    let year = words
        .is(after, &["năm"])
        .then(|| NumberReader { folded: words.folded }.year(words.list.get(after + 1..)?))
        .flatten()
        .map(|(year, _)| year);
    let (day, month) = (u8::try_from(day).ok()?, u8::try_from(month).ok()?);
    ((1..=31).contains(&day) && (1..=12).contains(&month)).then_some(SpokenDate { day, month, year })
}
