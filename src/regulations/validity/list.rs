//! Which of the documents named in a list are meant, and which only stand in the title or the history of another:
//! in `thay thế Thông tư số A hướng dẫn Nghị định số B và Thông tư số C`, A and C are, B is not.
//!
//! Where the grammar leaves it open, the answer is [`Scope::Doubtful`], and nothing is concluded from it.

use std::sync::LazyLock;

use regex::Regex;

use super::number::Kind;
use super::reference::Reference;

/// What a list says of a document it names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Scope {
    /// The whole document.
    Whole,
    /// A part of it, in these words.
    Part(String),
    /// Nothing: it only describes another.
    Nothing,
    /// It cannot be told.
    Doubtful,
}

static FILLER: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)^(?:(?:cho|các|những|toàn bộ|tất cả|văn bản|quy phạm pháp luật|(?:bộ luật|luật|pháp lệnh|nghị định|thông tư liên tịch|thông tư|quyết định|nghị quyết)?\s?(?:sau(?: đây)?|:)|dưới đây|gồm|bao gồm|có|và|hiệu lực|thi hành|của|[:;,.–+-]|[a-zđ]\)|\d{1,2}[.)])\s*)*$").expect("a constant pattern")
});
/// `các Quyết định và Thông tư sau đây của Bộ trưởng:`
static ANNOUNCED: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)^(?:các|những)\s(?:văn bản|luật|pháp lệnh|nghị định|thông tư|quyết định|nghị quyết)[^\d;:]*\b(?:sau đây|sau|dưới đây)\b[^\d;:]*:$").expect("a constant pattern")
});
static SEPARATOR: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)(?P<sign>[;,:–]|\s-|\bvà|\bcùng với|\bvới)\s*(?:(?:các|cả|cho|toàn bộ|thay thế|bãi bỏ|hủy bỏ|huỷ bỏ|đồng thời|và|[a-zđ]\)|\d{1,2}[.)]|-|–)\s*)*$").expect("a constant pattern")
});
const PART_WORD: &str = r"(?:(?:các|toàn bộ|một số|những|nội dung|\d+|tên|hiệu lực(?: thi hành)?|của|và|bãi bỏ)\s+)*(?:điểm|khoản|điều|từ (?:mục|điều|chương)|mục|tiểu mục|chương|phần|phụ lục|mẫu|biểu|biểu mẫu|tiết|danh mục|quy định|nội dung|quy chế|quy trình|cụm từ|đoạn|gạch|bảng|định mức|chế độ|mức|thủ tục|tiêu chuẩn|chuẩn mực|hệ thống|quy phạm|quy chuẩn|điều lệ|chương trình)";
static PART_FIRST: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(&format!(r"(?i)^\s*{PART_WORD}\b[^;]*(?:;\s*{PART_WORD}\b[^;]*)*$"))
        .expect("a constant pattern")
});
static PART_LATER: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(&format!(r"(?i)(?P<sign>;|,|\bvà)\s*(?P<words>{PART_WORD}\b[^;]*)$"))
        .expect("a constant pattern")
});
static NUMBERED_PART: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"(?i)\b(?:điểm|khoản|điều)\s").expect("a constant pattern"));
static OWN_DOCUMENT: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)\b(?:luật|pháp lệnh|nghị quyết|nghị định|thông tư|quyết định|điều|khoản)(?: liên tịch)? này\b|\bcó hiệu lực").expect("a constant pattern")
});
static AMENDED_BY: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)(?:được|đã)\s(?:sửa đổi|bổ sung|thay thế|đính chính|hợp nhất)[^;]*$")
        .expect("a constant pattern")
});
static AMENDS: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)sửa đổi|bổ sung|đính chính|bãi bỏ|thay thế|hủy bỏ|huỷ bỏ").expect("a constant pattern")
});
static GUIDES: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)\b(?:hướng dẫn|thi hành|thực hiện|quy định chi tiết|theo|sửa đổi|bổ sung|của|tại)\b[^;]*\b(?P<kind>Luật|Bộ luật|Pháp lệnh|Nghị định|Nghị quyết|Quyết định|Thông tư)\b").expect("a constant pattern")
});

/// A document that describes the last one meant.
struct Nested {
    kind: Kind,
    /// `đã được sửa đổi theo …`: it amends the one meant, and more of its sort may follow.
    amender: bool,
    /// `sửa đổi, bổ sung một số điều của …`: the one meant amends it, and may amend more.
    amended: bool,
    /// It is itself meant, earlier in the list: nothing more follows.
    closed: bool,
}

/// For each reference of a list, what the list says of it.
pub(super) fn scopes(list: &str, references: &[Reference]) -> Vec<Scope> {
    let mut scopes: Vec<Scope> = Vec::with_capacity(references.len());
    let mut nested: Option<Nested> = None;
    let mut end = 0;
    for (at, reference) in references.iter().enumerate() {
        let gap = list.get(end..reference.span.start).unwrap_or_default();
        end = reference.span.end;
        let meant = |scopes: &[Scope]| scopes.iter().any(|s| matches!(s, Scope::Whole | Scope::Part(_)));
        let scope = if at == 0 {
            first(gap)
        } else if !meant(&scopes) {
            Scope::Nothing
        } else {
            later(gap, reference, &nested, &scopes, references)
        };
        match &scope {
            Scope::Nothing => {
                let closed = reference.number.is_some()
                    && references[..at]
                        .iter()
                        .zip(&scopes)
                        .any(|(earlier, scope)| *scope == Scope::Whole && earlier.number == reference.number);
                let chained = nested.as_ref().filter(|_| SEPARATOR.is_match(gap));
                nested = Some(Nested {
                    kind: reference.kind,
                    amender: chained.map_or_else(|| AMENDED_BY.is_match(gap), |n| n.amender),
                    amended: chained
                        .map_or_else(|| AMENDS.is_match(gap) && !AMENDED_BY.is_match(gap), |n| n.amended),
                    closed,
                });
            }
            Scope::Whole | Scope::Part(_) => nested = None,
            Scope::Doubtful => {}
        }
        scopes.push(scope);
    }
    scopes
}

fn first(gap: &str) -> Scope {
    let words = gap.trim();
    if FILLER.is_match(words) || ANNOUNCED.is_match(words) && !NUMBERED_PART.is_match(words) {
        Scope::Whole
    } else if PART_FIRST.is_match(words) && !OWN_DOCUMENT.is_match(words) {
        Scope::Part(words.to_owned())
    } else {
        Scope::Nothing
    }
}

fn later(
    gap: &str,
    reference: &Reference,
    nested: &Option<Nested>,
    scopes: &[Scope],
    references: &[Reference],
) -> Scope {
    let last_meant = scopes.iter().rposition(|s| matches!(s, Scope::Whole | Scope::Part(_)));
    let after_part = last_meant.is_some_and(|at| matches!(scopes[at], Scope::Part(_)));
    let head_kind = last_meant.map_or(Kind::Other, |at| references[at].kind);
    let open = nested.as_ref().filter(|n| !n.closed);
    let Some(separator) = SEPARATOR.captures(gap) else {
        return later_part(gap, reference, open, after_part, head_kind);
    };
    let semicolon = matches!(&separator["sign"], ";");
    if after_part && !semicolon {
        return Scope::Doubtful;
    }
    let Some(open) = open else {
        let mention = GUIDES.captures(gap).map(|m| Kind::of(&m["kind"]));
        return match mention {
            Some(kind) if !semicolon && (kind == reference.kind || reference.kind != head_kind) => {
                Scope::Doubtful
            }
            _ => Scope::Whole,
        };
    };
    let same = open.kind == reference.kind;
    if open.amender {
        return match () {
            () if semicolon => Scope::Whole,
            // `theo Luật số A, Luật số B`: amenders have numbers only; a law with its title is the next one meant.
            () if reference.kind.has_a_name() && reference.title.is_some() => Scope::Whole,
            () if reference.kind.has_a_name() => Scope::Nothing,
            () => Scope::Doubtful,
        };
    }
    if open.amended {
        return if same { Scope::Doubtful } else { Scope::Whole };
    }
    match (same, reference.kind == head_kind) {
        (true, false) => Scope::Nothing,
        (true, true) if !semicolon => Scope::Doubtful,
        (false, false) if !semicolon => Scope::Doubtful,
        _ => Scope::Whole,
    }
}

/// A reference that no separator precedes: a part of it may be meant, as in `…; khoản 2 Điều 7 Thông tư số …`.
fn later_part(
    gap: &str,
    reference: &Reference,
    open: Option<&Nested>,
    after_part: bool,
    head_kind: Kind,
) -> Scope {
    let Some(part) = PART_LATER.captures(gap) else { return Scope::Nothing };
    let words = part["words"].trim();
    let start = part.name("words").map_or(0, |m| m.start());
    let listed = match &part["sign"] {
        ";" => true,
        // `… và Điều 2 Thông tư số …`: not where a title speaks of articles, or names a document
        _ if NUMBERED_PART.find(words).is_some_and(|m| m.start() == 0) => {
            !GUIDES.is_match(gap) && open.is_none() && (after_part || !NUMBERED_PART.is_match(&gap[..start]))
        }
        _ => return Scope::Nothing,
    };
    let described = open.is_some_and(|n| n.amended && n.kind == reference.kind);
    match listed {
        false if reference.kind != head_kind => Scope::Nothing,
        true if !described
            && !OWN_DOCUMENT.is_match(gap)
            && (reference.kind == head_kind || &part["sign"] == ";") =>
        {
            Scope::Part(words.to_owned())
        }
        _ => Scope::Doubtful,
    }
}

#[cfg(test)]
mod tests {
    use super::super::reference::references;
    use super::*;

    fn told(list: &str) -> String {
        let found = references(list);
        scopes(list, &found)
            .iter()
            .map(|s| match s {
                Scope::Whole => 'W',
                Scope::Part(_) => 'P',
                Scope::Nothing => '-',
                Scope::Doubtful => '?',
            })
            .collect()
    }

    #[test]
    fn what_is_meant_and_what_describes() {
        assert_eq!(
            told(
                "Thông tư số 1/2010/TT-BTC hướng dẫn Nghị định số 2/2009/NĐ-CP và Thông tư số 3/2011/TT-BTC"
            ),
            "W-W"
        );
        assert_eq!(
            told(
                "Thông tư số 1/2010/TT-BTC hướng dẫn Nghị định số 2/2009/NĐ-CP và Nghị định số 3/2009/NĐ-CP"
            ),
            "W--"
        );
        assert_eq!(told("Điều 5 và khoản 2 Điều 7 Thông tư số 1/2010/TT-BTC"), "P");
        assert_eq!(told("các văn bản sau đây: Thông tư số 1/2010/TT-BTC, Thông tư số 2/2010/TT-BTC"), "WW");
        assert_eq!(
            told(
                "Thông tư số 1/2010/TT-BTC quy định mức thu, chế độ thu và Thông tư số 2/2011/TT-BTC sửa đổi Thông tư số 1/2010/TT-BTC"
            ),
            "WW-"
        );
        assert_eq!(told("Thông tư số 1/2010/TT-BTC về kỷ luật và Điều 2 Thông tư số 2/2011/TT-BTC"), "WP");
        assert_eq!(
            told("Thông tư số 1/2010/TT-BTC hướng dẫn Điều 4 và Điều 7 Nghị định số 2/2009/NĐ-CP"),
            "W-"
        );
        assert_eq!(told("khoản 1 Điều 38; các Điều 39, 40 và Điều 46 Nghị định số 2/2009/NĐ-CP"), "P");
        assert_eq!(told("Các thông tư: Thông tư số 1/2010/TT-BTC; Thông tư số 2/2010/TT-BTC"), "WW");
        assert_eq!(
            told("các Quyết định và Thông tư sau đây của Bộ trưởng: Quyết định số 1/2010/QĐ-BTC"),
            "W"
        );
        assert_eq!(
            told("các văn bản và các Điều, Khoản trong các văn bản sau: Quyết định số 1/2010/QĐ-BTC"),
            "-"
        );
        assert_eq!(told("Giấy phép cấp theo Thông tư số 1/2010/TT-BTC"), "-");
    }

    #[test]
    fn amending_documents() {
        let amended = "Thông tư số 1/2010/TT-BTC; Thông tư số 2/2011/TT-BTC sửa đổi Thông tư số 1/2010/TT-BTC; Thông tư số 3/2012/TT-BTC";
        assert_eq!(told(amended), "WW-W");
        let open = "Thông tư số 2/2011/TT-BTC sửa đổi Thông tư số 1/2010/TT-BTC; Thông tư số 3/2012/TT-BTC";
        assert_eq!(told(open), "W-?");
        let laws = "Luật bầu cử số 1/1997/QH9 đã được sửa đổi theo Luật số 31/2001/QH10 và Luật số 63/2010/QH12, Luật hội đồng số 12/2003/QH11";
        assert_eq!(told(laws), "W--W");
    }
}
