//! The whole of it, on small invented collections of law.

use jiff::civil::Date;
use proptest::prelude::*;

use super::*;
use crate::regulations::article::tests::sample;

fn article(document: &str, kind: &str, title: &str, number: &str, text: &str) -> Article {
    Article {
        document_number: document.into(),
        document_type: kind.into(),
        document_title: title.into(),
        effective_from: None,
        source: "phapdien-2026-01".into(),
        ..sample(number, "", text)
    }
}

fn day(year: i16, month: i8, day: i8) -> Date {
    Date::new(year, month, day).expect("a day of the calendar")
}

fn ponds() -> Validity {
    let old = "1. Luật này có hiệu lực thi hành từ ngày 01 tháng 7 năm 2007.";
    let new = "1. Luật này có hiệu lực thi hành từ ngày 01 tháng 7 năm 2021, trừ quy định tại khoản 2 Điều này.\n2. Điều 9 của Luật này có hiệu lực thi hành từ ngày 01 tháng 01 năm 2023.\n3. Luật Hồ ao năm 2006 hết hiệu lực kể từ ngày Luật này có hiệu lực thi hành, trừ Điều 3 của Luật Hồ ao số 81/2006/QH11.\n4. Bãi bỏ khoản 2 Điều 4 của Luật Sông ngòi số 5/2010/QH12.";
    let newest =
        "Luật này có hiệu lực thi hành từ ngày 01 tháng 7 năm 2030 và thay thế Luật Hồ ao số 68/2020/QH14.";
    let decree = "Nghị định này quy định chi tiết một số điều của Luật Hồ ao.";
    let articles = [
        article("81/2006/QH11", "Luật", "Hồ ao", "40", old),
        article("68/2020/QH14", "Luật", "Luật Hồ ao 2020 số 68/2020/QH14", "38", new),
        article("9/2029/QH16", "Luật", "Luật Hồ ao", "2", newest),
        article(
            "5/2010/QH12",
            "Luật",
            "Luật Sông ngòi",
            "4",
            "Luật này có hiệu lực thi hành từ ngày 01/01/2011.",
        ),
        article("31/2014/NĐ-CP", "Nghị định", "Quy định chi tiết Luật Hồ ao", "1", decree),
    ];
    derive(articles.iter())
}

#[test]
fn an_old_law_ends_when_the_new_one_begins() {
    let validity = ponds();
    let old = validity.status("81/2006/QH11");
    assert_eq!(old.replaced_by.as_deref(), Some("68/2020/QH14"));
    assert_eq!(old.effective_to, Some(day(2021, 7, 1)));
    assert!(matches!(&old.evidence, Evidence::TitleYear { clause: Some(c), .. } if c == "3"), "{old:?}");
    let force = |article, on| validity.article_force("81/2006/QH11", article, None, on);
    assert_eq!(force("1", day(2007, 6, 30)), Force::NotYet { from: day(2007, 7, 1) });
    assert!(matches!(force("1", day(2021, 6, 30)), Force::InForce { .. }));
    assert!(matches!(force("1", day(2021, 7, 1)), Force::Repealed { .. }));
    assert!(matches!(force("3", day(2021, 7, 1)), Force::InForce { .. }), "the exception keeps it");
}

#[test]
fn a_chain_is_followed_to_its_end() {
    let validity = ponds();
    assert_eq!(validity.successor("81/2006/QH11").map(|s| s.number.as_str()), Some("9/2029/QH16"));
    assert_eq!(validity.successor("9/2029/QH16"), None);
}

#[test]
fn parts_begin_later_and_end_earlier() {
    let validity = ponds();
    assert_eq!(
        validity.article_force("68/2020/QH14", "9", None, day(2022, 1, 1)),
        Force::NotYet { from: day(2023, 1, 1) }
    );
    let river = |clause, on| validity.article_force("5/2010/QH12", "4", clause, on);
    assert!(matches!(river(Some("2"), day(2022, 1, 1)), Force::Repealed { .. }));
    assert!(matches!(river(Some("2"), day(2020, 1, 1)), Force::InForce { .. }));
    assert!(matches!(river(Some("1"), day(2022, 1, 1)), Force::InForce { .. }));
    assert!(matches!(river(None, day(2022, 1, 1)), Force::InForce { .. }));
}

#[test]
fn a_decree_of_an_ended_law_is_a_caution() {
    let validity = ponds();
    let decree = validity.status("31/2014/NĐ-CP");
    assert_eq!(decree.parent_repealed, ["81/2006/QH11"]);
    assert_eq!(decree.replaced_by, None);
}

#[test]
fn nothing_is_ended_from_below_or_from_before() {
    let circular = "Thông tư này có hiệu lực từ ngày 01/01/2015 và thay thế Nghị định số 31/2014/NĐ-CP.";
    let older = "Nghị định này có hiệu lực từ ngày 01/01/2010 và thay thế Nghị định số 31/2014/NĐ-CP.";
    let same_number = "Thông tư này có hiệu lực từ ngày 01/01/2015 và thay thế Thông tư số 24/2008/QH12.";
    let articles = [
        article("31/2014/NĐ-CP", "Nghị định", "", "1", "Nghị định này quy định về hồ ao."),
        article("5/2015/TT-BXD", "Thông tư", "", "1", circular),
        article("9/2009/NĐ-CP", "Nghị định", "", "1", older),
        article("24/2008/QH12", "Luật", "Quốc tịch", "1", "Một."),
        article("24/2008/QH12", "Nghị quyết", "Thi hành", "2", "Hai."),
        article("6/2015/TT-BXD", "Thông tư", "", "1", same_number),
    ];
    let validity = derive(articles.iter());
    assert_eq!(validity.status("31/2014/NĐ-CP").replaced_by, None);
    assert_eq!(validity.status("24/2008/QH12").replaced_by, None);
}

#[test]
fn a_codification_speaks_for_its_day() {
    let mut older =
        article("1/2010/NĐ-CP", "Nghị định", "", "1", "Nghị định này có hiệu lực từ ngày 01/03/2010.");
    older.source = "phapdien-2025-02".into();
    let mut crawled =
        article("2/2010/NĐ-CP", "Nghị định", "", "1", "Nghị định này có hiệu lực từ ngày 01/03/2010.");
    crawled.source = "tvpl-laws-2024-11".into();
    let newer =
        article("3/2010/NĐ-CP", "Nghị định", "", "1", "Nghị định này có hiệu lực từ ngày 01/03/2010.");
    let validity = derive([older, crawled, newer].iter());
    let force = |document, on| validity.article_force(document, "1", None, on);
    assert!(matches!(force("1/2010/NĐ-CP", day(2025, 1, 1)), Force::InForce { .. }));
    assert_eq!(
        force("1/2010/NĐ-CP", day(2026, 1, 1)),
        Force::Unknown,
        "the newer codification has it no longer"
    );
    assert_eq!(force("2/2010/NĐ-CP", day(2024, 1, 1)), Force::Unknown, "a crawl proves nothing");
    let evidence = Evidence::Codification { day: day(2026, 1, 1) };
    assert_eq!(force("3/2010/NĐ-CP", day(2026, 1, 1)), Force::InForce { evidence });
    assert_eq!(force("4/2010/NĐ-CP", day(2026, 1, 1)), Force::Unknown);
}

#[test]
fn a_borrowed_article_speaks_for_its_owner() {
    let text = "1. Luật này có hiệu lực thi hành từ ngày 01 tháng 01 năm 2015.\n2. Bãi bỏ Luật Sông số 6/2010/QH12.\n(Điều 6 của Luật số 71/2014/QH13 sửa đổi một số điều, có hiệu lực kể từ ngày 01/01/2015)";
    let mut lent = article("4/2007/QH12", "Luật", "Hồ ao", "37", text);
    lent.effective_from = Some(day(2009, 1, 1));
    let validity = derive([lent].iter());
    assert_eq!(validity.status("4/2007/QH12").effective_from, Some(day(2009, 1, 1)));
    let river = validity.status("6/2010/QH12");
    assert_eq!(river.replaced_by.as_deref(), Some("71/2014/QH13"));
    assert_eq!(river.effective_to, Some(day(2015, 1, 1)));
}

#[test]
fn the_report_is_a_table() {
    let shown = ponds().report().to_string();
    assert!(shown.contains("in force") && shown.contains("stated, by title"), "{shown}");
}

/// Bits of legal sentences, thrown together.
const BITS: &str = "(Luật |Thông tư |Nghị định |số |[0-9]{1,3}/20[0-9]{2}/(QH14|NĐ-CP|TT-BTC) |thay thế |bãi bỏ |hết hiệu lực |kể từ ngày |này có hiệu lực |ngày [0-9]{1,2} tháng [0-9]{1,2} năm [0-9]{4} |, |; |và |\\. |trừ |khoản [0-9] |Điều [0-9]{1,4} |điểm [a-đ] |từ Điều [0-9]{1,3} đến Điều [0-9]{1,3} |“|”|\\(|\\)|:\n|\n[0-9]\\. |\na\\) |sửa đổi, bổ sung |năm 2006 |\\PC{0,6}){0,40}";

proptest! {
    #[test]
    fn no_text_panics(texts in prop::collection::vec(BITS, 1..4), title in "\\PC{0,40}", number in "\\PC{0,12}") {
        let kinds = ["Luật", "Nghị định", ""];
        let articles: Vec<_> = texts
            .iter()
            .enumerate()
            .map(|(at, text)| article(if at == 0 { &number } else { "5/2015/NĐ-CP" }, kinds[at % 3], &title, "1", text))
            .collect();
        let validity = derive(articles.iter());
        for status in validity.statuses() {
            validity.successor(&status.number);
            validity.article_force(&status.number, "1", Some("2"), day(2020, 1, 1));
        }
        let _shown = validity.report().to_string();
    }
}
