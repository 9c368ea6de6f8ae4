//! Whisper as transformers.js keeps it: an encoder and a merged decoder in ONNX, dynamically quantised to 8 bits.
//!
//! A quantised weight is `(q − zero point) × scale`, per tensor or per column. Matrices lie transposed, under names
//! that only the node that multiplies by them knows. ONNX is protobuf; the few messages needed are spelled out below
//! (onnx.proto3, field numbers in the attributes).

use std::collections::HashMap;
use std::path::Path;

use prost::Message;
use serde::Deserialize;

use super::{ConvertError, Tensor, WeightSource};

#[derive(Clone, PartialEq, Message)]
struct ModelProto {
    #[prost(message, optional, tag = "7")]
    graph: Option<GraphProto>,
}

#[derive(Clone, PartialEq, Message)]
struct GraphProto {
    #[prost(message, repeated, tag = "1")]
    node: Vec<NodeProto>,
    #[prost(message, repeated, tag = "5")]
    initializer: Vec<TensorProto>,
}

#[derive(Clone, PartialEq, Message)]
struct NodeProto {
    #[prost(string, repeated, tag = "1")]
    input: Vec<String>,
    #[prost(string, tag = "3")]
    name: String,
    #[prost(string, tag = "4")]
    op_type: String,
    #[prost(message, repeated, tag = "5")]
    attribute: Vec<AttributeProto>,
}

#[derive(Clone, PartialEq, Message)]
struct AttributeProto {
    #[prost(string, tag = "1")]
    name: String,
    #[prost(message, optional, tag = "6")]
    graph: Option<GraphProto>,
}

#[derive(Clone, PartialEq, Message)]
struct TensorProto {
    #[prost(int64, repeated, tag = "1")]
    dims: Vec<i64>,
    #[prost(int32, tag = "2")]
    data_type: i32,
    #[prost(float, repeated, tag = "4")]
    float_data: Vec<f32>,
    #[prost(int32, repeated, tag = "5")]
    int32_data: Vec<i32>,
    #[prost(string, tag = "8")]
    name: String,
    #[prost(bytes = "vec", tag = "9")]
    raw_data: Vec<u8>,
}

/// What the exporter adds to the names that both decoders share.
const MERGED: &str = "_merged_0";

struct Graph {
    initializers: HashMap<String, TensorProto>,
    inputs: HashMap<String, Vec<String>>,
    prefix: &'static str,
}

#[derive(Deserialize)]
struct Config {
    encoder_layers: usize,
    decoder_layers: usize,
    encoder_attention_heads: usize,
}

/// An open pair.
pub struct Model {
    encoder: Graph,
    decoder: Graph,
    config: Config,
}

impl Model {
    /// Reads `onnx/encoder_model_quantized.onnx`, `onnx/decoder_model_merged_quantized.onnx` and `config.json`.
    pub fn open(folder: &Path) -> Result<Self, ConvertError> {
        let path = folder.join("config.json");
        let unreadable = |e: String| ConvertError::Unreadable(path.clone(), e);
        let config = std::fs::read(&path).map_err(|e| unreadable(e.to_string()))?;
        Ok(Self {
            config: serde_json::from_slice(&config).map_err(|e| unreadable(e.to_string()))?,
            encoder: Graph::open(&folder.join("onnx/encoder_model_quantized.onnx"), "/")?,
            decoder: Graph::open(
                &folder.join("onnx/decoder_model_merged_quantized.onnx"),
                "/model/decoder/",
            )?,
        })
    }
}

impl Graph {
    fn open(path: &Path, prefix: &'static str) -> Result<Self, ConvertError> {
        let unreadable = |e: String| ConvertError::Unreadable(path.to_owned(), e);
        let bytes = std::fs::read(path).map_err(|e| unreadable(e.to_string()))?;
        let model = ModelProto::decode(bytes.as_slice()).map_err(|e| unreadable(e.to_string()))?;
        let graph = model.graph.ok_or_else(|| unreadable("there is no graph in it".to_owned()))?;
        Ok(Self::of(graph, prefix))
    }

    fn of(graph: GraphProto, prefix: &'static str) -> Self {
        let plain = |name: &str| name.replace(MERGED, "");
        let mut inputs = HashMap::new();
        let mut take = |node: &NodeProto| {
            inputs.insert(node.name.clone(), node.input.iter().map(|name| plain(name)).collect());
        };
        for node in &graph.node {
            take(node);
            // The merged decoder keeps its body in the branches of an If.
            let branches = node.attribute.iter().filter(|a| node.op_type == "If" && a.name == "else_branch");
            for branch in branches.filter_map(|a| a.graph.as_ref()) {
                branch.node.iter().for_each(&mut take);
            }
        }
        let initializers = graph.initializer.into_iter().map(|t| (plain(&t.name), t)).collect();
        Self { initializers, inputs, prefix }
    }

    fn initializer(&self, name: &str) -> Result<&TensorProto, ConvertError> {
        self.initializers.get(name).ok_or_else(|| ConvertError::NotWhisper(format!("{name} is missing")))
    }

    fn plain(&self, name: &str) -> Result<Tensor, ConvertError> {
        let tensor = self.initializer(name)?;
        Tensor::new(name, tensor, tensor.values(name)?)
    }

    /// `(q − zero point) × scale`; scales of more than one value run along `axis`.
    fn dequantised(&self, base: &str, axis: usize) -> Result<Tensor, ConvertError> {
        let quantised = self.initializer(&format!("{base}_quantized"))?;
        let values = |part: &str| {
            let name = format!("{base}_{part}");
            self.initializer(&name)?.values(&name)
        };
        let (scales, zeros) = (values("scale")?, values("zero_point")?);
        let mut tensor = Tensor::new(base, quantised, quantised.values(base)?)?;
        let inner: usize = tensor.shape.get(axis + 1..).unwrap_or_default().iter().product();
        let along = tensor.shape.get(axis).copied().unwrap_or(1);
        let fits = |list: &[f32]| list.len() == 1 || list.len() == along;
        if !fits(&scales) || !fits(&zeros) {
            return Err(ConvertError::NotWhisper(format!("{base} has {} scales", scales.len())));
        }
        for (n, value) in tensor.data.iter_mut().enumerate() {
            let at = n / inner.max(1) % along.max(1);
            let one = |list: &[f32]| list[if list.len() == 1 { 0 } else { at }];
            *value = (*value - one(&zeros)) * one(&scales);
        }
        Ok(tensor)
    }

    /// The matrix that the node multiplies by, turned the way whisper.cpp wants it.
    fn matrix(&self, node: &str) -> Result<Tensor, ConvertError> {
        let node = format!("{}{node}/MatMul_quant", self.prefix);
        let name = self
            .inputs
            .get(&node)
            .and_then(|inputs| inputs.get(1)?.strip_suffix("_quantized"))
            .ok_or_else(|| ConvertError::NotWhisper(format!("the node {node} is missing")))?;
        let tensor = self.dequantised(name, 1)?;
        let [rows, columns] = tensor.shape[..] else {
            return Err(ConvertError::NotWhisper(format!("{name} is no matrix")));
        };
        let mut turned = vec![0.0; tensor.data.len()];
        for (row, values) in tensor.data.chunks_exact(columns.max(1)).enumerate() {
            for (column, value) in values.iter().enumerate() {
                turned[column * rows + row] = *value;
            }
        }
        Ok(Tensor { shape: vec![columns, rows], data: turned })
    }
}

impl Tensor {
    fn new(name: &str, proto: &TensorProto, data: Vec<f32>) -> Result<Self, ConvertError> {
        let shape: Vec<usize> = proto.dims.iter().map(|&d| d.max(0) as usize).collect();
        if shape.iter().product::<usize>() != data.len() {
            return Err(ConvertError::NotWhisper(format!("{name} has another size than it says")));
        }
        Ok(Self { shape, data })
    }
}

impl TensorProto {
    /// As 32-bit floats, whichever way they are stored.
    fn values(&self, name: &str) -> Result<Vec<f32>, ConvertError> {
        const FLOAT: i32 = 1;
        const UINT8: i32 = 2;
        const INT8: i32 = 3;
        let raw = &self.raw_data;
        Ok(match (self.data_type, raw.is_empty()) {
            (FLOAT, false) => raw.as_chunks::<4>().0.iter().map(|b| f32::from_le_bytes(*b)).collect(),
            (FLOAT, true) => self.float_data.clone(),
            (UINT8, false) => raw.iter().map(|&b| f32::from(b)).collect(),
            (INT8, false) => raw.iter().map(|&b| f32::from(b as i8)).collect(),
            (UINT8 | INT8, true) => self.int32_data.iter().map(|&x| x as f32).collect(),
            (kind, _) => return Err(ConvertError::NotWhisper(format!("{name} is of type {kind}"))),
        })
    }
}

impl WeightSource for Model {
    fn tensor(&self, name: &str) -> Result<Tensor, ConvertError> {
        let unknown = || ConvertError::NotWhisper(format!("{name} has no counterpart"));
        match name {
            "encoder.positional_embedding" => return self.encoder.plain("embed_positions.weight"),
            "decoder.positional_embedding" => {
                return self.decoder.plain("model.decoder.embed_positions.weight");
            }
            "decoder.token_embedding.weight" => {
                return self.decoder.dequantised("model.decoder.embed_tokens.weight", 0);
            }
            _ => {}
        }
        let (stem, kind) = name.rsplit_once('.').ok_or_else(unknown)?;
        match stem {
            "encoder.conv1" | "encoder.conv2" => {
                let plain = name.trim_start_matches("encoder.");
                let quantised = self.encoder.initializers.contains_key(&format!("{plain}_quantized"));
                return if quantised {
                    self.encoder.dequantised(plain, 0)
                } else {
                    self.encoder.plain(plain)
                };
            }
            "encoder.ln_post" => return self.encoder.plain(&format!("layer_norm.{kind}")),
            "decoder.ln" => return self.decoder.plain(&format!("model.decoder.layer_norm.{kind}")),
            _ => {}
        }
        let mut path = stem.splitn(4, '.');
        let (Some(side), Some("blocks"), Some(layer), Some(part)) =
            (path.next(), path.next(), path.next(), path.next())
        else {
            return Err(unknown());
        };
        let (graph, scope) = match side {
            "encoder" => (&self.encoder, ""),
            _ => (&self.decoder, "model.decoder."),
        };
        let layer = format!("layers.{layer}");
        let part = match part {
            "attn_ln" => "self_attn_layer_norm",
            "cross_attn_ln" => "encoder_attn_layer_norm",
            "mlp_ln" => "final_layer_norm",
            "attn.query" => "self_attn/q_proj",
            "attn.key" => "self_attn/k_proj",
            "attn.value" => "self_attn/v_proj",
            "attn.out" => "self_attn/out_proj",
            "cross_attn.query" => "encoder_attn/q_proj",
            "cross_attn.key" => "encoder_attn/k_proj",
            "cross_attn.value" => "encoder_attn/v_proj",
            "cross_attn.out" => "encoder_attn/out_proj",
            "mlp.0" => "fc1",
            "mlp.2" => "fc2",
            _ => return Err(unknown()),
        };
        if kind == "weight" && !part.ends_with("layer_norm") {
            return graph.matrix(&format!("{layer}/{part}"));
        }
        graph.plain(&format!("{scope}{layer}.{}.{kind}", part.replace('/', ".")))
    }

    fn layers(&self) -> (usize, usize) {
        (self.config.encoder_layers, self.config.decoder_layers)
    }

    fn heads(&self) -> usize {
        self.config.encoder_attention_heads
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tensor(name: &str, dims: &[i64], data_type: i32, raw: &[u8]) -> TensorProto {
        TensorProto {
            dims: dims.to_vec(),
            data_type,
            name: name.to_owned(),
            raw_data: raw.to_vec(),
            ..TensorProto::default()
        }
    }

    #[test]
    fn a_matrix_is_found_scaled_and_turned() {
        let scales: Vec<u8> = [1.0f32, 10.0].iter().flat_map(|x| x.to_le_bytes()).collect();
        let body = GraphProto {
            node: vec![NodeProto {
                name: "/model/decoder/layers.0/fc1/MatMul_quant".into(),
                input: vec!["x".into(), "onnx::MatMul_7_merged_0_quantized".into()],
                ..NodeProto::default()
            }],
            initializer: vec![],
        };
        let graph = GraphProto {
            node: vec![NodeProto {
                op_type: "If".into(),
                attribute: vec![AttributeProto { name: "else_branch".into(), graph: Some(body) }],
                ..NodeProto::default()
            }],
            initializer: vec![
                tensor("onnx::MatMul_7_merged_0_quantized", &[3, 2], 2, &[11, 12, 13, 14, 15, 16]),
                tensor("onnx::MatMul_7_merged_0_scale", &[2], 1, &scales),
                tensor("onnx::MatMul_7_merged_0_zero_point", &[2], 2, &[10, 10]),
            ],
        };
        let encoded = ModelProto { graph: Some(graph) }.encode_to_vec();
        let decoded = ModelProto::decode(encoded.as_slice()).unwrap().graph.unwrap();
        let graph = Graph::of(decoded, "/model/decoder/");
        let matrix = graph.matrix("layers.0/fc1").unwrap();
        assert_eq!(matrix.shape, [2, 3]);
        assert_eq!(matrix.data, [1.0, 3.0, 5.0, 20.0, 40.0, 60.0]);
        assert!(graph.matrix("layers.1/fc1").is_err());
    }
}
