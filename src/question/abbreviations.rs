//! Abbreviations that citizens and offices use, written out: "đóng BHXH một lần" asks for "bảo hiểm xã hội".
//!
//! Only those are here that are no word or syllable of Vietnamese and stand for one thing wherever the law is asked.

use std::sync::LazyLock;

use super::rewrite::Expressions;

/// Each with its full form, as the law's texts have it.
const ABBREVIATIONS: &[(&str, &str)] = &[
    ("ANTT", "an ninh trật tự"),
    ("ATGT", "an toàn giao thông"),
    ("ATLĐ", "an toàn lao động"),
    ("ATTP", "an toàn thực phẩm"),
    ("ATVSLĐ", "an toàn, vệ sinh lao động"),
    ("ATVSTP", "an toàn vệ sinh thực phẩm"),
    ("BHTN", "bảo hiểm thất nghiệp"),
    ("BHXH", "bảo hiểm xã hội"),
    ("BHYT", "bảo hiểm y tế"),
    ("BLDS", "Bộ luật Dân sự"),
    ("BLHS", "Bộ luật Hình sự"),
    ("BLLĐ", "Bộ luật Lao động"),
    ("BLTTDS", "Bộ luật Tố tụng dân sự"),
    ("BLTTHS", "Bộ luật Tố tụng hình sự"),
    ("BLĐTBXH", "Bộ Lao động - Thương binh và Xã hội"),
    ("BTNMT", "Bộ Tài nguyên và Môi trường"),
    ("BTTTT", "Bộ Thông tin và Truyền thông"),
    ("CBCC", "cán bộ, công chức"),
    ("CBCCVC", "cán bộ, công chức, viên chức"),
    ("CCCD", "căn cước công dân"),
    ("CMND", "chứng minh nhân dân"),
    ("CMTND", "chứng minh nhân dân"),
    ("CNTT", "công nghệ thông tin"),
    ("CNVC", "công nhân viên chức"),
    ("CSGT", "Cảnh sát giao thông"),
    ("CSDL", "cơ sở dữ liệu"),
    ("CTCP", "công ty cổ phần"),
    ("DNNN", "doanh nghiệp nhà nước"),
    ("DNTN", "doanh nghiệp tư nhân"),
    ("GCN", "giấy chứng nhận"),
    ("GCNQSDĐ", "giấy chứng nhận quyền sử dụng đất"),
    ("GDĐT", "giáo dục và đào tạo"),
    ("GDTX", "giáo dục thường xuyên"),
    ("GPLX", "giấy phép lái xe"),
    ("GPMB", "giải phóng mặt bằng"),
    ("GPMT", "giấy phép môi trường"),
    ("GPXD", "giấy phép xây dựng"),
    ("GTGT", "giá trị gia tăng"),
    ("GTVT", "giao thông vận tải"),
    ("HĐLĐ", "hợp đồng lao động"),
    ("HĐND", "Hội đồng nhân dân"),
    ("HĐQT", "Hội đồng quản trị"),
    ("HNGĐ", "hôn nhân và gia đình"),
    ("HSSV", "học sinh, sinh viên"),
    ("HTX", "hợp tác xã"),
    ("KCB", "khám bệnh, chữa bệnh"),
    ("KDTM", "kinh doanh thương mại"),
    ("KHCN", "khoa học và công nghệ"),
    ("LĐTBXH", "Lao động - Thương binh và Xã hội"),
    ("LĐTB&XH", "Lao động - Thương binh và Xã hội"),
    ("LLTP", "lý lịch tư pháp"),
    ("MST", "mã số thuế"),
    ("MTTQ", "Mặt trận Tổ quốc"),
    ("NHNN", "Ngân hàng Nhà nước"),
    ("NLĐ", "người lao động"),
    ("NNPTNT", "Nông nghiệp và Phát triển nông thôn"),
    ("NN&PTNT", "Nông nghiệp và Phát triển nông thôn"),
    ("NOXH", "nhà ở xã hội"),
    ("NSDLĐ", "người sử dụng lao động"),
    ("NSNN", "ngân sách nhà nước"),
    ("NVQS", "nghĩa vụ quân sự"),
    ("PCCC", "phòng cháy và chữa cháy"),
    ("PCTN", "phòng, chống tham nhũng"),
    ("QLTT", "quản lý thị trường"),
    ("QSDĐ", "quyền sử dụng đất"),
    ("QSHNƠ", "quyền sở hữu nhà ở"),
    ("SHTT", "sở hữu trí tuệ"),
    ("SXKD", "sản xuất, kinh doanh"),
    ("TAND", "Tòa án nhân dân"),
    ("TANDTC", "Tòa án nhân dân tối cao"),
    ("TCCN", "trung cấp chuyên nghiệp"),
    ("THADS", "thi hành án dân sự"),
    ("THCS", "trung học cơ sở"),
    ("THPT", "trung học phổ thông"),
    ("TNCN", "thu nhập cá nhân"),
    ("TNDN", "thu nhập doanh nghiệp"),
    ("TNDS", "trách nhiệm dân sự"),
    ("TNHH", "trách nhiệm hữu hạn"),
    ("TNHS", "trách nhiệm hình sự"),
    ("TNLĐ", "tai nạn lao động"),
    ("TNMT", "tài nguyên và môi trường"),
    ("TNXP", "thanh niên xung phong"),
    ("TTATGT", "trật tự, an toàn giao thông"),
    ("TTDS", "tố tụng dân sự"),
    ("TTHC", "thủ tục hành chính"),
    ("TTHS", "tố tụng hình sự"),
    ("TTĐB", "tiêu thụ đặc biệt"),
    ("TMĐT", "thương mại điện tử"),
    ("UBND", "Ủy ban nhân dân"),
    ("VBQPPL", "văn bản quy phạm pháp luật"),
    ("VKS", "Viện kiểm sát"),
    ("VKSND", "Viện kiểm sát nhân dân"),
    ("VPHC", "vi phạm hành chính"),
    ("VSATTP", "vệ sinh an toàn thực phẩm"),
    ("VSMT", "vệ sinh môi trường"),
    ("XHCN", "xã hội chủ nghĩa"),
    ("XKLĐ", "đưa người lao động đi làm việc ở nước ngoài"),
    ("XNC", "xuất nhập cảnh"),
    ("XPVPHC", "xử phạt vi phạm hành chính"),
    ("ĐHĐCĐ", "Đại hội đồng cổ đông"),
    ("ĐKKD", "đăng ký kinh doanh"),
    ("ĐKKH", "đăng ký kết hôn"),
    ("ĐKTT", "đăng ký thường trú"),
    ("ĐTM", "đánh giá tác động môi trường"),
];

static EXPRESSIONS: LazyLock<Expressions> =
    LazyLock::new(|| Expressions::new(ABBREVIATIONS.iter().copied(), 1));

/// The text with its abbreviations written out; null where it has none.
pub fn written_out(text: &str) -> Option<String> {
    EXPRESSIONS.replace(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn abbreviations_are_written_out() {
        assert_eq!(
            written_out("Làm CCCD ở UBND xã?").unwrap(),
            "làm căn cước công dân ở Ủy ban nhân dân xã?"
        );
        assert_eq!(written_out("Bộ LĐTB&XH").unwrap(), "bộ Lao động - Thương binh và Xã hội");
        assert_eq!(written_out("hop dong hdld").unwrap(), "hop dong hop dong lao dong");
        assert_eq!(written_out("Căn cước công dân"), None);
    }

    #[test]
    fn abbreviations_are_long_enough_to_be_no_syllables_and_stand_once() {
        let mut seen = std::collections::HashSet::new();
        for (short, _) in ABBREVIATIONS {
            assert!(short.chars().count() >= 3 && seen.insert(short), "{short}");
            assert!(!short.chars().any(char::is_lowercase), "{short}");
        }
    }
}
