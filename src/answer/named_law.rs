//! What a question itself names of the law: an article is answered from that article, and a document or an article
//! that is not held is said to be missing. A wrong premise is never answered from another document.

use std::collections::HashSet;

use jiff::civil::Date;

use super::articles::Preferred;
use super::refusal::refuse_not_held;
use super::{Answer, detail, provision};
use crate::question::citation::{Provision, reference};
use crate::question::{Intent, Question};
use crate::regulations::catalogue::{DocumentStatus, DocumentSummary};
use crate::regulations::names::{Named, find};
use crate::regulations::{IndexError, Search};

/// Documents of a like name that are told beside a refusal.
const MAX_AKIN: usize = 3;

/// What follows from what is named.
#[derive(Debug, Clone, PartialEq)]
pub enum Naming {
    /// This is the answer, or the refusal.
    Settles(Box<Answer>),
    /// The search goes on, with these documents first; none where none is named.
    Prefers(Preferred),
}

impl Naming {
    fn settles(answer: Answer) -> Self {
        Self::Settles(Box::new(answer))
    }
}

/// What the question names, looked up as of a day.
pub fn look_up(question: &Question, search: &Search<'_>, as_of: Date) -> Result<Naming, IndexError> {
    let nothing = Naming::Prefers(Preferred::default());
    let Some(reference) = reference(question.text()) else { return Ok(nothing) };
    let catalogue = search.catalogue()?;
    let named = find(&catalogue, &reference.document, reference.provision.is_some(), as_of);
    Ok(match (named, &reference.provision) {
        (Named::One(document, words), Some(named)) => {
            let rest = reference.rest(words);
            let rest = if question.was_heard() { Question::heard(&rest) } else { Question::new(&rest) };
            Naming::settles(article(&rest, document, named, search, as_of)?)
        }
        (Named::One(document, _), None) => Naming::Prefers(preferred(&[document], as_of)),
        (Named::Several(documents), Some(named)) if documents.len() <= detail::MAX_OPTIONS => {
            let option = |document: &&DocumentSummary| format!("Điều {} {}", named.article, called(document));
            Naming::settles(detail::ask(documents.iter().map(option).collect(), Intent::Regulation))
        }
        (Named::Several(documents), None) => Naming::Prefers(preferred(&documents, as_of)),
        (Named::NotHeld(written, akin), _) => Naming::settles(refuse_not_held(&missing(&written, &akin))),
        (Named::Several(_) | Named::Nothing, _) => nothing,
    })
}

fn preferred(documents: &[&DocumentSummary], as_of: Date) -> Preferred {
    let has_ended = |document: &&DocumentSummary| document.status(as_of) == DocumentStatus::NoLongerInForce;
    Preferred {
        documents: documents.iter().map(|document| document.number.clone()).collect(),
        have_ended: documents.iter().all(has_ended),
    }
}

/// The answer from the named article, or why there is none.
fn article(
    rest: &Question,
    document: &DocumentSummary,
    named: &Provision,
    search: &Search<'_>,
    as_of: Date,
) -> Result<Answer, IndexError> {
    match search.article_as_of(&document.number, &named.article, as_of)? {
        Some(article) => Ok(provision::answer(rest, &article, named, search, as_of)),
        None => Ok(refuse_not_held(&no_such_article(document, &named.article, search)?)),
    }
}

/// That a document has no such article; where the index holds all of it, it is not there, else it may only be missing.
fn no_such_article(
    document: &DocumentSummary,
    article: &str,
    search: &Search<'_>,
) -> Result<String, IndexError> {
    let name = called(document);
    let numbers: HashSet<String> =
        search.document(&document.number)?.into_iter().map(|article| article.number).collect();
    let plain: Vec<u32> = numbers.iter().filter_map(|number| number.parse().ok()).collect();
    let last = plain.iter().copied().max().unwrap_or_default();
    let is_whole = u32::try_from(plain.len()) == Ok(last);
    Ok(if is_whole {
        format!("{name} không có Điều {article}: văn bản này có {last} điều.")
    } else {
        format!("Tôi chưa có Điều {article} của {name}; tôi chỉ có {} điều của văn bản này.", numbers.len())
    })
}

/// That a document is not held, and which are called like it.
fn missing(written: &str, akin: &[&DocumentSummary]) -> String {
    let sentence = format!(
        "Trong các quy định mà tôi có, không có văn bản “{written}”, nên tôi không trả lời theo văn bản đó."
    );
    if akin.is_empty() {
        return sentence;
    }
    let names: Vec<String> = akin.iter().take(MAX_AKIN).map(|document| called(document)).collect();
    format!("{sentence} Văn bản có tên gần nhất mà tôi có: {}.", names.join("; "))
}

/// `Bộ luật Lao động (45/2019/QH14)`, the number once.
fn called(document: &DocumentSummary) -> String {
    let name = &document.name;
    if name.contains(&document.number) || document.number.to_lowercase().starts_with("hiến pháp") {
        name.clone()
    } else {
        format!("{name} ({})", document.number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::answer::{Status, compose};
    use crate::regulations::Article;
    use crate::regulations::article::tests::{index_of, sample};

    const DAY: Date = Date::constant(2026, 11, 24);

    fn law(number: &str, title: &str, article: &str, text: &str) -> Article {
        let mut law = sample(article, "Quyền của người cư trú", text);
        law.document_number = number.into();
        law.document_type = "Luật".into();
        law.document_title = title.into();
        law.confirmed_on = Some(Date::constant(2026, 6, 1));
        law
    }

    fn articles() -> Vec<Article> {
        let mut old = law("81/2006/QH11", "Cư trú", "1", "Tạm trú là việc ở lại nơi khác theo luật cũ.");
        old.effective_from = Some(Date::constant(2007, 7, 1));
        old.effective_to = Some(Date::constant(2021, 7, 1));
        old.replaced_by = Some("68/2020/QH14".into());
        let text = "1. Người cư trú được giữ bí mật thông tin.\n2. Người cư trú được nhận thẻ trong 07 ngày:\na) Tại xã;\nb) Tại huyện.";
        vec![
            old,
            law("68/2020/QH14", "Luật Cư trú", "1", text),
            law("68/2020/QH14", "Luật Cư trú", "2", "Tạm trú là việc ở lại nơi khác một thời gian."),
            sample("1", "Phạm vi điều chỉnh", "Bộ luật này quy định quan hệ lao động."),
            sample("3", "Thời giờ", "Người lao động làm việc không quá 08 giờ."),
        ]
    }

    fn asked(text: &str) -> Answer {
        let (_folder, index) = index_of(&articles());
        compose(&Question::new(text), &index.search(), DAY).unwrap()
    }

    #[test]
    fn an_article_that_is_named_is_quoted_and_no_other() {
        for question in [
            "Điều 1 Luật Cư trú quy định gì?",
            "dieu 1 luat cu tru quy dinh gi",
            "điều một luật cư trú",
            "điều một của sáu tám trên hai không hai mươi trên quy hát mười bốn",
        ] {
            let answer = asked(question);
            assert_eq!(answer.status, Status::Answered, "{question}: {answer:?}");
            let citation = &answer.citations[0];
            assert_eq!((citation.document_number.as_str(), citation.article.as_str()), ("68/2020/QH14", "1"));
            assert!(citation.quote.as_ref().unwrap().contains("b) Tại huyện."), "{question}");
        }
        let clause = asked("khoản 2 Điều 1 Luật Cư trú");
        assert_eq!(clause.citations[0].clause.as_deref(), Some("2"));
        assert!(clause.citations[0].quote.as_ref().unwrap().starts_with("2. Người cư trú"));
        let specific = asked("Theo Điều 1 Luật Cư trú, người cư trú được nhận thẻ trong bao nhiêu ngày?");
        assert_eq!(specific.citations[0].clause.as_deref(), Some("2"), "{specific:?}");
    }

    #[test]
    fn what_is_not_held_is_said_to_be_missing() {
        for (question, told) in [
            (
                "Điều 80 Luật Cư trú quy định gì?",
                "Luật Cư trú (68/2020/QH14) không có Điều 80: văn bản này có 2 điều.",
            ),
            ("Điều 2 Bộ luật Lao động nói gì?", "Tôi chưa có Điều 2 của Bộ luật Lao động (45/2019/QH14)"),
            ("Khoản 9 Điều 1 Luật Cư trú", "không có khoản 9"),
            ("Điều 1 Luật Cư trú phạt xe máy vượt đèn đỏ bao nhiêu?", "không nói về điều được hỏi"),
            ("Luật Nuôi mèo năm 2018 cho nuôi mấy con?", "không có văn bản “Luật Nuôi mèo năm 2018”"),
            (
                "Theo Nghị định 997/2022/NĐ-CP thì phạt bao nhiêu?",
                "không có văn bản “Nghị định 997/2022/NĐ-CP”",
            ),
            ("Luật Cư trú năm 2015 nói gì về tạm trú?", "Luật Cư trú (68/2020/QH14)"),
        ] {
            let answer = asked(question);
            assert_eq!(
                (answer.status, answer.citations.len()),
                (Status::NotFound, 0),
                "{question}: {answer:?}"
            );
            assert!(answer.answer.text.contains(told), "{question}: {}", answer.answer.text);
            assert!(answer.answer.text.contains("1800 1096"), "{question}");
            assert!(!answer.answer.spoken.chars().any(|c| c.is_ascii_digit()), "{}", answer.answer.spoken);
        }
    }

    #[test]
    fn of_a_law_that_has_ended_its_successor_is_named() {
        let answer = asked("Điều 1 Luật Cư trú năm 2006 quy định gì?");
        assert_eq!(answer.status, Status::AnsweredWithCaution);
        assert_eq!(answer.citations[0].document_number, "81/2006/QH11");
        assert!(answer.answer.text.contains("được thay thế bằng văn bản số 68/2020/QH14"), "{answer:?}");
    }

    #[test]
    fn a_document_that_is_named_comes_first() {
        let (_folder, index) = index_of(&articles());
        let named = |text: &str| match look_up(&Question::new(text), &index.search(), DAY).unwrap() {
            Naming::Prefers(preferred) => (preferred.documents, preferred.have_ended),
            Naming::Settles(answer) => panic!("{answer:?}"),
        };
        let numbers = |number: &str| vec![number.to_owned()];
        assert_eq!(named("Theo Luật Cư trú thì tạm trú là gì?"), (numbers("68/2020/QH14"), false));
        assert_eq!(named("Tạm trú theo Luật Cư trú 2006 là gì?"), (numbers("81/2006/QH11"), true));
        assert_eq!(named("Theo pháp luật thì tạm trú là gì?"), (vec![], false));
    }
}
