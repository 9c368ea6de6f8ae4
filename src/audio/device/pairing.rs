//! What the loudspeaker took, put beside what the microphone heard, sample for sample.
//!
//! The two devices have clocks of their own, and their blocks come when they like. An echo canceller can find out how late
//! the echo is, and follow a delay that creeps, but not one that jumps or grows for hours. Here the loudspeaker's sound is
//! kept [`LEAD`] behind its arrival, and read a little faster or slower where its clock is found to differ, so that the delay
//! from a paired sample to its echo stays within a few milliseconds.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use super::Block;
use crate::audio::SAMPLE_RATE;

/// So long after the loudspeaker took a sample it is paired. Longer than the loudspeaker's blocks are apart, so that the next
/// one is there in time, and shorter than the way through the loudspeaker's buffer, the hall and the microphone's buffer.
const LEAD: Duration = Duration::from_millis(35);
/// A loudspeaker whose blocks are further apart, whose buffer is longer too, has a longer lead: it grows by so many samples
/// (4 ms) with each block that came too late, up to so many (120 ms).
const LEAD_GROWTH: f64 = 64.0;
const MAX_LEAD: f64 = 1_920.0;
/// And shrinks by so much for each sample that came in time: 1 ms in a minute.
const LEAD_DECAY: f64 = 16.0 / (60.0 * SAMPLE_RATE as f64);
/// Nothing is corrected while the lead is off by less than this, in samples (3 ms).
const TOLERANCE: f64 = 48.0;
/// What the reading speed is changed by for each sample that the lead is off by more: 100 parts in a million for 2 ms.
const GAIN: f64 = 100e-6 / 32.0;
/// The reading speed is changed by no more than this: ten times what clocks of sound cards differ by.
const MAX_CORRECTION: f64 = 1_000e-6;
/// Off by more than this, in samples (100 ms), the lead is set anew at once.
const JUMP: f64 = 1_600.0;
/// How long the lead is averaged over, in samples (2 s).
const AVERAGED: f64 = 32_000.0;
/// The first block came when it liked: after so many the lead is set again, by their average.
const FIRST_BLOCKS: u32 = 25;
/// A loudspeaker that takes nothing for so long is lost, and silence is paired.
const ABSENT: Duration = Duration::from_millis(250);
/// More than this never waits, in samples (2 s).
const MAX_WAITING: usize = 32_000;

/// How the two devices went together.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct PairingFigures {
    /// Silence that stood in for sound that had not come in time, in samples.
    pub missing: u64,
    /// How often the lead was set anew, the first time included.
    pub set_anew: u64,
    /// How much faster the loudspeaker's sound is read now, in parts in a million.
    pub correction_ppm: f64,
    /// How far behind its arrival it is read now, in milliseconds.
    pub lead_ms: f64,
}

/// Pairs two streams of blocks, both mono at 16 kHz, by when they came.
#[derive(Debug, Default)]
pub struct Pairing {
    waiting: VecDeque<f32>,
    /// Where between the second and the third that wait the next sample is read.
    between: f64,
    /// The average lead in samples; null before the loudspeaker has taken anything.
    lead: Option<f64>,
    /// So many blocks of the microphone since it was set.
    averaged: u32,
    /// By how many samples the wanted lead is longer than [`LEAD`].
    longer: f64,
    speed: f64,
    last_far: Option<Instant>,
    figures: PairingFigures,
}

impl Pairing {
    /// Takes what the loudspeaker took. Blocks are given in the order in which they came, and before those of the microphone
    /// that came later.
    pub fn far(&mut self, block: &Block) {
        self.waiting.extend(block.samples.iter());
        let excess = self.waiting.len().saturating_sub(MAX_WAITING);
        self.waiting.drain(..excess);
        self.last_far = Some(block.at);
    }

    /// What belongs to a block of the microphone, of the same length.
    pub fn near(&mut self, block: &Block) -> Vec<f32> {
        let count = block.samples.len();
        let since = self.last_far.map(|at| block.at.saturating_duration_since(at));
        let Some(since) = since.filter(|since| *since < ABSENT) else {
            self.waiting.clear();
            (self.lead, self.longer, self.averaged) = (None, 0.0, 0);
            return vec![0.0; count];
        };
        self.steer(self.waiting.len() as f64 + samples_in(since) - count as f64, count);
        let missing = self.figures.missing;
        let far = (0..count).map(|_| self.read()).collect();
        self.longer = if self.figures.missing > missing {
            (self.longer + LEAD_GROWTH).min(MAX_LEAD - samples_in(LEAD))
        } else {
            (self.longer - LEAD_DECAY * count as f64).max(0.0)
        };
        far
    }

    /// How it went.
    pub fn figures(&self) -> PairingFigures {
        PairingFigures {
            correction_ppm: self.speed * 1e6,
            lead_ms: self.lead.unwrap_or_default() * 1e3 / f64::from(SAMPLE_RATE),
            ..self.figures
        }
    }

    /// `now` is the lead that shows at this block: how much there would be if the loudspeaker's sound came evenly.
    fn steer(&mut self, now: f64, count: usize) {
        let wanted = samples_in(LEAD) + self.longer;
        let Some(lead) = self.lead else { return self.set(now) };
        self.averaged = self.averaged.saturating_add(1);
        let share = (1.0 - (-(count as f64) / AVERAGED).exp()).max(1.0 / f64::from(self.averaged));
        let lead = lead + (now - lead) * share;
        let off = lead - wanted;
        if off.abs() > JUMP || (now - wanted).abs() > 4.0 * JUMP {
            return self.set(now);
        }
        if self.averaged == FIRST_BLOCKS && off.abs() > TOLERANCE {
            return self.set(lead);
        }
        self.lead = Some(lead);
        let excess = off - off.clamp(-TOLERANCE, TOLERANCE);
        self.speed = (excess * GAIN).clamp(-MAX_CORRECTION, MAX_CORRECTION);
    }

    /// The lead is so much: it is made what it should be.
    fn set(&mut self, lead: f64) {
        let wanted = samples_in(LEAD) + self.longer;
        let off = (lead - wanted).round();
        if off >= 0.0 {
            self.waiting.drain(..(off as usize).min(self.waiting.len()));
        } else {
            (0..(-off) as usize).for_each(|_| self.waiting.push_front(0.0));
        }
        // After the first blocks the average stands, and is not begun again.
        self.averaged = if self.averaged == FIRST_BLOCKS { FIRST_BLOCKS } else { 0 };
        (self.lead, self.speed, self.between) = (Some(wanted), 0.0, 0.0);
        self.figures.set_anew += 1;
    }

    /// The next sample, between two that wait, by the cubic through them and their neighbours.
    fn read(&mut self) -> f32 {
        let at = |n: usize| self.waiting.get(n).copied();
        let sample = match (at(0), at(1), at(2), at(3)) {
            (Some(a), Some(b), Some(c), Some(d)) => cubic([a, b, c, d], self.between as f32),
            _ => {
                self.figures.missing += 1;
                return 0.0;
            }
        };
        self.between += 1.0 + self.speed;
        while self.between >= 1.0 {
            self.waiting.pop_front();
            self.between -= 1.0;
        }
        sample
    }
}

fn samples_in(time: Duration) -> f64 {
    time.as_secs_f64() * f64::from(SAMPLE_RATE)
}

/// Catmull and Rom's curve through four points, from the second to the third.
fn cubic([a, b, c, d]: [f32; 4], t: f32) -> f32 {
    if t == 0.0 {
        return b;
    }
    let linear = (c - a) / 2.0;
    let square = a - 2.5 * b + 2.0 * c - d / 2.0;
    let cube = (d - a) / 2.0 + 1.5 * (b - c);
    ((cube * t + square) * t + linear) * t + b
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Runs both devices for some time; the loudspeaker plays a ramp of its sample numbers. Gives, for each block of the
    /// microphone, by how many samples its pair is behind the microphone's own clock.
    fn run(seconds: f64, far_rate: f64, far_every: f64, pause: std::ops::Range<f64>) -> (Pairing, Vec<f64>) {
        let start = Instant::now();
        let mut pairing = Pairing::default();
        let (mut played, mut heard) = (0u64, 0u64);
        let mut behind = Vec::new();
        let near_every = 0.0213;
        let mut next_far = far_every;
        for n in 1..(seconds / near_every) as u64 {
            let now = n as f64 * near_every;
            while next_far <= now {
                let until = (next_far * far_rate) as u64;
                let samples: Vec<f32> = (played..until).map(|k| k as f32).collect();
                played = until;
                if !pause.contains(&next_far) {
                    pairing.far(&Block {
                        samples: samples.into(),
                        at: start + Duration::from_secs_f64(next_far),
                    });
                }
                next_far += far_every;
            }
            let until = (now * 16_000.0) as u64;
            let near = Block {
                samples: vec![0.0; (until - heard) as usize].into(),
                at: start + Duration::from_secs_f64(now),
            };
            let far = pairing.near(&near);
            assert_eq!(far.len(), near.samples.len());
            heard = until;
            // In time of the loudspeaker's clock.
            behind.push(now * far_rate - f64::from(*far.last().unwrap()));
        }
        (pairing, behind)
    }

    fn spread(behind: &[f64]) -> f64 {
        let (low, high) =
            behind.iter().fold((f64::MAX, f64::MIN), |(low, high), b| (low.min(*b), high.max(*b)));
        high - low
    }

    #[test]
    fn with_one_clock_the_pair_stays_where_it_is() {
        let (pairing, behind) = run(60.0, 16_000.0, 0.02, 0.0..0.0);
        assert_eq!(pairing.figures().missing, 0);
        assert_eq!(pairing.figures().set_anew, 1);
        let settled = &behind[200..];
        assert!(spread(settled) < 20.0, "{}", spread(settled));
        assert!((480.0..640.0).contains(&settled[0]), "{}", settled[0]);
    }

    #[test]
    fn with_two_clocks_the_offset_is_bounded_for_ever() {
        // 200 parts in a million apart, the lead would be 200 ms off at the end.
        for (rate, sign) in [(16_003.2, 1.0), (15_996.8, -1.0)] {
            let (pairing, behind) = run(1_000.0, rate, 0.025, 0.0..0.0);
            let figures = pairing.figures();
            assert_eq!((figures.missing, figures.set_anew), (0, 1), "{figures:?}");
            assert!((figures.correction_ppm - sign * 200.0).abs() < 40.0, "{figures:?}");
            let settled: Vec<f64> = behind.iter().copied().skip(10_000).collect();
            assert!(spread(&settled) < 120.0, "{}", spread(&settled));
            // And it is never so late that the echo would come first.
            let latest = settled.iter().fold(f64::MIN, |a, b| a.max(*b));
            assert!(latest < 50.0 * 16.0, "{latest}");
        }
    }

    #[test]
    fn a_loudspeaker_that_takes_much_at_a_time_has_a_longer_lead() {
        let (pairing, _) = run(60.0, 16_000.0, 0.085, 0.0..0.0);
        let figures = pairing.figures();
        assert!((85.0..120.0).contains(&figures.lead_ms), "{figures:?}");
        assert!(figures.missing < 16_000 / 2, "{figures:?}");
        assert_eq!(figures.set_anew, 1);
    }

    #[test]
    fn a_loudspeaker_that_was_away_is_paired_as_before() {
        let (pairing, behind) = run(20.0, 16_000.0, 0.02, 5.0..9.0);
        assert_eq!(pairing.figures().set_anew, 2);
        let (before, after) = (behind[200], behind[behind.len() - 1]);
        assert!((before - after).abs() < 60.0, "{before} {after}");
        assert!(pairing.figures().missing < 16_000 / 2, "{:?}", pairing.figures());
    }

    #[test]
    fn a_microphone_that_lost_blocks_is_paired_anew() {
        let start = Instant::now();
        let at = |ms: u64| start + Duration::from_millis(ms);
        let mut pairing = Pairing::default();
        let block = |at| Block { samples: [0.25; 320].into(), at };
        for n in 0..500u64 {
            pairing.far(&block(at(20 * n)));
            if !(200..300).contains(&n) {
                pairing.near(&block(at(20 * n + 1)));
            }
        }
        let figures = pairing.figures();
        assert_eq!(figures.set_anew, 2);
        assert!((figures.lead_ms - 35.0).abs() < 4.0, "{figures:?}");
    }

    #[test]
    fn without_a_loudspeaker_there_is_silence() {
        let mut pairing = Pairing::default();
        let near = Block { samples: [0.5; 100].into(), at: Instant::now() };
        assert_eq!(pairing.near(&near), [0.0; 100]);
        assert_eq!(pairing.figures(), PairingFigures::default());
    }

    #[test]
    fn the_curve_goes_through_its_points_and_keeps_a_line() {
        assert_eq!(cubic([5.0, 1.0, 2.0, 9.0], 0.0), 1.0);
        assert!((cubic([0.0, 1.0, 2.0, 3.0], 0.25) - 1.25).abs() < 1e-6);
        assert!((cubic([5.0, 1.0, 2.0, 9.0], 1.0) - 2.0).abs() < 1e-6);
    }
}
