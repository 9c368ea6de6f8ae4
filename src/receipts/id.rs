//! The number of a receipt: 128 random bits in hexadecimal, so that it can stand in an address, in a file's name, on
//! paper, and cannot be guessed.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::ReceiptError;

/// Characters of an id: two for each of 16 bytes.
const LENGTH: usize = 32;

/// The number of a receipt. Whoever knows it may read the answer; nothing else leads to it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ReceiptId(String);

impl ReceiptId {
    /// A new one, from the system's source of randomness.
    pub fn random() -> Result<Self, ReceiptError> {
        let mut bytes = [0; LENGTH / 2];
        getrandom::fill(&mut bytes).map_err(|e| ReceiptError::NoRandomness(e.to_string()))?;
        Ok(Self(bytes.iter().map(|byte| format!("{byte:02x}")).collect()))
    }

    /// As it is written.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The folder in which it is kept: its first two characters.
    pub fn shard(&self) -> &str {
        &self.0[..2]
    }
}

impl FromStr for ReceiptId {
    type Err = ReceiptError;

    /// Takes 32 lower-case hexadecimal digits and nothing else: no id can lead out of the store's folder.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let is_digit = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
        if text.len() == LENGTH && text.bytes().all(is_digit) {
            Ok(Self(text.to_owned()))
        } else {
            Err(ReceiptError::MalformedId)
        }
    }
}

impl TryFrom<String> for ReceiptId {
    type Error = ReceiptError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<ReceiptId> for String {
    fn from(id: ReceiptId) -> Self {
        id.0
    }
}

impl fmt::Display for ReceiptId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn receipt_ids_differ_and_only_their_own_form_is_taken() {
        let (one, other) = (ReceiptId::random().unwrap(), ReceiptId::random().unwrap());
        assert_ne!(one, other);
        assert_eq!(one.as_str().parse::<ReceiptId>().unwrap(), one);
        let upper = one.as_str().to_uppercase();
        let long = format!("{one}0");
        for text in [
            "",
            "..",
            "../../../../../../../../etc/passwd",
            &one.as_str()[1..],
            &long,
            "é".repeat(16).as_str(),
        ] {
            assert!(text.parse::<ReceiptId>().is_err(), "{text}");
        }
        assert!(upper.parse::<ReceiptId>().is_err() || upper == one.as_str(), "{upper}");
        assert!(serde_json::from_str::<ReceiptId>("\"../x\"").is_err());
    }
}
