//! Sixty questions on fifteen matters, four each, and what becomes of them.

use super::*;

/// Pairs that are rightly together, against those that are together and those that should be: no less than this.
const FLOOR: f64 = 0.8;

const MATTERS: [[&str; 4]; 15] = [
    [
        "Nuôi chó có phải đăng ký với phường không?",
        "đăng ký nuôi chó ở đâu",
        "thả rông chó không rọ mõm bị phạt bao nhiêu",
        "cho hoi nuoi cho trong chung cu co bi cam khong",
    ],
    [
        "Thủ tục xin cấp phép biểu diễn lô tô hội chợ",
        "muốn tổ chức hội chợ ở xã thì xin phép ai",
        "xin giấy phép tổ chức hội chợ cần gì",
        "hội chợ thương mại phải đăng ký trước bao nhiêu ngày",
    ],
    [
        "Lắp camera trước cửa nhà quay ra ngõ có vi phạm không",
        "hàng xóm lắp camera chĩa vào nhà tôi thì làm sao",
        "lap camera an ninh co can xin phep khong",
        "camera quay sang nhà người khác có bị phạt không",
    ],
    [
        "Xin hỗ trợ tiền điện cho hộ nghèo thế nào",
        "hộ nghèo được hỗ trợ bao nhiêu tiền điện một tháng",
        "tiền điện hộ nghèo năm nay hỗ trợ ra sao",
        "ho ngheo chua nhan duoc ho tro tien dien",
    ],
    [
        "Bán hàng rong trên vỉa hè có bị phạt không",
        "lấn chiếm vỉa hè để bán hàng phạt bao nhiêu",
        "thuê vỉa hè để bán hàng thì xin ở đâu",
        "via he truoc nha toi bi nguoi ban hang chiem",
    ],
    [
        "Karaoke hàng xóm hát ồn ào sau 22 giờ thì báo ai",
        "hát karaoke gây ồn bị phạt bao nhiêu",
        "karaoke loa kéo quá ồn thì gọi cơ quan nào",
        "hang xom hat karaoke on ao ca ngay",
    ],
    [
        "Trồng cây xanh trước nhà có phải xin phép không",
        "chặt cây xanh trên vỉa hè xin phép ở đâu",
        "cây xanh trước nhà sắp đổ thì báo ai",
        "tỉa cành cây xanh đường phố ai chịu trách nhiệm",
    ],
    [
        "Đăng ký học trực tuyến lớp xóa mù chữ cho người lớn",
        "lớp xóa mù chữ ở xã học miễn phí không",
        "mẹ tôi muốn học lớp xóa mù chữ",
        "xoa mu chu cho nguoi gia dang ky o dau",
    ],
    [
        "Điện mặt trời mái nhà bán cho điện lực được không",
        "lắp điện mặt trời mái nhà có cần giấy phép",
        "dien mat troi mai nha dau noi the nao",
        "giá bán điện mặt trời áp mái hiện nay",
    ],
    [
        "Mất giấy phép lái xe thì cấp lại thế nào",
        "cấp lại giấy phép lái xe bị mất hết bao nhiêu",
        "đổi giấy phép lái xe hết hạn ở đâu",
        "doi bang lai xe o to het han",
    ],
    [
        "Xin nghĩa trang để cải táng cho ông nội",
        "cải táng mộ về nghĩa trang xã thủ tục gì",
        "nghĩa trang nhân dân còn chỗ cải táng không",
        "cai tang mo phai bao ai",
    ],
    [
        "Khoan giếng nước ngầm có phải xin phép không",
        "khoan giếng lấy nước sinh hoạt trong vườn",
        "giếng khoan gia đình có phải đăng ký",
        "khoan gieng can giay phep gi",
    ],
    [
        "Bay flycam quay phim ở công viên có cần xin phép",
        "xin phép bay flycam ở đâu",
        "flycam đăng ký với bộ quốc phòng thế nào",
        "su dung flycam trai phep phat bao nhieu",
    ],
    [
        "Hiến máu được nghỉ làm mấy ngày",
        "đi hiến máu tình nguyện có được giấy chứng nhận không",
        "hiến máu được bồi dưỡng bao nhiêu tiền",
        "dang ky hien mau nhan dao o dau",
    ],
    [
        "Nhận con nuôi là người nước ngoài có được không",
        "thủ tục nhận con nuôi trong nước",
        "độc thân có được nhận con nuôi không",
        "nhan con nuoi can dieu kien gi",
    ],
];

fn questions() -> (Vec<&'static str>, Vec<usize>) {
    // Dealt out in turn, so that those of one matter do not stand together.
    (0..4).flat_map(|n| MATTERS.iter().enumerate().map(move |(matter, four)| (four[n], matter))).unzip()
}

#[test]
fn questions_on_one_matter_come_together() {
    let (questions, matters) = questions();
    let clusters = cluster_by_meaning(&questions);
    let mut of = vec![usize::MAX; questions.len()];
    for (number, cluster) in clusters.iter().enumerate() {
        assert!(cluster.members.contains(&cluster.representative) && !cluster.terms.is_empty());
        cluster.members.iter().for_each(|&n| of[n] = number);
    }
    assert!(of.iter().all(|&number| number < clusters.len()), "each question is in a cluster");
    let (mut both, mut together, mut wanted) = (0.0, 0.0, 0.0);
    for a in 0..questions.len() {
        for b in 0..a {
            let (is_together, is_wanted) = (of[a] == of[b], matters[a] == matters[b]);
            both += f64::from(u8::from(is_together && is_wanted));
            together += f64::from(u8::from(is_together));
            wanted += f64::from(u8::from(is_wanted));
        }
    }
    let (precision, recall) = (both / together, both / wanted);
    let f1 = 2.0 * precision * recall / (precision + recall);
    let told: Vec<String> = clusters
        .iter()
        .map(|cluster| {
            let members: Vec<&str> = cluster.members.iter().map(|&n| questions[n]).collect();
            format!("{:?}: {members:#?}", cluster.terms)
        })
        .collect();
    eprintln!(
        "{} clusters of 15 matters; pairs: precision {precision:.3}, recall {recall:.3}, F1 {f1:.3}",
        clusters.len()
    );
    assert!(f1 >= FLOOR, "F1 {f1:.3}\n{}", told.join("\n"));
    assert_eq!(cluster_by_meaning(&questions), clusters);
}

#[test]
fn nothing_and_little_are_clustered_too() {
    assert!(cluster_by_meaning(&[]).is_empty());
    let clusters = cluster_by_meaning(&["", "là gì?", "???"]);
    assert_eq!(clusters.len(), 3);
    assert!(clusters.iter().all(|cluster| cluster.members.len() == 1));
}

#[test]
fn more_questions_than_are_compared_pairwise_are_still_clustered() {
    let (questions, _) = questions();
    let many: Vec<&str> = questions.iter().cycle().take(MOST_PAIRWISE + 200).copied().collect();
    let start = std::time::Instant::now();
    let clusters = cluster_by_meaning(&many);
    eprintln!("{} questions: {} clusters in {:?}", many.len(), clusters.len(), start.elapsed());
    assert_eq!(clusters.iter().map(|cluster| cluster.members.len()).sum::<usize>(), many.len());
    assert!(clusters.len() <= 60, "the same question is never in two: {}", clusters.len());
}
