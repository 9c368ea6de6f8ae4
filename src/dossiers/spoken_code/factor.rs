//! What the owner of a dossier knows beside its code: the last digits of the identity number, the year of birth.

use super::names::{Meaning, SURE};
use super::numerals::Said;
use super::tokens::{TokenKind, Tokens};

/// So many words are looked at; nobody says four digits in more.
const MAX_WORDS: usize = 40;
/// So many digits can be asked for.
const MAX_DIGITS: usize = 12;
/// Ways to read the words so far that are kept.
const KEPT: usize = 24;
/// Another way to read the digits must cost so much more.
const CLEARLY: f32 = 0.25;
/// Words before the digits, in which a number is none of them (`bốn số cuối`).
const LEADS: &[&str] = &["số cuối", "số đuôi", "số sau", "chữ số cuối", "con số cuối"];
/// Words that may stand beside the digits.
const BESIDE: &[&str] = &[
    "dạ", "ạ", "vâng", "là", "số", "của", "tôi", "em", "anh", "chị", "cháu", "con", "mình", "thưa", "căn",
    "cước", "cccd", "chứng", "minh", "nhân", "dân", "cùng", "cuối", "sinh", "thì", "ờ", "à", "ừ", "ừm",
    "đuôi", "công", "vào", "đấy", "đó", "nha", "nhé", "tui", "bác", "cô", "chú", "ông", "bà", "tuổi", "định",
    "danh", "thẻ", "nó", "bố", "mẹ", "những", "các", "giấy", "tờ", "rồi", "đây", "hết", "năm",
];

/// Exactly `count` digits that were said, as in `ba bốn không chín`, `bốn số cuối là ba mươi bốn, không chín`, `3409`;
/// null where more, fewer, other words or two ways to read them were said. At most 12.
pub fn spoken_digits(text: &str, count: usize) -> Option<String> {
    if !(1..=MAX_DIGITS).contains(&count) {
        return None;
    }
    let tokens = Tokens::of(text);
    let said = Said::of(&tokens);
    let mut found: Vec<(String, f32)> =
        ways(&said)?.into_iter().filter(|(digits, _)| digits.len() == count).collect();
    found.sort_by(|a, b| a.1.total_cmp(&b.1));
    let (digits, cost) = found.first()?;
    let is_clear = found.iter().all(|(other, more)| other == digits || *more >= cost + CLEARLY);
    is_clear.then(|| digits.clone())
}

/// A year of birth that was said: `một chín tám lăm`, `một nghìn chín trăm tám mươi lăm`, `sinh năm tám lăm`, `1985`.
/// Two digits from 30 on are of the last century, up to 20 of this one; between them is no telling. Null for what is no
/// year from 1900 to 2049.
pub fn spoken_year(text: &str) -> Option<i16> {
    const YEARS: std::ops::RangeInclusive<i16> = 1900..=2049;
    let year = match spoken_digits(text, 4) {
        Some(digits) => digits.parse().ok()?,
        None => match spoken_digits(text, 2)?.parse::<i16>().ok()? {
            short @ 30..=99 => 1900 + short,
            short @ 0..=20 => 2000 + short,
            _ => return None,
        },
    };
    YEARS.contains(&year).then_some(year)
}

/// All digits that the whole text may be, with what each way costs.
fn ways(said: &Said) -> Option<Vec<(String, f32)>> {
    let tokens = said.tokens;
    if tokens.len() > MAX_WORDS {
        return None;
    }
    let start = after_lead(tokens);
    let mut open: Vec<Vec<(String, f32)>> = vec![Vec::new(); tokens.len() + 1];
    open.get_mut(start)?.push((String::new(), 0.0));
    for at in start..tokens.len() {
        let mut here = std::mem::take(open.get_mut(at)?);
        here.sort_by(|a, b| a.1.total_cmp(&b.1));
        here.truncate(KEPT);
        // `năm` is a digit, or the year: only before all digits it is the latter.
        let is_beside =
            tokens.is(at, BESIDE) || !matches!(tokens.kind(at), Some(TokenKind::Word | TokenKind::Digits));
        let is_filler = said.names(at).iter().any(|n| n.meaning == Meaning::Filler && n.words == 1);
        for (digits, cost) in here {
            for number in said.numerals(at) {
                // A mishearing is too little to be believed here.
                if number.cost <= 0.4 + SURE && digits.len() + number.digits.len() <= MAX_DIGITS {
                    let longer = (format!("{digits}{}", number.digits), cost + number.cost);
                    open.get_mut(number.end)?.push(longer);
                }
            }
            let is_year_word = tokens.is(at, &["năm"]);
            if (is_beside || is_filler) && (digits.is_empty() || !is_year_word) {
                // `hai số không` is rather 00 than 2 and 0.
                let is_count = !digits.is_empty() && tokens.is(at, &["số", "con", "chữ"]);
                open.get_mut(at + 1)?.push((digits, cost + if is_count { 0.3 } else { 0.05 }));
            }
        }
    }
    open.pop()
}

/// The word after `bốn số cuối`.
fn after_lead(tokens: &Tokens) -> usize {
    let begins =
        |at: usize, lead: &str| lead.split(' ').enumerate().all(|(n, word)| tokens.is(at + n, &[word]));
    (0..tokens.len())
        .find_map(|at| LEADS.iter().find(|lead| begins(at, lead)).map(|lead| at + lead.split(' ').count()))
        .unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_are_read_as_they_are_said() {
        for (said, digits) in [
            ("ba bốn không chín", "3409"),
            ("ba mươi bốn không chín", "3409"),
            ("3409", "3409"),
            ("34 09", "3409"),
            ("3, 4, 0, 9.", "3409"),
            ("dạ ba tư không chín ạ", "3409"),
            ("bốn số cuối là ba bốn không chín", "3409"),
            ("4 số cuối là 3409", "3409"),
            ("bốn số cuối căn cước của tôi là không không một hai", "0012"),
            ("hai số không một hai", "0012"),
            ("không không mười hai", "0012"),
            ("năm năm năm năm", "5555"),
            ("ba tram linh chin", "-"),
            ("ba bon khong chin", "3409"),
            ("ba nghìn bốn trăm linh chín", "3409"),
            ("bảy lăm tám mốt", "7581"),
            ("bẩy nhăm tám mốt", "7581"),
            ("ba bốn không chín hai", "-"),
            ("ba bốn không", "-"),
            ("tôi không nhớ", "-"),
            ("ba bốn rồi gì nữa không chín", "-"),
            ("", "-"),
        ] {
            assert_eq!(spoken_digits(said, 4).as_deref().unwrap_or("-"), digits, "{said}");
        }
        assert_eq!(spoken_digits("một hai ba bốn năm sáu", 6).as_deref(), Some("123456"));
        assert_eq!(spoken_digits("một", 0), None);
        assert_eq!(spoken_digits(&"một ".repeat(100_000), 4), None);
    }

    #[test]
    fn years_of_birth_are_read_as_they_are_said() {
        for (said, year) in [
            ("năm sinh một chín tám lăm", Some(1985)),
            ("một chín tám lăm", Some(1985)),
            ("mười chín tám lăm", Some(1985)),
            ("tôi sinh năm một nghìn chín trăm tám mươi lăm", Some(1985)),
            ("một ngàn chín trăm tám lăm", Some(1985)),
            ("sinh năm tám lăm", Some(1985)),
            ("tám mươi lăm", Some(1985)),
            ("năm năm lăm", Some(1955)),
            ("sinh năm hai nghìn", Some(2000)),
            ("hai nghìn không trăm linh hai", Some(2002)),
            ("hai không không hai", Some(2002)),
            ("1985", Some(1985)),
            ("sinh nam 1985", Some(1985)),
            ("toi sinh nam mot chin tam lam", Some(1985)),
            ("không năm", Some(2005)),
            ("hai lăm", None),
            ("ba nghìn", None),
            ("một trăm", None),
            ("không nhớ", None),
        ] {
            assert_eq!(spoken_year(said), year, "{said}");
        }
    }
}
