//! What a text counts, and what a question wants counted: an article that answers "bao nhiêu ngày" says a number of days.

use crate::regulations::tokenizer::words;
use crate::vietnamese::{canonical, fold};

/// A set of units.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Units(u16);

/// The words of each unit.
const UNITS: [(&[&str], u16); 10] = [
    (&["ngày", "hôm"], 1),
    (&["tháng"], 1 << 1),
    (&["năm"], 1 << 2),
    (&["giờ", "tiếng", "phút"], 1 << 3),
    (&["đồng", "triệu", "tiền"], 1 << 4),
    (&["phần"], 1 << 5),
    (&["tuổi"], 1 << 6),
    (&["lần"], 1 << 7),
    (&["người"], 1 << 8),
    (&["mét", "m", "m2", "km", "tầng"], 1 << 9),
];
const DURATIONS: u16 = 0b1111;
const MONEY: u16 = 1 << 4;
const SHARE: u16 = 1 << 5;

const NUMBERS: [&str; 14] =
    ["một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín", "mười", "mươi", "lăm", "trăm", "nửa"];

impl Units {
    /// What a text counts: numbers, as digits or words, with the unit within two words after them.
    pub fn counted_in(text: &str) -> Self {
        let text = canonical(text);
        let mut units = if text.contains('%') { SHARE } else { 0 };
        let mut since_number = usize::MAX;
        for word in words(&text).flatten() {
            if since_number < 3 {
                units |= unit_of(word, |unit| unit == word);
            }
            let is_number = word.bytes().all(|b| b.is_ascii_digit()) || NUMBERS.contains(&word);
            since_number = if is_number { 0 } else { since_number.saturating_add(1) };
        }
        Self(units)
    }

    /// What a question, with diacritics or without, wants counted; empty where it wants nothing.
    pub fn wanted_by(question: &str) -> Self {
        let folded = fold(question);
        let words: Vec<&str> = words(&folded).flatten().collect();
        let mut units = 0;
        for (n, word) in words.iter().enumerate() {
            let after = |n: usize| words.get(n).copied().unwrap_or_default();
            let counted = match (*word, after(n + 1)) {
                ("bao", "lau") => {
                    units |= DURATIONS;
                    continue;
                }
                ("bao", "nhieu") => after(n + 2),
                ("may", next) => next,
                _ => continue,
            };
            units |= unit_of(counted, |unit| fold(unit) == counted);
        }
        // A sum may be told as a share of another.
        Self(if units & MONEY != 0 { units | SHARE } else { units })
    }

    /// 1 where a text counts what is wanted, −1 where it does not, 0 where nothing is wanted.
    pub fn held_by(self, counted: Self) -> f32 {
        match (self.0, self.0 & counted.0) {
            (0, _) => 0.0,
            (_, 0) => -1.0,
            _ => 1.0,
        }
    }

    /// Both.
    pub fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

fn unit_of(word: &str, is: impl Fn(&str) -> bool) -> u16 {
    if word.is_empty() {
        return 0;
    }
    UNITS.iter().find(|(names, _)| names.iter().any(|name| is(name))).map_or(0, |(_, unit)| *unit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_of_days_answers_how_many_days() {
        let held = |question: &str, text: &str| Units::wanted_by(question).held_by(Units::counted_in(text));
        assert_eq!(held("Phải báo trước mấy ngày?", "Ít nhất 30 ngày nếu làm theo hợp đồng"), 1.0);
        assert_eq!(held("phai bao truoc bao nhieu ngay", "Ít nhất 03 (ba) ngày làm việc"), 1.0);
        assert_eq!(held("Bao lâu thì xong?", "không quá ba mươi ngày"), 1.0);
        assert_eq!(held("Bao lâu thì xong?", "theo quy định của Chính phủ"), -1.0);
        assert_eq!(held("Phạt bao nhiêu tiền?", "bằng 0,05% số thuế"), 1.0);
        assert_eq!(held("Mấy tuổi được kết hôn?", "Nam từ đủ 20 tuổi trở lên"), 1.0);
        assert_eq!(held("Nộp ở đâu?", "trong 5 ngày"), 0.0);
    }
}
