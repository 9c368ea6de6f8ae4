//! Models: what there is ([`manifest`]), what is here ([`store`]), and how weights of other engines become ours
//! ([`whisper_ggml`]).

pub mod manifest;
pub mod store;
pub mod whisper_ggml;

pub use manifest::{Manifest, Model, Role};
pub use store::{ModelStore, Pulled, State, StoreError};
