//! The whole story on one page: sound comes in, is heard, understood, looked up, answered and spoken.
//!
//! The pipeline owns the engines and tells what happens as [`Event`]s; the server sends them on as they come,
//! the command line waits for the last. Whoever stops listening stops the work. [`conversation`] does the same for
//! sound that is still being spoken.

pub mod agency;
pub mod conversation;
pub mod measures;

use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::civil::Date;
use serde::Serialize;
use tokio::sync::mpsc;
use tracing::{Instrument, debug_span};
use utoipa::ToSchema;

use crate::answer::compose::is_refused_by_its_words;
use crate::answer::{self, Answer, AnswerText, Citation, FollowUp, Status, Turn};
use crate::audio::turn::TurnSettings;
use crate::audio::{AudioError, AudioLimits, decode};
use crate::question::{Intent, Question};
use crate::receipts::{ReceiptNote, ReceiptStore};
use crate::regulations::hypotheses::Hypothesis;
use crate::regulations::{IndexError, RegulationIndex};
use crate::speech_to_text::{Ears, Rejection, SpeechToTextError, Transcript};
use crate::text_to_speech::mouth::{Speech, SpokenSentence};
use crate::text_to_speech::{Mouth, Rate, SpeakOptions, TextToSpeechError};
use agency::Agency;

/// What a citizen brings.
#[derive(Debug, Clone)]
pub enum Asked {
    /// A recording, in any format that [`decode()`] knows.
    Sound(Vec<u8>),
    /// What was heard already.
    Heard(Box<Transcript>),
    /// Typed words.
    Text(String),
}

/// How long each stage took, milliseconds; null for stages that were not needed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, ToSchema)]
pub struct Timings {
    /// From the last voice to the certainty that the turn had ended; null for whole recordings.
    pub turn: Option<f64>,
    /// Bytes to samples.
    pub decode: Option<f64>,
    /// Samples to words, waiting included.
    pub hear: Option<f64>,
    /// Words to records and an answer.
    pub find: Option<f64>,
    /// From the words to the answer's text, search included.
    pub answer: Option<f64>,
    /// From the question's arrival, or from the last voice, to the first sentence of sound.
    pub first_sound: Option<f64>,
    /// From the question's arrival, or from the last voice, to the last.
    pub total: Option<f64>,
}

/// The contract of `hoidap ask --json` and of the `answer` event: every key is always there.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Report {
    /// As it was looked up.
    pub question: Option<String>,
    /// As it was heard; null for a typed question.
    pub transcript: Option<String>,
    /// What the citizen wanted.
    pub intent: Intent,
    /// How it ended.
    pub status: Status,
    /// What is shown and said.
    pub answer: AnswerText,
    /// Where it stands in the law.
    pub citations: Vec<Citation>,
    /// What a question could mean that asks for detail; else empty.
    pub options: Vec<String>,
    /// To be brought back with the next utterance, which may reply or ask for the rest; null where it can do neither.
    pub follow_up: Option<FollowUp>,
    /// From 0 to 1; null where nothing was searched.
    pub confidence: Option<f32>,
    /// By which the answer can be shown and proved again; null where receipts are off or cannot be kept.
    pub receipt: Option<ReceiptNote>,
    /// The stages so far.
    pub timings_ms: Timings,
}

/// What happens on the way, in this order; `Sound` many times.
#[derive(Debug, Clone)]
pub enum Event {
    /// What was heard, and why nothing was, if so. Only for sound.
    Transcript {
        /// The words.
        text: String,
        /// Why there are none.
        rejected: Option<Rejection>,
    },
    /// The answer.
    Answer(Box<Report>),
    /// A sentence of it, spoken.
    Sound(SpokenSentence),
    /// The end; nothing comes after it.
    Done(Timings),
    /// The end, when something failed; nothing comes after it.
    Failed(PipelineError),
}

/// What can fail on the way.
#[derive(Debug, Clone, thiserror::Error)]
pub enum PipelineError {
    /// The sound is unusable.
    #[error(transparent)]
    Audio(#[from] AudioError),
    /// There are no ears.
    #[error("no speech model is set up; run `hoidap models pull`")]
    Deaf,
    /// Hearing failed.
    #[error(transparent)]
    Hearing(#[from] SpeechToTextError),
    /// Finding failed.
    #[error("{0}")]
    Finding(String),
    /// Speaking failed; the answer itself was given.
    #[error(transparent)]
    Speaking(#[from] TextToSpeechError),
    /// The agency has switched voice off; what citizens are told.
    #[error("the agency has switched voice off")]
    Suspended(String),
}

impl From<IndexError> for PipelineError {
    fn from(error: IndexError) -> Self {
        Self::Finding(error.to_string())
    }
}

impl PipelineError {
    /// One sentence for the citizen.
    pub fn vietnamese(&self) -> &str {
        match self {
            Self::Audio(error) => error.vietnamese(),
            Self::Suspended(sentence) => sentence,
            Self::Deaf => "Dịch vụ chưa nghe được giọng nói. Xin gõ câu hỏi.",
            Self::Hearing(SpeechToTextError::QueueFull) | Self::Speaking(TextToSpeechError::QueueFull) => {
                "Đang có nhiều người hỏi. Xin chờ một lát rồi hỏi lại."
            }
            Self::Hearing(_) => "Chưa nghe được câu hỏi. Xin thử lại hoặc gõ câu hỏi.",
            Self::Finding(_) => "Chưa tra cứu được quy định. Xin thử lại sau.",
            Self::Speaking(_) => "Chưa đọc được câu trả lời thành tiếng. Xin đọc trên màn hình.",
        }
    }

    /// A short name for machines.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Audio(error) => error.code(),
            Self::Suspended(_) => "suspended",
            Self::Deaf => "speech_not_set_up",
            Self::Hearing(SpeechToTextError::QueueFull) | Self::Speaking(TextToSpeechError::QueueFull) => {
                "busy"
            }
            Self::Hearing(_) => "hearing_failed",
            Self::Finding(_) => "search_failed",
            Self::Speaking(_) => "speaking_failed",
        }
    }
}

/// The engines, joined. Cloning shares them.
#[derive(Clone)]
pub struct Pipeline {
    /// Null when only text is to be answered.
    pub ears: Option<Ears>,
    /// The law.
    pub index: Arc<RegulationIndex>,
    /// Null when nothing is to be spoken.
    pub mouth: Option<Mouth>,
    /// What sound is accepted.
    pub limits: AudioLimits,
    /// When somebody who speaks has ended.
    pub turns: TurnSettings,
    /// Where answers are kept; null when they are not.
    pub receipts: Option<ReceiptStore>,
    /// How fast answers are spoken; null for the voice's own setting.
    pub rate: Option<Rate>,
    /// Dossiers, notices and switches; null where only the law is asked.
    pub agency: Option<Agency>,
}

/// Events that may lie unread before the pipeline waits for its listener.
const UNREAD_EVENTS: usize = 8;
/// An answer waits no longer for its receipt, should the disk hang.
const TIME_FOR_RECEIPT: Duration = Duration::from_secs(2);

impl Pipeline {
    /// That answers typed questions from this index, and neither hears nor speaks nor keeps anything.
    pub fn of_text(index: Arc<RegulationIndex>) -> Self {
        let (limits, turns) = (AudioLimits::default(), TurnSettings::default());
        Self { ears: None, index, mouth: None, limits, turns, receipts: None, rate: None, agency: None }
    }

    /// How many utterances wait to be heard.
    pub fn waiting(&self) -> usize {
        self.ears.as_ref().map_or(0, Ears::waiting)
    }

    /// Answers a question; the events come as they happen.
    pub fn ask(&self, asked: Asked, as_of: Date) -> mpsc::Receiver<Event> {
        self.ask_after(asked, None, as_of)
    }

    /// Like [`Pipeline::ask`], for an utterance that may follow upon an earlier answer. Nothing of either is kept.
    pub fn ask_after(&self, asked: Asked, before: Option<FollowUp>, as_of: Date) -> mpsc::Receiver<Event> {
        self.ask_telling(asked, before, as_of, None)
    }

    /// The same; `notices` are spoken before the answer.
    fn ask_telling(
        &self,
        asked: Asked,
        before: Option<FollowUp>,
        as_of: Date,
        notices: Option<String>,
    ) -> mpsc::Receiver<Event> {
        let (events, listener) = mpsc::channel(UNREAD_EVENTS);
        let pipeline = self.clone();
        let answering = async move {
            // Whoever hangs up ends the work at once: what still waits for ears or mouth is skipped there.
            let outcome = tokio::select! {
                outcome = pipeline.run(asked, before, as_of, notices, &events) => outcome,
                () = events.closed() => Err(Stop::NobodyListens),
            };
            if let Err(Stop::Failed(error)) = outcome {
                measures::failed(&error);
                let _ = events.send(Event::Failed(error)).await;
            }
        };
        tokio::spawn(answering.instrument(debug_span!(parent: None, "question")));
        listener
    }

    async fn run(
        &self,
        asked: Asked,
        before: Option<FollowUp>,
        as_of: Date,
        notices: Option<String>,
        events: &mpsc::Sender<Event>,
    ) -> Result<(), Stop> {
        let began = Instant::now();
        let mut timings = Timings::default();
        let _coming = self.mouth.as_ref().map(Mouth::answer_is_coming);
        // audio → speech_to_text
        let (said, transcript) = match asked {
            Asked::Text(text) => (vec![typed(&text)], None),
            Asked::Heard(heard) => (hypotheses(&heard), Some(heard.text)),
            Asked::Sound(bytes) => {
                let ears = self.ears()?;
                let limits = self.limits.clone();
                let utterance = blocking(move || decode(&bytes, &limits)).await??;
                timings.decode = Some(ms(began));
                let since = Instant::now();
                let hearing = ears.hear(utterance).instrument(debug_span!("hear"));
                let heard = hearing.await.map_err(PipelineError::from)?;
                timings.hear = Some(ms(since));
                let (text, rejected) = (heard.text.clone(), heard.rejected);
                tell(events, Event::Transcript { text, rejected }).await?;
                (hypotheses(&heard), Some(heard.text))
            }
        };
        let found = self.find(said, before, as_of, notices, &mut timings).await?;
        self.give(found, transcript, as_of, (began, timings), events).instrument(debug_span!("give")).await
    }

    /// The ears, where there are any and the agency lets them hear.
    fn ears(&self) -> Result<&Ears, PipelineError> {
        match self.voice_is_off() {
            Some(sentence) => Err(PipelineError::Suspended(sentence)),
            None => self.ears.as_ref().ok_or(PipelineError::Deaf),
        }
    }

    fn voice_is_off(&self) -> Option<String> {
        self.agency.as_ref().and_then(|agency| agency.switches.instead_of_voice())
    }

    /// question → dossiers, regulations → answer → the first words of it
    async fn find(
        &self,
        said: Vec<Hypothesis>,
        before: Option<FollowUp>,
        as_of: Date,
        notices: Option<String>,
        timings: &mut Timings,
    ) -> Result<Found, PipelineError> {
        let since = Instant::now();
        let index = self.index.clone();
        let own = match &self.agency {
            Some(agency) => {
                let questions: Vec<Question> = said.iter().map(|one| one.question.clone()).collect();
                let asked = agency.answers(&questions, before.as_ref(), &index);
                asked.instrument(debug_span!("find_dossier")).await?
            }
            None => None,
        };
        let (turn, index_version, is_personal) = match own {
            Some(own) => (own.turn, String::new(), own.is_personal),
            None => {
                let asked = blocking(move || answer_from_one_state(&index, &said, before.as_ref(), as_of));
                let (turn, version) = asked.instrument(debug_span!("find")).await??;
                (turn, version, false)
            }
        };
        timings.find = Some(ms(since));
        timings.answer = Some(ms(since));
        // What tells of a citizen's own dossier is kept nowhere.
        let options = SpeakOptions { rate: self.rate, cacheable: turn.answer.intent != Intent::Dossier };
        let spoken = match notices {
            Some(notices) => format!("{notices}\n{}", turn.answer.answer.spoken),
            None => turn.answer.answer.spoken.clone(),
        };
        let mouth = self.mouth.as_ref().filter(|_| self.voice_is_off().is_none());
        let sound = mouth.map(|mouth| mouth.speak(&spoken, options)).transpose()?;
        Ok(Found { turn, index_version, is_personal, sound })
    }

    /// Tells the answer, then its sound as it comes.
    async fn give(
        &self,
        found: Found,
        transcript: Option<String>,
        as_of: Date,
        (began, mut timings): (Instant, Timings),
        events: &mpsc::Sender<Event>,
    ) -> Result<(), Stop> {
        let Found { turn: Turn { question, answer: found, follow_up }, index_version, is_personal, sound } =
            found;
        measures::answered(found.status);
        if let Some(agency) = &self.agency {
            agency.answered(as_of, &found);
        }
        let receipt = if is_personal { None } else { self.receipt(&found, as_of, index_version).await };
        if let (Some(agency), Some(receipt)) = (&self.agency, &receipt) {
            agency.doubts(&found, receipt);
        }
        let report = Report {
            question: (!question.is_empty()).then(|| question.text().to_owned()),
            transcript,
            intent: found.intent,
            status: found.status,
            answer: found.answer,
            citations: found.citations,
            options: found.options,
            follow_up,
            confidence: found.confidence,
            receipt,
            timings_ms: timings,
        };
        tell(events, Event::Answer(Box::new(report))).await?;
        // text_to_speech
        if let Some(mut sound) = sound {
            while let Some(sentence) = sound.recv().await {
                let sentence = sentence.map_err(PipelineError::from)?;
                timings.first_sound.get_or_insert_with(|| ms(began));
                tell(events, Event::Sound(sentence)).await?;
            }
        }
        timings.total = Some(ms(began));
        measures::done(&timings);
        if let Some(agency) = &self.agency {
            agency.done(as_of, &timings);
        }
        tell(events, Event::Done(timings)).await
    }

    /// Keeps the answer; an answer is given without a receipt rather than not at all.
    async fn receipt(&self, found: &Answer, as_of: Date, index_version: String) -> Option<ReceiptNote> {
        let store = self.receipts.as_ref()?;
        let (keeper, found) = (store.clone(), found.clone());
        let kept = blocking(move || keeper.issue(&found, as_of, index_version));
        match tokio::time::timeout(TIME_FOR_RECEIPT, kept).await {
            Ok(kept) => kept.ok().flatten().map(|receipt| receipt.note()),
            Err(_) => {
                store.warn(&format!("keeping a receipt took longer than {TIME_FOR_RECEIPT:?}"));
                None
            }
        }
    }
}

/// An answer, and its sound in the making; whoever drops it stops the voice.
struct Found {
    turn: Turn,
    index_version: String,
    /// Whether it tells of a person: then it leaves no receipt.
    is_personal: bool,
    sound: Option<Speech>,
}

fn typed(text: &str) -> Hypothesis {
    Hypothesis { question: Question::new(text), log_probability: 0.0 }
}

/// All that may have been said, the engine's own choice first.
fn hypotheses(heard: &Transcript) -> Vec<Hypothesis> {
    let hypothesis = |text: &str, log_probability: Option<f32>| Hypothesis {
        question: Question::heard(text),
        log_probability: log_probability.unwrap_or_default(),
    };
    let others = heard.alternatives.iter().map(|a| hypothesis(&a.text, Some(a.mean_log_probability)));
    std::iter::once(hypothesis(&heard.text, heard.mean_log_probability)).chain(others).collect()
}

/// Answers, and names the state of the index that answered. When an import ends meanwhile, asks anew.
fn answer_from_one_state(
    index: &RegulationIndex,
    said: &[Hypothesis],
    follow_up: Option<&FollowUp>,
    as_of: Date,
) -> Result<(Turn, String), IndexError> {
    let is_open = said.len() > 1 && !is_refused_by_its_words(&said[0].question);
    loop {
        let before = index.state();
        let search = index.search();
        let heard = if is_open { search.find_heard(said, 1, Some(as_of))? } else { None };
        let question = &said[heard.map_or(0, |heard| heard.said)].question;
        let turn = answer::turn(question, follow_up, &search, as_of)?;
        if index.state() == before {
            return Ok((turn, before));
        }
    }
}

/// Why the run ended before its time.
enum Stop {
    Failed(PipelineError),
    NobodyListens,
}

impl<E: Into<PipelineError>> From<E> for Stop {
    fn from(error: E) -> Self {
        Self::Failed(error.into())
    }
}

async fn tell(events: &mpsc::Sender<Event>, event: Event) -> Result<(), Stop> {
    events.send(event).await.map_err(|_| Stop::NobodyListens)
}

/// Runs what blocks beside the async threads; a panic in it fails this question alone.
async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, PipelineError> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|_| PipelineError::Finding("the search gave up on this question".to_owned()))
}

fn ms(since: Instant) -> f64 {
    (since.elapsed().as_secs_f64() * 1e4).round() / 10.0
}
