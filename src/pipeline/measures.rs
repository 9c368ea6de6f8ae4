//! What is counted of every question, whoever asked it and how: stages, outcomes, failures. Never what was said.
//!
//! The counters are those of the `metrics` crate: where nobody collects them, they cost nothing.

use metrics::{counter, histogram};

use super::{PipelineError, Timings};
use crate::answer::Status;

/// Seconds of one stage, labelled `stage`: turn, decode, hear, find, answer, first_sound, total.
pub const STAGE_SECONDS: &str = "hoidap_stage_seconds";
/// Answers, labelled `status`.
pub const ANSWERS: &str = "hoidap_answers_total";
/// Questions that failed, labelled `code`.
pub const FAILURES: &str = "hoidap_failures_total";
/// Answers that were broken off.
pub const INTERRUPTIONS: &str = "hoidap_interruptions_total";

/// An answer was found.
pub(super) fn answered(status: Status) {
    let status = serde_json::to_value(status).ok().and_then(|status| status.as_str().map(str::to_owned));
    counter!(ANSWERS, "status" => status.unwrap_or_default()).increment(1);
}

/// A question is done with.
pub(super) fn done(timings: &Timings) {
    let stages = [
        ("turn", timings.turn),
        ("decode", timings.decode),
        ("hear", timings.hear),
        ("find", timings.find),
        ("answer", timings.answer),
        ("first_sound", timings.first_sound),
        ("total", timings.total),
    ];
    for (stage, ms) in stages {
        if let Some(ms) = ms {
            histogram!(STAGE_SECONDS, "stage" => stage).record(ms / 1000.0);
        }
    }
}

/// A question failed.
pub(super) fn failed(error: &PipelineError) {
    counter!(FAILURES, "code" => error.code()).increment(1);
}

/// An answer was broken off.
pub(super) fn interrupted() {
    counter!(INTERRUPTIONS).increment(1);
}
