//! `.html`, `.htm`: a whole document as agencies publish it on the web.
//!
//! Elements that stand on lines of their own give lines; a row of a table gives one line with tabs between its
//! cells, or, where a cell holds several lines, the lines of its cells one after another. Scripts, styles and the
//! head of the page are left out.

use std::io::Read;
use std::path::Path;

use scraper::{Html, Node};

use super::document::{decode, read_whole, take_document};
use super::{ImportError, Take};

/// Reads one document.
pub(super) fn read(path: &Path, reader: impl Read, take: &mut Take<'_>) -> Result<(), ImportError> {
    let bytes = read_whole(path, reader)?;
    take_document(path, &lines(&decode(path, &bytes)?).join("\n"), take)
}

/// The lines of a page. Pages may be nested deeply, so the way through them is a loop and no recursion.
fn lines(page: &str) -> Vec<String> {
    let page = Html::parse_document(page);
    let mut text = Lines::default();
    let mut node = page.tree.root();
    loop {
        let goes_in = match node.value() {
            Node::Text(piece) => {
                text.push(piece);
                false
            }
            Node::Element(element) if is_left_out(element.name()) => false,
            Node::Element(element) => {
                text.open(element.name());
                true
            }
            Node::Document | Node::Fragment => true,
            _ => false,
        };
        if goes_in && let Some(child) = node.first_child() {
            node = child;
            continue;
        }
        loop {
            if let Node::Element(element) = node.value()
                && !is_left_out(element.name())
            {
                text.close(element.name());
            }
            if let Some(next) = node.next_sibling() {
                node = next;
                break;
            }
            match node.parent() {
                Some(parent) => node = parent,
                None => return text.finish(),
            }
        }
    }
}

fn is_left_out(name: &str) -> bool {
    matches!(
        name,
        "head"
            | "script"
            | "style"
            | "noscript"
            | "template"
            | "iframe"
            | "object"
            | "svg"
            | "select"
            | "button"
    )
}

/// Elements that stand on lines of their own.
fn is_block(name: &str) -> bool {
    matches!(
        name,
        "address"
            | "article"
            | "aside"
            | "blockquote"
            | "body"
            | "br"
            | "caption"
            | "center"
            | "dd"
            | "div"
            | "dl"
            | "dt"
            | "fieldset"
            | "figure"
            | "footer"
            | "form"
            | "h1"
            | "h2"
            | "h3"
            | "h4"
            | "h5"
            | "h6"
            | "header"
            | "hr"
            | "li"
            | "main"
            | "nav"
            | "ol"
            | "p"
            | "pre"
            | "section"
            | "table"
            | "tbody"
            | "tfoot"
            | "thead"
            | "ul"
    )
}

/// Lines being put together; a cell and a row each gather their own before they join the page's.
#[derive(Default)]
struct Lines {
    done: Vec<String>,
    line: String,
    /// Rows and cells that are open, with what stood before them.
    outer: Vec<Outer>,
    /// The cells of the open row.
    cells: Vec<Vec<String>>,
}

enum Outer {
    Row { done: Vec<String>, cells: Vec<Vec<String>> },
    Cell { done: Vec<String> },
}

impl Lines {
    fn push(&mut self, piece: &str) {
        for c in piece.chars() {
            let is_space = c.is_whitespace() || c == '\u{200b}';
            if !is_space {
                self.line.push(c);
            } else if !self.line.is_empty() && !self.line.ends_with(' ') {
                self.line.push(' ');
            }
        }
    }

    fn end_line(&mut self) {
        let line = std::mem::take(&mut self.line);
        if !line.trim().is_empty() {
            self.done.push(line.trim().to_owned());
        }
    }

    fn open(&mut self, name: &str) {
        match name {
            "tr" => {
                self.end_line();
                let (done, cells) = (std::mem::take(&mut self.done), std::mem::take(&mut self.cells));
                self.outer.push(Outer::Row { done, cells });
            }
            "td" | "th" => {
                self.end_line();
                self.outer.push(Outer::Cell { done: std::mem::take(&mut self.done) });
            }
            name if is_block(name) => self.end_line(),
            _ => {}
        }
    }

    fn close(&mut self, name: &str) {
        match name {
            "td" | "th" => {
                self.end_line();
                if let Some(Outer::Cell { done }) = self.outer.pop() {
                    self.cells.push(std::mem::replace(&mut self.done, done));
                }
            }
            "tr" => {
                self.end_line();
                let Some(Outer::Row { done, cells }) = self.outer.pop() else {
                    return;
                };
                let stray = std::mem::replace(&mut self.done, done);
                let row = std::mem::replace(&mut self.cells, cells);
                if row.iter().all(|cell| cell.len() <= 1) {
                    let line = row.concat().join("\t");
                    self.done.extend((!line.is_empty()).then_some(line));
                } else {
                    self.done.extend(row.into_iter().flatten());
                }
                self.done.extend(stray);
            }
            name if is_block(name) => self.end_line(),
            _ => {}
        }
    }

    fn finish(mut self) -> Vec<String> {
        self.end_line();
        self.done
    }
}

#[cfg(test)]
mod tests {
    use super::super::document::tests::collect;
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_page_gives_the_lines_that_a_reader_sees() {
        let page = "<html><head><title>Trang</title><style>p{}</style></head><body><script>var x = 'Điều 9.';</script>\
            <table><tr><td><p><b>CHÍNH PHỦ</b></p><p>Số: 1/2020/NĐ-CP</p></td><td>CỘNG HÒA</td></tr></table>\
            <p align=center>NGHỊ ĐỊNH</p><p>Về việc&nbsp;thử</p><div>Chương I<br>QUY ĐỊNH\n CHUNG</div>\
            <p><b>Điều 1.</b> Tên &amp; <i>điều</i></p><p>Một &lt;hai&gt;:</p>\
            <table><tr><td>a</td><td>b</td></tr><tr><td>c</td><td></td></tr></table></body></html>";
        let (articles, _) = collect(|take| read(Path::new("a.html"), page.as_bytes(), take)).unwrap();
        assert_eq!(articles[0].key(), "1/2020/NĐ-CP#1");
        assert_eq!(articles[0].document_title, "Về việc thử");
        assert_eq!(articles[0].title, "Tên & điều");
        assert_eq!(articles[0].text, "Một <hai>:\na\tb\nc");
        assert_eq!(articles[0].path, "Chương I QUY ĐỊNH CHUNG");
    }

    #[test]
    fn a_page_without_articles_is_refused_and_deep_nesting_is_borne() {
        let page = "<div>".repeat(20_000);
        let refused = collect(|take| read(Path::new("a.htm"), page.as_bytes(), take));
        assert!(matches!(refused, Err(ImportError::Malformed { line: 1, .. })));
    }

    proptest! {
        #[test]
        fn no_page_panics(page in "(<t[rdh]>|</t[rdh]>|</?table>|</?p>|<br>|<script>|</script>|&nbsp;|&|<|\\PC{0,6}){0,40}") {
            for line in lines(&page) {
                prop_assert!(!line.trim().is_empty());
            }
        }
    }
}
