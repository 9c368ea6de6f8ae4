//! One person's visit to the kiosk, without devices and engines: what happens comes in, with the time; what is to be done
//! comes out.
//!
//! * [`Policy`]: how one talks to this kiosk; [`Input`]: what happens; [`Effect`]: what is to be done;
//! * `session`: all that is known of the one who is there, in one place, so that it goes in one piece;
//! * `machine`: what follows upon what; `talk`: what somebody said; `press`: the button; `ear`: when the microphone is open;
//!   `house`: devices, the brain and notices.
//!
//! ```text
//! Idle → welcome → listening ⇄ thinking → answering → listening …
//!                      └→ "anything else?" → farewell → Idle
//! ```
//!
//! Whatever of a person there is lies in a session, and a session only in a visit's state: idle, announcing and taking
//! leave have no place for it. It is dropped before the farewell is said, not after.

mod ear;
mod house;
mod machine;
mod press;
mod session;
mod talk;
#[cfg(test)]
mod tests;

use std::time::{Duration, Instant};

use super::scene::{Scene, ShownNotice};
use super::sentences::Sentence;
use super::wake::WakePhrase;
use crate::answer::{Citation, FollowUp};
pub use machine::Visit;

/// By what one talks to the kiosk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Talk {
    /// A button is pressed: shortly, to be heard until one pauses, or held for as long as one speaks.
    Button,
    /// One just speaks. A button, where there is one, still interrupts.
    HandsFree,
}

/// Whether the microphone is open while the loudspeaker speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Duplex {
    /// It is closed; a button interrupts.
    Half,
    /// It is open, for the echo is taken out; a voice interrupts, where one just speaks.
    Full,
}

/// How one talks to this kiosk.
#[derive(Debug, Clone)]
pub struct Policy {
    /// By what.
    pub talk: Talk,
    /// What must be said before anybody is greeted; null where it is enough to speak. Only for [`Talk::HandsFree`].
    pub wake: Option<WakePhrase>,
    /// Whether one can speak into an answer.
    pub duplex: Duplex,
    /// Whether there is a screen.
    pub has_screen: bool,
    /// Whether there is a printer.
    pub has_printer: bool,
    /// After so much silence somebody is asked whether there is anything else.
    pub silence: Duration,
    /// After so much more they have left.
    pub last_wait: Duration,
    /// An answer, or the next of its sound, must come within this.
    pub patience: Duration,
    /// How often notices are read aloud while nobody is there.
    pub notices_every: Duration,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            talk: Talk::HandsFree,
            wake: None,
            duplex: Duplex::Half,
            has_screen: true,
            has_printer: false,
            silence: Duration::from_secs(30),
            last_wait: Duration::from_secs(15),
            patience: Duration::from_secs(30),
            notices_every: Duration::from_secs(600),
        }
    }
}

/// A device that may be lost and found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Device {
    /// Without it nobody is heard.
    Microphone,
    /// Without it answers are on the screen only.
    Loudspeaker,
}

/// Who answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BrainState {
    /// Whoever should.
    Present,
    /// This machine, for the server is away.
    Alone,
    /// Nobody.
    Away,
}

impl BrainState {
    /// Of a server, and whether this machine could answer in its place.
    pub fn of(is_server_reachable: bool, has_local: bool) -> Self {
        match (is_server_reachable, has_local) {
            (true, _) => Self::Present,
            (false, true) => Self::Alone,
            (false, false) => Self::Away,
        }
    }
}

/// Why a question failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Failure {
    /// Too many ask.
    Busy,
    /// The answer was given, but cannot be spoken.
    Speaking,
    /// The agency has switched something off; what citizens are told.
    Suspended(String),
    /// Anything else.
    Other,
}

impl Failure {
    /// By the short name that [`crate::pipeline::PipelineError`] and the server give it, with their sentence for the
    /// citizen.
    pub fn named(code: &str, sentence: &str) -> Self {
        match code {
            "busy" | "too_many_questions" => Self::Busy,
            "speaking_failed" => Self::Speaking,
            "suspended" => Self::Suspended(sentence.to_owned()),
            _ => Self::Other,
        }
    }
}

/// An answer.
#[derive(Debug, Clone, PartialEq)]
pub struct Given {
    /// In full, for the eye.
    pub text: String,
    /// In short, for the ear.
    pub spoken: String,
    /// Where it stands in the law.
    pub citations: Vec<Citation>,
    /// What is offered, where it asks back.
    pub options: Vec<String>,
    /// Whether it is a question back.
    pub asks_back: bool,
    /// Whether it is about a citizen's own dossier: then a reply such as `đọc lại` belongs to that talk.
    pub is_dossier: bool,
    /// What the next utterance may follow upon.
    pub follow_up: Option<FollowUp>,
    /// The address of its receipt; null where there is none.
    pub receipt: Option<String>,
}

/// What happens.
#[derive(Debug, Clone, PartialEq)]
pub enum Input {
    /// Nothing but time.
    Time,
    /// The button, or that on the screen, is pressed.
    Pressed,
    /// It is let go.
    Released,
    /// Somebody begins to speak.
    SpeechStarted,
    /// What was heard at a pause.
    Partial(String),
    /// They have ended.
    SpeechEnded,
    /// What was heard in the turn: nothing, where nothing was said or nothing that is believed. While nobody is there: what
    /// was heard for the wake phrase.
    Heard(String),
    /// The answer.
    Answer(Box<Given>),
    /// A piece of its sound has come, and lasts so long; it is to be played only if [`Effect::Play`] says so.
    Sound(Duration),
    /// The brain has given all of the answer, sound included.
    Done,
    /// The loudspeaker has played all that it was given of an answer.
    Quiet,
    /// It has played this [`Effect::Say`] to its end.
    Said(u64),
    /// The question failed; nothing more comes of it.
    Failed(Failure),
    /// A device is gone.
    Lost(Device),
    /// It is there again.
    Found(Device),
    /// Who answers now.
    Brain(BrainState),
    /// The notices that hold now.
    Notices(Vec<ShownNotice>),
    /// The screen's button for printing.
    PrintWanted,
    /// Whether the slip was printed.
    Printed(bool),
}

/// What becomes of the microphone's sound.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ear {
    /// Nothing: it is thrown away.
    Closed,
    /// It is only looked at whether anybody speaks; it goes no further.
    Presence,
    /// It is heard on this machine for the wake phrase, and for nothing else.
    Wake,
    /// It goes to the brain.
    Open,
}

/// What is to be printed. The question is not part of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Slip {
    /// The answer in short.
    pub answer: String,
    /// Where it stands in the law.
    pub places: Vec<String>,
    /// The address of the receipt; null where there is none.
    pub receipt: Option<String>,
}

/// What is counted; nothing of it tells of a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Count {
    /// Somebody was greeted, in this wording of the consent.
    Visit {
        /// See [`super::sentences::CONSENTS`].
        consent: u32,
    },
    /// A question was heard.
    Question,
    /// An answer was broken off by who listened to it.
    Interruption,
    /// A visit ended because somebody said so.
    EndedByWords,
    /// A visit ended because nobody said anything.
    EndedBySilence,
    /// A visit ended because something does not work.
    EndedByTrouble,
}

/// What is to be done, in this order.
#[derive(Debug, Clone, PartialEq)]
pub enum Effect {
    /// A conversation with the brain is begun; it follows upon nothing.
    Begin,
    /// Everything of the visit is thrown away: the conversation, sound that waits, what was shown.
    Wipe,
    /// The microphone.
    Listen(Ear),
    /// The brain: no silence ends the turn, or it does again.
    HoldTurn(bool),
    /// The brain: the turn ends here.
    EndTurn,
    /// The brain: what is being said is thrown away.
    ForgetTurn,
    /// The brain: the answer is wanted no longer.
    BreakOff,
    /// The brain: the next utterance follows upon this, for the one before was for the kiosk.
    Restore(Option<FollowUp>),
    /// Something is said; [`Input::Said`] tells when it was.
    Say {
        /// By which its end is told.
        id: u64,
        /// Speakable words.
        text: String,
    },
    /// The piece of an answer's sound that has just come is played.
    Play,
    /// The loudspeaker is silent at once, and forgets what it was to play.
    StopSpeaking,
    /// So many times the usual rate is spoken from now on, until [`Effect::Wipe`].
    Pace(f32),
    /// So many steps louder than usual it is spoken from now on, until [`Effect::Wipe`]; negative for quieter.
    Volume(i8),
    /// The screen.
    Show(Scene),
    /// The printer; [`Input::Printed`] tells how it went.
    Print(Slip),
    /// Something is counted.
    Count(Count),
}

/// How long a text is on the screen where it cannot be spoken.
fn reading_time(text: &str) -> Duration {
    Duration::from_secs(2) + Duration::from_millis(60) * length(text)
}

/// No loudspeaker takes longer for it.
fn longest_speech(text: &str) -> Duration {
    Duration::from_secs(10) + Duration::from_millis(200) * length(text)
}

fn length(text: &str) -> u32 {
    u32::try_from(text.chars().count()).unwrap_or(u32::MAX).min(20_000)
}

/// What is said to who asked, for a failure.
fn sentence_for(failure: &Failure) -> Sentence {
    match failure {
        Failure::Busy => super::sentences::BUSY,
        Failure::Suspended(told) => Sentence::vietnamese(told),
        Failure::Speaking | Failure::Other => super::sentences::FAILED,
    }
}

/// The later of two moments.
fn later(one: Instant, other: Instant) -> Instant {
    one.max(other)
}
