//! A legal time limit, and the day on which it ends.
//!
//! Civil Code 91/2015/QH13, by which periods are counted:
//!
//! * the first day is not counted (Article 147, clause 2);
//! * a limit in months ends on the same day of its last month, or on that month's last day (Article 148, clause 3);
//! * a limit in days or months that ends on a day off ends with the next working day (Article 148, clause 5).
//!
//! **Pauses.** While papers that the office asked for are being supplied, its time does not run: the day of asking is the
//! last that counts before, the day of supply is not counted, like a day of receipt, and the day after it counts again.
//! A limit in months is then so many calendar days as it has without a pause.

use std::fmt;

use jiff::Span;
use jiff::civil::{Date, DateTime};
use serde::{Deserialize, Serialize};

use super::Calendar;

/// In what a limit is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// ngày làm việc
    WorkingDays,
    /// ngày: calendar days
    Days,
    /// tháng
    Months,
}

/// How long an office may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TimeLimit {
    /// How many.
    pub amount: u32,
    /// Of what.
    pub unit: Unit,
}

impl fmt::Display for TimeLimit {
    /// In Vietnamese: `7 ngày làm việc`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let unit = match self.unit {
            Unit::WorkingDays => "ngày làm việc",
            Unit::Days => "ngày",
            Unit::Months => "tháng",
        };
        write!(f, "{} {unit}", self.amount)
    }
}

/// A time in which the office waited for papers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pause {
    /// When they were asked for; still counted.
    pub asked_on: Date,
    /// When they came, not counted; null while they are missing. A day before `asked_on` makes no pause.
    #[serde(default)]
    pub supplied_on: Option<Date>,
}

/// When a limit ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Deadline {
    /// With this day, which is a working day.
    Due(Date),
    /// Nobody can tell: papers are missing, and the time does not run.
    Paused {
        /// When they were asked for.
        since: Date,
        /// What is left once they have come: working days of a limit in working days, calendar days of any other.
        left: u32,
    },
}

/// When the office has to be ready with what it received at this moment of its clock.
///
/// What comes in on a day off, or after the cut-off of its hours, counts as received on the next working day. A limit of 0
/// ends on the day of receipt. No limit ends beyond the last of all dates (31 December 9999).
pub fn deadline(received: DateTime, limit: &TimeLimit, pauses: &[Pause], calendar: &Calendar) -> Deadline {
    let start = calendar.day_of_receipt(received);
    let counts_all = limit.unit != Unit::WorkingDays;
    let mut left = match limit.unit {
        Unit::WorkingDays | Unit::Days => limit.amount,
        Unit::Months => days_of_months(start, limit.amount),
    };
    let mut day = start;
    while left > 0 || !calendar.is_working_day(day) {
        day = match running_day_after(day, pauses) {
            Running::On(next) => next,
            Running::Stopped { since } => return Deadline::Paused { since, left },
            Running::OutOfDates => break,
        };
        if counts_all || calendar.is_working_day(day) {
            left = left.saturating_sub(1);
        }
    }
    Deadline::Due(day)
}

/// How many working days after the due day this day lies: 0 on the due day and on days off right after it, negative before.
pub fn lateness(due: Date, on: Date, calendar: &Calendar) -> i64 {
    calendar.working_days_between(due, on)
}

enum Running {
    On(Date),
    Stopped { since: Date },
    OutOfDates,
}

/// The next day on which the time runs.
fn running_day_after(day: Date, pauses: &[Pause]) -> Running {
    let Ok(mut next) = day.tomorrow() else { return Running::OutOfDates };
    loop {
        let in_force = |pause: &&Pause| pause.asked_on < next;
        let open = pauses.iter().filter(in_force).filter(|pause| pause.supplied_on.is_none());
        if let Some(since) = open.map(|pause| pause.asked_on).min() {
            return Running::Stopped { since };
        }
        let supplied = pauses.iter().filter(in_force).filter_map(|pause| pause.supplied_on).max();
        match supplied.filter(|supplied| *supplied >= next) {
            None => return Running::On(next),
            Some(supplied) => match supplied.tomorrow() {
                Ok(after) => next = after,
                Err(_) => return Running::OutOfDates,
            },
        }
    }
}

/// How many days later the same day of the month, or its last day, comes.
fn days_of_months(start: Date, months: u32) -> u32 {
    // A span holds fewer months than a number can name; as many end beyond all dates.
    let span = Span::new().try_months(i64::from(months));
    let end = span.and_then(|span| start.checked_add(span)).unwrap_or(Date::MAX);
    u32::try_from(end.duration_since(start).as_hours() / 24).unwrap_or(u32::MAX)
}
