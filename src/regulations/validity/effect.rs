//! When a document comes into force, by its own words, and which of its parts do on another day.

use std::sync::LazyLock;

use jiff::civil::Date;
use regex::Regex;

use super::dates::{captured, date_pattern};
use super::number::Kind;
use super::provision::provisions;
use super::reference::{Reference, references};
use super::status::StagedEffect;

static OWN_EFFECT: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(&format!(
        r"(?i)^(?P<kind>bộ luật|luật|pháp lệnh|nghị quyết|nghị định|thông tư|quyết định|chỉ thị)(?: liên tịch| liên bộ)?\s?(?:này|có)[^.;]*?hiệu lực(?: thi hành| pháp luật)?(?:\s[^.;\s]+){{0,5}}?\s(?:kể\s)?từ(?: ngày)?\s{}",
        date_pattern()
    ))
    .expect("a constant pattern")
});
static PART_EFFECT: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(&format!(
        r"(?i)^(?P<parts>(?:riêng\s|các\s|quy định tại\s|các quy định tại\s)*(?:điểm|khoản|điều)\s[^.;]*?)\s(?:của (?:\S+\s){{1,4}}này\s)?có hiệu lực(?: thi hành)?\s(?:kể\s)?từ ngày\s{}",
        date_pattern()
    ))
    .expect("a constant pattern")
});
static NOTE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(&format!(
        r"(?m)^\s*\((?:Điều|Các điều)\s\d[\d, và]*\s(?:của\s)?(?P<document>[^()]*?),?\scó hiệu lực[^()]*?\s(?:ngày\s)?{}",
        date_pattern()
    ))
    .expect("a constant pattern")
});
static MOVED: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(&format!(
        r"Sửa đổi, bổ sung khoản \d+ Điều \d+ như sau:\s*“\s*\d+\.\s*(?:Luật|Bộ luật|Pháp lệnh|Nghị định|Thông tư) này có hiệu lực thi hành (?:kể )?từ ngày {}",
        date_pattern()
    ))
    .expect("a constant pattern")
});

/// The day on which a sentence says that its own document comes into force.
pub(super) fn own_effect(sentence: &str, kind: Kind) -> Option<Date> {
    let found = OWN_EFFECT.captures(sentence)?;
    let named = Kind::of(&found["kind"]);
    (kind == Kind::Other || named == kind).then(|| captured(&found)).flatten()
}

/// The parts of its own document for which a sentence names another day.
pub(super) fn staged_effect(sentence: &str) -> Vec<StagedEffect> {
    let Some(found) = PART_EFFECT.captures(sentence) else { return vec![] };
    let parts = &found["parts"];
    if parts.contains("iều này") || !references(parts).is_empty() {
        return vec![];
    }
    let Some(from) = captured(&found) else { return vec![] };
    provisions(parts).into_iter().map(|part| StagedEffect { part, from }).collect()
}

/// The document that an article was taken from, where the codification says that it was not its own:
/// `(Điều 6 của Luật số 71/2014/QH13 sửa đổi …, có hiệu lực kể từ ngày 01/01/2015)`.
pub(super) fn borrowed_from(text: &str) -> Option<(Reference, Option<Date>)> {
    if !text.contains("(Điều ") && !text.contains("(Các điều ") {
        return None; // most articles, and the pattern is slow
    }
    let found = NOTE.captures(text)?;
    let document = &found["document"];
    let reference = references(document).into_iter().next()?;
    (reference.span.start == 0 && reference.number.is_some()).then(|| (reference, captured(&found)))
}

/// The new first day of another document, which an amending article moves.
pub(super) fn moved_effect(text: &str) -> Option<Date> {
    MOVED.captures(text).as_ref().and_then(captured)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_says_when_it_begins() {
        let day = Some(Date::constant(2021, 7, 1));
        assert_eq!(own_effect("Luật này có hiệu lực thi hành từ ngày 01 tháng 7 năm 2021.", Kind::Law), day);
        assert_eq!(own_effect("Bộ luật này có hiệu lực kể từ ngày 01/7/2021, trừ Điều 3", Kind::Law), day);
        assert_eq!(
            own_effect("Thông tư liên tịch này có hiệu lực từ ngày 1/7/2021 và thay thế", Kind::Circular),
            day
        );
        assert_eq!(own_effect("Điều 9 của Luật này có hiệu lực từ ngày 01/7/2021", Kind::Law), None);
        assert_eq!(own_effect("Nghị quyết này có hiệu lực từ ngày 01/7/2021", Kind::Law), None);
        assert_eq!(own_effect("Thông tư này có hiệu lực sau 45 ngày kể từ ngày ký", Kind::Circular), None);
    }

    #[test]
    fn parts_may_begin_on_another_day() {
        let staged = staged_effect(
            "Khoản 3 Điều 86, Điều 95 của Luật này có hiệu lực thi hành từ ngày 01 tháng 01 năm 2028.",
        );
        assert_eq!(staged.len(), 2);
        assert_eq!(staged[0].part.clause.as_deref(), Some("3"));
        assert_eq!(staged[1].from, Date::constant(2028, 1, 1));
        assert!(staged_effect("Luật này có hiệu lực từ ngày 01/01/2028, trừ khoản 2 Điều này").is_empty());
    }

    #[test]
    fn the_codification_names_the_owner_of_a_borrowed_article() {
        let text = "1. Luật này có hiệu lực.\n(Điều 6 của Luật số 71/2014/QH13 sửa đổi, bổ sung, có hiệu lực kể từ ngày 01/01/2015)";
        let (owner, from) = borrowed_from(text).expect("a note");
        assert_eq!(owner.number.as_deref(), Some("71/2014/QH13"));
        assert_eq!(from, Some(Date::constant(2015, 1, 1)));
        let amended = "1. Một.\n(Khoản 1 Điều này được sửa đổi theo Điều 1 của Luật số 71/2014/QH13, có hiệu lực kể từ ngày 01/01/2015)";
        assert!(borrowed_from(amended).is_none());
        let amended = "1. Một.\n(Điều này được sửa đổi theo Điều 1 của Luật số 71/2014/QH13, có hiệu lực kể từ ngày 01/01/2015)";
        assert!(borrowed_from(amended).is_none());
    }

    #[test]
    fn a_first_day_is_moved_by_a_quotation() {
        let text = "2. Sửa đổi, bổ sung khoản 1 Điều 252 như sau:\n“1. Luật này có hiệu lực thi hành từ ngày 01 tháng 8 năm 2024.”";
        assert_eq!(moved_effect(text), Some(Date::constant(2024, 8, 1)));
    }
}
