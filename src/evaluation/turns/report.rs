//! The figures of turns, as they are printed.

use std::fmt;

use serde::Serialize;

use super::{Followed, Streamed};

/// What was found in a sound in which nobody speaks.
#[derive(Debug, Clone, Serialize)]
pub struct FalseTurns {
    /// The sound.
    pub sound: String,
    /// Turns that came out.
    pub turns: usize,
    /// Times at which a turn was told to begin.
    pub started: usize,
    /// What was seen to be no turn.
    pub false_starts: usize,
}

impl FalseTurns {
    /// Of one stream.
    pub fn of(sound: String, found: &Streamed) -> Self {
        Self { sound, turns: found.turns.len(), started: found.started, false_starts: found.false_starts }
    }
}

/// How clips were found in one condition.
#[derive(Debug, Clone, Serialize)]
pub struct ClipFigures {
    /// What was done to the clips.
    pub condition: String,
    /// How many clips.
    pub clips: usize,
    /// Those in which nobody was found.
    pub missed: Vec<String>,
    /// Those that came out as more than one turn.
    pub split: usize,
    /// How much later a turn begins than the first voice, ms, of each clip; negative where it begins before it.
    pub start_ms: Vec<f64>,
    /// How much later it ends than the last voice.
    pub end_ms: Vec<f64>,
    /// Voice that lies in no turn, of each clip, ms.
    pub lost_ms: Vec<f64>,
    /// Clips that begin less than 50 ms before the first voice, or end before the last, with how much.
    pub tight: Vec<String>,
}

impl ClipFigures {
    /// No clips yet.
    pub fn new(condition: String) -> Self {
        let (missed, tight) = (Vec::new(), Vec::new());
        let (start_ms, end_ms, lost_ms) = (Vec::new(), Vec::new(), Vec::new());
        Self { condition, clips: 0, missed, split: 0, start_ms, end_ms, lost_ms, tight }
    }

    /// Adds a clip; null where nobody was found.
    pub fn add(&mut self, audio: &str, followed: &Option<Followed>) {
        self.clips += 1;
        let Some(found) = followed else {
            self.missed.push(audio.to_owned());
            return;
        };
        self.split += usize::from(found.turns > 1);
        self.start_ms.push(found.start_ms);
        self.end_ms.push(found.end_ms);
        self.lost_ms.push(found.lost_ms);
        if found.start_ms > -50.0 || found.end_ms < 0.0 || found.lost_ms > 0.0 {
            self.tight.push(format!(
                "{audio}: start {:+.0} ms, end {:+.0} ms, {:.0} ms lost",
                found.start_ms, found.end_ms, found.lost_ms
            ));
        }
    }
}

/// How many clips a silence splits.
#[derive(Debug, Clone, Serialize)]
pub struct SplitFigures {
    /// The silence that ends a turn.
    pub silence_ms: u32,
    /// How many clips.
    pub clips: usize,
    /// Those that came out as more than one turn.
    pub split: usize,
    /// The same in the street at 20 dB.
    pub split_in_street: usize,
}

/// All of it.
#[derive(Debug, Clone, Serialize)]
pub struct TurnsReport {
    /// Sounds in which nobody speaks.
    pub quiet: Vec<FalseTurns>,
    /// How long each of them was.
    pub minutes: usize,
    /// Clips, by what was done to them.
    pub conditions: Vec<ClipFigures>,
    /// Clips, by the silence that ends a turn.
    pub splits: Vec<SplitFigures>,
    /// Time of computing by time of sound.
    pub real_time: f64,
}

/// The value below which a share of the values lie.
fn quantile(values: &[f64], share: f64) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let at = (sorted.len().saturating_sub(1) as f64 * share).round() as usize;
    sorted.get(at).copied().unwrap_or(f64::NAN)
}

impl fmt::Display for TurnsReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{:<30}{:>7}{:>9}{:>14}", "nobody speaks", "turns", "started", "false starts")?;
        for x in &self.quiet {
            writeln!(f, "{:<30}{:>7}{:>9}{:>14}", x.sound, x.turns, x.started, x.false_starts)?;
        }
        writeln!(f, "({} minutes each)\n", self.minutes)?;
        writeln!(
            f,
            "{:<18}{:>6}{:>8}{:>7} | {:>30} | {:>30} | {:>16}",
            "speech",
            "clips",
            "missed",
            "split",
            "start ms: p1 p50 p99 max",
            "end ms: min p1 p50 p99",
            "lost ms: p99 max"
        )?;
        for x in &self.conditions {
            let start = [0.01, 0.5, 0.99, 1.0].map(|share| format!("{:.0}", quantile(&x.start_ms, share)));
            let end = [0.0, 0.01, 0.5, 0.99].map(|share| format!("{:.0}", quantile(&x.end_ms, share)));
            let lost = [0.99, 1.0].map(|share| format!("{:.0}", quantile(&x.lost_ms, share)));
            writeln!(
                f,
                "{:<18}{:>6}{:>8}{:>7} | {:>30} | {:>30} | {:>16}",
                x.condition,
                x.clips,
                x.missed.len(),
                x.split,
                start.join(" "),
                end.join(" "),
                lost.join(" ")
            )?;
        }
        writeln!(f, "\n{:<18}{:>10}{:>22}", "silence, ms", "split", "split in the street")?;
        for x in &self.splits {
            let share = |split: usize| split as f64 / x.clips.max(1) as f64;
            writeln!(f, "{:<18}{:>10.3}{:>22.3}", x.silence_ms, share(x.split), share(x.split_in_street))?;
        }
        writeln!(f, "\ncomputing takes {:.5} of the time that the sound lasts", self.real_time)
    }
}
