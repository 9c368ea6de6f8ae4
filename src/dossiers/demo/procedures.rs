//! The procedures of the demonstration, with the desks that examine them.

/// A procedure as the demonstration handles it.
pub(super) struct Procedure {
    /// Its guide in `knowledge/procedures/`.
    pub id: &'static str,
    /// As the guide has it.
    pub title: &'static str,
    /// What the receipt promises, in weekdays.
    pub weekdays: i32,
    /// The desk that examines it.
    pub desk: &'static str,
    /// What may be missing.
    pub papers: &'static [&'static str],
    /// Why it may be refused.
    pub refusal: &'static str,
    /// In đồng.
    pub fee: u64,
}

const JUSTICE: &str = "Công chức tư pháp – hộ tịch";
const LAND: &str = "Tổ địa chính, Phòng Kinh tế, Hạ tầng và Đô thị";
const ECONOMY: &str = "Tổ đăng ký kinh doanh, Phòng Kinh tế, Hạ tầng và Đô thị";
const BUILDING: &str = "Tổ quản lý xây dựng, Phòng Kinh tế, Hạ tầng và Đô thị";
const SOCIAL: &str = "Tổ bảo trợ xã hội, Phòng Văn hóa – Xã hội";

/// The first one is that of the first dossier.
pub(super) const PROCEDURES: [Procedure; 13] = [
    Procedure {
        id: "dang-ky-ho-kinh-doanh",
        title: "Đăng ký hộ kinh doanh",
        weekdays: 3,
        desk: ECONOMY,
        papers: &["Bản sao giấy tờ chứng minh địa điểm kinh doanh"],
        refusal: "Tên hộ kinh doanh trùng với tên đã đăng ký",
        fee: 100_000,
    },
    Procedure {
        id: "cap-giay-phep-xay-dung-nha-o-rieng-le",
        title: "Cấp giấy phép xây dựng nhà ở riêng lẻ",
        weekdays: 15,
        desk: BUILDING,
        papers: &["Bản vẽ mặt bằng các tầng", "Bản cam kết bảo đảm an toàn công trình liền kề"],
        refusal: "Bản vẽ vượt quá chiều cao cho phép theo quy hoạch",
        fee: 75_000,
    },
    Procedure {
        id: "dang-ky-khai-sinh",
        title: "Đăng ký khai sinh",
        weekdays: 1,
        desk: JUSTICE,
        papers: &["Giấy chứng sinh"],
        refusal: "Việc sinh đã được đăng ký ở nơi khác",
        fee: 0,
    },
    Procedure {
        id: "dang-ky-ket-hon",
        title: "Đăng ký kết hôn",
        weekdays: 5,
        desk: JUSTICE,
        papers: &["Giấy xác nhận tình trạng hôn nhân"],
        refusal: "Một bên chưa đủ tuổi kết hôn",
        fee: 0,
    },
    Procedure {
        id: "dang-ky-nhan-cha-me-con",
        title: "Đăng ký nhận cha, mẹ, con",
        weekdays: 3,
        desk: JUSTICE,
        papers: &["Chứng cứ chứng minh quan hệ cha con hoặc mẹ con"],
        refusal: "Có tranh chấp về việc nhận con",
        fee: 15_000,
    },
    Procedure {
        id: "dang-ky-giam-ho",
        title: "Đăng ký giám hộ",
        weekdays: 3,
        desk: JUSTICE,
        papers: &["Văn bản cử người giám hộ"],
        refusal: "Người được cử không đủ điều kiện làm giám hộ",
        fee: 0,
    },
    Procedure {
        id: "cap-giay-phep-ban-le-ruou",
        title: "Cấp Giấy phép bán lẻ rượu có độ cồn từ 5,5 độ trở lên",
        weekdays: 10,
        desk: ECONOMY,
        papers: &["Bản sao hợp đồng mua bán rượu với nhà cung cấp"],
        refusal: "Không có quyền sử dụng hợp pháp địa điểm kinh doanh",
        fee: 400_000,
    },
    Procedure {
        id: "dang-ky-bien-dong-dat-dai",
        title: "Đăng ký biến động đất đai khi chuyển nhượng, tặng cho, thừa kế",
        weekdays: 10,
        desk: LAND,
        papers: &["Bản gốc Giấy chứng nhận đã cấp", "Tờ khai thuế thu nhập cá nhân"],
        refusal: "Thửa đất đang có tranh chấp",
        fee: 150_000,
    },
    Procedure {
        id: "cap-doi-cap-lai-giay-chung-nhan-quyen-su-dung-dat",
        title: "Cấp đổi, cấp lại Giấy chứng nhận quyền sử dụng đất",
        weekdays: 10,
        desk: LAND,
        papers: &["Mảnh trích đo bản đồ địa chính thửa đất"],
        refusal: "Ranh giới thửa đất chưa được các hộ liền kề xác nhận",
        fee: 50_000,
    },
    Procedure {
        id: "chuyen-muc-dich-su-dung-dat",
        title: "Cho phép chuyển mục đích sử dụng đất",
        weekdays: 15,
        desk: LAND,
        papers: &["Bản gốc Giấy chứng nhận đã cấp"],
        refusal: "Không phù hợp với kế hoạch sử dụng đất",
        fee: 120_000,
    },
    Procedure {
        id: "huong-tro-cap-xa-hoi-hang-thang",
        title: "Hưởng trợ cấp xã hội hằng tháng",
        weekdays: 20,
        desk: SOCIAL,
        papers: &["Bản sao Giấy xác nhận khuyết tật"],
        refusal: "Không thuộc đối tượng hưởng trợ cấp",
        fee: 0,
    },
    Procedure {
        id: "ho-tro-chi-phi-mai-tang",
        title: "Hỗ trợ chi phí mai táng cho đối tượng bảo trợ xã hội",
        weekdays: 5,
        desk: SOCIAL,
        papers: &["Bản sao trích lục khai tử"],
        refusal: "Đã hưởng hỗ trợ từ bảo hiểm xã hội",
        fee: 0,
    },
    Procedure {
        id: "cap-giay-chung-nhan-an-toan-thuc-pham",
        title: "Cấp Giấy chứng nhận cơ sở đủ điều kiện an toàn thực phẩm",
        weekdays: 15,
        desk: "Trạm y tế phường",
        papers: &[
            "Bản thuyết minh về cơ sở vật chất, trang thiết bị",
            "Giấy xác nhận đủ sức khỏe của người làm",
        ],
        refusal: "Cơ sở chưa bảo đảm nguồn nước sạch",
        fee: 700_000,
    },
];
