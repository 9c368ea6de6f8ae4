//! The guides of `knowledge/procedures`: complete, and every article they cite exists.

mod common;

use std::collections::HashMap;
use std::path::Path;

use hoidap::answer::guide::words_of;
use hoidap::question::Facet;
use hoidap::regulations::import::import;
use hoidap::regulations::{ProcedureGuide, RegulationIndex};

fn guides() -> Vec<ProcedureGuide> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("knowledge/procedures");
    let mut guides: Vec<ProcedureGuide> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| {
            let path = entry.unwrap().path();
            let guide = ProcedureGuide::from_toml(&std::fs::read_to_string(&path).unwrap())
                .unwrap_or_else(|e| panic!("{}: {e}", path.display()));
            assert_eq!(path.file_stem().unwrap().to_str(), Some(guide.id.as_str()));
            guide
        })
        .collect();
    guides.sort_by(|a, b| a.id.cmp(&b.id));
    guides
}

#[test]
fn every_fact_rests_on_an_article() {
    let guides = guides();
    assert!(guides.len() >= 20);
    for guide in guides {
        assert!(guide.aliases.len() >= 4, "{}", guide.id);
        for facet in [Facet::Who, Facet::Where, Facet::Papers, Facet::Steps, Facet::TimeLimit, Facet::Fee] {
            let rests = guide.legal_basis.iter().any(|basis| basis.supports.contains(&facet));
            assert!(guide.facet(facet).is_none() || rests, "{}: {facet:?} rests on nothing", guide.id);
        }
        for basis in &guide.legal_basis {
            assert_eq!(basis.replaced_by.is_some(), basis.replaced_from.is_some(), "{}", guide.id);
        }
    }
}

#[test]
fn every_cited_article_clause_and_point_exists_in_the_owners_regulations() {
    let Some(file) = common::shared("regulations/regulations.jsonl.xz") else { return };
    // Only the cited documents are needed; an index of their own is built from the lines that name them.
    let guides = guides();
    let cited: HashMap<&str, ()> =
        guides.iter().flat_map(|g| g.legal_basis.iter().map(|b| (b.document_number.as_str(), ()))).collect();
    let folder = tempfile::tempdir().unwrap();
    let lines = folder.path().join("cited.jsonl");
    let packed = std::io::BufReader::new(std::fs::File::open(file).unwrap());
    let reader = std::io::BufReader::new(lzma_rust2::XzReader::new(packed, true));
    let kept: Vec<String> = std::io::BufRead::lines(reader)
        .map(Result::unwrap)
        .filter(|line| {
            let number = line.split("\"doc_number\": \"").nth(1).and_then(|rest| rest.split('"').next());
            number.is_some_and(|number| cited.contains_key(number))
        })
        .collect();
    std::fs::write(&lines, kept.join("\n")).unwrap();
    let index = RegulationIndex::open_or_create(&folder.path().join("index")).unwrap();
    import(&index, &[lines], &indicatif::ProgressBar::hidden()).unwrap();
    let search = index.search();
    let mut checked = 0;
    for guide in &guides {
        for basis in &guide.legal_basis {
            let article = search
                .article(&basis.document_number, &basis.article)
                .unwrap()
                .unwrap_or_else(|| panic!("{}: {} Điều {}", guide.id, basis.document_number, basis.article));
            let words = words_of(&article, basis);
            assert!(
                words.as_ref().is_some_and(|words| article.text.contains(words) && !words.trim().is_empty()),
                "{}: {} Điều {} khoản {:?} điểm {:?}",
                guide.id,
                basis.document_number,
                basis.article,
                basis.clause,
                basis.point
            );
            checked += 1;
        }
    }
    assert!(checked > 100, "{checked}");
}
