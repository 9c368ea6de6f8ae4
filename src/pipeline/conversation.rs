//! The same story for sound that is still being spoken: question after question, each heard before its end is sure.
//!
//! At every pause the turn so far is heard on trial: transcript, search, and the first words of the answer. Where the
//! talker goes on, all of it is thrown away, in the middle of the work if need be; where the turn ends there, the
//! answer is ready or nearly so. What was heard also tells how much silence ends the turn: a whole question needs less
//! than one that breaks off. Who speaks into an answer ends it.

use std::collections::HashSet;
use std::time::{Duration, Instant};

use jiff::civil::Date;
use tokio::sync::mpsc;
use tokio_util::task::AbortOnDropHandle;
use tracing::{Instrument, Span, debug_span};

use super::{
    Asked, Event, Found, Pipeline, PipelineError, Stop, Timings, UNREAD_EVENTS, hypotheses, measures, ms,
    tell,
};
use crate::answer::FollowUp;
use crate::answer::spoken::speakable;
use crate::audio::SAMPLE_RATE;
use crate::audio::turn::{Turn, TurnDetector, TurnEvent};
use crate::question::completeness::completeness;
use crate::speech_to_text::{Rejection, Talker, Transcript, Wholeness};
use crate::text_to_speech::Mouth;

/// What comes from the one who talks.
#[derive(Debug, Clone)]
pub enum Input {
    /// The next block of sound: mono, 16 kHz, of any length.
    Sound(Vec<f32>),
    /// Whether a button is held while somebody speaks: then no silence ends the turn, but `EndTurn`.
    HoldTurn(bool),
    /// What is being said ends here, whatever silence there was: a button was let go.
    EndTurn,
    /// What is being said is no question: it is thrown away.
    ForgetTurn,
    /// A question in words, typed or corrected. It ends an answer that is being given.
    Words(String),
    /// The answer that is being given is wanted no longer.
    Interrupt,
    /// Something was answered elsewhere: this is what the next utterance may follow upon.
    FollowUp(Option<FollowUp>),
}

/// What happens in a conversation.
#[derive(Debug, Clone)]
pub enum Happening {
    /// Somebody begins to speak.
    SpeechStarted,
    /// What was heard at a pause; the talker may go on.
    Partial(String),
    /// The talker has ended; what follows is about this turn.
    SpeechEnded,
    /// The answer that was being given is broken off, for somebody speaks.
    Interrupted,
    /// What happens with the question.
    Answering(Event),
}

/// Happenings that may lie unread before the conversation waits for its listener.
const UNREAD: usize = 16;

impl Pipeline {
    /// Answers what is said in a stream until it closes; the first utterance may follow upon an earlier answer. `today`
    /// is asked anew for each question. Dropping the receiver ends the conversation.
    pub fn converse(
        &self,
        input: mpsc::Receiver<Input>,
        follow_up: Option<FollowUp>,
        today: impl Fn() -> Date + Send + Sync + 'static,
    ) -> mpsc::Receiver<Happening> {
        let (happenings, listener) = mpsc::channel(UNREAD);
        let conversation = Conversation {
            pipeline: self.clone(),
            talker: Talker::new(),
            turns: TurnDetector::new(self.turns.clone()),
            follow_up,
            trial: None,
            answering: None,
            told: HashSet::new(),
            happenings: happenings.clone(),
            today,
        };
        tokio::spawn(async move {
            tokio::select! {
                _ = conversation.run(input) => {}
                () = happenings.closed() => {}
            }
        });
        listener
    }
}

struct Conversation<Today> {
    pipeline: Pipeline,
    talker: Talker,
    turns: TurnDetector,
    /// What the next utterance may follow upon.
    follow_up: Option<FollowUp>,
    trial: Option<Trial>,
    answering: Option<Answering>,
    /// The urgent notices that were spoken already.
    told: HashSet<String>,
    happenings: mpsc::Sender<Happening>,
    today: Today,
}

/// A turn that is being heard, or has been, before its end is sure.
struct Trial {
    speech_end: u64,
    wholeness: Wholeness,
    work: Work,
    /// The question's, for whoever traces it.
    span: Span,
}

type Task = AbortOnDropHandle<Result<Tried, PipelineError>>;

enum Work {
    Going(Task),
    Done(Box<Result<Tried, PipelineError>>),
}

impl Work {
    async fn outcome(self) -> Result<Tried, PipelineError> {
        match self {
            Self::Done(outcome) => *outcome,
            Self::Going(mut task) => finished(&mut task).await,
        }
    }
}

/// What was heard, and what it found; nothing was found where nothing was said.
struct Tried {
    heard: Transcript,
    found: Option<Found>,
    timings: Timings,
}

/// An answer that is being given; dropping it breaks it off.
struct Answering {
    events: mpsc::Receiver<Event>,
    /// Null where dropping `events` is enough.
    _task: Option<AbortOnDropHandle<()>>,
}

impl<Today: Fn() -> Date> Conversation<Today> {
    async fn run(mut self, mut input: mpsc::Receiver<Input>) -> Result<(), Stop> {
        let mut open = true;
        while open || self.answering.is_some() {
            tokio::select! {
                given = input.recv(), if open => match given {
                    Some(given) => self.given(given).await?,
                    None => {
                        open = false;
                        self.end_turn().await?;
                    }
                },
                outcome = tried(&mut self.trial) => self.tried(outcome).await?,
                event = next_event(&mut self.answering) => self.answer_event(event).await?,
            }
        }
        Ok(())
    }

    async fn given(&mut self, given: Input) -> Result<(), Stop> {
        match given {
            Input::Sound(block) => {
                for event in self.turns.push(&block) {
                    self.turn_event(event).await?;
                }
                Ok(())
            }
            Input::HoldTurn(is_held) => {
                self.turns.hold(is_held);
                Ok(())
            }
            Input::EndTurn => self.end_turn().await,
            Input::ForgetTurn => {
                self.turns.forget_turn();
                self.trial = None;
                Ok(())
            }
            Input::Interrupt => self.interrupt().await,
            Input::FollowUp(follow_up) => {
                self.follow_up = follow_up;
                Ok(())
            }
            Input::Words(text) => {
                self.interrupt().await?;
                self.trial = None;
                let asked = Asked::Text(text);
                let notices = self.notices();
                self.notices_are_told();
                let events =
                    self.pipeline.ask_telling(asked, self.follow_up.clone(), (self.today)(), notices);
                self.answering = Some(Answering { events, _task: None });
                Ok(())
            }
        }
    }

    async fn end_turn(&mut self) -> Result<(), Stop> {
        match self.turns.finish() {
            Some(last) => self.turn_event(last).await,
            None => Ok(()),
        }
    }

    async fn interrupt(&mut self) -> Result<(), Stop> {
        match self.answering.take() {
            Some(_) => {
                measures::interrupted();
                self.happens(Happening::Interrupted).await
            }
            None => Ok(()),
        }
    }

    async fn turn_event(&mut self, event: TurnEvent) -> Result<(), Stop> {
        match event {
            TurnEvent::SpeechStarted { .. } => {
                self.interrupt().await?;
                self.happens(Happening::SpeechStarted).await
            }
            TurnEvent::Pause { speech_end, .. } => {
                if let Some(turn) = self.turns.so_far() {
                    self.trial = Some(self.hear(speech_end, turn, Wholeness::unsure()));
                }
                Ok(())
            }
            TurnEvent::Resumed { .. } => {
                self.trial = None;
                Ok(())
            }
            TurnEvent::FalseStart { at, voiced_ms, cause } => {
                self.trial = None;
                tracing::debug!("no voice at {at}: {voiced_ms} ms, {cause:?}");
                Ok(())
            }
            TurnEvent::EndOfTurn(turn) | TurnEvent::TooLong(turn) => self.ended(turn).await,
        }
    }

    /// Hears a turn beside everything else, and looks up what was heard.
    fn hear(&self, speech_end: u64, turn: Turn, wholeness: Wholeness) -> Trial {
        let (pipeline, talker, certain) = (self.pipeline.clone(), self.talker, wholeness.clone());
        let (before, today, notices) = (self.follow_up.clone(), (self.today)(), self.notices());
        let span = debug_span!(parent: None, "question");
        let work = async move {
            let mut timings = Timings::default();
            let _coming = pipeline.mouth.as_ref().map(Mouth::answer_is_coming);
            let ears = pipeline.ears()?;
            let since = Instant::now();
            let hearing = ears.hear_from(talker, certain, turn.utterance).instrument(debug_span!("hear"));
            let heard = hearing.await?;
            timings.hear = Some(ms(since));
            let found = match heard.rejected {
                // Nobody spoke: nobody is answered.
                Some(Rejection::NoVoice | Rejection::NoSpeech | Rejection::KnownHallucination) => None,
                _ => Some(pipeline.find(hypotheses(&heard), before, today, notices, &mut timings).await?),
            };
            Ok(Tried { heard, found, timings })
        };
        let work = AbortOnDropHandle::new(tokio::spawn(work.instrument(span.clone())));
        Trial { speech_end, wholeness, work: Work::Going(work), span }
    }

    /// What was heard on trial tells how near the end is.
    async fn tried(&mut self, outcome: Result<Tried, PipelineError>) -> Result<(), Stop> {
        let Some(trial) = &mut self.trial else { return Ok(()) };
        let text = outcome.as_ref().map(|tried| tried.heard.text.clone()).unwrap_or_default();
        trial.work = Work::Done(Box::new(outcome));
        if text.is_empty() {
            return Ok(());
        }
        self.turns.heard_so_far(trial.speech_end, completeness(&text));
        self.happens(Happening::Partial(text)).await
    }

    /// The urgent notices that were not spoken yet in this conversation: they come before its next answer.
    fn notices(&self) -> Option<String> {
        let agency = self.pipeline.agency.as_ref()?;
        let current = agency.notices.current();
        let new: Vec<String> = current
            .iter()
            .filter(|notice| !self.told.contains(&notice.id))
            .map(|n| speakable(&n.spoken()))
            .collect();
        (!new.is_empty()).then(|| new.join("\n"))
    }

    fn notices_are_told(&mut self) {
        if let Some(agency) = &self.pipeline.agency {
            self.told.extend(agency.notices.current().iter().map(|notice| notice.id.clone()));
        }
    }

    async fn ended(&mut self, turn: Turn) -> Result<(), Stop> {
        let silence = (self.turns.position() - turn.speech_end) as f64 / f64::from(SAMPLE_RATE);
        let speech_ended = Instant::now() - Duration::from_secs_f64(silence);
        self.happens(Happening::SpeechEnded).await?;
        let trial = match self.trial.take() {
            Some(trial) if trial.speech_end == turn.speech_end => {
                trial.wholeness.make_certain();
                trial
            }
            _ => self.hear(turn.speech_end, turn, Wholeness::certain()),
        };
        self.notices_are_told();
        let (told, events) = mpsc::channel(UNREAD_EVENTS);
        let (pipeline, today) = (self.pipeline.clone(), (self.today)());
        let turn_took = ms(speech_ended);
        let span = trial.span.clone();
        let answer = async move {
            if let Err(Stop::Failed(error)) =
                answer(&pipeline, trial, today, (speech_ended, turn_took), &told).await
            {
                measures::failed(&error);
                let _ = told.send(Event::Failed(error)).await;
            }
        };
        self.answering = Some(Answering {
            events,
            _task: Some(AbortOnDropHandle::new(tokio::spawn(answer.instrument(span)))),
        });
        Ok(())
    }

    async fn answer_event(&mut self, event: Option<Event>) -> Result<(), Stop> {
        let Some(event) = event else {
            self.answering = None;
            return Ok(());
        };
        if let Event::Answer(report) = &event {
            self.follow_up = report.follow_up.clone();
        }
        self.happens(Happening::Answering(event)).await
    }

    async fn happens(&self, happening: Happening) -> Result<(), Stop> {
        self.happenings.send(happening).await.map_err(|_| Stop::NobodyListens)
    }
}

/// Gives the answer to a turn that has ended.
async fn answer(
    pipeline: &Pipeline,
    trial: Trial,
    today: Date,
    (speech_ended, turn_took): (Instant, f64),
    events: &mpsc::Sender<Event>,
) -> Result<(), Stop> {
    let Tried { heard, found, mut timings } = trial.work.outcome().await?;
    timings.turn = Some(turn_took);
    tell(events, Event::Transcript { text: heard.text.clone(), rejected: heard.rejected }).await?;
    match found {
        Some(found) => {
            let giving = pipeline.give(found, Some(heard.text), today, (speech_ended, timings), events);
            giving.instrument(debug_span!("give")).await
        }
        None => {
            timings.total = Some(ms(speech_ended));
            tell(events, Event::Done(timings)).await
        }
    }
}

async fn finished(task: &mut Task) -> Result<Tried, PipelineError> {
    task.await.unwrap_or_else(|e| Err(PipelineError::Finding(e.to_string())))
}

/// The outcome of a trial that is still going; never, where there is none.
async fn tried(trial: &mut Option<Trial>) -> Result<Tried, PipelineError> {
    match trial {
        Some(Trial { work: Work::Going(task), .. }) => finished(task).await,
        _ => std::future::pending().await,
    }
}

/// The next event of the answer that is being given; never, where none is.
async fn next_event(answering: &mut Option<Answering>) -> Option<Event> {
    match answering {
        Some(answering) => answering.events.recv().await,
        None => std::future::pending().await,
    }
}
