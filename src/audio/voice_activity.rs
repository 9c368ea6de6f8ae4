//! Where in the sound somebody speaks, by earshot's detector over frames of 16 ms.

use std::ops::Range;

use earshot::Detector;

use super::{SAMPLE_RATE, Utterance};

/// The detector's frame, in samples (16 ms).
pub const FRAME_SAMPLES: usize = 256;
/// A frame scores from 0 to 1; from here on it belongs to speech, if there is any.
const VOICE_SCORE: f32 = 0.5;
/// From here on it is certainly voice: white noise, a tone and the street stay below, on the owner's recordings.
const SURE_SCORE: f32 = 0.7;
/// Less certain voice than this is a click or a cough, not a question. In milliseconds.
const MIN_SURE_MS: u32 = 160;
/// Softer than this at its loudest, there is nobody at the microphone. In dB of full scale.
const MIN_PEAK_DBFS: f32 = -60.0;
/// The detector hears soft recordings badly; they are brought to this peak first.
const DETECTION_PEAK: f32 = 0.5;
/// Gaps shorter than this belong to the speech around them. In frames (12 × 16 ms = 192 ms).
const BRIDGED_FRAMES: usize = 12;

/// What the detector found.
#[derive(Debug, Clone, PartialEq)]
pub struct VoiceActivity {
    /// Stretches of speech, in samples, in order; short gaps are bridged.
    pub segments: Vec<Range<usize>>,
    /// Time in which there is certainly a voice, milliseconds.
    pub voiced_ms: u32,
    /// The loudest sample, dB of full scale; negative infinity for digital silence.
    pub peak_dbfs: f32,
}

impl VoiceActivity {
    /// Whether somebody says something.
    pub fn has_speech(&self) -> bool {
        self.voiced_ms >= MIN_SURE_MS && self.peak_dbfs >= MIN_PEAK_DBFS
    }
}

/// Listens through the whole utterance.
pub fn detect(utterance: &Utterance) -> VoiceActivity {
    let samples = utterance.samples();
    let peak = samples.iter().fold(0.0f32, |peak, s| peak.max(s.abs()));
    let gain = if peak > 0.0 { DETECTION_PEAK / peak } else { 1.0 };
    let mut louder = [0.0; FRAME_SAMPLES];
    let mut detector = Detector::default();
    let mut segments: Vec<Range<usize>> = Vec::new();
    let mut sure_frames = 0u32;
    for (n, frame) in samples.chunks_exact(FRAME_SAMPLES).enumerate() {
        for (out, sample) in louder.iter_mut().zip(frame) {
            *out = sample * gain;
        }
        let score = detector.predict_f32(&louder);
        if score < VOICE_SCORE {
            continue;
        }
        sure_frames += u32::from(score >= SURE_SCORE);
        let span = n * FRAME_SAMPLES..(n + 1) * FRAME_SAMPLES;
        match segments.last_mut() {
            Some(last) if span.start - last.end <= BRIDGED_FRAMES * FRAME_SAMPLES => last.end = span.end,
            _ => segments.push(span),
        }
    }
    VoiceActivity {
        segments,
        voiced_ms: sure_frames * (FRAME_SAMPLES as u32 * 1000 / SAMPLE_RATE),
        peak_dbfs: 20.0 * peak.log10(),
    }
}

/// Cuts silence before the first word and after the last, leaving `pad_ms` milliseconds on either side.
/// Sound without speech stays as it is.
pub fn trim(utterance: &Utterance, activity: &VoiceActivity, pad_ms: u32) -> Utterance {
    let (Some(first), Some(last)) = (activity.segments.first(), activity.segments.last()) else {
        return utterance.clone();
    };
    let pad = (SAMPLE_RATE / 1000 * pad_ms) as usize;
    let end = (last.end + pad).min(utterance.samples().len());
    let start = first.start.saturating_sub(pad).min(end);
    Utterance::from_samples(utterance.samples()[start..end].to_vec())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn silence_clicks_and_tones_are_no_speech() {
        assert!(!detect(&Utterance::from_samples(vec![])).has_speech());
        assert!(!detect(&Utterance::from_samples(vec![0.3])).has_speech());
        assert!(!detect(&Utterance::from_samples(vec![0.0; 160_000])).has_speech());
        let mut click = vec![0.0; 16_000];
        click[8_000] = 1.0;
        assert!(!detect(&Utterance::from_samples(click)).has_speech());
    }

    #[test]
    fn trimming_leaves_the_padding() {
        let utterance = Utterance::from_samples(vec![0.1; 160_000]);
        let activity = VoiceActivity {
            segments: std::iter::once(32_000..64_000).collect(),
            voiced_ms: 2000,
            peak_dbfs: -20.0,
        };
        assert_eq!(trim(&utterance, &activity, 500).samples().len(), 48_000);
        let nothing = VoiceActivity { segments: vec![], ..activity };
        assert_eq!(trim(&utterance, &nothing, 500).samples().len(), 160_000);
    }
}
