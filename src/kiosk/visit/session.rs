//! All that is known of the one who is there. It is dropped as one.

use std::collections::VecDeque;
use std::time::Instant;

use super::{Given, Slip};
use crate::answer::FollowUp;
use crate::kiosk::scene::Scene;
use crate::kiosk::sentences::Sentence;

/// The slowest that is spoken, as a part of the usual rate.
const SLOWEST: f32 = 0.6;
/// The fastest.
const FASTEST: f32 = 1.4;
/// What one wish changes it by.
const PACE_STEP: f32 = 0.2;
/// Steps of loudness each way.
const MOST_STEPS: i8 = 2;

/// One person's.
#[derive(Debug)]
pub(super) struct Session {
    /// The answer before.
    pub(super) last: Option<Given>,
    /// Whether "anything else?" was asked since anything was said.
    pub(super) was_asked: bool,
    /// Since when nothing was said that was understood.
    pub(super) quiet_since: Instant,
    /// Whether the microphone is open; matters only where one talks by a button.
    pub(super) is_open: bool,
    /// When it closes, if nothing comes.
    pub(super) open_until: Option<Instant>,
    /// What is still to be said.
    pub(super) pending: VecDeque<Sentence>,
    /// Whether it was told that this machine goes on alone.
    pub(super) knows_alone: bool,
    pace: f32,
    volume: i8,
}

impl Session {
    pub(super) fn new(now: Instant) -> Self {
        Self {
            last: None,
            was_asked: false,
            quiet_since: now,
            is_open: true,
            open_until: None,
            pending: VecDeque::new(),
            knows_alone: false,
            pace: 1.0,
            volume: 0,
        }
    }

    pub(super) fn follow_up(&self) -> Option<FollowUp> {
        self.last.as_ref().and_then(|last| last.follow_up.clone())
    }

    /// The pace after a wish for another.
    pub(super) fn change_pace(&mut self, is_faster: bool) -> f32 {
        let step = if is_faster { PACE_STEP } else { -PACE_STEP };
        self.pace = (self.pace + step).clamp(SLOWEST, FASTEST);
        self.pace
    }

    /// The loudness after a wish for another.
    pub(super) fn change_volume(&mut self, is_louder: bool) -> i8 {
        let step = if is_louder { 1 } else { -1 };
        self.volume = (self.volume + step).clamp(-MOST_STEPS, MOST_STEPS);
        self.volume
    }

    /// The answer before, as it is shown.
    pub(super) fn scene(&self, is_listening: bool) -> Option<Scene> {
        let last = self.last.as_ref()?;
        let text = last.text.clone();
        Some(if last.asks_back {
            Scene::Asking { text, options: last.options.clone(), is_listening }
        } else {
            let (citations, receipt) = (last.citations.clone(), last.receipt.clone());
            Scene::Answer { text, citations, receipt, is_listening }
        })
    }

    /// The answer before, as it is printed.
    pub(super) fn slip(&self) -> Option<Slip> {
        let last = self.last.as_ref().filter(|last| !last.asks_back)?;
        let places = last.citations.iter().map(crate::answer::Citation::full_place).collect();
        Some(Slip { answer: last.spoken.clone(), places, receipt: last.receipt.clone() })
    }
}
