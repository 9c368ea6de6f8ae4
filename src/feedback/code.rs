//! The code by which a citizen follows what they sent: `PA-4821-7730-1526`. Digits only, so that it can be said; the last
//! one checks the others, so that a misheard one is noticed.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Digits, the check digit included. Eleven that cannot be guessed, at a hundred tries a second, for thirty years.
pub const DIGITS: usize = 12;

/// H. M. Damm's quasigroup (Total anti-symmetrische Quasigruppen, 2004): it notices every single wrong digit and every two
/// neighbours that have changed places.
const DAMM: [[u8; 10]; 10] = [
    [0, 3, 1, 7, 5, 9, 8, 6, 4, 2],
    [7, 0, 9, 2, 1, 5, 4, 8, 6, 3],
    [4, 2, 0, 6, 8, 7, 1, 3, 5, 9],
    [1, 7, 5, 0, 9, 8, 3, 4, 2, 6],
    [6, 1, 2, 3, 0, 4, 5, 9, 7, 8],
    [3, 6, 7, 4, 2, 0, 9, 5, 8, 1],
    [5, 8, 6, 9, 7, 2, 0, 1, 3, 4],
    [8, 9, 4, 5, 3, 6, 2, 0, 1, 7],
    [9, 4, 3, 8, 6, 1, 7, 2, 0, 5],
    [2, 5, 8, 1, 4, 3, 6, 7, 9, 0],
];

/// A code of what somebody sent.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct SubmissionCode(String);

/// What is no code, or was misheard or mistyped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a code has {DIGITS} digits, the last of which checks the others: PA-4821-7730-1526")]
pub struct CodeError;

impl SubmissionCode {
    /// A new one, that nobody can guess.
    ///
    /// # Errors
    /// Where the machine gives no randomness.
    pub fn new() -> Result<Self, getrandom::Error> {
        loop {
            let mut random = [0; 8];
            getrandom::fill(&mut random)?;
            // Of 2^64 the last part that is no multiple is left out, so that all codes are as likely.
            let (random, of) = (u64::from_le_bytes(random), 10_u64.pow(DIGITS as u32 - 1));
            if random < u64::MAX - u64::MAX % of {
                let digits = format!("{:0width$}", random % of, width = DIGITS - 1);
                let check = damm(digits.bytes());
                return Ok(Self(format!("{digits}{check}")));
            }
        }
    }

    /// The digits alone.
    pub fn digits(&self) -> &str {
        &self.0
    }
}

/// The check digit; 0 over digits with theirs.
fn damm(digits: impl Iterator<Item = u8>) -> u8 {
    digits.fold(0, |check, digit| {
        let row = DAMM.get(usize::from(check)).copied().unwrap_or_default();
        row.get(usize::from(digit.wrapping_sub(b'0'))).copied().unwrap_or_default()
    })
}

impl fmt::Display for SubmissionCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PA")?;
        self.0.as_bytes().chunks(4).try_for_each(|four| write!(f, "-{}", String::from_utf8_lossy(four)))
    }
}

impl FromStr for SubmissionCode {
    type Err = CodeError;

    fn from_str(text: &str) -> Result<Self, CodeError> {
        let text = text.trim();
        let rest = text.strip_prefix("PA").or_else(|| text.strip_prefix("pa")).unwrap_or(text);
        if !rest.chars().all(|c| c.is_ascii_digit() || matches!(c, '-' | ' ' | '.'))
            || rest.len() > 3 * DIGITS
        {
            return Err(CodeError);
        }
        let digits: String = rest.chars().filter(char::is_ascii_digit).collect();
        if digits.len() == DIGITS && damm(digits.bytes()) == 0 { Ok(Self(digits)) } else { Err(CodeError) }
    }
}

impl TryFrom<String> for SubmissionCode {
    type Error = CodeError;

    fn try_from(text: String) -> Result<Self, CodeError> {
        text.parse()
    }
}

impl From<SubmissionCode> for String {
    fn from(code: SubmissionCode) -> Self {
        code.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_read_as_they_are_written() {
        for _ in 0..200 {
            let code = SubmissionCode::new().unwrap();
            assert_eq!(code.to_string().parse(), Ok(code.clone()));
            assert_eq!(code.digits().parse(), Ok(code.clone()));
            assert_eq!(format!("pa {}", code.digits()).parse(), Ok(code));
        }
        for wrong in ["", "PA", "PA-0000-0000-0001", "12345", "PA-4821-7730-152６", &"0".repeat(99)] {
            assert_eq!(wrong.parse::<SubmissionCode>(), Err(CodeError), "{wrong}");
        }
    }

    #[test]
    fn a_wrong_digit_and_changed_places_are_noticed() {
        let code = SubmissionCode::new().unwrap();
        for at in 0..DIGITS {
            for digit in b'0'..=b'9' {
                let mut other = code.digits().as_bytes().to_vec();
                if other[at] != digit {
                    other[at] = digit;
                    assert!(String::from_utf8(other).unwrap().parse::<SubmissionCode>().is_err());
                }
            }
            let mut other = code.digits().as_bytes().to_vec();
            if at + 1 < DIGITS && other[at] != other[at + 1] {
                other.swap(at, at + 1);
                assert!(String::from_utf8(other).unwrap().parse::<SubmissionCode>().is_err());
            }
        }
    }
}
