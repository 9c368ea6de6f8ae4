//! The guides of `knowledge/procedures`: complete, and every article they cite exists.

use std::collections::HashMap;
use std::path::Path;

use hoidap::answer::Status;
use hoidap::answer::compose;
use hoidap::answer::guide::words_of;
use hoidap::answer::which_guide::{Named, named};
use hoidap::question::{Facet, Intent, Question};
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

/// An index of nothing but the guides.
fn index_of_guides() -> (tempfile::TempDir, RegulationIndex) {
    let folder = tempfile::tempdir().unwrap();
    let index = RegulationIndex::open_or_create(&folder.path().join("index")).unwrap();
    let guides = Path::new(env!("CARGO_MANIFEST_DIR")).join("knowledge/procedures");
    import(&index, &[guides], &indicatif::ProgressBar::hidden()).unwrap();
    (folder, index)
}

#[test]
fn of_two_guides_that_are_named_the_one_with_the_longer_name_is_meant() {
    let (_folder, index) = index_of_guides();
    for (question, expected) in [
        ("Thủ tục khiếu nại lần hai như thế nào?", "khieu-nai-lan-hai"),
        ("thu tuc khieu nai lan hai nhu the nao", "khieu-nai-lan-hai"),
        ("Thủ tục khiếu nại lần đầu như thế nào?", "khieu-nai-lan-dau"),
        ("Khiếu nại cán bộ xã thì nộp đơn ở đâu?", "khieu-nai-lan-dau"),
        ("Thành lập công ty cổ phần cần giấy tờ gì?", "dang-ky-cong-ty-co-phan"),
        ("Thành lập công ty cần giấy tờ gì?", "dang-ky-cong-ty-tnhh"),
    ] {
        match named(&Question::new(question), &index.search(), Intent::Procedure).unwrap() {
            Named::One(guide, _) => assert_eq!(guide.id, expected, "{question}"),
            other => panic!("{question}: {other:?}"),
        }
    }
}

#[test]
fn every_line_of_a_guide_ends_and_none_ends_twice() {
    let (_folder, index) = index_of_guides();
    let day = "2026-02-01".parse().unwrap();
    for question in ["Đăng ký khai sinh ở đâu?", "Đăng ký kết hôn", "Làm thẻ căn cước mất bao lâu?"]
    {
        let said = compose(&Question::new(question), &index.search(), day).unwrap();
        assert_eq!(said.status, Status::Answered, "{question}: {said:?}");
        for line in said.answer.text.lines().skip(1) {
            assert!(line.ends_with('.') && !line.ends_with(".."), "{question}: {line}");
        }
        assert!(!said.answer.spoken.contains(".."), "{}", said.answer.spoken);
    }
}

#[test]
fn every_cited_article_clause_and_point_exists_in_the_owners_regulations() {
    let Some(file) = crate::common::shared("regulations/regulations.jsonl.xz") else { return };
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
