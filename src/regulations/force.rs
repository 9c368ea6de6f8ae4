//! What is known of force, written into the articles themselves: the days, what replaced them, which of their parts are
//! gone, and where that is stated.
//!
//! [`super::validity`] reads it out of all texts together, so it is worked out anew at every import, over what is new
//! and what is there. An article with [`Article::evidence`] has got its end from here; before it is asked again that is
//! taken away, for the document that ended it may have been removed meanwhile.

use super::article::{Article, RepealedPart};
use super::validity::{DocumentStatus, Evidence, Validity};
use crate::vietnamese::vietnamese_date;

/// Writes into an article what is known of its force. What the article's source said of its days stays.
pub fn write_force(article: &mut Article, validity: &Validity) {
    if article.evidence.take().is_some() {
        article.effective_to = None;
        article.replaced_by = None;
        article.confirmed_on = None;
        article.repealed_parts.clear();
    }
    let status = validity.status(&article.document_number);
    if status.number.is_empty() {
        return;
    }
    begin(article, status);
    if article.effective_to.is_some() {
        return; // an older wording, or its source knows
    }
    end(article, status);
    if article.replaced_by.is_none() {
        article.confirmed_on = status.codified;
        article.evidence = status.codified.map(|_| stated(&status.evidence)).filter(|text| !text.is_empty());
    }
    take_parts(article, status);
}

fn begin(article: &mut Article, status: &DocumentStatus) {
    let staged = status.staged.iter().find(|staged| staged.part.covers(&article.number, None));
    match staged {
        Some(staged) => article.effective_from = article.effective_from.max(Some(staged.from)),
        None => article.effective_from = article.effective_from.or(status.effective_from),
    }
}

fn end(article: &mut Article, status: &DocumentStatus) {
    let Some(by) = &status.replaced_by else { return };
    if status.kept.iter().any(|kept| kept.part.touches(&article.number, None)) {
        return; // the sentence that ends the document keeps this alive, at least in part: unknown
    }
    article.effective_to = status.effective_to;
    article.replaced_by = Some(by.clone());
    article.evidence = Some(stated(&status.evidence));
}

fn take_parts(article: &mut Article, status: &DocumentStatus) {
    let taken =
        status.partial.iter().filter(|part| part.whole && part.article.as_ref() == Some(&article.number));
    for part in taken {
        if part.clause.is_none() && part.point.is_none() {
            if article.replaced_by.is_none() {
                article.effective_to = part.from;
                article.replaced_by = Some(part.by.clone());
                article.confirmed_on = None;
                article.evidence = Some(stated(&part.evidence));
            }
            continue;
        }
        article.repealed_parts.push(RepealedPart {
            clause: part.clause.clone(),
            point: part.point.clone(),
            by: part.by.clone(),
            from: part.from,
        });
        article.evidence.get_or_insert_with(|| stated(&part.evidence));
    }
}

/// `khoản 2 Điều 38 của 68/2020/QH14`.
fn stated(evidence: &Evidence) -> String {
    match evidence {
        Evidence::StatedIn { document, article, clause }
        | Evidence::TitleYear { document, article, clause } => {
            let clause = clause.as_ref().map(|clause| format!("khoản {clause} ")).unwrap_or_default();
            format!("{clause}Điều {article} của {document}")
        }
        Evidence::Codification { day } => {
            format!("Bộ pháp điển, {}", vietnamese_date(*day))
        }
        Evidence::Collected { .. } | Evidence::Unknown => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::Date;

    use super::*;
    use crate::regulations::article::tests::sample;
    use crate::regulations::validity::derive;

    fn law(number: &str, title: &str, article: &str, text: &str) -> Article {
        Article {
            document_number: number.into(),
            document_type: "Luật".into(),
            document_title: title.into(),
            effective_from: None,
            ..sample(article, "Hiệu lực thi hành", text)
        }
    }

    #[test]
    fn a_law_ends_when_another_says_so_and_lives_again_without_it() {
        let mut old = law("81/2006/QH11", "Luật Cư trú", "1", "Phạm vi điều chỉnh.");
        let new = law(
            "68/2020/QH14",
            "Luật Cư trú",
            "38",
            "1. Luật này có hiệu lực thi hành từ ngày 01 tháng 7 năm 2021.\n\
             2. Luật Cư trú số 81/2006/QH11 hết hiệu lực kể từ ngày Luật này có hiệu lực thi hành.",
        );
        let both = derive([&old, &new].into_iter());
        write_force(&mut old, &both);
        assert_eq!(old.replaced_by.as_deref(), Some("68/2020/QH14"));
        assert_eq!(old.effective_to, Some(Date::constant(2021, 7, 1)));
        assert_eq!(old.evidence.as_deref(), Some("khoản 2 Điều 38 của 68/2020/QH14"));
        let mut again = new.clone();
        write_force(&mut again, &both);
        assert_eq!((again.effective_from, again.replaced_by), (Some(Date::constant(2021, 7, 1)), None));
        let alone = derive([&old].into_iter());
        write_force(&mut old, &alone);
        assert_eq!((old.effective_to, old.replaced_by, old.evidence), (None, None, None));
    }
}
