//! Whisper weights as other engines keep them → one ggml file as whisper.cpp reads it.
//!
//! Two kinds are read: a CTranslate2 folder ([`ctranslate2`]) and the dynamically quantised ONNX pair of
//! transformers.js ([`onnx`]). A ggml file is the header, the mel filter bank, the plain tokens, and the tensors one
//! after the other; the big matrices may be quantised ([`quantise`]). The layout is that of whisper.cpp's
//! `convert-pt-to-ggml.py`.

pub mod ctranslate2;
mod mel;
pub mod onnx;
pub mod quantise;
mod vocabulary;

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use quantise::BlockType;

/// What the matrices are written as; the rest is 32- or 16-bit float.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WeightType {
    /// 16-bit float.
    F16,
    /// 8 bits and a scale per 32 weights.
    Q8_0,
    /// 5 bits, a scale and a minimum per 32 weights.
    Q5_1,
}

impl WeightType {
    /// The number that the header calls it by (quantisation version 2 × 1000 + ggml's file type).
    fn file_type(self) -> i32 {
        match self {
            Self::F16 => 1,
            Self::Q8_0 => 2007,
            Self::Q5_1 => 2009,
        }
    }

    fn block(self) -> Option<BlockType> {
        match self {
            Self::F16 => None,
            Self::Q8_0 => Some(BlockType::Q8_0),
            Self::Q5_1 => Some(BlockType::Q5_1),
        }
    }
}

/// Why weights could not be converted.
#[derive(Debug, thiserror::Error)]
pub enum ConvertError {
    /// A file could not be read.
    #[error("{0} cannot be read: {1}")]
    Unreadable(PathBuf, String),
    /// The weights are not those of a Whisper model.
    #[error("these are not the weights of a Whisper model: {0}")]
    NotWhisper(String),
    /// The result could not be written.
    #[error("{0} cannot be written ({1}); is the disk full?")]
    Unwritable(PathBuf, String),
}

/// A dense tensor, row-major.
#[derive(Debug, Clone, PartialEq)]
pub struct Tensor {
    /// Outermost dimension first.
    pub shape: Vec<usize>,
    /// The product of the shape.
    pub data: Vec<f32>,
}

/// Weights under the names that whisper.cpp gives them, read one at a time.
pub trait WeightSource {
    /// One tensor, for instance `encoder.blocks.0.attn.query.weight`.
    fn tensor(&self, name: &str) -> Result<Tensor, ConvertError>;
    /// Layers of the encoder and of the decoder.
    fn layers(&self) -> (usize, usize);
    /// Attention heads.
    fn heads(&self) -> usize;
}

/// Converts the folder's weights (`model.bin`, or `onnx/` and `config.json`; with `tokenizer.json`) to `out`.
pub fn convert(folder: &Path, out: &Path, weights: WeightType) -> Result<(), ConvertError> {
    let tokens = vocabulary::read(&folder.join("tokenizer.json"))?;
    if folder.join("model.bin").exists() {
        write(&ctranslate2::Model::open(&folder.join("model.bin"))?, tokens, out, weights)
    } else {
        write(&onnx::Model::open(folder)?, tokens, out, weights)
    }
}

fn names(layers: (usize, usize)) -> Vec<String> {
    let mut names = vec!["encoder.positional_embedding".to_owned()];
    for conv in ["encoder.conv1", "encoder.conv2"] {
        names.extend([format!("{conv}.weight"), format!("{conv}.bias")]);
    }
    let both = |name: &str| [format!("{name}.weight"), format!("{name}.bias")];
    let attention = |names: &mut Vec<String>, block: &str| {
        names.extend(both(&format!("{block}_ln")));
        names.extend(both(&format!("{block}.query")));
        names.push(format!("{block}.key.weight")); // Whisper's keys have no bias
        names.extend(both(&format!("{block}.value")));
        names.extend(both(&format!("{block}.out")));
    };
    let mlp = |names: &mut Vec<String>, block: &str| {
        for part in ["mlp_ln", "mlp.0", "mlp.2"] {
            names.extend(both(&format!("{block}.{part}")));
        }
    };
    for layer in 0..layers.0 {
        let block = format!("encoder.blocks.{layer}");
        attention(&mut names, &format!("{block}.attn"));
        mlp(&mut names, &block);
    }
    names.extend(both("encoder.ln_post"));
    names.push("decoder.positional_embedding".to_owned());
    names.push("decoder.token_embedding.weight".to_owned());
    for layer in 0..layers.1 {
        let block = format!("decoder.blocks.{layer}");
        attention(&mut names, &format!("{block}.attn"));
        attention(&mut names, &format!("{block}.cross_attn"));
        mlp(&mut names, &block);
    }
    names.extend(both("decoder.ln"));
    names
}

fn write(
    source: &dyn WeightSource,
    tokens: vocabulary::Vocabulary,
    out: &Path,
    weights: WeightType,
) -> Result<(), ConvertError> {
    let unwritable = |e: std::io::Error| ConvertError::Unwritable(out.to_owned(), e.to_string());
    let mut file = BufWriter::with_capacity(1 << 20, File::create(out).map_err(unwritable)?);
    let header = header(source, weights)?;
    let vocabulary = tokens.plain(header[1] as usize);
    let mut put = |bytes: &[u8]| file.write_all(bytes).map_err(unwritable);
    for value in header {
        put(&value.to_le_bytes())?;
    }
    let mels = header[10] as usize;
    put(&(mels as i32).to_le_bytes())?;
    put(&(mel::BINS as i32).to_le_bytes())?;
    for value in mel::filters(mels) {
        put(&value.to_le_bytes())?;
    }
    put(&(vocabulary.len() as i32).to_le_bytes())?;
    for token in vocabulary {
        put(&(token.len() as i32).to_le_bytes())?;
        put(&token)?;
    }
    for name in names(source.layers()) {
        let mut tensor = source.tensor(&name)?;
        if name.ends_with("conv1.bias") || name.ends_with("conv2.bias") {
            tensor.shape = vec![tensor.data.len(), 1];
        }
        put(&encode(&name, &tensor, weights)?)?;
    }
    file.into_inner().map_err(|e| unwritable(e.into_error()))?.sync_all().map_err(unwritable)
}

/// Magic and sizes, in whisper.cpp's order.
fn header(source: &dyn WeightSource, weights: WeightType) -> Result<[i32; 12], ConvertError> {
    let shape = |name: &str, dimensions: usize| -> Result<Vec<usize>, ConvertError> {
        let shape = source.tensor(name)?.shape;
        if shape.len() != dimensions {
            return Err(ConvertError::NotWhisper(format!("{name} has {} dimensions", shape.len())));
        }
        Ok(shape)
    };
    let embedding = shape("decoder.token_embedding.weight", 2)?;
    let (vocabulary, width) = (embedding[0], embedding[1]);
    let audio = shape("encoder.positional_embedding", 2)?[0];
    let text = shape("decoder.positional_embedding", 2)?[0];
    let mels = shape("encoder.conv1.weight", 3)?[1];
    let (encoder, decoder) = source.layers();
    let heads = source.heads();
    let sizes = [vocabulary, audio, width, heads, encoder, text, width, heads, decoder, mels];
    let mut header = [0x6767_6d6c, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, weights.file_type()];
    for (slot, size) in header[1..11].iter_mut().zip(sizes) {
        *slot = i32::try_from(size).map_err(|_| ConvertError::NotWhisper(format!("a size of {size}")))?;
    }
    Ok(header)
}

/// One tensor: dimensions, length of the name, type, sizes innermost first, name, values.
fn encode(name: &str, tensor: &Tensor, weights: WeightType) -> Result<Vec<u8>, ConvertError> {
    let stays_single = tensor.shape.len() < 2
        || name.ends_with("conv1.bias")
        || name.ends_with("conv2.bias")
        || name.ends_with("positional_embedding");
    let (kind, values) = match weights.block() {
        _ if stays_single => (0, tensor.data.iter().flat_map(|x| x.to_le_bytes()).collect()),
        Some(block) if tensor.shape.len() == 2 => {
            let row = tensor.shape[1];
            if row == 0 || !row.is_multiple_of(quantise::BLOCK) {
                return Err(ConvertError::NotWhisper(format!("{name} has rows of {row}")));
            }
            (block.ggml_type(), quantise::quantise(&tensor.data, block))
        }
        _ => {
            let half = tensor.data.iter().flat_map(|&x| half::f16::from_f32(x).to_le_bytes());
            (1, half.collect::<Vec<u8>>())
        }
    };
    let mut out = Vec::with_capacity(values.len() + 64);
    for value in [tensor.shape.len() as i32, name.len() as i32, kind] {
        out.extend(value.to_le_bytes());
    }
    for &size in tensor.shape.iter().rev() {
        out.extend((size as i32).to_le_bytes());
    }
    out.extend(name.as_bytes());
    out.extend(values);
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_tensor_is_named_once() {
        let names = names((2, 3));
        let different: std::collections::HashSet<_> = names.iter().collect();
        assert_eq!(different.len(), names.len());
        // 5 + 2 of the encoder, 2 + 2 of the decoder; 15 a layer there, 24 here.
        assert_eq!(names.len(), 11 + 2 * 15 + 3 * 24);
    }

    #[test]
    fn a_tensor_is_laid_out_as_whisper_cpp_reads_it() {
        let tensor = Tensor { shape: vec![1, 32], data: (0..32).map(|n| n as f32).collect() };
        let bytes = encode("x.weight", &tensor, WeightType::Q8_0).unwrap();
        assert_eq!(&bytes[..12], [2, 0, 0, 0, 8, 0, 0, 0, 8, 0, 0, 0]);
        assert_eq!(&bytes[12..20], [32, 0, 0, 0, 1, 0, 0, 0]);
        assert_eq!(&bytes[20..28], b"x.weight");
        assert_eq!(bytes.len(), 28 + 34);
        let single =
            encode("x.bias", &Tensor { shape: vec![2], data: vec![1.0, 2.0] }, WeightType::Q8_0).unwrap();
        assert_eq!(&single[single.len() - 8..], [0, 0, 128, 63, 0, 0, 0, 64]);
        let odd = Tensor { shape: vec![1, 31], data: vec![0.0; 31] };
        assert!(encode("x.weight", &odd, WeightType::Q5_1).is_err());
    }

    /// The 16-bit files byte for byte, from real weights; `models/README.md` has the command.
    #[test]
    #[ignore = "needs the unpacked weights in HOIDAP_TEST_WEIGHTS"]
    fn full_precision_files_are_the_reference_byte_for_byte() {
        let folder = std::env::var("HOIDAP_TEST_WEIGHTS").expect("HOIDAP_TEST_WEIGHTS names the folder");
        let out = tempfile::tempdir().unwrap();
        for (name, sha256) in [
            ("small", "77e93792a191d1652dbcfd634d4958034619465407b990a628a5bcb3a48b3775"),
            ("base", "4cc6f22b1ea72560a284e48c4d2313ce0f6c7dc1c278fad2796ccee9b29fb1f6"),
        ] {
            let file = out.path().join(name);
            convert(&Path::new(&folder).join(name), &file, WeightType::F16).unwrap();
            assert_eq!(crate::fetch::sha256_of(&file).unwrap(), sha256, "{name}");
        }
    }
}
