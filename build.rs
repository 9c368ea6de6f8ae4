//! Link settings that the dependencies leave to us, and the commit that the program is built from.
//!
//! * `espeak-rs-sys` uses libsonic but forgets to link it.
//! * ONNX Runtime is a shared library that the set-up script puts in `.deps/onnxruntime`
//!   (see `scripts/setup`); the binary finds it there, or in `../lib` beside itself when installed.
//! * The commit stands in `.deps/commit`: what `HOIDAP_COMMIT` says (a package is built outside of git), else git, else
//!   `unknown`. `scripts/setup` writes it at every `make`; this program does so where it runs at all. It does not follow
//!   git's files: whenever it runs, the library and all tests are compiled again.

use std::path::Path;
use std::process::Command;

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-env-changed=ORT_LIB_PATH");
    println!("cargo:rerun-if-env-changed=HOIDAP_COMMIT");
    println!("cargo:rustc-link-lib=dylib=sonic");
    println!("cargo:rustc-link-arg=-Wl,-rpath,$ORIGIN/../lib/hoidap");
    if let Ok(folder) = std::env::var("ORT_LIB_PATH") {
        println!("cargo:rustc-link-arg=-Wl,-rpath,{folder}");
    }
    println!("cargo:rustc-env=BUILD_TARGET_OF_HOIDAP={}", std::env::var("TARGET").unwrap_or_default());
    note_commit();
}

/// Notes the commit; a file that says it already is left alone, for whatever was compiled with it is then up to date.
fn note_commit() {
    let git = || {
        let arguments = ["describe", "--always", "--exclude=*", "--abbrev=12", "--dirty=+changes"];
        let output = Command::new("git").args(arguments).output().ok()?;
        let text = String::from_utf8(output.stdout).ok()?;
        (output.status.success() && !text.trim().is_empty()).then_some(text)
    };
    let named = std::env::var("HOIDAP_COMMIT").ok().filter(|commit| !commit.trim().is_empty());
    let commit = named.or_else(git).unwrap_or_else(|| "unknown".to_owned());
    let (folder, commit) = (Path::new(".deps"), format!("{}\n", commit.trim()));
    let file = folder.join("commit");
    if std::fs::read_to_string(&file).is_ok_and(|known| known == commit) {
        return;
    }
    if let Err(error) = std::fs::create_dir_all(folder).and_then(|()| std::fs::write(&file, commit)) {
        println!("cargo:warning={} cannot be written: {error}", file.display());
    }
}
