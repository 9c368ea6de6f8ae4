//! The answer: quoted from the text, cited, or refused; and its spoken form.
//!
//! * [`relevance`]: does what was found speak of what was asked?
//! * [`mod@compose`]: decides between a guide, an article and a refusal;
//! * [`named_law`]: what the question itself names of the law, [`provision`] an answer from that alone;
//! * [`which_guide`], [`articles`]: what the index has to answer with;
//! * [`mod@choose`]: picks the clause that answers, [`figures`] the number in it, [`exceptions`] what else applies;
//! * [`quote`]: the clause as a verbatim span of the stored text, [`force`] whether it is still law, [`amended`] by what
//!   it got its words;
//! * [`say`]: the words of an answer from an article;
//! * [`guide`]: picks the part of a procedure guide that answers, with its legal basis;
//! * [`detail`]: asks back which of several things is meant;
//! * [`conversation`]: what the next utterance makes of that, and the rest of an answer, part by part;
//! * [`dossier`]: what is said of a citizen's own dossier; [`submission`]: of what they sent to the agency;
//! * [`refusal`]: the sentences of one who does not answer, and where to turn;
//! * [`spoken`]: from legal text to words that a voice can say.

pub mod amended;
pub mod articles;
pub mod choose;
pub mod clauses;
pub mod compose;
pub mod conversation;
pub mod detail;
pub mod dossier;
pub mod exceptions;
pub mod figures;
pub mod force;
pub mod guide;
pub mod named_law;
pub mod provision;
pub mod quote;
pub mod refusal;
pub mod relevance;
pub mod say;
pub mod sentences;
pub mod spoken;
pub mod submission;
pub mod which_guide;

pub use compose::compose;
pub use conversation::{FollowUp, FollowUpError, Turn, turn};

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::question::Intent;
use crate::regulations::Article;

/// How a question ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Answered from the text.
    Answered,
    /// Answered, but nobody confirms that the text is still in force, it is repealed and its successor is named, or
    /// two texts differ.
    AnsweredWithCaution,
    /// It could mean several things; the answer is one question back.
    NeedsDetail,
    /// It may be a matter of law, but nothing found answers it.
    NotFound,
    /// No matter of law or of the office.
    OutOfScope,
    /// It asks for a decision in a private matter, or for a guess at a judgment.
    PersonalAdvice,
    /// It asks how a crime is committed or hidden.
    Unsafe,
    /// Nothing intelligible was heard or typed.
    UnclearSpeech,
    /// It asks for the citizen's own dossier, and no register of dossiers is connected, or it is away.
    DossierUnavailable,
    /// The agency has switched answers off, or those to such questions.
    Suspended,
}

/// What is shown and what is said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AnswerText {
    /// In full, for the eye.
    pub text: String,
    /// Short, in speakable words, for the ear: what answers, then where it stands.
    pub spoken: String,
    /// The rest of it in speakable words, for whoever says `nghe tiếp`; null where nothing remains.
    pub more: Option<String>,
}

/// Where the answer stands in the law.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Citation {
    /// `45/2019/QH14`.
    pub document_number: String,
    /// `Bộ luật Lao động`.
    pub document_title: String,
    /// `35`.
    pub article: String,
    /// `1`; null where the article has no clauses or the whole of it answers.
    pub clause: Option<String>,
    /// `a`.
    pub point: Option<String>,
    /// A verbatim span of the stored text; null where the text itself is not in the index.
    pub quote: Option<String>,
    /// First day in force; null where unknown.
    #[schema(value_type = Option<String>, format = Date)]
    pub effective_from: Option<Date>,
    /// First day no longer in force; null where unknown.
    #[schema(value_type = Option<String>, format = Date)]
    pub effective_to: Option<Date>,
    /// In force on the day asked for; null where unknown.
    pub in_force: Option<bool>,
    /// The document that took its place, from the day it did; null where unknown.
    pub replaced_by: Option<String>,
    /// The last day on which a source says that it is in force; null where none does.
    #[schema(value_type = Option<String>, format = Date)]
    pub confirmed_on: Option<Date>,
    /// The provisions that gave what is quoted its words, where it was amended.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub amended_by: Vec<String>,
    /// Where the agency publishes it; null where unknown.
    pub url: Option<String>,
}

impl Citation {
    /// Cites an article; clause, point and quote are the caller's.
    pub fn of(article: &Article, as_of: Date) -> Self {
        Self {
            document_number: article.document_number.clone(),
            document_title: article.document_name(),
            article: article.number.clone(),
            clause: None,
            point: None,
            quote: None,
            effective_from: article.effective_from,
            effective_to: article.effective_to,
            in_force: article.in_force(as_of),
            replaced_by: article
                .replaced_by
                .clone()
                .filter(|_| article.effective_to.is_some_and(|to| as_of >= to)),
            confirmed_on: article.confirmed_on,
            amended_by: vec![],
            url: article.url.clone(),
        }
    }

    /// `điểm a khoản 1 Điều 35 Bộ luật Lao động`.
    pub fn place(&self) -> String {
        let mut out = String::new();
        if let Some(point) = &self.point {
            out.push_str(&format!("điểm {point} "));
        }
        if let Some(clause) = &self.clause {
            out.push_str(&format!("khoản {clause} "));
        }
        out.push_str(&format!("Điều {} {}", self.article, self.document_title));
        out
    }

    /// The same with the document's number, once.
    pub fn full_place(&self) -> String {
        if self.document_title.contains(&self.document_number) {
            self.place()
        } else {
            format!("{} ({})", self.place(), self.document_number)
        }
    }
}

/// The whole answer to one question.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Answer {
    /// What the citizen wanted.
    pub intent: Intent,
    /// How it ended.
    pub status: Status,
    /// What is shown and said; refusals too have words.
    pub answer: AnswerText,
    /// Where it stands; empty for a refusal.
    pub citations: Vec<Citation>,
    /// What the question could mean, two to four, when it asks back; empty otherwise.
    #[serde(default)]
    pub options: Vec<String>,
    /// From 0 to 1, how sure it is that the text speaks of the matter asked; null for refusals that needed no search.
    pub confidence: Option<f32>,
}
