//! What somebody says, and what is answered.

use std::time::{Duration, Instant};

use super::machine::{State, Step, Visit};
use super::{Count, Effect, Failure, Given, Talk, reading_time, sentence_for};
use crate::kiosk::command_words::{Command, command};
use crate::kiosk::farewell_words::{Closing, closing};
use crate::kiosk::scene::Scene;
use crate::kiosk::sentences::{
    ASK_AGAIN, FAREWELL, FASTER, GO_ON, LOUDER, NO_PRINTER, NOTHING_TO_PRINT, NOTHING_TO_REPEAT,
    PRINTER_TROUBLE, PRINTING, QUIETER, SLOWER, Sentence,
};

/// After the last sound of an answer so much more may pass before it is given up.
const SOUND_GRACE: Duration = Duration::from_secs(10);

impl Visit {
    pub(super) fn speech_started(&mut self, now: Instant) {
        let is_waited_for = self.awaits_a_voice();
        let (voice_interrupts, hears) = (self.voice_interrupts(), self.hears());
        match &mut self.state {
            State::Idle if is_waited_for => self.welcome(now),
            State::Announcing { .. } if is_waited_for => self.welcome(now),
            State::Visiting(_, Step::Listening { speech }) if hears => {
                speech.get_or_insert(now);
                self.effects.push(Effect::Show(Scene::Listening));
            }
            State::Visiting(
                _,
                step @ (Step::Aside { .. } | Step::Thinking { .. } | Step::Answering { .. }),
            ) if voice_interrupts => {
                if matches!(step, Step::Answering { .. }) {
                    self.effects.push(Effect::Count(Count::Interruption));
                }
                if !matches!(step, Step::Aside { .. }) {
                    self.effects.push(Effect::BreakOff);
                }
                *step = Step::Listening { speech: Some(now) };
                self.stop_speaking();
                self.effects.push(Effect::Show(Scene::Listening));
            }
            _ => {}
        }
    }

    pub(super) fn partial(&mut self, text: String, now: Instant) {
        if let State::Visiting(session, Step::Listening { speech }) = &mut self.state
            && text.chars().any(char::is_alphanumeric)
        {
            session.quiet_since = now;
            *speech = Some(now);
            self.effects.push(Effect::Show(Scene::Heard { text, is_whole: false }));
        }
    }

    pub(super) fn speech_ended(&mut self, now: Instant) {
        if let State::Visiting(session, step @ Step::Listening { .. }) = &mut self.state {
            *step = Step::Thinking { until: now + self.policy.patience };
            (session.is_open, session.open_until) = (false, None);
            self.effects.push(Effect::Show(Scene::Thinking));
        }
    }

    pub(super) fn heard(&mut self, text: &str, now: Instant) {
        match &self.state {
            State::Idle if self.is_woken_by(text) => self.welcome(now),
            State::Announcing { .. } if self.voice_interrupts() && self.is_woken_by(text) => {
                self.welcome(now)
            }
            State::Visiting(session, Step::Thinking { .. }) if text.chars().any(char::is_alphanumeric) => {
                let is_about_dossier =
                    session.last.as_ref().is_some_and(|last| last.is_dossier && last.asks_back);
                match (closing(text, session.was_asked), command(text)) {
                    (Some(closing), _) => self.closing(closing, now),
                    (None, Some(told)) if !is_about_dossier => self.obey(told, now),
                    _ => self.question(text, now),
                }
            }
            _ => {}
        }
    }

    fn is_woken_by(&self, text: &str) -> bool {
        self.policy.wake.as_ref().is_some_and(|wake| wake.is_in(text))
    }

    fn question(&mut self, text: &str, now: Instant) {
        let State::Visiting(session, Step::Thinking { until }) = &mut self.state else { return };
        session.quiet_since = now;
        session.was_asked = false;
        *until = now + self.policy.patience;
        self.effects.push(Effect::Count(Count::Question));
        self.effects.push(Effect::Show(Scene::Heard { text: text.to_owned(), is_whole: true }));
    }

    fn closing(&mut self, closing: Closing, now: Instant) {
        match closing {
            Closing::Ends => self.end(FAREWELL, false, Count::EndedByWords, now),
            Closing::Thanks => {
                self.was_for_the_kiosk(now);
                self.ask_whether_more(now);
            }
            Closing::GoesOn => {
                self.was_for_the_kiosk(now);
                self.say_aside(GO_ON, None, now);
            }
        }
    }

    /// What was said is no question to the law: the brain forgets it.
    fn was_for_the_kiosk(&mut self, now: Instant) {
        if let State::Visiting(session, _) = &mut self.state {
            session.quiet_since = now;
            session.was_asked = false;
            self.effects.push(Effect::BreakOff);
            self.effects.push(Effect::Restore(session.follow_up()));
        }
    }

    fn obey(&mut self, told: Command, now: Instant) {
        self.was_for_the_kiosk(now);
        let State::Visiting(session, _) = &mut self.state else { return };
        let scene = session.scene(false);
        let again = session.last.as_ref().map(|last| Sentence::vietnamese(&last.spoken));
        let acknowledged = match told {
            Command::Hush => {
                session.is_open = true;
                return self.listen(now);
            }
            Command::Print => {
                let sentence = self.print();
                return self.say_aside(sentence, scene, now);
            }
            Command::Repeat => NOTHING_TO_REPEAT,
            Command::Slower | Command::Faster => {
                let is_faster = told == Command::Faster;
                self.effects.push(Effect::Pace(session.change_pace(is_faster)));
                if is_faster { FASTER } else { SLOWER }
            }
            Command::Louder | Command::Quieter => {
                let is_louder = told == Command::Louder;
                self.effects.push(Effect::Volume(session.change_volume(is_louder)));
                if is_louder { LOUDER } else { QUIETER }
            }
        };
        let opens = session.last.as_ref().is_none_or(|last| last.asks_back);
        self.say_aside(again.unwrap_or(acknowledged), scene, now);
        if let State::Visiting(session, _) = &mut self.state {
            // As after the answer itself.
            session.is_open = opens;
        }
    }

    /// Prints the last answer, if there is one; what is said of it.
    fn print(&mut self) -> Sentence {
        let State::Visiting(session, _) = &self.state else { return NOTHING_TO_PRINT };
        match session.slip() {
            _ if !self.policy.has_printer => NO_PRINTER,
            Some(slip) => {
                self.effects.push(Effect::Print(slip));
                PRINTING
            }
            None => NOTHING_TO_PRINT,
        }
    }

    /// The screen's button for printing; it interrupts nobody.
    pub(super) fn print_wanted(&mut self, now: Instant) {
        if let State::Visiting(session, step) = &self.state {
            let (is_free, scene) = (matches!(step, Step::Listening { speech: None }), session.scene(false));
            let sentence = self.print();
            if is_free {
                self.say_aside(sentence, scene, now);
            }
        }
    }

    pub(super) fn printed(&mut self, is_printed: bool, now: Instant) {
        if is_printed {
            return;
        }
        match &mut self.state {
            State::Visiting(_, Step::Listening { speech: None }) => {
                self.say_aside(PRINTER_TROUBLE, None, now)
            }
            State::Visiting(session, _) => session.pending.push_back(PRINTER_TROUBLE),
            _ => {}
        }
    }

    pub(super) fn answered(&mut self, given: Given, now: Instant) {
        let State::Visiting(session, step @ Step::Thinking { .. }) = &mut self.state else { return };
        *step = Step::Answering { until: now + self.policy.patience, is_done: false, is_playing: false };
        session.last = Some(given);
        self.effects.extend(session.scene(false).map(Effect::Show));
    }

    pub(super) fn sound(&mut self, lasts: Duration, now: Instant) {
        if self.lost.loudspeaker {
            return;
        }
        let patience = self.policy.patience;
        if let State::Visiting(_, Step::Answering { until, is_playing, .. }) = &mut self.state {
            // What lies ready is played one after the other.
            let ends = if *is_playing { (*until - SOUND_GRACE.min(patience)).max(now) } else { now };
            *until = ends + lasts + SOUND_GRACE.min(patience);
            *is_playing = true;
            self.play();
        }
    }

    pub(super) fn done(&mut self, now: Instant) {
        match &mut self.state {
            State::Visiting(_, Step::Answering { is_done, is_playing, .. }) => {
                *is_done = true;
                if !*is_playing {
                    self.after_answer(now);
                }
            }
            // Nobody had said anything.
            State::Visiting(session, step @ Step::Thinking { .. }) => {
                if self.policy.talk == Talk::Button {
                    return self.say_aside(ASK_AGAIN, None, now);
                }
                *step = Step::Listening { speech: None };
                let scene = session.scene(true).unwrap_or(Scene::Listening);
                self.effects.push(Effect::Show(scene));
            }
            _ => {}
        }
    }

    pub(super) fn quiet(&mut self, now: Instant) {
        let patience = self.policy.patience;
        if let State::Visiting(_, Step::Answering { until, is_done, is_playing }) = &mut self.state
            && *is_playing
        {
            *is_playing = false;
            *until = now + patience;
            let is_over = *is_done;
            self.played();
            if is_over {
                self.after_answer(now);
            }
        }
    }

    /// An answer is over: what is still to be said, then the next question.
    pub(super) fn after_answer(&mut self, now: Instant) {
        let is_mute = self.lost.loudspeaker;
        let State::Visiting(session, step) = &mut self.state else { return };
        session.was_asked = false;
        if let Some(next) = session.pending.pop_front() {
            return self.say_aside(next, None, now);
        }
        *step = Step::Listening { speech: None };
        session.is_open = session.last.as_ref().is_some_and(|last| last.asks_back);
        let to_read = session.last.as_ref().filter(|_| is_mute).map(|last| reading_time(&last.text));
        self.listen(now + to_read.unwrap_or_default());
    }

    pub(super) fn failed(&mut self, failure: &Failure, now: Instant) {
        match &self.state {
            State::Visiting(_, Step::Answering { .. }) if *failure == Failure::Speaking => {
                // It stands on the screen; what was spoken of it is played to its end.
                self.done(now);
            }
            State::Visiting(_, Step::Thinking { .. } | Step::Answering { .. }) => {
                let sentence = sentence_for(failure);
                let scene = Scene::Trouble { text: sentence.clone() };
                self.say_aside(sentence, Some(scene), now);
            }
            _ => {}
        }
    }
}
