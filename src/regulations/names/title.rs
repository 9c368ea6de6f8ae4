//! The words of a law's title, and whether what a citizen says is that title.

use crate::vietnamese::{canonical, fold};

/// The words of a law's title, as they are compared; none of an amending law, which nobody means by them.
pub(super) fn title_words(title: &str, folded: bool) -> Option<Vec<String>> {
    let title = if folded { fold(title) } else { canonical(title) };
    let spelt = |word: &str| if folded { fold(word) } else { word.to_owned() };
    let mut words: Vec<String> = title
        .split(|c: char| !(c.is_alphanumeric() || c == '/'))
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect();
    let amends = words.windows(2).any(|pair| pair[0] == spelt("sửa") && pair[1] == spelt("đổi"));
    if amends {
        return None;
    }
    // `… 2014 số 50/2014/QH13 mới nhất`: some sources add year and number.
    let year = |word: &String| word.len() == 4 && word.bytes().all(|b| b.is_ascii_digit());
    let is_added = |at: usize| {
        year(&words[at])
            || words[at].contains('/')
            || at + 1 < words.len() && words[at] == spelt("năm") && year(&words[at + 1])
            || at + 1 < words.len() && words[at] == spelt("số") && words[at + 1].contains('/')
    };
    if let Some(end) = (1..words.len()).find(|&at| is_added(at)) {
        words.truncate(end);
    }
    let lawyers = [spelt("luật"), spelt("sư")];
    for kind in [&["bộ", "luật"][..], &["luật"], &["luât"], &["pháp", "lệnh"], &["về"]] {
        let kind: Vec<String> = kind.iter().map(|word| spelt(word)).collect();
        if words.len() > kind.len() && words.starts_with(&kind) && words != lawyers {
            words.drain(..kind.len());
        }
    }
    Some(plain(&words)).filter(|words| !words.is_empty())
}

/// `và`, with diacritics or without.
pub(super) fn is_and(word: &str) -> bool {
    matches!(word, "và" | "va")
}

/// Without `và`, which citizens leave out: `hôn nhân gia đình`.
pub(super) fn plain(words: &[String]) -> Vec<String> {
    words.iter().filter(|word| !is_and(word)).cloned().collect()
}

/// Whether a law is called so; `Việt Nam` at the end of a title is often left out.
pub(super) fn is_called(name: &[String], said: &[String]) -> bool {
    name == said
        || name.strip_prefix(said).is_some_and(|rest| {
            rest.len() == 2 && matches!(rest[0].as_str(), "việt" | "viet") && rest[1] == "nam"
        })
}

/// Whether all words of the one stand in the other, in order.
pub(super) fn resemble(name: &[String], said: &[String]) -> bool {
    let within = |short: &[String], long: &[String]| {
        let mut long = long.iter();
        short.iter().all(|word| long.any(|other| other == word))
    };
    within(said, name) || name.len() > 1 && within(name, said)
}
