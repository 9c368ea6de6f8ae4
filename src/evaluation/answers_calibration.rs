//! Is confidence a probability? Two ways to make it one, fitted on half of the answers and measured on the other.
//!
//! The split: a question whose id's SHA-256 begins with an even byte is fitted on, any other is measured on. Only
//! answers that were given count, of every kind of question; one given out of scope is wrong.
//!
//! * Platt (1999): a logistic curve over the log odds, fitted by Newton's method with his smoothed targets;
//! * isotonic regression (Zadrozny and Elkan, 2002): the best steps that never fall, by pooling adjacent violators.

use std::fmt;

use serde::Serialize;
use sha2::{Digest, Sha256};

use super::answers::{Outcome, Verdict};

/// Bins of equal width, for the expected calibration error (Naeini et al., 2015).
const BINS: usize = 10;
/// Rounds of Newton's method; it settles in fewer than ten.
const ROUNDS: usize = 50;

/// Confidence, and whether the answer was right.
type Pair = (f64, bool);

/// One bin of probabilities.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct Bin {
    /// Answers in it.
    pub count: usize,
    /// Their mean probability, as told.
    pub told: f64,
    /// The share of them that are right.
    pub right: f64,
}

/// How well probabilities fit what happened.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Fit {
    /// Expected calibration error: how far the bins' told and true shares lie apart, weighed by their size.
    pub expected_calibration_error: f64,
    /// Mean squared error of the probability; 0 is best.
    pub brier: f64,
    /// From 0 to 1.
    pub bins: Vec<Bin>,
}

/// The measure of it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Calibration {
    /// Answers fitted on.
    pub fitted_on: usize,
    /// Answers measured on.
    pub measured_on: usize,
    /// Confidence as it is.
    pub raw: Fit,
    /// Platt's curve: P(right) = 1 / (1 + exp(−(a·ln(c/(1−c)) + b))).
    pub platt: Fit,
    /// Its a and b.
    pub platt_weights: (f64, f64),
    /// Isotonic regression.
    pub isotonic: Fit,
    /// Its steps: from this confidence on, this share.
    pub isotonic_steps: Vec<(f64, f64)>,
}

/// Whether a question belongs to the half that is fitted on.
pub fn is_fitted_on(id: &str) -> bool {
    Sha256::digest(id.as_bytes()).first().is_some_and(|byte| byte % 2 == 0)
}

impl Calibration {
    /// Fits and measures.
    pub fn new(outcomes: &[Outcome]) -> Self {
        let half = |fitted: bool| -> Vec<Pair> {
            let given = outcomes.iter().filter(|o| o.is_answered && is_fitted_on(&o.id) == fitted);
            given.filter_map(|o| Some((f64::from(o.confidence?), o.verdict == Verdict::Right))).collect()
        };
        let (fitting, measuring) = (half(true), half(false));
        let weights = platt(&fitting);
        let steps = isotonic(&fitting);
        let fit = |probability: &dyn Fn(f64) -> f64| {
            let pairs: Vec<Pair> = measuring.iter().map(|&(c, right)| (probability(c), right)).collect();
            measure(&pairs)
        };
        Self {
            fitted_on: fitting.len(),
            measured_on: measuring.len(),
            raw: fit(&|c| c),
            platt: fit(&|c| logistic(weights.0 * log_odds(c) + weights.1)),
            platt_weights: weights,
            isotonic: fit(&|c| step(&steps, c)),
            isotonic_steps: steps,
        }
    }
}

fn logistic(z: f64) -> f64 {
    1.0 / (1.0 + (-z).exp())
}

fn log_odds(confidence: f64) -> f64 {
    let c = confidence.clamp(1e-4, 1.0 - 1e-4);
    (c / (1.0 - c)).ln()
}

/// Slope and constant of the logistic curve that fits best; (1, 0), which changes nothing, without answers.
fn platt(pairs: &[Pair]) -> (f64, f64) {
    if pairs.is_empty() {
        return (1.0, 0.0);
    }
    let right = pairs.iter().filter(|(_, right)| *right).count() as f64;
    let wrong = pairs.len() as f64 - right;
    let (high, low) = ((right + 1.0) / (right + 2.0), 1.0 / (wrong + 2.0));
    let loss = |a: f64, b: f64| -> f64 {
        let one = |&(c, right): &Pair| {
            let (z, target) = (a * log_odds(c) + b, if right { high } else { low });
            // −t·ln σ(z) − (1−t)·ln σ(−z), without overflow
            z.max(0.0) + (-z.abs()).exp().ln_1p() - target * z
        };
        pairs.iter().map(one).sum()
    };
    let (mut a, mut b) = (0.0, ((right + 1.0) / (wrong + 1.0)).ln());
    for _ in 0..ROUNDS {
        // A little of the identity keeps the matrix invertible when all confidences are the same.
        let (mut aa, mut ab, mut bb, mut ga, mut gb) = (1e-9, 0.0, 1e-9, 0.0, 0.0);
        for &(c, right) in pairs {
            let x = log_odds(c);
            let p = logistic(a * x + b);
            let (error, weight) = (p - if right { high } else { low }, p * (1.0 - p));
            (ga, gb) = (ga + error * x, gb + error);
            (aa, ab, bb) = (aa + weight * x * x, ab + weight * x, bb + weight);
        }
        let determinant = aa * bb - ab * ab;
        let (da, db) = ((bb * ga - ab * gb) / determinant, (aa * gb - ab * ga) / determinant);
        let before = loss(a, b);
        let shorter = std::iter::successors(Some(1.0), |step| Some(step / 2.0)).take(30);
        let Some(step) = shorter.into_iter().find(|step| loss(a - step * da, b - step * db) < before) else {
            break;
        };
        (a, b) = (a - step * da, b - step * db);
    }
    (a, b)
}

/// The steps, each from a confidence on: never falling.
fn isotonic(pairs: &[Pair]) -> Vec<(f64, f64)> {
    let mut sorted = pairs.to_vec();
    sorted.sort_by(|one, other| one.0.total_cmp(&other.0));
    // From, right, all; a block for each confidence that occurs.
    let mut blocks: Vec<(f64, f64, f64)> = Vec::new();
    for (confidence, right) in sorted {
        let right = f64::from(u8::from(right));
        match blocks.last_mut() {
            Some((from, r, n)) if *from == confidence => (*r, *n) = (*r + right, *n + 1.0),
            _ => blocks.push((confidence, right, 1.0)),
        }
    }
    pooled(&blocks)
}

/// Pools neighbouring blocks until each has a greater share than the one before it.
fn pooled(blocks: &[(f64, f64, f64)]) -> Vec<(f64, f64)> {
    let mut kept: Vec<(f64, f64, f64)> = Vec::new();
    for &block in blocks {
        kept.push(block);
        while let [.., (from, r, n), (_, s, m)] = kept[..]
            && r / n >= s / m
        {
            kept.truncate(kept.len() - 2);
            kept.push((from, r + s, n + m));
        }
    }
    kept.into_iter().map(|(from, right, all)| (from, right / all)).collect()
}

/// The step on which a confidence lies; below the first it is the first; without steps the confidence itself.
fn step(steps: &[(f64, f64)], confidence: f64) -> f64 {
    let at = steps.partition_point(|(from, _)| *from <= confidence);
    steps.get(at.saturating_sub(1)).map_or(confidence, |(_, share)| *share)
}

fn measure(pairs: &[Pair]) -> Fit {
    let all = pairs.len().max(1) as f64;
    let truth = |right: bool| f64::from(u8::from(right));
    let mut bins = vec![Bin::default(); BINS];
    for &(p, right) in pairs {
        let bin = &mut bins[((p * BINS as f64) as usize).min(BINS - 1)];
        bin.count += 1;
        bin.told += p;
        bin.right += truth(right);
    }
    for bin in &mut bins {
        let count = bin.count.max(1) as f64;
        (bin.told, bin.right) = (bin.told / count, bin.right / count);
    }
    Fit {
        expected_calibration_error: bins
            .iter()
            .map(|bin| bin.count as f64 / all * (bin.told - bin.right).abs())
            .sum(),
        brier: pairs.iter().map(|&(p, right)| (p - truth(right)).powi(2)).sum::<f64>() / all,
        bins,
    }
}

impl fmt::Display for Calibration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "calibration, fitted on {} answers, measured on {} others (by the hash of the id)",
            self.fitted_on, self.measured_on
        )?;
        let fits = [("confidence", &self.raw), ("Platt", &self.platt), ("isotonic", &self.isotonic)];
        writeln!(f, "{:<14}{:>8}{:>8}", "", "ECE", "Brier")?;
        for (name, fit) in fits {
            writeln!(f, "{name:<14}{:>8.3}{:>8.3}", fit.expected_calibration_error, fit.brier)?;
        }
        write!(f, "{:<14}", "told, right")?;
        for (name, _) in fits {
            write!(f, "{name:>24}")?;
        }
        writeln!(f)?;
        for at in 0..BINS {
            write!(f, "{:.1} to {:.1}    ", at as f64 / BINS as f64, (at + 1) as f64 / BINS as f64)?;
            for (_, fit) in fits {
                let cell = match fit.bins.get(at) {
                    Some(bin) if bin.count > 0 => {
                        format!("{:>4}: {:.2}, {:.2}", bin.count, bin.told, bin.right)
                    }
                    _ => "-".to_owned(),
                };
                write!(f, "{cell:>24}")?;
            }
            writeln!(f)?;
        }
        let (a, b) = self.platt_weights;
        writeln!(f, "Platt: P(right) = 1 / (1 + exp(-({a:.3} * ln(c / (1 - c)) + {b:.3})))")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_halves_are_about_halves() {
        let fitted = (0..1_000).filter(|n| is_fitted_on(&format!("in-{n}"))).count();
        assert!((450..550).contains(&fitted), "{fitted}");
    }

    #[test]
    fn platt_finds_the_curve_that_made_the_answers() {
        // P(right) = σ(0.5·x − 1) for the log odds x, in exact shares of 1,000.
        let mut pairs = Vec::new();
        for c in [0.1, 0.3, 0.5, 0.7, 0.9, 0.95] {
            let right = (logistic(0.5 * log_odds(c) - 1.0) * 1_000.0).round() as usize;
            pairs.extend((0..1_000).map(|n| (c, n < right)));
        }
        let (a, b) = platt(&pairs);
        assert!((a - 0.5).abs() < 0.02 && (b + 1.0).abs() < 0.02, "{a} {b}");
        for hopeless in [vec![(0.9, true); 5], vec![(0.9, false); 5], vec![(1.0, true), (0.0, false)]] {
            let (a, b) = platt(&hopeless);
            assert!(a.is_finite() && b.is_finite(), "{a} {b}");
        }
    }

    #[test]
    fn isotonic_steps_never_fall() {
        let pairs =
            [(0.2, false), (0.4, true), (0.6, false), (0.6, true), (0.8, true), (0.9, true), (0.1, false)];
        let steps = isotonic(&pairs);
        assert_eq!(steps.iter().map(|s| s.0).collect::<Vec<_>>()[..2], [0.1, 0.4]);
        assert!(steps.windows(2).all(|pair| pair[0].1 < pair[1].1), "{steps:?}");
        assert!((step(&steps, 0.5) - 2.0 / 3.0).abs() < 1e-9 && step(&steps, 0.05) == 0.0);
        assert_eq!((step(&steps, 1.0), step(&[], 0.7)), (1.0, 0.7));
    }

    #[test]
    fn errors_are_counted_by_hand() {
        let fit = measure(&[(0.9, true), (0.95, false), (0.25, false), (0.25, true)]);
        assert!((fit.expected_calibration_error - (0.5 * 0.425 + 0.5 * 0.25)).abs() < 1e-9);
        assert!((fit.brier - (0.01 + 0.9025 + 0.0625 + 0.5625) / 4.0).abs() < 1e-9);
        assert_eq!((fit.bins[9].count, fit.bins[2].count), (2, 2));
        assert_eq!(measure(&[(1.0, true)]).bins[9].count, 1);
    }
}
