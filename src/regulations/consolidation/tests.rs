//! Consolidation over a few articles of a law and of what amends it.

use super::*;
use crate::regulations::article::tests::sample;
use crate::regulations::validity::derive;

const LAW: &str = "1/2010/QH12";
const AMENDING: &str = "9/2015/QH13";
const TEXT: &str = "1. Phạt tiền từ 2 triệu đồng.\n2. Phạt tiền từ 5 triệu đồng đối với tổ chức.";

fn day(year: i16) -> Date {
    Date::constant(year, 7, 1)
}

fn article(document: &str, title: &str, number: &str, text: &str, from: Date) -> Article {
    Article {
        document_number: document.into(),
        document_type: "Luật".into(),
        document_title: title.into(),
        effective_from: Some(from),
        ..sample(number, &format!("Tên điều {number}"), text)
    }
}

fn law(number: &str, text: &str) -> Article {
    article(LAW, "Luật Thử nghiệm", number, text, day(2011))
}

fn amending(document: &str, text: &str, from: Date) -> Article {
    let title = "Luật sửa đổi, bổ sung một số điều của Luật Thử nghiệm";
    article(document, title, "1", text, from)
}

fn consolidated(articles: &[Article]) -> Consolidated {
    let mut articles = articles.to_vec();
    let validity = derive(articles.iter());
    for article in &mut articles {
        write_force(article, &validity);
    }
    consolidate(articles.iter(), &validity)
}

fn refused(articles: &[Article]) -> Vec<NotApplied> {
    let found = consolidated(articles);
    assert_eq!((found.versions, found.report.applied), (vec![], 0));
    found.report.not_applied.into_keys().collect()
}

const CLAUSE_2: &str = "1. Sửa đổi, bổ sung khoản 2 Điều 5 như sau:\n“2. Phạt tiền từ 9 triệu đồng đối với mọi tổ chức có vi phạm.”.";

#[test]
fn an_amended_article_has_a_version_from_the_day_of_the_amendment() {
    let found = consolidated(&[law("5", TEXT), law("6", "Sáu."), amending(AMENDING, CLAUSE_2, day(2016))]);
    let [version] = &found.versions[..] else { panic!("{:?}", found.versions) };
    assert_eq!(
        version.text,
        "1. Phạt tiền từ 2 triệu đồng.\n2. Phạt tiền từ 9 triệu đồng đối với mọi tổ chức có vi phạm."
    );
    assert!(version.is_derived && version.effective_from == Some(day(2016)));
    assert_eq!(version.amended_by, [AMENDING]);
    assert_eq!(version.evidence.as_deref(), Some("khoản 1 Điều 1 của 9/2015/QH13"));
    let part = &version.amended_parts[0];
    assert_eq!((part.clause.as_deref(), part.from), (Some("2"), day(2016)));
    assert_eq!(part.by, "khoản 1 Điều 1 Luật 9/2015/QH13");
    let mut older = law("5", TEXT);
    found.write_end(&mut older);
    assert_eq!(older.effective_to, Some(day(2016)));
    assert_eq!((found.report.found, found.report.applied, found.report.versions), (1, 1, 1));
    // Without the amending law nothing comes of it.
    assert_eq!(consolidated(&[law("5", TEXT)]).versions, []);
}

#[test]
fn later_amendments_build_upon_earlier_ones() {
    let later =
        "1. Bãi bỏ khoản 1 Điều 5.\n2. Bổ sung Điều 5a vào sau Điều 5 như sau:\n“Điều 5a. Mới\nMột.”.";
    let found = consolidated(&[
        law("5", TEXT),
        amending("10/2020/QH14", later, day(2021)),
        amending(AMENDING, CLAUSE_2, day(2016)),
    ]);
    let told: Vec<_> = found
        .versions
        .iter()
        .map(|v| (v.number.as_str(), v.effective_from, v.effective_to, v.text.as_str()))
        .collect();
    let nine = "2. Phạt tiền từ 9 triệu đồng đối với mọi tổ chức có vi phạm.";
    let both = format!("1. Phạt tiền từ 2 triệu đồng.\n{nine}");
    assert_eq!(
        told,
        [
            ("5", Some(day(2016)), Some(day(2021)), both.as_str()),
            ("5", Some(day(2021)), None, nine),
            ("5a", Some(day(2021)), None, "Một."),
        ]
    );
    assert_eq!(found.versions[0].evidence.as_deref(), Some("khoản 1 Điều 1 của 10/2020/QH14"));
    assert_eq!(found.versions[2].title, "Mới");
}

#[test]
fn a_source_that_has_the_newer_words_is_left_alone() {
    let new = "1. Phạt tiền từ 2 triệu đồng.\n2. Phạt tiền từ 9 triệu đồng đối với mọi tổ chức có vi phạm.";
    let by = amending(AMENDING, CLAUSE_2, day(2016));
    assert_eq!(refused(&[law("5", new), by.clone()]), [NotApplied::AlreadyThere]);
    let codified = Article { source: "phapdien-2026-01".into(), ..law("5", TEXT) };
    assert_eq!(refused(&[codified, by.clone()]), [NotApplied::Codified]);
    let own = Article { effective_from: Some(day(2016)), ..law("5", "1. Khác.\n2. Khác nữa.") };
    assert_eq!(refused(&[law("5", TEXT), own, by]), [NotApplied::SourceHasLater]);
}

#[test]
fn a_codification_that_was_not_kept_up_is_amended() {
    let both = format!(
        "{CLAUSE_2}\n2. Sửa đổi khoản 1 Điều 6 như sau:\n“1. Người vi phạm phải nộp phạt trong thời hạn mười ngày.”."
    );
    let by = amending(AMENDING, &both, day(2016));
    let codified = |number: &str, amended_by: &[&str]| Article {
        source: "phapdien-2026-01".into(),
        amended_by: amended_by.iter().map(|&number| number.to_owned()).collect(),
        ..law(number, TEXT)
    };
    let found = consolidated(&[codified("5", &[]), codified("6", &["1/2013/QH13"]), by.clone()]);
    assert_eq!((found.report.applied, found.versions.len()), (2, 2));
    // One that knows of this amendment, or of a later one, has its reasons to have other words.
    for known in [AMENDING, "3/2017/QH14"] {
        assert_eq!(
            refused(&[codified("5", &[]), codified("6", &[known]), by.clone()]),
            [NotApplied::Codified]
        );
    }
}

#[test]
fn in_doubt_nothing_is_applied() {
    let refused_for = |text: &str| refused(&[law("5", TEXT), amending(AMENDING, text, day(2016))]);
    // The second sentence promises another clause than it quotes; the first one alone would be half the change.
    let half = format!("{CLAUSE_2}\n2. Sửa đổi khoản 1 Điều 5 như sau:\n“7. Bảy.”.");
    assert_eq!(refused_for(&half), [NotApplied::NotUnderstood, NotApplied::AnotherNotUnderstood]);
    for (text, reason) in [
        ("1. Bãi bỏ khoản 4 Điều 5.", NotApplied::NoSuchPlace),
        ("1. Bổ sung khoản 2 vào sau khoản 1 Điều 5 như sau:\n“2. Khác.”.", NotApplied::Ambiguous),
        ("1. Bỏ từ “từ” tại Điều 5.", NotApplied::Ambiguous),
        ("1. Bãi bỏ Điều 5.", NotApplied::Repealed),
        ("1. Bãi bỏ khoản 1 Điều 5 của Luật số 3/2001/QH10.", NotApplied::NotHeld),
        ("1. Sửa đổi, bổ sung khoản 2 Điều 5 như sau:\n“2. Hai.\n3. Ba.”.", NotApplied::DoesNotFit),
    ] {
        assert_eq!(refused_for(text), [reason], "{text}");
    }
    let decree =
        Article { document_type: "Nghị định".into(), ..amending("9/2015/NĐ-CP", CLAUSE_2, day(2016)) };
    assert_eq!(refused(&[law("5", TEXT), decree]), [NotApplied::TooLow]);
}

#[test]
fn what_was_not_applied_stops_what_builds_upon_it() {
    let unfit = amending("2/2013/QH13", "1. Bãi bỏ khoản 4 Điều 5.", day(2014));
    let reasons = refused(&[law("5", TEXT), unfit, amending(AMENDING, CLAUSE_2, day(2016))]);
    assert_eq!(reasons, [NotApplied::NoSuchPlace, NotApplied::AnotherNotApplied]);
}
