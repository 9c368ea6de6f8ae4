//! Turns: when somebody begins to speak in a stream of sound, pauses, goes on, and has ended.
//!
//! [`TurnDetector`] takes sound at 16 kHz as it comes and gives [`TurnEvent`]s. It looks at nothing but the samples
//! that it is given, and at no clock. How long a silence ends a turn depends on what the caller knows of the words
//! ([`Completeness`]): the caller hears the turn so far at each pause, and says whether it reads like a whole question.
//!
//! * `event`: what is told;
//! * `settings`: times and levels;
//! * `voice`: what one frame says of a voice; `noise_floor`, `fine_structure`: two parts of that;
//! * `talk`: what is known of the turn that is being spoken.
//!
//! ```
//! use hoidap::audio::turn::{TurnDetector, TurnEvent, TurnSettings};
//! let mut turns = TurnDetector::new(TurnSettings::default());
//! for block in vec![0.0f32; 16_000].chunks(320) {
//!     for event in turns.push(block) {
//!         if let TurnEvent::EndOfTurn(turn) = event {
//!             println!("{:.1} s were spoken", turn.utterance.seconds());
//!         }
//!     }
//! }
//! ```

mod event;
mod fine_structure;
mod noise_floor;
mod settings;
mod talk;
mod voice;

pub use event::{NoVoice, Turn, TurnEvent};
pub use settings::{Completeness, TurnSettings};

use super::{SAMPLE_RATE, Utterance};
use talk::{Talk, Thresholds};
use voice::{FRAME, FrameVoice, VoiceMeter};

/// Milliseconds as samples.
fn samples(ms: u32) -> u64 {
    u64::from(ms) * u64::from(SAMPLE_RATE) / 1000
}

/// A candidate for a turn in which no voice could be made certain for so long is given up.
const DOUBT_MS: u32 = 2_000;
/// So much silence ends a candidate.
const CANDIDATE_SILENCE_MS: u32 = 500;
/// A turn that is too long is cut at a gap between words, if there was one so lately.
const CUT_WITHIN_MS: u32 = 5_000;

/// Finds the turns in one stream.
pub struct TurnDetector {
    settings: TurnSettings,
    voice: VoiceMeter,
    thresholds: Thresholds,
    /// The latest sound; what has become older than any turn that may come is dropped.
    sound: Vec<f32>,
    /// Where `sound` begins in the stream.
    sound_start: u64,
    /// The samples before this place are measured.
    measured: u64,
    /// No turn begins before this place: what lies before it belongs to the turn before.
    free_from: u64,
    talk: Option<Talk>,
    /// Silence ends no turn: a button is held.
    is_held: bool,
}

impl TurnDetector {
    /// A stream that has not begun.
    pub fn new(settings: TurnSettings) -> Self {
        Self {
            voice: VoiceMeter::new(),
            thresholds: Thresholds::new(&settings),
            sound: Vec::with_capacity(samples(settings.pre_roll_ms) as usize * 4),
            sound_start: 0,
            measured: 0,
            free_from: 0,
            talk: None,
            is_held: false,
            settings,
        }
    }

    /// Takes the next samples, mono at 16 kHz, any number of them; what is not finite counts as silence.
    pub fn push(&mut self, block: &[f32]) -> Vec<TurnEvent> {
        let mut events = Vec::new();
        let mut rest = block;
        while !rest.is_empty() {
            let wanted = FRAME - (self.position() - self.measured) as usize;
            let (now, later) = rest.split_at(wanted.min(rest.len()));
            self.sound.extend(now.iter().map(|s| if s.is_finite() { s.clamp(-1.0, 1.0) } else { 0.0 }));
            rest = later;
            if let Some(frame) = self.sound.last_chunk::<FRAME>().filter(|_| now.len() == wanted) {
                let voice = self.voice.measure(frame);
                self.measured += FRAME as u64;
                self.consider(voice, &mut events);
            }
        }
        events
    }

    /// What the words say of the turn so far, as they were heard at the [`TurnEvent::Pause`] with this `speech_end`. It
    /// is forgotten when the talker goes on, and ignored when they have gone on already.
    pub fn heard_so_far(&mut self, speech_end: u64, completeness: Completeness) {
        if let Some(talk) = self.talk.as_mut().filter(|talk| talk.speech_end == speech_end) {
            talk.completeness = completeness;
        }
    }

    /// The turn that is being spoken, up to now; null when nobody speaks.
    pub fn so_far(&self) -> Option<Turn> {
        let talk = self.talk.as_ref().filter(|talk| talk.is_told)?;
        Some(self.turn(talk, self.end_of(talk)))
    }

    /// Whether a button is held while somebody speaks: then no silence ends the turn, but [`TurnDetector::finish`], or its
    /// greatest length.
    pub fn hold(&mut self, is_held: bool) {
        self.is_held = is_held;
    }

    /// The stream is over, or the button was let go: the turn that was being spoken, if there was one, ends with it.
    pub fn finish(&mut self) -> Option<TurnEvent> {
        self.is_held = false;
        let talk = self.talk.take()?;
        let told = talk.is_voice(&self.thresholds) == Ok(());
        let event = self.ended(&talk, self.end_of(&talk), TurnEvent::EndOfTurn);
        self.free_from = self.position();
        (told || talk.is_told).then_some(event)
    }

    /// What is being said is thrown away; the next turn begins after it.
    pub fn forget_turn(&mut self) {
        self.is_held = false;
        self.talk = None;
        self.free_from = self.position();
    }

    /// How many samples have been pushed.
    pub fn position(&self) -> u64 {
        self.sound_start + self.sound.len() as u64
    }

    fn consider(&mut self, voice: FrameVoice, events: &mut Vec<TurnEvent>) {
        let at = self.measured;
        let Some(talk) = self.talk.as_mut() else {
            if self.thresholds.begins(&voice) {
                let first = at - FRAME as u64;
                let start = first.saturating_sub(samples(self.settings.pre_roll_ms)).max(self.free_from);
                let mut talk = Talk::new(start, first);
                talk.hear(&voice, at, &self.thresholds);
                self.talk = Some(talk);
            } else {
                self.forget();
            }
            return;
        };
        let was_pausing = talk.is_pausing;
        talk.hear(&voice, at, &self.thresholds);
        if was_pausing && !talk.is_pausing && talk.is_told {
            events.push(TurnEvent::Resumed { at });
        }
        let silence = at.saturating_sub(talk.speech_end);
        if !talk.is_told {
            match talk.is_voice(&self.thresholds) {
                Ok(()) => {
                    talk.is_told = true;
                    events.push(TurnEvent::SpeechStarted { at: talk.start });
                }
                Err(_)
                    if silence >= samples(CANDIDATE_SILENCE_MS)
                        || at - talk.first_voice >= samples(DOUBT_MS) =>
                {
                    self.end(at, TurnEvent::EndOfTurn, events);
                    return;
                }
                Err(_) => return,
            }
        }
        if !self.is_held && silence >= samples(self.settings.silence_ms(talk.completeness)) {
            let end = self.talk.as_ref().map_or(at, |talk| self.end_of(talk));
            self.end(end, TurnEvent::EndOfTurn, events);
        } else if at - talk.start >= samples(self.settings.max_turn_ms) {
            self.cut(at, events);
        } else if !talk.is_pausing && silence >= samples(self.settings.pause_ms) {
            talk.is_pausing = true;
            events.push(TurnEvent::Pause { at, speech_end: talk.speech_end });
        }
    }

    /// Ends the turn where the talker left a gap lately, else here; what came after it begins the next.
    fn cut(&mut self, at: u64, events: &mut Vec<TurnEvent>) {
        let Some(talk) = &self.talk else { return };
        let gap = talk.gap.as_ref().filter(|gap| at - gap.at <= samples(CUT_WITHIN_MS));
        let (end, next) = match gap {
            Some(gap) => (gap.at, talk.after(gap)),
            None => (at, Talk::new(at, at)),
        };
        self.end(end, TurnEvent::TooLong, events);
        self.talk = Some(next);
    }

    fn end(&mut self, end: u64, kind: fn(Turn) -> TurnEvent, events: &mut Vec<TurnEvent>) {
        if let Some(talk) = self.talk.take() {
            let event = self.ended(&talk, end, kind);
            if !matches!(event, TurnEvent::FalseStart { .. }) {
                self.free_from = end;
            }
            events.push(event);
        }
    }

    fn ended(&self, talk: &Talk, end: u64, kind: fn(Turn) -> TurnEvent) -> TurnEvent {
        match talk.is_voice(&self.thresholds) {
            Ok(()) => kind(self.turn(talk, end)),
            Err(cause) => TurnEvent::FalseStart { at: talk.first_voice, voiced_ms: talk.voiced_ms(), cause },
        }
    }

    fn end_of(&self, talk: &Talk) -> u64 {
        (talk.speech_end + samples(self.settings.tail_ms)).min(self.position())
    }

    fn turn(&self, talk: &Talk, end: u64) -> Turn {
        let place = |at: u64| at.saturating_sub(self.sound_start) as usize;
        let sound = self.sound.get(place(talk.start)..place(end)).unwrap_or_default();
        Turn {
            utterance: Utterance::from_samples(sound.to_vec()),
            start: talk.start,
            speech_end: talk.speech_end.min(end),
            end,
        }
    }

    /// Drops what no turn can need any more, now and then, so that little is moved.
    fn forget(&mut self) {
        let kept = samples(self.settings.pre_roll_ms) as usize + FRAME;
        if self.sound.len() >= kept * 2 {
            let dropped = self.sound.len() - kept;
            self.sound.drain(..dropped);
            self.sound_start += dropped as u64;
        }
    }
}
