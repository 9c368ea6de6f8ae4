//! Document numbers (`81/2006/QH11`) and kinds: how they are compared, and which may repeal which.

/// The kind of a document, as far as its authority goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// `Hiến pháp`.
    Constitution,
    /// `Luật`, `Bộ luật`.
    Law,
    /// `Pháp lệnh`.
    Ordinance,
    /// `Nghị quyết`.
    Resolution,
    /// `Nghị định`.
    Decree,
    /// `Quyết định`.
    Decision,
    /// `Thông tư`, `Thông tư liên tịch`.
    Circular,
    /// `Chỉ thị`.
    Directive,
    /// Anything else.
    Other,
}

impl Kind {
    /// The kind that a word or a `doc_type` names.
    pub fn of(word: &str) -> Self {
        let word = word.trim().to_lowercase();
        match word.as_str() {
            w if w.starts_with("hiến pháp") => Self::Constitution,
            w if w.starts_with("luật") || w.starts_with("bộ luật") => Self::Law,
            w if w.starts_with("pháp lệnh") => Self::Ordinance,
            w if w.starts_with("nghị quyết") => Self::Resolution,
            w if w.starts_with("nghị định") => Self::Decree,
            w if w.starts_with("quyết định") => Self::Decision,
            w if w.starts_with("thông tư") => Self::Circular,
            w if w.starts_with("chỉ thị") => Self::Directive,
            _ => Self::Other,
        }
    }

    /// A law or an ordinance: the kinds that are called by their title.
    pub fn has_a_name(self) -> bool {
        matches!(self, Self::Law | Self::Ordinance)
    }

    /// How high a document of this kind and number stands: 1 is the highest below the constitution.
    pub fn rank(self, number: &str) -> u8 {
        let letters = number.to_uppercase();
        match self {
            Self::Constitution => 0,
            Self::Law => 1,
            Self::Ordinance => 2,
            Self::Resolution if letters.contains("UBTVQH") => 2,
            Self::Resolution if letters.contains("QH") => 1,
            Self::Resolution if letters.contains("CP") => 3,
            Self::Decree => 3,
            Self::Decision if letters.contains("TTG") || letters.contains("HĐBT") => 4,
            _ => 5,
        }
    }
}

/// The spelling under which numbers are compared: upper case, without dashes and spaces, without the `NQ-` or
/// `PL-` that some put before `UBTVQH`, and with the term of the National Assembly put right.
pub fn canonical_number(number: &str) -> String {
    let mut canonical = String::with_capacity(number.len());
    let mut slashes = 0;
    for c in number.trim().chars() {
        match c {
            '/' if slashes < 2 => {
                slashes += 1;
                canonical.push('/');
            }
            'Ð' | 'ð' | 'đ' => canonical.push('Đ'),
            c if c.is_alphanumeric() => canonical.extend(c.to_uppercase()),
            _ => {}
        }
    }
    let (head, letters) = match canonical.rfind('/') {
        Some(at) => canonical.split_at(at + 1),
        None => ("", canonical.as_str()),
    };
    if let Some(written) = letters.strip_prefix("QH")
        && written.bytes().all(|b| b.is_ascii_digit())
        && let Some(term) = year_of(&canonical).and_then(|year| corrected_term(year, written))
    {
        return format!("{}QH{term}", strip_zeros(head));
    }
    match letters.strip_prefix("NQ").or_else(|| letters.strip_prefix("PL")) {
        Some(rest) if rest.starts_with("UBTVQH") => format!("{}{rest}", strip_zeros(head)),
        _ => format!("{}{letters}", strip_zeros(head)),
    }
}

/// `01/2020/` and `1/2020/` are the same.
fn strip_zeros(head: &str) -> &str {
    head.trim_start_matches('0')
}

/// The year in a number: 2006 in `81/2006/QH11`; none in `73-CP`.
pub fn year_of(number: &str) -> Option<i16> {
    number.split('/').skip(1).find_map(|part| match part.trim() {
        year if year.len() == 4 => year.parse().ok().filter(|y| (1945..2100).contains(y)),
        _ => None,
    })
}

/// The terms of the National Assembly, by their first and last years.
const TERMS: [(u8, i16, i16); 9] = [
    (8, 1987, 1992),
    (9, 1992, 1997),
    (10, 1997, 2002),
    (11, 2002, 2007),
    (12, 2007, 2011),
    (13, 2011, 2016),
    (14, 2016, 2021),
    (15, 2021, 2026),
    (16, 2026, 2031),
];

/// The term that a law of that year is of, where the one written cannot be: `67/2014/QH14` is misprinted,
/// `79/2006/QH` cut short.
fn corrected_term(year: i16, written: &str) -> Option<u8> {
    let in_session = |(_, from, to): &&(u8, i16, i16)| (*from..=*to).contains(&year);
    if written.parse::<u8>().is_ok_and(|written| TERMS.iter().any(|t| t.0 == written && in_session(&t))) {
        return None;
    }
    let mut terms = TERMS.iter().filter(in_session);
    let term = terms.next()?.0;
    terms.next().is_none().then_some(term)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_a_number_are_one() {
        assert_eq!(canonical_number("43/2002/PL- UBTVQH10"), canonical_number("43/2002/UBTVQH10"));
        assert_eq!(canonical_number("05/2011/TT-BTP"), canonical_number("5/2011/TTBTP"));
        assert_eq!(canonical_number("1/2020/NÐ-CP"), canonical_number("01/2020/nđ-cp"));
        assert_ne!(canonical_number("1/2020/NĐ-CP"), canonical_number("11/2020/NĐ-CP"));
    }

    #[test]
    fn years_and_terms() {
        assert_eq!(year_of("81/2006/QH11"), Some(2006));
        assert_eq!(year_of("73-CP"), None);
        assert_eq!(canonical_number("67/2014/QH14"), canonical_number("67/2014/QH13"));
        assert_eq!(canonical_number("79/2006/QH"), canonical_number("79/2006/QH11"));
        assert_ne!(canonical_number("5/2016/QH13"), canonical_number("5/2016/QH14"));
    }

    #[test]
    fn a_circular_stands_below_a_decree() {
        assert!(Kind::Circular.rank("1/2020/TT-BTC") > Kind::Decree.rank("1/2020/NĐ-CP"));
        assert_eq!(Kind::of("Bộ Luật"), Kind::Law);
        assert_eq!(Kind::Resolution.rank("1/2020/QH14"), 1);
        assert_eq!(Kind::Resolution.rank("1/2020/UBTVQH14"), 2);
    }
}
