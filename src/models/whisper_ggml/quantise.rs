//! ggml's block quantisation: 32 weights share a scale (and a minimum). The arithmetic, in 32-bit float throughout,
//! is that of ggml's reference quantisers, so that the bytes are the same.

use half::f16;

/// Weights that share a scale.
pub const BLOCK: usize = 32;

/// A kind of block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BlockType {
    /// Scale (f16), 32 signed bytes.
    Q8_0,
    /// Scale and minimum (f16), 32 fifth bits, 16 bytes of two four-bit halves.
    Q5_1,
}

impl BlockType {
    /// ggml's number for it.
    pub fn ggml_type(self) -> i32 {
        match self {
            Self::Q8_0 => 8,
            Self::Q5_1 => 7,
        }
    }
}

/// Quantises row-major values whose rows are multiples of [`BLOCK`].
pub fn quantise(values: &[f32], block: BlockType) -> Vec<u8> {
    let mut out = Vec::with_capacity(values.len() / BLOCK * 34);
    for values in values.chunks_exact(BLOCK) {
        match block {
            BlockType::Q8_0 => q8_0(values, &mut out),
            BlockType::Q5_1 => q5_1(values, &mut out),
        }
    }
    out
}

fn inverse(scale: f32) -> f32 {
    if scale == 0.0 { 0.0 } else { 1.0 / scale }
}

fn q8_0(values: &[f32], out: &mut Vec<u8>) {
    let scale = values.iter().fold(0.0f32, |most, x| most.max(x.abs())) / 127.0;
    let inverse = inverse(scale);
    out.extend(f16::from_f32(scale).to_le_bytes());
    // f32::round goes away from zero at a half, as C's roundf does.
    out.extend(values.iter().map(|x| (x * inverse).round() as i8 as u8));
}

fn q5_1(values: &[f32], out: &mut Vec<u8>) {
    let most = values.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let least = values.iter().copied().fold(f32::INFINITY, f32::min);
    let scale = (most - least) / 31.0;
    let inverse = inverse(scale);
    let mut fives = [0u8; BLOCK];
    for (five, x) in fives.iter_mut().zip(values) {
        *five = (((x - least) * inverse + 0.5) as u8).min(31);
    }
    out.extend(f16::from_f32(scale).to_le_bytes());
    out.extend(f16::from_f32(least).to_le_bytes());
    let fifth_bits = fives.iter().enumerate().fold(0u32, |bits, (n, five)| bits | u32::from(five >> 4) << n);
    out.extend(fifth_bits.to_le_bytes());
    let (low, high) = fives.split_at(BLOCK / 2);
    out.extend(low.iter().zip(high).map(|(l, h)| (l & 15) | (h & 15) << 4));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_block_of_eight_bits_by_hand() {
        let mut values = [0.0f32; BLOCK];
        values[0] = 127.0;
        values[1] = -127.0;
        values[2] = 0.5;
        values[3] = -0.5;
        let bytes = quantise(&values, BlockType::Q8_0);
        assert_eq!(&bytes[..2], f16::from_f32(1.0).to_le_bytes());
        assert_eq!(&bytes[2..6], [127, 129, 1, 255]);
        assert_eq!(quantise(&[0.0; BLOCK], BlockType::Q8_0), [0; 34]);
    }

    #[test]
    fn a_block_of_five_bits_by_hand() {
        let values: Vec<f32> = (0..32).map(|n| n as f32).collect();
        let bytes = quantise(&values, BlockType::Q5_1);
        assert_eq!(&bytes[..4], [0, 60, 0, 0]); // 1.0 and 0.0 as f16
        assert_eq!(&bytes[4..8], 0xffff_0000u32.to_le_bytes());
        assert_eq!(&bytes[8..10], [0x00, 0x11]);
        assert_eq!(bytes.len(), 24);
    }
}
