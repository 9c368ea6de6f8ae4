//! When the microphone is open, and to whom: worked out from how things stand, so that no way leaves it open.

use std::mem;

use super::machine::{State, Step, Visit};
use super::{BrainState, Duplex, Ear, Effect, Talk};

impl Visit {
    /// Whether what is said now goes to the brain.
    pub(super) fn hears(&self) -> bool {
        self.ear == Ear::Open
    }

    /// Whether it is waited for anybody to speak.
    pub(super) fn awaits_a_voice(&self) -> bool {
        self.ear == Ear::Presence
    }

    /// Whether anything that is told reaches anybody.
    fn can_tell(&self) -> bool {
        !self.lost.loudspeaker || self.policy.has_screen
    }

    /// Whether a voice may interrupt.
    pub(super) fn voice_interrupts(&self) -> bool {
        self.policy.duplex == Duplex::Full && self.policy.talk == Talk::HandsFree
    }

    /// Tells of the microphone what has changed.
    pub(super) fn settle(&mut self) {
        let ear = self.wanted_ear();
        let before = mem::replace(&mut self.ear, ear);
        if before != ear {
            self.effects.push(Effect::Listen(ear));
        }
        let has_asked =
            matches!(self.state, State::Visiting(_, Step::Thinking { .. } | Step::Answering { .. }));
        let is_there = matches!(self.state, State::Visiting(..));
        if before == Ear::Open && ear == Ear::Closed && is_there && !has_asked {
            // What was begun must not be joined to what is said after the pause.
            self.effects.push(Effect::ForgetTurn);
        }
        let is_listening = matches!(self.state, State::Visiting(_, Step::Listening { .. }));
        let is_held = self.pressed_at.is_some() && is_listening;
        if mem::replace(&mut self.is_held, is_held) != is_held && is_there {
            self.effects.push(Effect::HoldTurn(is_held));
        }
    }

    fn wanted_ear(&self) -> Ear {
        let is_hands_free = self.policy.talk == Talk::HandsFree;
        let waiting = if self.policy.wake.is_some() { Ear::Wake } else { Ear::Presence };
        if self.trouble().is_some() {
            // Who speaks is told that the server is away.
            let tells = self.brain == BrainState::Away && !self.lost.microphone && self.can_tell();
            let waits = matches!(self.state, State::Idle) && is_hands_free && waiting == Ear::Presence;
            return if tells && waits { Ear::Presence } else { Ear::Closed };
        }
        match &self.state {
            State::Idle if is_hands_free => waiting,
            State::Announcing { .. } if self.voice_interrupts() => waiting,
            State::Visiting(session, Step::Listening { .. }) if is_hands_free || session.is_open => Ear::Open,
            State::Visiting(_, Step::Aside { .. } | Step::Thinking { .. } | Step::Answering { .. })
                if self.voice_interrupts() =>
            {
                Ear::Open
            }
            _ => Ear::Closed,
        }
    }
}
