use proptest::prelude::*;

use super::doubts::Reason;
use super::*;

const LAW: &str = "QUỐC HỘI\nLuật số: 1/2020/QH14\nHà Nội, ngày 2 tháng 3 năm 2020\n\nLUẬT\nTHỬ NGHIỆM\n\
Căn cứ Hiến pháp;\nQuốc hội ban hành Luật Thử nghiệm.\n\nPhần thứ nhất\nNHỮNG QUY ĐỊNH CHUNG\n\nChương I\nQUY ĐỊNH\nCHUNG\n\n\
Điều 1. Phạm vi điều chỉnh\nLuật này quy định về thử nghiệm.\n\nĐiều 2: Đối tượng áp dụng\n1. Cơ quan.\n2. Cá nhân.\n2a. Khoản chèn.\n\
Chương II. Quy định khác\nMục 1\nTÊN MỤC MỘT\nTiểu mục 1. TÊN TIỂU MỤC\nĐiều 3.\nTên điều ba\nĐiều 1 của Luật này được áp dụng.\n\
Mục 2. TÊN MỤC HAI\nĐiều 3a. Điều chèn\nNội dung.\nĐiều 4. Sửa đổi, bổ sung Luật khác\n1. Sửa đổi Điều 12 như sau:\n\
“Điều 12. Tên cũ\nĐiều 13. Vẫn trong ngoặc\nHết.”.\n2. Bỏ cụm từ “A”.\n\
Điều 5. Hiệu lực thi hành\nLuật này có hiệu lực thi hành từ ngày 01 tháng 7 năm 2020.\n\
Luật này đã được Quốc hội thông qua ngày 2 tháng 3 năm 2020.\nCHỦ TỊCH QUỐC HỘI\nNơi nhận:\n- Như trên.\n";

#[test]
fn a_law_becomes_a_tree_and_the_tree_the_law() {
    let law = parse(LAW);
    assert_eq!(law.print(), LAW);
    assert_eq!(law.heading.title.as_deref(), Some("THỬ NGHIỆM"));
    assert!(law.preamble.ends_with("Quốc hội ban hành Luật Thử nghiệm.\n\n"));
    assert!(law.closing.starts_with("Luật này đã được Quốc hội thông qua"));
    let units: Vec<_> = law.walk().map(|u| format!("{} | {}", u.level.word(), u.name())).collect();
    assert_eq!(
        units,
        [
            "Phần | Phần thứ nhất NHỮNG QUY ĐỊNH CHUNG",
            "Chương | Chương I QUY ĐỊNH CHUNG",
            "Điều | Điều 1 Phạm vi điều chỉnh",
            "Điều | Điều 2 Đối tượng áp dụng",
            "Chương | Chương II Quy định khác",
            "Mục | Mục 1 TÊN MỤC MỘT",
            "Tiểu mục | Tiểu mục 1 TÊN TIỂU MỤC",
            "Điều | Điều 3 Tên điều ba",
            "Mục | Mục 2 TÊN MỤC HAI",
            "Điều | Điều 3a Điều chèn",
            "Điều | Điều 4 Sửa đổi, bổ sung Luật khác",
            "Điều | Điều 5 Hiệu lực thi hành",
        ]
    );
    assert_eq!(law.doubts(), []);
}

#[test]
fn articles_know_their_document_and_their_place() {
    let articles = parse(LAW).articles("thử");
    let three = &articles[2];
    assert_eq!(three.key(), "1/2020/QH14#3");
    assert_eq!(three.text, "Điều 1 của Luật này được áp dụng.");
    assert_eq!(
        three.path,
        "Phần thứ nhất NHỮNG QUY ĐỊNH CHUNG > Chương II Quy định khác > Mục 1 TÊN MỤC MỘT > Tiểu mục 1 TÊN TIỂU MỤC"
    );
    assert_eq!(articles[1].text, "1. Cơ quan.\n2. Cá nhân.\n2a. Khoản chèn.");
    assert_eq!(three.effective_from, Some(jiff::civil::Date::constant(2020, 7, 1)));
    assert_eq!(articles.last().map(|a| a.text.lines().count()), Some(1));
}

#[test]
fn a_decision_has_articles_without_titles_and_an_attachment() {
    let text = "QUYẾT ĐỊNH\nVề việc ban hành quy chế\nĐiều 1. Ban hành kèm theo Quyết định này Quy chế.\n\
                Điều 2. Quyết định này có hiệu lực.\nNơi nhận:\n- Như Điều 2;\nQUY CHẾ\nĐiều 1. Phạm vi\nQuy chế này.\n";
    let decision = parse(text);
    assert_eq!(decision.print(), text);
    let articles = decision.articles("thử");
    assert_eq!(articles[0].text, "Ban hành kèm theo Quyết định này Quy chế.");
    assert_eq!(articles[1].text, "Quyết định này có hiệu lực.");
    assert_eq!(articles[2].title, "Phạm vi");
    assert_eq!(decision.doubts()[0].line, 8);
    assert_eq!(decision.doubts()[0].reason, Reason::Duplicate("1".into()));
}

#[test]
fn numbers_out_of_order_are_named_with_their_lines() {
    let law = parse("Điều 2. A\nx\nĐiều 1. B\nx\nĐiều 1a. C\nx\nĐiều 1đ. D\nx\nĐiều 1e. E\nx\nĐiều 5. F\n\n");
    let found: Vec<_> = law.doubts().iter().map(|d| d.to_string()).collect();
    assert_eq!(
        found,
        ["line 3: article 1 follows article 2", "line 11: between articles 1e and 5 some are missing",]
    );
}

#[test]
fn line_ends_and_letters_are_made_one_and_nothing_else() {
    assert_eq!(parse("Đi\u{00ea}\u{0300}u 1.\r\nA\rB").print(), "Điều 1.\nA\nB");
    for empty in ["", "\n", " \n\n"] {
        assert_eq!(parse(empty).print(), empty);
        assert!(parse(empty).units.is_empty());
    }
}

/// A document as agencies write them, in pieces that may follow one another in any order.
fn document() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        "Phần thứ (nhất|hai)\n[A-Z ]{0,12}\n",
        "Chương [IVX]{1,3}(\n|\\. |: )[A-ZĐ]{1,9}[a-zđ ]{0,9}\n",
        "(Mục|Tiểu mục|MỤC) [1-9][.:]? ?(TÊN|Tên)?\n",
        "Điều [1-9][0-9]?[a-d]?(\\.|:|)( [A-ZĐ][a-zđ ]{0,12}\\.?)?\n",
        "[1-9]\\. [A-Z][a-z ]{0,20}[.;:]\n",
        "[a-e]\\) [a-z ]{0,20};?(\r\n|\n)",
        "(như sau:|x)\n“Điều [1-9]\\. [a-z]{0,5}\n.{0,9}”?\\.?\n",
        "(Nơi nhận:|TM\\. CHÍNH PHỦ|CHỦ TỊCH QUỐC HỘI)\n",
        "\\PC{0,20}\n?",
        "\r|\n| |\t|\u{301}|“|”|\"",
    ];
    proptest::collection::vec(piece, 0..30).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn what_was_parsed_prints_as_it_was(text in document()) {
        let law = parse(&text);
        prop_assert_eq!(law.print(), normalise(&text));
        prop_assert_eq!(parse(&law.print()), law);
    }

    #[test]
    fn any_text_at_all_prints_as_it_was(text in "(?s).{0,200}") {
        let law = parse(&text);
        prop_assert_eq!(law.print(), normalise(&text));
        law.doubts();
        for article in law.articles("x") {
            prop_assert!(!article.number.is_empty());
        }
    }

    #[test]
    fn every_unit_lies_in_a_wider_one(text in document()) {
        fn check(units: &[Unit]) -> bool {
            units.iter().all(|u| u.children.iter().all(|c| c.level > u.level) && check(&u.children))
        }
        prop_assert!(check(&parse(&text).units));
    }
}

/// Real documents, put together from their articles and taken apart again; only where the large file lies.
#[test]
fn real_documents_come_back_whole() {
    let Some(file) = crate::regulations::owners_data::unpacked("regulations.jsonl") else {
        return;
    };
    let mut documents: Vec<(String, Vec<[String; 4]>)> = Vec::new();
    for line in file.lines() {
        let row: serde_json::Value = serde_json::from_str(line).unwrap();
        let field = |name: &str| normalise(row[name].as_str().unwrap_or_default()).trim().to_owned();
        let number = field("doc_number");
        if documents.last().is_none_or(|(last, _)| *last != number) {
            documents.push((number, Vec::new()));
        }
        let article = [field("article_no"), field("article_title"), field("text"), field("path")];
        documents.last_mut().unwrap().1.push(article);
    }
    let (mut given, mut found, mut worst) = (0, 0, Vec::new());
    for (document, articles) in documents.iter().step_by(5) {
        let mut text = String::from("LUẬT\nTHỬ\n");
        let mut path_before = "";
        for [number, title, body, path] in articles {
            if path != path_before && !path.is_empty() {
                text.push_str(&format!("{}\n", path.replace(" > ", "\n")));
            }
            path_before = path;
            text.push_str(&format!("Điều {number}. {title}\n{body}\n"));
        }
        let law = parse(&text);
        assert_eq!(law.print(), text, "{document}");
        let back = law.articles("thử");
        let same = articles.iter().filter(|a| back.iter().any(|b| b.number == a[0])).count();
        given += articles.len();
        found += same;
        if same < articles.len() {
            worst.push((articles.len() - same, document));
        }
    }
    worst.sort();
    println!(
        "articles found again: {found} of {given}; most missing: {:?}",
        worst.iter().rev().take(8).collect::<Vec<_>>()
    );
    assert!(found * 100 >= given * 99, "{found} of {given}");
}
