//! Whether the microphone hears the loudspeaker: plays a sweep, records it, and says how late, how clear and how loud it
//! came back.

use std::time::{Duration, Instant};

use realfft::RealFftPlanner;
use serde::Serialize;

use super::{Block, DEVICE_STALL, DeviceError, KeptLoudspeaker, KeptMicrophone};
use crate::audio::SAMPLE_RATE;
use crate::audio::level::{KioskLevel, LevelVerdict};

/// The noise of the hall is listened to for so long before the sweep.
const BEFORE: Duration = Duration::from_secs(1);
/// How long the sweep is, in samples (1 s).
const SWEEP: usize = SAMPLE_RATE as usize;
/// From where to where it goes, in Hz.
const SWEEP_HZ: (f64, f64) = (200.0, 7_000.0);
/// Its peak: loud enough for a hall, and no fright (−12 dBFS).
const SWEEP_PEAK: f64 = 0.25;
/// It begins and ends softly, in samples (20 ms).
const SWEEP_FADE: usize = SAMPLE_RATE as usize / 50;
/// Later than this nothing is waited for.
const LONGEST_DELAY: Duration = Duration::from_secs(2);
/// The correlation must stand out from its median by this factor. That of noise with the sweep reaches 7 or so.
const STANDS_OUT: f32 = 14.0;
/// Less than this, in dB, and a voice beside the loudspeaker is not told from noise.
const NOISY_DB: f64 = 10.0;
/// More is not told: it is the quiet of a digital loop, not of a hall.
const BEST_DB: f64 = 96.0;
/// More delay than this, in milliseconds, and an echo canceller does not find the echo.
const LATE_MS: f64 = 500.0;

/// What the self-test comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SelfTestVerdict {
    /// The microphone brings nothing at all.
    MicrophoneDead,
    /// It hears something, but not the loudspeaker.
    NoSound,
    /// It hears it, cut off.
    Clipped,
    /// It hears it, but hardly above the noise.
    Noisy,
    /// It hears it very late.
    Late,
    /// All is well.
    Good,
}

/// What was measured.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct SelfTest {
    /// From giving the sweep to the loudspeaker to having it back from the microphone, in milliseconds, all buffers included;
    /// null where it did not come back.
    pub delay_ms: Option<f64>,
    /// How much stronger the sweep is than the noise before it, in dB, at most 96; null where it did not come back.
    pub signal_to_noise_db: Option<f64>,
    /// How loud it came back, in dBFS; null where it did not.
    pub heard_dbfs: Option<f64>,
    /// The noise of the hall, in dBFS; −120 for digital silence.
    pub noise_dbfs: f64,
    /// The share of samples that are cut off, 0.0 to 1.0.
    pub clipped_share: f64,
    /// What it comes to.
    pub verdict: SelfTestVerdict,
}

impl SelfTestVerdict {
    /// What to do, for whoever sets the kiosk up.
    pub fn vietnamese(self) -> &'static str {
        match self {
            Self::MicrophoneDead => {
                "Micrô không có tín hiệu. Xin kiểm tra dây nối, công tắc tắt tiếng và tên micrô trong cấu hình."
            }
            Self::NoSound => {
                "Micrô không nghe thấy loa. Xin kiểm tra nguồn, dây nối, âm lượng và tên loa trong cấu hình."
            }
            Self::Clipped => "Micrô nghe thấy loa nhưng âm thanh bị vỡ. Xin giảm âm lượng loa hoặc mức thu.",
            Self::Noisy => {
                "Micrô nghe thấy loa rất nhỏ so với tiếng ồn. Xin tăng âm lượng loa hoặc mức thu, hoặc bớt tiếng ồn."
            }
            Self::Late => {
                "Âm thanh từ loa đến micrô quá trễ. Xin dùng loa và micrô có dây và giảm bộ đệm âm thanh của hệ thống."
            }
            Self::Good => "Micrô và loa hoạt động tốt.",
        }
    }

    /// The same for engineers.
    pub fn english(self) -> &'static str {
        match self {
            Self::MicrophoneDead => {
                "the microphone brings nothing; check the cable, the mute switch and the configured name"
            }
            Self::NoSound => {
                "no sound arrives from the loudspeaker; check its power, cable, volume and the configured name"
            }
            Self::Clipped => "the sound arrives cut off; lower the loudspeaker or the recording level",
            Self::Noisy => {
                "the sound hardly rises above the noise; raise the loudspeaker or the recording level, or quieten the hall"
            }
            Self::Late => {
                "the sound arrives very late; use wired devices and a shorter buffer of the sound system"
            }
            Self::Good => "the microphone hears the loudspeaker well",
        }
    }
}

/// Plays the sweep and listens: 4 s. Whatever else is played meanwhile spoils it.
///
/// # Errors
/// Where either device is lost.
pub async fn self_test(
    microphone: &KeptMicrophone,
    loudspeaker: &KeptLoudspeaker,
) -> Result<SelfTest, DeviceError> {
    let sweep = sweep();
    let mut taken = loudspeaker.taken();
    let begun = tokio::time::timeout(DEVICE_STALL, taken.recv()).await;
    begun.ok().flatten().ok_or_else(|| DeviceError::Lost("the loudspeaker takes nothing".to_owned()))?;
    let mut blocks = microphone.blocks();
    let mut recording = Recording::default();
    let begin = Instant::now();
    let deadline = begin + Duration::from_secs(10);
    let mut played = None;
    loop {
        let lost = || DeviceError::Lost("the microphone brings nothing".to_owned());
        let block = tokio::time::timeout_at(deadline.into(), blocks.recv()).await;
        recording.push(&block.map_err(|_| lost())?.ok_or_else(lost)?);
        match played {
            None if begin.elapsed() >= BEFORE => {
                let pcm: Vec<i16> = sweep.iter().map(|s| (s * f32::from(i16::MAX)) as i16).collect();
                played = Some(Instant::now());
                loudspeaker.play(SAMPLE_RATE, &pcm)?;
                loudspeaker.end();
            }
            Some(at) if at.elapsed() >= LONGEST_DELAY + Duration::from_secs(1) => {
                return Ok(judge(&recording.samples, recording.place_of(at), &sweep));
            }
            _ => {}
        }
    }
}

/// What was heard, and when its samples came.
#[derive(Default)]
struct Recording {
    samples: Vec<f32>,
    /// How many there were at a moment.
    moments: Vec<(Instant, usize)>,
}

impl Recording {
    fn push(&mut self, block: &Block) {
        self.samples.extend_from_slice(&block.samples);
        self.moments.push((block.at, self.samples.len()));
    }

    /// How many samples had come at a moment, between two blocks by the time that had passed.
    fn place_of(&self, moment: Instant) -> usize {
        let before = self.moments.iter().rev().find(|(at, _)| *at <= moment);
        before.map_or(0, |(at, count)| {
            count + (moment.saturating_duration_since(*at).as_secs_f64() * f64::from(SAMPLE_RATE)) as usize
        })
    }
}

/// An exponential sweep: the same energy in every octave, and like nothing that a hall is full of.
fn sweep() -> Vec<f32> {
    let (low, high) = SWEEP_HZ;
    let (length, octaves) = (SWEEP as f64, (high / low).ln());
    (0..SWEEP)
        .map(|n| {
            let edge = n.min(SWEEP - 1 - n);
            let fade = (edge as f64 / SWEEP_FADE as f64).min(1.0);
            let turns =
                low * length / octaves / f64::from(SAMPLE_RATE) * ((n as f64 / length * octaves).exp() - 1.0);
            ((turns * std::f64::consts::TAU).sin() * SWEEP_PEAK * fade) as f32
        })
        .collect()
}

/// Looks for the sweep in what was heard; it was given to the loudspeaker at sample `given`.
fn judge(heard: &[f32], given: usize, sweep: &[f32]) -> SelfTest {
    let given = given.min(heard.len());
    let (before, after) = heard.split_at(given);
    let noise = KioskLevel::of(before);
    let noise_power = power(before);
    let all = KioskLevel::of(heard);
    let none = SelfTest {
        delay_ms: None,
        signal_to_noise_db: None,
        heard_dbfs: None,
        noise_dbfs: noise.noise_floor_dbfs,
        clipped_share: all.clipped_share,
        verdict: if all.verdict == LevelVerdict::Dead {
            SelfTestVerdict::MicrophoneDead
        } else {
            SelfTestVerdict::NoSound
        },
    };
    let Some(late) = lag_of(after, sweep) else { return none };
    let window = after.get(late..(late + sweep.len()).min(after.len())).unwrap_or_default();
    let signal = (power(window) - noise_power).max(0.0);
    let signal_to_noise_db =
        if noise_power > 0.0 { (10.0 * (signal / noise_power).log10()).min(BEST_DB) } else { BEST_DB };
    let clipped_share = KioskLevel::of(window).clipped_share;
    let delay_ms = late as f64 * 1e3 / f64::from(SAMPLE_RATE);
    let verdict = if clipped_share > 0.01 {
        SelfTestVerdict::Clipped
    } else if signal_to_noise_db < NOISY_DB {
        SelfTestVerdict::Noisy
    } else if delay_ms > LATE_MS {
        SelfTestVerdict::Late
    } else {
        SelfTestVerdict::Good
    };
    SelfTest {
        delay_ms: Some(delay_ms),
        signal_to_noise_db: Some(signal_to_noise_db),
        heard_dbfs: Some((10.0 * signal.log10()).max(-120.0)),
        clipped_share,
        verdict,
        ..none
    }
}

fn power(samples: &[f32]) -> f64 {
    samples.iter().map(|&s| f64::from(s).powi(2)).sum::<f64>() / samples.len().max(1) as f64
}

/// Where in `heard` the sweep begins, by cross-correlation; null where no place stands out.
fn lag_of(heard: &[f32], sweep: &[f32]) -> Option<usize> {
    let size = (heard.len() + sweep.len()).next_power_of_two();
    let mut planner = RealFftPlanner::<f32>::new();
    let (forward, back) = (planner.plan_fft_forward(size), planner.plan_fft_inverse(size));
    let spectrum = |samples: &[f32]| {
        let mut padded = samples.to_vec();
        padded.resize(size, 0.0);
        let mut out = forward.make_output_vec();
        forward.process(&mut padded, &mut out).ok().map(|()| out)
    };
    let mut product = spectrum(heard)?;
    for (value, other) in product.iter_mut().zip(spectrum(sweep)?) {
        *value *= other.conj();
    }
    // These two are real, but for rounding, which the transform would refuse.
    for end in [0, size / 2] {
        if let Some(value) = product.get_mut(end) {
            value.im = 0.0;
        }
    }
    let mut correlation = back.make_output_vec();
    back.process(&mut product, &mut correlation).ok()?;
    // Later than this, not all of the sweep would be there.
    correlation.truncate((heard.len() + 1).saturating_sub(sweep.len()));
    let strength: Vec<f32> = correlation.iter().map(|value| value.abs()).collect();
    let (lag, peak) = strength.iter().copied().enumerate().max_by(|(_, a), (_, b)| a.total_cmp(b))?;
    let mut sorted = strength;
    sorted.sort_by(f32::total_cmp);
    let median = sorted.get(sorted.len() / 2).copied()?;
    (peak > 0.0 && peak.is_finite() && peak > STANDS_OUT * median).then_some(lag)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn noise(samples: usize, peak: f32, seed: u64) -> Vec<f32> {
        let mut state = seed;
        (0..samples)
            .map(|_| {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                ((state >> 33) as f32 / (1u32 << 30) as f32 - 1.0) * peak
            })
            .collect()
    }

    /// What a microphone hears of a sweep given at 1 s, so late and so loud.
    fn heard(late: usize, gain: f32, noise_peak: f32) -> Vec<f32> {
        let mut heard = noise(64_000, noise_peak, 7);
        for (n, sample) in sweep().into_iter().enumerate() {
            let place = &mut heard[16_000 + late + n];
            *place = (*place + sample * gain).clamp(-1.0, 1.0);
        }
        heard
    }

    #[test]
    fn the_delay_and_the_noise_are_found() {
        for late in [0, 400, 1_601, 4_000] {
            let test = judge(&heard(late, 0.5, 0.01), 16_000, &sweep());
            assert!((test.delay_ms.unwrap() - late as f64 / 16.0).abs() < 0.1, "{late} {test:?}");
            // A sweep of peak 0.125 against noise of peak 0.01: −21.1 − (−44.8) dB.
            assert!((test.signal_to_noise_db.unwrap() - 23.5).abs() < 1.0, "{test:?}");
            assert!((test.heard_dbfs.unwrap() + 21.2).abs() < 0.5, "{test:?}");
            assert_eq!(test.verdict, SelfTestVerdict::Good);
        }
    }

    #[test]
    fn what_is_wrong_is_told() {
        let late = judge(&heard(12_000, 0.5, 0.01), 16_000, &sweep());
        assert_eq!(late.verdict, SelfTestVerdict::Late);
        let noisy = judge(&heard(800, 0.02, 0.01), 16_000, &sweep());
        assert_eq!(noisy.verdict, SelfTestVerdict::Noisy);
        assert!((noisy.delay_ms.unwrap() - 50.0).abs() < 0.2, "{noisy:?}");
        let clipped = judge(&heard(800, 9.0, 0.01), 16_000, &sweep());
        assert_eq!(clipped.verdict, SelfTestVerdict::Clipped);
        assert!(clipped.clipped_share > 0.3, "{clipped:?}");
    }

    #[test]
    fn without_a_loudspeaker_no_delay_is_made_up() {
        for seed in 1..20 {
            let test = judge(&noise(64_000, 0.05, seed), 16_000, &sweep());
            assert_eq!((test.delay_ms, test.verdict), (None, SelfTestVerdict::NoSound), "{seed} {test:?}");
        }
        let dead = judge(&[0.0; 64_000], 16_000, &sweep());
        assert_eq!((dead.delay_ms, dead.verdict), (None, SelfTestVerdict::MicrophoneDead));
        // A hum, and a click.
        let hum: Vec<f32> = (0..64_000).map(|n| (n as f32 * 0.0196).sin() * 0.3).collect();
        assert_eq!(judge(&hum, 16_000, &sweep()).verdict, SelfTestVerdict::NoSound);
        assert_eq!(judge(&[], 16_000, &sweep()).verdict, SelfTestVerdict::MicrophoneDead);
    }

    #[test]
    fn the_place_of_a_moment_is_found_between_two_blocks() {
        let start = Instant::now();
        let at = |ms| start + Duration::from_millis(ms);
        let mut recording = Recording::default();
        assert_eq!(recording.place_of(start), 0);
        for n in 1..=3 {
            recording.push(&Block { samples: [0.0; 320].into(), at: at(20 * n) });
        }
        assert_eq!(recording.place_of(at(40)), 640);
        assert_eq!(recording.place_of(at(50)), 800);
        assert_eq!(recording.place_of(at(10)), 0);
    }

    #[test]
    fn every_verdict_says_what_to_do() {
        use SelfTestVerdict::*;
        for verdict in [MicrophoneDead, NoSound, Clipped, Noisy, Late, Good] {
            assert!(verdict.vietnamese().ends_with('.') && !verdict.english().is_empty());
        }
        assert!(NoSound.english().starts_with("no sound arrives"));
    }
}
