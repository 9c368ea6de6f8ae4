//! The button: a short press opens the microphone or interrupts, a long one holds the turn for as long as it lasts.

use std::time::{Duration, Instant};

use super::machine::{State, Step, Visit};
use super::{Count, Effect, Talk};
use crate::kiosk::scene::Scene;

/// Who holds the button for longer has left something lying on it.
pub(super) const LONGEST_HOLD: Duration = Duration::from_secs(60);
/// A shorter press is no holding.
const SHORT_PRESS: Duration = Duration::from_millis(500);
/// After the button is let go, what was said may still be on its way for so long.
const AFTER_RELEASE: Duration = Duration::from_secs(3);

impl Visit {
    pub(super) fn pressed(&mut self, now: Instant) {
        self.pressed_at = Some(now);
        match &mut self.state {
            State::Idle | State::Announcing { .. } | State::Farewell { .. } => self.welcome(now),
            State::Visiting(_, Step::Welcome { .. }) => {}
            State::Visiting(session, step) => {
                let before = *step;
                session.quiet_since = now;
                session.was_asked = false;
                (session.is_open, session.open_until) = (true, None);
                session.pending.clear();
                let speech = if let Step::Listening { speech } = before { speech } else { None };
                *step = Step::Listening { speech };
                match before {
                    Step::Thinking { .. } => self.effects.push(Effect::BreakOff),
                    Step::Answering { .. } => {
                        self.effects.push(Effect::BreakOff);
                        self.effects.push(Effect::Count(Count::Interruption));
                    }
                    _ => {}
                }
                self.stop_speaking();
                self.effects.push(Effect::Show(Scene::Listening));
            }
        }
    }

    pub(super) fn released(&mut self, now: Instant) {
        let Some(since) = self.pressed_at.take() else { return };
        if let State::Visiting(session, Step::Listening { speech }) = &mut self.state {
            let was_short = now.saturating_duration_since(since) < SHORT_PRESS;
            if !was_short || speech.is_some_and(|at| at < since) {
                self.effects.push(Effect::EndTurn);
                if self.policy.talk == Talk::Button && speech.is_none() {
                    session.open_until = Some(now + AFTER_RELEASE);
                }
            }
        }
    }
}
