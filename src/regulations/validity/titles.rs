//! Which law a title means: `Luật Cư trú năm 2006`, or `Luật Cư trú` in a decree of 2014.

use std::collections::HashMap;

use super::number::Kind;
use crate::vietnamese::canonical;

/// Laws and ordinances by their titles.
#[derive(Debug, Clone, Default)]
pub(super) struct Titles {
    by_title: HashMap<String, Vec<Named>>,
}

/// A law that bears a title.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Named {
    pub canonical: String,
    pub year: i16,
    pub kind: Kind,
}

impl Titles {
    /// Adds a law; a title that is that of an amending law, or none, is not kept.
    pub(super) fn add(&mut self, kind: Kind, title: &str, canonical: &str, year: i16) {
        let Some(key) = key(title) else { return };
        let laws = self.by_title.entry(key).or_default();
        if !laws.iter().any(|law| law.canonical == canonical) {
            laws.push(Named { canonical: canonical.to_owned(), year, kind });
            laws.sort_by_key(|law| law.year);
        }
    }

    /// The law of that title and year.
    pub(super) fn of_year(&self, kind: Kind, title: &str, year: i16) -> Option<&str> {
        let laws = self.by_title.get(&key(title)?)?;
        only(laws.iter().filter(|law| law.kind == kind && law.year == year))
    }

    /// The only law of that title from before `year`.
    pub(super) fn only_before(&self, kind: Kind, title: &str, year: i16) -> Option<&str> {
        let laws = self.by_title.get(&key(title)?)?;
        only(laws.iter().filter(|law| law.kind == kind && law.year < year))
    }

    /// The law of the title with which `words` begin, as it stood in `year`; the words begin with the kind.
    pub(super) fn standing_in(&self, words: &str, year: i16) -> Option<&str> {
        let kind = Kind::of(words);
        let lower = canonical(words);
        let mut words: Vec<&str> = lower.split_whitespace().take(24).collect();
        while !words.is_empty() {
            let title = words.join(" ");
            let title = title.trim_end_matches([',', ';', '.', ':']);
            if let Some(laws) = key(title).and_then(|key| self.by_title.get(&key)) {
                return laws
                    .iter()
                    .rfind(|law| law.kind == kind && law.year <= year)
                    .map(|law| law.canonical.as_str());
            }
            words.pop();
        }
        None
    }

    /// The law that is called so, kind and title, as it stood in `year`. Unlike [`Titles::standing_in`], all of the words
    /// must be its name.
    pub(super) fn called(&self, name: &str, year: i16) -> Option<&str> {
        let kind = Kind::of(name);
        let laws = self.by_title.get(&key(name)?)?;
        laws.iter().rfind(|law| law.kind == kind && law.year <= year).map(|law| law.canonical.as_str())
    }

    /// The latest law of that title after `year`.
    pub(super) fn later(&self, kind: Kind, title: &str, year: i16) -> Option<&str> {
        let laws = self.by_title.get(&key(title)?)?;
        laws.iter().rfind(|law| law.kind == kind && law.year > year).map(|law| law.canonical.as_str())
    }
}

fn only<'a>(mut laws: impl Iterator<Item = &'a Named>) -> Option<&'a str> {
    let law = laws.next()?;
    laws.next().is_none().then_some(law.canonical.as_str())
}

/// A title as it is compared: without kind, year, number, punctuation. None for an amending law's.
fn key(title: &str) -> Option<String> {
    let title = canonical(title);
    let title = title.split(" số ").next().unwrap_or(&title);
    let mut words: Vec<&str> =
        title.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let year = |word: &&str| word.len() == 4 && word.bytes().all(|b| b.is_ascii_digit());
    while words.last().is_some_and(|word| year(word) || *word == "năm") {
        words.pop();
    }
    for kind in [&["bộ", "luật"][..], &["luật"], &["pháp", "lệnh"], &["về"]] {
        if words.len() > kind.len() && words.starts_with(kind) && words != ["luật", "sư"] {
            words.drain(..kind.len());
        }
    }
    let amends = words.windows(2).any(|pair| pair == ["sửa", "đổi"]);
    (!words.is_empty() && !amends).then(|| words.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn residence() -> Titles {
        let mut titles = Titles::default();
        titles.add(Kind::Law, "Cư trú", "81/2006/QH11", 2006);
        titles.add(Kind::Law, "Luật cư trú 2020 số 68/2020/QH14", "68/2020/QH14", 2020);
        titles.add(Kind::Law, "Luật sửa đổi, bổ sung một số điều của Luật Cư trú", "36/2013/QH13", 2013);
        titles
    }

    #[test]
    fn a_title_and_a_year_name_a_law() {
        let titles = residence();
        assert_eq!(titles.of_year(Kind::Law, "Luật Cư trú", 2006), Some("81/2006/QH11"));
        assert_eq!(titles.of_year(Kind::Law, "Luật Cư trú", 2013), None);
        assert_eq!(titles.only_before(Kind::Law, "Cư trú", 2020), Some("81/2006/QH11"));
        assert_eq!(titles.only_before(Kind::Law, "Cư trú", 2025), None);
    }

    #[test]
    fn a_decree_means_the_law_of_its_time() {
        let titles = residence();
        assert_eq!(titles.standing_in("Luật Cư trú và Luật Hộ tịch", 2014), Some("81/2006/QH11"));
        assert_eq!(titles.standing_in("Luật Cư trú", 2021), Some("68/2020/QH14"));
        assert_eq!(titles.standing_in("Luật Cư trú", 2001), None);
        assert_eq!(titles.later(Kind::Law, "Cư trú", 2006), Some("68/2020/QH14"));
    }

    #[test]
    fn the_law_on_lawyers_keeps_its_name() {
        assert_eq!(key("Luật Luật sư"), Some("luật sư".into()));
        assert_eq!(key("luật sư"), Some("luật sư".into()));
        assert_eq!(key("Luật Hòa giải"), key("Luật Hoà giải năm 2020"));
    }
}
