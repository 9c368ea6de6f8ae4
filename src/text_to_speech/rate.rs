//! How fast a voice speaks.

use super::TextToSpeechError;

/// Times the voice's normal rate: 0.5 (slow, for who hears badly) to 2.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rate(f32);

impl Rate {
    /// The voice's own.
    pub const NORMAL: Self = Self(1.0);

    /// From 0.5 to 2; anything else is refused.
    pub fn new(times: f32) -> Result<Self, TextToSpeechError> {
        // Not a number is in no range.
        if (0.5..=2.0).contains(&times) { Ok(Self(times)) } else { Err(TextToSpeechError::Rate(times)) }
    }

    /// Times the normal rate.
    pub fn times(self) -> f32 {
        self.0
    }
}

impl Default for Rate {
    fn default() -> Self {
        Self::NORMAL
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_rates_that_can_be_understood_are_taken() {
        for fine in [0.5, 0.8, 1.0, 2.0] {
            assert_eq!(Rate::new(fine).unwrap().times(), fine);
        }
        for wrong in [0.0, 0.49, 2.01, -1.0, f32::NAN, f32::INFINITY] {
            assert!(matches!(Rate::new(wrong), Err(TextToSpeechError::Rate(_))), "{wrong}");
        }
    }
}
