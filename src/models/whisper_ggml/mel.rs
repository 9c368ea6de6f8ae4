//! The mel filter bank that a ggml file carries: triangles on Slaney's mel scale, as librosa makes them for Whisper
//! (16 kHz, 400-point transform).

/// Frequency bins of a 400-point transform.
pub(super) const BINS: usize = 201;
const HZ_PER_BIN: f64 = 40.0;
/// 8 kHz in mels.
const TOP_MEL: f64 = 45.245_640_471_924_965;

fn hz(mel: f64) -> f64 {
    if mel >= 15.0 { 1000.0 * (6.4f64.ln() / 27.0 * (mel - 15.0)).exp() } else { 200.0 / 3.0 * mel }
}

/// `mels` × [`BINS`] weights, row by row, each triangle of equal area.
pub(super) fn filters(mels: usize) -> Vec<f32> {
    let step = TOP_MEL / (mels + 1) as f64;
    let mut edges: Vec<f64> = (0..mels + 2).map(|n| hz(n as f64 * step)).collect();
    edges[mels + 1] = hz(TOP_MEL);
    let mut out = Vec::with_capacity(mels * BINS);
    for edge in edges.windows(3) {
        let (left, middle, right) = (edge[0], edge[1], edge[2]);
        let height = 2.0 / (right - left);
        for bin in 0..BINS {
            let at = bin as f64 * HZ_PER_BIN;
            let rise = -(left - at) / (middle - left);
            let fall = (right - at) / (right - middle);
            let weight = rise.min(fall);
            // NumPy's maximum keeps the sign of a negative zero, and with it the bytes of the file.
            out.push((if weight >= 0.0 { weight * height } else { 0.0 }) as f32);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn eighty_triangles_of_equal_area() {
        let filters = filters(80);
        assert_eq!(filters.len(), 80 * BINS);
        for row in filters.chunks(BINS).skip(20) {
            let area: f64 = row.iter().map(|&x| f64::from(x) * HZ_PER_BIN).sum();
            assert!((area - 1.0).abs() < 0.15, "{area}");
        }
    }
}
