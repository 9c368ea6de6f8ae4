//! The numbers of documents (`15/2021/NĐ-CP`), of standards (`QCVN 06:2022/BXD`) and of forms (`Mẫu số 01a/ĐK`).
//!
//! The mark of a document is taken apart into its kind and those who issued it (`tables/documents.tsv`). What the
//! sentence says itself is not said twice: the kind where it stands before the number, the issuer where `của …` follows.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::abbreviations;
use super::context::{Around, pattern, replace, rows};
use super::letters::{code, spelled};
use super::numbers::{code_number, digit_by_digit, number};

/// `kind:NĐ`, `by:CP`, `for:XPVPHC`, each with its words.
static MARKS: LazyLock<HashMap<&'static str, &'static str>> =
    LazyLock::new(|| rows(include_str!("tables/documents.tsv")).collect());

/// The kinds of documents as words, or short, that may stand before a number.
const KINDS: &[&str] = &[
    "hiến pháp",
    "luật",
    "bộ luật",
    "pháp lệnh",
    "lệnh",
    "nghị định",
    "nghị quyết",
    "nghị quyết liên tịch",
    "thông tư",
    "thông tư liên tịch",
    "thông tư liên bộ",
    "quyết định",
    "chỉ thị",
    "văn bản hợp nhất",
    "văn bản",
    "kế hoạch",
    "thông báo",
    "công văn",
    "công điện",
    "báo cáo",
    "hướng dẫn",
    "kết luận",
    "tờ trình",
    "sắc lệnh",
    "giấy phép",
    "hợp đồng",
    "biên bản",
    "đề án",
    "quy chế",
    "quy định",
    "chương trình",
    "giấy mời",
    "giấy xác nhận",
    "qđ",
    "nđ",
    "tt",
    "nq",
    "ct",
    "kh",
    "tb",
];

pattern!(
    NUMBERED,
    r"(?:\b([Ss]ố)\s*:?\s*)?\b(\d{1,3}\.\d{3}|\d{1,5})([a-zđ])?(?:\s?/\s?((?:19|20)\d{2}))?(?:\s?/\s?|-)((?:TTg|TTr|[A-ZĐƠƯ][A-ZĐƠƯ&]*)(?:\s?[-/]\s?(?:TTg|TTr|[A-ZĐƠƯ][A-ZĐƠƯ&]*)){0,6})(\s?\d{1,2}\b)?"
);
pattern!(
    KIND_AND_YEAR,
    r"(?i)\b(luật|pháp lệnh|nghị định|nghị quyết|thông tư|thông tư liên tịch|quyết định|chỉ thị)(\s+số)?\s+(\d{1,5})\s?/\s?((?:19|20)\d{2})\b"
);
pattern!(NUMBER_AND_YEAR, r"\b([Ss]ố)\s+(\d{1,5})/((?:19|20)\d{2})\b");
pattern!(
    ISSUER_FOLLOWS,
    r"^\s?(?:,?\s?ngày\s+\d{1,2}(?:\s+tháng\s+\d{1,2}\s+năm\s+\d{4}|\s?[/.\-]\s?\d{1,2}\s?[/.\-]\s?\d{4})\s?,?\s?)?của\s+(?:[Cc]hính|[Qq]uốc hội|[Tt]hủ tướng|TTg|Bộ|bộ|[Ủủ]y ban|[Uu]ỷ ban|UB|[Hh]ội đồng|HĐ|[Nn]gân hàng|[Tt]hống đốc|[Cc]hủ tịch|[Tt]òa|[Tt]oà|[Vv]iện|[Tt]ổng|[Tt]hanh tra|[Bb]an|[Bb]ộ trưởng|[Vv]ăn phòng|[Kk]iểm toán|[Ll]iên|[Cc]ác [Bb]ộ|[Hh]ội nghị|[Gg]iám đốc)"
);
pattern!(
    STANDARD,
    r"\b(QCVN|QCXDVN|QCĐP|QCKT|TCVN|TCXDVN|TCXD|TCN|TCCS|ISO|IEC|ASTM|TCQS)(?:[/\s](ISO/IEC|ISO|IEC|TS|TR))?\s?(\d{1,5})((?:\s?[-.]\s?\d{1,3}){0,3})(?:\s?:\s?((?:19|20)\d{2}))?(?:/([A-ZĐ][A-ZĐ&]{1,11}))?\b"
);
pattern!(
    FORM,
    r"\b([Mm]ẫu|MẪU|[Bb]iểu|BIỂU|[Bb]iểu mẫu|[Mm]ẫu biểu|[Mm]ẫu đơn|[Tt]ờ khai|[Pp]hiếu)(\s+số:?|\s+SỐ:?)?\s+((?:[A-ZĐ]{1,8}[a-z]?[A-Z]?|\d)[A-Za-zĐđ0-9]*(?:[./\-][A-Za-zĐđ0-9]+)*)"
);
pattern!(ANNEX, r"\b([Pp]hụ lục|PHỤ LỤC|[Bb]ảng|[Hh]ình)(\s+số)?\s+(\d{1,3}|[IVX]{1,6})-(\d{1,3}[a-z]?)\b");

pub(super) fn say(text: &str) -> String {
    let text = replace(&STANDARD, text, |m, around| Some(standard(m, around)));
    let text = replace(&FORM, &text, |m, around| {
        let has_digit = m[3].bytes().any(|b| b.is_ascii_digit());
        if !has_digit || around.is_glued_after() || looks_like_document(&m[3]) {
            return None;
        }
        Some(format!(
            "{}{} {}",
            &m[1],
            m.get(2).map_or("", |word| word.as_str().trim_end_matches(':')),
            code(&m[3])
        ))
    });
    let text = replace(&ANNEX, &text, |m, _| {
        let first = super::numbers::roman(&m[3]).map_or_else(|| number(&m[3]), super::numbers::cardinal);
        let word = m.get(2).map_or("", |word| word.as_str());
        Some(format!("{}{word} {first} gạch ngang {}", &m[1], code(&m[4])))
    });
    let text = replace(&NUMBERED, &text, document);
    let text = KIND_AND_YEAR.replace_all(&text, |m: &regex::Captures| {
        let word = m.get(2).map_or("", |word| word.as_str());
        format!("{}{word} {} năm {}", &m[1], number(&m[3]), number(&m[4]))
    });
    NUMBER_AND_YEAR
        .replace_all(&text, |m: &regex::Captures| {
            format!("{} {} năm {}", &m[1], number(&m[2]), number(&m[3]))
        })
        .into_owned()
}

/// `01/2020/TT-BTP` after `theo mẫu` is a circular and no form.
fn looks_like_document(written: &str) -> bool {
    let mut parts = written.split('/').skip(1);
    parts.next().is_some_and(|year| year.len() == 4 && year.bytes().all(|b| b.is_ascii_digit()))
}

fn document(m: &regex::Captures, around: &Around) -> Option<String> {
    let (mark, year) = (&m[5], m.get(4).map(|year| year.as_str()));
    let glued_to_word = around.after.starts_with(char::is_lowercase) && !around.after.starts_with("ngày");
    if mark.chars().count() < 2 || glued_to_word && m.get(6).is_none() {
        return None;
    }
    let trailing = m.get(6).map_or("", |digits| digits.as_str());
    let is_assembly = mark.ends_with("QH");
    let (term, kept) =
        if is_assembly || !trailing.starts_with(' ') { (trailing.trim(), "") } else { ("", trailing) };
    let said = mark_said(mark, term);
    if said.unknown && year.is_none() && m.get(1).is_none() && !around.comes_after(KINDS) {
        return None;
    }
    let named = m.get(1).map_or("số", |word| word.as_str());
    let letter = m.get(3).map(|letter| format!(" {}", spelled(letter.as_str()))).unwrap_or_default();
    let mut out = format!("{named} {}{letter}", number(&m[2].replace('.', "")));
    if let Some(year) = year {
        out.push_str(&format!(" năm {}", number(year)));
    }
    let kind_said = around.comes_after(KINDS);
    let issuer_follows = ISSUER_FOLLOWS.is_match(around.after);
    let matter = [said.kind.filter(|_| !kind_said), said.matter.as_deref()];
    let matter: Vec<&str> = matter.into_iter().flatten().filter(|words| !words.is_empty()).collect();
    if !matter.is_empty() {
        out.push_str(if kind_said { " " } else { ", " });
        out.push_str(&matter.join(" "));
    }
    if let Some(by) = said.by.filter(|_| !issuer_follows) {
        out.push_str(" của ");
        out.push_str(&by);
    }
    if around.is_glued_after() {
        out.push(' ');
    }
    Some(out + kept)
}

/// A mark in words.
struct MarkSaid {
    /// `nghị định`.
    kind: Option<&'static str>,
    /// What it is about, or letters that no table knows: `xử phạt vi phạm hành chính`.
    matter: Option<String>,
    /// `Bộ Tài chính và Bộ Tư pháp`.
    by: Option<String>,
    /// Whether no part of it stands in the table.
    unknown: bool,
}

fn mark_said(mark: &str, term: &str) -> MarkSaid {
    let parts: Vec<String> = mark
        .split(['-', '/'])
        .map(|part| part.trim().to_uppercase())
        .filter(|part| !part.is_empty())
        .collect();
    let (mut kind, mut matter, mut by, mut unknown) = (None, Vec::new(), Vec::new(), true);
    for (at, part) in parts.iter().enumerate() {
        let look = |column: &str| MARKS.get(format!("{column}:{part}").as_str()).copied();
        let at_edge = at == 0 || at + 1 == parts.len() && kind.is_none();
        if let Some(words) = look("kind").filter(|_| at_edge && kind.is_none()) {
            kind = Some(words);
            unknown = false;
        } else if let Some(words) = look("by") {
            by.push(words.to_owned());
            unknown = false;
        } else if let Some(words) = look("for") {
            matter.push(words.to_owned());
            unknown = false;
        } else {
            matter.push(abbreviations::meaning(part).map_or_else(|| spelled(part), str::to_owned));
        }
    }
    if !term.is_empty() {
        let assembly = by.last().is_some_and(|last| last.ends_with("Quốc hội"));
        match by.last_mut() {
            Some(last) if assembly => last.push_str(&format!(" khóa {}", number(term))),
            Some(last) => last.push_str(&format!(" {}", number(term))),
            None => matter.push(number(term)),
        }
    }
    let by = match by.as_slice() {
        [] => None,
        [one] => Some(one.clone()),
        [most @ .., last] => Some(format!("{} và {last}", most.join(", "))),
    };
    MarkSaid { kind, matter: (!matter.is_empty()).then(|| matter.join(" ")), by, unknown }
}

/// `QCVN 06:2022/BXD` → `quy chuẩn Việt Nam không sáu năm hai nghìn không trăm hai mươi hai của Bộ Xây dựng`.
fn standard(m: &regex::Captures, around: &Around) -> String {
    let series = &m[1];
    let full = match series {
        "QCVN" => "quy chuẩn Việt Nam",
        "QCXDVN" => "quy chuẩn xây dựng Việt Nam",
        "QCĐP" => "quy chuẩn địa phương",
        "QCKT" => "quy chuẩn kỹ thuật",
        "TCVN" => "tiêu chuẩn Việt Nam",
        "TCXDVN" => "tiêu chuẩn xây dựng Việt Nam",
        "TCXD" => "tiêu chuẩn xây dựng",
        "TCN" => "tiêu chuẩn ngành",
        "TCCS" => "tiêu chuẩn cơ sở",
        "TCQS" => "tiêu chuẩn quân sự",
        other => abbreviations::foreign(other).unwrap_or(other),
    };
    // `Quy chuẩn QCVN 02`: the word stands there already.
    let name =
        if around.comes_after(&["quy chuẩn kỹ thuật quốc gia", "tiêu chuẩn quốc gia", "tiêu chuẩn việt nam"])
        {
            "số"
        } else if around.comes_after(&["quy chuẩn", "tiêu chuẩn"]) {
            full.strip_prefix("quy chuẩn ").or(full.strip_prefix("tiêu chuẩn ")).unwrap_or(full)
        } else {
            full
        };
    let international = matches!(series, "ISO" | "IEC" | "ASTM")
        || m.get(2).is_some_and(|second| second.as_str().contains('I'));
    let mut out = name.to_owned();
    if let Some(second) = m.get(2) {
        out.push(' ');
        let names = second.as_str().split('/');
        let said =
            names.map(|name| abbreviations::foreign(name).map_or_else(|| spelled(name), str::to_owned));
        out.push_str(&said.collect::<Vec<_>>().join(" "));
    }
    out.push(' ');
    out.push_str(&if international { digit_by_digit(&m[3]) } else { code_number(&m[3]) });
    for (sign, digits) in parts_of(&m[4]) {
        out.push_str(if sign == '-' { " gạch ngang " } else { " chấm " });
        out.push_str(&code_number(digits.trim()));
    }
    if let Some(year) = m.get(5) {
        out.push_str(&format!(" năm {}", number(year.as_str())));
    }
    if let Some(by) = m.get(6) {
        let said = mark_said(by.as_str(), "");
        let words = said.by.map(|by| format!(" của {by}")).or(said.matter.map(|words| format!(" {words}")));
        out.push_str(&words.unwrap_or_default());
    }
    out
}

/// `-1.2` → `('-', "1")`, `('.', "2")`.
fn parts_of(tail: &str) -> Vec<(char, &str)> {
    let starts: Vec<usize> =
        tail.char_indices().filter(|(_, c)| matches!(c, '-' | '.')).map(|(at, _)| at).collect();
    let ends = starts.iter().skip(1).copied().chain([tail.len()]);
    starts
        .iter()
        .zip(ends)
        .map(|(&start, end)| (if tail[start..].starts_with('-') { '-' } else { '.' }, &tail[start + 1..end]))
        .collect()
}
