//! A data folder of a test's own, and the real program over it.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::{Duration, Instant};

use hoidap::regulations::RegulationIndex;
use serde_json::json;
use tempfile::TempDir;

/// The document that most of these tests are about.
pub const LAW: &str = "1/2020/QH14";

/// A data folder and the program over it.
pub struct Place {
    pub folder: TempDir,
}

impl Place {
    pub fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    pub fn command(&self) -> Command {
        program(self.folder.path())
    }

    pub fn run(&self, args: &[&str]) -> Output {
        self.command().args(args).output().unwrap()
    }

    /// What the command writes to standard output, after it has ended well.
    pub fn told(&self, args: &[&str]) -> String {
        let output = self.run(args);
        assert!(output.status.success(), "{args:?}: {}", errors(&output));
        String::from_utf8(output.stdout).unwrap()
    }

    /// The one sentence in which a command fails.
    pub fn fails(&self, args: &[&str], code: i32) -> String {
        let output = self.run(args);
        one_sentence(&output, code)
    }

    pub fn file(&self, name: &str, content: &str) -> String {
        let path = self.folder.path().join(name);
        std::fs::write(&path, content).unwrap();
        path.to_str().unwrap().to_owned()
    }

    pub fn index_folder(&self) -> PathBuf {
        self.folder.path().join("regulations")
    }

    pub fn index(&self) -> RegulationIndex {
        RegulationIndex::open(&self.index_folder()).unwrap()
    }
}

/// The program, with nothing of this machine's settings.
pub fn program(data: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_hoidap"));
    command
        .env("HOIDAP_DATA", data)
        .env("HOIDAP_DATABASE", super::store::database(data))
        .env("HOIDAP_OFFLINE", "1")
        .env("HOIDAP_VOICE", "espeak-ng")
        .env_remove("HOIDAP_WATCH")
        .env_remove("HOIDAP_LOG");
    command
}

/// What a command wrote to standard error.
pub fn errors(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// The one sentence with which a command failed.
pub fn one_sentence(output: &Output, code: i32) -> String {
    let error = errors(output);
    assert_eq!(output.status.code(), Some(code), "{error}");
    let told: Vec<&str> = error.lines().filter(|line| line.starts_with("hoidap: ")).collect();
    assert_eq!(told.len(), 1, "{error}");
    assert!(!error.contains("panicked"), "{error}");
    told[0].to_owned()
}

/// An article as the importer reads it.
pub fn line(document: &str, article: &str, effective: &str, text: &str) -> String {
    json!({
        "doc_number": document, "doc_type": "Luật", "doc_title": "Luật Thử nghiệm", "article_no": article,
        "article_title": format!("Tên điều {article}"), "text": text, "effective": effective,
    })
    .to_string()
        + "\n"
}

/// The only article of a law that amends [`LAW`].
pub fn amending_line(document: &str, effective: &str, text: &str) -> String {
    json!({
        "doc_number": document, "doc_type": "Luật", "article_no": "1", "text": text, "effective": effective,
        "doc_title": "Luật sửa đổi, bổ sung một số điều của Luật Thử nghiệm",
        "article_title": "Sửa đổi, bổ sung một số điều của Luật Thử nghiệm",
    })
    .to_string()
        + "\n"
}

/// So many documents of ten articles each, of about 1,500 bytes an article.
pub fn big_file(documents: usize, words: &str) -> String {
    let mut lines = String::new();
    for document in 0..documents {
        for article in 1..=10 {
            let text =
                format!("{words} {document} {article}. {}", "Mọi người có quyền và nghĩa vụ. ".repeat(40));
            lines += &line(&format!("{document}/2020/QH14"), &article.to_string(), "01/01/2021", &text);
        }
    }
    lines
}

/// Waits for a minute at most.
pub fn wait_until(what: &str, mut is_so: impl FnMut() -> bool) {
    let began = Instant::now();
    while !is_so() {
        assert!(began.elapsed() < Duration::from_secs(60), "waited in vain: {what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}
