//! The figures of echoes, as they are printed.

use std::fmt;

use serde::Serialize;

use super::Scene;

/// Somebody speaks while the kiosk does. Times are from the first voice until a turn was told to begin; null where none was.
#[derive(Debug, Clone, Serialize)]
pub struct BargeIn {
    /// With canceller and gate.
    pub after_ms: Option<u32>,
    /// Without the gate.
    pub ungated_ms: Option<u32>,
    /// Without either.
    pub uncancelled_ms: Option<u32>,
    /// With nothing played, in the same noise.
    pub alone_ms: Option<u32>,
    /// How much louder the canceller made the talker, in dB: the middle one of the frames in which they speak.
    pub change_db: f32,
    /// The same of the frame than which a tenth are softer.
    pub worst_change_db: f32,
}

/// What came out in one scene.
#[derive(Debug, Clone, Serialize)]
pub struct SceneFigures {
    /// The hall.
    #[serde(flatten)]
    pub scene: Scene,
    /// How much softer the echo has become by the canceller alone (echo return loss enhancement), in dB, noise included, from
    /// the third second on.
    pub erle_db: f32,
    /// The most that it can be: nothing but the noise is left.
    pub most_db: f32,
    /// The same as `erle_db` in the first two seconds.
    pub erle_first_db: f32,
    /// When for the first time a whole second had become as much softer, but for 3 dB, in milliseconds; null for never.
    pub learnt_ms: Option<u32>,
    /// Turns that began while nobody spoke, with nothing done.
    pub false_uncancelled: usize,
    /// With the canceller.
    pub false_ungated: usize,
    /// With canceller and gate.
    pub false_gated: usize,
    /// Somebody spoke.
    pub barge_ins: Vec<BargeIn>,
    /// How much sound was computed, and how long that took: canceller and gate, without the turn detector.
    pub sound_seconds: f64,
    /// See above.
    pub computing_seconds: f64,
}

/// All of it.
#[derive(Debug, Clone, Serialize)]
pub struct EchoReport {
    /// Each hall.
    pub scenes: Vec<SceneFigures>,
    /// Time of computing by time of sound.
    pub real_time: f64,
}

impl EchoReport {
    /// How many of the barge-ins a turn began within so many milliseconds for, and how many there were.
    pub fn heard_within(&self, ms: u32, held_out: bool) -> (usize, usize) {
        let of_half = self.scenes.iter().filter(|s| s.scene.held_out == held_out);
        let all: Vec<_> = of_half.flat_map(|s| &s.barge_ins).collect();
        (all.iter().filter(|b| b.after_ms.is_some_and(|after| after <= ms)).count(), all.len())
    }

    /// Turns that began while nobody spoke: with nothing done, with the canceller, with canceller and gate.
    pub fn false_turns(&self, held_out: bool) -> [usize; 3] {
        let of_half = self.scenes.iter().filter(|s| s.scene.held_out == held_out);
        of_half.fold([0; 3], |[a, b, c], s| [a + s.false_uncancelled, b + s.false_ungated, c + s.false_gated])
    }
}

fn ms(of: Option<u32>) -> String {
    of.map_or_else(|| "-".to_owned(), |ms| ms.to_string())
}

impl fmt::Display for EchoReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "{:<46} | {:>36} | {:>14} | {:>28} | {:>18}",
            "hall",
            "ERLE dB: 0-2s then most; there at ms",
            "false turns",
            "heard after ms (alone)",
            "talker dB: p50 p10"
        )?;
        for x in &self.scenes {
            let s = &x.scene;
            let hall = format!(
                "rt {:.1} {:>3.0} ms echo {:>+3.0} snr {:>2.0} bend {:.1}{}{}",
                s.rt60,
                s.delay_ms,
                s.echo_db,
                s.snr_db,
                s.drive,
                if s.drift_ppm == 0.0 { String::new() } else { format!(" {:+.0} ppm", s.drift_ppm) },
                if s.jump_ms == 0.0 { String::new() } else { format!(" jump {:+.0}", s.jump_ms) },
            );
            let erle =
                format!("{:.1} {:.1} {:.1}; {}", x.erle_first_db, x.erle_db, x.most_db, ms(x.learnt_ms));
            let turns = format!("{} {} {}", x.false_uncancelled, x.false_ungated, x.false_gated);
            let heard = x.barge_ins.iter().map(|b| format!("{} ({})", ms(b.after_ms), ms(b.alone_ms)));
            let talker = x.barge_ins.iter().map(|b| format!("{:+.0} {:+.0}", b.change_db, b.worst_change_db));
            writeln!(
                f,
                "{hall:<46} | {erle:>36} | {turns:>14} | {:>28} | {:>18}",
                heard.collect::<Vec<_>>().join(" "),
                talker.collect::<Vec<_>>().join(" ")
            )?;
        }
        for (name, held_out) in [("the gate's numbers were chosen on", false), ("held out", true)] {
            let ([none, canceller, gate], (in_time, all)) =
                (self.false_turns(held_out), self.heard_within(600, held_out));
            writeln!(
                f,
                "{name}: false turns {none} with nothing done, {canceller} with the canceller, {gate} with the gate; \
                 {in_time} of {all} talkers heard within 600 ms"
            )?;
        }
        writeln!(f, "computing takes {:.4} of the time that the sound lasts", self.real_time)
    }
}
