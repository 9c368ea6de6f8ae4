//! A table of what may have been heard so far, and whole and cut questions.

use super::completeness;
use crate::audio::turn::Completeness;
use proptest::prelude::*;

#[test]
fn the_table_is_read_as_it_says() {
    let mut lines = 0;
    let mut wrong = Vec::new();
    for line in include_str!("table.tsv").lines().filter(|line| !line.starts_with('#')) {
        let (wanted, text) = line.split_once('\t').expect("a verdict and a text");
        let wanted = match wanted {
            "finished" => Completeness::Finished,
            "unfinished" => Completeness::Unfinished,
            "unknown" => Completeness::Unknown,
            other => panic!("{other} is no verdict"),
        };
        lines += 1;
        let judged = completeness(text);
        if judged != wanted {
            wrong.push(format!("{text}: {judged:?}, not {wanted:?}"));
        }
    }
    assert!(lines >= 120, "{lines} lines");
    assert!(wrong.is_empty(), "{} of {lines} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

/// Over the development questions, and over what is kept here of citizens' own words.
#[test]
fn whole_questions_are_seldom_unfinished_and_halves_seldom_finished() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    for file in ["../shared/questions/questions-dev.jsonl", "tests/learning/citizens.jsonl"] {
        let Ok(text) = std::fs::read_to_string(root.join(file)) else {
            eprintln!("{file} is not here: this part of the test is left out");
            continue;
        };
        let (mut whole, mut unfinished, mut finished, mut halves, mut cut_off) = (0, 0, 0, 0, 0);
        for line in text.lines() {
            let line: serde_json::Value = serde_json::from_str(line).unwrap();
            // As they are spoken: without the question mark, which gives them away.
            let question = line["question"].as_str().unwrap().trim_end_matches(['?', '.', ' ']);
            whole += 1;
            match completeness(question) {
                Completeness::Unfinished => unfinished += 1,
                Completeness::Finished => finished += 1,
                Completeness::Unknown => {}
            }
            let words: Vec<&str> = question.split_whitespace().collect();
            for share in [0.5, 0.6, 0.7, 0.8] {
                let half = words[..(words.len() as f64 * share) as usize].join(" ");
                halves += 1;
                cut_off += usize::from(completeness(&half) == Completeness::Finished);
            }
        }
        let share = |of: usize, all: usize| of as f64 / all as f64;
        eprintln!(
            "{file}: of {whole} whole questions {:.4} unfinished, {:.4} finished; of {halves} parts {:.4} finished",
            share(unfinished, whole),
            share(finished, whole),
            share(cut_off, halves)
        );
        assert!(share(unfinished, whole) < 0.015, "{unfinished} of {whole}");
        assert!(share(finished, whole) > 0.5, "{finished} of {whole}");
        assert!(share(cut_off, halves) < 0.05, "{cut_off} of {halves}");
    }
}

proptest! {
    #[test]
    fn any_text_is_judged(text in "\\PC{0,60}") {
        completeness(&text);
    }
}
