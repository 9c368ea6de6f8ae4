//! A question in words to its answer in words, for whoever speaks it with a voice of their own choice.

use serde::Deserialize;
use serde_json::{Value, json};

use super::error::RequestError;
use super::session::Replies;
use crate::answer::{FollowUp, FollowUpError, Status};
use crate::pipeline::{Asked, Event as Happening, Pipeline, Report};
use crate::question::MAX_QUESTION_CHARACTERS;
use crate::server::today;
use crate::wyoming::Event;

/// What an earlier answer gave along, if the client brings its context back; clients put other things there as well.
#[derive(Debug, Default, Deserialize)]
struct Context {
    previous: Option<String>,
    #[serde(default)]
    previous_heard: bool,
    #[serde(default)]
    part: u16,
}

/// What the question may follow upon.
///
/// # Errors
/// Where the question before is longer than any question.
pub fn follow_up(context: Option<Value>) -> Result<Option<FollowUp>, RequestError> {
    let context: Context = context.and_then(|told| serde_json::from_value(told).ok()).unwrap_or_default();
    let follow_up =
        context.previous.map(|previous| FollowUp::new(&previous, context.previous_heard, context.part));
    follow_up.transpose().map_err(|FollowUpError::TooLong| RequestError::TextTooLong(MAX_QUESTION_CHARACTERS))
}

/// Answers, without sound.
pub async fn answer(
    pipeline: &Pipeline,
    text: String,
    before: Option<FollowUp>,
    replies: &Replies,
) -> Result<(), RequestError> {
    let silent = Pipeline { mouth: None, ..pipeline.clone() };
    let mut happenings = silent.ask_after(Asked::Text(text), before, today());
    while let Some(happening) = happenings.recv().await {
        match happening {
            Happening::Answer(report) => {
                replies.send(told(&report)).await;
                break;
            }
            Happening::Failed(error) => return Err(error.into()),
            Happening::Transcript { .. } | Happening::Sound(_) | Happening::Done(_) => {}
        }
    }
    Ok(())
}

fn told(report: &Report) -> Event {
    let kind = match report.status {
        Status::Answered | Status::AnsweredWithCaution | Status::NeedsDetail => "handled",
        Status::NotFound
        | Status::OutOfScope
        | Status::PersonalAdvice
        | Status::Unsafe
        | Status::UnclearSpeech
        | Status::Suspended
        | Status::DossierUnavailable => "not-handled",
    };
    let mut data = json!({ "text": report.answer.spoken });
    if let Some(follow_up) = &report.follow_up {
        data["context"] = json!(follow_up);
    }
    Event::new(kind, data)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_we_gave_along_is_taken_out_of_a_context() {
        assert_eq!(follow_up(None).unwrap(), None);
        for others in [json!({ "conversation_id": "x" }), json!([1]), json!({ "previous": 5 }), Value::Null] {
            assert_eq!(follow_up(Some(others)).unwrap(), None);
        }
        let given = FollowUp::new("Xin giấy phép cần gì?", false, 2).unwrap();
        let mut context = json!(given);
        context["conversation_id"] = "x".into();
        assert_eq!(follow_up(Some(context)).unwrap(), Some(given));
        let long = json!({ "previous": "ă".repeat(MAX_QUESTION_CHARACTERS + 1) });
        assert_eq!(follow_up(Some(long)).unwrap_err().code(), "text_too_long");
    }
}
