//! For tests: the owner's regulations beside the project, unpacked, when they are there.

use std::io::Read;
use std::path::Path;

/// The unpacked text of `../shared/regulations/NAME.xz`; null, with a word about it, where it is not.
pub(crate) fn unpacked(name: &str) -> Option<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/regulations").join(format!("{name}.xz"));
    let Ok(file) = std::fs::File::open(&path) else {
        eprintln!("{} is not here: this test has nothing to read", path.display());
        return None;
    };
    let mut text = String::new();
    lzma_rust2::XzReader::new(std::io::BufReader::new(file), true).read_to_string(&mut text).unwrap();
    Some(text)
}
