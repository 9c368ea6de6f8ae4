//! Abbreviations (`tables/abbreviations.tsv`) and foreign words (`tables/foreign.tsv`, as Vietnamese says them); letters
//! in capitals that stand in neither are spelt.

use std::collections::HashMap;
use std::sync::LazyLock;

use regex::Regex;

use super::context::{pattern, replace, rows};
use super::letters::{is_syllable, is_to_be_spelled, spelled};

static MEANINGS: LazyLock<HashMap<&'static str, &'static str>> =
    LazyLock::new(|| rows(include_str!("tables/abbreviations.tsv")).collect());
static FOREIGN: LazyLock<HashMap<&'static str, &'static str>> =
    LazyLock::new(|| rows(include_str!("tables/foreign.tsv")).collect());
/// The foreign expressions of more than one word.
static PHRASES: LazyLock<Regex> = LazyLock::new(|| {
    let mut phrases: Vec<String> = FOREIGN
        .keys()
        .chain(MEANINGS.keys())
        .filter(|key| key.contains([' ', '-', '/', '.']) || key.bytes().any(|b| b.is_ascii_digit()))
        .map(|key| regex::escape(key))
        .collect();
    phrases.sort_by_key(|phrase| std::cmp::Reverse(phrase.len()));
    Regex::new(&format!(r"(?i)\b(?:{})\b", phrases.join("|"))).expect("a constant pattern")
});

pattern!(WORD, r"[\p{L}\p{M}][\p{L}\p{M}&]*");
pattern!(TITLE, r"\b(TP|Tp|tp|TX|Tx|ThS|Ths|TS|GS|PGS|CN|KS|BS|LS|NXB|Nxb|Ô|STT|TT)\.\s?(\p{Lu}|\d)");
pattern!(DISTRICT, r"\b(Q|P|H|X)\.\s?(\d{1,2})\b");
pattern!(WARD, r"\b(Q|P)\.\s?(\p{Lu}\p{L}+)");
pattern!(COMPANY, r"\b([Cc]ông ty|[Cc]ty|CTY|CÔNG TY|TM|[Nn]gân hàng)\s(TM\s?)?CP\b");

/// What an abbreviation stands for.
pub(super) fn meaning(short: &str) -> Option<&'static str> {
    MEANINGS.get(short).copied()
}

/// How a foreign word is said.
pub(super) fn foreign(word: &str) -> Option<&'static str> {
    FOREIGN.get(word).or_else(|| FOREIGN.get(word.to_lowercase().as_str())).copied()
}

/// Expressions of several words or with digits (`Covid-19`, `e-mail`, `C/O`): before codes and numbers are read.
pub(super) fn say_phrases(text: &str) -> String {
    let text = TITLE.replace_all(text, "$1 $2");
    let text = DISTRICT.replace_all(&text, |m: &regex::Captures| {
        let name = match &m[1] {
            "Q" => "quận",
            "P" => "phường",
            "H" => "huyện",
            _ => "xã",
        };
        format!("{name} {}", &m[2])
    });
    let text = WARD.replace_all(&text, |m: &regex::Captures| {
        let deputy = ["Giám", "Chủ", "Trưởng", "Tổng", "Hiệu", "Viện", "Cục", "Vụ", "Chánh"].contains(&&m[2]);
        let word = match (&m[1], deputy) {
            ("Q", _) => "quận",
            (_, true) => "phó",
            _ => "phường",
        };
        format!("{word} {}", &m[2])
    });
    let text = COMPANY.replace_all(&text, |m: &regex::Captures| {
        format!("{} {}cổ phần", &m[1], if m.get(2).is_some() { "thương mại " } else { "" })
    });
    replace(&PHRASES, &text, |m, around| {
        if around.is_glued_before() || around.is_glued_after() {
            return None;
        }
        let exact = MEANINGS.get(&m[0]).copied();
        exact.or_else(|| foreign(&m[0])).map(str::to_owned)
    })
}

/// Single words.
pub(super) fn say_words(text: &str) -> String {
    text.split_inclusive('\n').map(say_line).collect()
}

fn say_line(line: &str) -> String {
    let heading = is_heading(line);
    replace(&WORD, line, |m, around| {
        let word = &m[0];
        if around.is_glued_before() {
            return None;
        }
        if heading && is_syllable(word) {
            return None;
        }
        if let Some(meaning) = meaning(word) {
            return Some(meaning.to_owned());
        }
        if word.is_ascii()
            && let Some(said) = foreign(word)
        {
            return Some(said.to_owned());
        }
        if word.contains('&') {
            return Some(word.split('&').map(part).collect::<Vec<_>>().join(" và "));
        }
        let capitals = word.chars().filter(|c| c.is_uppercase()).count();
        (capitals >= 2 && capitals == word.chars().count() && is_to_be_spelled(word)).then(|| spelled(word))
    })
}

fn part(word: &str) -> String {
    let capitals = word.chars().count() >= 2 && word.chars().all(char::is_uppercase);
    match meaning(word) {
        Some(meaning) => meaning.to_owned(),
        None if capitals && is_to_be_spelled(word) => spelled(word),
        None => word.to_owned(),
    }
}

/// Whether a line is written in capitals: `XỬ PHẠT VI PHẠM`.
fn is_heading(line: &str) -> bool {
    let mut words = [0, 0];
    for word in line.split_whitespace().filter(|word| word.chars().filter(|c| c.is_alphabetic()).count() >= 2)
    {
        words[usize::from(word.chars().all(|c| !c.is_lowercase()))] += 1;
    }
    words[1] >= 3 && words[1] > 2 * words[0]
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn what_the_tables_say_stays_when_it_is_said_again() {
        for table in [include_str!("tables/abbreviations.tsv"), include_str!("tables/foreign.tsv")] {
            for (key, said) in rows(table) {
                assert_eq!(crate::answer::spoken::speakable(said), said, "{key}");
            }
        }
    }

    #[test]
    fn the_tables_hold_words_only_and_each_key_once() {
        for table in [include_str!("tables/abbreviations.tsv"), include_str!("tables/foreign.tsv")] {
            let mut keys = HashSet::new();
            for (key, said) in rows(table) {
                assert!(keys.insert(key), "{key} stands twice");
                assert!(said.chars().all(|c| c.is_alphabetic() || " ,".contains(c)), "{key}: {said}");
            }
        }
        for (key, _) in rows(include_str!("tables/foreign.tsv")) {
            assert!(key == key.to_lowercase() || key == key.to_uppercase(), "{key}");
        }
    }
}
