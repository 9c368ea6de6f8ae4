//! WAV in: what a voice elsewhere sends.

use std::io::Cursor;

use super::Pcm;

/// What is read of a WAV file, mixed down to one channel; the error says what is wrong with it. A server that streams
/// writes the header before it knows the length: then the sound goes to the end of what came.
pub(super) fn read(mut bytes: Vec<u8>) -> Result<Pcm, String> {
    mend_length(&mut bytes);
    let mut reader = hound::WavReader::new(Cursor::new(bytes)).map_err(|e| e.to_string())?;
    let spec = reader.spec();
    if !(8_000..=48_000).contains(&spec.sample_rate) || !(1..=2).contains(&spec.channels) {
        return Err(format!("{} Hz in {} channels", spec.sample_rate, spec.channels));
    }
    let samples: Vec<f32> = match spec.sample_format {
        hound::SampleFormat::Float => reader.samples::<f32>().map_while(Result::ok).collect(),
        hound::SampleFormat::Int => {
            let full_scale = (1i64 << (spec.bits_per_sample - 1)) as f32;
            reader.samples::<i32>().map_while(Result::ok).map(|sample| sample as f32 / full_scale).collect()
        }
    };
    let channels = usize::from(spec.channels);
    let mono = samples.chunks_exact(channels).map(|frame| frame.iter().sum::<f32>() / channels as f32);
    // What is no number becomes 0.
    let samples = mono.map(|sample| (sample * 32_767.0) as i16).collect();
    Ok(Pcm { sample_rate: spec.sample_rate, samples })
}

/// Sets the length of the `data` chunk to what came of it, where it says more, or nothing.
fn mend_length(bytes: &mut [u8]) {
    let mut at = 12;
    while let Some(head) = bytes.get(at..at + 8) {
        let is_data = head.starts_with(b"data");
        let length = u32::from_le_bytes([head[4], head[5], head[6], head[7]]) as usize;
        let came = bytes.len() - at - 8;
        if is_data {
            if length == 0 || length > came {
                let whole_frames = came - came % 8; // frames are of 1 to 8 bytes, all of them divisors
                bytes[at + 4..at + 8].copy_from_slice(&(whole_frames as u32).to_le_bytes());
            }
            return;
        }
        at = at.saturating_add(8 + length + length % 2);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wav(channels: u16, samples: &[i16]) -> Vec<u8> {
        let spec = hound::WavSpec {
            channels,
            sample_rate: 24_000,
            bits_per_sample: 16,
            sample_format: hound::SampleFormat::Int,
        };
        let mut bytes = Cursor::new(Vec::new());
        let mut writer = hound::WavWriter::new(&mut bytes, spec).unwrap();
        samples.iter().for_each(|sample| writer.write_sample(*sample).unwrap());
        writer.finalize().unwrap();
        bytes.into_inner()
    }

    #[test]
    fn streamed_headers_are_mended_and_channels_mixed() {
        let samples: Vec<i16> = (0..800).map(|n| n * 20).collect();
        let near = |pcm: &Pcm| pcm.samples.iter().zip(&samples).all(|(a, b)| a.abs_diff(*b) <= 1);
        let whole = wav(1, &samples);
        let pcm = read(whole.clone()).unwrap();
        assert!(pcm.sample_rate == 24_000 && pcm.samples.len() == 800 && near(&pcm));
        for unknown in [0u32, u32::MAX, 0x7fff_ffff] {
            let mut streamed = whole.clone();
            streamed[40..44].copy_from_slice(&unknown.to_le_bytes());
            let pcm = read(streamed).unwrap();
            assert!(pcm.samples.len() == 800 && near(&pcm), "{unknown}");
        }
        let stereo: Vec<i16> = samples.iter().flat_map(|s| [*s, *s]).collect();
        assert!(near(&read(wav(2, &stereo)).unwrap()));
    }

    #[test]
    fn what_is_no_wav_is_refused() {
        let whole = wav(1, &[1; 100]);
        for broken in [&b""[..], b"RIFF", b"<html>no</html>", &whole[..20], &whole[..43]] {
            assert!(read(broken.to_vec()).is_err(), "{broken:?}");
        }
        let cut = read(whole[..100].to_vec()).unwrap();
        assert!(cut.samples.len() < 100);
    }
}
