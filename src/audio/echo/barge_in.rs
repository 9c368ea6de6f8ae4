//! While the kiosk speaks: whether what is left after the canceller is somebody who speaks over it.
//!
//! A canceller leaves a little of the echo: much in the first seconds, some wherever the loudspeaker bends the sound.
//! The turn detector makes soft sound louder and would take that for a voice. So while the kiosk speaks the sound goes
//! through a gate. While the gate is closed, noise as loud as the hall goes on in its place, and the sound itself waits
//! in a line of 300 ms. When somebody speaks over the kiosk the gate opens, and the whole line goes on at once: no first word
//! is lost. When the kiosk has ended, the line is emptied as well, and the gate is out of the way.
//!
//! What tells a talker from an echo is how much the canceller took out: of most frames of an echo 10 dB and more, of a
//! talker over it little. A frame speaks for a talker when the canceller took less than [`TAKEN_DB`] of it and what is left
//! stands [`ABOVE_NOISE_DB`] above the hall. Some such frames come in every room, between two words of the kiosk; a talker
//! brings many together. `docs/kiosk-echo.md` says on which figures the numbers below were chosen, and how they do
//! in the other half of the cases.

use std::collections::VecDeque;

use super::{FRAME_SAMPLES, Frame, power};

/// Of a talker's frame the canceller takes less than so much, in dB.
pub const TAKEN_DB: f32 = 9.0;
/// So far above the noise of the hall a talker's frame is, in dB.
pub const ABOVE_NOISE_DB: f32 = 9.0;
/// The frames looked at together: 300 ms.
pub const WINDOW_FRAMES: usize = 30;
/// So many of them must be a talker's, once the canceller knows the room.
pub const TALKER_FRAMES: usize = 11;
/// In the first seconds in which it hears the kiosk at all the canceller may leave the whole echo, and the gate stays
/// closed: so many frames of the kiosk's voice (3 s, once after the start or a reset).
pub const CLOSED_FRAMES: usize = 300;
/// So many frames must be a talker's after that, ...
pub const TALKER_FRAMES_AT_FIRST: usize = 22;
/// ... until the canceller knows the room, after so many frames (8 s); in between it is in proportion.
pub const LEARNT_FRAMES: usize = 800;
/// An open gate stays open as long as there are so many of a talker's frames, ...
const GOING_ON_FRAMES: usize = 5;
/// ... and after that for so long, in frames (600 ms).
const OPEN_FRAMES: usize = 60;
/// The kiosk speaks until so long after its last sound, in frames (700 ms): delay and reverberation, and the line, so that
/// nothing but the hall waits in it when it is emptied.
const HANGOVER_FRAMES: usize = 70;
/// A louder frame than this is the kiosk's voice: −60 dB of full scale.
const FAR_POWER: f32 = 1e-6;
/// What is below about 120 Hz counts for nothing: the pole of a one-pole low-pass that is taken off.
const LOW_POLE: f32 = 0.046;

/// Lets a talker through while the kiosk speaks, and nothing else.
#[derive(Debug, Clone)]
pub struct BargeInGate {
    heard_low: LowCut,
    cleaned_low: LowCut,
    hall: Hall,
    /// The hall's least power since the kiosk began. Between its words the hall seems louder than it is, and a noise that
    /// rises with the kiosk's voice might be taken for a voice.
    stillest: f32,
    /// Whether each of the last frames was a talker's.
    recent: VecDeque<bool>,
    /// Sound that waits.
    line: VecDeque<Frame>,
    /// Frames since the kiosk's last sound; null before the first.
    since_far: Option<usize>,
    /// How many frames of the kiosk's voice there were.
    learnt: usize,
    /// Frames that the gate stays open.
    open: usize,
}

impl Default for BargeInGate {
    fn default() -> Self {
        Self::new()
    }
}

impl BargeInGate {
    /// Nothing has been played yet.
    pub fn new() -> Self {
        Self {
            heard_low: LowCut::default(),
            cleaned_low: LowCut::default(),
            hall: Hall::new(),
            stillest: Hall::STILLEST,
            recent: VecDeque::with_capacity(WINDOW_FRAMES),
            line: VecDeque::with_capacity(WINDOW_FRAMES),
            since_far: None,
            learnt: 0,
            open: 0,
        }
    }

    /// Takes a frame as it was played, as it was heard, and as the canceller left it, and adds to `out` what goes on.
    pub fn pass(&mut self, far: &Frame, heard: &Frame, cleaned: &Frame, out: &mut Vec<f32>) {
        let (before, after) = (self.heard_low.power(heard), self.cleaned_low.power(cleaned));
        let noise = self.hall.follow(before);
        let is_talker = after >= before * factor(-TAKEN_DB) && after >= noise * factor(ABOVE_NOISE_DB);
        if self.recent.len() == WINDOW_FRAMES {
            self.recent.pop_front();
        }
        self.recent.push_back(is_talker);
        if power(far) > FAR_POWER {
            self.since_far = Some(0);
            self.learnt += 1;
        } else if let Some(since) = &mut self.since_far {
            *since += 1;
        }
        if !self.is_speaking() {
            self.open = 0;
            self.stillest = noise;
            self.let_go(out);
            out.extend_from_slice(cleaned);
            return;
        }
        self.stillest = self.stillest.min(noise);
        let needed = if self.open > 0 { GOING_ON_FRAMES } else { needed(self.learnt) };
        let opens = self.recent.iter().filter(|talker| **talker).count() >= needed;
        self.open = if opens { OPEN_FRAMES } else { self.open.saturating_sub(1) };
        if self.open > 0 {
            self.let_go(out);
            out.extend_from_slice(cleaned);
            return;
        }
        self.line.push_back(*cleaned);
        if self.line.len() > WINDOW_FRAMES {
            // As many samples go out as come in; the sound of so long ago is the echo's.
            self.line.pop_front();
            out.extend_from_slice(&self.hall.noise(self.stillest));
        }
    }

    /// Whether somebody speaks over the kiosk.
    pub fn is_barged_in(&self) -> bool {
        self.open > 0
    }

    fn is_speaking(&self) -> bool {
        self.since_far.is_some_and(|since| since <= HANGOVER_FRAMES)
    }

    fn let_go(&mut self, out: &mut Vec<f32>) {
        out.extend(self.line.drain(..).flatten());
    }
}

/// How many of a talker's frames open the gate when so many of the kiosk's were heard; more than there can be at first.
fn needed(learnt: usize) -> usize {
    if learnt < CLOSED_FRAMES {
        return usize::MAX;
    }
    let unknown = LEARNT_FRAMES.saturating_sub(learnt);
    TALKER_FRAMES + (TALKER_FRAMES_AT_FIRST - TALKER_FRAMES) * unknown / (LEARNT_FRAMES - CLOSED_FRAMES)
}

/// Decibels as a factor of the power.
fn factor(db: f32) -> f32 {
    10f32.powf(db / 10.0)
}

/// Takes off what is too low for a voice.
#[derive(Debug, Clone, Copy, Default)]
struct LowCut {
    low: f32,
}

impl LowCut {
    fn power(&mut self, frame: &Frame) -> f32 {
        let mut sum = 0.0;
        for sample in frame {
            self.low += LOW_POLE * (sample - self.low);
            sum += (sample - self.low).powi(2);
        }
        sum / FRAME_SAMPLES as f32
    }
}

/// How loud the hall is between the words of everybody, and noise like it.
#[derive(Debug, Clone)]
struct Hall {
    smoothed: Option<f32>,
    /// The least power of each of the last parts of the window, the youngest last.
    parts: VecDeque<f32>,
    frames: usize,
    chance: u32,
}

impl Hall {
    /// Frames of a part (300 ms), and parts of the window (3 s).
    const PART: usize = 30;
    const PARTS: usize = 10;
    /// No hall is stiller: −72 dB of full scale.
    const STILLEST: f32 = 6.3e-8;

    fn new() -> Self {
        Self { smoothed: None, parts: VecDeque::with_capacity(Self::PARTS + 1), frames: 0, chance: 1 }
    }

    /// Takes a frame's power and gives the hall's: the least of the smoothed power.
    fn follow(&mut self, power: f32) -> f32 {
        let smoothed = self.smoothed.map_or(power, |smoothed| smoothed + 0.3 * (power - smoothed));
        self.smoothed = Some(smoothed);
        if self.frames.is_multiple_of(Self::PART) {
            self.parts.push_back(smoothed);
            if self.parts.len() > Self::PARTS {
                self.parts.pop_front();
            }
        }
        self.frames += 1;
        if let Some(now) = self.parts.back_mut() {
            *now = now.min(smoothed);
        }
        self.parts.iter().copied().fold(f32::INFINITY, f32::min).max(Self::STILLEST)
    }

    fn noise(&mut self, power: f32) -> Frame {
        // Samples between −1 and 1 have a third of a power.
        let loud = (power * 3.0).sqrt();
        std::array::from_fn(|_| {
            self.chance = self.chance.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            loud * ((self.chance >> 8) as f32 / (1 << 23) as f32 - 1.0)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A frame of a tone in the middle of the voice, at so many dB of full scale.
    fn tone(dbfs: f32) -> Frame {
        let loud = 10f32.powf(dbfs / 20.0) * std::f32::consts::SQRT_2;
        std::array::from_fn(|n| loud * (std::f32::consts::TAU * 1_000.0 * n as f32 / 16_000.0).sin())
    }

    const NOTHING: Frame = [0.0; FRAME_SAMPLES];

    /// A gate that has heard the kiosk for `frames` in a hall at −60 dB, with an echo at −30 dB, of which 20 dB are taken.
    fn after_echo(frames: usize) -> (BargeInGate, Vec<f32>) {
        let (mut gate, mut out) = (BargeInGate::new(), Vec::new());
        for _ in 0..50 {
            gate.pass(&NOTHING, &tone(-60.0), &tone(-60.0), &mut out);
        }
        assert_eq!(out.len(), 50 * FRAME_SAMPLES);
        out.clear();
        for n in 0..frames {
            // Between two words the hall is heard.
            let heard = if n % 60 < 40 { tone(-30.0) } else { tone(-60.0) };
            let cleaned = if n % 60 < 40 { tone(-50.0) } else { tone(-60.0) };
            gate.pass(&tone(-20.0), &heard, &cleaned, &mut out);
        }
        (gate, out)
    }

    fn loudest(sound: &[f32]) -> f32 {
        20.0 * sound.iter().fold(0.0f32, |peak, s| peak.max(s.abs())).log10()
    }

    #[test]
    fn an_echo_becomes_the_noise_of_the_hall() {
        let (gate, out) = after_echo(1_000);
        assert!(!gate.is_barged_in());
        assert_eq!(out.len(), (1_000 - WINDOW_FRAMES) * FRAME_SAMPLES);
        assert!((-60.0..-50.0).contains(&loudest(&out)), "{}", loudest(&out));
    }

    #[test]
    fn a_talker_opens_the_gate_and_loses_no_first_word() {
        let (mut gate, mut out) = after_echo(1_000);
        out.clear();
        let mut frames = 0;
        while !gate.is_barged_in() {
            frames += 1;
            gate.pass(&tone(-20.0), &tone(-25.0), &tone(-28.0), &mut out);
        }
        assert_eq!(frames, TALKER_FRAMES);
        // All that waited has come, the talker's frames as they were.
        let talker = &out[out.len() - TALKER_FRAMES * FRAME_SAMPLES..];
        assert!(talker.chunks(FRAME_SAMPLES).all(|frame| frame == tone(-28.0)));
        assert_eq!(out.len(), (TALKER_FRAMES + WINDOW_FRAMES) * FRAME_SAMPLES);
        // Nobody speaks any more: the gate closes, but not at once.
        for _ in 0..OPEN_FRAMES {
            gate.pass(&tone(-20.0), &tone(-30.0), &tone(-50.0), &mut out);
        }
        assert!(gate.is_barged_in());
        for _ in 0..WINDOW_FRAMES {
            gate.pass(&tone(-20.0), &tone(-30.0), &tone(-50.0), &mut out);
        }
        assert!(!gate.is_barged_in());
    }

    #[test]
    fn more_is_asked_of_a_talker_while_the_canceller_learns() {
        let (mut gate, mut out) = after_echo(300);
        let mut frames = 0;
        while !gate.is_barged_in() {
            frames += 1;
            gate.pass(&tone(-20.0), &tone(-25.0), &tone(-28.0), &mut out);
        }
        assert_eq!(frames, needed(300 + frames));
        assert!((TALKER_FRAMES_AT_FIRST - 1..=TALKER_FRAMES_AT_FIRST).contains(&frames));
        let (mut gate, mut out) = after_echo(100);
        for _ in 0..199 {
            gate.pass(&tone(-20.0), &tone(-25.0), &tone(-28.0), &mut out);
            assert!(!gate.is_barged_in());
        }
    }

    #[test]
    fn when_the_kiosk_has_ended_everything_goes_on_as_it_is() {
        let (mut gate, mut out) = after_echo(500);
        for _ in 0..=HANGOVER_FRAMES {
            gate.pass(&NOTHING, &tone(-60.0), &tone(-60.0), &mut out);
        }
        assert_eq!(out.len(), (500 + HANGOVER_FRAMES + 1) * FRAME_SAMPLES);
        out.clear();
        gate.pass(&NOTHING, &tone(-40.0), &tone(-41.0), &mut out);
        assert_eq!(out, tone(-41.0));
    }

    #[test]
    fn a_loud_hall_is_no_talker() {
        let (mut gate, mut out) = (BargeInGate::new(), Vec::new());
        for _ in 0..1_000 {
            gate.pass(&tone(-20.0), &tone(-30.0), &tone(-31.0), &mut out);
            assert!(!gate.is_barged_in());
        }
    }
}
