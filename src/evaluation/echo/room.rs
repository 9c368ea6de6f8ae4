//! A hall, made from a seed: what a loudspeaker, the air and a device's clock do to the kiosk's voice before the
//! microphone hears it.

use realfft::RealFftPlanner;
use realfft::num_complex::Complex32;

use crate::audio::SAMPLE_RATE;
use crate::evaluation::turns::sounds::{Chance, gain, level};

const RATE: f32 = SAMPLE_RATE as f32;
/// The reverberation begins so long after the direct sound, in seconds.
const TAIL_BEGINS: f32 = 0.002;
/// The direct sound is so much stronger than all the reverberation together, in dB: microphone and loudspeaker stand
/// in the same case, half a metre apart.
const DIRECT_TO_TAIL_DB: f32 = 3.0;
/// Taps to either side of the filter that reads between samples.
const TAPS: isize = 16;

/// From the loudspeaker to the microphone.
///
/// The direct sound comes after `delay_ms` (devices, drivers and air together); noise follows that falls by 60 dB in
/// `rt60` seconds. The sum of the squares is 1.
pub fn impulse_response(rt60: f32, delay_ms: f32, seed: u64) -> Vec<f32> {
    let mut chance = Chance::new(seed);
    let delay = (delay_ms / 1000.0 * RATE) as usize;
    let mut tail: Vec<f32> = (0..(rt60 * RATE) as usize)
        .map(|n| {
            let t = n as f32 / RATE;
            if t < TAIL_BEGINS { 0.0 } else { chance.sample() * 10f32.powf(-3.0 * t / rt60) }
        })
        .collect();
    let power = tail.iter().map(|s| s * s).sum::<f32>().max(f32::MIN_POSITIVE);
    let factor = gain(-DIRECT_TO_TAIL_DB) / power.sqrt();
    tail.iter_mut().for_each(|s| *s *= factor);
    if let Some(direct) = tail.first_mut() {
        *direct = 1.0;
    }
    let whole = (1.0 + gain(-DIRECT_TO_TAIL_DB).powi(2)).sqrt();
    tail.iter_mut().for_each(|s| *s /= whole);
    let mut response = vec![0.0; delay];
    response.extend(tail);
    response
}

/// A sound as it is behind a response, cut to its own length.
pub fn convolve(sound: &[f32], response: &[f32]) -> Vec<f32> {
    let size = (sound.len() + response.len()).next_power_of_two();
    let mut planner = RealFftPlanner::<f32>::new();
    let (forward, back) = (planner.plan_fft_forward(size), planner.plan_fft_inverse(size));
    let spectrum_of = |samples: &[f32]| -> Vec<Complex32> {
        let mut padded = samples.to_vec();
        padded.resize(size, 0.0);
        let mut spectrum = forward.make_output_vec();
        // The lengths are those that the transform asks for, so that it cannot fail.
        let _ = forward.process(&mut padded, &mut spectrum);
        spectrum
    };
    let mut product = spectrum_of(sound);
    for (bin, other) in product.iter_mut().zip(spectrum_of(response)) {
        *bin *= other / size as f32;
    }
    let mut out = back.make_output_vec();
    // The first and the last bin of two real signals are real but for rounding, which the transform complains of.
    if let Some(first) = product.first_mut() {
        first.im = 0.0;
    }
    if let Some(last) = product.last_mut() {
        last.im = 0.0;
    }
    let _ = back.process(&mut product, &mut out);
    out.truncate(sound.len());
    out
}

/// A small loudspeaker driven hard: `drive` is how far its peaks reach into the bend of the tangent; 0 is linear.
pub fn loudspeaker(sound: &[f32], drive: f32) -> Vec<f32> {
    let peak = sound.iter().fold(0.0f32, |peak, s| peak.max(s.abs()));
    if drive <= 0.0 || peak <= 0.0 {
        return sound.to_vec();
    }
    let into = drive / peak;
    sound.iter().map(|s| (s * into).tanh() / into).collect()
}

/// The sound as a device hears it whose clock is slower by `ppm` parts in a million than that of the device that
/// plays it: it comes faster. By a windowed sinc.
pub fn drifted(sound: &[f32], ppm: f32) -> Vec<f32> {
    if ppm == 0.0 {
        return sound.to_vec();
    }
    let step = 1.0 + f64::from(ppm) * 1e-6;
    let count = (sound.len() as f64 / step) as usize;
    (0..count)
        .map(|n| {
            let place = n as f64 * step;
            let (whole, part) = (place.floor() as isize, place.fract() as f32);
            (1 - TAPS..=TAPS)
                .map(|k| {
                    let sample = usize::try_from(whole + k).ok().and_then(|at| sound.get(at));
                    sample.copied().unwrap_or(0.0) * windowed_sinc(k as f32 - part)
                })
                .sum()
        })
        .collect()
}

fn windowed_sinc(x: f32) -> f32 {
    let angle = std::f32::consts::PI * x;
    let sinc = if x.abs() < 1e-6 { 1.0 } else { angle.sin() / angle };
    let window = 0.5 + 0.5 * (angle / TAPS as f32).cos();
    if x.abs() >= TAPS as f32 { 0.0 } else { sinc * window }
}

/// The hall without a voice near by: noise that falls by 3 dB an octave (a sum of slower and slower noises), at 1.0
/// root mean square.
pub fn hall_noise(samples: usize, seed: u64) -> Vec<f32> {
    const POLES: [f32; 5] = [0.6, 0.2, 0.06, 0.02, 0.006];
    let mut chance = Chance::new(seed);
    let mut low = [0.0f32; POLES.len()];
    let mut noise: Vec<f32> = (0..samples)
        .map(|_| {
            let white = chance.sample();
            low.iter_mut().zip(POLES).for_each(|(state, pole)| *state += pole * (white - *state));
            // A slower filter lets less through; this makes the parts equally loud.
            low.iter().zip(POLES).map(|(state, pole)| state / pole.sqrt()).sum()
        })
        .collect();
    let factor = 1.0 / level(&noise).max(f32::MIN_POSITIVE);
    noise.iter_mut().for_each(|s| *s *= factor);
    noise
}

#[cfg(test)]
mod tests {
    use std::f32::consts::TAU;

    use super::*;

    fn tone(hz: f32, samples: usize) -> Vec<f32> {
        (0..samples).map(|n| (TAU * hz * n as f32 / RATE).sin()).collect()
    }

    #[test]
    fn a_response_has_its_delay_its_decay_and_a_sum_of_one() {
        let response = impulse_response(0.6, 50.0, 1);
        assert!(response[..800].iter().all(|s| *s == 0.0) && response[800] > 0.5);
        assert!((response.iter().map(|s| s * s).sum::<f32>() - 1.0).abs() < 1e-3);
        // A tenth of a second takes 10 dB of the 60 that 0.6 s take.
        let (early, late) = (level(&response[1_600..3_200]), level(&response[3_200..4_800]));
        let fall = 20.0 * (early / late).log10();
        assert!((fall - 10.0).abs() < 1.0, "{fall}");
    }

    #[test]
    fn convolving_with_a_late_impulse_is_waiting() {
        let sound = tone(300.0, 1_000);
        let mut late = vec![0.0; 40];
        late.push(0.5);
        let out = convolve(&sound, &late);
        assert_eq!(out.len(), sound.len());
        assert!(out[..40].iter().all(|s| s.abs() < 1e-4));
        assert!(out[40..].iter().zip(&sound).all(|(o, s)| (o - s / 2.0).abs() < 1e-4));
    }

    #[test]
    fn a_slow_clock_raises_the_pitch_and_nothing_else() {
        let heard = drifted(&tone(1_000.0, 16_000), 10_000.0);
        let wanted = tone(1_010.0, heard.len());
        let middle = 100..heard.len() - 100;
        assert!(heard[middle.clone()].iter().zip(&wanted[middle]).all(|(a, b)| (a - b).abs() < 0.01));
        assert_eq!(drifted(&wanted, 0.0), wanted);
    }

    #[test]
    fn a_driven_loudspeaker_bends_peaks_and_leaves_what_is_soft() {
        let sound = tone(500.0, 640);
        let driven = loudspeaker(&sound, 1.0);
        let peak = |of: &[f32]| of.iter().fold(0.0f32, |peak, s| peak.max(s.abs()));
        assert!((peak(&driven) - 1f32.tanh()).abs() < 0.01);
        assert!((driven[1] - sound[1]).abs() < 0.02);
        assert_eq!(loudspeaker(&sound, 0.0), sound);
    }

    #[test]
    fn noise_of_a_hall_is_deeper_than_white_noise() {
        let noise = hall_noise(160_000, 1);
        assert!((level(&noise) - 1.0).abs() < 1e-3);
        let steps: Vec<f32> = noise.windows(2).map(|w| w[1] - w[0]).collect();
        // Of white noise it is the square root of two.
        assert!(level(&steps) < 0.9, "{}", level(&steps));
    }
}
