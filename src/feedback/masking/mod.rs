//! Personal data in what citizens write or say, masked before anybody else sees it.
//!
//! [`mask`] puts a word in brackets where a number, an address or a name stood: `[số căn cước]`, `[tên người]`. Written
//! and said forms are read alike, since questions are transcripts of speech; what was done to hide a number (spaces,
//! dots, other digits, characters that cannot be seen) is looked past. Legal citations, sums of money, dates and the
//! names of offices, streets and schools stay.
//!
//! * `tokens`: the text in one form, with the bytes that each piece came from; `phrases`: lists found in it;
//! * `digits`: digits in a row, written or said; `numbers`: what such a row is;
//! * `written`, `email`: what has a form of its own (plates, codes, dates of birth, addresses of mail);
//! * `names`: persons, by the lists of `name_lists.tsv`; `places`: where somebody lives.
//!
//! It errs to the side of masking: a long row of digits that nothing explains goes as well. It does not find
//! everything. `table.tsv` is the measure, and the lines of it marked `!` are known to be missed: among others nicknames,
//! names of one syllable without a word that announces them, numbers spelt over several sentences, letters of other scripts
//! in the place of Latin ones, and what only the matter tells (`nhà đối diện ủy ban`). Staff should therefore read a text
//! before they publish it.
//!
//! ```
//! use hoidap::feedback::masking::{Audience, Kind, mask};
//! let masked = mask("Tôi là Nguyễn Văn An, gọi tôi số 0912 345 678.", Audience::Staff);
//! assert_eq!(masked.text, "Tôi là [tên người], gọi tôi số [số điện thoại].");
//! assert_eq!(masked.found[1].kind, Kind::Phone);
//! ```

mod digits;
mod email;
mod names;
mod numbers;
pub(in crate::feedback) mod phrases;
mod places;
pub(in crate::feedback) mod tokens;
mod written;

use std::ops::Range;

use serde::{Deserialize, Serialize};

use tokens::Tokens;

/// Who is to read the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Audience {
    /// Staff, who need the code of a dossier and the place that is spoken of.
    Staff,
    /// Everybody: codes of dossiers and addresses of houses go as well.
    Public,
}

/// What was masked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Căn cước, chứng minh nhân dân.
    IdentityNumber,
    /// A telephone number.
    Phone,
    /// The number of an account or a card at a bank.
    BankAccount,
    /// An e-mail address.
    Email,
    /// Mã số thuế.
    TaxNumber,
    /// The number of a passport.
    Passport,
    /// A date or a year of birth.
    BirthDate,
    /// The licence plate of a vehicle.
    LicencePlate,
    /// The code of a dossier; for [`Audience::Public`] only.
    DossierCode,
    /// Where somebody lives, down to the house; for [`Audience::Public`] only.
    Address,
    /// A person's name.
    PersonName,
    /// Nine digits or more that nothing explains.
    LongNumber,
}

impl Kind {
    /// All of them; where two are found in one place, the earlier one gives its name.
    pub const ALL: [Self; 12] = [
        Self::Email,
        Self::DossierCode,
        Self::IdentityNumber,
        Self::Phone,
        Self::BankAccount,
        Self::TaxNumber,
        Self::Passport,
        Self::BirthDate,
        Self::LicencePlate,
        Self::LongNumber,
        Self::PersonName,
        Self::Address,
    ];

    /// What stands in its place.
    pub fn placeholder(self) -> &'static str {
        match self {
            Self::IdentityNumber => "[số căn cước]",
            Self::Phone => "[số điện thoại]",
            Self::BankAccount => "[số tài khoản]",
            Self::Email => "[thư điện tử]",
            Self::TaxNumber => "[mã số thuế]",
            Self::Passport => "[số hộ chiếu]",
            Self::BirthDate => "[ngày sinh]",
            Self::LicencePlate => "[biển số xe]",
            Self::DossierCode => "[mã hồ sơ]",
            Self::Address => "[địa chỉ]",
            Self::PersonName => "[tên người]",
            Self::LongNumber => "[dãy số]",
        }
    }

    fn rank(self) -> usize {
        Self::ALL.iter().position(|kind| *kind == self).unwrap_or(Self::ALL.len())
    }
}

/// One thing that was masked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// What it was.
    pub kind: Kind,
    /// Where its placeholder stands, in bytes of [`Masked::text`].
    pub range: Range<usize>,
}

/// A text without personal data, as far as they were found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Masked {
    /// The text, with placeholders.
    pub text: String,
    /// What was masked, in order.
    pub found: Vec<Finding>,
}

/// Something found, in tokens.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Span {
    kind: Kind,
    tokens: Range<usize>,
}

impl Span {
    fn new(kind: Kind, tokens: Range<usize>) -> Self {
        Self { kind, tokens }
    }
}

/// Masks personal data. Takes time in proportion to the text; what is masked stays so when it is masked again.
pub fn mask(text: &str, audience: Audience) -> Masked {
    let spans = find(text, audience);
    let mut masked =
        Masked { text: String::with_capacity(text.len()), found: Vec::with_capacity(spans.len()) };
    let mut kept = 0;
    for (kind, bytes) in spans {
        masked.text.push_str(text.get(kept..bytes.start).unwrap_or_default());
        let start = masked.text.len();
        masked.text.push_str(kind.placeholder());
        masked.found.push(Finding { kind, range: start..masked.text.len() });
        kept = bytes.end;
    }
    masked.text.push_str(text.get(kept..).unwrap_or_default());
    masked
}

/// What is to be masked, in bytes of the text, in order and apart from each other.
fn find(text: &str, audience: Audience) -> Vec<(Kind, Range<usize>)> {
    let placeholders = Kind::ALL.map(Kind::placeholder);
    let tokens = Tokens::of(text, &placeholders);
    let mut spans = Vec::new();
    email::find(&tokens, &mut spans);
    written::find(&tokens, &mut spans);
    // What has a form of its own is no part of a row of digits.
    let mut taken = vec![false; tokens.list.len()];
    for span in &spans {
        if let Some(part) = taken.get_mut(span.tokens.clone()) {
            part.fill(true);
        }
    }
    numbers::find(&tokens, &taken, &mut spans);
    names::find(&tokens, &mut spans);
    if audience == Audience::Public {
        places::find(&tokens, &mut spans);
    } else {
        spans.retain(|span| span.kind != Kind::DossierCode);
    }
    merged(&tokens, spans)
}

/// Spans that overlap become one, of the kind that ranks first.
fn merged(tokens: &Tokens, mut spans: Vec<Span>) -> Vec<(Kind, Range<usize>)> {
    spans.retain(|span| span.tokens.start < span.tokens.end);
    spans.sort_by_key(|span| (span.tokens.start, span.kind.rank()));
    let mut out: Vec<Span> = Vec::new();
    for span in spans {
        match out.last_mut() {
            Some(last) if span.tokens.start < last.tokens.end => {
                last.tokens.end = last.tokens.end.max(span.tokens.end);
                if span.kind.rank() < last.kind.rank() {
                    last.kind = span.kind;
                }
            }
            _ => out.push(span),
        }
    }
    out.into_iter().map(|span| (span.kind, tokens.bytes(&span.tokens))).collect()
}

#[cfg(test)]
mod tests;
