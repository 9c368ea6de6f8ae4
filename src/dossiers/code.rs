//! The code of a dossier: the agency, the day, the number of that day.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Longer codes are none, in characters.
pub const MAX_CODE: usize = 40;

/// A code as systems write it: `H29.17-251103-0012`, `000.00.19.H29-251103-0012`. Upper case, groups of ASCII letters and
/// digits with single dots or hyphens between them; at least one digit.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct DossierCode(String);

/// What is no code.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "{0:?} is no dossier code: letters, digits, dots and hyphens, at most {MAX_CODE} characters, for instance H29.17-251103-0012"
)]
pub struct CodeError(String);

impl DossierCode {
    /// As it is written.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Without dots and hyphens, by which it is found however it was written.
    pub fn key(&self) -> String {
        self.0.chars().filter(char::is_ascii_alphanumeric).collect()
    }
}

impl fmt::Display for DossierCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for DossierCode {
    type Err = CodeError;

    fn from_str(text: &str) -> Result<Self, CodeError> {
        let wrong = || CodeError(text.chars().take(MAX_CODE).collect());
        let code = text.trim().to_ascii_uppercase();
        let is_group = |group: &str| !group.is_empty() && group.bytes().all(|b| b.is_ascii_alphanumeric());
        let is_code = (4..=MAX_CODE).contains(&code.len())
            && code.split(['.', '-']).all(is_group)
            && code.bytes().any(|b| b.is_ascii_digit());
        if is_code { Ok(Self(code)) } else { Err(wrong()) }
    }
}

impl TryFrom<String> for DossierCode {
    type Error = CodeError;

    fn try_from(text: String) -> Result<Self, CodeError> {
        text.parse()
    }
}

impl From<DossierCode> for String {
    fn from(code: DossierCode) -> Self {
        code.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_groups_of_letters_and_digits() {
        for (written, code) in [
            (" h29.17-251103-0012\n", "H29.17-251103-0012"),
            ("000.00.19.H29-251103-0012", "000.00.19.H29-251103-0012"),
            ("12345678", "12345678"),
        ] {
            assert_eq!(written.parse::<DossierCode>().unwrap().as_str(), code);
        }
        for wrong in [
            "",
            "ABC",
            "ABCD",
            "H29..17",
            "-H29.17",
            "H29.17-",
            "H29 17",
            "H29/17",
            "Đ29.17",
            &"1".repeat(41),
        ] {
            assert!(wrong.parse::<DossierCode>().is_err(), "{wrong}");
        }
    }
}
