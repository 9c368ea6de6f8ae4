//! The lunar calendar of Vietnam (âm lịch), computed for the meridian of UTC+7, by which Tết and Giỗ Tổ fall.
//!
//! The rules are those of the calendar in use since 1968 (Decision 121/CP of 8 August 1967 moved it to UTC+7), as
//! written down for computers by Hồ Ngọc Đức (*Thuật toán tính âm lịch*):
//!
//! * a month begins on the day, in Hanoi, of the new moon;
//! * month 11 is the one with the winter solstice;
//! * where 13 months lie between one month 11 and the next, the first of them without a major solar term (trung khí: the
//!   sun at a multiple of 30°) is a leap month and bears the number of the month before it.
//!
//! China reckons the same at UTC+8; where a new moon or a term falls between 23 and 24 h in Hanoi, the two differ:
//! in 1985 by a month, in 2007 and 2030 by a day.
//!
//! Three months until 2100 begin within a minute of midnight (8 May 2054, 15 November 2077, 18 October 2085): how the
//! earth's turning slows may yet move their first day. No public holiday hangs on them.
//!
//! ```
//! use hoidap::dossiers::calendar::lunar::LunarDate;
//! use jiff::civil::date;
//! let hung_kings = LunarDate { year: 2026, month: 3, day: 10, is_leap: false };
//! assert_eq!(hung_kings.to_civil(), Some(date(2026, 4, 26)));
//! ```

use jiff::ToSpan;
use jiff::civil::{Date, date};

use super::astronomy::{mean_new_moon_before, new_moon, sun_longitude};

/// The first year whose dates are converted: the first one reckoned at UTC+7.
pub const FIRST_LUNAR_YEAR: i16 = 1968;
/// The last year whose dates are converted.
pub const LAST_LUNAR_YEAR: i16 = 2100;

/// Hanoi before Greenwich, days.
const UTC_PLUS_7: f64 = 7.0 / 24.0;
/// The Julian day number of the noon of 1 January 1970.
const JULIAN_DAY_OF_EPOCH: i64 = 2_440_588;
const EPOCH: Date = date(1970, 1, 1);

/// A day of the lunar calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct LunarDate {
    /// The civil year in which its first day (Tết) falls.
    pub year: i16,
    /// From 1 to 12.
    pub month: i8,
    /// From 1 to 30.
    pub day: i8,
    /// Whether the month is the second one of its number (tháng nhuận).
    pub is_leap: bool,
}

impl LunarDate {
    /// The lunar date of a day; `None` outside of [`FIRST_LUNAR_YEAR`] to [`LAST_LUNAR_YEAR`] (civil years).
    pub fn from_civil(day: Date) -> Option<Self> {
        if !is_known(day) {
            return None;
        }
        let wanted = julian_day_number(day);
        // Month 11 may begin in December: its days belong to the solstice year after.
        [day.year(), day.year() + 1].into_iter().flat_map(months_up_to_solstice_of).find_map(|month| {
            let offset = i8::try_from(wanted - month.first_day).ok()?;
            let is_inside = (0..month.days).contains(&offset);
            is_inside.then(|| Self {
                year: month.year,
                month: month.number,
                day: offset + 1,
                is_leap: month.is_leap,
            })
        })
    }

    /// The civil date; `None` where the calendar has no such day, or it lies outside of [`FIRST_LUNAR_YEAR`] to
    /// [`LAST_LUNAR_YEAR`] (civil years).
    pub fn to_civil(self) -> Option<Date> {
        if !(FIRST_LUNAR_YEAR - 1..=LAST_LUNAR_YEAR).contains(&self.year) {
            return None;
        }
        let month = [self.year, self.year + 1]
            .into_iter()
            .flat_map(months_up_to_solstice_of)
            .find(|m| (m.year, m.number, m.is_leap) == (self.year, self.month, self.is_leap))?;
        if !(1..=month.days).contains(&self.day) {
            return None;
        }
        let days = month.first_day + i64::from(self.day) - 1 - JULIAN_DAY_OF_EPOCH;
        EPOCH.checked_add(days.days()).ok().filter(|day| is_known(*day))
    }
}

/// The first day of the lunar year (mồng 1 Tết) that falls in this civil year; `None` outside of the years known.
pub fn lunar_new_year(year: i16) -> Option<Date> {
    LunarDate { year, month: 1, day: 1, is_leap: false }.to_civil()
}

/// The tenth of the third month (Giỗ Tổ Hùng Vương) in this civil year; `None` outside of the years known.
pub fn hung_kings_day(year: i16) -> Option<Date> {
    LunarDate { year, month: 3, day: 10, is_leap: false }.to_civil()
}

/// A month: the year and number that it bears, its first day as a Julian day number, how many days it has.
#[derive(Debug, Clone, Copy)]
struct Month {
    year: i16,
    number: i8,
    is_leap: bool,
    first_day: i64,
    days: i8,
}

/// The months from month 11 of the year before up to month 10 (or its leap month) of this one.
fn months_up_to_solstice_of(year: i16) -> Vec<Month> {
    let first = solstice_month(year - 1);
    let last = solstice_month(year);
    let starts: Vec<i64> = (first..=last).map(new_moon_day).collect();
    let leap = (last - first == 13)
        .then(|| {
            starts.windows(2).position(|pair| matches!(pair, [from, to] if sector(*from) == sector(*to)))
        })
        .flatten();
    let mut number = 10;
    let mut own_year = year - 1;
    let mut months = Vec::with_capacity(13);
    for (at, pair) in starts.windows(2).enumerate() {
        let [from, to] = pair else { continue };
        let is_leap = leap == Some(at);
        if !is_leap {
            number = number % 12 + 1;
            if number == 1 {
                own_year = year;
            }
        }
        // Two new moons are 29 or 30 days apart.
        let days = i8::try_from(to - from).unwrap_or(30);
        months.push(Month { year: own_year, number, is_leap, first_day: *from, days });
    }
    months
}

/// The number of the new moon with which the month of a year's winter solstice begins.
fn solstice_month(year: i16) -> i32 {
    let end_of_year = julian_day_number(date(year, 12, 31));
    let mut number = mean_new_moon_before(end_of_year as f64) + 1;
    // Before the solstice the sun stands in the sector from 240° to 270°, after it in the next ones.
    while new_moon_day(number) > end_of_year || sector(new_moon_day(number)) > 8 {
        number -= 1;
    }
    number
}

/// The day in Hanoi of a new moon, as a Julian day number.
fn new_moon_day(number: i32) -> i64 {
    (new_moon(number) + 0.5 + UTC_PLUS_7).floor() as i64
}

/// In which twelfth of its way the sun stands when a day begins in Hanoi: 0 from the spring equinox on.
fn sector(julian_day_number: i64) -> i32 {
    let midnight = julian_day_number as f64 - 0.5 - UTC_PLUS_7;
    (sun_longitude(midnight) / 30.0).floor() as i32
}

fn julian_day_number(day: Date) -> i64 {
    day.duration_since(EPOCH).as_hours() / 24 + JULIAN_DAY_OF_EPOCH
}

fn is_known(day: Date) -> bool {
    (FIRST_LUNAR_YEAR..=LAST_LUNAR_YEAR).contains(&day.year())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tet_falls_when_vietnam_celebrates_it() {
        for tet in [
            date(1968, 1, 29),
            date(1985, 1, 21), // China: 20 February
            date(2007, 2, 17), // China: 18 February
            date(2020, 1, 25),
            date(2021, 2, 12),
            date(2022, 2, 1),
            date(2023, 1, 22),
            date(2024, 2, 10),
            date(2025, 1, 29),
            date(2026, 2, 17),
            date(2027, 2, 6),
            date(2028, 1, 26),
            date(2029, 2, 13),
            date(2030, 2, 2), // China: 3 February
            date(2031, 1, 23),
            date(2032, 2, 11),
            date(2033, 1, 31),
            date(2034, 2, 19),
            date(2035, 2, 8),
        ] {
            assert_eq!(lunar_new_year(tet.year()), Some(tet));
        }
    }

    #[test]
    fn the_hung_kings_are_honoured_when_vietnam_does() {
        for day in [
            date(2020, 4, 2),
            date(2021, 4, 21),
            date(2022, 4, 10),
            date(2023, 4, 29),
            date(2024, 4, 18),
            date(2025, 4, 7),
            date(2026, 4, 26),
            date(2027, 4, 16),
        ] {
            assert_eq!(hung_kings_day(day.year()), Some(day));
        }
    }

    #[test]
    fn leap_months_stand_where_the_almanac_has_them() {
        for (year, month) in [
            (1985, 2),
            (2004, 2),
            (2006, 7),
            (2009, 5),
            (2012, 4),
            (2014, 9),
            (2017, 6),
            (2020, 4),
            (2023, 2),
            (2025, 6),
            (2028, 5),
            (2031, 3),
            (2033, 11),
        ] {
            let leap = |number| LunarDate { year, month: number, day: 1, is_leap: true }.to_civil();
            for number in 1..=12 {
                assert_eq!(leap(number).is_some(), number == month, "{number}/{year}");
            }
        }
        let leap = |number| LunarDate { year: 2024, month: number, day: 1, is_leap: true }.to_civil();
        assert!((1..=12).all(|number| leap(number).is_none()));
    }

    #[test]
    fn every_day_of_every_year_converts_there_and_back() {
        let mut day = date(FIRST_LUNAR_YEAR, 1, 1);
        let mut before: Option<LunarDate> = None;
        while day.year() < 2101 {
            let lunar = LunarDate::from_civil(day).unwrap();
            assert_eq!(lunar.to_civil(), Some(day), "{lunar:?}");
            if let Some(before) = before {
                let follows = lunar.day == before.day + 1 || lunar.day == 1 && before.day >= 29;
                assert!(follows, "{before:?} {lunar:?}");
            }
            before = Some(lunar);
            day = day.saturating_add(1.day());
        }
    }

    #[test]
    fn there_is_no_such_day() {
        for (year, month, day, is_leap) in [
            (2026, 1, 31, false),
            (2026, 1, 0, false),
            (2026, 13, 1, false),
            (2026, 0, 1, false),
            (2026, 6, 1, true),
            (1900, 1, 1, false),
            (3000, 1, 1, false),
            (i16::MAX, 1, 1, false),
            (i16::MIN, 1, 1, false),
        ] {
            assert_eq!(LunarDate { year, month, day, is_leap }.to_civil(), None);
        }
        assert_eq!(LunarDate::from_civil(date(1967, 12, 31)), None);
        assert_eq!(LunarDate::from_civil(date(2101, 1, 1)), None);
        assert_eq!(LunarDate::from_civil(Date::MAX), None);
    }
}
