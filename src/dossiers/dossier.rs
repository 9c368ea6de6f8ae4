//! A dossier (hồ sơ) as the one-stop system tells of it: what was handed in, where it lies, what is missing, what came of it.

use jiff::civil::{Date, DateTime};
use serde::{Deserialize, Serialize};

use super::code::DossierCode;

/// One dossier. Times are those of the office's clock.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Dossier {
    /// As the receipt (giấy tiếp nhận hồ sơ và hẹn trả kết quả) shows it.
    pub code: DossierCode,
    /// The procedure's official name.
    pub procedure: String,
    /// The guide to it (`knowledge/procedures/`); null where none is named.
    #[serde(default)]
    pub procedure_id: Option<String>,
    /// The office that has to decide.
    pub office: String,
    /// When it was accepted as complete enough to be handled.
    pub received_at: DateTime,
    /// When the receipt promises the result; null where it promises none.
    #[serde(default)]
    pub promised_at: Option<DateTime>,
    /// Where it has lain, oldest first; the last one is where it lies.
    #[serde(default)]
    pub steps: Vec<Step>,
    /// Papers that the office asked for after it was received, oldest first.
    #[serde(default)]
    pub requests: Vec<PaperRequest>,
    /// What is still to be paid, đồng; 0 for nothing.
    #[serde(default)]
    pub fee_owed: u64,
    /// How it ended; null while it is being handled.
    #[serde(default)]
    pub outcome: Option<Outcome>,
    /// Who handed it in; never told to whom only knows the code.
    #[serde(default)]
    pub applicant: Option<String>,
    /// Invented, for demonstrations.
    #[serde(default)]
    pub is_demo: bool,
}

/// A stretch of its way through the office.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// What is done: `Thẩm định`, `Trình ký`.
    pub name: String,
    /// The desk or the unit that has it; never a person's name aloud.
    pub holder: String,
    /// Since when.
    pub since: DateTime,
}

/// Papers that the office asked for. While they are being supplied its time does not run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PaperRequest {
    /// Which, one an item.
    pub papers: Vec<String>,
    /// When they were asked for.
    pub asked_on: Date,
    /// When they came; null while they are missing.
    #[serde(default)]
    pub supplied_on: Option<Date>,
}

/// How a dossier ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Outcome {
    /// What came of it.
    pub kind: OutcomeKind,
    /// When.
    pub on: Date,
    /// The office's words, for instance why it was refused.
    #[serde(default)]
    pub note: Option<String>,
    /// When the applicant took the result away; null while it lies ready.
    #[serde(default)]
    pub collected_on: Option<Date>,
}

/// What came of a dossier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OutcomeKind {
    /// The result is there.
    Granted,
    /// It was refused, with a reason.
    Refused,
    /// The applicant took it back.
    Withdrawn,
}

/// What the owner of a dossier knows beside its code; at least one, where more than the stage is to be told.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Secrets {
    /// The last four digits of the identity number.
    #[serde(default)]
    pub identity_last4: Option<String>,
    /// The year of birth.
    #[serde(default)]
    pub birth_year: Option<i16>,
}
