//! Any rate and channel count to mono at [`SAMPLE_RATE`].

use audioadapter_buffers::direct::InterleavedSlice;
use rubato::{Fft, FixedSync, Resampler};

use super::{AudioError, SAMPLE_RATE, Utterance};

/// Rates outside these bounds, in Hz, are no sound that a person recorded.
pub const RATES: std::ops::RangeInclusive<u32> = 4_000..=384_000;
/// The longest transform that converts the rate of a stream, in samples of it: an odd rate, such as 383,999 Hz, would need one
/// of a whole second, with all its tables. 44.1 kHz needs 441.
const MAX_TRANSFORM: u32 = 4_000;
/// Frames the resampler takes at a time.
const CHUNK_FRAMES: usize = 1024;

/// The mean of the channels of interleaved samples. A dead channel, one of nothing but zeros, is left out, so that it
/// does not halve the level.
pub fn downmix(interleaved: &[f32], channels: usize) -> Vec<f32> {
    match channels {
        0 => Vec::new(),
        1 => interleaved.to_vec(),
        _ => {
            let lives =
                |channel: usize| interleaved.iter().skip(channel).step_by(channels).any(|&s| s != 0.0);
            let living = (0..channels).filter(|&channel| lives(channel)).count().max(1);
            let mean = |frame: &[f32]| frame.iter().sum::<f32>() / living as f32;
            interleaved.chunks_exact(channels).map(mean).collect()
        }
    }
}

/// Mono samples at `rate` Hz become an utterance at 16 kHz; the length in time stays.
pub fn to_utterance(mono: Vec<f32>, rate: u32) -> Result<Utterance, AudioError> {
    if mono.is_empty() {
        return Err(AudioError::NoSamples);
    }
    Ok(Utterance::from_samples(change_rate(mono, rate, SAMPLE_RATE)?))
}

/// Mono samples at `from` Hz become samples at `to` Hz.
pub fn change_rate(mono: Vec<f32>, from: u32, to: u32) -> Result<Vec<f32>, AudioError> {
    if from == to || mono.is_empty() {
        return Ok(mono);
    }
    for rate in [from, to] {
        if !RATES.contains(&rate) {
            return Err(AudioError::Corrupt(format!("a sample rate of {rate} Hz")));
        }
    }
    let failed = |e: &dyn std::fmt::Display| AudioError::Corrupt(format!("it cannot be resampled: {e}"));
    // What is not finite would spread over its neighbours.
    let clean: Vec<f32> = mono.into_iter().map(|s| if s.is_finite() { s } else { 0.0 }).collect();
    let frames = clean.len();
    let mut resampler = Fft::<f32>::new(from as usize, to as usize, CHUNK_FRAMES, 1, FixedSync::Input)
        .map_err(|e| failed(&e))?;
    let input = InterleavedSlice::new(&clean, 1, frames).map_err(|e| failed(&e))?;
    let output = resampler.process_all(&input, frames, None).map_err(|e| failed(&e))?;
    Ok(output.take_data())
}

/// The same for a stream, block by block. What comes out is late by the resampler's own delay and by what fills no whole
/// chunk of 1,024 frames yet.
pub struct StreamResampler {
    /// Null where the rates are the same.
    resampler: Option<Fft<f32>>,
    waiting: Vec<f32>,
}

impl StreamResampler {
    /// For mono samples at `from` Hz that become samples at `to` Hz.
    ///
    /// # Errors
    /// Where a rate is none that a person recorded at, or so odd that it would need a transform of a whole second.
    pub fn new(from: u32, to: u32) -> Result<Self, AudioError> {
        if from == to {
            return Ok(Self { resampler: None, waiting: Vec::new() });
        }
        if let Some(rate) = [from, to].into_iter().find(|rate| !RATES.contains(rate)) {
            return Err(AudioError::Corrupt(format!("a sample rate of {rate} Hz")));
        }
        if from / greatest_common_divisor(from, to) > MAX_TRANSFORM {
            return Err(AudioError::Corrupt(format!("a sample rate of {from} Hz")));
        }
        let resampler = Fft::<f32>::new(from as usize, to as usize, CHUNK_FRAMES, 1, FixedSync::Input)
            .map_err(|e| AudioError::Corrupt(format!("it cannot be resampled: {e}")))?;
        Ok(Self { resampler: Some(resampler), waiting: Vec::new() })
    }

    /// Takes the next samples, and gives what is ready.
    ///
    /// # Errors
    /// Where the resampler fails, which a stream of finite length cannot make it do.
    pub fn push(&mut self, mono: &[f32]) -> Result<Vec<f32>, AudioError> {
        let Some(resampler) = &mut self.resampler else { return Ok(mono.to_vec()) };
        let failed = |e: &dyn std::fmt::Display| AudioError::Corrupt(format!("it cannot be resampled: {e}"));
        self.waiting.extend(mono.iter().map(|s| if s.is_finite() { *s } else { 0.0 }));
        let (mut out, mut used) = (Vec::new(), 0);
        loop {
            let wanted = resampler.input_frames_next();
            let Some(chunk) = self.waiting.get(used..used + wanted) else { break };
            let input = InterleavedSlice::new(chunk, 1, wanted).map_err(|e| failed(&e))?;
            out.extend(resampler.process(&input, None).map_err(|e| failed(&e))?.take_data());
            used += wanted;
        }
        self.waiting.drain(..used);
        Ok(out)
    }

    /// Gives what has not come out yet, when no more samples come; a little silence follows it.
    ///
    /// # Errors
    /// As [`StreamResampler::push`].
    pub fn finish(mut self) -> Result<Vec<f32>, AudioError> {
        let Some(resampler) = &self.resampler else { return Ok(Vec::new()) };
        // Silence fills up the chunk that waits, and drives out what the delay holds back.
        let chunk = resampler.input_frames_next();
        let late = resampler.output_delay().div_ceil(resampler.output_frames_next().max(1));
        let silence = chunk - self.waiting.len() % chunk + late * chunk;
        self.push(&vec![0.0; silence])
    }
}

fn greatest_common_divisor(a: u32, b: u32) -> u32 {
    if b == 0 { a } else { greatest_common_divisor(b, a % b) }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The share of the energy at `hz`, by the Goertzel recurrence.
    fn tone_share(samples: &[f32], hz: f64) -> f64 {
        let w = 2.0 * std::f64::consts::PI * hz / f64::from(SAMPLE_RATE);
        let (mut s1, mut s2) = (0.0, 0.0);
        for &x in samples {
            (s1, s2) = (f64::from(x) + 2.0 * w.cos() * s1 - s2, s1);
        }
        let power = s1 * s1 + s2 * s2 - 2.0 * w.cos() * s1 * s2;
        let energy: f64 = samples.iter().map(|&x| f64::from(x).powi(2)).sum();
        2.0 * power / (energy * samples.len() as f64)
    }

    #[test]
    fn a_tone_keeps_its_pitch_and_its_length() {
        for rate in [8_000, 11_025, 22_050, 44_100, 48_000, 96_000] {
            let tone: Vec<f32> = (0..rate)
                .map(|n| (2.0 * std::f32::consts::PI * 440.0 * n as f32 / rate as f32).sin() * 0.5)
                .collect();
            let utterance = to_utterance(tone, rate).unwrap();
            assert!((utterance.seconds() - 1.0).abs() < 0.01, "{rate}: {}", utterance.seconds());
            let share = tone_share(&utterance.samples()[1000..15_000], 440.0);
            assert!(share > 0.95, "{rate} Hz: {share}");
        }
    }

    #[test]
    fn odd_input_is_refused_or_survives() {
        assert_eq!(to_utterance(vec![], 8_000), Err(AudioError::NoSamples));
        assert!(matches!(to_utterance(vec![0.0; 10], 1), Err(AudioError::Corrupt(_))));
        assert!(to_utterance(vec![f32::NAN], 44_100).is_ok());
        assert_eq!(downmix(&[1.0, 0.0, 0.5, 0.5], 2), [0.5, 0.5]);
        assert_eq!(downmix(&[1.0, 0.0, 0.5, 0.0], 2), [1.0, 0.5], "a dead channel");
        assert_eq!(downmix(&[0.0; 4], 2), [0.0; 2]);
        assert!(downmix(&[1.0], 0).is_empty());
    }

    #[test]
    fn a_stream_becomes_what_the_whole_becomes() {
        let tone: Vec<f32> = (0..48_000)
            .map(|n| (2.0 * std::f32::consts::PI * 440.0 * n as f32 / 48_000.0).sin() * 0.5)
            .collect();
        let mut stream = StreamResampler::new(48_000, SAMPLE_RATE).unwrap();
        let out: Vec<f32> = tone.chunks(441).flat_map(|block| stream.push(block).unwrap()).collect();
        assert!((15_000..=16_000).contains(&out.len()), "{}", out.len());
        assert!(tone_share(&out[1000..14_000], 440.0) > 0.95);
        // The end of it comes out as well, whatever the rates.
        for rate in [8_000, 11_025, 44_100, 48_000] {
            let mut stream = StreamResampler::new(rate, SAMPLE_RATE).unwrap();
            let mut click = vec![0.0; 5_003];
            click.extend([0.9; 40]);
            let mut out = stream.push(&click).unwrap();
            out.extend(stream.finish().unwrap());
            assert!(out.len() >= click.len() * SAMPLE_RATE as usize / rate as usize);
            let energy =
                |samples: &[f32], rate: u32| samples.iter().map(|s| s * s).sum::<f32>() / rate as f32;
            let (before, after) = (energy(&click, rate), energy(&out, SAMPLE_RATE));
            assert!((0.8..=1.1).contains(&(after / before)), "{rate}: {before} {after}");
        }
        assert!(StreamResampler::new(1, SAMPLE_RATE).is_err());
        assert!(StreamResampler::new(383_999, SAMPLE_RATE).is_err());
        let mut same = StreamResampler::new(SAMPLE_RATE, SAMPLE_RATE).unwrap();
        assert_eq!(same.push(&[0.25, 0.5]).unwrap(), [0.25, 0.5]);
    }
}
