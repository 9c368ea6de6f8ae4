//! Documents by what citizens call them: a number, or a kind and a title, with or without a year.
//!
//! A title is matched as a whole or not at all. One that only resembles the words is never taken for the document
//! meant; it is named beside the refusal, so that the citizen can ask again.

mod title;

use jiff::civil::Date;

use super::catalogue::{Catalogue, DocumentStatus, DocumentSummary};
use super::validity::{canonical_number, year_of};
use crate::question::citation::{DocumentKind, DocumentReference, NamedBy, Title};
use crate::vietnamese::{canonical, fold};
use title::{is_and, is_called, plain, resemble, title_words};

/// A name of more words than these is a sentence.
const MAX_NAME: usize = 10;
/// A title has no more words.
const MAX_TITLE: usize = 24;

/// Words that no name of a law holds at its head or within: with them the citizen speaks on.
const NO_NAME: &[&str] = &[
    "quy định",
    "này",
    "mới",
    "hiện hành",
    "cũ",
    "sửa",
    "thì",
    "là",
    "có",
    "được",
    "bị",
    "phải",
    "cho",
    "nào",
    "gì",
    "đó",
    "kia",
    "thế",
    "ra sao",
    "như",
    "mà",
    "nói",
    "việt nam",
    "nước",
    "nhà nước",
    "hay",
    "tôi",
    "của",
    "khi",
    "nếu",
    "để",
    "từ",
    "trước",
    "sau",
    "năm",
    "đúng",
    "sai",
    "áp dụng",
    "xử lý",
    "hợp nhất",
    "ban hành",
    "ra đời",
    "về",
];

/// What a name means in this index.
#[derive(Debug, Clone)]
pub enum Named<'a> {
    /// This document; of a title, and so many words are its name, the year included.
    One(&'a DocumentSummary, usize),
    /// Any of these: a number that several offices gave.
    Several(Vec<&'a DocumentSummary>),
    /// A document that the index does not hold, as the citizen wrote it, and those of it that are called like it.
    NotHeld(String, Vec<&'a DocumentSummary>),
    /// No name, or one too vague to say that there is no such document.
    Nothing,
}

/// The document that a question means on a day. `is_certain` says that words beside the name show that a document is
/// meant: an article of it is asked for.
pub fn find<'a>(
    catalogue: &'a Catalogue,
    reference: &DocumentReference,
    is_certain: bool,
    day: Date,
) -> Named<'a> {
    match &reference.named {
        NamedBy::Number { sequence, year, mark } => {
            by_number(catalogue, reference, (*sequence, *year, mark.as_deref()), day)
        }
        NamedBy::Title(title) => match reference.kind {
            Some(DocumentKind::Constitution) => constitution(catalogue, reference, title, day),
            Some(kind) => by_title(catalogue, reference, kind, title, is_certain, day),
            None => Named::Nothing,
        },
    }
}

/// The kind of a document of the index.
fn kind_of(document: &DocumentSummary) -> Option<DocumentKind> {
    let kind = canonical(&document.kind);
    [
        ("bộ luật", DocumentKind::Law),
        ("luật", DocumentKind::Law),
        ("hiến pháp", DocumentKind::Constitution),
        ("pháp lệnh", DocumentKind::Ordinance),
        ("nghị định", DocumentKind::Decree),
        ("thông tư", DocumentKind::Circular),
        ("nghị quyết", DocumentKind::Resolution),
        ("quyết định", DocumentKind::Decision),
    ]
    .into_iter()
    .find(|(name, _)| kind.starts_with(name))
    .map(|(_, kind)| kind)
}

fn by_number<'a>(
    catalogue: &'a Catalogue,
    reference: &DocumentReference,
    (sequence, year, mark): (u32, Option<i16>, Option<&str>),
    day: Date,
) -> Named<'a> {
    let wanted_mark = mark.zip(year).map(|(mark, year)| {
        let number = fold(&canonical_number(&format!("{sequence}/{year}/{mark}"))).to_uppercase();
        number.rsplit('/').next().unwrap_or_default().to_owned()
    });
    let wanted_mark = wanted_mark.as_deref().or(mark);
    let is_meant = |document: &&DocumentSummary| {
        let number = fold(&canonical_number(&document.number)).to_uppercase();
        let mut parts = number.split('/');
        let same_sequence = parts.next().and_then(|first| first.parse::<u32>().ok()) == Some(sequence);
        let last = parts.next_back().unwrap_or_default();
        same_sequence
            && year.is_none_or(|year| year_of(&document.number) == Some(year))
            && wanted_mark.is_none_or(|mark| mark == last)
            && reference.kind.is_none_or(|kind| kind_of(document) == Some(kind))
    };
    let mut found: Vec<&DocumentSummary> = catalogue.documents.iter().filter(is_meant).collect();
    // One document under two spellings of its number.
    found.sort_by_key(|document| (canonical_number(&document.number), std::cmp::Reverse(document.articles)));
    found.dedup_by_key(|document| canonical_number(&document.number));
    match (found.as_slice(), year) {
        ([one], _) => Named::One(one, 0),
        ([], Some(_)) => Named::NotHeld(reference.written.clone(), vec![]),
        ([], None) => Named::Nothing,
        _ => {
            found.sort_by_key(|document| preference(document, day));
            Named::Several(found)
        }
    }
}

fn constitution<'a>(
    catalogue: &'a Catalogue,
    reference: &DocumentReference,
    title: &Title,
    day: Date,
) -> Named<'a> {
    let full = ["nước", "cộng", "hòa", "xã", "hội", "chủ", "nghĩa", "việt", "nam"];
    let is = |word: &str, wanted: &str| word == wanted || title.folded && word == fold(wanted);
    let begins = title.words.len() >= full.len() && title.words.iter().zip(full).all(|(w, f)| is(w, f));
    let words = if begins { full.len() } else { 0 };
    let year = title.year_after(words);
    let held: Vec<&DocumentSummary> = catalogue
        .documents
        .iter()
        .filter(|document| kind_of(document) == Some(DocumentKind::Constitution))
        .collect();
    let of_year = |document: &&&DocumentSummary| year.is_none_or(|year| is_of_year(document, year));
    match (held.iter().filter(of_year).min_by_key(|document| preference(document, day)), year) {
        (Some(document), _) => Named::One(document, title.with_year(words)),
        (None, Some(_)) => Named::NotHeld(written(reference, title, title.with_year(words)), held),
        (None, None) => Named::Nothing,
    }
}

fn by_title<'a>(
    catalogue: &'a Catalogue,
    reference: &DocumentReference,
    kind: DocumentKind,
    title: &Title,
    is_certain: bool,
    day: Date,
) -> Named<'a> {
    let laws: Vec<(Vec<String>, &DocumentSummary)> = catalogue
        .documents
        .iter()
        .filter(|document| kind_of(document) == Some(kind))
        .filter_map(|document| Some((title_words(&document.title, title.folded)?, document)))
        .collect();
    for words in (1..=title.words.len().min(MAX_TITLE)).rev() {
        let said = plain(&title.words[..words]);
        if said.is_empty() || is_and(&title.words[words - 1]) {
            continue;
        }
        let bearers: Vec<&DocumentSummary> =
            laws.iter().filter(|(name, _)| is_called(name, &said)).map(|(_, document)| *document).collect();
        if bearers.is_empty() {
            continue;
        }
        let year = title.year_after(words);
        let of_year = bearers.iter().filter(|document| year.is_none_or(|year| is_of_year(document, year)));
        return match of_year.min_by_key(|document| preference(document, day)) {
            Some(document) => Named::One(document, title.with_year(words)),
            None => Named::NotHeld(written(reference, title, title.with_year(words)), bearers),
        };
    }
    not_held(&laws, reference, title, is_certain)
}

/// Whether words that are no title of the index are clearly meant to be one.
fn not_held<'a>(
    laws: &[(Vec<String>, &'a DocumentSummary)],
    reference: &DocumentReference,
    title: &Title,
    is_certain: bool,
) -> Named<'a> {
    let (words, year) = match title.first_year() {
        Some((words, year)) => (words, Some(year)),
        None => (title.words.len(), None),
    };
    let end = first_outside(title);
    if year.is_none() && !is_certain || year.is_some() && end < words && !is_certain {
        return Named::Nothing;
    }
    let words = words.min(end);
    if words == 0 || words > MAX_NAME {
        return Named::Nothing;
    }
    let said = plain(&title.words[..words]);
    let akin: Vec<&DocumentSummary> =
        laws.iter().filter(|(name, _)| resemble(name, &said)).map(|(_, document)| *document).collect();
    if !akin.is_empty() && !is_certain {
        return Named::Nothing;
    }
    Named::NotHeld(written(reference, title, title.with_year(words)), akin)
}

/// The number of words before the first that no name holds.
fn first_outside(title: &Title) -> usize {
    let begins = |at: usize, phrase: &&str| {
        phrase.split(' ').enumerate().all(|(n, part)| {
            title.words.get(at + n).is_some_and(|word| word == part || title.folded && *word == fold(part))
        })
    };
    (0..title.words.len())
        .find(|&at| NO_NAME.iter().any(|phrase| begins(at, phrase)))
        .unwrap_or(title.words.len())
}

/// `Luật Kết bạn năm 2017`, as it was written.
fn written(reference: &DocumentReference, title: &Title, words: usize) -> String {
    format!("{} {}", reference.written, title.written(words)).trim().to_owned()
}

/// Which of several documents of one title is meant: the one in force, then the last that was, then the next to come;
/// among equals the newest.
fn preference(document: &DocumentSummary, day: Date) -> (u8, i16) {
    let order = match document.status(day) {
        DocumentStatus::InForce | DocumentStatus::PartlyInForce | DocumentStatus::Unknown => 0,
        DocumentStatus::NoLongerInForce => 1,
        DocumentStatus::NotYetInForce => 2,
    };
    (order, -year_of(&document.number).unwrap_or_default())
}

/// Whether a document is of a year: by its number, by the year in its title, or by its first day in force.
fn is_of_year(document: &DocumentSummary, year: i16) -> bool {
    year_of(&document.number) == Some(year)
        || year_of(&document.number).is_none() && document.number.contains(&year.to_string())
        || document.effective_from.is_some_and(|from| from.year() == year)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::question::citation::reference;
    use crate::regulations::article::Article;
    use crate::regulations::article::tests::{index_of, sample};

    const DAY: Date = Date::constant(2026, 11, 24);

    fn document(number: &str, kind: &str, title: &str) -> Article {
        let mut article = sample("1", "", "Văn bản.");
        article.document_number = number.into();
        article.document_type = kind.into();
        article.document_title = title.into();
        article.effective_from = None;
        article
    }

    /// The number that a question's name means; `?` before what is not held.
    fn meant(text: &str) -> String {
        let mut old = document("81/2006/QH11", "Luật", "Cư trú");
        old.effective_to = Some(Date::constant(2021, 7, 1));
        let (_folder, index) = index_of(&[
            old,
            document("68/2020/QH14", "Luật", "Luật cư trú 2020 số 68/2020/QH14"),
            document("45/2019/QH14", "Bộ luật", "Bộ Luật lao động"),
            document("41/2019/QH14", "Luật", "Thi hành án hình sự"),
            document("52/2014/QH13", "Luật", "Hôn nhân và gia đình"),
            document("66/2006/QH11", "Luật", "Hàng không dân dụng Việt Nam"),
            document("65/2006/QH11", "Luật", "Luật sư"),
            document("36/2013/QH13", "Luật", "Sửa đổi, bổ sung một số điều của Luật Cư trú"),
            document(
                "HIẾN PHÁP 2013",
                "Hiến pháp",
                "Hiến pháp nước Cộng hòa xã hội chủ nghĩa Việt Nam năm 2013",
            ),
            document("135/2020/NĐ-CP", "Nghị định", "Quy định về tuổi nghỉ hưu"),
            document("35/2020/TT-BCA", "Thông tư", "Quy định"),
            document("35/2020/TT-BTC", "Thông tư", "Quy định"),
        ]);
        let catalogue = index.catalogue().unwrap();
        let Some(reference) = reference(text) else { return String::new() };
        match find(&catalogue, &reference.document, reference.provision.is_some(), DAY) {
            Named::One(document, _) => document.number.clone(),
            Named::Several(several) => several.len().to_string(),
            Named::NotHeld(written, akin) => format!("?{written}|{}", akin.len()),
            Named::Nothing => String::new(),
        }
    }

    #[test]
    fn a_title_means_the_law_in_force_and_a_year_the_one_of_that_year() {
        for (text, number) in [
            ("Theo Luật Cư trú thì tạm trú là gì?", "68/2020/QH14"),
            ("Luật Cư trú năm 2006 nói gì?", "81/2006/QH11"),
            ("luat cu tru 2020", "68/2020/QH14"),
            ("Điều 35 bộ luật lao động", "45/2019/QH14"),
            ("luật lao động năm hai nghìn không trăm mười chín", "45/2019/QH14"),
            ("điều 8 luật hôn nhân gia đình quy định gì", "52/2014/QH13"),
            ("điều 8 luật HNGĐ", "52/2014/QH13"),
            ("Luật Hàng không dân dụng", "66/2006/QH11"),
            ("Hiến pháp 2013", "HIẾN PHÁP 2013"),
            ("theo hiến pháp thì ai có quyền bầu cử", "HIẾN PHÁP 2013"),
            ("Điều 3 Luật Luật sư", "65/2006/QH11"),
        ] {
            assert_eq!(meant(text), number, "{text}");
        }
    }

    #[test]
    fn a_number_means_its_document_however_it_is_spelt() {
        for (text, number) in [
            ("điều 12 nghị định 135/2020", "135/2020/NĐ-CP"),
            ("nghi dinh 135/2020/nd-cp", "135/2020/NĐ-CP"),
            ("nghị định một trăm ba lăm năm hai nghìn không trăm hai mươi", "135/2020/NĐ-CP"),
            ("bốn lăm trên hai không mười chín trên quy hát mười bốn", "45/2019/QH14"),
            ("thông tư 35/2020", "2"),
            ("thông tư 35/2020/TT-BCA", "35/2020/TT-BCA"),
            ("Nghị định 997/2022/NĐ-CP phạt gì?", "?Nghị định 997/2022/NĐ-CP|0"),
            ("Thông tư 135/2020 nói gì", "?Thông tư 135/2020|0"),
            ("thông tư 99", ""),
        ] {
            assert_eq!(meant(text), number, "{text}");
        }
    }

    #[test]
    fn only_a_clear_name_is_said_to_be_missing() {
        for (text, number) in [
            ("Luật Kết bạn năm 2017 cho mấy người cưới?", "?Luật Kết bạn năm 2017|0"),
            ("Điều 5 Luật Nuôi mèo quy định gì?", "?Luật Nuôi mèo|0"),
            ("Điều 5 Luật Hàng không quy định gì?", "?Luật Hàng không|1"),
            ("Luật Cư trú năm 2013 quy định gì?", "?Luật Cư trú năm 2013|2"),
            ("Hiến pháp 1992 nói gì?", "?Hiến pháp 1992|1"),
            ("Chế độ ăn theo Luật thi hành hình sự 2019", ""),
            ("Theo luật hành chính này đúng hay sai?", ""),
            ("Luật quy định thế nào về việc nghỉ năm 2024?", ""),
            ("Theo luật thì năm 2024 nghỉ mấy ngày?", ""),
            ("Luật mới năm 2024 có gì?", ""),
            ("Theo luật anh trai có được thừa kế không?", ""),
        ] {
            assert_eq!(meant(text), number, "{text}");
        }
    }
}
