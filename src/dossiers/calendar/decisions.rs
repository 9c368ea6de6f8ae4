//! What was decided for single years: which days Tết and National Day take, and which working days were swapped with
//! Saturdays. Read from TOML: the file `knowledge/calendar/holidays.toml`, and the operator's own in the same form.
//!
//! ```toml
//! [[year]]
//! year = 2026
//! tet = ["2026-02-16", "2026-02-17", "2026-02-18", "2026-02-19", "2026-02-20"]
//! national_day = ["2026-09-01", "2026-09-02"]
//! days_off = ["2026-08-31"]      # off without being a holiday, for instance swapped
//! working_days = ["2026-08-22"]  # a Saturday worked in exchange
//! source = "văn bản số …"
//!
//! [[every_year]]                 # a holiday beside those of the Labour Code
//! month = 11
//! day = 24
//! name = "Ngày Văn hóa Việt Nam"
//! from = 2026
//! source = "văn bản số …"
//! ```
//!
//! Every list may be left out: the rule of [`holidays`](super::holidays) or the file read before then holds.
//! Compensatory days (nghỉ bù) are computed and need not be named; naming them in `days_off` does no harm.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::Deserialize;

use super::holidays::{FIRST_YEAR, LAST_YEAR};
use super::lunar::lunar_new_year;

/// The days of Tết lie no further from the first of the year than this, and those of National Day from 2 September.
const FURTHEST_DAYS: i64 = 10;

/// What is wrong with a file of decisions, or with the hours of an office.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CalendarError {
    /// It is no TOML of this form; the reader's words say where.
    #[error("the calendar's file cannot be read: {0}")]
    Unreadable(String),
    /// A year without known holidays.
    #[error("calendar, year {0}: only the years {FIRST_YEAR} to {LAST_YEAR} can be set")]
    YearOutOfRange(i16),
    /// A year that stands in one file twice.
    #[error("calendar, year {0}: it stands in the file twice")]
    YearTwice(i16),
    /// A decision without the document it was made by.
    #[error("calendar, year {0}, source: it is empty; name the document")]
    NoSource(i16),
    /// No date.
    #[error("calendar, year {year}, {key}: {value:?} is no date like 2026-02-16")]
    NoDate {
        /// The year of the entry.
        year: i16,
        /// The list.
        key: &'static str,
        /// What stands there.
        value: String,
    },
    /// A date of another year.
    #[error("calendar, year {year}, {key}: {date} belongs to another year")]
    OtherYear {
        /// The year of the entry.
        year: i16,
        /// The list.
        key: &'static str,
        /// The date.
        date: Date,
    },
    /// Tết without its first day, or National Day without 2 September.
    #[error("calendar, year {year}, {key}: {date} is missing")]
    DayMissing {
        /// The year of the entry.
        year: i16,
        /// The list.
        key: &'static str,
        /// The day that has to be there.
        date: Date,
    },
    /// A day of Tết or National Day that lies too far from the others to be meant.
    #[error("calendar, year {year}, {key}: {date} lies more than {FURTHEST_DAYS} days away from the holiday")]
    TooFar {
        /// The year of the entry.
        year: i16,
        /// The list.
        key: &'static str,
        /// The date.
        date: Date,
    },
    /// A working day that is one anyway.
    #[error("calendar, year {year}, working_days: {date} is no Saturday or Sunday")]
    NoWeekend {
        /// The year of the entry.
        year: i16,
        /// The date.
        date: Date,
    },
    /// A day that is to be worked, and off.
    #[error("calendar, year {year}, working_days: {date} is a day off at the same time")]
    WorkedAndOff {
        /// The year of the entry.
        year: i16,
        /// The date.
        date: Date,
    },
    /// A yearly holiday on no day.
    #[error("calendar, every_year {name:?}: there is no day {day} of month {month}")]
    NoSuchDay {
        /// Its name.
        name: String,
        /// Its month.
        month: i8,
        /// Its day.
        day: i8,
    },
    /// A yearly holiday without a name or the document it was made by.
    #[error("calendar, every_year, {month}-{day}: {key} is empty")]
    Unnamed {
        /// Its month.
        month: i8,
        /// Its day.
        day: i8,
        /// What is missing.
        key: &'static str,
    },
    /// Hours that do not follow one another.
    #[error("office hours: opening, lunch, closing and cut-off are not in order")]
    Hours,
}

/// What was decided for one year.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct YearDecision {
    /// The days of Tết; `None` where the rule holds.
    pub tet: Option<Vec<Date>>,
    /// The days of National Day; `None` where the rule holds.
    pub national_day: Option<Vec<Date>>,
    /// Further days off.
    pub days_off: Option<Vec<Date>>,
    /// Saturdays and Sundays worked in exchange.
    pub working_days: Option<Vec<Date>>,
    /// The documents.
    pub source: String,
}

/// A holiday that comes every year beside those of the Labour Code.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct YearlyHoliday {
    /// From 1 to 12.
    pub month: i8,
    /// From 1 to 31.
    pub day: i8,
    /// Its Vietnamese name.
    pub name: String,
    /// The first year in which it is off.
    pub from: i16,
    /// The document.
    pub source: String,
}

/// All decisions of a file, or of several.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Decisions {
    /// By year.
    pub years: BTreeMap<i16, YearDecision>,
    /// Holidays that come every year.
    pub every_year: Vec<YearlyHoliday>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    year: Vec<Entry>,
    #[serde(default)]
    every_year: Vec<YearlyHoliday>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    year: i16,
    tet: Option<Vec<String>>,
    national_day: Option<Vec<String>>,
    days_off: Option<Vec<String>>,
    working_days: Option<Vec<String>>,
    #[serde(default)]
    source: String,
}

impl Decisions {
    /// Reads a file of decisions.
    ///
    /// # Errors
    ///
    /// What is wrong with it, by year and key.
    pub fn parse(toml: &str) -> Result<Self, CalendarError> {
        let file: File = toml::from_str(toml).map_err(|e| CalendarError::Unreadable(e.to_string()))?;
        let mut years = BTreeMap::new();
        for entry in file.year {
            let year = entry.year;
            if years.insert(year, entry.checked()?).is_some() {
                return Err(CalendarError::YearTwice(year));
            }
        }
        for holiday in &file.every_year {
            let (month, day) = (holiday.month, holiday.day);
            // A leap year, so that 29 February is a day.
            if Date::new(2024, month, day).is_err() {
                return Err(CalendarError::NoSuchDay { name: holiday.name.clone(), month, day });
            }
            for (key, value) in [("name", &holiday.name), ("source", &holiday.source)] {
                if value.trim().is_empty() {
                    return Err(CalendarError::Unnamed { month, day, key });
                }
            }
        }
        Ok(Self { years, every_year: file.every_year })
    }

    /// These decisions with the lists of others in the place of their own, and their yearly holidays beside them.
    #[must_use]
    pub fn overridden_by(mut self, other: Self) -> Self {
        for (year, theirs) in other.years {
            let ours = self.years.entry(year).or_default();
            ours.tet = theirs.tet.or(ours.tet.take());
            ours.national_day = theirs.national_day.or(ours.national_day.take());
            ours.days_off = theirs.days_off.or(ours.days_off.take());
            ours.working_days = theirs.working_days.or(ours.working_days.take());
            ours.source = theirs.source;
        }
        self.every_year.extend(other.every_year);
        self
    }
}

impl Entry {
    fn checked(self) -> Result<YearDecision, CalendarError> {
        let year = self.year;
        if !(FIRST_YEAR..=LAST_YEAR).contains(&year) {
            return Err(CalendarError::YearOutOfRange(year));
        }
        if self.source.trim().is_empty() {
            return Err(CalendarError::NoSource(year));
        }
        let read = |key, list: Option<Vec<String>>| list.map(|list| dates(year, key, list)).transpose();
        let decision = YearDecision {
            tet: read("tet", self.tet)?,
            national_day: read("national_day", self.national_day)?,
            days_off: read("days_off", self.days_off)?,
            working_days: read("working_days", self.working_days)?,
            source: self.source,
        };
        let new_year = lunar_new_year(year).ok_or(CalendarError::YearOutOfRange(year))?;
        check_around(year, "tet", new_year, decision.tet.as_deref())?;
        let second_of_september = jiff::civil::date(year, 9, 2);
        check_around(year, "national_day", second_of_september, decision.national_day.as_deref())?;
        for date in decision.working_days.iter().flatten().copied() {
            if !super::is_weekend(date) {
                return Err(CalendarError::NoWeekend { year, date });
            }
        }
        Ok(decision)
    }
}

fn dates(year: i16, key: &'static str, list: Vec<String>) -> Result<Vec<Date>, CalendarError> {
    list.into_iter()
        .map(|value| {
            let date: Date = match value.trim().parse() {
                Ok(date) if value.trim().len() == 10 => date,
                _ => return Err(CalendarError::NoDate { year, key, value }),
            };
            if date.year() == year { Ok(date) } else { Err(CalendarError::OtherYear { year, key, date }) }
        })
        .collect()
}

fn check_around(
    year: i16,
    key: &'static str,
    holiday: Date,
    days: Option<&[Date]>,
) -> Result<(), CalendarError> {
    let Some(days) = days else { return Ok(()) };
    if !days.contains(&holiday) {
        return Err(CalendarError::DayMissing { year, key, date: holiday });
    }
    let is_far = |date: &Date| date.duration_since(holiday).as_hours().abs() > FURTHEST_DAYS * 24;
    match days.iter().copied().find(is_far) {
        Some(date) => Err(CalendarError::TooFar { year, key, date }),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn what_is_wrong_is_named_by_year_and_key() {
        let year = |lines: &str| Decisions::parse(&format!("[[year]]\nyear = 2026\nsource = \"x\"\n{lines}"));
        for (lines, message) in [
            (
                "tet = [\"2026-02-30\"]",
                r#"calendar, year 2026, tet: "2026-02-30" is no date like 2026-02-16"#,
            ),
            ("tet = [\"17/2/2026\"]", r#"calendar, year 2026, tet: "17/2/2026" is no date like 2026-02-16"#),
            (
                "tet = [\"2026-02-17T00:00\"]",
                r#"calendar, year 2026, tet: "2026-02-17T00:00" is no date like 2026-02-16"#,
            ),
            ("tet = [\"2026-02-16\"]", "calendar, year 2026, tet: 2026-02-17 is missing"),
            (
                "tet = [\"2026-02-17\", \"2026-12-16\"]",
                "calendar, year 2026, tet: 2026-12-16 lies more than 10 days away from the holiday",
            ),
            ("national_day = [\"2026-09-01\"]", "calendar, year 2026, national_day: 2026-09-02 is missing"),
            (
                "days_off = [\"2025-08-31\"]",
                "calendar, year 2026, days_off: 2025-08-31 belongs to another year",
            ),
            (
                "working_days = [\"2026-08-21\"]",
                "calendar, year 2026, working_days: 2026-08-21 is no Saturday or Sunday",
            ),
            ("[[year]]\nyear = 2026\nsource = \"y\"", "calendar, year 2026: it stands in the file twice"),
            (
                "[[year]]\nyear = 1990\nsource = \"y\"",
                "calendar, year 1990: only the years 2014 to 2100 can be set",
            ),
            ("[[year]]\nyear = 2027", "calendar, year 2027, source: it is empty; name the document"),
            (
                "[[every_year]]\nmonth = 2\nday = 30\nname = \"X\"\nfrom = 2026\nsource = \"y\"",
                r#"calendar, every_year "X": there is no day 30 of month 2"#,
            ),
            (
                "[[every_year]]\nmonth = 11\nday = 24\nname = \"X\"\nfrom = 2026\nsource = \"\"",
                "calendar, every_year, 11-24: source is empty",
            ),
        ] {
            assert_eq!(year(lines).unwrap_err().to_string(), message);
        }
        let unknown = year("tết = []").unwrap_err();
        assert!(matches!(unknown, CalendarError::Unreadable(_)), "{unknown}");
    }

    #[test]
    fn one_list_of_a_year_is_overridden_and_the_others_stay() {
        let ours = Decisions::parse(
            "[[year]]\nyear = 2026\nsource = \"a\"\ndays_off = [\"2026-08-31\"]\nworking_days = [\"2026-08-22\"]",
        );
        let theirs = Decisions::parse("[[year]]\nyear = 2026\nsource = \"b\"\nworking_days = []");
        let both = ours.unwrap().overridden_by(theirs.unwrap());
        let year = &both.years[&2026];
        assert_eq!(year.days_off, Some(vec![date(2026, 8, 31)]));
        assert_eq!(year.working_days, Some(Vec::new()));
        assert_eq!(year.source, "b");
    }
}
