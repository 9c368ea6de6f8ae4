//! The public holidays of Article 112 of the Labour Code (45/2019/QH14), year by year, as far as a rule can tell them.
//!
//! The law fixes the number of days; which five days Tết takes and which day joins 2 September is for the Prime Minister
//! to decide every year (clause 3). Until he has ([`decisions`](super::decisions)), these rules stand in:
//!
//! * **Tết**: the two last days of the old lunar year and the three first of the new one. With the compensatory days of
//!   clause 3 of Article 111 it gives the very days off that were decided for each of the years 2020 to 2026.
//! * **National Day**: of the days beside 2 September the one that makes the longest break with the weekend; where both make
//!   the same (a Wednesday), the day before, as was decided for 2026. Before 2021 it was 2 September alone (Labour Code
//!   10/2012/QH13, Article 115).

use std::borrow::Cow;

use jiff::ToSpan;
use jiff::civil::{Date, Weekday, date};

use super::lunar::{hung_kings_day, lunar_new_year};

/// The first year whose holidays are known: Tết has had five days since the Labour Code of 2012.
pub const FIRST_YEAR: i16 = 2014;
/// The last year whose holidays are known.
pub const LAST_YEAR: i16 = 2100;

/// The first year in which National Day has two days.
const TWO_NATIONAL_DAYS_SINCE: i16 = 2021;

/// A public holiday (nghỉ lễ, tết).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Holiday {
    /// 1 January.
    NewYear,
    /// The five days of Tết.
    LunarNewYear,
    /// The tenth of the third lunar month.
    HungKings,
    /// 30 April.
    Victory,
    /// 1 May.
    Labour,
    /// 2 September and the day beside it.
    National,
    /// Another one that comes every year, by the operator's file: its Vietnamese name.
    Other(String),
}

impl Holiday {
    /// Its Vietnamese name, for the middle of a sentence.
    pub fn name(&self) -> Cow<'_, str> {
        Cow::Borrowed(match self {
            Self::NewYear => "Tết Dương lịch",
            Self::LunarNewYear => "Tết Nguyên đán",
            Self::HungKings => "Giỗ Tổ Hùng Vương",
            Self::Victory => "Ngày Chiến thắng 30 tháng 4",
            Self::Labour => "Ngày Quốc tế lao động 1 tháng 5",
            Self::National => "Quốc khánh",
            Self::Other(name) => name,
        })
    }
}

/// The holidays of a year that nobody has to decide.
pub fn fixed_holidays(year: i16) -> Vec<(Date, Holiday)> {
    let mut holidays = vec![
        (date(year, 1, 1), Holiday::NewYear),
        (date(year, 4, 30), Holiday::Victory),
        (date(year, 5, 1), Holiday::Labour),
    ];
    holidays.extend(hung_kings_day(year).map(|day| (day, Holiday::HungKings)));
    holidays
}

/// The five days of Tết by the rule; none outside of the years of the lunar calendar.
pub fn usual_tet(year: i16) -> Vec<Date> {
    let Some(first) = lunar_new_year(year) else { return Vec::new() };
    (-2..=2).map(|offset: i64| first.saturating_add(offset.days())).collect()
}

/// The days of National Day by the rule.
pub fn usual_national_days(year: i16) -> Vec<Date> {
    let second = date(year, 9, 2);
    if year < TWO_NATIONAL_DAYS_SINCE {
        return vec![second];
    }
    match second.weekday() {
        Weekday::Monday | Weekday::Thursday | Weekday::Sunday => vec![second, date(year, 9, 3)],
        _ => vec![date(year, 9, 1), second],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn national_day_takes_the_day_that_makes_the_longest_break() {
        for (year, other) in [
            (2021, Some(3)), // Thursday, Friday
            (2022, Some(1)), // Thursday, Friday
            (2023, Some(1)), // Friday, Saturday
            (2024, Some(3)), // Monday, Tuesday
            (2025, Some(1)), // Monday, Tuesday
            (2026, Some(1)), // Tuesday, Wednesday
            (2029, Some(3)), // Sunday, Monday
            (2020, None),
        ] {
            let mut days = vec![date(year, 9, 2)];
            days.extend(other.map(|day| date(year, 9, day)));
            days.sort_unstable();
            assert_eq!(usual_national_days(year), days);
        }
    }

    #[test]
    fn no_two_fixed_holidays_fall_on_one_day() {
        for year in FIRST_YEAR..=LAST_YEAR {
            let mut days: Vec<Date> = fixed_holidays(year).into_iter().map(|(day, _)| day).collect();
            assert_eq!(days.len(), 4);
            days.sort_unstable();
            days.dedup();
            assert_eq!(days.len(), 4, "{year}");
            assert_eq!(usual_tet(year).len(), 5);
        }
        assert!(usual_tet(3000).is_empty());
    }
}
