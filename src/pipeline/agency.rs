//! What the agency itself adds to the law: citizens' dossiers, urgent notices, what it has switched off, what it counts.
//!
//! Without an agency the pipeline answers from the law alone.

use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::{PipelineError, Timings, blocking};
use crate::answer::dossier::{Hearers, Telling, tell};
use crate::answer::refusal::suspended;
use crate::answer::{Answer, FollowUp, Status, Turn, submission};
use crate::dossiers::DossierStore;
use crate::dossiers::calendar::Calendar;
use crate::dossiers::lookup::{self, LookUp};
use crate::feedback::Submissions;
use crate::feedback::store::SubmissionError;
use crate::figures::Figures;
use crate::notices::Notices;
use crate::question::Question;
use crate::receipts::ReceiptNote;
use crate::receipts::doubtful::{DoubtfulAnswer, DoubtfulAnswers};
use crate::regulations::RegulationIndex;
use crate::switches::Switches;

/// The agency's own. Cloning shares it.
#[derive(Debug, Clone)]
pub struct Agency {
    /// Citizens' dossiers.
    pub dossiers: DossierStore,
    /// What citizens sent.
    pub submissions: Submissions,
    /// The office's working days.
    pub calendar: Arc<Calendar>,
    /// Urgent notices.
    pub notices: Notices,
    /// What is switched off.
    pub switches: Switches,
    /// How often what happened.
    pub figures: Figures,
    /// Answers that staff should look at.
    pub doubtful: DoubtfulAnswers,
    /// Who can hear what is said aloud.
    pub hearers: Hearers,
}

/// What the agency says before the law is asked.
pub(super) struct Said {
    pub turn: Turn,
    /// Whether it tells of a person: then it is kept nowhere.
    pub is_personal: bool,
}

impl Agency {
    /// What was asked, if the agency itself answers it: it has switched that off, or it is about a dossier.
    pub(super) async fn answers(
        &self,
        said: &[Question],
        before: Option<&FollowUp>,
        index: &Arc<RegulationIndex>,
    ) -> Result<Option<Said>, PipelineError> {
        let Some(first) = said.first() else { return Ok(None) };
        let alone = |answer: Answer| Turn { question: first.clone(), answer, follow_up: None };
        if let Some(sentence) = self.switches.instead_of(first.text()) {
            return Ok(Some(Said { turn: alone(suspended(&sentence)), is_personal: false }));
        }
        if let Some(code) = said.iter().find_map(|one| submission::asked_for(one.text())) {
            let answer = match self.submissions.get(&code).await {
                Ok(found) => submission::tell(&found),
                Err(SubmissionError::Unknown) => submission::unknown(&code),
                Err(error) => {
                    tracing::warn!("a submission cannot be looked up: {error}");
                    submission::away()
                }
            };
            return Ok(Some(Said { turn: alone(answer), is_personal: true }));
        }
        let now = Timestamp::now();
        let previous = before.map(FollowUp::previous);
        let Some(lookup::Turn { look_up, before }) = self.dossiers.look_up(said, previous, now).await else {
            return Ok(None);
        };
        let (index, calendar, hearers) = (index.clone(), self.calendar.clone(), self.hearers);
        let is_secret = matches!(&look_up, LookUp::Found { opened: Some(_), .. });
        let now = now.to_zoned_datetime(TimeZone::system()).datetime();
        let answer = blocking(move || {
            let search = index.search();
            tell(&look_up, &Telling { search: &search, now, calendar: &calendar, hearers })
        })
        .await??;
        let brought_back = before.map(|before| before.to_string());
        // What only the owner knows is not shown again.
        let question = match (&brought_back, is_secret) {
            (Some(words), true) => Question::new(words),
            _ => first.clone(),
        };
        let follow_up = brought_back.and_then(|words| FollowUp::new(&words, first.was_heard(), 0).ok());
        Ok(Some(Said { turn: Turn { question, answer, follow_up }, is_personal: true }))
    }

    /// Counts an answer.
    pub(super) fn answered(&self, day: Date, answer: &Answer) {
        self.figures.count(day, "asked");
        let status = serde_json::to_value(answer.status).ok();
        if let Some(status) = status.as_ref().and_then(|status| status.as_str()) {
            self.figures.count(day, &format!("status:{status}"));
        }
        let is_answered = matches!(answer.status, Status::Answered | Status::AnsweredWithCaution);
        if let (true, Some(citation)) = (is_answered, answer.citations.first()) {
            self.figures.count(day, &format!("topic:{}", citation.document_title));
        }
    }

    /// Notes an answer that was not sure.
    pub(super) fn doubts(&self, answer: &Answer, receipt: &ReceiptNote) {
        if let Some(doubtful) = DoubtfulAnswer::of(answer, receipt) {
            self.doubtful.note(doubtful);
        }
    }

    /// Counts a question that is done with.
    pub(super) fn done(&self, day: Date, timings: &Timings) {
        if let Some(ms) = timings.first_sound {
            self.figures.first_sound(day, ms);
        }
    }
}
