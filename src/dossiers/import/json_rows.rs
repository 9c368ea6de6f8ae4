//! Objects of a JSON file, one at a time: of an array, or one after the other.
//!
//! An object is either a [`Dossier`] with `secrets` beside its fields, or has columns with the names of the mapping.

use std::collections::HashMap;
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::{Map, Value};

use super::csv_text::MAX_ROW_BYTES;
use super::encoding::{DecodedReader, Encoding};
use super::error::{FileError, Problem, RowError};
use super::mapping::{Field, Names};
use super::row::{Cell, Cells, Wrong};
use super::source::{Content, RawRow};
use super::values::{clean, shown};
use crate::dossiers::dossier::Dossier;

/// As many names of columns are remembered.
const MAX_NAMES: usize = 1000;

/// An open JSON file.
pub(super) struct JsonRows {
    path: PathBuf,
    text: BufReader<DecodedReader<File>>,
    encoding: Encoding,
    line: u64,
    place: Place,
    /// What each name of a column gives.
    known: HashMap<String, Known>,
}

/// The name of a column as it is shown, and what it gives.
type Known = (Arc<str>, Vec<(Field, usize)>);

/// Where between the objects.
#[derive(Clone, Copy, PartialEq)]
enum Place {
    Begin,
    /// Objects one after the other.
    Outside,
    /// In an array; whether a comma is needed before the next object.
    Array {
        needs_comma: bool,
    },
    /// Behind the array.
    End,
}

impl JsonRows {
    /// Stands before the first object.
    pub(super) fn open(path: &Path, encoding: Encoding) -> Result<Self, FileError> {
        let file = File::open(path).map_err(|e| FileError::Unreadable(path.to_owned(), e.to_string()))?;
        Ok(Self {
            path: path.to_owned(),
            text: BufReader::with_capacity(1 << 16, DecodedReader::new(file, encoding)),
            encoding,
            line: 1,
            place: Place::Begin,
            known: HashMap::new(),
        })
    }

    /// How it is encoded.
    pub(super) fn encoding(&self) -> Encoding {
        self.encoding
    }

    /// The file, to ask how far it is read.
    pub(super) fn file(&self) -> &File {
        self.text.get_ref().get_ref()
    }

    /// The next object; null at the end.
    pub(super) fn next(&mut self, names: &Names) -> Result<Option<RawRow>, FileError> {
        if !self.find_object()? {
            return Ok(None);
        }
        let line = self.line;
        let object = self.object()?;
        let content =
            self.content(&object, names).map_err(|(column, problem)| RowError { line, column, problem });
        Ok(Some(RawRow { line, content }))
    }

    fn malformed(&self, reason: impl Into<String>) -> FileError {
        FileError::Malformed { file: self.path.clone(), line: self.line, reason: reason.into() }
    }

    /// The next byte, which stays.
    fn peek(&mut self) -> Result<Option<u8>, FileError> {
        let buffer = self.text.fill_buf();
        let buffer = buffer.map_err(|e| FileError::Unreadable(self.path.clone(), e.to_string()))?;
        Ok(buffer.first().copied())
    }

    /// Goes to the brace of the next object; false at the end.
    fn find_object(&mut self) -> Result<bool, FileError> {
        loop {
            let Some(byte) = self.peek()? else {
                return match self.place {
                    Place::Array { .. } => {
                        Err(self.malformed("the array ends in the middle; the file is cut off"))
                    }
                    _ => Ok(false),
                };
            };
            self.place = match (byte, self.place) {
                (b' ' | b'\t' | b'\r' | b'\n', place) => place,
                (b'[', Place::Begin) => Place::Array { needs_comma: false },
                (b'{', Place::Begin | Place::Outside) => return Ok(true),
                (b'{', Place::Array { needs_comma: false }) => return Ok(true),
                (b',', Place::Array { needs_comma: true }) => Place::Array { needs_comma: false },
                (b']', Place::Array { .. }) => Place::End,
                _ => {
                    return Err(
                        self.malformed("an object was expected: {…}, alone on its line or in an array")
                    );
                }
            };
            self.line += u64::from(byte == b'\n');
            self.text.consume(1);
        }
    }

    /// The bytes of the object that begins here, to its closing brace.
    fn object(&mut self) -> Result<Vec<u8>, FileError> {
        let begin = self.line;
        let mut object = Vec::new();
        let (mut depth, mut in_string, mut is_escaped) = (0_usize, false, false);
        loop {
            let buffer = self.text.fill_buf();
            let buffer = buffer.map_err(|e| FileError::Unreadable(self.path.clone(), e.to_string()))?;
            if buffer.is_empty() {
                self.line = begin;
                return Err(self.malformed("the object is not closed; the file is cut off"));
            }
            let mut end = None;
            for (n, &byte) in buffer.iter().enumerate() {
                self.line += u64::from(byte == b'\n');
                match byte {
                    _ if is_escaped => is_escaped = false,
                    b'\\' if in_string => is_escaped = true,
                    b'"' => in_string = !in_string,
                    b'{' | b'[' if !in_string => depth += 1,
                    b'}' | b']' if !in_string => depth = depth.saturating_sub(1),
                    _ => {}
                }
                if depth == 0 {
                    end = Some(n + 1);
                    break;
                }
            }
            let taken = end.unwrap_or(buffer.len());
            object.extend_from_slice(buffer.get(..taken).unwrap_or_default());
            self.text.consume(taken);
            if object.len() as u64 > MAX_ROW_BYTES {
                return Err(FileError::RowTooLong {
                    file: self.path.clone(),
                    line: begin,
                    at_most: MAX_ROW_BYTES,
                });
            }
            if end.is_some() {
                self.place = match self.place {
                    Place::Array { .. } => Place::Array { needs_comma: true },
                    _ => Place::Outside,
                };
                return Ok(object);
            }
        }
    }

    fn content(&mut self, object: &[u8], names: &Names) -> Result<Content, Wrong> {
        let wrong = |e: serde_json::Error| (None, Problem::Json(e.to_string()));
        let mut object: Map<String, Value> = serde_json::from_slice(object).map_err(wrong)?;
        if object.contains_key("code")
            && object.contains_key("received_at")
            && object.contains_key("procedure")
        {
            // What is wrong with these is not repeated: it would show them.
            let secrets = private(&mut object, "secrets", "identity_last4 is a text, birth_year a number")?;
            let applicant = private(&mut object, "applicant", "it is a text")?;
            let mut dossier: Dossier = serde_json::from_value(Value::Object(object)).map_err(wrong)?;
            dossier.applicant = applicant;
            return Ok(Content::Own(Box::new((dossier, secrets))));
        }
        let mut cells = Cells::default();
        for (name, value) in object {
            let (column, fields) = self.column(&name, names);
            let Some(((field, place), others)) = fields.split_first() else { continue };
            let Some(text) = text(value).map_err(|problem| (Some(name), problem))? else { continue };
            for (field, place) in others {
                cells.put(*field, Cell { column: column.clone(), text: text.clone(), place: *place });
            }
            cells.put(*field, Cell { column, text, place: *place });
        }
        if cells.is_empty() {
            let reason = "none of its names is known; give yours in the mapping".to_owned();
            return Err((None, Problem::Json(reason)));
        }
        Ok(Content::Cells(Box::new(cells)))
    }

    fn column(&mut self, name: &str, names: &Names) -> Known {
        if let Some(known) = self.known.get(name) {
            return known.clone();
        }
        let column = (Arc::from(shown(&clean(name))), names.fields(name).to_vec());
        if self.known.len() < MAX_NAMES {
            self.known.insert(name.to_owned(), column.clone());
        }
        column
    }
}

/// Takes what belongs to a person out of an object; the error says only what is expected.
fn private<T: Default + serde::de::DeserializeOwned>(
    object: &mut Map<String, Value>,
    name: &str,
    expected: &str,
) -> Result<T, Wrong> {
    match object.remove(name) {
        None | Some(Value::Null) => Ok(T::default()),
        Some(value) => serde_json::from_value(value)
            .map_err(|_| (Some(name.to_owned()), Problem::Json(expected.to_owned()))),
    }
}

/// A value as the text of a cell; lists become lines.
fn text(value: Value) -> Result<Option<String>, Problem> {
    match value {
        Value::Null => Ok(None),
        Value::String(text) => Ok(Some(text)),
        Value::Number(number) => Ok(Some(number.to_string())),
        Value::Array(values) => {
            let texts = values.into_iter().map(text).collect::<Result<Vec<_>, _>>()?;
            Ok(Some(texts.into_iter().flatten().collect::<Vec<_>>().join("\n")))
        }
        Value::Bool(_) | Value::Object(_) => {
            Err(Problem::Json("a text or a number was expected, not an object or a truth value".to_owned()))
        }
    }
}
