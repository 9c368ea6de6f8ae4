//! What was heard and what it means: numbers, dates, sums, documents and provisions as they are said, and as speech
//! recognition writes them.

use std::collections::BTreeSet;

use super::citation::{NamedBy, reference};
use super::spoken_amount::{amount, date};
use super::spoken_number::NumberReader;
use crate::vietnamese::canonical;

const TABLE: &str = include_str!("heard.tsv");

fn lines() -> impl Iterator<Item = [&'static str; 3]> {
    TABLE.lines().filter(|line| !line.starts_with('#')).map(|line| {
        let columns: Vec<&str> = line.split('\t').collect();
        columns.try_into().unwrap_or_else(|_| panic!("three columns: {line}"))
    })
}

fn document(heard: &str) -> Option<String> {
    match reference(heard)?.document.named {
        NamedBy::Number { sequence, year, mark } => {
            let year = year.map(|year| year.to_string()).unwrap_or_default();
            Some(format!("{sequence}/{year}/{}", mark.unwrap_or_default()))
        }
        NamedBy::Title(_) => None,
    }
}

fn provision(heard: &str) -> Option<String> {
    let found = reference(heard)?.provision?;
    let parts = [found.point, found.clause, Some(found.article)];
    Some(parts.into_iter().flatten().collect::<Vec<_>>().join(","))
}

fn number(heard: &str) -> Option<String> {
    let heard = canonical(heard);
    let words: Vec<&str> = heard.split_whitespace().collect();
    let (value, _) = NumberReader { folded: false }.read(&words)?;
    Some(value.to_string())
}

fn day(heard: &str) -> Option<String> {
    let date = date(heard)?;
    let year = date.year.map(|year| format!("/{year}")).unwrap_or_default();
    Some(format!("{}/{}{year}", date.day, date.month))
}

#[test]
fn what_is_heard_is_understood() {
    let wrong: Vec<String> = lines()
        .filter_map(|[asked, heard, understood]| {
            let found = match asked {
                "document" => document(heard),
                "provision" => provision(heard),
                "number" => number(heard),
                "date" => day(heard),
                "amount" => amount(heard).map(|value| value.to_string()),
                other => panic!("{other}"),
            };
            let found = found.unwrap_or_else(|| "-".to_owned());
            (found != understood).then(|| format!("{asked}: {heard:?}: wanted {understood}, found {found}"))
        })
        .collect();
    assert!(wrong.is_empty(), "{} lines of {}:\n{}", wrong.len(), lines().count(), wrong.join("\n"));
}

#[test]
fn the_table_is_long_and_says_nothing_twice() {
    let mut seen = BTreeSet::new();
    for [asked, heard, _] in lines() {
        assert!(seen.insert((asked, heard)), "{asked}: {heard} stands twice");
    }
    assert!(seen.len() >= 200, "{}", seen.len());
    let with_digits = seen.iter().filter(|(_, heard)| heard.contains(|c: char| c.is_ascii_digit())).count();
    assert!(
        4 * with_digits >= seen.len(),
        "{with_digits} of {} as speech recognition writes them",
        seen.len()
    );
}

/// Documents and articles are read back from the words in which the answers name them.
#[test]
fn what_the_voice_says_of_documents_is_read_back_by_the_ear() {
    use crate::answer::spoken::speakable;

    for (written, understood) in [
        ("Luật số 45/2019/QH14", "45/2019/QH14"),
        ("Bộ luật số 91/2015/QH13", "91/2015/QH13"),
        ("Nghị định số 135/2020/NĐ-CP", "135/2020/"),
        ("15/2021/NĐ-CP", "15/2021/NDCP"),
        ("Thông tư số 04/2020/TT-BTP", "4/2020/"),
    ] {
        assert_eq!(document(&speakable(written)).as_deref(), Some(understood), "{written}");
    }
    for (written, understood) in [
        ("khoản 2 Điều 35 Bộ luật Lao động", "2,35"),
        ("điểm đ khoản 1 Điều 7 Luật Hộ tịch", "đ,1,7"),
        ("điểm y khoản 1 Điều 7 Luật Hộ tịch", "y,1,7"),
        ("Điều 217a Bộ luật Hình sự", "217a"),
    ] {
        assert_eq!(provision(&speakable(written)).as_deref(), Some(understood), "{written}");
    }
}

proptest::proptest! {
    #[test]
    fn any_words_are_read_without_panic(
        text in "((một|hai|không|năm|mươi|trăm|nghìn|triệu|rưỡi|nửa|tháng|ngày|trên|gạch|quy|hát|nờ|đê|xê|pê|nghị định|số|[0-9]{1,5}|\\PC) ?){0,24}"
    ) {
        let _ = (document(&text), provision(&text), amount(&text), date(&text));
    }
}
