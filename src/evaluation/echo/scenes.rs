//! The rooms, devices and talkers that echo cancellation is measured with.

use std::path::Path;

use serde::Serialize;

use super::room::{convolve, drifted, hall_noise, impulse_response, loudspeaker};
use crate::audio::voice_activity::detect;
use crate::audio::{SAMPLE_RATE, Utterance};
use crate::evaluation::EvaluationError;
use crate::evaluation::speech::read_clip;
use crate::evaluation::turns::sounds::{at_level, gain, level};

/// How loud the kiosk's voice is as it is played, and the talker as they are heard: root mean square, dB of full scale.
const VOICE_DBFS: f32 = -20.0;
const TALKER_DBFS: f32 = -26.0;
/// Between two sentences of the kiosk, in samples (0.3 s).
const BETWEEN: usize = SAMPLE_RATE as usize * 3 / 10;

/// Who speaks: clips of the kiosk's voice and of talkers.
#[derive(Debug, Clone)]
pub struct Voices {
    kiosk: Vec<Vec<f32>>,
    talkers: Vec<Vec<f32>>,
}

impl Voices {
    /// Reads clips of the kiosk's voice and of talkers, in any format that is understood.
    ///
    /// # Errors
    /// A clip that cannot be read, and a list in which nobody speaks.
    pub fn read(kiosk: &[impl AsRef<Path>], talkers: &[impl AsRef<Path>]) -> Result<Self, EvaluationError> {
        fn clips(paths: &[impl AsRef<Path>], dbfs: f32) -> Result<Vec<Vec<f32>>, EvaluationError> {
            paths
                .iter()
                .map(|path| Ok(at_level(without_rumble(read_clip(path.as_ref())?.samples()), dbfs)))
                .collect()
        }
        let voices = Self { kiosk: clips(kiosk, VOICE_DBFS)?, talkers: clips(talkers, TALKER_DBFS)? };
        let speaks = |clip: &Vec<f32>| detect(&Utterance::from_samples(clip.clone())).has_speech();
        if voices.kiosk.iter().any(speaks) && voices.talkers.iter().any(speaks) {
            Ok(voices)
        } else {
            Err(EvaluationError::Engine("echoes are measured with a voice of the kiosk and a talker".into()))
        }
    }

    /// The voices of the project's `audio-fixtures`.
    ///
    /// # Errors
    /// A clip that cannot be read.
    pub fn of_fixtures(folder: &Path) -> Result<Self, EvaluationError> {
        Self::read(
            &[folder.join("vi-giay-phep-central.wav")],
            &[folder.join("vi-khai-sinh-16k.wav"), folder.join("vi-nghi-viec-south.wav")],
        )
    }

    /// What the kiosk says: its clips over and over, with short silences.
    pub(super) fn speech(&self, samples: usize, first: usize) -> Vec<f32> {
        let mut speech = Vec::with_capacity(samples);
        for clip in self.kiosk.iter().cycle().skip(first % self.kiosk.len().max(1)) {
            speech.extend_from_slice(clip);
            speech.resize(speech.len() + BETWEEN, 0.0);
            if speech.len() >= samples {
                break;
            }
        }
        speech.truncate(samples);
        speech
    }

    /// The talker with that number; they go round.
    pub(super) fn talker(&self, number: usize) -> &[f32] {
        self.talkers.iter().cycle().nth(number % self.talkers.len().max(1)).map_or(&[], Vec::as_slice)
    }
}

/// Takes off what lies below the voice, so that the level of a clip is the level of its voice: a one-pole high-pass at
/// 120 Hz, three times.
fn without_rumble(sound: &[f32]) -> Vec<f32> {
    let pole = std::f32::consts::TAU * 120.0 / SAMPLE_RATE as f32;
    let mut low = [0.0f32; 3];
    let cut = |sample: f32, low: &mut f32| {
        *low += pole * (sample - *low);
        sample - *low
    };
    sound.iter().map(|&sample| low.iter_mut().fold(sample, cut)).collect()
}

/// One kiosk in one hall.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Scene {
    /// Reverberation time, in seconds.
    pub rt60: f32,
    /// From what is played to what is heard, in milliseconds.
    pub delay_ms: f32,
    /// The echo above the talker, in dB.
    pub echo_db: f32,
    /// The talker above the noise of the hall, in dB.
    pub snr_db: f32,
    /// How far the loudspeaker is driven into its bend: see [`loudspeaker`].
    pub drive: f32,
    /// By how much the loudspeaker's clock is faster than the microphone's, in parts of a million.
    pub drift_ppm: f32,
    /// By how much the delay jumps in the middle, in milliseconds.
    pub jump_ms: f32,
    /// Makes the room and the noise, and chooses the clips.
    pub seed: u64,
    /// Whether the gate's numbers were chosen without this scene.
    pub held_out: bool,
}

/// All scenes, in pairs: the first of each was used to choose the numbers of the gate, the second was not.
pub fn scenes() -> Vec<Scene> {
    // rt60, delay, echo, noise, drive, drift, jump
    const ALL: [[f32; 7]; 22] = [
        [0.3, 30.0, -10.0, 35.0, 0.3, 0.0, 0.0],
        [0.3, 50.0, -8.0, 35.0, 0.5, 0.0, 0.0],
        [0.3, 60.0, -20.0, 15.0, 1.0, 0.0, 0.0],
        [0.3, 90.0, -16.0, 15.0, 0.7, 0.0, 0.0],
        [0.3, 120.0, -6.0, 20.0, 0.5, 0.0, 0.0],
        [0.3, 150.0, -6.0, 25.0, 0.7, 0.0, 0.0],
        [0.6, 30.0, -12.0, 25.0, 0.5, 0.0, 0.0],
        [0.6, 40.0, -10.0, 20.0, 0.5, 0.0, 0.0],
        [0.6, 100.0, -6.0, 30.0, 0.5, 0.0, 0.0],
        [0.6, 80.0, -6.0, 35.0, 0.7, 0.0, 0.0],
        [0.6, 150.0, -6.0, 20.0, 0.5, 0.0, 0.0],
        [0.6, 130.0, -8.0, 15.0, 1.0, 0.0, 0.0],
        [0.6, 60.0, -6.0, 25.0, 0.5, 100.0, 0.0],
        [0.3, 70.0, -6.0, 25.0, 0.5, -100.0, 0.0],
        [0.6, 60.0, -6.0, 25.0, 0.5, 0.0, 40.0],
        [0.3, 100.0, -8.0, 30.0, 0.5, 0.0, -40.0],
        [0.3, 80.0, 0.0, 25.0, 0.5, 0.0, 0.0],
        [0.6, 60.0, 0.0, 25.0, 0.7, 0.0, 0.0],
        [0.6, 100.0, 6.0, 20.0, 0.7, 0.0, 0.0],
        [0.3, 60.0, 6.0, 25.0, 0.5, 0.0, 0.0],
        // So still that the echo is all there is to be taken out.
        [0.3, 40.0, -10.0, 60.0, 0.5, 0.0, 0.0],
        [0.6, 90.0, -6.0, 60.0, 0.5, 0.0, 0.0],
    ];
    let scene = |(n, of): (usize, [f32; 7])| {
        let [rt60, delay_ms, echo_db, snr_db, drive, drift_ppm, jump_ms] = of;
        let (seed, held_out) = (n as u64 + 1, n % 2 == 1);
        Scene { rt60, delay_ms, echo_db, snr_db, drive, drift_ppm, jump_ms, seed, held_out }
    };
    ALL.into_iter().enumerate().map(scene).collect()
}

/// What is played and what is heard of it, and the hall.
pub(super) struct Sounds {
    /// As the loudspeaker takes it, by its own clock.
    pub played: Vec<f32>,
    /// As the microphone hears it.
    pub echo: Vec<f32>,
    /// The noise of the hall at the microphone.
    pub noise: Vec<f32>,
}

impl Scene {
    /// The kiosk says `speech` here.
    pub(super) fn sounds(&self, speech: Vec<f32>) -> Sounds {
        let seed = self.seed;
        let through_air = drifted(&loudspeaker(&speech, self.drive), self.drift_ppm);
        let mut echo = convolve(&through_air, &impulse_response(self.rt60, self.delay_ms, seed));
        if self.jump_ms != 0.0 {
            let response = impulse_response(self.rt60, self.delay_ms + self.jump_ms, seed);
            let later = convolve(&through_air, &response);
            let half = echo.len() / 2;
            echo.splice(half.., later.into_iter().skip(half));
        }
        let factor = gain(TALKER_DBFS + self.echo_db) / level(&echo).max(f32::MIN_POSITIVE);
        echo.iter_mut().for_each(|s| *s *= factor);
        let factor = gain(TALKER_DBFS - self.snr_db);
        let noise = hall_noise(echo.len(), seed + 1_000).into_iter().map(|s| s * factor).collect();
        Sounds { played: speech, echo, noise }
    }

    /// How many samples the loudspeaker has taken when the microphone has brought `heard`.
    pub(super) fn played_by(&self, heard: usize) -> usize {
        (heard as f64 * (1.0 + f64::from(self.drift_ppm) * 1e-6)) as usize
    }
}
