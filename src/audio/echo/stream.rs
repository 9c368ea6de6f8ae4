//! Two devices' blocks in, the talker out.

use super::barge_in::BargeInGate;
use super::far_end::{FarEnd, FarFigures};
use super::{Bypass, EchoCanceller, EchoSetting, FRAME_SAMPLES, Frame, WebRtcCanceller};

/// Takes the kiosk's voice out of a stream.
///
/// Every sample that is heard comes out again, in its order and in its number, but later: by less than a frame of 10 ms
/// while the kiosk is silent, and by up to 300 ms while it speaks and nobody speaks over it (see [`BargeInGate`]). The
/// turn detector knows no clock, so that this costs it nothing.
pub struct EchoStream {
    canceller: Box<dyn EchoCanceller>,
    /// Null where what the canceller leaves goes on as it is.
    gate: Option<BargeInGate>,
    /// Nothing is done at all.
    is_off: bool,
    far: FarEnd,
    /// Less than a frame.
    rest: Vec<f32>,
}

impl EchoStream {
    /// As the configuration has it.
    pub fn new(setting: EchoSetting) -> Self {
        match setting {
            EchoSetting::Off => Self { is_off: true, ..Self::with(Box::new(Bypass), None) },
            EchoSetting::On => Self::with(Box::new(WebRtcCanceller::new()), Some(BargeInGate::new())),
        }
    }

    /// Of parts, for measuring them.
    pub fn with(canceller: Box<dyn EchoCanceller>, gate: Option<BargeInGate>) -> Self {
        Self {
            canceller,
            gate,
            is_off: false,
            far: FarEnd::default(),
            rest: Vec::with_capacity(FRAME_SAMPLES),
        }
    }

    /// Takes what the loudspeaker takes, when it takes it: blocks of any length up to half a second. While nothing is
    /// played, nothing need be given.
    pub fn play(&mut self, far: &[f32]) {
        if !self.is_off {
            self.far.push(far);
        }
    }

    /// Takes what the microphone brings and gives what is left of it. What is not finite counts as silence.
    pub fn hear(&mut self, near: &[f32]) -> Vec<f32> {
        if self.is_off {
            return near.to_vec();
        }
        self.rest.extend(near.iter().map(|s| if s.is_finite() { s.clamp(-1.0, 1.0) } else { 0.0 }));
        let mut out = Vec::with_capacity(self.rest.len());
        let (frames, rest) = self.rest.as_chunks::<FRAME_SAMPLES>();
        for heard in frames {
            let far = self.far.next();
            let mut cleaned: Frame = *heard;
            self.canceller.cancel(&far, &mut cleaned);
            match &mut self.gate {
                Some(gate) => gate.pass(&far, heard, &cleaned, &mut out),
                None => out.extend_from_slice(&cleaned),
            }
        }
        self.rest = rest.to_vec();
        out
    }

    /// Whether somebody speaks over the kiosk, as far as the gate tells; false while the kiosk is silent.
    pub fn is_barged_in(&self) -> bool {
        self.gate.as_ref().is_some_and(BargeInGate::is_barged_in)
    }

    /// How the two devices went together.
    pub fn far_figures(&self) -> FarFigures {
        self.far.figures()
    }

    /// Another microphone or another loudspeaker: what was learnt of the room is forgotten.
    pub fn reset(&mut self) {
        self.canceller.reset();
        self.gate = self.gate.as_ref().map(|_| BargeInGate::new());
        self.far = FarEnd::default();
        self.rest.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ramp(samples: usize) -> Vec<f32> {
        (0..samples).map(|n| n as f32 / samples as f32 - 0.5).collect()
    }

    #[test]
    fn off_gives_what_it_is_given() {
        let mut stream = EchoStream::new(EchoSetting::Off);
        stream.play(&[0.5; 777]);
        assert_eq!(stream.hear(&ramp(333)), ramp(333));
        assert_eq!(stream.far_figures(), FarFigures::default());
    }

    #[test]
    fn blocks_of_any_length_come_out_whole() {
        let mut stream = EchoStream::with(Box::new(Bypass), None);
        let sound = ramp(4_800);
        let mut out = Vec::new();
        let mut rest = sound.as_slice();
        for length in [1, 159, 160, 161, 7, 0, 1_000].into_iter().cycle() {
            let (block, later) = rest.split_at(length.min(rest.len()));
            out.extend(stream.hear(block));
            rest = later;
            if rest.is_empty() {
                break;
            }
        }
        assert_eq!(out, sound);
    }

    #[test]
    fn every_sample_comes_out_however_often_the_kiosk_speaks() {
        let mut stream = EchoStream::new(EchoSetting::On);
        let (mut given, mut got) = (0, 0);
        for n in 0..3_000 {
            let loud = if n % 700 < 300 { 0.2 } else { 0.0 };
            stream.play(&[loud; 167]);
            given += 167;
            got += stream.hear(&[loud / 9.0; 167]).len();
            assert!(got <= given && given - got <= 32 * FRAME_SAMPLES, "{given} {got}");
        }
        for _ in 0..200 {
            given += FRAME_SAMPLES;
            got += stream.hear(&[0.0; FRAME_SAMPLES]).len();
        }
        assert!(given - got < FRAME_SAMPLES, "{given} {got}");
    }

    #[test]
    fn what_is_not_finite_does_no_harm() {
        let mut stream = EchoStream::new(EchoSetting::On);
        for _ in 0..100 {
            stream.play(&[f32::NAN; 160]);
            assert!(stream.hear(&[f32::INFINITY; 160]).iter().all(|s| s.is_finite()));
        }
        stream.reset();
        assert!(stream.hear(&[0.1; 160]).iter().all(|s| s.is_finite()));
    }
}
