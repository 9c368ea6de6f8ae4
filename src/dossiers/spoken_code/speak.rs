//! How a code is read aloud.

use super::DossierCode;

/// A code in words: digit by digit, letters by their names, with a pause at each separator and before each letter, so
/// that no two characters can be taken for one number: `H29.17-251103-0012` is `hát, hai chín, chấm, một bảy, gạch, hai
/// năm một, một không ba, gạch, không không, một hai`.
pub fn speak_code(code: &DossierCode) -> String {
    let mut pauses: Vec<String> = Vec::new();
    let mut group = String::new();
    for c in code.as_str().chars().chain(std::iter::once(' ')) {
        if c.is_ascii_digit() {
            group.push(c);
            continue;
        }
        pauses.extend(breaths(&group).map(said));
        group.clear();
        match c {
            '.' => pauses.push("chấm".to_owned()),
            '-' => pauses.push("gạch".to_owned()),
            c => pauses.extend(letter(c).map(str::to_owned)),
        }
    }
    pauses.join(", ")
}

/// Digits as they are said in one breath: three by three, a rest of four as two and two.
fn breaths(digits: &str) -> impl Iterator<Item = &str> {
    let mut rest = digits;
    std::iter::from_fn(move || {
        let length = match rest.len() {
            0 => return None,
            2 | 4 => 2,
            n => n.min(3),
        };
        let (breath, after) = rest.split_at(length);
        rest = after;
        Some(breath)
    })
}

fn said(digits: &str) -> String {
    digits.chars().filter_map(digit).collect::<Vec<_>>().join(" ")
}

fn digit(c: char) -> Option<&'static str> {
    const DIGITS: [&str; 10] = ["không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín"];
    DIGITS.get(c.to_digit(10)? as usize).copied()
}

/// The name of a letter by which it is told from all others.
fn letter(c: char) -> Option<&'static str> {
    Some(match c {
        'A' => "a",
        'B' => "bê",
        'C' => "xê",
        'D' => "dê",
        'E' => "e",
        'F' => "ép",
        'G' => "giê",
        'H' => "hát",
        'I' => "i ngắn",
        'J' => "gi",
        'K' => "ca",
        'L' => "e lờ",
        'M' => "em mờ",
        'N' => "en nờ",
        'O' => "o",
        'P' => "pê",
        'Q' => "quy",
        'R' => "e rờ",
        'S' => "ét sì",
        'T' => "tê",
        'U' => "u",
        'V' => "vê",
        'W' => "vê kép",
        'X' => "ích xì",
        'Y' => "i dài",
        'Z' => "dét",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_read_digit_by_digit() {
        let said = |code: &str| speak_code(&code.parse().unwrap());
        assert_eq!(
            said("H29.17-251103-0012"),
            "hát, hai chín, chấm, một bảy, gạch, hai năm một, một không ba, gạch, không không, một hai"
        );
        assert_eq!(
            said("000.00.19.H29-251103-00127"),
            "không không không, chấm, không không, chấm, một chín, chấm, hát, \
            hai chín, gạch, hai năm một, một không ba, gạch, không không một, hai bảy"
        );
    }
}
