//! `.docx`: a whole document from a word processor.
//!
//! Of the package only `word/document.xml` is read, paragraph by paragraph. Tabs and line breaks are kept; what a
//! tracked change deleted or moved away is left out, and so are automatic numbers, which the text does not hold.

use std::io::{Cursor, Read};
use std::path::Path;

use quick_xml::Reader;
use quick_xml::events::Event;

use super::document::{MAX_DOCUMENT_BYTES, read_whole, take_document};
use super::{ImportError, Take};

const MAIN_PART: &str = "word/document.xml";

/// Reads one document.
pub(super) fn read(path: &Path, reader: impl Read, take: &mut Take<'_>) -> Result<(), ImportError> {
    let unreadable = |reason: String| ImportError::Unreadable(path.to_owned(), reason);
    let mut package = zip::ZipArchive::new(Cursor::new(read_whole(path, reader)?))
        .map_err(|e| unreadable(format!("it is no .docx ({e})")))?;
    let part = package.by_name(MAIN_PART).map_err(|e| unreadable(format!("no {MAIN_PART} in it ({e})")))?;
    let mut xml = Vec::new();
    part.take(MAX_DOCUMENT_BYTES + 1).read_to_end(&mut xml).map_err(|e| unreadable(e.to_string()))?;
    if xml.len() as u64 > MAX_DOCUMENT_BYTES {
        return Err(unreadable(format!("{MAIN_PART} unpacks to more than {MAX_DOCUMENT_BYTES} bytes")));
    }
    let malformed = |at: usize, reason: String| ImportError::Malformed {
        file: path.join(MAIN_PART),
        line: xml[..at.min(xml.len())].iter().filter(|&&b| b == b'\n').count() + 1,
        reason,
    };
    let text = std::str::from_utf8(&xml).map_err(|e| malformed(e.valid_up_to(), "not UTF-8".to_owned()))?;
    let paragraphs = paragraphs(text).map_err(|(at, reason)| malformed(at, reason))?;
    take_document(path, &paragraphs, take)
}

/// The text of all paragraphs, each on its line; or where and why the XML is wrong.
fn paragraphs(xml: &str) -> Result<String, (usize, String)> {
    let mut reader = Reader::from_str(xml);
    let mut out = String::new();
    let mut depth = 0_usize;
    // How deep the outermost element that is left out lies, while inside one.
    let mut left_out: Option<usize> = None;
    let mut in_text = false;
    loop {
        let event = reader
            .read_event()
            .map_err(|e| (usize::try_from(reader.error_position()).unwrap_or(usize::MAX), e.to_string()))?;
        match event {
            Event::Start(tag) => {
                depth += 1;
                let name = tag.local_name().into_inner().to_owned();
                if left_out.is_none() && is_left_out(&name) {
                    left_out = Some(depth);
                }
                in_text = name == "t" && left_out.is_none();
                if left_out.is_none() {
                    // A text box stands inside a paragraph, and its paragraphs begin on lines of their own.
                    if name == "txbxContent" && !out.is_empty() && !out.ends_with('\n') {
                        out.push('\n');
                    }
                    out.push_str(stands_for(&name));
                }
            }
            Event::Empty(tag) if left_out.is_none() => {
                let name = tag.local_name().into_inner().to_owned();
                out.push_str(if name == "p" { "\n" } else { stands_for(&name) });
            }
            Event::End(tag) => {
                if left_out.is_none() && tag.local_name().into_inner() == "p" {
                    out.push('\n');
                }
                if left_out == Some(depth) {
                    left_out = None;
                }
                in_text = false;
                depth = depth.saturating_sub(1);
            }
            Event::Text(text) if in_text => out.push_str(&text.xml10_content()),
            Event::CData(text) if in_text => out.push_str(&text.xml10_content()),
            Event::GeneralRef(reference) if in_text => match character(&reference) {
                Some(c) => out.push(c),
                None => {
                    let at = usize::try_from(reader.buffer_position()).unwrap_or(usize::MAX);
                    return Err((at, format!("the entity &{}; is not known", &*reference)));
                }
            },
            Event::Eof if depth > 0 => return Err((xml.len(), "the XML ends inside an element".to_owned())),
            Event::Eof => return Ok(out),
            _ => {}
        }
    }
}

/// Deleted and moved text, and what repeats something for older programs.
fn is_left_out(name: &str) -> bool {
    matches!(name, "del" | "moveFrom" | "Fallback" | "footnote" | "endnote")
}

/// Elements that stand for a character.
fn stands_for(name: &str) -> &'static str {
    match name {
        "tab" | "ptab" => "\t",
        "br" | "cr" => "\n",
        "noBreakHyphen" => "-",
        _ => "",
    }
}

fn character(reference: &quick_xml::events::BytesRef<'_>) -> Option<char> {
    match &**reference {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        _ => reference.resolve_char_ref().ok().flatten(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::document::tests::collect;
    use super::*;
    use proptest::prelude::*;
    use std::io::Write;

    fn package(xml: &str) -> Vec<u8> {
        let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
        zip.start_file(MAIN_PART, zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(xml.as_bytes()).unwrap();
        zip.finish().unwrap().into_inner()
    }

    const HEAD: &str = "<w:document><w:body><w:p><w:r><w:t>Số: 1/2020/NĐ-CP</w:t></w:r></w:p>\
                        <w:p><w:r><w:t>NGHỊ ĐỊNH</w:t><w:br/><w:t>Về việc thử</w:t></w:r></w:p>\n";

    #[test]
    fn paragraphs_become_lines_and_deleted_text_is_left_out() {
        let xml = format!(
            "{HEAD}<w:p><w:pPr><w:tabs><w:tab w:val=\"left\"/></w:tabs></w:pPr><w:r><w:t>Điều 1. </w:t></w:r>\
             <w:del><w:r><w:delText>cũ</w:delText><w:t>cũ</w:t></w:r></w:del><w:ins><w:r><w:t>Tên &amp; &#273;</w:t></w:r></w:ins></w:p>\
             <w:p><w:r><w:instrText>PAGE</w:instrText><w:t>1.</w:t><w:tab/><w:t xml:space=\"preserve\"> Một.</w:t></w:r></w:p>\
             </w:body></w:document>"
        );
        let (articles, _) = collect(|take| read(Path::new("a.docx"), &*package(&xml), take)).unwrap();
        assert_eq!(articles[0].title, "Tên & đ");
        assert_eq!(articles[0].text, "1.\t Một.");
    }

    #[test]
    fn broken_files_are_named_by_the_line() {
        for (xml, at) in [
            (format!("{HEAD}<w:p>\n</w:r>"), 3),
            (format!("{HEAD}<w:p><w:r><w:t>a"), 2),
            (format!("{HEAD}<w:p><w:t>&unknown;</w:t></w:p></w:body></w:document>"), 2),
        ] {
            match collect(|take| read(Path::new("a.docx"), &*package(&xml), take)) {
                Err(ImportError::Malformed { line, .. }) => assert_eq!(line, at, "{xml}"),
                other => panic!("{xml}: {other:?}"),
            }
        }
        for bad in [&b"PK\x03\x04"[..], b"", b"no zip at all"] {
            let read = collect(|take| read(Path::new("a.docx"), bad, take));
            assert!(matches!(read, Err(ImportError::Unreadable(..))));
        }
    }

    proptest! {
        #[test]
        fn no_input_panics(xml in "(<w:p>|</w:p>|<w:del>|</w:del>|<w:t>|</w:t>|<w:br/>|&amp;|&#0;|&|<|\\PC{0,6}){0,30}") {
            let _ = paragraphs(&xml);
        }
    }
}
