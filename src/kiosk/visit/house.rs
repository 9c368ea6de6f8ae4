//! Devices, who answers, and notices: what happens whether or not anybody is there.

use std::time::Instant;

use super::machine::{State, Step, Visit};
use super::{BrainState, Count, Device, Effect, longest_speech, reading_time};
use crate::kiosk::scene::{Scene, ShownNotice};
use crate::kiosk::sentences::{GOING_ALONE, SAY_IT_AGAIN};

/// No more notices are read aloud at once.
const NOTICES_AT_ONCE: usize = 3;

impl Visit {
    pub(super) fn device(&mut self, device: Device, is_lost: bool, now: Instant) {
        let was_lost = std::mem::replace(self.is_lost(device), is_lost);
        if was_lost == is_lost {
            return;
        }
        if device == Device::Loudspeaker && is_lost {
            self.falls_silent(now);
        }
        self.look_for_trouble(now);
    }

    /// What was being said is shown for long enough to be read.
    fn falls_silent(&mut self, now: Instant) {
        self.stop_speaking();
        let is_over = match &mut self.state {
            State::Visiting(session, step) => match step {
                Step::Answering { is_done, is_playing, .. } => {
                    *is_playing = false;
                    *is_done
                }
                Step::Welcome { until } | Step::Aside { until } => {
                    let shown = session.last.as_ref().map_or("", |last| &last.text);
                    *until = now + reading_time(shown);
                    false
                }
                Step::Listening { .. } | Step::Thinking { .. } => false,
            },
            State::Farewell { until } | State::Announcing { until } => {
                *until = now + reading_time("");
                false
            }
            State::Idle => false,
        };
        if is_over {
            self.after_answer(now);
        }
    }

    /// Ends a visit that cannot go on; shows to who comes that it does or does not work.
    fn look_for_trouble(&mut self, now: Instant) {
        match (&self.state, self.trouble()) {
            (State::Visiting(..), Some(trouble)) => self.end(trouble, true, Count::EndedByTrouble, now),
            (State::Idle, _) => self.rest(),
            _ => {}
        }
    }

    pub(super) fn brain_is(&mut self, brain: BrainState, now: Instant) {
        if std::mem::replace(&mut self.brain, brain) == brain {
            return;
        }
        if brain == BrainState::Alone {
            self.tell_alone();
            match self.state {
                State::Visiting(_, Step::Listening { speech: None }) => self.say_pending(now),
                State::Visiting(_, Step::Thinking { .. } | Step::Answering { .. }) => {
                    // What was asked went to the server, and is lost with it.
                    if let State::Visiting(session, _) = &mut self.state {
                        session.pending.push_back(SAY_IT_AGAIN);
                    }
                    self.effects.push(Effect::BreakOff);
                    self.say_pending(now);
                }
                _ => {}
            }
        }
        self.look_for_trouble(now);
    }

    /// Has it said, once in a visit, that this machine goes on alone.
    pub(super) fn tell_alone(&mut self) {
        if let State::Visiting(session, _) = &mut self.state
            && !std::mem::replace(&mut session.knows_alone, true)
        {
            session.pending.push_back(GOING_ALONE);
        }
    }

    fn say_pending(&mut self, now: Instant) {
        let State::Visiting(session, _) = &mut self.state else { return };
        if let Some(next) = session.pending.pop_front() {
            self.say_aside(next, None, now);
        }
    }

    pub(super) fn notices_are(&mut self, notices: Vec<ShownNotice>, now: Instant) {
        let is_new = notices.iter().any(|notice| !self.notices.iter().any(|held| held.id == notice.id));
        self.notices = notices;
        if self.notices.is_empty() {
            self.announce_at = None;
        } else if is_new {
            self.announce_at = Some(now);
        }
        if let State::Idle = self.state {
            self.rest();
        }
    }

    pub(super) fn can_announce(&self) -> bool {
        !self.notices.is_empty() && !self.lost.loudspeaker
    }

    /// Reads the notices aloud.
    pub(super) fn announce(&mut self, now: Instant) {
        let texts: Vec<&str> =
            self.notices.iter().take(NOTICES_AT_ONCE).map(|notice| notice.spoken.as_str()).collect();
        let text = texts.join("\n");
        let until = now + longest_speech(&text);
        self.announce_at = Some(until + self.policy.notices_every);
        self.effects.push(Effect::Show(Scene::Idle { notices: self.notices.clone() }));
        self.say_or_show(&text, now);
        self.state = State::Announcing { until };
    }
}
