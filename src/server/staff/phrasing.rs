//! `GET` and `POST /staff/them-cach-hoi`: to write down how citizens ask for an article; it is found by it at once.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect};
use serde::Deserialize;

use super::Page;
use super::forms::{Errors, REASON_NEEDED, reason};
use super::frame::{Frame, render};
use super::refusal::Refusal;
use super::signed_in::{Own, SignedIn};
use super::wanting::{ANSWERED, answer, asked, back};
use crate::pipeline::Pipeline;
use crate::regulations::Phrasing;
use crate::regulations::phrasing::MAX_PHRASE_CHARACTERS;
use crate::staff::Role;
use crate::staff::knowledge::{Knowledge, KnowledgeError};

/// Which submissions it is about.
#[derive(Deserialize)]
pub(super) struct CodesQuery {
    #[serde(default)]
    pub ma: String,
}

/// What the form sends.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Given {
    #[serde(default)]
    codes: String,
    #[serde(default)]
    document: String,
    #[serde(default)]
    article: String,
    #[serde(default)]
    clause: String,
    /// One a line.
    #[serde(default)]
    phrases: String,
    #[serde(default)]
    reason: String,
    #[serde(default)]
    answers: String,
}

#[derive(Template)]
#[template(path = "staff/phrasing.html")]
struct PhrasingPage {
    frame: Frame,
    given: Given,
    /// How many submissions it is about.
    count: usize,
    answered: &'static str,
    errors: Errors,
}

/// The words of submissions, one a line, each once and no longer than a phrase may be.
pub(super) fn wordings(submissions: &[crate::feedback::Submission]) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for submission in submissions {
        let words = submission.masked.split_whitespace().collect::<Vec<_>>().join(" ");
        let line: String = words.chars().take(MAX_PHRASE_CHARACTERS).collect();
        if !line.is_empty() && !lines.contains(&line) {
            lines.push(line);
        }
    }
    lines
}

/// The form, with the words of those who asked.
pub(super) async fn page(by: SignedIn, Query(query): Query<CodesQuery>) -> Page {
    by.needs(Role::Editor)?;
    let submissions = asked(&by, &query.ma).await?;
    let given = Given {
        codes: query.ma,
        phrases: wordings(&submissions).join("\n"),
        answers: "yes".to_owned(),
        ..Given::default()
    };
    Ok(shown(&by, given, submissions.len(), StatusCode::OK, Errors::default()))
}

fn shown(
    by: &SignedIn,
    given: Given,
    count: usize,
    status: StatusCode,
    errors: Errors,
) -> axum::response::Response {
    let frame = by.frame("/staff/chua-tra-loi");
    render(status, &PhrasingPage { frame, given, count, answered: ANSWERED, errors })
}

impl Given {
    /// The phrasing; what is wrong with the form where it is none.
    fn phrasing(&self) -> Result<Phrasing, Errors> {
        let mut errors = Errors::default();
        errors.needs("document", &self.document, "Xin ghi số, ký hiệu văn bản, ví dụ 45/2019/QH14.");
        errors.needs("article", &self.article, "Xin ghi số điều.");
        errors.needs("phrases", &self.phrases, "Xin ghi ít nhất một cách hỏi.");
        if reason(&self.reason).is_none() {
            errors.add("reason", REASON_NEEDED);
        }
        if !errors.is_empty() {
            return Err(errors);
        }
        let phrases: Vec<&str> =
            self.phrases.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
        if let Some(long) = phrases.iter().find(|line| line.chars().count() > MAX_PHRASE_CHARACTERS) {
            let begin: String = long.chars().take(40).collect();
            let words = format!("Mỗi cách hỏi không quá {MAX_PHRASE_CHARACTERS} ký tự: “{begin}…”.");
            return Err(Errors::one("phrases", words));
        }
        let number = |text: &str, word: &str| {
            let text = text.trim();
            text.strip_prefix(word).unwrap_or(text).trim().to_owned()
        };
        let line = serde_json::json!({
            "doc_number": self.document.trim(),
            "article_no": number(&self.article, "Điều"),
            "clause": number(&self.clause, "Khoản"),
            "asked": phrases,
        });
        // The importer's own check.
        Phrasing::from_json(line.to_string().as_bytes())
            .map_err(|why| Errors::one("phrases", KnowledgeError::Phrase(why)))
    }
}

/// Adds it.
pub(super) async fn add(State(pipeline): State<Arc<Pipeline>>, Own { by, form }: Own<Given>) -> Page {
    by.needs(Role::Editor)?;
    let submissions = asked(&by, &form.codes).await?;
    let refused =
        |form, errors| Ok(shown(&by, form, submissions.len(), StatusCode::UNPROCESSABLE_ENTITY, errors));
    let phrasing = match form.phrasing() {
        Ok(phrasing) => phrasing,
        Err(errors) => return refused(form, errors),
    };
    let why = form.reason.trim().to_owned();
    // First the log, then the change: nothing is live that does not stand there.
    by.decide("knowledge.phrasing", &phrasing.article_key(), &why).await?;
    let (index, knowledge) = (pipeline.index.clone(), Knowledge::new(&by.desk.data));
    let (name, wanted, kept) = (by.name().to_owned(), phrasing.clone(), why.clone());
    let added =
        tokio::task::spawn_blocking(move || knowledge.add_phrasing(&index, wanted, &name, &kept)).await;
    match added.map_err(|_| Refusal::Failed)? {
        Ok(_) => {}
        Err(error) => {
            by.decide("knowledge.phrasing.failed", &phrasing.article_key(), &error.to_string()).await?;
            let field = match error {
                KnowledgeError::NoArticle(..) => "document",
                KnowledgeError::NoClause(..) => "clause",
                KnowledgeError::Busy
                | KnowledgeError::NothingNew
                | KnowledgeError::TooMany
                | KnowledgeError::Phrase(_) => "phrases",
                error => return Err(error.into()),
            };
            return refused(form, Errors::one(field, error));
        }
    }
    if form.answers == "yes" {
        answer(&by, &submissions, &why).await?;
    }
    Ok(Redirect::to(back(&submissions)).into_response())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_becomes_a_phrasing_or_says_what_is_wrong() {
        let given = Given {
            document: " 45/2019/QH14 ".into(),
            article: "Điều 35".into(),
            phrases: "nghỉ ngang\r\n\r\n bỏ việc ".into(),
            reason: "thiếu".into(),
            ..Given::default()
        };
        let phrasing = given.phrasing().unwrap();
        assert_eq!((phrasing.article.as_str(), &phrasing.clause), ("35", &None));
        assert_eq!(phrasing.phrases, ["nghỉ ngang", "bỏ việc"]);
        let errors = Given::default().phrasing().unwrap_err();
        for field in ["document", "article", "phrases", "reason"] {
            assert!(errors.at(field).is_some(), "{field}");
        }
        let long = Given { phrases: "a".repeat(MAX_PHRASE_CHARACTERS + 1), ..given };
        assert!(long.phrasing().unwrap_err().at("phrases").is_some());
    }
}
