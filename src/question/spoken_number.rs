//! Numbers as they are said, read back: `ba mươi lăm`, `một trăm linh năm`, `hai không mười chín`. The other way round
//! is `answer::spoken::numbers`.
//!
//! `năm` is both 5 and `year`: where a year follows it (`một trăm ba lăm năm hai nghìn không trăm hai mươi`), it is not
//! read as a digit.

use std::ops::RangeInclusive;

use crate::vietnamese::fold;

/// The years that documents of this state can bear.
const YEARS: RangeInclusive<u64> = 1945..=2100;
/// More digits than these, said one by one, are no number of an article, a document or a year.
const MAX_DIGITS: usize = 4;

const DIGITS: [&str; 10] = ["không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín"];

/// Reads words in canonical spelling, or without diacritics.
#[derive(Debug, Clone, Copy)]
pub struct NumberReader {
    /// Whether the words bear no diacritics.
    pub folded: bool,
}

impl NumberReader {
    /// The number with which the words begin, and how many words it takes. Digits count as a word of their own.
    pub fn read(self, words: &[&str]) -> Option<(u64, usize)> {
        let first = words.first()?;
        if first.bytes().all(|b| b.is_ascii_digit()) && first.len() <= 9 {
            return Some((first.parse().ok()?, 1));
        }
        self.grouped(words).or_else(|| self.digits(words))
    }

    /// The year with which the words begin, and how many words it takes.
    pub fn year(self, words: &[&str]) -> Option<(i16, usize)> {
        let (value, used) = self.read_year(words).or_else(|| self.read(words))?;
        let year = i16::try_from(value).ok().filter(|_| YEARS.contains(&value))?;
        Some((year, used))
    }

    /// `hai mươi mười chín`: century and year as two numbers.
    fn read_year(self, words: &[&str]) -> Option<(u64, usize)> {
        let century = match () {
            () if self.word_is(words, 0, &["hai"]) && self.word_is(words, 1, &["mươi"]) => 2000,
            () if self.word_is(words, 0, &["mười"]) && self.word_is(words, 1, &["chín"]) => 1900,
            () => return None,
        };
        let (rest, _, taken) = self.below_hundred(words, 2).filter(|(_, has_two, _)| *has_two)?;
        Some((century + rest, 2 + taken))
    }

    fn is(self, word: &str, wanted: &[&str]) -> bool {
        wanted.iter().any(|w| word == *w || self.folded && word == fold(w))
    }

    fn word_is(self, words: &[&str], at: usize, wanted: &[&str]) -> bool {
        words.get(at).is_some_and(|word| self.is(word, wanted))
    }

    fn digit(self, words: &[&str], at: usize) -> Option<u64> {
        let word = words.get(at)?;
        if self.is(word, &["bẩy"]) {
            return Some(7);
        }
        DIGITS.iter().position(|digit| self.is(word, &[digit])).map(|digit| digit as u64)
    }

    /// A digit in the forms that it has only after tens: `mốt`, `tư`, `lăm`.
    fn unit(self, words: &[&str], at: usize) -> Option<u64> {
        let word = words.get(at)?;
        let forms = [(1, &["mốt"][..]), (4, &["tư"]), (5, &["lăm", "nhăm"])];
        // Without diacritics `mot` is both one and the unit of 21; as a digit it is read anyway.
        forms.iter().find(|(_, forms)| self.is(word, forms)).map(|(value, _)| *value)
    }

    /// Any digit from 1 to 9 after tens, unless it is the `năm` before a year.
    fn ones(self, words: &[&str], at: usize) -> Option<u64> {
        let value = self.unit(words, at).or_else(|| self.digit(words, at)).filter(|&value| value > 0)?;
        (!self.is_year_word(words, at)).then_some(value)
    }

    /// Whether the word is `năm` and a year comes after it.
    fn is_year_word(self, words: &[&str], at: usize) -> bool {
        self.word_is(words, at, &["năm"]) && self.year(&words[at + 1..]).is_some()
    }

    /// Whether a year that is said in words begins at a place: `hai nghìn …`, `hai không mười chín`, `một chín chín chín`.
    fn begins_year(self, words: &[&str], at: usize) -> bool {
        let century = self.word_is(words, at, &["hai"]) && self.word_is(words, at + 1, &["không"])
            || self.word_is(words, at, &["một"]) && self.word_is(words, at + 1, &["chín"]);
        let rest = self.below_hundred(words, at + 2);
        let is_whole = rest.is_some_and(|(_, has_two, _)| has_two || self.digit(words, at + 3).is_some());
        self.word_is(words, at, &["hai"]) && self.word_is(words, at + 1, &["nghìn", "ngàn"])
            || century && is_whole
    }

    /// A number below a hundred: its value, whether it has two digits, and how many words it takes.
    fn below_hundred(self, words: &[&str], at: usize) -> Option<(u64, bool, usize)> {
        if self.word_is(words, at, &["mười"]) {
            return Some(match self.ones(words, at + 1) {
                Some(ones) => (10 + ones, true, 2),
                None => (10, true, 1),
            });
        }
        let first = self.digit(words, at)?;
        if first > 1 && self.word_is(words, at + 1, &["mươi", "mười"]) {
            return Some(match self.ones(words, at + 2) {
                Some(ones) => (first * 10 + ones, true, 3),
                None => (first * 10, true, 2),
            });
        }
        // `ba lăm`: the unit's form says that tens stand before it. `mot` without diacritics does not.
        let says_tens = !(self.folded && self.word_is(words, at + 1, &["mốt"]));
        match self.unit(words, at + 1).filter(|_| first > 1 && says_tens) {
            Some(ones) => Some((first * 10 + ones, true, 2)),
            None => Some((first, false, 1)),
        }
    }

    /// `hai nghìn không trăm mười chín`, `một trăm linh năm`.
    fn grouped(self, words: &[&str]) -> Option<(u64, usize)> {
        let (head, _, taken) = self.below_hundred(words, 0)?;
        let (mut value, mut at) = (0, 0);
        if self.word_is(words, taken, &["nghìn", "ngàn"]) {
            (value, at) = (head * 1000, taken + 1);
        }
        let hundreds = self.digit(words, at).filter(|_| self.word_is(words, at + 1, &["trăm"]));
        if let Some(hundreds) = hundreds {
            (value, at) = (value + hundreds * 100, at + 2);
        }
        if at == 0 {
            return None;
        }
        if self.word_is(words, at, &["linh", "lẻ"]) {
            return match self.ones(words, at + 1) {
                Some(ones) => Some((value + ones, at + 2)),
                None => Some((value, at)),
            };
        }
        match self.below_hundred(words, at) {
            Some((rest, true, taken)) => Some((value + rest, at + taken)),
            // `một trăm hai` is 120, as it is said of money.
            Some((tens, false, 1))
                if hundreds.is_some()
                    && tens > 0
                    && !self.is_year_word(words, at)
                    && !self.word_is(words, at + 1, &["nghìn", "ngàn"]) =>
            {
                // `một trăm sáu tám` is 168.
                match self.ones(words, at + 1) {
                    Some(ones)
                        if !self.word_is(words, at + 2, &["trăm", "nghìn", "ngàn", "mươi", "triệu"]) =>
                    {
                        Some((value + tens * 10 + ones, at + 2))
                    }
                    _ => Some((value + tens * 10, at + 1)),
                }
            }
            _ => Some((value, at)),
        }
    }

    /// Digit by digit, the last two perhaps as one number: `một hai ba`, `hai không mười chín`, `ba mươi lăm`.
    fn digits(self, words: &[&str]) -> Option<(u64, usize)> {
        let (mut said, mut at, mut end, mut kept) = (String::new(), 0, 0, 0);
        while said.len() < MAX_DIGITS {
            if at > 0 && (self.is_year_word(words, at) || said.len() > 1 && self.begins_year(words, at)) {
                break;
            }
            let Some((value, has_two, taken)) = self.below_hundred(words, at) else { break };
            if has_two && said.len() + 2 > MAX_DIGITS {
                break;
            }
            said.push_str(&value.to_string());
            at += taken;
            // A `không` at the end is more often `not` than a zero, but not two, nor one before a slash.
            let slash = self.word_is(words, at, &["trên", "xuyệt", "gạch", "/"]);
            if value > 0 || said.len() == MAX_DIGITS || said.ends_with("00") || slash && said.len() > 1 {
                (end, kept) = (at, said.len());
            }
            if has_two {
                break;
            }
        }
        said.truncate(kept);
        if said.starts_with('0') || said.is_empty() {
            return None;
        }
        Some((said.parse().ok()?, end))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vietnamese::canonical;

    fn read(text: &str, folded: bool) -> Option<(u64, usize)> {
        let text = if folded { fold(text) } else { canonical(text) };
        let words: Vec<&str> = text.split_whitespace().collect();
        NumberReader { folded }.read(&words)
    }

    #[test]
    fn numbers_are_read_as_they_are_said() {
        for (said, value) in [
            ("ba mươi lăm bộ luật lao động", 35),
            ("một trăm hai mươi ba", 123),
            ("một trăm linh năm", 105),
            ("một trăm lẻ năm", 105),
            ("một trăm ba lăm", 135),
            ("mười", 10),
            ("mười lăm", 15),
            ("mười năm", 15),
            ("hai mươi mốt", 21),
            ("hai mươi tư", 24),
            ("bốn lăm", 45),
            ("bẩy", 7),
            ("một hai ba", 123),
            ("hai không mười chín", 2019),
            ("hai không hai mươi", 2020),
            ("hai không hai không", 2020),
            ("hai nghìn không trăm hai mươi", 2020),
            ("hai ngàn không trăm linh năm", 2005),
            ("hai nghìn mười chín", 2019),
            ("sáu trăm tám mươi chín", 689),
            ("35 bộ luật", 35),
        ] {
            assert_eq!(read(said, false).map(|(value, _)| value), Some(value), "{said}");
            assert_eq!(read(said, true).map(|(value, _)| value), Some(value), "{said} without diacritics");
        }
        assert_eq!(read("ba mươi lăm bộ luật", false), Some((35, 3)));
    }

    #[test]
    fn the_word_for_year_and_the_word_for_not_are_no_digits() {
        assert_eq!(read("một trăm ba lăm năm hai nghìn không trăm hai mươi", false), Some((135, 4)));
        assert_eq!(read("mười năm 2015", false), Some((10, 1)));
        assert_eq!(read("ba không được làm", false), Some((3, 1)));
        assert_eq!(read("không", false), None);
        assert_eq!(read("kiện gì", false), None);
    }
}
