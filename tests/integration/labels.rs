//! The labelled answers of `tests/answers`: well formed, enough of each kind, and true to the law that they cite.

use std::collections::{BTreeMap, BTreeSet};
use std::io::BufRead;
use std::path::Path;

use crate::common::MEASURING;
use hoidap::evaluation::answers::{LabelledAnswer, QuestionKind, holds};
use hoidap::evaluation::read_json_lines;
use serde::Deserialize;

const FITTING: &str = "out-of-scope.jsonl";

fn labels() -> Vec<LabelledAnswer> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/answers");
    MEASURING.iter().flat_map(|file| read_json_lines(&folder.join(file)).unwrap()).collect()
}

#[test]
fn labels_are_well_formed_and_of_every_kind() {
    let labels = labels();
    let ids: BTreeSet<&str> = labels.iter().map(|label| label.id.as_str()).collect();
    assert_eq!(ids.len(), labels.len(), "an id is used twice");
    let questions: BTreeSet<&str> = labels.iter().map(|label| label.question.as_str()).collect();
    assert_eq!(questions.len(), labels.len(), "a question is asked twice");
    let count = |kind| labels.iter().filter(|label| label.kind == kind).count();
    let kinds = [QuestionKind::InScope, QuestionKind::OutOfScope, QuestionKind::Trap].map(count);
    assert!(kinds[0] >= 120 && kinds[1] >= 50 && kinds[2] >= 30, "{kinds:?}");
    for label in &labels {
        let is_refusal = label.expect.iter().all(|status| !status.starts_with("answered"));
        assert_eq!(is_refusal, label.gold.is_empty(), "{}", label.id);
        assert_eq!(label.trap.is_some(), label.kind == QuestionKind::Trap, "{}", label.id);
        assert_eq!(label.topic.is_some(), label.kind == QuestionKind::OutOfScope, "{}", label.id);
        assert!(!label.expect.is_empty() && !label.question.trim().is_empty(), "{}", label.id);
    }
    // What the confidence was fitted on must not measure it.
    #[derive(Deserialize)]
    struct Fitted {
        question: String,
    }
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/answers").join(FITTING);
    for fitted in read_json_lines::<Fitted>(&path).unwrap() {
        assert!(!questions.contains(fitted.question.as_str()), "{}", fitted.question);
    }
}

#[test]
fn every_gold_article_exists_and_says_what_must_be_said() {
    #[derive(Deserialize)]
    struct Line {
        doc_number: String,
        article_no: String,
        text: String,
    }
    let Some(file) = crate::common::shared("regulations/regulations.jsonl.xz") else { return };
    let labels = labels();
    let wanted: BTreeSet<(&str, &str)> = labels
        .iter()
        .flat_map(|label| label.gold.iter().map(|g| (g.doc_number.as_str(), g.article_no.as_str())))
        .collect();
    let documents: BTreeSet<&str> = wanted.iter().map(|(document, _)| *document).collect();
    let packed = std::io::BufReader::new(std::fs::File::open(file).unwrap());
    let reader = std::io::BufReader::new(lzma_rust2::XzReader::new(packed, true));
    let mut texts: BTreeMap<(String, String), String> = BTreeMap::new();
    for line in reader.lines().map(Result::unwrap) {
        let number = line.split("\"doc_number\": \"").nth(1).and_then(|rest| rest.split('"').next());
        if !number.is_some_and(|number| documents.contains(number)) {
            continue;
        }
        let line: Line = serde_json::from_str(&line).unwrap();
        if wanted.contains(&(line.doc_number.as_str(), line.article_no.as_str())) {
            // An article that comes twice is kept once in the index; either text may be the one.
            let text = texts.entry((line.doc_number, line.article_no)).or_default();
            text.push('\n');
            text.push_str(&line.text);
        }
    }
    let mut faults = Vec::new();
    for label in &labels {
        let gold: Vec<Option<&String>> = label
            .gold
            .iter()
            .map(|gold| texts.get(&(gold.doc_number.clone(), gold.article_no.clone())))
            .collect();
        if gold.contains(&None) {
            faults.push(format!("{}: a gold article does not exist", label.id));
        }
        for phrase in label.must.iter().filter(|_| !label.gold.is_empty()) {
            if !gold.iter().flatten().any(|text| holds(text, phrase)) {
                faults.push(format!("{}: no gold article says “{phrase}”", label.id));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}
