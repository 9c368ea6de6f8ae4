//! This machine's own pipeline as the brain of the kiosk.

use jiff::civil::Date;
use tokio::sync::mpsc;

use super::brain::{Begin, Brain, Spoken, UNREAD};
use super::visit::{Failure, Given};
use crate::answer::Status;
use crate::pipeline::conversation::{Happening, Input};
use crate::pipeline::{Event, Pipeline, PipelineError, Report};
use crate::question::Intent;
use crate::text_to_speech::Rate;

/// This machine's pipeline.
#[derive(Clone)]
pub struct LocalBrain {
    /// The engines.
    pub pipeline: Pipeline,
    /// Which day it is.
    pub today: fn() -> Date,
    /// What the address of a receipt begins with, its number being the rest; null where receipts cannot be looked at.
    pub receipts_at: Option<String>,
}

impl Brain for LocalBrain {
    fn converse(&self, input: mpsc::Receiver<Input>, begin: Begin) -> mpsc::Receiver<Spoken> {
        let rate = begin.rate.and_then(|rate| Rate::new(rate).ok());
        let pipeline = Pipeline { rate: rate.or(self.pipeline.rate), ..self.pipeline.clone() };
        let mut happenings = pipeline.converse(input, begin.follow_up, self.today);
        let (told, listener) = mpsc::channel(UNREAD);
        let receipts_at = self.receipts_at.clone();
        tokio::spawn(async move {
            loop {
                let happening = tokio::select! {
                    happening = happenings.recv() => happening,
                    // Dropping the happenings ends the conversation.
                    () = told.closed() => None,
                };
                let Some(happening) = happening else { break };
                if told.send(spoken(happening, receipts_at.as_deref())).await.is_err() {
                    break;
                }
            }
        });
        listener
    }
}

fn spoken(happening: Happening, receipts_at: Option<&str>) -> Spoken {
    match happening {
        Happening::SpeechStarted => Spoken::SpeechStarted,
        Happening::Partial(text) => Spoken::Partial(text),
        Happening::SpeechEnded => Spoken::SpeechEnded,
        Happening::Interrupted => Spoken::Interrupted,
        Happening::Answering(Event::Transcript { text, .. }) => Spoken::Transcript(text),
        Happening::Answering(Event::Answer(report)) => Spoken::Answer(Box::new(given(*report, receipts_at))),
        Happening::Answering(Event::Sound(sentence)) => {
            Spoken::Sound { sample_rate: sentence.pcm.sample_rate, samples: sentence.pcm.samples }
        }
        Happening::Answering(Event::Done(_)) => Spoken::Done,
        Happening::Answering(Event::Failed(error)) => Spoken::Failed(failure(&error)),
    }
}

fn given(report: Report, receipts_at: Option<&str>) -> Given {
    let receipt = report.receipt.zip(receipts_at).map(|(note, at)| format!("{at}{}", note.id.as_str()));
    Given {
        text: report.answer.text,
        spoken: report.answer.spoken,
        citations: report.citations,
        options: report.options,
        asks_back: report.status == Status::NeedsDetail,
        is_dossier: report.intent == Intent::Dossier,
        follow_up: report.follow_up,
        receipt,
    }
}

fn failure(error: &PipelineError) -> Failure {
    tracing::warn!("a question failed: {error}");
    Failure::named(error.code(), error.vietnamese())
}
