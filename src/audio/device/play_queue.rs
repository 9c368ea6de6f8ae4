//! What is still to be played, at the rate of the loudspeaker: pure, without a device.

use std::collections::VecDeque;
use std::time::Duration;

/// How long a voice that is stopped takes to fade.
const FADE: Duration = Duration::from_millis(5);
/// A pause longer than this is no gap in an answer, but the pause before the next one.
const LONGEST_GAP: Duration = Duration::from_secs(2);

/// Mono samples in the order in which they are played.
#[derive(Debug)]
pub(super) struct PlayQueue {
    samples: VecDeque<f32>,
    rate: u32,
    /// Some of the answer has been played, and more of it may come.
    is_within_answer: bool,
    /// What is here is the last of the answer.
    is_ending: bool,
    /// Samples of silence since the queue ran dry.
    gap: usize,
}

/// What one call of the device came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Taken {
    /// Samples that were played and are no silence of ours.
    pub played: usize,
    /// Samples of a gap in the middle of an answer that ended now; 0 for none.
    pub gap: usize,
}

impl PlayQueue {
    /// For a loudspeaker of `rate` Hz.
    pub fn new(rate: u32) -> Self {
        Self { samples: VecDeque::new(), rate, is_within_answer: false, is_ending: false, gap: 0 }
    }

    /// Samples at the end of what is there.
    pub fn push(&mut self, samples: &[f32]) {
        self.samples.extend(samples);
        self.is_ending = false;
    }

    /// The answer is complete: when it has been played, silence is no gap.
    pub fn end(&mut self) {
        self.is_ending = true;
        self.end_if_dry();
    }

    fn end_if_dry(&mut self) {
        if self.is_ending && self.samples.is_empty() {
            (self.is_within_answer, self.is_ending, self.gap) = (false, false, 0);
        }
    }

    /// Drops what is left but for a short fade.
    pub fn stop(&mut self) {
        let fade = self.samples_of(FADE);
        self.samples.truncate(fade);
        let fade = fade.max(1) as f32;
        for (n, sample) in self.samples.iter_mut().enumerate() {
            *sample *= 1.0 - (n + 1) as f32 / fade;
        }
        self.end();
    }

    /// Samples still to be played.
    pub fn len(&self) -> usize {
        self.samples.len()
    }

    /// Fills what the device asks for, with silence where nothing is left.
    pub fn fill(&mut self, out: &mut [f32]) -> Taken {
        let played = self.samples.len().min(out.len());
        for (out, sample) in out.iter_mut().zip(self.samples.drain(..played)) {
            *out = sample;
        }
        if let Some(silence) = out.get_mut(played..) {
            silence.fill(0.0);
        }
        let mut gap = 0;
        if played > 0 {
            if self.is_within_answer && self.gap <= self.samples_of(LONGEST_GAP) {
                gap = self.gap;
            }
            self.is_within_answer = true;
            self.gap = 0;
        }
        self.end_if_dry();
        if self.is_within_answer {
            self.gap += out.len() - played;
        }
        Taken { played, gap }
    }

    fn samples_of(&self, time: Duration) -> usize {
        (time.as_secs_f64() * f64::from(self.rate)) as usize
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn take(queue: &mut PlayQueue, count: usize) -> (Vec<f32>, Taken) {
        let mut out = vec![9.0; count];
        let taken = queue.fill(&mut out);
        (out, taken)
    }

    #[test]
    fn what_is_pushed_comes_out_and_then_silence() {
        let mut queue = PlayQueue::new(16_000);
        queue.push(&[0.1, 0.2, 0.3]);
        assert_eq!(take(&mut queue, 2).0, [0.1, 0.2]);
        assert_eq!(queue.len(), 1);
        assert_eq!(take(&mut queue, 3), (vec![0.3, 0.0, 0.0], Taken { played: 1, gap: 0 }));
        assert_eq!(take(&mut queue, 2), (vec![0.0, 0.0], Taken::default()));
    }

    #[test]
    fn a_gap_within_an_answer_is_told_once_it_is_over() {
        let mut queue = PlayQueue::new(16_000);
        take(&mut queue, 500); // before the answer
        queue.push(&[0.5; 100]);
        assert_eq!(take(&mut queue, 160).1.gap, 0);
        assert_eq!(take(&mut queue, 160).1.gap, 0);
        queue.push(&[0.5; 100]);
        assert_eq!(take(&mut queue, 50).1, Taken { played: 50, gap: 220 });
        assert_eq!(take(&mut queue, 50).1, Taken { played: 50, gap: 0 });
    }

    #[test]
    fn a_pause_between_answers_is_no_gap() {
        let mut queue = PlayQueue::new(16_000);
        queue.push(&[0.5; 100]);
        take(&mut queue, 160);
        queue.end();
        take(&mut queue, 160);
        queue.push(&[0.5; 100]);
        assert_eq!(take(&mut queue, 160).1.gap, 0, "its end was told");
        take(&mut queue, 40_000);
        queue.push(&[0.5; 100]);
        assert_eq!(take(&mut queue, 160).1.gap, 0, "it was too long");
        queue.stop();
        take(&mut queue, 160);
        queue.push(&[0.5; 100]);
        assert_eq!(take(&mut queue, 160).1.gap, 0, "it was stopped");
    }

    #[test]
    fn an_end_may_be_told_before_the_last_sound_is_played() {
        let mut queue = PlayQueue::new(16_000);
        queue.push(&[0.5; 200]);
        take(&mut queue, 100);
        queue.end();
        take(&mut queue, 160);
        queue.push(&[0.5; 100]);
        assert_eq!(take(&mut queue, 160).1.gap, 0, "another answer");
        queue.push(&[0.5; 100]);
        assert_eq!(take(&mut queue, 160).1.gap, 60, "the same");
    }

    #[test]
    fn stopping_fades_within_milliseconds_and_does_not_click() {
        let mut queue = PlayQueue::new(16_000);
        queue.push(&vec![0.8; 160_000]);
        take(&mut queue, 320);
        queue.stop();
        assert_eq!(queue.len(), 80);
        let (out, _) = take(&mut queue, 160);
        let steps = [0.8].iter().chain(&out).zip(&out).map(|(before, after)| (before - after).abs());
        assert!(steps.fold(0.0, f32::max) < 0.02);
        assert_eq!(out[79..], [0.0; 81]);
        queue.stop();
        assert_eq!(queue.len(), 0);
    }
}
