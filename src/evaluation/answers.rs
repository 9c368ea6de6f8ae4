//! Whole answers, judged: is the right article cited, are the right words quoted, is what no law answers refused?
//!
//! The labels were written from the law, not from the service's answers; `tests/answers/README.md` has their fields.
//! Questions are typed, but for the trap `misheard`, which is asked as if it had been heard.

use std::fmt;
use std::path::PathBuf;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::answers_report::AnswersReport;
use super::{EvaluationError, read_json_lines};
use crate::answer::detail::place;
use crate::answer::{self, Answer, Citation, Status, Turn};
use crate::question::Question;
use crate::receipts::verify::{Proof, prove};
use crate::regulations::{IndexError, RegulationIndex, Search};
use crate::vietnamese::canonical;

/// What kind of question it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum QuestionKind {
    /// The law in the index answers it.
    InScope,
    /// No law answers it, or no law should.
    OutOfScope,
    /// It invites a wrong answer.
    Trap,
}

/// A place that answers a question.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GoldPlace {
    /// `45/2019/QH14`.
    pub doc_number: String,
    /// `35`.
    pub article_no: String,
    /// `1`; null where the whole article answers. For the reader: it is not judged.
    pub clause: Option<String>,
}

/// One question with what a right answer is.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LabelledAnswer {
    /// Its own among all files.
    pub id: String,
    /// What kind of question it is.
    pub kind: QuestionKind,
    /// Which trap it is, if it is one.
    #[serde(default)]
    pub trap: Option<String>,
    /// What it is about, if no law answers it.
    #[serde(default)]
    pub topic: Option<String>,
    /// As a citizen asks.
    pub question: String,
    /// The day on which the law is asked; the caller's where null.
    #[serde(default)]
    pub as_of: Option<Date>,
    /// Any of them is right; where there is none, only a refusal is.
    pub gold: Vec<GoldPlace>,
    /// Every one of these must be said or quoted.
    #[serde(default)]
    pub must: Vec<String>,
    /// None of these may be quoted.
    #[serde(default)]
    pub must_not: Vec<String>,
    /// None of these documents may be cited first, nor as in force.
    #[serde(default)]
    pub must_not_cite: Vec<String>,
    /// The statuses that are right.
    pub expect: Vec<String>,
    /// Why it is labelled as it is.
    #[serde(default)]
    pub note: Option<String>,
}

/// Which of the three it was. A refusal is right where nothing answers, and no more than a refusal elsewhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// As the labels want it.
    Right,
    /// Answered, and not as the labels want it.
    Wrong,
    /// Not answered, though the law answers.
    Refused,
}

/// What is wrong with an answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Fault {
    /// It should have been refused.
    NotRefused,
    /// It ended in a status that the labels do not allow.
    Status(String),
    /// No citation is a gold article.
    OtherArticle,
    /// This is neither said nor quoted.
    Unsaid(String),
    /// This is quoted and must not be.
    Quoted(String),
    /// This document is cited first and must not be.
    CitedFirst(String),
}

impl Fault {
    /// What it is called when faults are counted.
    pub fn name(&self) -> &'static str {
        match self {
            Self::NotRefused => "not refused",
            Self::Status(_) => "other status",
            Self::OtherArticle => "other article",
            Self::Unsaid(_) => "words unsaid",
            Self::Quoted(_) => "wrong words quoted",
            Self::CitedFirst(_) => "wrong document first",
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotRefused => f.write_str("answered what is to be refused"),
            Self::Status(status) => write!(f, "ended as {status}"),
            Self::OtherArticle => f.write_str("another article"),
            Self::Unsaid(phrase) => write!(f, "unsaid: “{phrase}”"),
            Self::Quoted(phrase) => write!(f, "quoted: “{phrase}”"),
            Self::CitedFirst(document) => write!(f, "cited first: {document}"),
        }
    }
}

/// How one question ended.
#[derive(Debug, Clone, Serialize)]
pub struct Outcome {
    /// The question's.
    pub id: String,
    /// The question's.
    pub kind: QuestionKind,
    /// The question's trap or topic.
    pub group: Option<String>,
    /// As asked.
    pub question: String,
    /// As the answer's JSON has it.
    pub status: String,
    /// Whether something was given as the answer.
    pub is_answered: bool,
    /// Whether the labels name that status.
    pub is_expected: bool,
    /// Right, wrong or refused.
    pub verdict: Verdict,
    /// Why it is wrong; empty otherwise.
    pub faults: Vec<Fault>,
    /// Where it was asked back and the law answers: whether a gold article was among the options.
    pub was_offered: Option<bool>,
    /// How it ended when that option was chosen.
    pub once_chosen: Option<Verdict>,
    /// The answer's.
    pub confidence: Option<f32>,
    /// Each citation: its place, and the document's number.
    pub cited: Vec<String>,
    /// The gold places.
    pub gold: Vec<String>,
    /// Quotes that are no verbatim span of the stored article. There must be none.
    pub unproved_quotes: usize,
    /// Citations of repealed rules that are not told to be so. There must be none.
    pub repealed_as_in_force: usize,
}

/// Reads several files of labels.
pub fn read_labels(files: &[PathBuf]) -> Result<Vec<LabelledAnswer>, EvaluationError> {
    let mut all = Vec::new();
    for file in files {
        all.extend(read_json_lines(file)?);
    }
    Ok(all)
}

/// Asks every question of the index, as of its own day or else `as_of`.
pub fn evaluate_answers(
    index: &RegulationIndex,
    labels: &[LabelledAnswer],
    as_of: Date,
) -> Result<AnswersReport, EvaluationError> {
    let mut outcomes = Vec::with_capacity(labels.len());
    for label in labels {
        let is_heard = label.trap.as_deref() == Some("misheard");
        let question =
            if is_heard { Question::heard(&label.question) } else { Question::new(&label.question) };
        let day = label.as_of.unwrap_or(as_of);
        let search = index.search();
        let Turn { answer, follow_up, .. } = answer::turn(&question, None, &search, day)?;
        let mut outcome = outcome(label, &answer, &search, day)?;
        if answer.status == Status::NeedsDetail && !label.gold.is_empty() {
            let offered =
                answer.options.iter().position(|option| label.gold.iter().any(|g| g.is_named_in(option)));
            outcome.was_offered = Some(offered.is_some());
            if let Some(place) = offered {
                let reply = Question::new(&format!("số {}", place + 1));
                let chosen = answer::turn(&reply, follow_up.as_ref(), &search, day)?;
                outcome.once_chosen = Some(judge(label, &chosen.answer).0);
            }
        }
        outcomes.push(outcome);
    }
    Ok(AnswersReport::new(outcomes, as_of, index.state()))
}

fn outcome(
    label: &LabelledAnswer,
    answer: &Answer,
    search: &Search<'_>,
    day: Date,
) -> Result<Outcome, IndexError> {
    let (mut unproved_quotes, mut repealed_as_in_force) = (0, 0);
    for citation in &answer.citations {
        let proof = prove(citation, search)?;
        unproved_quotes += usize::from(!matches!(proof, Proof::Proved | Proof::NothingQuoted));
        let stored = search.article_as_of(&citation.document_number, &citation.article, day)?;
        let is_repealed = stored.is_some_and(|article| article.in_force(day) == Some(false));
        let is_banned = label.must_not_cite.contains(&citation.document_number);
        let is_hidden =
            is_repealed && citation.in_force != Some(false) || is_banned && citation.in_force == Some(true);
        repealed_as_in_force += usize::from(is_hidden);
    }
    let status = status_name(answer);
    let is_answered = is_answered(answer);
    let (verdict, faults) = judge(label, answer);
    Ok(Outcome {
        id: label.id.clone(),
        kind: label.kind,
        group: label.trap.clone().or_else(|| label.topic.clone()),
        question: label.question.clone(),
        is_answered,
        is_expected: label.expect.contains(&status),
        status,
        verdict,
        faults,
        was_offered: None,
        once_chosen: None,
        confidence: answer.confidence,
        cited: answer.citations.iter().map(Citation::full_place).collect(),
        gold: label.gold.iter().map(GoldPlace::to_string).collect(),
        unproved_quotes,
        repealed_as_in_force,
    })
}

/// The status as the answer's JSON has it, so that statuses of other versions of the service can be labelled too.
fn status_name(answer: &Answer) -> String {
    let value = serde_json::to_value(answer.status).unwrap_or_default();
    value.as_str().unwrap_or_default().to_owned()
}

/// Whether a rule was given: asking back without one is none.
fn is_answered(answer: &Answer) -> bool {
    match status_name(answer).as_str() {
        "answered" | "answered_with_caution" => true,
        "needs_detail" => !answer.citations.is_empty(),
        _ => false,
    }
}

/// Compares an answer with its labels. To ask for a detail beside the right rule is right wherever an answer is.
pub fn judge(label: &LabelledAnswer, answer: &Answer) -> (Verdict, Vec<Fault>) {
    if !is_answered(answer) {
        return (if label.gold.is_empty() { Verdict::Right } else { Verdict::Refused }, vec![]);
    }
    if label.gold.is_empty() {
        return (Verdict::Wrong, vec![Fault::NotRefused]);
    }
    let mut faults = Vec::new();
    let status = status_name(answer);
    if status != "needs_detail" && !label.expect.contains(&status) {
        faults.push(Fault::Status(status));
    }
    let is_gold = |citation: &Citation| {
        let same = |gold: &GoldPlace| {
            gold.doc_number == citation.document_number && gold.article_no == citation.article
        };
        label.gold.iter().any(same)
    };
    if !answer.citations.iter().any(is_gold) {
        faults.push(Fault::OtherArticle);
    }
    let quotes: Vec<&str> = answer.citations.iter().filter_map(|c| c.quote.as_deref()).collect();
    for phrase in &label.must {
        let said = holds(&answer.answer.text, phrase) || quotes.iter().any(|quote| holds(quote, phrase));
        if !said {
            faults.push(Fault::Unsaid(phrase.clone()));
        }
    }
    for phrase in &label.must_not {
        if quotes.iter().any(|quote| holds(quote, phrase)) {
            faults.push(Fault::Quoted(phrase.clone()));
        }
    }
    if let Some(first) = answer.citations.first()
        && label.must_not_cite.contains(&first.document_number)
    {
        faults.push(Fault::CitedFirst(first.document_number.clone()));
    }
    (if faults.is_empty() { Verdict::Right } else { Verdict::Wrong }, faults)
}

/// Whether a text holds a phrase, whatever the case, the placement of tone marks and the white space.
pub fn holds(text: &str, phrase: &str) -> bool {
    let plain = |text: &str| canonical(text).split_whitespace().collect::<Vec<_>>().join(" ");
    plain(text).contains(&plain(phrase))
}

impl GoldPlace {
    /// Whether an option of a question back names this article.
    fn is_named_in(&self, option: &str) -> bool {
        option.ends_with(&place(&self.article_no, &self.doc_number))
    }
}

impl fmt::Display for GoldPlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(clause) = &self.clause {
            write!(f, "khoản {clause} ")?;
        }
        write!(f, "Điều {} {}", self.article_no, self.doc_number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::answer::{AnswerText, Status};
    use crate::question::Intent;
    use crate::receipts::tests::answer;

    fn label(gold: &[(&str, &str)]) -> LabelledAnswer {
        let gold: Vec<_> = gold
            .iter()
            .map(|(doc, no)| serde_json::json!({"doc_number": doc, "article_no": no, "clause": null}))
            .collect();
        serde_json::from_value(serde_json::json!({
            "id": "x", "kind": "in_scope", "question": "?", "gold": gold,
            "must": ["ít nhất  \"45\" NGÀY"], "expect": ["answered"],
        }))
        .unwrap()
    }

    #[test]
    fn answers_are_judged_by_article_words_and_status() {
        let right = label(&[("1/2020/QH14", "1"), ("45/2019/QH14", "35")]);
        assert_eq!(judge(&right, &answer()), (Verdict::Right, vec![]));
        let faults = |label: &LabelledAnswer| {
            let (verdict, faults) = judge(label, &answer());
            assert_eq!(verdict, Verdict::Wrong);
            faults
        };
        assert_eq!(faults(&label(&[("45/2019/QH14", "36")])), [Fault::OtherArticle]);
        assert_eq!(faults(&label(&[])), [Fault::NotRefused]);
        let other = LabelledAnswer { must: vec!["30 ngày".into()], ..right.clone() };
        assert_eq!(faults(&other), [Fault::Unsaid("30 ngày".into())]);
        let other = LabelledAnswer { must_not: vec!["45".into()], ..right.clone() };
        assert_eq!(faults(&other), [Fault::Quoted("45".into())]);
        let other = LabelledAnswer { must_not_cite: vec!["45/2019/QH14".into()], ..right.clone() };
        assert_eq!(faults(&other), [Fault::CitedFirst("45/2019/QH14".into())]);
        let other = LabelledAnswer { expect: vec!["not_found".into()], ..right };
        assert_eq!(faults(&other), [Fault::Status("answered".into())]);
    }

    #[test]
    fn a_refusal_is_right_only_where_nothing_answers() {
        let refusal = Answer {
            intent: Intent::None,
            status: Status::NotFound,
            answer: AnswerText { text: "…".into(), spoken: "…".into(), more: None },
            citations: vec![],
            options: vec![],
            confidence: Some(0.4),
        };
        assert_eq!(judge(&label(&[]), &refusal).0, Verdict::Right);
        assert_eq!(judge(&label(&[("45/2019/QH14", "35")]), &refusal).0, Verdict::Refused);
    }
}
