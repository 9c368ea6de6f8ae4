//! What the amendments of the owner's articles come to; only where the files lie.

use std::io::Write;

use super::*;
use crate::regulations::force::write_force;
use crate::regulations::validity::derive;

#[test]
fn real_articles_are_consolidated() {
    let Some(file) = crate::regulations::owners_data::unpacked("regulations.jsonl") else { return };
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("all.jsonl");
    std::fs::File::create(&path).unwrap().write_all(file.as_bytes()).unwrap();
    let log = std::fs::File::create(std::env::temp_dir().join("consolidation.log")).unwrap();
    tracing_subscriber::fmt().with_max_level(tracing::Level::DEBUG).with_writer(log).without_time().init();
    let mut articles = crate::regulations::import::read_articles(&path);
    let begun = std::time::Instant::now();
    let validity = derive(articles.iter());
    for article in &mut articles {
        write_force(article, &validity);
    }
    println!("validity: {:?}", begun.elapsed());
    let begun = std::time::Instant::now();
    let found = consolidate(articles.iter(), &validity);
    println!("consolidation: {:?}\n{}", begun.elapsed(), found.report);
    for version in &found.versions {
        println!("@@ {}", serde_json::to_string(version).unwrap());
    }
}
