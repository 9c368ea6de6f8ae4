//! Phrasings and guides, added to an index and taken back.

use super::*;
use crate::regulations::article::tests::{index_of, sample};

const DOCUMENT: &str = "45/2019/QH14";

fn phrasing(clause: Option<&str>, phrases: &[&str]) -> Phrasing {
    Phrasing {
        document_number: DOCUMENT.into(),
        article: "35".into(),
        clause: clause.map(str::to_owned),
        phrases: phrases.iter().map(|&phrase| phrase.to_owned()).collect(),
    }
}

fn known(index: &RegulationIndex) -> Vec<Phrasing> {
    let mut all = index.search().phrasings_of(DOCUMENT, "35").unwrap();
    all.sort_by(|a, b| a.clause.cmp(&b.clause));
    all
}

#[test]
fn phrases_are_added_to_those_that_are_known_and_taken_back_again() {
    let (_index_folder, index) = index_of(&[sample("35", "Báo trước", "1. Một.\n2. Hai.")]);
    let data = tempfile::tempdir().unwrap();
    let knowledge = Knowledge::new(data.path());
    let add = |phrasing| knowledge.add_phrasing(&index, phrasing, "lan", "thiếu");
    let first = add(phrasing(None, &["nghỉ ngang"])).unwrap();
    let second = add(phrasing(None, &["Nghỉ  ngang?", "bỏ việc giữa chừng"])).unwrap();
    let third = add(phrasing(Some("2"), &["nghỉ ngang"])).unwrap();
    assert_eq!(
        known(&index),
        [phrasing(None, &["nghỉ ngang", "bỏ việc giữa chừng"]), phrasing(Some("2"), &["nghỉ ngang"])]
    );
    assert!(matches!(add(phrasing(Some("2"), &["nghỉ ngang"])), Err(KnowledgeError::NothingNew)));
    assert!(matches!(add(phrasing(Some("3"), &["x"])), Err(KnowledgeError::NoClause(..))));
    let elsewhere = Phrasing { article: "99".into(), ..phrasing(None, &["x"]) };
    assert!(matches!(add(elsewhere), Err(KnowledgeError::NoArticle(..))));
    assert_eq!(knowledge.all().unwrap().len(), 3);

    knowledge.undo(&index, &second.id).unwrap();
    assert_eq!(known(&index), [phrasing(None, &["nghỉ ngang"]), phrasing(Some("2"), &["nghỉ ngang"])]);
    knowledge.undo(&index, &third.id).unwrap();
    knowledge.undo(&index, &first.id).unwrap();
    assert_eq!(known(&index), []);
    assert!(knowledge.all().unwrap().is_empty());
    assert!(matches!(knowledge.undo(&index, &first.id), Err(KnowledgeError::Unknown)));
    assert_eq!(std::fs::read_dir(data.path().join("staff-knowledge/phrasings")).unwrap().count(), 0);
}

const GUIDE: &str = r#"
id = "nghi-viec"
title = "Nghỉ việc"
aliases = ["xin nghỉ làm"]
data_date = "2026-01-31"
summary = "Một."
who = "Người lao động."
where = "Nơi làm việc."
papers = ["Đơn"]
steps = ["Nộp đơn"]

[[legal_basis]]
document_number = "45/2019/QH14"
document_title = "Bộ luật Lao động"
article = "35"
clause = "1"
supports = ["who"]
"#;

#[test]
fn a_guide_takes_the_place_of_another_and_gives_it_back() {
    let (_index_folder, index) = index_of(&[sample("35", "Báo trước", "1. Một.\n2. Hai.")]);
    let data = tempfile::tempdir().unwrap();
    let knowledge = Knowledge::new(data.path());
    let guide = Knowledge::guide(&index, GUIDE).unwrap();
    let other = ProcedureGuide { title: "Nghỉ làm".into(), ..guide.clone() };
    let first = knowledge.add_guide(&index, guide, "lan", "thiếu").unwrap();
    let second = knowledge.add_guide(&index, other, "lan", "tên khác").unwrap();
    let title = || index.search().guide("nghi-viec").unwrap().map(|guide| guide.title);
    assert_eq!(title().as_deref(), Some("Nghỉ làm"));
    assert!(matches!(knowledge.undo(&index, &first.id), Err(KnowledgeError::NotTheLast)));
    knowledge.undo(&index, &second.id).unwrap();
    assert_eq!(title().as_deref(), Some("Nghỉ việc"));
    knowledge.undo(&index, &first.id).unwrap();
    assert_eq!(title(), None);
}

#[test]
fn a_guide_that_cannot_be_used_says_why() {
    let (_folder, index) = index_of(&[sample("35", "Báo trước", "1. Một.")]);
    let told = |text: &str| Knowledge::guide(&index, text).unwrap_err().to_string();
    assert!(told(&GUIDE.replace("title = ", "titel = ")).contains("dòng"));
    assert!(told(&GUIDE.replace("nghi-viec", "../x")).contains("(id)"));
    assert!(told(&GUIDE.replace("\"35\"", "\"36\"")).contains("Điều 36"));
    assert!(told(&GUIDE.replace("clause = \"1\"", "clause = \"9\"")).contains("Khoản 9"));
}

#[test]
fn what_an_import_replaced_is_put_back_beside_what_it_brought() {
    let (_index_folder, index) = index_of(&[sample("35", "Báo trước", "1. Một.\n2. Hai.")]);
    let data = tempfile::tempdir().unwrap();
    let knowledge = Knowledge::new(data.path());
    knowledge.add_phrasing(&index, phrasing(None, &["nghỉ ngang"]), "lan", "thiếu").unwrap();
    let taken_back = knowledge.add_phrasing(&index, phrasing(None, &["nghỉ luôn"]), "lan", "thiếu").unwrap();
    knowledge.undo(&index, &taken_back.id).unwrap();
    let guide = Knowledge::guide(&index, GUIDE).unwrap();
    let better = ProcedureGuide { title: "Nghỉ làm".into(), ..guide.clone() };
    knowledge.add_guide(&index, guide.clone(), "lan", "thiếu").unwrap();
    knowledge.add_guide(&index, better, "lan", "tên khác").unwrap();
    assert_eq!(knowledge.restore(&index).unwrap(), 0, "everything is there");

    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("default.phrasings.jsonl");
    std::fs::write(&file, serde_json::to_string(&phrasing(None, &["thôi việc"])).unwrap() + "\n").unwrap();
    let default = folder.path().join("nghi-viec.toml");
    std::fs::write(&default, toml::to_string_pretty(&guide).unwrap()).unwrap();
    import::update(&index, &[file, default], &ProgressBar::hidden()).unwrap();
    assert_eq!(known(&index), [phrasing(None, &["thôi việc"])]);

    assert_eq!(knowledge.restore(&index).unwrap(), 2);
    assert_eq!(known(&index), [phrasing(None, &["thôi việc", "nghỉ ngang"])]);
    assert_eq!(index.search().guide("nghi-viec").unwrap().unwrap().title, "Nghỉ làm");
    assert_eq!(knowledge.restore(&index).unwrap(), 0);
}
