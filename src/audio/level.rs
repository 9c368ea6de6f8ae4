//! Whether a microphone is set right: how loud the hall is, whether anything comes at all, and whether it is cut off.

use std::collections::VecDeque;

use serde::Serialize;

use super::SAMPLE_RATE;

/// Samples of a frame: 20 ms.
const FRAME: usize = SAMPLE_RATE as usize / 50;
/// How long is listened at the start, in frames (1 s).
const LISTENED: usize = 50;
/// Of the frames sorted by loudness, the noise floor is the one at this place.
const FLOOR_PLACE: f64 = 0.1;
/// From here on a sample is cut off. Resampling moves what was full scale a little.
const CLIPPED: f32 = 0.985;
/// More samples than this cut off are too many.
const CLIPPED_SHARE: f64 = 0.01;
/// A microphone whose loudest frame is softer, in dBFS, hears nothing: even an empty room is louder.
const DEAD_DBFS: f64 = -85.0;
/// A hall that is louder than this when nobody speaks, in dBFS, leaves no room for voices.
const TOO_LOUD_DBFS: f64 = -30.0;
/// A frame louder than this, in dBFS, counts as voice.
const VOICE_DBFS: f64 = -40.0;
/// Nothing but zeros for longer than this, in samples (10 s), is a dead microphone.
const DEAD_SAMPLES: usize = 10 * SAMPLE_RATE as usize;
/// What digital silence is told as, in dBFS.
const SILENCE_DBFS: f64 = -120.0;

/// What is to be thought of a microphone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum LevelVerdict {
    /// Nothing comes.
    Dead,
    /// It is cut off.
    Clipped,
    /// The noise is so loud that a voice will not be understood.
    TooLoud,
    /// It can be used.
    Good,
}

impl LevelVerdict {
    /// What to do, for whoever sets the kiosk up.
    pub fn vietnamese(self) -> &'static str {
        match self {
            Self::Dead => {
                "Micrô không có tín hiệu. Xin kiểm tra dây nối, công tắc tắt tiếng và tên micrô trong cấu hình."
            }
            Self::Clipped => "Âm thanh micrô bị vỡ. Xin giảm mức thu của micrô.",
            Self::TooLoud => {
                "Chung quanh quá ồn hoặc mức thu quá cao. Xin giảm mức thu hoặc đặt micrô gần người nói hơn."
            }
            Self::Good => "Mức thu của micrô tốt.",
        }
    }

    /// The same for engineers.
    pub fn english(self) -> &'static str {
        match self {
            Self::Dead => {
                "the microphone brings nothing; check the cable, the mute switch and the configured name"
            }
            Self::Clipped => "the microphone is cut off; lower its recording level",
            Self::TooLoud => {
                "the hall is too loud or the recording level too high; lower it, or bring the microphone nearer"
            }
            Self::Good => "the microphone's level is good",
        }
    }
}

/// What a stretch of a microphone's sound is like.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct KioskLevel {
    /// How loud it is when nobody speaks, in dBFS (a full-scale square wave being 0); −120 for digital silence.
    pub noise_floor_dbfs: f64,
    /// The loudest sample, in dBFS; −120 for digital silence.
    pub peak_dbfs: f64,
    /// The share of samples that are cut off, 0.0 to 1.0.
    pub clipped_share: f64,
    /// What is to be thought of it.
    pub verdict: LevelVerdict,
}

impl KioskLevel {
    /// Of a stretch of mono sound at 16 kHz: the first second or more of a microphone. Less than 20 ms is nothing.
    pub fn of(samples: &[f32]) -> Self {
        let (frames, _) = samples.as_chunks::<FRAME>();
        let mut loudness: Vec<f64> = frames.iter().map(|frame| dbfs(power(frame))).collect();
        loudness.sort_by(f64::total_cmp);
        let at = |place: f64| loudness.get((place * loudness.len() as f64) as usize).copied();
        let noise_floor_dbfs = at(FLOOR_PLACE).unwrap_or(SILENCE_DBFS);
        let loudest = loudness.last().copied().unwrap_or(SILENCE_DBFS);
        let peak = samples.iter().fold(0.0, |peak: f32, s| peak.max(s.abs()));
        let clipped_share = clipped(samples) as f64 / samples.len().max(1) as f64;
        let verdict = if loudest < DEAD_DBFS {
            LevelVerdict::Dead
        } else if clipped_share > CLIPPED_SHARE {
            LevelVerdict::Clipped
        } else if noise_floor_dbfs > TOO_LOUD_DBFS {
            LevelVerdict::TooLoud
        } else {
            LevelVerdict::Good
        };
        Self { noise_floor_dbfs, peak_dbfs: dbfs(f64::from(peak).powi(2)), clipped_share, verdict }
    }
}

/// Listens for the first second.
#[derive(Debug, Default)]
pub struct Calibration(Vec<f32>);

impl Calibration {
    /// Takes the next samples; gives what they are like once there is a second of them, and again with each that follows.
    pub fn push(&mut self, samples: &[f32]) -> Option<KioskLevel> {
        self.0.extend_from_slice(samples);
        (self.0.len() >= LISTENED * FRAME).then(|| KioskLevel::of(&std::mem::take(&mut self.0)))
    }
}

/// What changed with a microphone while it was used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum LevelWarning {
    /// Nothing but zeros for 10 s.
    WentDead,
    /// More than 1 % of a second of voice was cut off.
    Clips,
    /// It works again, after either.
    GoodAgain,
}

impl LevelWarning {
    /// The verdict that it comes to.
    pub fn verdict(self) -> LevelVerdict {
        match self {
            Self::WentDead => LevelVerdict::Dead,
            Self::Clips => LevelVerdict::Clipped,
            Self::GoodAgain => LevelVerdict::Good,
        }
    }
}

/// Watches a microphone for years. It warns once, until that has passed.
#[derive(Debug, Default)]
pub struct LevelWatch {
    zeros: usize,
    /// Less than a frame.
    rest: VecDeque<f32>,
    voiced: usize,
    clipped: usize,
    warned: Option<LevelWarning>,
}

impl LevelWatch {
    /// Takes the next samples, mono at 16 kHz; gives what has changed by them.
    pub fn push(&mut self, samples: &[f32]) -> Option<LevelWarning> {
        let before = self.warned;
        for &sample in samples {
            self.zeros = if sample == 0.0 { self.zeros + 1 } else { 0 };
        }
        if self.zeros > DEAD_SAMPLES {
            (self.warned, self.voiced, self.clipped) = (Some(LevelWarning::WentDead), 0, 0);
        } else if self.warned == Some(LevelWarning::WentDead) && self.zeros == 0 {
            self.warned = None;
        }
        self.rest.extend(samples);
        while self.rest.len() >= FRAME {
            let frame: Vec<f32> = self.rest.drain(..FRAME).collect();
            self.hear(&frame);
        }
        match (before, self.warned) {
            (before, now) if before == now => None,
            (_, None) => Some(LevelWarning::GoodAgain),
            (_, now) => now,
        }
    }

    fn hear(&mut self, frame: &[f32]) {
        if dbfs(power(frame)) < VOICE_DBFS {
            return;
        }
        self.voiced += frame.len();
        self.clipped += clipped(frame);
        if self.voiced >= SAMPLE_RATE as usize {
            let clips = self.clipped as f64 > CLIPPED_SHARE * self.voiced as f64;
            self.warned = clips.then_some(LevelWarning::Clips);
            (self.voiced, self.clipped) = (0, 0);
        }
    }
}

fn power(samples: &[f32]) -> f64 {
    samples.iter().map(|&s| f64::from(s).powi(2)).sum::<f64>() / samples.len().max(1) as f64
}

fn dbfs(power: f64) -> f64 {
    if power.is_finite() { (10.0 * power.log10()).max(SILENCE_DBFS) } else { 0.0 }
}

fn clipped(samples: &[f32]) -> usize {
    samples.iter().filter(|s| s.abs() >= CLIPPED).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Noise of a level in dBFS, the same each time.
    fn noise(samples: usize, level: f64) -> Vec<f32> {
        let mut state = 12_345_u64;
        let peak = 10.0_f64.powf(level / 20.0) * 3.0_f64.sqrt();
        (0..samples)
            .map(|_| {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                (((state >> 33) as f64 / f64::from(1u32 << 30) - 1.0) * peak) as f32
            })
            .collect()
    }

    fn tone(samples: usize, peak: f32) -> Vec<f32> {
        (0..samples).map(|n| ((n as f32 * 0.17).sin() * peak).clamp(-1.0, 1.0)).collect()
    }

    #[test]
    fn a_level_is_told_in_decibels() {
        let level = KioskLevel::of(&noise(16_000, -50.0));
        assert!((level.noise_floor_dbfs + 50.0).abs() < 1.0, "{level:?}");
        assert!((level.peak_dbfs + 45.2).abs() < 0.5, "{level:?}");
        assert_eq!((level.clipped_share, level.verdict), (0.0, LevelVerdict::Good));
        // A voice in the middle of it leaves the floor where it is.
        let mut voice = noise(16_000, -50.0);
        voice[4_000..12_000].copy_from_slice(&tone(8_000, 0.3));
        let level = KioskLevel::of(&voice);
        assert!((level.noise_floor_dbfs + 50.0).abs() < 1.0, "{level:?}");
        assert_eq!(level.verdict, LevelVerdict::Good);
    }

    #[test]
    fn what_cannot_be_used_is_told() {
        assert_eq!(KioskLevel::of(&[0.0; 16_000]).verdict, LevelVerdict::Dead);
        assert_eq!(KioskLevel::of(&[0.0; 16_000]).peak_dbfs, -120.0);
        assert_eq!(KioskLevel::of(&[]).verdict, LevelVerdict::Dead);
        assert_eq!(KioskLevel::of(&noise(16_000, -90.0)).verdict, LevelVerdict::Dead);
        assert_eq!(KioskLevel::of(&noise(16_000, -80.0)).verdict, LevelVerdict::Good);
        assert_eq!(KioskLevel::of(&noise(16_000, -20.0)).verdict, LevelVerdict::TooLoud);
        let level = KioskLevel::of(&tone(16_000, 3.0));
        assert_eq!(level.verdict, LevelVerdict::Clipped);
        assert!((0.7..0.9).contains(&level.clipped_share), "{level:?}");
        assert_eq!(KioskLevel::of(&[f32::NAN; 16_000]).noise_floor_dbfs, 0.0);
    }

    #[test]
    fn the_first_second_is_enough() {
        let mut calibration = Calibration::default();
        let told: Vec<bool> =
            noise(32_000, -50.0).chunks(4_000).map(|block| calibration.push(block).is_some()).collect();
        assert_eq!(told, [false, false, false, true, false, false, false, true]);
    }

    #[test]
    fn a_microphone_that_goes_dead_is_told_once_and_when_it_is_back() {
        let mut watch = LevelWatch::default();
        assert_eq!(watch.push(&noise(16_000, -50.0)), None);
        let told: Vec<LevelWarning> = (0..1_000).filter_map(|_| watch.push(&[0.0; 320])).collect();
        assert_eq!(told, [LevelWarning::WentDead]);
        assert_eq!(watch.push(&noise(320, -50.0)), Some(LevelWarning::GoodAgain));
        // 9 s are none.
        assert!((0..450).all(|_| watch.push(&[0.0; 320]).is_none()));
        assert_eq!(watch.push(&noise(320, -50.0)), None);
    }

    #[test]
    fn a_voice_that_is_cut_off_is_told_and_silence_does_not_take_it_back() {
        let mut watch = LevelWatch::default();
        let told = |watch: &mut LevelWatch, sound: &[f32]| -> Vec<LevelWarning> {
            sound.chunks(333).filter_map(|block| watch.push(block)).collect()
        };
        assert!(told(&mut watch, &tone(32_000, 0.9)).is_empty());
        assert_eq!(told(&mut watch, &tone(48_000, 2.0)), [LevelWarning::Clips]);
        assert!(told(&mut watch, &noise(48_000, -60.0)).is_empty());
        assert_eq!(told(&mut watch, &tone(48_000, 0.5)), [LevelWarning::GoodAgain]);
    }

    #[test]
    fn every_verdict_says_what_to_do() {
        for verdict in [LevelVerdict::Dead, LevelVerdict::Clipped, LevelVerdict::TooLoud, LevelVerdict::Good]
        {
            assert!(verdict.vietnamese().ends_with('.') && !verdict.english().is_empty());
        }
        assert_eq!(LevelWarning::Clips.verdict(), LevelVerdict::Clipped);
    }
}
