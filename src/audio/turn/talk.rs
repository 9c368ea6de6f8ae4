//! What is known of a turn while it is being spoken, or of what may become one.

use super::NoVoice;
use super::settings::{Completeness, TurnSettings};
use super::voice::{FRAME_MS, FrameVoice};

/// From this score on a frame may begin a turn.
const BEGIN_SCORE: f32 = 0.5;
/// From this score on a frame goes on with one.
const GO_ON_SCORE: f32 = 0.4;
/// From this score on a frame is certainly voice.
const SURE_SCORE: f32 = 0.7;
/// From here on a frame has harmonics.
const HARMONIC: f32 = 0.4;
/// So many frames of voice in a row end a silence; fewer are a click in it.
const RESUME_FRAMES: u32 = 3;
/// So many frames without a voice are a gap between words, fit to be cut at.
const GAP_FRAMES: u32 = 5;
/// A frame more like that of a tenth of a second ago is held.
const HELD: f32 = 0.4;
/// The least share of the certain frames that must not be held, for a voice. Of 131 clips of speech each has .42 and
/// more, of three seconds of speech nearly all have .6; ten seconds of music have .11 and less (counted with frames held
/// from 0.3 on, which tells them apart a little more narrowly).
const MOVING_SHARE: f32 = 0.35;

/// What makes a frame a voice, and frames a turn.
#[derive(Debug, Clone, Copy)]
pub(super) struct Thresholds {
    above_floor: f32,
    min_voice_ms: u32,
}

impl Thresholds {
    pub fn new(settings: &TurnSettings) -> Self {
        Self { above_floor: settings.above_floor_db, min_voice_ms: settings.min_voice_ms }
    }

    /// Whether a turn may begin with this frame.
    pub fn begins(&self, voice: &FrameVoice) -> bool {
        voice.score >= BEGIN_SCORE && self.stands_out(voice, self.above_floor)
    }

    /// Whether a turn goes on with it: a voice dies away below what it began with.
    fn goes_on(&self, voice: &FrameVoice) -> bool {
        voice.score >= GO_ON_SCORE && self.stands_out(voice, self.above_floor / 2.0)
    }

    /// Whether it certainly is a voice.
    fn is_sure(&self, voice: &FrameVoice) -> bool {
        voice.score >= SURE_SCORE && self.stands_out(voice, self.above_floor)
    }

    /// What goes on all the time, a fan or the traffic, the detector may take for a voice. A voice is louder than that, or
    /// else it has harmonics.
    fn stands_out(&self, voice: &FrameVoice, above_floor: f32) -> bool {
        voice.above_floor >= above_floor || voice.tones.harmonic >= HARMONIC
    }
}

/// Frames counted.
#[derive(Debug, Clone, Copy, Default)]
struct Counts {
    sure: u32,
    held: u32,
}

/// A place between words.
#[derive(Debug, Clone)]
pub(super) struct Gap {
    /// In the stream.
    pub at: u64,
    counts: Counts,
}

/// A turn, or a candidate for one.
#[derive(Debug, Clone)]
pub(super) struct Talk {
    /// Where the turn begins, in samples of the stream.
    pub start: u64,
    /// Where the first voice was.
    pub first_voice: u64,
    /// Where the last voice ended.
    pub speech_end: u64,
    /// What the words say of it.
    pub completeness: Completeness,
    /// Whether the caller has been told that somebody speaks.
    pub is_told: bool,
    /// Whether the caller has been told of a pause that lasts.
    pub is_pausing: bool,
    /// The last gap between words.
    pub gap: Option<Gap>,
    counts: Counts,
    voiced_run: u32,
    silent_run: u32,
}

impl Talk {
    /// Begins where the first voice is.
    pub fn new(start: u64, first_voice: u64) -> Self {
        Self {
            start,
            first_voice,
            speech_end: first_voice,
            completeness: Completeness::Unknown,
            is_told: false,
            is_pausing: false,
            gap: None,
            counts: Counts::default(),
            voiced_run: 0,
            silent_run: 0,
        }
    }

    /// What follows upon a gap, as a turn of its own.
    pub fn after(&self, gap: &Gap) -> Self {
        Self {
            start: gap.at,
            first_voice: gap.at,
            speech_end: self.speech_end.max(gap.at),
            completeness: Completeness::Unknown,
            is_told: false,
            is_pausing: false,
            gap: None,
            counts: Counts {
                sure: self.counts.sure - gap.counts.sure,
                held: self.counts.held - gap.counts.held,
            },
            ..*self
        }
    }

    /// Takes the next frame, which ends at `at`.
    pub fn hear(&mut self, voice: &FrameVoice, at: u64, thresholds: &Thresholds) {
        if !thresholds.goes_on(voice) {
            self.voiced_run = 0;
            self.silent_run += 1;
            if self.silent_run == GAP_FRAMES {
                self.gap = Some(Gap { at, counts: self.counts });
            }
            return;
        }
        self.voiced_run += 1;
        if thresholds.is_sure(voice) {
            self.counts.sure += 1;
            self.counts.held += u32::from(voice.tones.held >= HELD);
        }
        if self.silent_run < GAP_FRAMES || self.voiced_run >= RESUME_FRAMES {
            self.speech_end = at;
            self.silent_run = 0;
            self.is_pausing = false;
            self.completeness = Completeness::Unknown;
        }
    }

    /// Whether it is a voice, as far as it has come; else what speaks against it.
    pub fn is_voice(&self, thresholds: &Thresholds) -> Result<(), NoVoice> {
        if self.voiced_ms() < thresholds.min_voice_ms {
            return Err(NoVoice::TooLittle);
        }
        let moving = self.counts.sure - self.counts.held;
        let is_moving = moving as f32 >= MOVING_SHARE * self.counts.sure as f32;
        if is_moving { Ok(()) } else { Err(NoVoice::HeldTones) }
    }

    /// How long there was certainly a voice.
    pub fn voiced_ms(&self) -> u32 {
        self.counts.sure * FRAME_MS
    }
}
