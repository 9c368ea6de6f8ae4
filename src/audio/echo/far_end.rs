//! What the loudspeaker has taken and the microphone's clock has not reached yet.
//!
//! The two devices have clocks of their own, and their blocks come when they like. A canceller needs one frame of each at
//! a time, and can follow a delay that creeps, but not one that grows for hours.

use std::collections::VecDeque;

use super::{FRAME_SAMPLES, Frame};

/// Over so many frames (2 s) the least lead is looked for: longer than any device's blocks are apart.
const WATCHED_FRAMES: usize = 200;
/// A lead that never falls below this is longer than needed, in frames. It is shortened where nothing is played.
const SPARE_FRAMES: usize = 2;
/// And from here on wherever it is.
const URGENT_FRAMES: usize = 10;
/// More than this is never kept, in frames (half a second): the canceller does not look further back.
const MAX_FRAMES: usize = 50;
/// Softer than this, nothing is played.
const SILENT: f32 = 1e-4;

/// How the two devices went together. In samples.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct FarFigures {
    /// Silence that stood in for sound that the loudspeaker did not give.
    pub missing: u64,
    /// Silence left out, because the loudspeaker's clock is the faster one.
    pub silence_dropped: u64,
    /// Sound left out. More than a little means that the loudspeaker takes more than half a second at a time.
    pub sound_dropped: u64,
}

/// Keeps it.
#[derive(Debug, Clone, Default)]
pub(super) struct FarEnd {
    waiting: VecDeque<f32>,
    /// The least lead of this stretch, in frames, and how long it has been watched.
    least: Option<usize>,
    watched: usize,
    /// So many frames too many.
    spare: usize,
    figures: FarFigures,
}

impl FarEnd {
    /// Takes what the loudspeaker takes.
    pub fn push(&mut self, block: &[f32]) {
        self.waiting.extend(block.iter().map(|s| if s.is_finite() { s.clamp(-1.0, 1.0) } else { 0.0 }));
        let excess = self.waiting.len().saturating_sub(MAX_FRAMES * FRAME_SAMPLES);
        self.waiting.drain(..excess);
        self.figures.sound_dropped += excess as u64;
    }

    /// The frame that belongs to the next one heard; silence where there is none.
    pub fn next(&mut self) -> Frame {
        self.shorten();
        self.watch();
        let mut frame = [0.0; FRAME_SAMPLES];
        let count = self.waiting.len().min(FRAME_SAMPLES);
        for (out, sample) in frame.iter_mut().zip(self.waiting.drain(..count)) {
            *out = sample;
        }
        self.figures.missing += (FRAME_SAMPLES - count) as u64;
        frame
    }

    pub fn figures(&self) -> FarFigures {
        self.figures
    }

    fn watch(&mut self) {
        let lead = self.waiting.len() / FRAME_SAMPLES;
        let least = self.least.map_or(lead, |least| least.min(lead));
        self.least = Some(least);
        self.watched += 1;
        if self.watched == WATCHED_FRAMES {
            self.spare = least.saturating_sub(SPARE_FRAMES);
            (self.least, self.watched) = (None, 0);
        }
    }

    fn shorten(&mut self) {
        if self.spare == 0 || self.waiting.len() < FRAME_SAMPLES {
            return;
        }
        let is_silent = self.waiting.iter().take(FRAME_SAMPLES).all(|s| s.abs() < SILENT);
        if is_silent || self.spare >= URGENT_FRAMES {
            self.waiting.drain(..FRAME_SAMPLES);
            self.spare -= 1;
            let count =
                if is_silent { &mut self.figures.silence_dropped } else { &mut self.figures.sound_dropped };
            *count += FRAME_SAMPLES as u64;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_missing_is_silence() {
        let mut far = FarEnd::default();
        far.push(&[0.5; 100]);
        let frame = far.next();
        assert!(frame[..100].iter().all(|s| *s == 0.5) && frame[100..].iter().all(|s| *s == 0.0));
        assert_eq!(far.figures().missing, 60);
    }

    #[test]
    fn blocks_of_a_fifth_of_a_second_lose_nothing() {
        let mut far = FarEnd::default();
        let mut next = 0u32;
        let mut wanted = 0u32;
        for n in 0..2_000 {
            if n % 20 == 0 {
                far.push(&(0..3_200).map(|k| (next + k) as f32 / 10_000_000.0).collect::<Vec<_>>());
                next += 3_200;
            }
            for sample in far.next() {
                assert_eq!(sample, wanted as f32 / 10_000_000.0);
                wanted += 1;
            }
        }
        assert_eq!(far.figures(), FarFigures::default());
    }

    #[test]
    fn a_loudspeaker_with_a_fast_clock_is_shortened_in_its_silences_only() {
        let mut far = FarEnd::default();
        // 1,000 parts in a million: ten times what two devices differ by. Ten minutes, half of them silence.
        for n in 0..60_000u32 {
            let loud = if n % 400 < 200 { 0.5 } else { 0.0 };
            let count = FRAME_SAMPLES + usize::from(n % 25 < 4);
            far.push(&vec![loud; count]);
            far.next();
        }
        let figures = far.figures();
        assert_eq!((figures.missing, figures.sound_dropped), (0, 0));
        assert!(figures.silence_dropped > 5_000, "{figures:?}");
        assert!(far.waiting.len() < 12 * FRAME_SAMPLES, "{}", far.waiting.len());
    }

    #[test]
    fn a_whole_answer_at_once_is_cut_and_counted() {
        let mut far = FarEnd::default();
        far.push(&vec![0.1; 16_000]);
        assert_eq!(far.figures().sound_dropped, 8_000);
        far.push(&[f32::NAN, 7.0]);
        assert_eq!(far.waiting.iter().rev().take(2).copied().collect::<Vec<_>>(), [1.0, 0.0]);
    }
}
