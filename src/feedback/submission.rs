//! What a citizen sends to the agency, and how far it has come.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::code::SubmissionCode;

/// The longest text that is taken, in characters.
pub const MAX_TEXT: usize = 4_000;
/// The version of the words by which a citizen agrees that what they send is kept; see `docs/privacy.md`.
pub const CONSENT: &str = "2026-11";

/// What is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// What somebody thinks of an answer.
    Feedback,
    /// A question that found no answer.
    Unanswered,
    /// A petition or a complaint to the agency.
    Petition,
}

/// What somebody thinks of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// It was right.
    Right,
    /// It was wrong.
    Wrong,
    /// It was not understood.
    Unclear,
}

/// How far it has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// It lies with the agency.
    Received,
    /// Somebody has it.
    Assigned,
    /// It was answered.
    Answered,
    /// The answer stands where everybody can read it.
    Published,
    /// The citizen took it back; nothing of it is left.
    Withdrawn,
}

macro_rules! words {
    ($($type:ident { $($variant:ident = $word:literal, $said:literal;)* })*) => {$(
        impl $type {
            /// As it stands in the database and the interface.
            pub fn word(self) -> &'static str {
                match self { $(Self::$variant => $word,)* }
            }

            /// As a citizen reads it.
            pub fn vietnamese(self) -> &'static str {
                match self { $(Self::$variant => $said,)* }
            }

            /// The other way round; null for any other word.
            pub fn of(word: &str) -> Option<Self> {
                match word { $($word => Some(Self::$variant),)* _ => None }
            }
        }
    )*};
}

words! {
    Kind {
        Feedback = "feedback", "Góp ý về câu trả lời";
        Unanswered = "unanswered", "Câu hỏi chưa có câu trả lời";
        Petition = "petition", "Phản ánh, kiến nghị";
    }
    Verdict {
        Right = "right", "đúng";
        Wrong = "wrong", "sai";
        Unclear = "unclear", "khó hiểu";
    }
    State {
        Received = "received", "đã tiếp nhận";
        Assigned = "assigned", "đang được xử lý";
        Answered = "answered", "đã có trả lời";
        Published = "published", "đã có trả lời và được công khai";
        Withdrawn = "withdrawn", "đã được rút lại và xóa";
    }
}

/// What comes in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewSubmission {
    /// What it is.
    pub kind: Kind,
    /// Of feedback.
    pub verdict: Option<Verdict>,
    /// Of the answer that it is about.
    pub receipt: Option<String>,
    /// The citizen's words; may be empty where there is a verdict.
    pub text: String,
}

/// What cannot be taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unacceptable {
    /// There is nothing in it.
    #[error("Chưa có nội dung. Xin viết hoặc nói điều ông bà muốn gửi.")]
    Empty,
    /// There is too much in it.
    #[error("Nội dung quá dài. Xin viết không quá 4.000 ký tự.")]
    TooLong,
    /// The receipt's number is none.
    #[error("Mã câu trả lời không đúng.")]
    Receipt,
    /// Nobody agreed that it be kept.
    #[error("Cần sự đồng ý của ông bà thì nội dung mới được lưu và gửi đến cơ quan.")]
    Consent,
}

impl NewSubmission {
    /// Checks it and takes out what no text needs.
    ///
    /// # Errors
    /// Where it is empty, too long or about no answer.
    pub fn checked(self) -> Result<Self, Unacceptable> {
        use unicode_normalization::UnicodeNormalization;
        let is_plain = |c: &char| !c.is_control() || matches!(c, '\n');
        let text: String =
            self.text.replace("\r\n", "\n").nfc().filter(is_plain).take(MAX_TEXT + 1).collect();
        let text = text.trim().to_owned();
        if text.is_empty() && (self.verdict.is_none() || self.kind != Kind::Feedback) {
            return Err(Unacceptable::Empty);
        }
        if text.chars().count() > MAX_TEXT {
            return Err(Unacceptable::TooLong);
        }
        if self.receipt.as_ref().is_some_and(|receipt| receipt.parse::<crate::receipts::ReceiptId>().is_err())
        {
            return Err(Unacceptable::Receipt);
        }
        Ok(Self { text, ..self })
    }
}

/// One that was received.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Submission {
    /// By which it is followed.
    pub code: SubmissionCode,
    /// What it is.
    pub kind: Kind,
    /// How far it has come.
    pub state: State,
    /// When it came, UTC.
    pub received_at: String,
    /// When something last happened, UTC.
    pub changed_at: String,
    /// Of feedback.
    pub verdict: Option<Verdict>,
    /// Of the answer that it is about.
    pub receipt: Option<String>,
    /// The citizen's words without personal data.
    pub masked: String,
    /// Whether there is an insult in it; it is marked, never hidden.
    pub has_insult: bool,
    /// Who has it.
    pub assigned_to: Option<String>,
    /// By when it is to be answered.
    pub due_on: Option<Date>,
    /// Whether staff let everybody see it.
    pub is_released: bool,
    /// The agency's answer.
    pub reply: Option<String>,
}
