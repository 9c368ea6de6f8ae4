//! A whole legal document as plain text, taken apart along its headings and put together again.
//!
//! Documents come as running text: agencies publish them as Word files and web pages. [`parse`] finds the headings
//! (Phần, Chương, Mục, Tiểu mục, Điều) and keeps every piece of text beside the heading that it follows, so that
//! [`LegalText::print`] gives back what was read, byte for byte after [`normalise`]. [`LegalText::articles`]
//! turns the tree into what the index holds, and [`LegalText::doubts`] names the lines that look wrong.
//!
//! * [`headings`]: what a line opens; * [`document_heading`]: number, kind, title and day of the document;
//! * [`tree`]: the pieces; * [`articles`]: the way to the index; * [`doubts`]: what looks wrong.

pub mod articles;
pub mod document_heading;
pub mod doubts;
pub mod headings;
pub mod tree;

#[cfg(test)]
mod tests;

use unicode_normalization::UnicodeNormalization;

pub use document_heading::DocumentHeading;
pub use doubts::Doubt;
pub use headings::Level;

/// A legal document, taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LegalText {
    /// What the document says of itself before its first unit.
    pub heading: DocumentHeading,
    /// Everything before the first unit, as it stands.
    pub preamble: String,
    /// The parts, chapters, sections, subsections and articles, in order, each inside the one above it.
    pub units: Vec<Unit>,
    /// Signature, recipients (Nơi nhận) and whatever follows them, as it stands.
    pub closing: String,
}

/// A part, chapter, section, subsection or article.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unit {
    /// What it is.
    pub level: Level,
    /// `thứ nhất`, `III`, `2`, `12a`.
    pub number: String,
    /// The heading without its number, on one line; empty where there is none.
    pub title: String,
    /// The lines of the heading, as they stand.
    pub opening: String,
    /// What follows the heading up to the next unit, as it stands.
    pub text: String,
    /// Where the heading begins, counted from 1 in the normalised text.
    pub line: usize,
    /// The units inside this one.
    pub children: Vec<Unit>,
}

/// Takes a document apart. Any text can be parsed; one without headings is all preamble.
pub fn parse(text: &str) -> LegalText {
    tree::parse(&normalise(text))
}

/// Line ends become `\n`, characters NFC.
pub fn normalise(text: &str) -> String {
    text.replace("\r\n", "\n").replace('\r', "\n").nfc().collect()
}

impl LegalText {
    /// The text that was read, after [`normalise`], byte for byte.
    pub fn print(&self) -> String {
        let mut out = self.preamble.clone();
        for unit in self.walk() {
            out.push_str(&unit.opening);
            out.push_str(&unit.text);
        }
        out.push_str(&self.closing);
        out
    }

    /// All units in the order of the text.
    pub fn walk(&self) -> impl Iterator<Item = &Unit> {
        let mut waiting: Vec<&Unit> = self.units.iter().rev().collect();
        std::iter::from_fn(move || {
            let unit = waiting.pop()?;
            waiting.extend(unit.children.iter().rev());
            Some(unit)
        })
    }
}
