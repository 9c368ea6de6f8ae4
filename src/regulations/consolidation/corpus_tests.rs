//! What comes of the amendments among the owner's articles; only where the files lie.

use std::io::Write;

use super::*;
use crate::regulations::import::read_articles;
use crate::regulations::owners_data::unpacked;
use crate::regulations::structure::clauses;
use crate::regulations::validity::derive;

#[test]
fn real_articles_are_consolidated() {
    let Some(file) = unpacked("regulations.jsonl") else { return };
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("all.jsonl");
    std::fs::File::create(&path).unwrap().write_all(file.as_bytes()).unwrap();
    let mut articles = read_articles(&path);
    let validity = derive(articles.iter());
    for article in &mut articles {
        write_force(article, &validity);
    }
    let found = consolidate(articles.iter(), &validity);
    println!("{}", found.report);
    assert!(found.report.applied >= 300, "{}", found.report);
    // Every new wording of a clause stands in the amending text, word for word.
    let amending: String = articles
        .iter()
        .filter(|article| article.document_number == "62/2020/QH14")
        .map(|article| article.text.as_str())
        .collect();
    let of_2020 = found.versions.iter().filter(|version| {
        version.document_number == "50/2014/QH13"
            && version.effective_from == Some(Date::constant(2021, 1, 1))
    });
    let mut articles_seen = 0;
    for version in of_2020 {
        articles_seen += 1;
        for part in version.amended_parts.iter().filter(|part| part.point.is_none() && part.clause.is_some())
        {
            let exchanged = part.by.contains("khoản 64"); // “thay thế cụm từ …”
            let clause = clauses(&version.text).into_iter().find(|clause| clause.number == part.clause);
            let words = clause.map(|clause| &version.text[clause.span]).unwrap_or_default();
            assert!(
                exchanged || !part.by.ends_with("62/2020/QH14") || amending.contains(words.trim()),
                "{} {words}",
                version.key()
            );
        }
    }
    assert!(articles_seen > 60, "{articles_seen}");
}
