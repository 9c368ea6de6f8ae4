use super::super::document::tests::collect;
use super::*;
use crate::regulations::owners_data::unpacked;

const LAW: &str = r#"[
 {"no":"1","title":"Một","text":"1. A.\n2. B ~~cũ~~ ⟦mới⟧.\n~~Điều 2. Tên cũ~~\n~~Nội dung cũ.~~","path":"Chương I"},
 {"no":"2","title":"Tên mới","text":"⟦Nội dung mới.⟧","path":"Chương I"},
 {"no":"2a","title":"Chèn","text":"⟦Điều chèn.⟧","path":"Chương I"},
 {"no":"3","title":"Ba cũ","text":"Cũ.","path":""},
 {"no":"3","title":"Ba mới","text":"⟦Mới.⟧","path":""},
 {"no":"4","title":"Bốn","text":"1. Cũ:\na) a;\nb) b.\n⟦1. Mới.⟧\n2. Giữ.","path":""},
 {"no":"5","title":"Năm","text":"⟦Chỉ có mới.⟧","path":""},
 {"no":"6","title":"Hiệu lực thi hành","text":"Luật này có hiệu lực thi hành từ ngày 01 tháng 01 năm 2015.\n⟦Luật này có hiệu lực thi hành từ ngày 01 tháng 01 năm 2021, trừ khoản 2.⟧\n⟦a) Quy định.⟧","path":""}
]"#;

#[test]
fn both_wordings_are_told_apart() {
    let law = MergedLaw::from_entries(&serde_json::from_str::<Vec<Entry>>(LAW).unwrap()).unwrap();
    assert_eq!((law.older_from, law.newer_from), (Date::constant(2015, 1, 1), Date::constant(2021, 1, 1)));
    let texts: Vec<_> = law
        .articles
        .iter()
        .map(|v| (v.number.as_str(), v.older.as_ref().map(|a| &*a.text), v.newer.as_ref().map(|a| &*a.text)))
        .collect();
    assert_eq!(
        texts,
        [
            ("1", Some("1. A.\n2. B cũ."), Some("1. A.\n2. B mới.")),
            ("2", Some("Nội dung cũ."), Some("Nội dung mới.")),
            ("2a", None, Some("Điều chèn.")),
            ("3", Some("Cũ."), Some("Mới.")),
            ("4", Some("1. Cũ:\na) a;\nb) b.\n2. Giữ."), Some("1. Mới.\n2. Giữ.")),
            ("5", None, Some("Chỉ có mới.")),
            ("6", Some("Luật này có hiệu lực thi hành từ ngày 01 tháng 01 năm 2015."), None),
        ]
    );
    let two = &law.articles[1];
    assert_eq!(two.older.as_ref().map(|a| &*a.title), Some("Tên cũ"));
    assert_eq!(two.older.as_ref().and_then(|a| a.effective_to), Some(law.newer_from));
    assert_eq!(two.newer.as_ref().and_then(|a| a.effective_from), Some(law.newer_from));
    assert_eq!(two.newer.as_ref().map(|a| a.amended_by.clone()), Some(vec!["62/2020/QH14".to_owned()]));
}

#[test]
fn an_older_wording_may_come_from_elsewhere() {
    let mut law = MergedLaw::from_entries(&serde_json::from_str::<Vec<Entry>>(LAW).unwrap()).unwrap();
    let filled =
        law.fill_older(|number| Some(crate::regulations::article::tests::sample(number, "", "Cũ năm.")));
    assert_eq!(filled, ["5"]);
    let five = law.articles[5].older.as_ref().unwrap();
    assert_eq!((five.effective_from, five.effective_to), (Some(law.older_from), Some(law.newer_from)));
}

#[test]
fn what_the_file_lacks_is_said() {
    let (articles, skipped) = collect(|take| read(Path::new("a.json"), LAW.as_bytes(), take)).unwrap();
    assert_eq!((articles.len(), skipped.len()), (11, 1));
    for (bad, at) in [("[\n{\"no\":1}]", 2), ("[]", 1), ("{", 1)] {
        match collect(|take| read(Path::new("a.json"), bad.as_bytes(), take)) {
            Err(ImportError::Malformed { line, .. }) => assert_eq!(line, at, "{bad}"),
            other => panic!("{bad}: {other:?}"),
        }
    }
}

/// The real file against the wording of 2014 in the large one; only where both lie.
#[test]
fn the_older_wordings_are_those_of_2014() {
    let (Some(merged), Some(large)) =
        (unpacked("luat_xay_dung_hop_nhat.json"), unpacked("regulations.jsonl"))
    else {
        return;
    };
    let mut law = MergedLaw::from_entries(&serde_json::from_str::<Vec<Entry>>(&merged).unwrap()).unwrap();
    assert_eq!((law.older_from, law.newer_from), (Date::constant(2015, 1, 1), Date::constant(2021, 1, 1)));
    let words = |text: &str| -> Vec<String> { text.split_whitespace().map(str::to_owned).collect() };
    let of_2014: std::collections::HashMap<String, (String, String)> = large
        .lines()
        .filter(|line| line.starts_with(r#"{"doc_number": "50/2014/QH13""#))
        .map(|line| {
            let row: serde_json::Value = serde_json::from_str(line).unwrap();
            let field = |name: &str| row[name].as_str().unwrap_or_default().to_owned();
            (field("article_no"), (field("article_title"), field("text")))
        })
        .collect();
    let changed: Vec<_> = law.articles.iter().filter(|v| v.changed).collect();
    let lacking: Vec<_> = changed.iter().filter(|v| v.older.is_none()).map(|v| v.number.clone()).collect();
    println!("{} articles, {} changed, older lacking: {lacking:?}", law.articles.len(), changed.len());
    println!(
        "without newer: {:?}",
        changed.iter().filter(|v| v.newer.is_none()).map(|v| &v.number).collect::<Vec<_>>()
    );
    let (mut same, mut near) = (0, Vec::new());
    for versions in law.articles.iter().filter(|v| v.older.is_some()) {
        let older = versions.older.as_ref().unwrap();
        let Some((title, text)) = of_2014.get(&versions.number) else {
            println!("not in the large file: {}", versions.number);
            continue;
        };
        if words(&older.text) == words(text) && older.title == *title {
            same += 1;
        } else {
            near.push(format!("{}{}", versions.number, if versions.changed { "*" } else { "" }));
            if versions.changed {
                let (ours, theirs) = (words(&older.text), words(text));
                let at = ours.iter().zip(&theirs).take_while(|(a, b)| a == b).count();
                println!(
                    "{}: {} / {} words, from {at}: …{} | …{} {}",
                    versions.number,
                    ours.len(),
                    theirs.len(),
                    ours[at.min(ours.len())..].iter().take(9).cloned().collect::<Vec<_>>().join(" "),
                    theirs[at.min(theirs.len())..].iter().take(9).cloned().collect::<Vec<_>>().join(" "),
                    if older.title == *title { "" } else { title },
                );
            }
        }
    }
    println!("older wordings as in 2014: {same}; not quite: {near:?}");
    let filled = law.fill_older(|number| {
        of_2014
            .get(number)
            .map(|(title, text)| crate::regulations::article::tests::sample(number, title, text))
    });
    println!("filled: {filled:?}");
    assert!(same >= 140, "{same}");
}
