//! WebRTC's third echo canceller (AEC3), in sonora's Rust: an adaptive filter over the last 200 ms or so, behind an
//! estimate of the delay, and a suppressor of what the filter leaves.

use sonora::config::EchoCanceller as Aec3;
use sonora::{AudioProcessing, Config, StreamConfig};

use super::{EchoCanceller, Frame};
use crate::audio::SAMPLE_RATE;

/// The canceller of WebRTC. Its noise suppression and its gain control stay off: they do not help the turn detector.
pub struct WebRtcCanceller {
    processing: AudioProcessing,
}

impl WebRtcCanceller {
    /// Knows nothing of the room yet; it learns it from the first seconds of the kiosk's voice.
    pub fn new() -> Self {
        let mono = StreamConfig::new(SAMPLE_RATE, 1);
        let config = Config { echo_canceller: Some(Aec3::default()), ..Config::default() };
        let processing =
            AudioProcessing::builder().config(config).capture_config(mono).render_config(mono).build();
        Self { processing }
    }
}

impl Default for WebRtcCanceller {
    fn default() -> Self {
        Self::new()
    }
}

impl EchoCanceller for WebRtcCanceller {
    fn cancel(&mut self, far: &Frame, near: &mut Frame) {
        let mut played = *far;
        let heard = *near;
        // Both refuse nothing but rates and numbers of channels, and those are fixed above.
        let _ = self.processing.process_render_f32(&[far.as_slice()], &mut [played.as_mut_slice()]);
        let _ = self.processing.process_capture_f32(&[heard.as_slice()], &mut [near.as_mut_slice()]);
    }

    fn reset(&mut self) {
        *self = Self::new();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audio::echo::{FRAME_SAMPLES, power};

    /// Noise that comes and goes, about as a voice does.
    fn voice() -> impl FnMut() -> f32 {
        let (mut seed, mut n) = (1u32, 0u32);
        move || {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            n += 1;
            let loud = if n % 8_000 < 6_000 { 0.1 } else { 0.0 };
            loud * ((seed >> 8) as f32 / (1 << 23) as f32 - 1.0)
        }
    }

    #[test]
    fn an_echo_goes_and_a_reset_forgets_the_room() {
        let (mut canceller, mut voice) = (WebRtcCanceller::new(), voice());
        let mut line = vec![0.0f32; 800];
        let mut run = |canceller: &mut WebRtcCanceller, frames: usize| {
            let (mut before, mut after) = (0.0, 0.0);
            for _ in 0..frames {
                let far: Frame = std::array::from_fn(|_| voice());
                line.extend(far);
                let mut near: Frame = std::array::from_fn(|n| line[n] * 0.5);
                line.drain(..FRAME_SAMPLES);
                before += power(&near);
                canceller.cancel(&far, &mut near);
                after += power(&near);
            }
            10.0 * (before / after.max(f32::MIN_POSITIVE)).log10()
        };
        run(&mut canceller, 300);
        let known = run(&mut canceller, 100);
        canceller.reset();
        let unknown = run(&mut canceller, 10);
        assert!(known > 30.0, "{known}");
        assert!(known > unknown + 6.0, "{known} {unknown}");
    }

    #[test]
    fn what_is_heard_while_nothing_is_played_stays() {
        let (mut canceller, mut voice) = (WebRtcCanceller::new(), voice());
        let (mut before, mut after) = (0.0, 0.0);
        for _ in 0..300 {
            let mut near: Frame = std::array::from_fn(|_| voice());
            before += power(&near);
            canceller.cancel(&[0.0; FRAME_SAMPLES], &mut near);
            after += power(&near);
        }
        let change = 10.0 * f32::log10(after / before);
        assert!(change.abs() < 1.0, "{change}");
    }
}
