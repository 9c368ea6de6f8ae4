//! Numbers as Vietnamese says them.

const DIGITS: [&str; 10] = ["không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín"];

/// The digits one by one: `0912` → `không chín một hai`.
pub fn digit_by_digit(digits: &str) -> String {
    digits.chars().filter_map(|c| c.to_digit(10)).map(|d| DIGITS[d as usize]).collect::<Vec<_>>().join(" ")
}

/// A number in words: `15` → `mười lăm`, `1490000` → `một triệu bốn trăm chín mươi nghìn`.
/// Numbers of more than fifteen digits, and those that begin with a zero, are read digit by digit.
pub fn number(digits: &str) -> String {
    let trimmed = digits.trim_start_matches('0');
    if trimmed.is_empty() || digits.len() > 15 || (trimmed.len() != digits.len() && digits.len() > 2) {
        return if trimmed.is_empty() && digits.len() <= 1 {
            DIGITS[0].to_owned()
        } else {
            digit_by_digit(digits)
        };
    }
    match trimmed.parse() {
        Ok(value) => cardinal(value),
        Err(_) => digit_by_digit(digits),
    }
}

/// A number of a form or of a standard, whose zeros are read: `06` → `không sáu`; a long one digit by digit.
pub fn code_number(digits: &str) -> String {
    if digits.len() > 4 || (digits.starts_with('0') && digits.len() > 1) {
        digit_by_digit(digits)
    } else {
        number(digits)
    }
}

/// A whole number in words.
pub fn cardinal(value: u64) -> String {
    if value == 0 {
        return DIGITS[0].to_owned();
    }
    let mut words: Vec<String> = Vec::new();
    // Billions (tỷ) multiply whatever stands before them; below, groups of three.
    let (billions, rest) = (value / 1_000_000_000, value % 1_000_000_000);
    if billions > 0 {
        words.push(format!("{} tỷ", cardinal(billions)));
    }
    for (unit, name) in [(1_000_000, " triệu"), (1_000, " nghìn"), (1, "")] {
        let group = rest / unit % 1_000;
        if group > 0 {
            words.push(format!("{}{name}", below_thousand(group, !words.is_empty())));
        }
    }
    words.join(" ")
}

/// One group of three digits; `inside` a longer number the hundreds are spoken even when they are zero.
fn below_thousand(value: u64, inside: bool) -> String {
    let (hundreds, tens, ones) = ((value / 100) as usize, (value / 10 % 10) as usize, (value % 10) as usize);
    let mut words = Vec::new();
    if hundreds > 0 || inside {
        words.push(format!("{} trăm", DIGITS[hundreds]));
    }
    let has_hundreds = !words.is_empty();
    match tens {
        0 if ones > 0 && has_hundreds => words.push("linh".to_owned()),
        0 => {}
        1 => words.push("mười".to_owned()),
        _ => words.push(format!("{} mươi", DIGITS[tens])),
    }
    match (tens, ones) {
        (_, 0) => {}
        (2.., 1) => words.push("mốt".to_owned()),
        (2.., 4) => words.push("tư".to_owned()),
        (1.., 5) => words.push("lăm".to_owned()),
        _ => words.push(DIGITS[ones].to_owned()),
    }
    words.join(" ")
}

/// A Roman numeral up to 3999 as its value; null where the letters are none; fifteen letters are the longest there is.
pub fn roman(text: &str) -> Option<u64> {
    if text.len() > 15 {
        return None;
    }
    let value = |c| match c {
        'I' => Some(1),
        'V' => Some(5),
        'X' => Some(10),
        'L' => Some(50),
        'C' => Some(100),
        'D' => Some(500),
        'M' => Some(1000),
        _ => None,
    };
    let values: Vec<u64> = text.chars().map(value).collect::<Option<_>>()?;
    let total: i64 = values
        .iter()
        .enumerate()
        .map(|(n, &v)| if values.get(n + 1).is_some_and(|&next| next > v) { -(v as i64) } else { v as i64 })
        .sum();
    u64::try_from(total).ok().filter(|&total| total > 0 && to_roman(total) == text)
}

fn to_roman(mut value: u64) -> String {
    const PARTS: [(u64, &str); 13] = [
        (1000, "M"),
        (900, "CM"),
        (500, "D"),
        (400, "CD"),
        (100, "C"),
        (90, "XC"),
        (50, "L"),
        (40, "XL"),
        (10, "X"),
        (9, "IX"),
        (5, "V"),
        (4, "IV"),
        (1, "I"),
    ];
    let mut out = String::new();
    for (part, letters) in PARTS {
        while value >= part && out.len() < 16 {
            out.push_str(letters);
            value -= part;
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_said_as_people_say_them() {
        for (digits, words) in [
            ("0", "không"),
            ("4", "bốn"),
            ("10", "mười"),
            ("15", "mười lăm"),
            ("20", "hai mươi"),
            ("21", "hai mươi mốt"),
            ("24", "hai mươi tư"),
            ("25", "hai mươi lăm"),
            ("11", "mười một"),
            ("14", "mười bốn"),
            ("03", "ba"),
            ("100", "một trăm"),
            ("105", "một trăm linh năm"),
            ("110", "một trăm mười"),
            ("115", "một trăm mười lăm"),
            ("2019", "hai nghìn không trăm mười chín"),
            ("2005", "hai nghìn không trăm linh năm"),
            ("1000000", "một triệu"),
            ("1490000", "một triệu bốn trăm chín mươi nghìn"),
            ("1005000", "một triệu không trăm linh năm nghìn"),
            ("2500000000", "hai tỷ năm trăm triệu"),
            ("0912345678", "không chín một hai ba bốn năm sáu bảy tám"),
        ] {
            assert_eq!(number(digits), words);
        }
    }

    #[test]
    fn roman_numerals() {
        assert_eq!(roman("XIV"), Some(14));
        assert_eq!(roman("III"), Some(3));
        assert_eq!(roman("IIII"), None);
        assert_eq!(roman("CD"), Some(400));
        assert_eq!(roman("VX"), None);
    }
}
