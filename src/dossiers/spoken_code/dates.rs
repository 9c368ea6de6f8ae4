//! The day within a code, said as a day: `ngày ba tháng mười một năm hai lăm` is 251103.

use super::numerals::{Numeral, Said};
use super::tokens::TokenKind;

/// Codes bear two digits of a year of this century, from this one on.
const FIRST_YEAR: u32 = 2010;
const LAST_YEAR: u32 = 2049;

/// Cost of a day that leaves out the year that follows, and of a year that is not called one.
const YEAR_LEFT: f32 = 0.5;
const YEAR_BARE: f32 = 0.3;

/// A day that was said: `251103`, or `??1103` where no year was.
#[derive(Debug, Clone)]
pub(super) struct SpokenDay {
    pub(super) digits: String,
    pub(super) end: usize,
    pub(super) cost: f32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Day,
    Month,
    Year,
}

/// The parts said so far.
#[derive(Debug, Clone, Copy, Default)]
struct Parts {
    day: Option<u32>,
    month: Option<u32>,
    year: Option<u32>,
    cost: f32,
}

impl Parts {
    /// With one part more; null where it was said before, or is out of range.
    fn with(mut self, part: Part, value: u32, cost: f32) -> Option<Self> {
        let (place, range) = match part {
            Part::Day => (&mut self.day, 1..=31),
            Part::Month => (&mut self.month, 1..=12),
            Part::Year => (&mut self.year, FIRST_YEAR..=LAST_YEAR),
        };
        let value = if part == Part::Year && value < 100 { 2000 + value } else { value };
        if place.is_some() || !range.contains(&value) {
            return None;
        }
        *place = Some(value);
        self.cost += cost;
        Some(self)
    }

    fn digits(self) -> Option<String> {
        let (day, month) = (self.day?, self.month?);
        let year = self.year.map_or_else(|| "??".to_owned(), |year| format!("{:02}", year % 100));
        Some(format!("{year}{month:02}{day:02}"))
    }
}

/// All days that may begin at a place.
pub(super) fn days_at(said: &Said, at: usize) -> Vec<SpokenDay> {
    let tokens = said.tokens;
    let mut start = at;
    while start < at + 3
        && tokens.is(start, &["nộp", "gửi", "của", "vào", "hôm", "nhận", "tiếp", "lập", "cấp", "là"])
    {
        start += 1;
    }
    let mut found = Vec::new();
    follow(said, start, Parts::default(), 0, &mut found);
    // `ngày 3/11/2025`, `ngày 3.11`.
    let written = usize::from(tokens.is(start, &["ngày"]));
    found.extend(written_day(said, start + written, written == 0));
    // `ba tháng mười một`: the first part bears no name.
    if start == at {
        for part in [Part::Day, Part::Year] {
            for number in
                numbers(said, start, part).iter().filter(|number| said.tokens.is(number.end, &["tháng"]))
            {
                let parts =
                    value(number).and_then(|value| Parts::default().with(part, value, number.cost + 0.05));
                if let Some(parts) = parts {
                    follow(said, number.end, parts, 1, &mut found);
                }
            }
        }
    }
    found
}

/// The part that is named at a place, and the place after its name.
fn name(said: &Said, at: usize) -> Option<(Part, usize)> {
    let tokens = said.tokens;
    let part = match () {
        () if tokens.is(at, &["ngày", "mồng", "mùng"]) => Part::Day,
        () if tokens.is(at, &["tháng"]) => Part::Month,
        () if tokens.is(at, &["năm"]) => Part::Year,
        () => return None,
    };
    let is_doubled = part == Part::Day && tokens.is(at + 1, &["mồng", "mùng"]);
    Some((part, at + 1 + usize::from(is_doubled)))
}

fn follow(said: &Said, at: usize, parts: Parts, count: usize, found: &mut Vec<SpokenDay>) {
    if count >= 2
        && let Some(digits) = parts.digits()
    {
        // `năm` is rather the year than a five.
        let askew = if parts.year.is_none() && said.tokens.is(at, &["năm"]) { YEAR_LEFT } else { 0.0 };
        found.push(SpokenDay { digits, end: at, cost: parts.cost + askew });
    }
    // `mười tám tháng tám hai lăm`: the year without its name.
    if count == 2 && parts.year.is_none() {
        for number in numbers(said, at, Part::Year) {
            if let Some(next) =
                value(&number).and_then(|year| parts.with(Part::Year, year, number.cost + YEAR_BARE))
            {
                follow(said, number.end, next, 3, found);
            }
        }
    }
    // A comma may stand before the year.
    let pause = usize::from(count > 0 && said.tokens.kind(at) == Some(TokenKind::Pause));
    let Some((part, start)) = name(said, at + pause).filter(|_| count < 3) else { return };
    if part == Part::Month {
        let named = [("giêng", 1), ("chạp", 12)].iter().find(|(name, _)| said.tokens.is(start, &[name]));
        if let Some(next) = named.and_then(|(_, month)| parts.with(part, *month, 0.0)) {
            follow(said, start + 1, next, count + 1, found);
        }
    }
    for number in numbers(said, start, part) {
        if let Some(next) = value(&number).and_then(|value| parts.with(part, value, number.cost)) {
            follow(said, number.end, next, count + 1, found);
        }
    }
}

fn value(number: &Numeral) -> Option<u32> {
    number.digits.parse().ok()
}

/// Numbers that a part may be: `ba`, `không ba`, `hai lăm`, `hai nghìn không trăm hai mươi lăm`, `hai không hai lăm`.
fn numbers(said: &Said, at: usize, part: Part) -> Vec<Numeral> {
    let longest = if part == Part::Year { 4 } else { 2 };
    let mut found: Vec<Numeral> = Vec::new();
    let mut open = vec![Numeral { digits: String::new(), end: at, cost: 0.0 }];
    for _ in 0..4 {
        let mut next = Vec::new();
        for begun in &open {
            for more in said.numerals(begun.end) {
                let digits = format!("{}{}", begun.digits, more.digits);
                if digits.len() <= longest && more.cost < 0.5 {
                    next.push(Numeral { digits, end: more.end, cost: begun.cost + more.cost });
                }
            }
        }
        next.truncate(24);
        found.extend(next.iter().cloned());
        open = next;
    }
    found.retain(|number| part != Part::Year || matches!(number.digits.len(), 2 | 4));
    found
}

/// `3/11/2025`, `03-11-2025`; alone only with a whole year.
fn written_day(said: &Said, at: usize, is_alone: bool) -> Option<SpokenDay> {
    let tokens = said.tokens;
    let number = |at: usize| tokens.digits(at).filter(|d| d.len() <= 4).and_then(|d| d.parse::<u32>().ok());
    let is_sign = |at: usize| tokens.kind(at) == Some(TokenKind::Sign);
    let parts = Parts::default().with(Part::Day, number(at)?, 0.0)?;
    let parts = parts.with(Part::Month, number(at + 2).filter(|_| is_sign(at + 1))?, 0.0)?;
    let year = number(at + 4).filter(|year| is_sign(at + 3) && (!is_alone || *year > 99));
    match year.and_then(|year| parts.with(Part::Year, year, 0.0)) {
        Some(whole) => Some(SpokenDay { digits: whole.digits()?, end: at + 5, cost: 0.0 }),
        None if is_alone => None,
        None => Some(SpokenDay { digits: parts.digits()?, end: at + 3, cost: 0.0 }),
    }
}
