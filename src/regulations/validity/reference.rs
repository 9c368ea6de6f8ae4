//! Documents named in a sentence: `Thông tư số 12/2010/TT-BYT`, `Luật Cư trú số 81/2006/QH11`,
//! `Luật Công đoàn năm 1990`.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use super::number::{Kind, year_of};

/// A document named in a sentence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Reference {
    pub kind: Kind,
    /// As the sentence writes it; none where the document is named by title and year only.
    pub number: Option<String>,
    /// For laws and ordinances, the words between the kind and the number or the year.
    pub title: Option<String>,
    /// From the number, or else from the words.
    pub year: Option<i16>,
    /// Bytes of the sentence, from the kind to the number or year.
    pub span: Range<usize>,
}

static NUMBER: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?x) \d{1,5}[A-Za-zĐđ]?
        (?: \s?[/-]\s? (?:19|20)\d{2} )?
        \s?[/-]\s? (?: TTg | [A-ZĐ&]+ ) \d{0,2}
        (?: [-–/]\s? (?: TTg\d{0,2} | [A-ZĐ&]{2,}\d{0,2} ) | \s[-–]\s?(?:TTg|UBTVQH\d+|NHNN|CP|B[A-ZĐ]{1,6})\b )*",
    )
    .expect("a constant pattern")
});

/// The words that open a document's name; capital, for `quyết định` is also a verb.
static KIND: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?:Bộ [lL]uật|Luật|Pháp lệnh|Hiến pháp|Nghị quyết|Nghị định|Thông tư|Quyết định|Chỉ thị|Sắc lệnh|Sắc luật)",
    )
    .expect("a constant pattern")
});

static AMENDING: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?:Bộ [lL]uật|Luật|Pháp lệnh|Nghị quyết|Nghị định|Thông tư|Quyết định)\s+(?:về\s+(?:việc\s+)?)?[sS]ửa đổi")
        .expect("a constant pattern")
});

static YEAR: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"\s(?:năm|ngày\s+\d{1,2}(?:\s?tháng\s?|\s?[/-]\s?)\d{1,2}(?:\s?năm|\s?[/-]))\s?(?P<year>(?:19|20)\d{2})\b")
        .expect("a constant pattern")
});

/// The documents named in a sentence, in order. The sentence is one that [`super::sentence::clean`] has seen.
pub(super) fn references(sentence: &str) -> Vec<Reference> {
    let mut found: Vec<Reference> = Vec::new();
    let mut from = 0;
    for number in NUMBER.find_iter(sentence) {
        let before = sentence[..number.start()].chars().next_back();
        if before.is_some_and(|c| c.is_alphanumeric() || matches!(c, ':' | '/' | '.' | '-')) {
            continue; // the tail of something else, as in `QCVN 01:2019/BCT`
        }
        let written = number.as_str().split_whitespace().collect::<String>();
        named_by_year(sentence, from..number.start(), true, &mut found);
        let from_here = found.last().map_or(from, |last| last.span.end.max(from));
        if let Some(reference) = numbered(sentence, from_here, number.range(), &written, found.last()) {
            found.push(reference);
        }
        from = number.end();
    }
    named_by_year(sentence, from..sentence.len(), false, &mut found);
    found
}

/// The reference whose number lies at `number`, its kind looked for from `from` on.
fn numbered(
    sentence: &str,
    from: usize,
    number: Range<usize>,
    written: &str,
    last: Option<&Reference>,
) -> Option<Reference> {
    let window = &sentence[from..number.start];
    let year = year_of(written);
    let make = |kind, start, title| Reference {
        kind,
        number: Some(written.to_owned()),
        title,
        year,
        span: start..number.end,
    };
    let after_semicolon = window.rfind(';').map_or(0, |at| at + 1);
    let Some(word) = KIND.find_iter(&window[after_semicolon..]).last() else {
        // `các Thông tư số 1/2010/TT-BTC, số 2/2010/TT-BTC`
        let bare = window.trim_end().strip_suffix("số").unwrap_or(window).trim_end();
        let start = from + bare.len();
        let enumerated = bare.ends_with([',', ';']) || bare.ends_with("và");
        return last.filter(|_| enumerated && bare.len() < 200).map(|last| make(last.kind, start, None));
    };
    let start = after_semicolon + word.start();
    let kind = Kind::of(word.as_str());
    let between = window[after_semicolon + word.end()..].trim();
    let between = between.strip_suffix("số").unwrap_or(between).trim().trim_end_matches(',').trim_end();
    let between =
        between.strip_prefix("liên tịch").or(between.strip_prefix("liên bộ")).unwrap_or(between).trim();
    if between.chars().count() > if kind.has_a_name() { 180 } else { 50 } {
        return None;
    }
    // `Luật sửa đổi, bổ sung một số điều của Luật Khoáng sản số 46/2005/QH11`: the number is the amending law's.
    if let Some(amending) = AMENDING.find_iter(&window[after_semicolon..]).last()
        && kind.has_a_name()
        && after_semicolon + amending.start() < start
    {
        let whole = &window[after_semicolon + amending.start()..];
        return Some(make(kind, from + after_semicolon + amending.start(), Some(whole.trim().to_owned())));
    }
    let title = (kind.has_a_name() && !between.is_empty()).then(|| between.to_owned());
    Some(make(kind, from + start, title))
}

/// Laws and ordinances named by title and year within `range`; the last kind word belongs to the number that
/// follows, if one does.
fn named_by_year(sentence: &str, range: Range<usize>, number_follows: bool, found: &mut Vec<Reference>) {
    let window = &sentence[range.clone()];
    let words: Vec<_> = KIND.find_iter(window).collect();
    let mut skip_until = 0;
    for (at, word) in words.iter().enumerate() {
        let kind = Kind::of(word.as_str());
        if !kind.has_a_name() || word.start() < skip_until {
            continue;
        }
        let amends = AMENDING.find(&window[word.start()..]).is_some_and(|m| m.start() == 0);
        // the name ends before the next kind word, or, of an amending law, before the one after that
        let stop = words.get(at + if amends { 2 } else { 1 }).map_or(window.len(), |next| next.start());
        let name = &window[word.end()..stop];
        let name = name.split(';').next().unwrap_or(name);
        let Some(dated) = YEAR.captures(name) else { continue };
        let title = name[..dated.get(0).map_or(0, |m| m.start())].trim();
        if title.is_empty() || title.chars().count() > 160 {
            continue;
        }
        let year_end = word.end() + dated.get(0).map_or(0, |m| m.end());
        let rest = window[year_end..].trim_start();
        if number_follows && (rest.starts_with("số") || rest.is_empty()) || title.contains("số ") && !amends
        {
            continue;
        }
        skip_until = year_end;
        found.push(Reference {
            kind,
            number: None,
            title: Some(title.to_owned()),
            year: dated["year"].parse().ok(),
            span: range.start + word.start()..range.start + year_end,
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(sentence: &str) -> Vec<String> {
        references(sentence)
            .iter()
            .map(|r| {
                let title = r.title.clone().unwrap_or_default();
                format!(
                    "{:?} {} {title}",
                    r.kind,
                    r.number.clone().unwrap_or_else(|| format!("{:?}", r.year))
                )
            })
            .map(|s| s.trim().to_owned())
            .collect()
    }

    #[test]
    fn numbers_with_their_kinds() {
        let text = "Thông tư số 05/2011/TT-BTP ngày 01 tháng 02 năm 2011 hướng dẫn Nghị định số 73-CP và Quyết định 15/2005/QĐ-BTNMTngày";
        assert_eq!(shown(text), ["Circular 05/2011/TT-BTP", "Decree 73-CP", "Decision 15/2005/QĐ-BTNMT"]);
        assert_eq!(
            shown("các Thông tư số 1/2010/TT-BTC, số 2/2010/TT-BTC và 3/2010/TT-BTC"),
            ["Circular 1/2010/TT-BTC", "Circular 2/2010/TT-BTC", "Circular 3/2010/TT-BTC"]
        );
        assert!(shown("QCVN 01:2019/BCT về an toàn").is_empty());
    }

    #[test]
    fn laws_by_title() {
        assert_eq!(
            shown("Luật Phòng, chống ma túy số 23/2000/QH10"),
            ["Law 23/2000/QH10 Phòng, chống ma túy"]
        );
        assert_eq!(shown("Luật Công đoàn năm 1990 hết hiệu lực"), ["Law Some(1990) Công đoàn"]);
        assert_eq!(
            shown(
                "Luật Khoáng sản ngày 20 tháng 3 năm 1996 và Luật sửa đổi, bổ sung một số điều của Luật Khoáng sản số 46/2005/QH11"
            ),
            [
                "Law Some(1996) Khoáng sản",
                "Law 46/2005/QH11 Luật sửa đổi, bổ sung một số điều của Luật Khoáng sản số"
            ]
        );
        assert_eq!(
            shown("Luật Nhà ở số 65/2014/QH13 ngày 25 tháng 11 năm 2014 hướng dẫn Luật Đất đai"),
            ["Law 65/2014/QH13 Nhà ở"]
        );
    }
}
