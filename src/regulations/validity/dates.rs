//! Dates as legal sentences write them: `ngày 01 tháng 7 năm 2021`, `01/7/2021`, `01-7-2021`.

use std::sync::LazyLock;

use jiff::civil::Date;
use regex::{Captures, Regex};

/// The pattern of a date, with its parts in three groups of the names given.
pub(super) fn date_pattern() -> &'static str {
    r"(?P<day>\d{1,2})(?:\s?tháng\s?|\s?[/.-]\s?)(?P<month>\d{1,2})(?:\s?năm\s?|\s?[/.-]\s?)(?P<year>(?:19|20)\d{2})"
}

static DATE: LazyLock<Regex> = LazyLock::new(|| Regex::new(date_pattern()).expect("a constant pattern"));

/// The date in a match of a pattern that contains [`date_pattern`].
pub(super) fn captured(found: &Captures<'_>) -> Option<Date> {
    Date::new(found["year"].parse().ok()?, found["month"].parse().ok()?, found["day"].parse().ok()?).ok()
}

/// The first date in a text.
pub(super) fn first_date(text: &str) -> Option<Date> {
    DATE.captures(text).as_ref().and_then(captured)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_is_read_and_nonsense_is_not() {
        let day = Some(Date::constant(2021, 7, 1));
        assert_eq!(first_date("từ ngày 01 tháng 7 năm 2021"), day);
        assert_eq!(first_date("từ 1/7/2021"), day);
        assert_eq!(first_date("từ ngày 01-07-2021"), day);
        assert_eq!(first_date("ngày 31 tháng 02 năm 2020"), None);
        assert_eq!(first_date("ngày tháng năm 2019"), None);
    }
}
