use super::*;
use crate::regulations::article::tests::sample;
use crate::regulations::owners_data::unpacked;
use proptest::prelude::*;

const LAW: &str = "45/2019/QH14";

fn read(text: &str) -> Amendments {
    let mut article = sample("1", "Sửa đổi, bổ sung một số điều của Bộ luật Lao động số 45/2019/QH14", text);
    article.document_number = "9/2022/QH15".into();
    parse(&article, &|name| (name == "Luật Xây dựng").then(|| "50/2014/QH13".to_owned()))
}

fn places(text: &str) -> Vec<String> {
    let found = read(text);
    assert_eq!(found.unparsed, [], "{text}");
    found
        .amendments
        .iter()
        .map(|a| {
            let change = match &a.change {
                Change::ReplaceText(_) | Change::ReplaceTitle(_) | Change::ReplaceLead(_) => "=",
                Change::InsertArticle(_) | Change::InsertClause(_) | Change::InsertPoint(_) => "+",
                Change::ReplacePhrase { .. } => "~",
                Change::DeletePhrase(_) => "x",
                Change::Repeal => "-",
            };
            let part = |part: &Option<String>| part.clone().unwrap_or_default();
            format!("{change}{} {} {} {}", a.document_number, a.article, part(&a.clause), part(&a.point))
                .trim_end()
                .to_owned()
        })
        .collect()
}

#[test]
fn sentences_of_every_kind_are_read() {
    for (text, expected) in [
        ("1. Sửa đổi, bổ sung khoản 2 Điều 89 như sau:\n“2. Mới.”.", vec!["=45/2019/QH14 89 2"]),
        ("1. Khoản 2 Điều 89 được sửa đổi, bổ sung như sau:\n\"2. Mới.\"", vec!["=45/2019/QH14 89 2"]),
        (
            "1. Bổ sung Điều 12a vào sau Điều 12 như sau:\n“Điều 12a. Tên\n1. Một.”;",
            vec!["+45/2019/QH14 12a"],
        ),
        ("1. Bổ sung khoản 2a vào sau khoản 2 Điều 7 như sau: “2a. Mới.”", vec!["+45/2019/QH14 7 2a"]),
        (
            "1. Sửa đổi, bổ sung một số khoản của Điều 4 như sau:\na) Sửa đổi, bổ sung khoản 8 và bổ sung khoản 9 \
             vào sau khoản 8 như sau:\n“8. Tám.\n9. Chín.”;\nb) Bãi bỏ khoản 10.",
            vec!["=45/2019/QH14 4 8", "+45/2019/QH14 4 9", "-45/2019/QH14 4 10"],
        ),
        (
            "1. Thay thế cụm từ “A” bằng cụm từ “B” tại khoản 1 Điều 5, Điều 6 và điểm a khoản 2 Điều 7.",
            vec!["~45/2019/QH14 5 1", "~45/2019/QH14 6", "~45/2019/QH14 7 2 a"],
        ),
        ("1. Bỏ cụm từ “A”, “B” tại Điều 5.", vec!["x45/2019/QH14 5", "x45/2019/QH14 5"]),
        ("1. Bổ sung cụm từ “B” vào sau cụm từ “A” tại khoản 1 Điều 5.", vec!["~45/2019/QH14 5 1"]),
        (
            "1. Bãi bỏ khoản 3 Điều 5; các điều 7, 8 và 9.",
            vec!["-45/2019/QH14 5 3", "-45/2019/QH14 7", "-45/2019/QH14 8", "-45/2019/QH14 9"],
        ),
        (
            "1. Sửa đổi một số điều của Luật Xây dựng như sau:\na) Bãi bỏ Điều 5.\n\
             2. Bãi bỏ Điều 6 của Luật Đê điều số 79/2006/QH11 đã được sửa đổi theo Luật số 15/2008/QH12.\n3. Bãi bỏ Điều 7.",
            vec!["-50/2014/QH13 5", "-79/2006/QH11 6", "-45/2019/QH14 7"],
        ),
        (
            "1. Bổ sung Mục 3a vào sau Mục 3 Chương II như sau:\n“Mục 3a. TÊN\nĐiều 9a. A\nMột.\nĐiều 9b. B\nHai.”",
            vec!["+45/2019/QH14 9a", "+45/2019/QH14 9b"],
        ),
        (
            "1. Bãi bỏ khoản 1, sửa đổi khoản 2 Điều 5 như sau:\n“2. Mới.”",
            vec!["-45/2019/QH14 5 1", "=45/2019/QH14 5 2"],
        ),
        (
            "1. Bỏ cụm từ “A” tại điểm a và cụm từ “B” tại điểm b khoản 1 Điều 69; từ “C” tại Điều 7.",
            vec!["x45/2019/QH14 69 1 a", "x45/2019/QH14 69 1 b", "x45/2019/QH14 7"],
        ),
        ("1. Sửa đổi tên Điều 5 như sau: “Điều 5. Tên”.", vec!["=45/2019/QH14 5"]),
        ("1. Sửa đổi đoạn mở đầu khoản 2 Điều 5 như sau: “Gồm:”.", vec!["=45/2019/QH14 5 2"]),
        (
            "1. Bãi bỏ các khoản, điều sau đây:\na) Khoản 1 Điều 5;\nb) Điều 6.",
            vec!["-45/2019/QH14 5 1", "-45/2019/QH14 6"],
        ),
    ] {
        assert_eq!(places(text), expected, "{text}");
    }
}

#[test]
fn what_is_not_understood_is_said() {
    for (text, reason) in [
        ("1. Thay thế Phụ lục I bằng Phụ lục kèm theo Luật này.", Reason::OtherPlace),
        ("1. Sửa đổi, bổ sung tên Chương V như sau:\n“Chương V. TÊN”", Reason::OtherPlace),
        ("1. Sửa đổi khoản 2 Điều 5 như sau:\n“3. Ba.”", Reason::WordingDoesNotFit),
        ("1. Bãi bỏ khoản 2.", Reason::NoArticle),
        ("1. Bãi bỏ Điều 2 của Luật Không ai biết.", Reason::UnknownDocument),
    ] {
        let found = read(text);
        assert_eq!(found.amendments, [], "{text}");
        assert_eq!(found.unparsed.iter().map(|u| u.reason).collect::<Vec<_>>(), [reason], "{text}");
    }
    let plain = read("1. Bãi bỏ văn bản trái pháp luật.\n2. Bổ sung hồ sơ còn thiếu.\n3. Cá nhân có quyền.");
    assert_eq!(plain, Amendments::default());
}

fn change(clause: &str, point: &str, change: Change) -> Amendment {
    let part = |part: &str| (!part.is_empty()).then(|| part.to_owned());
    Amendment {
        document_number: LAW.into(),
        article: "5".into(),
        clause: part(clause),
        point: part(point),
        change,
        stated: Stated::default(),
    }
}

#[test]
fn changes_give_the_new_wording() {
    let article = sample("5", "Tên cũ", "1. Một:\na) vốn A;\nd) B.\n2. Hai vốn, vốn.");
    let text = |amendment: &Amendment| apply(amendment, &article).map(|new| new.text);
    for (amendment, expected) in [
        (change("2", "", Change::ReplaceText("2. Mới.".into())), "1. Một:\na) vốn A;\nd) B.\n2. Mới."),
        (
            change("1", "a", Change::ReplaceText("a) Mới;".into())),
            "1. Một:\na) Mới;\nd) B.\n2. Hai vốn, vốn.",
        ),
        (
            change("1a", "", Change::InsertClause("1a. Chèn.".into())),
            "1. Một:\na) vốn A;\nd) B.\n1a. Chèn.\n2. Hai vốn, vốn.",
        ),
        (
            change("1", "d1", Change::InsertPoint("d1) C.".into())),
            "1. Một:\na) vốn A;\nd) B.\nd1) C.\n2. Hai vốn, vốn.",
        ),
        (
            change("1", "b", Change::InsertPoint("b) C;".into())),
            "1. Một:\na) vốn A;\nb) C;\nd) B.\n2. Hai vốn, vốn.",
        ),
        (change("1", "", Change::Repeal), "2. Hai vốn, vốn."),
        (change("1", "d", Change::Repeal), "1. Một:\na) vốn A;\n2. Hai vốn, vốn."),
        (change("2", "", Change::DeletePhrase("vốn".into())), "1. Một:\na) vốn A;\nd) B.\n2. Hai,."),
        (
            change("", "", Change::ReplacePhrase { from: "vốn".into(), to: "tiền".into() }),
            "1. Một:\na) tiền A;\nd) B.\n2. Hai tiền, tiền.",
        ),
        (change("", "", Change::Repeal), ""),
        (change("1", "", Change::ReplaceLead("Mới:".into())), "1. Mới:\na) vốn A;\nd) B.\n2. Hai vốn, vốn."),
        (change("", "", Change::ReplaceText("Điều 5. Tên\n1. X.".into())), "1. X."),
    ] {
        assert_eq!(text(&amendment).as_deref(), Some(expected), "{amendment:?}");
    }
    for unfit in [
        change("3", "", Change::Repeal),
        change("1", "a", Change::InsertPoint("a) C;".into())),
        change("1", "", Change::DeletePhrase("không có".into())),
        Amendment { article: "6".into(), ..change("", "", Change::Repeal) },
        Amendment { document_number: "1/2000/QH10".into(), ..change("", "", Change::Repeal) },
    ] {
        assert_eq!(text(&unfit), None, "{unfit:?}");
    }
    let new = Amendment {
        article: "5a".into(),
        ..change("", "", Change::InsertArticle("Điều 5a. Chèn\n1. X.".into()))
    };
    let new = apply(&new, &article).map(|a| (a.number, a.title, a.text));
    assert_eq!(new, Some(("5a".into(), "Chèn".into(), "1. X.".into())));
}

proptest! {
    #[test]
    fn no_text_panics(text in "(1\\. |a\\) |Sửa đổi |Bổ sung |Bãi bỏ |Thay cụm từ | bằng cụm từ |khoản [1-3] |Điều [1-9]a? |như sau:\n|“|”|\"|;|vào sau |tại |từ |đến |\n|\\PC{0,5}){0,30}") {
        for unparsed in read(&text).unparsed {
            prop_assert!(text.get(unparsed.span).is_some());
        }
    }

    #[test]
    fn no_change_panics(text in "(1\\. |2\\. |a\\) |b\\) |x|, |\n|\\PC{0,3}){0,20}", clause in "[12]?a?", point in "[ab]?1?", with in "\\PC{0,4}") {
        for kind in [
            Change::ReplaceText(with.clone()), Change::InsertClause(with.clone()), Change::InsertPoint(with.clone()),
            Change::InsertArticle(with.clone()), Change::DeletePhrase(with.clone()), Change::Repeal,
            Change::ReplacePhrase { from: with.clone(), to: "x".into() },
        ] {
            let _ = apply(&change(&clause, &point, kind), &sample("5", "", &text));
        }
    }
}

/// The amending documents of the large file; only where it lies.
#[test]
fn real_amending_documents_are_read() {
    let Some(file) = unpacked("regulations.jsonl") else {
        return;
    };
    let (mut documents, numbers) = real_documents(&file);
    let mut laws: std::collections::HashMap<(String, String), Article> = documents
        .iter()
        .flatten()
        .filter(|a| a.document_type.to_lowercase().contains("luật"))
        .map(|a| ((a.document_number.clone(), a.number.clone()), a.clone()))
        .collect();
    let held: std::collections::HashSet<String> = laws.keys().map(|(number, _)| number.clone()).collect();
    let (mut fits, mut already, mut unfit) = (0, 0, Vec::new());
    documents.retain(|articles| articles.iter().any(|a| is_amending(&a.title, &a.document_title)));
    let (mut read, mut made, mut without_number, mut rows) = (0, 0, 0, Vec::new());
    let mut reasons: std::collections::BTreeMap<String, usize> = Default::default();
    let mut samples = Vec::new();
    let likely = regex::Regex::new(concat!(
        r"(?im)^(?:\d+[a-zđ]?\.|[a-zđ]\d?\)|-)?\s*(?:(?:sửa đổi|bổ sung|bãi bỏ|thay|bỏ|hủy bỏ)[^\n]*(?:khoản|điều|điểm) [\da-zđ]+[^\n]*",
        r"(?:như sau:?\s*$|như sau: ?[“\x22])|(?:thay|bỏ|bổ sung)[^\n]*cụm từ [“\x22][^\n]*(?:khoản|điều|điểm) [\da-zđ]|bãi bỏ (?:các )?(?:khoản|điều|điểm) [\da-zđ])"
    ))
    .unwrap();
    let mut likely_lines = 0;
    for articles in documents {
        likely_lines += articles
            .iter()
            .flat_map(|a| likely.find_iter(&a.text))
            .filter(|line| !line.as_str().to_lowercase().contains("một số"))
            .count();
        let (mut sentences, mut unparsed) = (0, 0);
        let number = articles[0].document_number.clone();
        let year: u32 = number.split('/').nth(1).and_then(|y| y.parse().ok()).unwrap_or(9999);
        for article in rejoin::rejoin(articles) {
            if !is_amending(&article.title, &article.document_title) {
                continue;
            }
            // Where the file does not hold the amended law, its name stands for its number: what is measured here is
            // how many sentences are understood.
            let names =
                |name: &str| Some(newest_before(&numbers, name, year).unwrap_or_else(|| name.to_owned()));
            let found = parse(&article, &names);
            sentences += found.sentences;
            unparsed += found.unparsed.len();
            made += found.amendments.len();
            without_number += found.amendments.iter().filter(|a| !a.document_number.contains('/')).count();
            for amendment in found.amendments.iter().filter(|a| held.contains(&a.document_number)) {
                let key = (amendment.document_number.clone(), amendment.article.clone());
                let inserts = matches!(amendment.change, Change::InsertArticle(_));
                let start =
                    if inserts { laws.values().find(|a| a.document_number == key.0) } else { laws.get(&key) };
                match start.and_then(|a| apply(amendment, a)) {
                    Some(new) => {
                        fits += 1;
                        laws.insert(key, new);
                    }
                    None => {
                        let text = laws.get(&key).map(|a| a.text.as_str()).unwrap_or_default();
                        let is_there = match &amendment.change {
                            Change::InsertClause(new) | Change::InsertPoint(new) => {
                                text.contains(&new.chars().take(40).collect::<String>())
                            }
                            Change::ReplacePhrase { to, .. } => text.contains(to.as_str()),
                            _ => false,
                        };
                        already += usize::from(is_there);
                        unfit.push(format!("{number} → {amendment:.150?}"));
                    }
                }
            }
            for left in found.unparsed {
                *reasons.entry(left.reason.to_string()).or_default() += 1;
                samples.push(format!(
                    "{}#{} [{:?}] {}",
                    number,
                    article.number,
                    left.reason,
                    &article.text[left.span.clone()]
                ));
            }
        }
        if sentences + unparsed > 0 {
            read += sentences;
            rows.push((sentences + unparsed, unparsed, number));
        }
    }
    let all: usize = rows.iter().map(|row| row.0).sum();
    rows.sort();
    println!(
        "{} documents, {read} of {all} sentences read ({:.1} %), {made} amendments, {without_number} of them without the number of the law",
        rows.len(),
        100.0 * read as f64 / all as f64
    );
    println!(
        "of those whose law the file holds, {fits} fit and {} do not ({already}: the text there has it already)",
        unfit.len()
    );
    println!("lines that look like amending sentences, quoted ones included: {likely_lines}");
    println!("{reasons:?}");
    for (all, unparsed, number) in rows.iter().rev().take(75) {
        println!("{number}: {all} sentences, {unparsed} unparsed");
    }
    assert!(rows.len() >= 30 && read * 100 >= all * 80, "{read} of {all}");
}

fn is_amending(title: &str, document_title: &str) -> bool {
    let title = title.to_lowercase();
    let document = document_title.to_lowercase();
    title.contains("sửa đổi, bổ sung")
        || title.contains("bãi bỏ") && title.contains("điều")
        || document.contains("sửa đổi")
            && (title.is_empty()
                || title.contains("bổ sung")
                || title.contains("bãi bỏ")
                || title.contains("thay"))
}

type Numbers = std::collections::HashMap<String, Vec<(u32, String)>>;

/// The documents of the large file, and the numbers of its laws by name.
fn real_documents(file: &str) -> (Vec<Vec<Article>>, Numbers) {
    let mut documents: Vec<Vec<Article>> = Vec::new();
    let mut numbers = Numbers::new();
    for line in file.lines() {
        let row: serde_json::Value = serde_json::from_str(line).unwrap();
        let field = |name: &str| row[name].as_str().unwrap_or_default().trim().to_owned();
        let mut article = sample(&field("article_no"), &field("article_title"), &field("text"));
        article.document_number = field("doc_number");
        article.document_type = field("doc_type");
        article.document_title = field("doc_title");
        if documents.last().is_none_or(|d| d[0].document_number != article.document_number) {
            if article.document_type.to_lowercase().contains("luật")
                && !article.document_title.contains("sửa đổi")
            {
                let year =
                    article.document_number.split('/').nth(1).and_then(|y| y.parse().ok()).unwrap_or(0);
                let name = article.document_name().to_lowercase();
                numbers.entry(name).or_default().push((year, article.document_number.clone()));
            }
            documents.push(Vec::new());
        }
        documents.last_mut().unwrap().push(article);
    }
    (documents, numbers)
}

fn newest_before(numbers: &Numbers, name: &str, year: u32) -> Option<String> {
    let known = numbers.get(&name.to_lowercase())?;
    known.iter().filter(|(y, _)| *y < year).max().map(|(_, number)| number.clone())
}

/// What 62/2020/QH14 makes of the wording of 2014, against the merged file; only where the files lie.
#[test]
fn the_amended_construction_law_is_compared_with_the_merged_file() {
    let (Some(file), Some(merged)) = (unpacked("regulations.jsonl"), unpacked("luat_xay_dung_hop_nhat.json"))
    else {
        return;
    };
    let (documents, _) = real_documents(&file);
    let of =
        |number: &str| documents.iter().find(|d| d[0].document_number == number).cloned().unwrap_or_default();
    let law = of("50/2014/QH13");
    let amending = rejoin::rejoin(of("62/2020/QH14"));
    let found = parse(&amending[0], &|_| Some("50/2014/QH13".to_owned()));
    let entries: Vec<crate::regulations::import::merged::Entry> = serde_json::from_str(&merged).unwrap();
    let merged = crate::regulations::import::merged::MergedLaw::from_entries(&entries).unwrap();
    let words = |text: &str| -> Vec<String> {
        text.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()).map(str::to_lowercase).collect()
    };
    let (mut same, mut different, mut unfit, mut untouched) = (vec![], vec![], vec![], vec![]);
    for versions in merged.articles.iter().filter(|v| v.changed) {
        let newer = versions.newer.as_ref().map(|a| words(&a.text)).unwrap_or_default();
        let mine: Vec<_> =
            found.amendments.iter().filter(|a| a.article == versions.number).cloned().collect();
        let start =
            law.iter().find(|a| a.number == versions.number).cloned().unwrap_or_else(|| law[0].clone());
        let (adopted, left) = apply::apply_all(&mine, &start);
        unfit.extend(left.iter().map(|a| format!("{} {:?} {:?}", a.article, a.clause, a.point)));
        let adopted = words(&adopted.text);
        if mine.is_empty() {
            untouched.push(versions.number.clone());
        } else if adopted == newer {
            same.push(versions.number.clone());
        } else {
            let common = adopted.iter().collect::<std::collections::HashSet<_>>();
            let shared = newer.iter().filter(|w| common.contains(w)).count();
            different.push(format!(
                "{} ({} / {} words, {shared} known)",
                versions.number,
                adopted.len(),
                newer.len()
            ));
        }
    }
    let touched: std::collections::BTreeSet<_> = found.amendments.iter().map(|a| a.article.clone()).collect();
    let unmarked: Vec<_> =
        touched.iter().filter(|n| !merged.articles.iter().any(|v| v.changed && v.number == **n)).collect();
    println!(
        "the same words: {same:?}\nother words: {different:#?}\nin the merged file only: {untouched:?}\nin 62/2020 only: {unmarked:?}\nunfit: {unfit:?}"
    );
}
