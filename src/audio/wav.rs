//! WAV out: what was spoken, as a file.

use std::io::Cursor;

/// Mono 16-bit samples at `sample_rate` Hz as the bytes of a WAV file.
pub fn wav_bytes(sample_rate: u32, samples: &[i16]) -> Result<Vec<u8>, hound::Error> {
    let spec = hound::WavSpec {
        channels: 1,
        sample_rate,
        bits_per_sample: 16,
        sample_format: hound::SampleFormat::Int,
    };
    let mut bytes = Cursor::new(Vec::with_capacity(44 + samples.len() * 2));
    let mut writer = hound::WavWriter::new(&mut bytes, spec)?;
    for &sample in samples {
        writer.write_sample(sample)?;
    }
    writer.finalize()?;
    Ok(bytes.into_inner())
}

/// The header of a WAV file of mono 16-bit samples whose length nobody knows yet: players read on to the end of the
/// stream.
pub fn stream_header(sample_rate: u32) -> [u8; 44] {
    const UNKNOWN: [u8; 4] = [0xff; 4];
    let mut header = [0; 44];
    header[0..4].copy_from_slice(b"RIFF");
    header[4..8].copy_from_slice(&UNKNOWN);
    header[8..16].copy_from_slice(b"WAVEfmt ");
    header[16..20].copy_from_slice(&16u32.to_le_bytes());
    header[20..22].copy_from_slice(&1u16.to_le_bytes()); // PCM
    header[22..24].copy_from_slice(&1u16.to_le_bytes()); // channels
    header[24..28].copy_from_slice(&sample_rate.to_le_bytes());
    header[28..32].copy_from_slice(&(sample_rate.saturating_mul(2)).to_le_bytes());
    header[32..34].copy_from_slice(&2u16.to_le_bytes()); // bytes of a frame
    header[34..36].copy_from_slice(&16u16.to_le_bytes());
    header[36..40].copy_from_slice(b"data");
    header[40..44].copy_from_slice(&UNKNOWN);
    header
}

/// Samples as bytes, little-endian.
pub fn pcm_bytes(samples: &[i16]) -> Vec<u8> {
    samples.iter().flat_map(|sample| sample.to_le_bytes()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_again() {
        let samples = [0, 1, -1, i16::MAX, i16::MIN];
        let bytes = wav_bytes(22_050, &samples).unwrap();
        let mut reader = hound::WavReader::new(Cursor::new(bytes)).unwrap();
        assert_eq!(reader.spec().sample_rate, 22_050);
        assert_eq!(reader.samples::<i16>().map(Result::unwrap).collect::<Vec<_>>(), samples);
    }

    #[test]
    fn a_stream_of_unknown_length_is_like_a_file_but_for_its_lengths() {
        let mut stream = stream_header(22_050).to_vec();
        let file = wav_bytes(22_050, &[]).unwrap();
        assert_eq!(stream[40..], [0xff; 4]);
        stream[4..8].copy_from_slice(&file[4..8]);
        stream[40..44].copy_from_slice(&file[40..44]);
        assert_eq!(stream, file);
    }
}
