//! What is written and what is said: the table, and what holds of every text.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::{MAX_PIECE, pieces, speakable};

/// Category, written, said.
const TABLE: &str = include_str!("table.tsv");

/// No text grows more than so many times, in characters; `≥`, nine words in one sign, and lone signs beside it.
const MAX_GROWTH: usize = 24;

/// The lines of the table.
fn lines() -> impl Iterator<Item = (&'static str, String, String)> {
    TABLE.lines().filter(|line| !line.starts_with('#')).map(|line| {
        let columns: Vec<&str> = line.split('\t').collect();
        let [category, written, said] = columns[..] else { panic!("three columns: {line}") };
        let written = unescaped(written);
        let said = if said == "=" { written.clone() } else { unescaped(said) };
        (category, written, said)
    })
}

/// `\n`, `\t`, `\u{…}` as the characters for which they stand.
fn unescaped(text: &str) -> String {
    let mut parts = text.split('\\');
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        match part.strip_prefix("u{").and_then(|code| code.split_once('}')) {
            Some((code, rest)) => {
                out.extend(u32::from_str_radix(code, 16).ok().and_then(char::from_u32));
                out.push_str(rest);
            }
            None => {
                out.push(if part.starts_with('t') { '\t' } else { '\n' });
                out.push_str(&part[1..]);
            }
        }
    }
    out
}

#[test]
fn the_table_is_said_right() {
    let wrong: Vec<String> = lines()
        .filter_map(|(category, written, said)| {
            let found = speakable(&written);
            (found != said).then(|| format!("{category}: {written:?}\n  wanted {said:?}\n  found  {found:?}"))
        })
        .collect();
    assert!(wrong.is_empty(), "{} lines of {}:\n{}", wrong.len(), lines().count(), wrong.join("\n"));
}

#[test]
fn the_table_is_long_and_says_nothing_twice() {
    let mut seen = BTreeSet::new();
    let mut categories = BTreeMap::<&str, usize>::new();
    for (category, written, _) in lines() {
        *categories.entry(category).or_default() += 1;
        assert!(seen.insert(written.clone()), "{written:?} stands twice");
    }
    assert!(seen.len() >= 600, "{categories:?}");
    assert!(categories.len() >= 15 && categories.values().all(|&lines| lines >= 15), "{categories:?}");
}

#[test]
fn what_is_said_stays_when_it_is_said_again() {
    for (category, written, _) in lines() {
        let said = speakable(&written);
        assert_eq!(speakable(&said), said, "{category}: {written:?}");
    }
}

#[test]
fn a_stop_within_a_phrase_makes_no_sentence_of_its_own() {
    use crate::text_to_speech::sentences::pieces;

    for written in ["TP. Hà Nội", "P.5, Q.10", "PGS.TS Nguyễn Văn A", "1.490.000 đồng", "điểm 1.2.3", "v.v."]
    {
        assert_eq!(pieces(&speakable(written)).len(), 1, "{written}");
    }
    assert_eq!(pieces(&speakable("Điều 4. Giải thích từ ngữ")).len(), 2);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(250))]

    #[test]
    fn no_digit_is_left_and_nothing_changes_when_said_again(
        text in "((Điều|khoản|điểm|ngày|số|mục|Mẫu số|tháng|thứ|tỷ lệ|đồng|m2|TP\\.|[0-9]{1,7}|[0-9]{1,2}/[0-9]{4}/QH1[0-9]|[0-9]{1,3}/[0-9]{4}/NĐ-CP|\\PC{0,6}|[a-zđ]|[A-ZĐ]{1,6}|a\\)|\\(ii\\)|%|II|UBND|VI|\n)[ ,./:()-]?){0,14}"
    ) {
        let said = speakable(&text);
        prop_assert!(!said.chars().any(|c| c.is_numeric()), "{said}");
        prop_assert!(said.chars().all(|c| c.is_alphabetic() || " \n.,;:?!".contains(c)), "{said}");
        prop_assert_eq!(speakable(&said), said);
    }

    #[test]
    fn any_text_is_said_and_grows_within_bounds(text in "\\PC{0,200}|[0-9.,/:\\-%A-ZĐa-zđ ]{0,200}|[≥≤%°±\\n\\x00-\\x1f]{0,60}") {
        let said = speakable(&text);
        prop_assert!(said.chars().count() <= MAX_GROWTH * text.chars().count());
    }
}

/// The work is bounded by the pieces: each is said alone, in a fixed number of rounds of rules that look at a bounded
/// neighbourhood.
#[test]
fn the_work_grows_with_the_length_and_no_faster() {
    for pattern in ["1", " ", "1.", "II ", "điểm a, ", "UBND\n", "😀", "ngày 1/1/2020 - "] {
        let text: String = pattern.chars().cycle().take(100_000).collect();
        let cut: Vec<&str> = pieces(&text).collect();
        assert_eq!(cut.concat(), text);
        assert!(cut.iter().all(|piece| piece.len() <= MAX_PIECE));
        assert!(cut.len() <= 2 * text.len() / MAX_PIECE + 2, "{pattern}: {} pieces", cut.len());
        let said = speakable(&text);
        assert!(said.chars().count() <= MAX_GROWTH * text.chars().count(), "{pattern}");
    }
}

#[test]
fn lines_stay_lines() {
    assert_eq!(speakable("1. Một:\na) hai;\n\nb) ba."), "Một:\nhai;\nba.");
}

#[test]
fn what_the_voice_says_is_read_back_by_the_ear() {
    use crate::question::spoken_number::NumberReader;

    for value in (1..1000).chain(1945..2100) {
        let said = super::numbers::cardinal(value);
        let words: Vec<&str> = said.split_whitespace().collect();
        assert_eq!(NumberReader { folded: false }.read(&words), Some((value, words.len())), "{said}");
    }
}
