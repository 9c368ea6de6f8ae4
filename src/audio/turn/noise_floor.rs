//! The level of what goes on all the time: the least level of the last seconds.
//!
//! Minimum statistics after Martin, “Noise power spectral density estimation based on optimal smoothing and minimum
//! statistics” (IEEE Transactions on Speech and Audio Processing 9 (5), 2001), over one band: the level is smoothed, and
//! its minimum is kept over a window that is longer than anybody speaks without a gap. The window slides by parts, so
//! that a frame costs a handful of comparisons.

use super::voice::FRAME_MS;

/// Frames of one part (288 ms).
const PART_FRAMES: usize = 288 / FRAME_MS as usize;
/// Parts of the window (2.3 s together).
const PARTS: usize = 8;
/// What a frame's power counts in the smoothed power.
const SMOOTHING: f32 = 0.35;
/// Rooms and microphones are not stiller than this, in dB of full scale; digital silence is.
const STILLEST_DBFS: f32 = -72.0;
/// As long as there is less than a whole part to judge by, the floor is taken to be no louder than this.
const UNKNOWN_DBFS: f32 = -50.0;

/// Follows the floor of a stream of levels.
#[derive(Debug, Clone)]
pub(super) struct NoiseFloor {
    smoothed: f32,
    parts: [f32; PARTS],
    now: f32,
    frames: usize,
}

impl NoiseFloor {
    /// Nothing has been heard yet.
    pub fn new() -> Self {
        Self { smoothed: 0.0, parts: [f32::INFINITY; PARTS], now: f32::INFINITY, frames: 0 }
    }

    /// Takes the mean power of a frame (1.0: full scale), and gives the floor in dB of full scale.
    pub fn follow(&mut self, power: f32) -> f32 {
        self.smoothed =
            if self.frames == 0 { power } else { self.smoothed + SMOOTHING * (power - self.smoothed) };
        self.now = self.now.min(self.smoothed);
        self.frames += 1;
        if self.frames.is_multiple_of(PART_FRAMES) {
            self.parts[self.frames / PART_FRAMES % PARTS] = self.now;
            self.now = f32::INFINITY;
        }
        let least = self.parts.iter().fold(self.now, |least, &part| least.min(part));
        let floor = decibels(least).max(STILLEST_DBFS);
        if self.frames < PART_FRAMES { floor.min(UNKNOWN_DBFS) } else { floor }
    }
}

/// A power as dB.
pub(super) fn decibels(power: f32) -> f32 {
    10.0 * power.max(1e-12).log10()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn power(dbfs: f32) -> f32 {
        10f32.powf(dbfs / 10.0)
    }

    #[test]
    fn the_floor_is_what_lies_between_the_words_and_follows_the_room() {
        let mut floor = NoiseFloor::new();
        for n in 0..1000 {
            let word = n % 40 < 20;
            floor.follow(power(if word { -20.0 } else { -45.0 }));
        }
        assert!((floor.follow(power(-20.0)) + 45.0).abs() < 1.5);
        for _ in 0..200 {
            floor.follow(power(-30.0));
        }
        assert!((floor.follow(power(-30.0)) + 30.0).abs() < 0.5, "a fan was switched on");
        for _ in 0..15 {
            floor.follow(0.0);
        }
        assert!(floor.follow(0.0) < -55.0, "and off again");
    }
}
