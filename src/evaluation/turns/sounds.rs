//! Sound for measuring turns that needs no recording: what is heard where nobody speaks, and speech made harder.
//!
//! Everything is made from a seed and comes out the same every time, mono at [`SAMPLE_RATE`].

use std::f32::consts::TAU;

use crate::audio::SAMPLE_RATE;
use crate::audio::resample::change_rate;

const RATE: usize = SAMPLE_RATE as usize;

/// Chance from a seed (xorshift64).
pub struct Chance(u64);

impl Chance {
    /// Another seed, another sequence.
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    /// From 0 to 1.
    pub fn share(&mut self) -> f32 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 40) as f32 / (1u64 << 24) as f32
    }

    /// From −1 to 1.
    pub fn sample(&mut self) -> f32 {
        self.share() * 2.0 - 1.0
    }

    fn between(&mut self, low: f32, high: f32) -> f32 {
        low + (high - low) * self.share()
    }

    fn one_of(&mut self, of: &[f32]) -> f32 {
        of[(self.share() * of.len() as f32) as usize % of.len()]
    }
}

/// Decibels as a factor of the amplitude.
pub fn gain(db: f32) -> f32 {
    10f32.powf(db / 20.0)
}

/// Root mean square.
pub fn level(samples: &[f32]) -> f32 {
    (samples.iter().map(|s| s * s).sum::<f32>() / samples.len().max(1) as f32).sqrt()
}

/// Brings a sound to a level, root mean square in dB of full scale; digital silence stays.
pub fn at_level(mut sound: Vec<f32>, dbfs: f32) -> Vec<f32> {
    let now = level(&sound);
    if now > 0.0 {
        let factor = gain(dbfs) / now;
        sound.iter_mut().for_each(|s| *s = (*s * factor).clamp(-1.0, 1.0));
    }
    sound
}

/// A recording over and over.
pub fn looped(recording: &[f32], seconds: usize) -> Vec<f32> {
    recording.iter().copied().cycle().take(seconds * RATE).collect()
}

/// Hiss.
pub fn white_noise(seconds: usize, seed: u64) -> Vec<f32> {
    let mut chance = Chance::new(seed);
    (0..seconds * RATE).map(|_| chance.sample()).collect()
}

/// A fan or an air conditioner: noise that falls with the frequency, and the hum of the mains.
pub fn fan(seconds: usize, seed: u64) -> Vec<f32> {
    let mut chance = Chance::new(seed);
    let mut low = 0.0;
    (0..seconds * RATE)
        .map(|n| {
            low += 0.03 * (chance.sample() - low);
            let t = n as f32 / RATE as f32;
            low + 0.05 * (TAU * 50.0 * (t % 1.0)).sin() + 0.02 * (TAU * 150.0 * (t % 1.0)).sin()
        })
        .collect()
}

/// Keys struck in bursts: two clicks a key, a ringing of the case, pauses between words.
pub fn typing(seconds: usize, seed: u64) -> Vec<f32> {
    let mut chance = Chance::new(seed);
    let mut sound = vec![0.0; seconds * RATE];
    let mut at = 0.3;
    while (at as usize) < seconds {
        for _ in 0..(2.0 + 8.0 * chance.share()) as usize {
            let loud = chance.between(0.2, 0.6);
            click(&mut sound, at, loud, &mut chance);
            click(&mut sound, at + chance.between(0.05, 0.09), loud * 0.4, &mut chance);
            at += chance.between(0.08, 0.25);
        }
        at += chance.between(0.2, 2.0);
    }
    sound
}

fn click(sound: &mut [f32], at: f32, loud: f32, chance: &mut Chance) {
    let ring = chance.between(900.0, 3_500.0);
    let begin = (at * RATE as f32) as usize;
    for (n, sample) in sound.iter_mut().skip(begin).take(RATE / 25).enumerate() {
        let t = n as f32 / RATE as f32;
        *sample +=
            loud * (chance.sample() * (-t / 0.003).exp() + 0.5 * (TAU * ring * t).sin() * (-t / 0.006).exp());
    }
}

/// Thuds, coughs of noise and doors: short bursts of shaped noise, far apart.
pub fn thuds(seconds: usize, seed: u64) -> Vec<f32> {
    let mut chance = Chance::new(seed);
    let mut sound = vec![0.0; seconds * RATE];
    let mut at = 0.5;
    while (at as usize) < seconds {
        let (loud, length, colour) =
            (chance.between(0.1, 0.7), chance.between(0.02, 0.12), chance.between(0.02, 0.5));
        let mut low = 0.0;
        for (n, sample) in sound.iter_mut().skip((at * RATE as f32) as usize).take(RATE / 2).enumerate() {
            low += colour * (chance.sample() - low);
            *sample += loud * low * (-(n as f32) / RATE as f32 / length).exp();
        }
        at += chance.between(0.7, 4.0);
    }
    sound
}

/// What plays the music of [`music`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Timbre {
    /// Struck strings: a sharp beginning, partials that die away.
    Piano,
    /// Even partials, held.
    Organ,
    /// Bowed strings: a slow beginning, many partials, vibrato.
    Strings,
    /// Nearly a pure tone with breath and vibrato.
    Flute,
    /// Beats only: a bass drum, a snare, cymbals.
    Drums,
}

impl Timbre {
    /// All of them, with their names.
    pub const ALL: [(&str, Self); 5] = [
        ("piano", Self::Piano),
        ("organ", Self::Organ),
        ("strings", Self::Strings),
        ("flute", Self::Flute),
        ("drums", Self::Drums),
    ];
}

/// A chord a bar, a melody over it, and a beat: nothing that anybody wrote.
pub fn music(seconds: usize, timbre: Timbre, seed: u64) -> Vec<f32> {
    const SCALE: [f32; 5] = [0.0, 2.0, 4.0, 7.0, 9.0];
    let mut chance = Chance::new(seed);
    let mut sound = vec![0.0; seconds * RATE];
    let beat = chance.between(0.4, 0.6);
    let pitch = |step: f32| 220.0 * 2f32.powf(step / 12.0);
    let mut at = 0.0;
    while (at as usize) < seconds {
        if timbre == Timbre::Drums {
            for n in 0..8 {
                drum(&mut sound, at + n as f32 * beat / 2.0, n, &mut chance);
            }
        } else {
            let root = chance.one_of(&SCALE) - 12.0;
            for third in [0.0, 4.0, 7.0] {
                note(&mut sound, at, beat * 4.0, pitch(root + third), 0.1, timbre, &mut chance);
            }
            let mut from = 0.0;
            while from < beat * 4.0 {
                let length = beat * chance.one_of(&[0.5, 1.0, 1.5, 2.0]);
                let high = pitch(chance.one_of(&SCALE) + chance.one_of(&[0.0, 12.0]));
                note(&mut sound, at + from, length, high, 0.25, timbre, &mut chance);
                from += length;
            }
        }
        at += beat * 4.0;
    }
    sound
}

fn note(sound: &mut [f32], at: f32, length: f32, hz: f32, loud: f32, timbre: Timbre, chance: &mut Chance) {
    let partials: &[f32] = match timbre {
        Timbre::Organ => &[1.0, 0.8, 0.0, 0.5, 0.0, 0.0, 0.0, 0.3],
        Timbre::Flute => &[1.0, 0.15, 0.05],
        Timbre::Strings => &[1.0, 0.7, 0.5, 0.4, 0.3, 0.25, 0.2, 0.15, 0.1],
        Timbre::Piano | Timbre::Drums => &[1.0, 0.6, 0.35, 0.2, 0.12, 0.08],
    };
    let (attack, vibrato, breath) = match timbre {
        Timbre::Strings => (0.12, 0.02, 0.0),
        Timbre::Flute => (0.06, 0.015, 0.03),
        Timbre::Organ => (0.02, 0.0, 0.0),
        Timbre::Piano | Timbre::Drums => (0.004, 0.0, 0.0),
    };
    let mut phase = chance.share();
    let begin = (at * RATE as f32) as usize;
    for (n, sample) in sound.iter_mut().skip(begin).take((length * RATE as f32) as usize).enumerate() {
        let t = n as f32 / RATE as f32;
        phase = (phase + hz * (1.0 + vibrato * (TAU * 5.5 * t).sin()) / RATE as f32) % 1.0;
        let held = (t / attack).min(1.0) * ((length - t) / 0.03).clamp(0.0, 1.0);
        let mut tone = 0.0;
        for (k, partial) in partials.iter().enumerate() {
            let number = k as f32 + 1.0;
            let dies = if timbre == Timbre::Piano { (-t * (1.0 + 0.7 * number)).exp() } else { 1.0 };
            if hz * number < RATE as f32 / 2.0 {
                tone += partial * dies * (TAU * phase * number).sin();
            }
        }
        *sample += loud * held * (tone + breath * chance.sample());
    }
}

fn drum(sound: &mut [f32], at: f32, number: usize, chance: &mut Chance) {
    let begin = (at * RATE as f32) as usize;
    for (n, sample) in sound.iter_mut().skip(begin).take(RATE / 4).enumerate() {
        let t = n as f32 / RATE as f32;
        *sample += 0.15 * chance.sample() * (-t / 0.015).exp();
        *sample += match number % 4 {
            0 => 0.6 * (TAU * (45.0 * t + 6.0 * (1.0 - (-t / 0.03).exp()))).sin() * (-t / 0.08).exp(),
            2 => {
                0.4 * chance.sample() * (-t / 0.05).exp() + 0.2 * (TAU * 190.0 * t).sin() * (-t / 0.06).exp()
            }
            _ => 0.0,
        };
    }
}

/// `speech` with noise over it at so many dB of signal to noise (measured over the speech), and `seconds` of the same
/// noise before and after it. Without noise there is silence.
pub fn in_noise(speech: &[f32], noise: Option<(&[f32], f32)>, seconds: f32) -> Vec<f32> {
    let pad = (seconds * RATE as f32) as usize;
    let mut sound = vec![0.0; pad];
    sound.extend_from_slice(speech);
    sound.resize(sound.len() + pad, 0.0);
    if let Some((noise, snr_db)) = noise
        && level(noise) > 0.0
    {
        let factor = level(speech) / level(noise) * gain(-snr_db);
        for (sample, n) in sound.iter_mut().zip(noise.iter().cycle()) {
            *sample = (*sample + n * factor).clamp(-1.0, 1.0);
        }
    }
    sound
}

/// What is left of a sound after a telephone line: sampled at 8 kHz and brought back. Speech that cannot be resampled
/// stays as it is.
pub fn telephone(speech: &[f32]) -> Vec<f32> {
    let narrow = change_rate(speech.to_vec(), SAMPLE_RATE, 8_000);
    narrow.and_then(|narrow| change_rate(narrow, 8_000, SAMPLE_RATE)).unwrap_or_else(|_| speech.to_vec())
}
