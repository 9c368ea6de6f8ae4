//! Values of single cells: texts made clean, dates, sums, numbers of persons.

use jiff::civil::{Date, DateTime, Time, date};
use jiff::tz::Offset;
use unicode_normalization::UnicodeNormalization;

use super::error::Problem;

/// As many characters of a wrong value does a message repeat.
const SHOWN: usize = 40;
/// The sums that are believed, in đồng.
const MAX_SUM: u64 = 1_000_000_000_000;
/// The serial numbers of the days of 2000 to 2100 in Excel.
const SERIALS: std::ops::RangeInclusive<f64> = 36_526.0..=73_415.0;

/// A moment, and whether its hour was given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Moment {
    /// The date, with 0:00 where no hour was given.
    pub at: DateTime,
    /// Whether an hour was given.
    pub has_time: bool,
}

/// NFC, on one line, single spaces, without control characters and without marks that only steer how text is shown.
pub(super) fn clean(text: &str) -> String {
    let is_steering = |c: char| matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}');
    let mut out = String::with_capacity(text.len());
    for c in text.nfc() {
        if c.is_whitespace() {
            if !out.is_empty() && !out.ends_with(' ') {
                out.push(' ');
            }
        } else if !c.is_control() && !is_steering(c) {
            out.push(c);
        }
    }
    out.truncate(out.trim_end().len());
    out
}

/// The first characters of a value, for a message.
pub(super) fn shown(text: &str) -> String {
    text.chars().take(SHOWN).collect()
}

/// A moment in any form that is understood, between 2000 and 2100.
pub(super) fn moment(text: &str) -> Result<Moment, Problem> {
    let moment = read_moment(text).ok_or_else(|| Problem::NoDate(shown(text)))?;
    in_range(moment.at.date())?;
    Ok(moment)
}

/// Refuses days before 2000 and after 2100.
pub(super) fn in_range(day: Date) -> Result<(), Problem> {
    if (2000..=2100).contains(&day.year()) { Ok(()) } else { Err(Problem::DateOutOfRange(day)) }
}

fn read_moment(text: &str) -> Option<Moment> {
    if text.len() > 64 {
        return None;
    }
    if let Some(at) = with_offset(text) {
        return Some(Moment { at, has_time: true });
    }
    if let Some(moment) = serial(text) {
        return Some(moment);
    }
    let lower = text.to_lowercase().replace(" giờ ", "h").replace(['t', ','], " ");
    let mut day = None;
    let mut time = None;
    let mut half = None;
    let mut words = lower.split_whitespace().filter(|word| !matches!(*word, "-" | "ngày" | "lúc" | "phú"));
    words.try_for_each(|word| {
        match word {
            "am" | "sa" if half.is_none() => half = Some(false),
            "pm" | "ch" if half.is_none() => half = Some(true),
            _ if word.contains([':', 'h']) && time.is_none() => time = Some(clock(word)?),
            _ if day.is_none() => day = Some(calendar(word)?),
            _ => return None,
        }
        Some(())
    })?;
    let time = match (time, half) {
        (Some(time), Some(_)) if !(1..=12).contains(&time.hour()) => return None,
        (Some(time), Some(is_afternoon)) => {
            let hour = time.hour() % 12 + if is_afternoon { 12 } else { 0 };
            Some(Time::new(hour, time.minute(), time.second(), 0).ok()?)
        }
        (None, Some(_)) => return None,
        (time, None) => time,
    };
    Some(Moment { at: day?.to_datetime(time.unwrap_or_default()), has_time: time.is_some() })
}

/// `2025-11-03T01:15:00Z`, `…+07:00`: by the clock of Vietnam.
fn with_offset(text: &str) -> Option<DateTime> {
    if !text.contains(['T', 't']) {
        return None;
    }
    let at: jiff::Timestamp = text.parse().ok()?;
    Some(Offset::constant(7).to_datetime(at))
}

/// `45964.34375`: days of Excel, with the time as a fraction.
fn serial(text: &str) -> Option<Moment> {
    if !text.starts_with(|c: char| c.is_ascii_digit())
        || text.contains(|c: char| !c.is_ascii_digit() && c != '.')
    {
        return None;
    }
    let days: f64 = text.parse().ok().filter(|days| SERIALS.contains(days))?;
    let seconds = (days.fract() * 86_400.0).round() as i64;
    let day = date(1899, 12, 30).to_datetime(Time::midnight());
    let at = day.checked_add(jiff::Span::new().days(days.trunc() as i64).seconds(seconds)).ok()?;
    Some(Moment { at, has_time: seconds > 0 })
}

/// `03/11/2025`, `3-11-2025`, `3.11.2025`, `2025-11-03`, `2025/11/03`.
fn calendar(word: &str) -> Option<Date> {
    let separator = word.chars().find(|c| !c.is_ascii_digit())?;
    if !"/-.".contains(separator) {
        return None;
    }
    let mut parts = word.split(separator);
    let [first, month, last] = [parts.next()?, parts.next()?, parts.next()?];
    let is_number = |part: &str| (1..=4).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
    if parts.next().is_some() || ![first, month, last].into_iter().all(is_number) {
        return None;
    }
    let (year, day) = if first.len() == 4 { (first, last) } else { (last, first) };
    if year.len() != 4 || day.len() > 2 || month.len() > 2 {
        return None;
    }
    Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?).ok()
}

/// `08:15`, `8:15:30`, `08:15:00.000`, `8h15`, `8h`.
fn clock(word: &str) -> Option<Time> {
    let mut parts = word.split([':', 'h']);
    let number = |part: &str| {
        let is_number = (1..=2).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
        if is_number { part.parse::<i8>().ok() } else { None }
    };
    let hour = number(parts.next()?)?;
    let minute = match parts.next()? {
        "" if word.ends_with('h') => 0,
        part => number(part.strip_suffix('\'').unwrap_or(part))?,
    };
    let second = match parts.next() {
        Some(part) => {
            let (whole, fraction) = part.split_once('.').unwrap_or((part, "0"));
            number(whole).filter(|_| fraction.len() < 10 && fraction.bytes().all(|b| b.is_ascii_digit()))?
        }
        None => 0,
    };
    if parts.next().is_some() {
        return None;
    }
    Time::new(hour, minute, second, 0).ok()
}

/// A sum in đồng: `120.000 đ`, `120,000`, `120000`, `Không`.
pub(super) fn sum(text: &str) -> Result<u64, Problem> {
    let wrong = || Problem::NoSum(shown(text));
    let mut number = text.to_lowercase();
    for unit in ["đồng", "vnđ", "vnd", "đ", "₫"] {
        if let Some(rest) = number.trim_end().strip_suffix(unit) {
            number.truncate(rest.len());
            break;
        }
    }
    let number: String = number.chars().filter(|c| !c.is_whitespace()).collect();
    if matches!(number.as_str(), "" | "-" | "không" | "miễnphí" | "miễn") {
        return Ok(0);
    }
    let (is_negative, number) = match number.strip_prefix(['-', '−']) {
        Some(rest) => (true, rest),
        None => (false, number.as_str()),
    };
    // A spreadsheet may write a whole number with a fraction of noughts.
    let whole = number.strip_suffix(".0").or_else(|| number.strip_suffix(".00")).unwrap_or(number);
    let separator = whole.chars().find(|c| !c.is_ascii_digit());
    let digits: String = match separator {
        None => whole.to_owned(),
        Some(separator @ ('.' | ',')) => {
            let mut groups = whole.split(separator);
            let first = groups.next().unwrap_or_default();
            if !(1..=3).contains(&first.len()) || !groups.all(|group| group.len() == 3) {
                return Err(wrong());
            }
            whole.replace(separator, "")
        }
        Some(_) => return Err(wrong()),
    };
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return Err(wrong());
    }
    match digits.parse::<u64>() {
        Ok(sum) if is_negative && sum > 0 => Err(Problem::NegativeSum),
        Ok(sum) if sum <= MAX_SUM => Ok(sum),
        _ => Err(wrong()),
    }
}

/// The last four digits of an identity number.
pub(super) fn identity_last4(text: &str) -> Result<String, Problem> {
    let text = text.strip_suffix(".0").unwrap_or(text);
    let is_other = |c: char| !c.is_ascii_alphanumeric() && !matches!(c, ' ' | '.' | '-' | '*' | '\'');
    let digits: Vec<char> = text.chars().filter(char::is_ascii_digit).collect();
    match digits.last_chunk::<4>() {
        Some(last) if text.len() <= 40 && !text.contains(is_other) => Ok(last.iter().collect()),
        _ => Err(Problem::NoIdentity),
    }
}

/// The year of a date of birth or a year.
pub(super) fn birth_year(text: &str, today: Date) -> Result<i16, Problem> {
    let bare = text.strip_suffix(".0").unwrap_or(text);
    let year = match bare.parse::<i16>() {
        Ok(year) => Some(year),
        Err(_) => bare
            .split([' ', 'T'])
            .find_map(calendar)
            .map(Date::year)
            .or_else(|| serial(bare).map(|moment| moment.at.year())),
    };
    year.filter(|year| (1900..=today.year()).contains(year)).ok_or(Problem::NoBirthYear)
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::datetime;

    #[test]
    fn moments_in_all_their_forms() {
        let day = datetime(2025, 11, 3, 0, 0, 0, 0);
        let hour = datetime(2025, 11, 3, 8, 15, 0, 0);
        for (text, at, has_time) in [
            ("03/11/2025", day, false),
            ("3/11/2025", day, false),
            ("3-11-2025", day, false),
            ("3.11.2025", day, false),
            ("2025-11-03", day, false),
            ("2025/11/3", day, false),
            ("ngày 03/11/2025", day, false),
            ("45964", day, false),
            ("45964.0", day, false),
            ("03/11/2025 08:15", hour, true),
            ("03/11/2025 8h15", hour, true),
            ("8h15 ngày 03/11/2025", hour, true),
            ("08:15:00 - 03/11/2025", hour, true),
            ("8 giờ 15 phút, ngày 03/11/2025", hour, true),
            ("2025-11-03T08:15", hour, true),
            ("2025-11-03 08:15:00.000", hour, true),
            ("2025-11-03T01:15:00Z", hour, true),
            ("2025-11-03T08:15:00+07:00", hour, true),
            ("03/11/2025 08:15:00 AM", hour, true),
            ("03/11/2025 08:15 SA", hour, true),
            ("45964.34375", hour, true),
            ("03/11/2025 2:05 CH", datetime(2025, 11, 3, 14, 5, 0, 0), true),
            ("03/11/2025 12:05 am", datetime(2025, 11, 3, 0, 5, 0, 0), true),
            ("03/11/2025 17h", datetime(2025, 11, 3, 17, 0, 0, 0), true),
        ] {
            assert_eq!(moment(text), Ok(Moment { at, has_time }), "{text}");
        }
        for text in [
            "",
            "x",
            "31/02/2025",
            "13/13/2025",
            "3/11/25",
            "03/11",
            "03-11/2025",
            "25:00 03/11/2025",
            "8:15",
            "h",
            "03/11/2025 04/11/2025",
            "12",
            "1e5",
            "2025-11-03T",
            "3/11/2025 13:00 PM",
            "1/2/3/4",
            "03/11/2025 8h15h1h1",
        ] {
            // A `T` with nothing behind it is only a space.
            if text == "2025-11-03T" {
                assert_eq!(moment(text).map(|moment| moment.at), Ok(day));
            } else {
                assert!(matches!(moment(text), Err(Problem::NoDate(_))), "{text}");
            }
        }
        assert_eq!(moment("31/12/1999"), Err(Problem::DateOutOfRange(date(1999, 12, 31))));
        assert_eq!(moment("01/01/2101"), Err(Problem::DateOutOfRange(date(2101, 1, 1))));
    }

    #[test]
    fn sums_and_their_errors() {
        for (text, sum_of_it) in [
            ("120.000 đ", 120_000),
            ("120,000 VNĐ", 120_000),
            ("1.250.000đồng", 1_250_000),
            ("120000", 120_000),
            ("120000.0", 120_000),
            ("0", 0),
            ("-0", 0),
            ("Không", 0),
            ("Miễn phí", 0),
            ("-", 0),
        ] {
            assert_eq!(sum(text), Ok(sum_of_it), "{text}");
        }
        assert_eq!(sum("-5.000 đ"), Err(Problem::NegativeSum));
        for text in ["12.5", "1.2.3", "abc", "1e9", "99999999999999999999999", ".000", "1,000.000"] {
            assert!(matches!(sum(text), Err(Problem::NoSum(_))), "{text}");
        }
    }

    #[test]
    fn of_persons_only_the_least_is_kept() {
        assert_eq!(identity_last4("001190012345"), Ok("2345".to_owned()));
        assert_eq!(identity_last4("00119001234.0"), Ok("1234".to_owned()));
        assert_eq!(identity_last4("********2345"), Ok("2345".to_owned()));
        assert_eq!(identity_last4("123"), Err(Problem::NoIdentity));
        assert_eq!(identity_last4("Nguyễn 12345"), Err(Problem::NoIdentity));
        let today = date(2026, 1, 5);
        for text in ["1990", "12/05/1990", "1990-05-12", "1990.0", "1990-05-12T00:00:00"] {
            assert_eq!(birth_year(text, today), Ok(1990), "{text}");
        }
        for text in ["1899", "2027", "90", "x", "", "12/1990"] {
            assert_eq!(birth_year(text, today), Err(Problem::NoBirthYear), "{text}");
        }
    }

    #[test]
    fn texts_become_clean() {
        assert_eq!(clean(" Nguye\u{302}\u{303}n\0\tVăn \r\n \u{202e}Mẫu\u{feff} "), "Nguyễn Văn Mẫu");
        assert_eq!(clean("\0\n "), "");
    }
}
