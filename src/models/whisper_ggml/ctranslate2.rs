//! Whisper as CTranslate2 keeps it: one `model.bin` of named variables.
//!
//! Layout (CTranslate2, binary version 6): version u32, specification name, revision u32, count u32; then for each
//! variable its name, rank u8, dimensions u32, type u8, bytes u32, values; then aliases. A name is a u16 length, its
//! bytes and a zero.

use std::collections::HashMap;
use std::path::Path;

use super::{ConvertError, Tensor, WeightSource};

struct Variable {
    shape: Vec<usize>,
    kind: u8,
    start: usize,
    bytes: usize,
}

/// An open model.
pub struct Model {
    data: Vec<u8>,
    variables: HashMap<String, Variable>,
    aliases: HashMap<String, String>,
}

struct Cursor<'a> {
    data: &'a [u8],
    at: usize,
}

impl Cursor<'_> {
    fn take(&mut self, count: usize) -> Result<&[u8], ConvertError> {
        let end = self.at.checked_add(count).filter(|&end| end <= self.data.len());
        let end = end.ok_or_else(|| ConvertError::NotWhisper("model.bin ends too early".to_owned()))?;
        let bytes = &self.data[self.at..end];
        self.at = end;
        Ok(bytes)
    }

    fn number(&mut self, count: usize) -> Result<usize, ConvertError> {
        Ok(self.take(count)?.iter().rev().fold(0, |value, &byte| value << 8 | usize::from(byte)))
    }

    fn name(&mut self) -> Result<String, ConvertError> {
        let length = self.number(2)?;
        let bytes = self.take(length)?;
        let text = bytes.strip_suffix(&[0]).unwrap_or(bytes);
        String::from_utf8(text.to_vec()).map_err(|e| ConvertError::NotWhisper(e.to_string()))
    }
}

impl Model {
    /// Reads a `model.bin`.
    pub fn open(path: &Path) -> Result<Self, ConvertError> {
        let data =
            std::fs::read(path).map_err(|e| ConvertError::Unreadable(path.to_owned(), e.to_string()))?;
        Self::parse(data)
    }

    fn parse(data: Vec<u8>) -> Result<Self, ConvertError> {
        let mut cursor = Cursor { data: &data, at: 0 };
        cursor.number(4)?;
        cursor.name()?;
        cursor.number(4)?;
        let mut variables = HashMap::new();
        for _ in 0..cursor.number(4)? {
            let name = cursor.name()?;
            let rank = cursor.number(1)?;
            let shape = (0..rank).map(|_| cursor.number(4)).collect::<Result<Vec<_>, _>>()?;
            let kind = cursor.number(1)? as u8;
            let bytes = cursor.number(4)?;
            let start = cursor.at;
            cursor.take(bytes)?;
            variables.insert(name, Variable { shape, kind, start, bytes });
        }
        let mut aliases = HashMap::new();
        for _ in 0..cursor.number(4)? {
            let alias = cursor.name()?;
            aliases.insert(alias, cursor.name()?);
        }
        if cursor.at != data.len() {
            return Err(ConvertError::NotWhisper("there is more in model.bin than it says".to_owned()));
        }
        Ok(Self { data, variables, aliases })
    }

    fn variable(&self, name: &str) -> Option<&Variable> {
        self.variables.get(name).or_else(|| self.variables.get(self.aliases.get(name)?))
    }

    fn read(&self, name: &str) -> Result<Tensor, ConvertError> {
        let missing = || ConvertError::NotWhisper(format!("{name} is missing"));
        let variable = self.variable(name).ok_or_else(missing)?;
        let bytes = &self.data[variable.start..variable.start + variable.bytes];
        let mut data: Vec<f32> = match variable.kind {
            0 => bytes.as_chunks::<4>().0.iter().map(|b| f32::from_le_bytes(*b)).collect(),
            1 => bytes.iter().map(|&b| f32::from(b as i8)).collect(),
            2 => bytes.as_chunks::<2>().0.iter().map(|b| f32::from(i16::from_le_bytes(*b))).collect(),
            4 => bytes.as_chunks::<2>().0.iter().map(|b| half::f16::from_le_bytes(*b).to_f32()).collect(),
            kind => return Err(ConvertError::NotWhisper(format!("{name} is of type {kind}"))),
        };
        if data.len() != variable.shape.iter().product::<usize>() {
            return Err(ConvertError::NotWhisper(format!("{name} has another size than it says")));
        }
        if variable.kind == 1 {
            // Eight-bit weights come with a scale for each row, or one for all.
            let scales = self.read(&format!("{name}_scale"))?.data;
            let row = data.len() / scales.len().max(1);
            for (value, n) in data.iter_mut().zip(0..) {
                *value /= scales.get(n / row.max(1)).copied().unwrap_or(1.0);
            }
        }
        Ok(Tensor { shape: variable.shape.clone(), data })
    }

    /// One of `parts` equal slices along the first dimension: queries, keys and values lie in one matrix.
    fn part(&self, name: &str, part: usize, parts: usize) -> Result<Tensor, ConvertError> {
        let whole = self.read(name)?;
        let mut shape = whole.shape;
        match shape.first_mut() {
            Some(first) if *first % parts == 0 => *first /= parts,
            _ => return Err(ConvertError::NotWhisper(format!("{name} is not in {parts} parts"))),
        }
        let size = whole.data.len() / parts;
        Ok(Tensor { shape, data: whole.data[part * size..(part + 1) * size].to_vec() })
    }
}

impl WeightSource for Model {
    fn tensor(&self, name: &str) -> Result<Tensor, ConvertError> {
        let unknown = || ConvertError::NotWhisper(format!("{name} has no counterpart"));
        match name {
            "encoder.positional_embedding" => return self.read("encoder/position_encodings/encodings"),
            "decoder.positional_embedding" => return self.read("decoder/position_encodings/encodings"),
            "decoder.token_embedding.weight" => return self.read("decoder/embeddings/weight"),
            _ => {}
        }
        let (stem, kind) = name.rsplit_once('.').ok_or_else(unknown)?;
        let norm_kind = if kind == "weight" { "gamma" } else { "beta" };
        match stem {
            "encoder.conv1" | "encoder.conv2" => {
                return self.read(&format!("{}/{kind}", stem.replace('.', "/")));
            }
            "encoder.ln_post" => return self.read(&format!("encoder/layer_norm/{norm_kind}")),
            "decoder.ln" => return self.read(&format!("decoder/layer_norm/{norm_kind}")),
            _ => {}
        }
        let mut path = stem.splitn(4, '.');
        let (Some(side), Some("blocks"), Some(layer), Some(part)) =
            (path.next(), path.next(), path.next(), path.next())
        else {
            return Err(unknown());
        };
        let layer = format!("{side}/layer_{layer}");
        match part {
            "attn_ln" => self.read(&format!("{layer}/self_attention/layer_norm/{norm_kind}")),
            "attn.query" => self.part(&format!("{layer}/self_attention/linear_0/{kind}"), 0, 3),
            "attn.key" => self.part(&format!("{layer}/self_attention/linear_0/{kind}"), 1, 3),
            "attn.value" => self.part(&format!("{layer}/self_attention/linear_0/{kind}"), 2, 3),
            "attn.out" => self.read(&format!("{layer}/self_attention/linear_1/{kind}")),
            "cross_attn_ln" => self.read(&format!("{layer}/attention/layer_norm/{norm_kind}")),
            "cross_attn.query" => self.read(&format!("{layer}/attention/linear_0/{kind}")),
            "cross_attn.key" => self.part(&format!("{layer}/attention/linear_1/{kind}"), 0, 2),
            "cross_attn.value" => self.part(&format!("{layer}/attention/linear_1/{kind}"), 1, 2),
            "cross_attn.out" => self.read(&format!("{layer}/attention/linear_2/{kind}")),
            "mlp_ln" => self.read(&format!("{layer}/ffn/layer_norm/{norm_kind}")),
            "mlp.0" => self.read(&format!("{layer}/ffn/linear_0/{kind}")),
            "mlp.2" => self.read(&format!("{layer}/ffn/linear_1/{kind}")),
            _ => Err(unknown()),
        }
    }

    fn layers(&self) -> (usize, usize) {
        let count = |side: &str| {
            (0..)
                .take_while(|n| self.variable(&format!("{side}/layer_{n}/ffn/linear_0/weight")).is_some())
                .count()
        };
        (count("encoder"), count("decoder"))
    }

    fn heads(&self) -> usize {
        let stated = self.read("encoder/num_heads").ok().and_then(|t| t.data.first().copied());
        let width = || self.read("decoder/layer_norm/gamma").map_or(0, |t| t.data.len());
        match self.variable("encoder/num_heads") {
            Some(variable) if stated.is_none() && variable.bytes >= 2 => {
                usize::from(u16::from_le_bytes([self.data[variable.start], self.data[variable.start + 1]]))
            }
            _ => stated.map_or_else(|| width() / 64, |heads| heads as usize),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(text: &str) -> Vec<u8> {
        let mut out = (text.len() as u16 + 1).to_le_bytes().to_vec();
        out.extend(text.as_bytes());
        out.push(0);
        out
    }

    fn model() -> Vec<u8> {
        let mut out = 6u32.to_le_bytes().to_vec();
        out.extend(name("WhisperSpec"));
        out.extend(3u32.to_le_bytes());
        out.extend(2u32.to_le_bytes());
        out.extend(name("w"));
        out.extend([2, 2, 0, 0, 0, 2, 0, 0, 0, 1, 4, 0, 0, 0, 10, 20, 30, 40]);
        out.extend(name("w_scale"));
        out.extend([1, 2, 0, 0, 0, 0, 8, 0, 0, 0]);
        out.extend(10f32.to_le_bytes());
        out.extend(5f32.to_le_bytes());
        out.extend(1u32.to_le_bytes());
        out.extend(name("alias"));
        out.extend(name("w"));
        out
    }

    #[test]
    fn eight_bits_are_scaled_by_row_and_aliases_followed() {
        let model = Model::parse(model()).unwrap();
        let tensor = model.read("alias").map(|t| t.data);
        // The scale is looked up under the name asked for.
        assert!(tensor.is_err());
        assert_eq!(model.read("w").unwrap().data, [1.0, 2.0, 6.0, 8.0]);
        assert_eq!(model.part("w", 1, 2).unwrap().data, [6.0, 8.0]);
    }

    #[test]
    fn what_is_cut_off_is_refused() {
        let whole = model();
        for end in 0..whole.len() {
            assert!(Model::parse(whole[..end].to_vec()).is_err(), "{end}");
        }
    }
}
