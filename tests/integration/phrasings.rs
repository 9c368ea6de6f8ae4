//! How citizens ask (`knowledge/phrasings`) and the questions that are learnt from (`tests/learning`): well formed, leading to
//! articles that exist, and apart from the questions that measure.

use std::collections::BTreeSet;
use std::io::BufRead;
use std::path::{Path, PathBuf};

use hoidap::evaluation::read_json_lines;
use hoidap::evaluation::retrieval::LabelledQuestion;
use hoidap::regulations::Phrasing;
use hoidap::vietnamese::syllables;
use serde::Deserialize;

fn root(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

fn phrasings() -> Vec<Phrasing> {
    let mut all = Vec::new();
    for entry in std::fs::read_dir(root("knowledge/phrasings")).unwrap() {
        let path = entry.unwrap().path();
        for (n, line) in std::fs::read_to_string(&path).unwrap().lines().enumerate() {
            let phrasing = Phrasing::from_json(line.as_bytes());
            all.push(phrasing.unwrap_or_else(|e| panic!("{}, line {}: {e}", path.display(), n + 1)));
        }
    }
    all
}

fn learnt() -> Vec<LabelledQuestion> {
    read_json_lines(&root("tests/learning/citizens.jsonl")).unwrap()
}

/// A text by its syllables alone.
fn plain(text: &str) -> String {
    syllables(text).collect::<Vec<_>>().join(" ")
}

#[test]
fn no_clause_has_its_phrases_in_two_places() {
    let phrasings = phrasings();
    assert!(phrasings.len() > 4_000, "{}", phrasings.len());
    let keys: BTreeSet<(String, Option<&str>)> =
        phrasings.iter().map(|p| (p.article_key(), p.clause.as_deref())).collect();
    assert_eq!(keys.len(), phrasings.len());
}

#[test]
fn what_is_learnt_from_does_not_measure() {
    #[derive(Deserialize)]
    struct Measured {
        question: String,
    }
    let mut written: BTreeSet<String> =
        phrasings().iter().flat_map(|p| &p.phrases).map(|phrase| plain(phrase)).collect();
    written.extend(learnt().iter().map(|question| plain(&question.question)));
    for file in crate::common::MEASURING {
        for measured in read_json_lines::<Measured>(&root("tests/answers").join(file)).unwrap() {
            assert!(!written.contains(&plain(&measured.question)), "{}", measured.question);
        }
    }
}

#[test]
fn phrases_and_questions_lead_to_articles_that_exist() {
    #[derive(Deserialize)]
    struct Line {
        doc_number: String,
        article_no: String,
    }
    let Some(file) = crate::common::shared("regulations/regulations.jsonl.xz") else { return };
    let reader = lzma_rust2::XzReader::new(std::fs::File::open(file).unwrap(), true);
    let articles: BTreeSet<(String, String)> = std::io::BufReader::new(reader)
        .lines()
        .map(|line| serde_json::from_str::<Line>(&line.unwrap()).unwrap())
        .map(|line| (line.doc_number, line.article_no))
        .collect();
    for phrasing in phrasings() {
        let place = (phrasing.document_number, phrasing.article);
        assert!(articles.contains(&place), "{place:?}");
    }
    for gold in learnt().into_iter().flat_map(|question| question.gold) {
        let place = (gold.doc_number, gold.article_no);
        assert!(articles.contains(&place), "{place:?}");
    }
}
