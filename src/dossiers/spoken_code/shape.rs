//! The shape of a code of the national scheme, without its separators: the agency, the day, the number of that day.

/// Years that a code can bear, two digits.
const YEARS: std::ops::RangeInclusive<u8> = 10..=49;
/// Digits that the running number has.
const NUMBER: std::ops::RangeInclusive<usize> = 1..=7;

/// Where the day begins in a code without separators, such as `H2917` + `251103` + `0012`; the last such place. A day
/// whose year was not said has `??` for it.
pub(super) fn day_at(key: &str) -> Option<usize> {
    (0..key.len()).rev().find(|&at| {
        let (Some(day), Some(number)) = (key.get(at..at + 6), key.get(at + 6..)) else { return false };
        is_day(day) && NUMBER.contains(&number.len()) && number.bytes().all(|b| b.is_ascii_digit())
    })
}

/// Whether six characters are a day of this scheme.
pub(super) fn is_day(text: &str) -> bool {
    let number = |part: Option<&str>| part.and_then(|part| part.parse::<u8>().ok());
    let year = text
        .get(..2)
        .is_some_and(|year| year == "??" || number(Some(year)).is_some_and(|y| YEARS.contains(&y)));
    let is_month = number(text.get(2..4)).is_some_and(|month| (1..=12).contains(&month));
    text.len() == 6 && year && is_month && number(text.get(4..)).is_some_and(|day| (1..=31).contains(&day))
}

/// Whether these characters are a whole code: an agency of letters and digits, a day, a number. An O and an I that were
/// typed for 0 and 1 are none.
pub(super) fn is_whole(key: &str) -> bool {
    let as_digit = |(n, c): (usize, char)| match c {
        'O' if n > 0 => '0',
        'I' if n > 0 => '1',
        c => c,
    };
    has_parts(key) || has_parts(&key.chars().enumerate().map(as_digit).collect::<String>())
}

fn has_parts(key: &str) -> bool {
    let (has_letter, has_digit) = (
        |s: &str| s.contains(|c: char| c.is_ascii_uppercase()),
        |s: &str| s.contains(|c: char| c.is_ascii_digit()),
    );
    // Several places may read as a day (`17` + `251103`): any with an agency before it will do.
    (2..key.len()).any(|at| {
        let (Some(agency), Some(day), Some(number)) = (key.get(..at), key.get(at..at + 6), key.get(at + 6..))
        else {
            return false;
        };
        is_day(day)
            && NUMBER.contains(&number.len())
            && number.bytes().all(|b| b.is_ascii_digit())
            && has_letter(agency)
            && has_digit(agency)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shape_of_a_code_is_known() {
        assert!(is_whole("H29172511030012") && is_whole("0000019H292511030012") && is_whole("H291725110312"));
        for other in
            ["2511030012", "45QH14", "H29172513030012", "H2917251103", "612018NDCP", "0912345678", ""]
        {
            assert!(!is_whole(other), "{other}");
        }
        assert_eq!(day_at("H29172511030012"), Some(5));
        assert_eq!(day_at("??11030012"), Some(0));
        assert_eq!(day_at("ấấấấấấấ"), None);
    }
}
