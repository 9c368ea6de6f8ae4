//! The working days of Vietnam's offices, and when a legal time limit ends.
//!
//! * [`lunar`]: the lunar calendar, by which Tết and Giỗ Tổ fall ([`astronomy`] computes moon and sun for it);
//! * [`holidays`]: the public holidays of a year by rule;
//! * [`decisions`]: what was decided for single years, read from TOML;
//! * [`hours`]: when an office is open;
//! * [`limit`]: time limits and when they end; [`sentence`] reads a limit from the words of a guide.
//!
//! ```
//! use hoidap::dossiers::calendar::Calendar;
//! use jiff::civil::date;
//! let calendar = Calendar::new(None)?;
//! assert_eq!(calendar.add_working_days(date(2026, 2, 13), 1), date(2026, 2, 23)); // Tết lies between
//! assert_eq!(calendar.day_off(date(2026, 4, 27)).map(|off| off.name()).as_deref(), Some("nghỉ bù Giỗ Tổ Hùng Vương"));
//! # Ok::<(), hoidap::dossiers::calendar::CalendarError>(())
//! ```

pub mod astronomy;
pub mod decisions;
pub mod holidays;
pub mod hours;
pub mod limit;
pub mod lunar;
pub mod sentence;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Bound::{Excluded, Included};

use jiff::civil::{Date, DateTime, Weekday, date};

pub use decisions::{CalendarError, Decisions};
pub use holidays::Holiday;
use holidays::{FIRST_YEAR, LAST_YEAR, fixed_holidays, usual_national_days, usual_tet};
pub use hours::OfficeHours;
pub use limit::{Deadline, Pause, TimeLimit, Unit, deadline, lateness};

/// The decisions that come with the program.
const PUBLISHED: &str = include_str!("../../../knowledge/calendar/holidays.toml");
/// Days are counted from this Monday.
const MONDAY: Date = date(1970, 1, 5);

/// Which days are worked. Holidays are known for 2014 to 2100; in other years there are only weekends.
#[derive(Debug, Clone)]
pub struct Calendar {
    /// Every day that is off for another reason than the weekend, and every weekend day that is worked.
    exceptions: BTreeMap<Date, Exception>,
    /// The years whose Tết was decided.
    decided: BTreeSet<i16>,
    hours: OfficeHours,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Exception {
    Off(DayOff),
    Worked,
}

/// Why a day is not worked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DayOff {
    /// Saturday or Sunday.
    Weekend,
    /// A public holiday.
    Holiday(Holiday),
    /// The working day after a holiday that fell on a weekend (Labour Code, Article 111, clause 3).
    Compensatory(Holiday),
    /// Decided for this year, mostly swapped with a Saturday; by which documents.
    Decided(String),
}

impl DayOff {
    /// Its Vietnamese name, for the middle of a sentence.
    pub fn name(&self) -> String {
        match self {
            Self::Weekend => "ngày nghỉ cuối tuần".to_owned(),
            Self::Holiday(holiday) => format!("nghỉ {}", holiday.name()),
            Self::Compensatory(holiday) => format!("nghỉ bù {}", holiday.name()),
            Self::Decided(_) => "ngày nghỉ hoán đổi".to_owned(),
        }
    }
}

impl Calendar {
    /// The calendar by the published decisions, with those of an operator's file (TOML, see [`decisions`]) in their place.
    ///
    /// # Errors
    ///
    /// What is wrong with the file, by year and key.
    pub fn new(operators_toml: Option<&str>) -> Result<Self, CalendarError> {
        let published = Decisions::parse(PUBLISHED)?;
        let decisions = match operators_toml {
            Some(toml) => published.overridden_by(Decisions::parse(toml)?),
            None => published,
        };
        Self::from_decisions(&decisions)
    }

    /// The calendar by these decisions alone, with the default hours.
    ///
    /// # Errors
    ///
    /// [`CalendarError::WorkedAndOff`] for a day that is worked in exchange and a holiday.
    pub fn from_decisions(decisions: &Decisions) -> Result<Self, CalendarError> {
        let mut holidays: BTreeMap<Date, Holiday> = BTreeMap::new();
        for year in FIRST_YEAR..=LAST_YEAR {
            let decided = decisions.years.get(&year);
            let tet = decided.and_then(|d| d.tet.clone()).unwrap_or_else(|| usual_tet(year));
            let national = decided.and_then(|d| d.national_day.clone());
            let national = national.unwrap_or_else(|| usual_national_days(year));
            let yearly = decisions.every_year.iter().filter(|holiday| holiday.from <= year);
            let yearly = yearly.filter_map(|holiday| {
                let day = Date::new(year, holiday.month, holiday.day).ok()?;
                Some((day, Holiday::Other(holiday.name.clone())))
            });
            // Later ones take the place of earlier ones.
            holidays.extend(yearly);
            holidays.extend(national.into_iter().map(|day| (day, Holiday::National)));
            holidays.extend(tet.into_iter().map(|day| (day, Holiday::LunarNewYear)));
            holidays.extend(fixed_holidays(year));
        }
        let compensatory = compensatory_days(&holidays);

        let mut exceptions = BTreeMap::new();
        for decided in decisions.years.values() {
            let days = decided.days_off.iter().flatten();
            let off = |_| Exception::Off(DayOff::Decided(decided.source.clone()));
            exceptions.extend(days.map(|day| (*day, off(day))));
        }
        exceptions.extend(
            compensatory.into_iter().map(|(day, for_)| (day, Exception::Off(DayOff::Compensatory(for_)))),
        );
        exceptions.extend(
            holidays.into_iter().map(|(day, holiday)| (day, Exception::Off(DayOff::Holiday(holiday)))),
        );
        for (year, decided) in &decisions.years {
            for date in decided.working_days.iter().flatten().copied() {
                if exceptions
                    .insert(date, Exception::Worked)
                    .is_some_and(|before| before != Exception::Worked)
                {
                    return Err(CalendarError::WorkedAndOff { year: *year, date });
                }
            }
        }
        let decided =
            decisions.years.iter().filter(|(_, d)| d.tet.is_some()).map(|(year, _)| *year).collect();
        Ok(Self { exceptions, decided, hours: OfficeHours::default() })
    }

    /// The same calendar for an office with other hours.
    ///
    /// # Errors
    ///
    /// [`CalendarError::Hours`] where they are not in order.
    pub fn with_hours(mut self, hours: OfficeHours) -> Result<Self, CalendarError> {
        hours.check()?;
        self.hours = hours;
        Ok(self)
    }

    /// When the office is open.
    pub fn hours(&self) -> &OfficeHours {
        &self.hours
    }

    /// Whether the days of Tết in this year were decided; where not, a rule stands in and days may still be swapped.
    pub fn is_decided(&self, year: i16) -> bool {
        self.decided.contains(&year)
    }

    /// Why a day is not worked; `None` for a working day. A holiday on a Sunday is a holiday.
    pub fn day_off(&self, day: Date) -> Option<DayOff> {
        match self.exceptions.get(&day) {
            Some(Exception::Worked) => None,
            Some(Exception::Off(off)) => Some(off.clone()),
            None => is_weekend(day).then_some(DayOff::Weekend),
        }
    }

    /// Whether offices work on this day.
    pub fn is_working_day(&self, day: Date) -> bool {
        match self.exceptions.get(&day) {
            Some(exception) => *exception == Exception::Worked,
            None => !is_weekend(day),
        }
    }

    /// The first working day after this day; the end of all dates where there is none.
    pub fn next_working_day(&self, day: Date) -> Date {
        let mut next = day;
        while let Ok(tomorrow) = next.tomorrow() {
            next = tomorrow;
            if self.is_working_day(next) {
                break;
            }
        }
        next
    }

    /// The working day that is the `n`-th after this one, which itself is not counted (Civil Code 91/2015/QH13, Article 147,
    /// clause 2). For 0 the day itself, worked or not; never beyond the end of all dates.
    pub fn add_working_days(&self, from: Date, n: u32) -> Date {
        let mut day = from;
        for _ in 0..n {
            if day == Date::MAX {
                break;
            }
            day = self.next_working_day(day);
        }
        day
    }

    /// How many working days lie after the one and up to and including the other; negative, and counted the other way
    /// round, where `up_to` lies before `after`.
    pub fn working_days_between(&self, after: Date, up_to: Date) -> i64 {
        if up_to <= after {
            let is_same = up_to == after;
            return if is_same { 0 } else { -self.working_days_between(up_to, after) };
        }
        let weekdays = weekdays_up_to(up_to) - weekdays_up_to(after);
        let exceptions: i64 = self
            .exceptions
            .range((Excluded(after), Included(up_to)))
            .map(|(day, exception)| match exception {
                Exception::Worked => 1,
                Exception::Off(_) => -i64::from(!is_weekend(*day)),
            })
            .sum();
        weekdays + exceptions
    }

    /// Whether the office is open at this moment.
    pub fn is_open(&self, at: DateTime) -> bool {
        self.is_working_day(at.date()) && self.hours.is_open_at(at.time())
    }

    /// The working day that counts as the day of receipt: the day itself up to the closing hour or the cut-off, else the
    /// next working day.
    pub fn day_of_receipt(&self, received: DateTime) -> Date {
        let day = received.date();
        if self.is_working_day(day) && received.time() <= self.hours.last_receipt() {
            day
        } else {
            self.next_working_day(day)
        }
    }
}

/// For each holiday on a weekend the next day that is neither weekend nor holiday nor taken yet. Weekend days that are worked
/// in exchange are no weekdays and so are never taken.
fn compensatory_days(holidays: &BTreeMap<Date, Holiday>) -> BTreeMap<Date, Holiday> {
    let mut compensatory: BTreeMap<Date, Holiday> = BTreeMap::new();
    for (day, holiday) in holidays.iter().filter(|(day, _)| is_weekend(**day)) {
        let mut free = *day;
        while is_weekend(free) || holidays.contains_key(&free) || compensatory.contains_key(&free) {
            let Ok(tomorrow) = free.tomorrow() else { break };
            free = tomorrow;
        }
        compensatory.insert(free, holiday.clone());
    }
    compensatory
}

/// Whether offices rest on this day of the week: Saturday and Sunday (Decision 188/1999/QĐ-TTg).
fn is_weekend(day: Date) -> bool {
    matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday)
}

/// How many days from Monday to Friday lie between [`MONDAY`] and this day, both counted.
fn weekdays_up_to(day: Date) -> i64 {
    let days = day.duration_since(MONDAY).as_hours() / 24;
    days.div_euclid(7) * 5 + (days.rem_euclid(7) + 1).min(5)
}
