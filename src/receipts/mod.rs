//! Receipts: what was answered, kept so that it can be shown again and each quote be proved from the stored law.
//!
//! * [`id`]: the unguessable number of a receipt;
//! * [`store`]: receipts on disk, one file each, and how old ones go;
//! * [`doubtful`]: answers of which the service was not sure, for staff to look at;
//! * [`mod@verify`]: whether the law in the index still says what a receipt quotes.
//!
//! A receipt holds what was *answered* and nothing of who asked: not the question, not what was heard, no sound.

pub mod doubtful;
pub mod id;
pub mod store;
pub mod verify;

use std::path::PathBuf;

use jiff::civil::Date;
use jiff::{Timestamp, Unit};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use utoipa::ToSchema;

use crate::answer::{Answer, AnswerText, Citation, Status};
pub use id::ReceiptId;
pub use store::ReceiptStore;
pub use verify::{Proof, Verification, verify};

/// Raised whenever the meaning of a stored receipt changes.
pub const RECEIPT_FORMAT: u32 = 1;

/// What can go wrong with receipts.
#[derive(Debug, thiserror::Error)]
pub enum ReceiptError {
    /// No such number can be.
    #[error("a receipt's number is made of 32 digits and letters from a to f")]
    MalformedId,
    /// Never issued, or pruned since.
    #[error("there is no receipt {0}")]
    Unknown(ReceiptId),
    /// The file is there and is no receipt.
    #[error("{0} is no receipt: {1}")]
    Damaged(PathBuf, String),
    /// The disk refuses, for instance because it is full.
    #[error("receipts cannot be kept in {0}: {1}")]
    Disk(PathBuf, std::io::Error),
    /// The system gives no random numbers.
    #[error("no random number for a receipt: {0}")]
    NoRandomness(String),
}

/// What the answer itself carries of its receipt: the `receipt` of `hoidap ask --json` and of the `answer` event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ReceiptNote {
    /// By which it is shown again: `GET /api/answers/{id}`, `hoidap receipt show ID`.
    #[schema(value_type = String)]
    pub id: ReceiptId,
    /// See [`quote_hash`].
    pub quote_hash: String,
    /// Which state of the index answered; see [`crate::regulations::RegulationIndex::state`].
    pub index_version: String,
    /// The day on which the law was asked.
    #[schema(value_type = String, format = Date)]
    pub as_of: Date,
    /// When it was answered, to the second.
    #[schema(value_type = String, format = DateTime)]
    pub answered_at: Timestamp,
}

/// The answer as it was given.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Receipt {
    /// [`RECEIPT_FORMAT`] of the program that wrote it.
    pub format: u32,
    /// Its number.
    pub id: ReceiptId,
    /// When it was answered, to the second.
    pub answered_at: Timestamp,
    /// The day on which the law was asked.
    pub as_of: Date,
    /// How it ended.
    pub status: Status,
    /// What was shown.
    pub text: String,
    /// What was said; null in receipts from before it was kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub spoken: Option<String>,
    /// Where it stands in the law, with the words quoted.
    pub citations: Vec<Citation>,
    /// From 0 to 1; null where nothing was searched.
    pub confidence: Option<f32>,
    /// Which state of the index answered.
    pub index_version: String,
    /// See [`quote_hash`].
    pub quote_hash: String,
}

/// SHA-256, in lower-case hexadecimal, over the quotes and where they stand.
///
/// What is hashed is UTF-8 JSON without white space: an array with, for each citation in the order of the answer,
/// `[document_number, article, clause, point, quote]`, `null` where there is none. Only `"`, `\` and control
/// characters are escaped. In Python:
///
/// ```python
/// rows = [[c["document_number"], c["article"], c["clause"], c["point"], c["quote"]] for c in citations]
/// text = json.dumps(rows, ensure_ascii=False, separators=(",", ":"))
/// hashlib.sha256(text.encode()).hexdigest()
/// ```
pub fn quote_hash(citations: &[Citation]) -> String {
    let rows: Vec<_> =
        citations.iter().map(|c| (&c.document_number, &c.article, &c.clause, &c.point, &c.quote)).collect();
    // Tuples of strings always have a JSON form.
    let canonical = serde_json::to_vec(&rows).unwrap_or_default();
    Sha256::digest(canonical).iter().map(|byte| format!("{byte:02x}")).collect()
}

impl Receipt {
    /// The receipt for an answer that is given now.
    pub fn new(answer: &Answer, as_of: Date, index_version: String) -> Result<Self, ReceiptError> {
        let now = Timestamp::now();
        Ok(Self {
            format: RECEIPT_FORMAT,
            id: ReceiptId::random()?,
            answered_at: now.round(Unit::Second).unwrap_or(now),
            as_of,
            status: answer.status,
            text: answer.answer.text.clone(),
            spoken: Some(answer.answer.spoken.clone()),
            quote_hash: quote_hash(&answer.citations),
            citations: answer.citations.clone(),
            confidence: answer.confidence,
            index_version,
        })
    }

    /// What the answer carries of it.
    pub fn note(&self) -> ReceiptNote {
        ReceiptNote {
            id: self.id.clone(),
            quote_hash: self.quote_hash.clone(),
            index_version: self.index_version.clone(),
            as_of: self.as_of,
            answered_at: self.answered_at,
        }
    }

    /// Reads a receipt as it is stored and as `GET /api/answers/{id}` shows it, or the JSON of `hoidap ask --json`.
    pub fn from_json(json: &[u8]) -> Result<Self, serde_json::Error> {
        /// The keys that matter of `hoidap ask --json`.
        #[derive(Deserialize)]
        struct Told {
            status: Status,
            answer: AnswerText,
            citations: Vec<Citation>,
            confidence: Option<f32>,
            receipt: ReceiptNote,
        }
        serde_json::from_slice(json).or_else(|error| {
            let told: Told = serde_json::from_slice(json).map_err(|_| error)?;
            Ok(Self {
                format: RECEIPT_FORMAT,
                id: told.receipt.id,
                answered_at: told.receipt.answered_at,
                as_of: told.receipt.as_of,
                status: told.status,
                text: told.answer.text,
                spoken: Some(told.answer.spoken),
                citations: told.citations,
                confidence: told.confidence,
                index_version: told.receipt.index_version,
                quote_hash: told.receipt.quote_hash,
            })
        })
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::question::Intent;
    use crate::regulations::article::tests::sample;

    pub(crate) const TEXT: &str = "1. Ít nhất \"45\" ngày;\n2. Ít nhất 30 ngày.";

    /// An answer that quotes the first clause of [`TEXT`].
    pub(crate) fn answer() -> Answer {
        let as_of = Date::constant(2026, 11, 24);
        let citation = Citation {
            clause: Some("1".into()),
            quote: Some(TEXT.lines().next().unwrap().into()),
            ..Citation::of(&sample("35", "Báo trước", TEXT), as_of)
        };
        Answer {
            intent: Intent::Regulation,
            status: Status::Answered,
            answer: AnswerText {
                text: "Theo khoản 1…".into(), spoken: "Theo khoản một".into(), more: None
            },
            citations: vec![citation],
            options: vec![],
            confidence: Some(0.83),
        }
    }

    #[test]
    fn the_hash_is_the_one_that_others_work_out() {
        // Worked out by the Python of the documentation.
        assert_eq!(quote_hash(&[]), "4f53cda18c2baa0c0354bb5f9a3ecbe5ed12ab4d8e11ba873c2f11161202b945");
        assert_eq!(
            quote_hash(&answer().citations),
            "a01e1011be926dcf31e7582342f845e535c1cee1b4bb874a1e231df5b66cc639"
        );
        let mut other = answer().citations;
        other[0].clause = Some("2".into());
        assert_ne!(quote_hash(&other), quote_hash(&answer().citations));
    }

    #[test]
    fn what_ask_prints_is_read_as_a_receipt_too() {
        let receipt = Receipt::new(&answer(), Date::constant(2026, 11, 24), "1-2-ab".into()).unwrap();
        let stored = serde_json::to_vec(&receipt).unwrap();
        assert_eq!(Receipt::from_json(&stored).unwrap(), receipt);
        let mut told = serde_json::to_value(answer()).unwrap();
        told["receipt"] = serde_json::to_value(receipt.note()).unwrap();
        told["question"] = "Phải báo trước mấy ngày?".into();
        assert_eq!(Receipt::from_json(told.to_string().as_bytes()).unwrap(), receipt);
        told["receipt"] = serde_json::Value::Null;
        assert!(Receipt::from_json(told.to_string().as_bytes()).is_err());
    }
}
