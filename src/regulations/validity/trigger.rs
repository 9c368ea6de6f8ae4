//! The words that end a document, and the part of the sentence they govern.

use std::sync::LazyLock;

use regex::Regex;

use super::status::Manner;

/// A word that ends documents, with what it governs.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Governed<'a> {
    pub manner: Manner,
    /// The words that name the documents.
    pub list: &'a str,
    /// The words after them: when, and except what.
    pub tail: &'a str,
    /// After `trừ`.
    pub exception: Option<&'a str>,
}

/// Without `\b`, which takes the fast engine away from anything that is not ASCII.
static TRIGGER: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?xi)
        (?P<passive> (?:(?:đều|cũng|sẽ|được|bị)\s+)+(?:bãi\sbỏ|thay\sthế|hủy\sbỏ|huỷ\sbỏ) )
        |(?P<ends> (?:(?:đều|cũng|sẽ|thì)\s+)*(?:hết|chấm\sdứt|không\scòn)\s+hiệu\slực(?:\s+(?:thi\shành|áp\sdụng|pháp\slý))? )
        |(?P<replaces> thay\sthế )
        |(?P<abolishes> (?:bãi|hủy|huỷ)\sbỏ )",
    )
    .expect("a constant pattern")
});

/// What may stand right before `thay thế` or `bãi bỏ` when it is the sentence's own verb.
static VERB_MAY_FOLLOW: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)(?:^|[;,:–.-]|\bvà|\bđồng thời|\bnày|\bsẽ|\d|\bký|\bban hành|\bthi hành|\bhiệu lực|báo|\bbố|”)\s*$").expect("a constant pattern")
});

static OWN: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)\b(?:luật|pháp lệnh|nghị quyết|nghị định|thông tư|thông tư liên tịch|quyết định|chỉ thị|quy chế|quy định)\s?,? này\b|\bthông tư có hiệu lực|\bcó hiệu lực")
        .expect("a constant pattern")
});

/// Words that make the whole a condition, a future or a description.
static HYPOTHETICAL: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)^(?:trường hợp|nếu|khi |trong trường hợp|sau khi|trước khi|trong thời hạn|đối với (?:các )?trường hợp)|(?:đến|cho tới|trước|sau|đến trước) (?:khi|ngày|thời điểm)[^;,]*$|\b(?:nếu|khi) (?:có|bị|được|văn bản)[^;,]*$|\bchưa $")
        .expect("a constant pattern")
});

static SINCE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)^(?:kể )?từ (?:ngày|thời điểm)[^;]*?(?:này có hiệu lực(?: thi hành)?|(?:19|20)\d{2})\s*(?:,|thì|;)?\s*(?:\bthì\b)?\s*|^[^;]*\bnày có hiệu lực[^;]*(?:19|20)\d{2}\s*[;,]\s*(?:và\s)?").expect("a constant pattern")
});

/// `trừ` as a word of its own: `loại trừ`, `khấu trừ` are others.
static EXCEPT: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)(?:[,;.]\s*|\bngoại\s|\bthi hành\s|\bhiệu lực\s)\b(?:trừ|riêng)\s+|\strừ\s(?P<after>(?:các\s)?(?:trường hợp|quy định|nội dung|điều|khoản|điểm|chương|mục|phần)\s)").expect("a constant pattern")
});

static BY_ANOTHER: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"\bbằng (?:các )?(?:cụm từ|từ|“|Luật số|Nghị định số|Thông tư số|Thông tư liên tịch số|Quyết định số|Nghị quyết số|Mẫu|Phụ lục|Danh mục)")
        .expect("a constant pattern")
});

static BY_THIS: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)^\s*(?:$|[.;,]|kể từ|từ ngày|bằng (?:các )?(?:quy định (?:của|tại) )?\S+(?: \S+){0,3}? này|bởi \S+(?: \S+){0,3}? này)").expect("a constant pattern")
});

/// What the words that end documents govern in a sentence.
pub(super) fn governed(sentence: &str) -> Vec<Governed<'_>> {
    let mut found = Vec::new();
    let triggers: Vec<_> = TRIGGER.captures_iter(sentence).collect();
    let mut closed = 0; // how far earlier triggers have taken the sentence
    for (at, trigger) in triggers.iter().enumerate() {
        let Some(whole) = trigger.get(0) else { continue };
        if whole.start() < closed {
            continue;
        }
        let before = &sentence[..whole.start()];
        if HYPOTHETICAL.is_match(before) {
            continue;
        }
        if trigger.name("ends").is_some() || trigger.name("passive").is_some() {
            let tail = &sentence[whole.end()..];
            if trigger.name("passive").is_some() && !BY_THIS.is_match(tail) {
                continue;
            }
            let from = SINCE.find(&sentence[closed..whole.start()]).map_or(closed, |m| closed + m.end());
            let (list, exception_before) = without_exception(&sentence[from..whole.start()]);
            let (tail, exception) = without_exception(tail);
            let manner = if trigger.name("ends").is_some() {
                Manner::Ended
            } else if whole.as_str().to_lowercase().ends_with("thay thế") {
                Manner::Replaced
            } else {
                Manner::Abolished
            };
            found.push(Governed { manner, list, tail, exception: exception.or(exception_before) });
            closed = sentence.len().min(whole.end());
            continue;
        }
        let replaces = trigger.name("replaces").is_some();
        if !VERB_MAY_FOLLOW.is_match(before)
            || replaces && !before.is_empty() && !OWN.is_match(before)
            || stands_in_a_title(before)
        {
            continue;
        }
        // up to the next verb of the same sort, or to the end
        let end = triggers[at + 1..]
            .iter()
            .filter(|t| t.name("passive").is_none())
            .filter_map(|t| t.get(0))
            .find(|m| ends_a_list(&sentence[..m.start()]))
            .map_or(sentence.len(), |m| m.start());
        let (list, exception) = without_exception(&sentence[whole.end()..end]);
        if BY_ANOTHER.is_match(list) {
            continue;
        }
        let manner = if replaces { Manner::Replaced } else { Manner::Abolished };
        let tail = sentence[end..].trim_start();
        // `bãi bỏ A, B hết hiệu lực từ ngày …`: one list
        let tail = if TRIGGER.captures(tail).is_some_and(|t| t.name("ends").is_some_and(|m| m.start() == 0)) {
            closed = sentence.len();
            tail
        } else {
            closed = end;
            ""
        };
        found.push(Governed { manner, list, tail, exception });
    }
    found
}

/// `Thông tư số … sửa đổi Thông tư số …, bãi bỏ Thông tư số …`: the verb belongs to what the first one is called.
fn stands_in_a_title(before: &str) -> bool {
    let listed = before.trim_end().ends_with(',') || before.trim_end().ends_with(" và");
    let item = before.rsplit(';').next().unwrap_or(before);
    listed && item.contains("sửa đổi") && item.contains("số ")
}

/// Whether a trigger after these words is a verb of its own, and no word of a title (`sửa đổi, thay thế`).
fn ends_a_list(before: &str) -> bool {
    let before = before.trim_end();
    let words = before.trim_end_matches("và").trim_end().trim_end_matches([';', ',']).trim_end();
    let title = ["sửa đổi", "bổ sung", "thay thế", "bãi bỏ", "hủy bỏ", "đình chỉ"];
    VERB_MAY_FOLLOW.is_match(before)
        && !stands_in_a_title(before)
        && !title.iter().any(|word| words.to_lowercase().ends_with(word))
}

/// Parts words at `trừ`.
pub(super) fn without_exception(words: &str) -> (&str, Option<&str>) {
    match EXCEPT.captures(words) {
        Some(except) => {
            let after = except.name("after").map(|m| m.start());
            let whole = except.get(0).map_or(0..0, |m| m.range());
            (&words[..whole.start], Some(words[after.unwrap_or(whole.end)..].trim()))
        }
        None => (words, None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lists(sentence: &str) -> Vec<&str> {
        governed(sentence).iter().map(|g| g.list.trim()).collect()
    }

    #[test]
    fn verbs_and_ends() {
        assert_eq!(lists("Thông tư này có hiệu lực từ ngày ký và thay thế Thông tư A."), ["Thông tư A."]);
        assert_eq!(lists("Bãi bỏ Nghị định A; thay thế Nghị định B."), ["Nghị định A;"]);
        assert_eq!(lists("Luật A hết hiệu lực kể từ ngày Luật này có hiệu lực thi hành."), ["Luật A"]);
        assert_eq!(lists("Kể từ ngày Luật này có hiệu lực thi hành, Luật A hết hiệu lực."), ["Luật A"]);
        let found = &governed("Luật A hết hiệu lực, trừ Điều 5.")[0];
        assert_eq!((found.list.trim(), found.exception), ("Luật A", Some("Điều 5.")));
        assert_eq!(
            lists(
                "Thông tư này có hiệu lực từ ngày 10 tháng 12 năm 2014; Thông tư A hết hiệu lực từ ngày đó."
            ),
            ["Thông tư A"]
        );
        assert_eq!(governed("Thay thế Thông tư A về tài sản loại trừ khi sắp xếp.")[0].exception, None);
        assert_eq!(lists("Thông tư A được thay thế bằng Thông tư này."), ["Thông tư A"]);
    }

    #[test]
    fn conditions_and_descriptions_end_nothing() {
        assert!(lists("Văn bản được sửa đổi, bổ sung, thay thế thì áp dụng văn bản mới").is_empty());
        assert!(lists("tiếp tục áp dụng cho đến khi có văn bản thay thế Nghị định A").is_empty());
        assert!(lists("Trường hợp Nghị định A hết hiệu lực thì áp dụng").is_empty());
        assert!(lists("Thay thế Nghị định A bằng Nghị định số B").is_empty());
        assert!(lists("Điều 1 Thông tư số A sửa đổi Thông tư số B, bãi bỏ Thông tư số C").is_empty());
        assert!(lists("theo Nghị định B thay thế Nghị định A").is_empty());
    }
}
