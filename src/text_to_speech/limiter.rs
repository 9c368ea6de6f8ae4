//! A limiter that looks ahead: what would go beyond the ceiling is turned down before it comes, so gently that nothing
//! is distorted.
//!
//! The needed gain is spread over a window (its least value there) and then averaged over a window of the same length:
//! so at every peak the gain is small enough, and it never jumps.

use std::collections::VecDeque;

/// The gain moves over so many milliseconds.
const LOOK_AHEAD_MS: u32 = 6;

/// Turns down what is louder than `ceiling` (of full scale 1); the rest stays as it is.
pub fn limit(samples: &mut [f32], ceiling: f32, sample_rate: u32) {
    let needed: Vec<f32> =
        samples.iter().map(|s| if s.abs() > ceiling { ceiling / s.abs() } else { 1.0 }).collect();
    if needed.iter().all(|gain| *gain >= 1.0) {
        return;
    }
    let reach = super::edges::samples_of(LOOK_AHEAD_MS, sample_rate).max(1);
    let held = least_around(&needed, reach);
    // The mean over the same reach, of sums before each sample.
    let mut sums = Vec::with_capacity(held.len() + 1);
    sums.push(0f64);
    for gain in &held {
        sums.push(sums[sums.len() - 1] + f64::from(*gain));
    }
    for (n, sample) in samples.iter_mut().enumerate() {
        let (from, to) = (n.saturating_sub(reach), (n + reach + 1).min(held.len()));
        *sample *= ((sums[to] - sums[from]) / (to - from) as f64) as f32;
    }
}

/// The least value within `reach` on both sides of each.
fn least_around(values: &[f32], reach: usize) -> Vec<f32> {
    let mut least: VecDeque<usize> = VecDeque::new(); // of rising values
    let mut out = Vec::with_capacity(values.len());
    let mut next = 0;
    for n in 0..values.len() {
        while next < values.len() && next <= n + reach {
            while least.back().is_some_and(|&last| values[last] >= values[next]) {
                least.pop_back();
            }
            least.push_back(next);
            next += 1;
        }
        while least.front().is_some_and(|&first| first + reach < n) {
            least.pop_front();
        }
        out.push(least.front().map_or(1.0, |&first| values[first]));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_is_quiet_enough_is_untouched() {
        let mut samples = vec![0.3, -0.5, 0.8];
        limit(&mut samples, 0.8, 16_000);
        assert_eq!(samples, [0.3, -0.5, 0.8]);
    }

    #[test]
    fn a_peak_is_turned_down_smoothly() {
        let mut samples: Vec<f32> = (0..16_000).map(|n| (n as f32 * 0.05).sin() * 0.4).collect();
        let before = samples.clone();
        samples[8_000] = 3.0;
        limit(&mut samples, 0.8, 16_000);
        assert!(samples[8_000] <= 0.8001 && samples[8_000] > 0.7, "{}", samples[8_000]);
        assert_eq!(samples[7_000], before[7_000]);
        let gain = |n: usize| samples[n] / before[n];
        for n in 7_800..7_999 {
            if before[n].abs() > 0.1 && before[n + 1].abs() > 0.1 {
                assert!((gain(n + 1) - gain(n)).abs() < 0.02, "{n}");
            }
        }
    }

    proptest! {
        #[test]
        fn nothing_goes_beyond_the_ceiling(mut samples in prop::collection::vec(-4f32..4.0, 0..800)) {
            limit(&mut samples, 0.8, 8_000);
            prop_assert!(samples.iter().all(|s| s.abs() <= 0.8001));
        }
    }
}
