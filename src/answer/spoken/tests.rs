//! What is written and what is said.

use proptest::prelude::*;

use super::speakable;

const TABLE: &[(&str, &str)] = &[
    ("Điều 35", "Điều ba mươi lăm"),
    ("khoản 2 Điều 98", "khoản hai Điều chín mươi tám"),
    ("điểm đ khoản 2 Điều 98", "điểm đê khoản hai Điều chín mươi tám"),
    ("điểm a, điểm b khoản 1", "điểm a, điểm bê khoản một"),
    ("điểm c", "điểm xê"),
    ("điểm g khoản 15", "điểm giê khoản mười lăm"),
    ("Điều 12a", "Điều mười hai a"),
    ("khoản 4b", "khoản bốn bê"),
    ("số 45/2019/QH14", "số bốn mươi lăm năm hai nghìn không trăm mười chín của Quốc hội khóa mười bốn"),
    (
        "Luật số 50/2014/QH13.",
        "Luật số năm mươi năm hai nghìn không trăm mười bốn của Quốc hội khóa mười ba.",
    ),
    (
        "Nghị định số 15/2021/NĐ-CP",
        "Nghị định số mười lăm năm hai nghìn không trăm hai mươi mốt của Chính phủ",
    ),
    ("15/2021/NĐ-CP", "số mười lăm năm hai nghìn không trăm hai mươi mốt, nghị định của Chính phủ"),
    ("Thông tư số 04/2020/TT-BTP", "Thông tư số bốn năm hai nghìn không trăm hai mươi của Bộ Tư pháp"),
    (
        "Quyết định 12/2022/QĐ-TTg",
        "Quyết định số mười hai năm hai nghìn không trăm hai mươi hai của Thủ tướng Chính phủ",
    ),
    ("ngày 31/12/2020", "ngày ba mươi mốt tháng mười hai năm hai nghìn không trăm hai mươi"),
    ("từ 01/01/2021", "từ ngày một tháng một năm hai nghìn không trăm hai mươi mốt"),
    ("tháng 7/2025", "tháng bảy năm hai nghìn không trăm hai mươi lăm"),
    ("ngày 20 tháng 11 năm 2019", "ngày hai mươi tháng mười một năm hai nghìn không trăm mười chín"),
    ("7 giờ 30 phút", "bảy giờ ba mươi phút"),
    ("17h00", "mười bảy giờ"),
    ("1.490.000 đồng", "một triệu bốn trăm chín mươi nghìn đồng"),
    ("200.000đ", "hai trăm nghìn đồng"),
    ("50.000 VNĐ", "năm mươi nghìn đồng"),
    ("0,5%", "không phẩy năm phần trăm"),
    ("10,25 %", "mười phẩy hai mươi lăm phần trăm"),
    ("1,05 lần", "một phẩy không năm lần"),
    ("10-15 ngày", "mười đến mười lăm ngày"),
    ("10 – 15 ngày", "mười đến mười lăm ngày"),
    ("2/3 số phiếu", "hai trên ba số phiếu"),
    ("100 m2 đất", "một trăm mét vuông đất"),
    ("5 km", "năm ki lô mét"),
    ("60km/h.", "sáu mươi ki lô mét trên giờ."),
    ("3 ha", "ba héc ta"),
    ("12 m.", "mười hai mét."),
    ("Chương II", "Chương hai"),
    ("Mục XIV Phần IV", "Mục mười bốn Phần bốn"),
    ("UBND cấp xã", "Ủy ban nhân dân cấp xã"),
    ("thẻ CCCD", "thẻ căn cước công dân"),
    ("BHXH một lần", "bảo hiểm xã hội một lần"),
    ("GCN QSDĐ", "giấy chứng nhận quyền sử dụng đất"),
    ("TP. Hà Nội", "thành phố. Hà Nội"),
    ("công ty TNHH 1 thành viên", "công ty trách nhiệm hữu hạn một thành viên"),
    ("1. Người lao động", "Người lao động"),
    ("a) Ít nhất 45 ngày;", "Ít nhất bốn mươi lăm ngày;"),
    ("- Tờ khai;", "Tờ khai;"),
    ("(sau đây gọi là \"hồ sơ\")", "sau đây gọi là hồ sơ"),
    ("“Giấy phép”", "Giấy phép"),
    ("xem https://dichvucong.gov.vn/abc", "xem trang thông tin điện tử"),
    ("03 ngày làm việc", "ba ngày làm việc"),
    ("số điện thoại 0912345678", "số điện thoại không chín một hai ba bốn năm sáu bảy tám"),
    ("15 ngày", "mười lăm ngày"),
    ("21 tuổi", "hai mươi mốt tuổi"),
    ("24 tháng", "hai mươi tư tháng"),
    ("105 người", "một trăm linh năm người"),
    ("2 tỷ", "hai tỷ"),
    ("Nhà ở riêng lẻ 😀", "Nhà ở riêng lẻ"),
    ("a  b", "a b"),
    ("Được.,", "Được."),
    ("", ""),
    ("…", ""),
];

#[test]
fn the_table_is_said_right() {
    for (written, said) in TABLE {
        assert_eq!(speakable(written), *said, "{written}");
    }
}

#[test]
fn lines_stay_lines() {
    assert_eq!(speakable("1. Một:\na) hai;\n\nb) ba."), "Một:\nhai;\nba.");
}

proptest! {
    #[test]
    fn no_digit_is_left_and_nothing_changes_when_said_again(
        text in "((Điều|khoản|điểm|ngày|số|[0-9]{1,7}|[0-9]{1,2}/[0-9]{4}/QH1[0-9]|\\PC{0,6}|a\\)|%|II|UBND)[ ,./-]?){0,14}"
    ) {
        let said = speakable(&text);
        prop_assert!(!said.chars().any(|c| c.is_numeric()), "{said}");
        prop_assert_eq!(speakable(&said), said);
    }
}

#[test]
fn what_the_voice_says_is_read_back_by_the_ear() {
    use crate::question::spoken_number::NumberReader;

    for value in (1..1000).chain(1945..2100) {
        let said = super::numbers::cardinal(value);
        let words: Vec<&str> = said.split_whitespace().collect();
        assert_eq!(NumberReader { folded: false }.read(&words), Some((value, words.len())), "{said}");
    }
}
