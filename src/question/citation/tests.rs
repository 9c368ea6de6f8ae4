use super::*;

fn number(text: &str) -> Option<(u32, Option<i16>, Option<String>)> {
    match reference(text)?.document.named {
        NamedBy::Number { sequence, year, mark } => Some((sequence, year, mark)),
        NamedBy::Title(_) => None,
    }
}

fn title(text: &str, words: usize) -> Option<(DocumentKind, String, Option<i16>)> {
    let document = reference(text)?.document;
    match document.named {
        NamedBy::Title(title) => {
            Some((document.kind?, title.words.get(..words)?.join(" "), title.year_after(words)))
        }
        NamedBy::Number { .. } => None,
    }
}

fn place(text: &str) -> Option<(String, Option<String>, Option<String>)> {
    let found = reference(text)?.provision?;
    Some((found.article, found.clause, found.point))
}

fn at(
    article: &str,
    clause: Option<&str>,
    point: Option<&str>,
) -> Option<(String, Option<String>, Option<String>)> {
    Some((article.to_owned(), clause.map(str::to_owned), point.map(str::to_owned)))
}

#[test]
fn articles_clauses_and_points_are_read_in_either_order_and_as_they_are_said() {
    for (text, expected) in [
        ("Điều 35 Bộ luật Lao động quy định gì?", at("35", None, None)),
        ("khoản 2 điều 10 luật cư trú", at("10", Some("2"), None)),
        ("Luật Cư trú, điều 10, khoản 2", at("10", Some("2"), None)),
        ("điểm b khoản 1 của Điều 7 Luật Hộ tịch", at("7", Some("1"), Some("b"))),
        ("Điều 217a BLHS", at("217a", None, None)),
        ("dieu 35 bo luat lao dong", at("35", None, None)),
        ("điều ba mươi lăm bộ luật lao động", at("35", None, None)),
        ("điểm bê khoản hai điều một trăm hai mươi ba bộ luật hình sự", at("123", Some("2"), Some("b"))),
        ("khoan hai dieu muoi lam luat cu tru", at("15", Some("2"), None)),
        ("Theo hiến pháp 2013 điều bốn nói gì", at("4", None, None)),
        ("Luật Cư trú có những điều kiện gì về đăng ký thường trú?", None),
        ("Những điều một người cần biết về Luật Căn cước", None),
        ("Luật Cư trú quy định ở điều nào, khoản mấy?", None),
    ] {
        assert_eq!(place(text), expected, "{text}");
    }
}

#[test]
fn numbers_of_documents_are_read_as_they_are_written_and_said() {
    let mark = |mark: &str| Some(mark.to_owned());
    for (text, expected) in [
        ("điều 12 nghị định 135/2020", (135, Some(2020), None)),
        ("Nghị định số 997/2022/NĐ-CP phạt bao nhiêu?", (997, Some(2022), mark("NDCP"))),
        ("nghi dinh 100/2019/nd-cp", (100, Some(2019), mark("NDCP"))),
        ("NĐ 100/2019 phạt thế nào", (100, Some(2019), None)),
        ("Nghị định 128 năm 2020", (128, Some(2020), None)),
        ("Nghị định 100/NĐ-CP năm 2019", (100, Some(2019), mark("NDCP"))),
        ("45/2019/QH14 có gì mới", (45, Some(2019), mark("QH14"))),
        ("Luật số 45/2019/QH 14", (45, Some(2019), mark("QH14"))),
        ("Luật Cư trú (68/2020/QH14) có gì", (68, Some(2020), mark("QH14"))),
        ("thông tư 35", (35, None, None)),
        ("nghị định một trăm ba lăm năm hai nghìn không trăm hai mươi", (135, Some(2020), None)),
        ("nghị định một ba năm năm hai không hai không", (135, Some(2020), None)),
        ("bốn lăm trên hai không mười chín trên quy hát mười bốn", (45, Some(2019), mark("QH14"))),
        ("nghi dinh mot tram ba lam nam hai nghin khong tram hai muoi", (135, Some(2020), None)),
    ] {
        assert_eq!(number(text), Some(expected), "{text}");
    }
    for text in [
        "Tôi nhận quyết định số 45/QĐ-XPVPHC thì khiếu nại ở đâu?",
        "Hợp đồng số 12/2024/HĐ-LĐ có hiệu lực không?",
        "Ngày 12/2020 tôi nghỉ việc",
        "Sinh ngày 01/02/2020 thì làm khai sinh ở đâu?",
        "Phạt 3/4 mức lương có đúng không?",
        "ngoài nghị định một người còn cần gì",
    ] {
        assert_eq!(number(text), None, "{text}");
    }
}

#[test]
fn titles_are_followed_by_their_years() {
    use DocumentKind::*;
    for (text, words, expected) in [
        ("theo điều 20 luật hôn nhân và gia đình 2014 thì sao", 5, (Law, "hôn nhân và gia đình", Some(2014))),
        ("Bộ luật Dân sự năm 2015", 2, (Law, "dân sự", Some(2015))),
        ("bộ luật lao động năm hai nghìn không trăm mười chín", 2, (Law, "lao động", Some(2019))),
        ("luat cu tru hai khong hai muoi", 2, (Law, "cu tru", Some(2020))),
        ("theo Luật Cư trú thì tạm trú là gì", 2, (Law, "cư trú", None)),
        ("BLHS 2015", 2, (Law, "hinh su", Some(2015))),
        ("điều 5 BLLĐ", 2, (Law, "lao động", None)),
        ("luật BHXH 2014", 4, (Law, "bảo hiểm xã hội", Some(2014))),
        ("Hiến pháp 2013", 0, (Constitution, "", Some(2013))),
        ("Luật Phòng, chống ma túy", 4, (Law, "phòng chống ma túy", None)),
        ("Pháp lệnh Dân số", 2, (Ordinance, "dân số", None)),
    ] {
        let expected = Some((expected.0, expected.1.to_owned(), expected.2));
        assert_eq!(title(text, words), expected, "{text}");
    }
}

#[test]
fn law_as_a_common_noun_names_nothing() {
    for text in [
        "Luật sư được gặp người bị tạm giam không?",
        "Pháp luật quy định thế nào về thử việc?",
        "Bị kỷ luật thì bao lâu được nâng lương?",
        "Cho thôi việc trái luật thì bồi thường ra sao?",
        "Con tôi học trường Luật có được hoãn không?",
        "Theo quy định pháp luật năm 2015 thì sao?",
        "phap luat quy dinh the nao",
        "Định luật Newton ra đời năm 1987 à?",
    ] {
        assert_eq!(reference(text), None, "{text}");
    }
}

#[test]
fn what_is_asked_of_a_provision_is_what_remains() {
    let rest = |text: &str, words| reference(text).unwrap().rest(words);
    assert_eq!(rest("Điều 35 Bộ luật Lao động quy định gì?", 2), "quy định gì?");
    assert_eq!(rest("Theo khoản 1 Điều 7 của Luật Hộ tịch thì ai đăng ký?", 2), "Theo của thì ai đăng ký?");
    assert_eq!(rest("Nghị định 135/2020/NĐ-CP, điều 4: tuổi nghỉ hưu?", 0), ", : tuổi nghỉ hưu?");
}

proptest::proptest! {
    #[test]
    fn any_text_is_read_without_panic(text in "(điều|khoản|luật|năm|nghị định|số|/|-|hai|mươi|2019|không| |\\PC){0,24}") {
        if let Some(found) = reference(&text) {
            found.rest(3);
        }
    }
}
