//! The staff desk, through the running service: who gets in and what they may do, and what comes of it for citizens.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use crate::common::desk::{Office, PASSWORD, Person, UNHEARD_OF, WAGES, between, law};
use crate::common::place::wait_until;
use crate::common::store::database;
use serde_json::json;

/// Every page of the desk that is only read.
const PAGES: [&str; 12] = [
    "/staff",
    "/staff/chua-tra-loi",
    "/staff/gop-y",
    "/staff/it-chac-chan",
    "/staff/them-cach-hoi",
    "/staff/them-huong-dan",
    "/staff/da-them",
    "/staff/phan-anh",
    "/staff/thong-bao",
    "/staff/so-lieu",
    "/staff/cong-tac",
    "/staff/nhat-ky",
];

fn question(text: &str) -> serde_json::Value {
    json!({ "kind": "unanswered", "text": text, "consent": true })
}

/// What every page must be.
fn assert_is_a_page(html: &str, what: &str) {
    assert!(html.starts_with("<!doctype html>\n<html lang=\"vi\">"), "{what}: {html}");
    assert_eq!(html.matches("<h1").count(), 1, "{what}");
    assert!(!html.contains("<script") && !html.contains("<style") && !html.contains(" style="), "{what}");
    let mut ids: Vec<&str> =
        html.split(" id=\"").skip(1).map(|after| after.split('"').next().unwrap()).collect();
    let count = ids.len();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), count, "{what}: every place is there once: {html}");
}

#[test]
fn nobody_gets_in_without_the_password_and_nobody_does_more_than_their_role() {
    let office = Office::open();
    for page in PAGES {
        let got = office.request("GET", page, &[], b"");
        assert_eq!((got.status, got.location.as_str()), (303, "/staff/vao"), "{page}");
    }
    let sign_in = office.request("GET", "/staff/vao", &[], b"");
    assert_is_a_page(&sign_in.text, "login");
    assert_eq!(sign_in.cache, "private, no-store");
    assert_eq!(office.request("GET", "/staff/khong-co", &[], b"").status, 404);

    let wrong = office.enter("hoa", "không phải mật khẩu này");
    assert_eq!(wrong.status, 401);
    assert!(wrong.text.contains("không đúng") && wrong.cookie.is_empty());
    let nobody = office.enter("ai-do", PASSWORD);
    assert_eq!(between(&nobody.text, "id=\"loi\">", "<"), between(&wrong.text, "id=\"loi\">", "<"));
    for _ in 0..4 {
        assert_eq!(office.enter("hoa", "sai nữa").status, 401);
    }
    let locked = office.enter("hoa", PASSWORD);
    assert!(locked.status == 401 && locked.text.contains("tạm khóa"), "{}", locked.text);

    let lan = office.staff("lan");
    for page in PAGES.iter().chain(&["/staff/van-ban"]) {
        let got = lan.get(page);
        assert_eq!((got.status, got.cache.as_str()), (200, "private, no-store"), "{page}: {}", got.text);
        assert_is_a_page(&got.text, page);
    }
    // A form of another session, and one without a secret.
    let minh = office.staff("minh");
    let fields =
        [("title", "Bão"), ("text", "Ở nhà."), ("from", "2026-01-01T00:00"), ("until", "2099-01-01T00:00")];
    for csrf in [minh.csrf.as_str(), "", "x"] {
        let mut all = vec![("csrf", csrf)];
        all.extend(fields);
        assert_eq!(lan.post_as_it_is("/staff/thong-bao", &all).status, 403, "{csrf}");
    }
    assert_eq!(lan.bring("x", "law.jsonl", law(WAGES).as_bytes()).status, 403);
    // Another site's page.
    let headers = [
        ("cookie", lan.cookie.as_str()),
        ("origin", "https://evil.example"),
        ("content-type", "application/x-www-form-urlencoded"),
    ];
    let foreign = office.request("POST", "/staff/ra", &headers, format!("csrf={}", lan.csrf).as_bytes());
    assert_eq!(foreign.status, 403);
    // An editor is no admin.
    for page in ["/staff/cong-tac", "/staff/nhat-ky"] {
        assert_eq!(minh.get(page).status, 403, "{page}");
    }
    assert_eq!(minh.post("/staff/cong-tac", &[("what", "answers"), ("reason", "thử")]).status, 403);
    assert_eq!(minh.get("/staff/van-ban").status, 200);

    assert_eq!(lan.post("/staff/ra", &[]).status, 303);
    assert_eq!(lan.get("/staff").status, 303, "the session is over");
    let notices = office.request("GET", "/api/notices", &[], b"").text;
    assert!(!notices.contains("Bão"), "{notices}");
}

#[test]
fn a_reader_reads_and_does_nothing() {
    let office = Office::open();
    let code = office.submit(&question(UNHEARD_OF));
    let hoa = office.staff("hoa");
    assert!(hoa.get("/staff/chua-tra-loi").text.contains(UNHEARD_OF));
    assert!(!hoa.get("/staff/chua-tra-loi").text.contains("Thêm cách hỏi"));
    for page in ["/staff/them-cach-hoi", "/staff/them-huong-dan", "/staff/van-ban", "/staff/cong-tac"] {
        assert_eq!(hoa.get(page).status, 403, "{page}");
    }
    let one = format!("/staff/phan-anh/{code}");
    for (page, fields) in [
        (one.as_str(), &[("act", "answer"), ("reply", "x"), ("reason", "x")][..]),
        (one.as_str(), &[("act", "reveal"), ("reason", "x")]),
        ("/staff/them-cach-hoi", &[("document", "45/2019/QH14"), ("article", "35"), ("phrases", "x")]),
        ("/staff/da-them", &[("id", "x"), ("reason", "x")]),
        ("/staff/thong-bao", &[("title", "x"), ("text", "x")]),
        ("/staff/cong-tac", &[("what", "answers"), ("reason", "x")]),
        ("/staff/nhat-ky", &[]),
    ] {
        assert_eq!(hoa.post(page, fields).status, 403, "{page}");
    }
    assert_eq!(hoa.bring(&hoa.csrf, "law.jsonl", law(WAGES).as_bytes()).status, 403);
    assert_eq!(office.follow(&code)["state"], "received");
}

#[test]
fn a_question_without_an_answer_is_answered_within_seconds_of_a_new_phrasing_and_no_longer_without_it() {
    let office = Office::open();
    assert!(!office.ask(UNHEARD_OF).contains("45 ngày"));
    let first = office.submit(&question(UNHEARD_OF));
    let second =
        office.submit(&question("Bỏ chỗ đang làm phải nói trước với sếp mấy hôm ạ, số tôi 0912345678"));
    office.submit(&question("Nuôi chim yến trong khu phố có được không?"));
    let minh = office.staff("minh");
    let page = minh.get("/staff/chua-tra-loi").text;
    assert_is_a_page(&page, "clusters");
    assert!(page.contains("2 câu hỏi</span>") && !page.contains("0912345678"), "{page}");
    let codes = between(&page, "/staff/them-cach-hoi?ma=", "\"");
    assert_eq!(codes.split('.').count(), 2, "the larger cluster comes first");
    let form = minh.get(&format!("/staff/them-cach-hoi?ma={codes}")).text;
    assert!(form.contains(UNHEARD_OF) && form.contains("Trả lời 2 người"), "{form}");

    let fields = |clause: &'static str, article: &'static str| {
        [
            ("codes", codes.to_owned()),
            ("document", "45/2019/QH14".to_owned()),
            ("article", article.to_owned()),
            ("clause", clause.to_owned()),
            ("phrases", UNHEARD_OF.to_owned()),
            ("reason", "nhiều người hỏi".to_owned()),
            ("answers", "yes".to_owned()),
        ]
    };
    let post = |clause, article| {
        let fields = fields(clause, article);
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        minh.post("/staff/them-cach-hoi", &fields)
    };
    for (clause, article, field) in [("", "999", "document"), ("9", "35", "clause")] {
        let refused = post(clause, article);
        assert_eq!(refused.status, 422, "{}", refused.text);
        assert!(refused.text.contains(&format!("href=\"#{field}\"")) && refused.text.contains(UNHEARD_OF));
    }
    let added = post("1", "35");
    assert_eq!(
        (added.status, added.location.as_str()),
        (303, "/staff/chua-tra-loi?da=them"),
        "{}",
        added.text
    );
    let began = Instant::now();
    wait_until("the answer is live", || office.ask(UNHEARD_OF).contains("45 ngày"));
    assert!(began.elapsed() < Duration::from_secs(5), "{:?}", began.elapsed());
    for code in [&first, &second] {
        let followed = office.follow(code);
        assert_eq!(followed["state"], "answered");
        assert!(followed["reply"].as_str().unwrap().contains("nay đã có câu trả lời"));
    }
    assert!(minh.get("/staff/chua-tra-loi").text.contains("chim yến"));

    let list = minh.get("/staff/da-them").text;
    assert!(list.contains("Khoản 1, Điều 35") && list.contains("nhiều người hỏi"), "{list}");
    let id = between(&list, "name=\"id\" value=\"", "\"").to_owned();
    assert_eq!(minh.post("/staff/da-them", &[("id", &id)]).status, 409, "without a reason");
    assert_eq!(minh.post("/staff/da-them", &[("id", &id), ("reason", "nhầm")]).status, 303);
    wait_until("the answer is gone", || !office.ask(UNHEARD_OF).contains("45 ngày"));
    assert_eq!(office.index().search().phrasings_of("45/2019/QH14", "35").unwrap(), []);

    let lan = office.staff("lan");
    let log = lan.get("/staff/nhat-ky").text;
    for action in ["knowledge.phrasing", "knowledge.phrasing.failed", "knowledge.undo", "submission.answer"] {
        assert!(log.contains(&format!("<td>{action}</td>")), "{action}: {log}");
    }
    let whole = lan.post("/staff/nhat-ky", &[]);
    assert!(whole.text.contains("Nhật ký nguyên vẹn"), "{}", whole.text);
    assert!(office.place.told(&["audit", "verify"]).starts_with("whole: "));
}

#[test]
fn a_guide_is_added_only_where_its_basis_is_held() {
    let office = Office::open();
    let minh = office.staff("minh");
    let guide = |article: &str| {
        format!(
            r#"id = "nghi-viec"
title = "Nghỉ việc theo ý người lao động"
aliases = ["xin nghỉ làm ở công ty"]
data_date = "2026-01-31"
summary = "Người lao động báo trước rồi nghỉ việc."
who = "Người lao động."
where = "Nơi làm việc."
papers = ["Đơn xin nghỉ việc"]
steps = ["Báo trước"]

[[legal_basis]]
document_number = "45/2019/QH14"
document_title = "Bộ luật Lao động"
article = "{article}"
supports = ["who", "papers", "steps"]
"#
        )
    };
    let add = |text: &str| minh.post("/staff/them-huong-dan", &[("guide", text), ("reason", "thiếu")]);
    for (text, told) in [
        (guide("999"), "Điều 999"),
        ("id = 1".to_owned(), "dòng 1"),
        (guide("35").replace("nghi-viec", "../../x"), "(id)"),
    ] {
        let refused = add(&text);
        assert!(refused.status == 422 && refused.text.contains(told), "{told}: {}", refused.text);
    }
    assert_eq!(add(&guide("35")).status, 303);
    let asked = "Thủ tục xin nghỉ làm ở công ty cần giấy tờ gì?";
    wait_until("the guide is live", || office.ask(asked).contains("Đơn xin nghỉ việc"));
    assert!(minh.get("/staff/da-them").text.contains("Nghỉ việc theo ý người lao động"));
}

#[test]
fn a_petition_is_assigned_answered_and_published_and_its_own_words_are_shown_only_for_a_reason() {
    let office = Office::open();
    let words = "Cán bộ một cửa hẹn ba lần mà chưa trả kết quả, gọi tôi số 0912345678.";
    let code = office.submit(&json!({ "kind": "petition", "text": words, "consent": true }));
    office
        .submit(&json!({ "kind": "petition", "text": words.replace("ba lần", "bốn lần"), "consent": true }));
    let minh = office.staff("minh");
    let queue = minh.get("/staff/phan-anh").text;
    assert_is_a_page(&queue, "queue");
    assert!(queue.contains("và 1 mục gần giống") && queue.contains("ngày làm việc"), "{queue}");
    assert!(!queue.contains("0912345678"));
    let one = format!("/staff/phan-anh/{code}");
    let act = |fields: &[(&str, &str)]| minh.post(&one, fields);
    let early = act(&[("act", "release"), ("reason", "rõ ràng")]);
    assert_eq!(early.status, 409, "nothing is published before it is answered");
    assert_eq!(act(&[("act", "assign")]).status, 303);
    assert!(minh.get(&one).text.contains("người xử lý: minh"));

    let unreasoned = act(&[("act", "reveal"), ("reason", " ")]);
    assert_eq!(unreasoned.status, 422);
    assert!(!unreasoned.text.contains("0912345678") && unreasoned.text.contains("href=\"#reveal-reason\""));
    let revealed = act(&[("act", "reveal"), ("reason", "để gọi lại")]);
    assert!(revealed.text.contains("0912345678") && revealed.cache.contains("no-store"));
    assert!(!minh.get(&one).text.contains("0912345678"), "shown once");

    let unreasoned = act(&[("act", "answer"), ("reply", "Đã trả kết quả.")]);
    assert!(unreasoned.status == 422 && unreasoned.text.contains("Đã trả kết quả.</textarea>"));
    assert_eq!(act(&[("act", "answer"), ("reply", "Đã trả kết quả."), ("reason", "xong")]).status, 303);
    assert_eq!(office.follow(&code)["reply"], "Đã trả kết quả.");
    let published = || office.follow(&code)["state"] == "published";
    assert!(!published());
    assert_eq!(act(&[("act", "release"), ("reason", "không có dữ liệu cá nhân")]).status, 303);
    assert!(published());
    assert_eq!(act(&[("act", "hold"), ("reason", "xem lại")]).status, 303);
    assert!(!published());
    let lan = office.staff("lan");
    let log = lan.get("/staff/nhat-ky").text;
    for action in ["assign", "reveal", "answer", "release", "hold"] {
        assert!(log.contains(&format!("submission.{action}")), "{action}: {log}");
    }
    assert!(lan.post("/staff/nhat-ky", &[]).text.contains("Nhật ký nguyên vẹn"));
}

/// A moment as browsers write it, so many hours from now.
fn hours_from_now(hours: i64) -> String {
    let at = jiff::Timestamp::now() + jiff::SignedDuration::from_hours(hours);
    at.to_zoned_datetime(jiff::tz::TimeZone::system()).datetime().strftime("%Y-%m-%dT%H:%M").to_string()
}

fn notice<'a>(from: &'a str, until: &'a str) -> [(&'a str, &'a str); 5] {
    [("title", "Bão số 9"), ("text", "Không ra đường."), ("area", ""), ("from", from), ("until", until)]
}

#[test]
fn a_notice_reaches_open_pages_within_two_seconds_and_is_taken_back() {
    let office = Office::open();
    let minh = office.staff("minh");
    let mut stream = TcpStream::connect(&office.address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
    stream.write_all(b"GET /api/notices/stream HTTP/1.0\r\nhost: x\r\n\r\n").unwrap();
    let mut lines = BufReader::new(stream).lines().map_while(Result::ok);
    assert!(lines.any(|line| line.starts_with("data:")), "what holds now comes first");
    let (from, until) = (hours_from_now(-1), hours_from_now(3));
    let over = minh.post("/staff/thong-bao", &notice(&from, &hours_from_now(-2)));
    assert!(over.status == 422 && over.text.contains("href=\"#until\""), "{}", over.text);
    let began = Instant::now();
    assert_eq!(minh.post("/staff/thong-bao", &notice(&from, &until)).status, 303);
    assert!(lines.any(|line| line.contains("Bão số 9")), "the stream ended");
    assert!(began.elapsed() < Duration::from_secs(2), "{:?}", began.elapsed());
    assert!(office.request("GET", "/api/notices", &[], b"").text.contains("Bão số 9"));
    assert!(minh.get("/staff").text.contains("Bão số 9"));
    let id = between(&minh.get("/staff/thong-bao").text, "name=\"id\" value=\"", "\"").to_owned();
    assert_eq!(minh.post("/staff/thong-bao/rut", &[("id", &id), ("reason", "bão tan")]).status, 303);
    assert!(lines.any(|line| line.starts_with("data:") && !line.contains("Bão số 9")));
    assert_eq!(minh.post("/staff/thong-bao/rut", &[("id", &id), ("reason", "nữa")]).status, 404);
}

#[test]
fn what_is_switched_off_tells_its_sentence_until_it_is_on_again() {
    let office = Office::open();
    let lan = office.staff("lan");
    let asked = "Người lao động đơn phương chấm dứt hợp đồng lao động phải báo trước bao nhiêu ngày?";
    let wages = "Tiền lương là gì?";
    assert!(office.ask(asked).contains("45 ngày"));
    assert_eq!(lan.post("/staff/cong-tac", &[("what", ""), ("reason", "thử")]).status, 422);
    assert_eq!(
        lan.post("/staff/cong-tac", &[("what", "topic"), ("topic", " "), ("reason", "thử")]).status,
        422
    );
    assert_eq!(lan.post("/staff/cong-tac", &[("what", "answers")]).status, 422, "without a reason");
    assert!(office.ask(asked).contains("45 ngày"));
    let sentence = "Mục này đang được kiểm tra lại.";
    let off = [("what", "topic"), ("topic", "báo trước"), ("sentence", sentence), ("reason", "luật mới")];
    assert_eq!(lan.post("/staff/cong-tac", &off).status, 303);
    let told = office.ask(asked);
    assert!(told.contains(sentence) && !told.contains("45 ngày"), "{told}");
    assert!(!office.ask(wages).contains(sentence));
    assert!(lan.get("/staff").text.contains(sentence));
    let on = [("what", "topic:báo trước"), ("reason", "đã kiểm tra")];
    assert_eq!(lan.post("/staff/cong-tac/bat", &on).status, 303);
    assert!(office.ask(asked).contains("45 ngày"));
    let off = [("what", "answers"), ("sentence", "Tạm nghỉ."), ("reason", "bảo trì")];
    assert_eq!(lan.post("/staff/cong-tac", &off).status, 303);
    assert!(office.ask(wages).contains("Tạm nghỉ."));
}

#[test]
fn regulations_are_read_as_a_difference_before_they_are_put_to_use() {
    let office = Office::open();
    let minh = office.staff("minh");
    for (name, status) in [("x.exe", 422), ("..%2Fx.txt", 422), ("thu-muc/x.txt", 422), ("", 422)] {
        let got = minh.bring(&minh.csrf, name, b"x");
        assert_eq!(got.status, status, "{name}: {}", got.text);
    }
    let new = law("Tiền lương là số tiền trả theo thỏa thuận, trả bằng tiền mặt hoặc chuyển khoản.");
    let brought = minh.bring(&minh.csrf, "Luật sửa đổi.jsonl", new.as_bytes());
    assert_eq!(brought.status, 303, "{}", brought.text);
    let one = brought.location.clone();
    let page = minh.get(&one).text;
    assert_is_a_page(&page, "difference");
    assert!(
        page.contains("Luật sửa đổi.jsonl") && page.contains("Điều 90") && page.contains("chuyển khoản"),
        "{page}"
    );
    assert!(page.contains("<ins>") && page.contains("<del>") && page.contains("Đưa vào sử dụng"), "{page}");
    let text = || office.index().search().article("45/2019/QH14", "90").unwrap().unwrap().text;
    assert_eq!(text(), WAGES, "nothing is live before somebody says so");
    assert_eq!(minh.post(&one, &[("act", "use")]).status, 303);
    assert!(minh.get(&one).text.contains("thay đổi 1"));
    wait_until("it is live", || office.ask("Tiền lương là gì?").contains("chuyển khoản"));
    assert_eq!(minh.post(&one, &[("act", "use")]).status, 409, "only once");
    assert!(text().contains("chuyển khoản"));

    let broken = minh.bring(&minh.csrf, "hong.jsonl", b"{");
    let page = minh.get(&broken.location).text;
    assert!(page.contains("hong.jsonl") && page.contains("chưa đọc được"), "{page}");
    let folder = office.place.folder.path().display().to_string();
    assert!(!page.contains(&folder), "no path of the machine is told");
    assert_eq!(minh.post(&broken.location, &[("act", "drop")]).location, "/staff/van-ban?da=bo");
    assert_eq!(minh.get(&broken.location).status, 404);
    assert_eq!(minh.get("/staff/van-ban/..%2F..%2Faudit-head").status, 404);
    let log = office.staff("lan").get("/staff/nhat-ky").text;
    assert!(log.contains("regulations.import") && log.contains("regulations.drop"), "{log}");
}

#[test]
fn figures_are_charts_a_table_and_a_file_without_formulas() {
    let office = Office::open();
    office.ask("Tiền lương là gì?");
    office.ask(UNHEARD_OF);
    let hoa: Person = office.staff("hoa");
    let page = hoa.get("/staff/so-lieu").text;
    assert_is_a_page(&page, "figures");
    assert!(
        page.contains("Lượt hỏi: tổng 2") && page.contains("<rect ") && page.contains("Bộ luật Lao động"),
        "{page}"
    );
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let address = database(office.place.folder.path());
        let store = hoidap::store::Store::open(&address).await.unwrap();
        let figures = hoidap::figures::Figures::new(store);
        figures.count(jiff::ZonedDateTime::now().date(), "topic:=HYPERLINK(\"http://x\")");
        figures.write().await.unwrap();
    });
    let file = hoa.get("/staff/so-lieu.csv").text;
    assert!(file.starts_with("\u{feff}\"ngày\",\"loại\",\"tên\",\"số lần\"\r\n"), "{file}");
    assert!(file.contains("\"topic\",\"'=HYPERLINK(\"\"http://x\"\")\",\"1\""), "{file}");
    assert_eq!(hoa.get("/staff/so-lieu?tu=2026-11-28&den=2020-01-01").status, 409);
}

#[test]
fn an_answer_that_was_called_wrong_is_shown_with_its_receipt() {
    let office = Office::open();
    let told = office.ask("Tiền lương là gì?");
    let note = between(&told, "\"receipt\":{", "}");
    let receipt = between(note, "\"id\":\"", "\"").to_owned();
    office.submit(&json!({
        "kind": "feedback", "verdict": "wrong", "receipt": receipt, "text": "Không đúng ý tôi.", "consent": true
    }));
    office.submit(&json!({ "kind": "feedback", "verdict": "right", "text": "Tốt.", "consent": true }));
    let page = office.staff("minh").get("/staff/gop-y").text;
    assert_is_a_page(&page, "feedback");
    assert!(page.contains(&format!("/cau-tra-loi/{receipt}")), "{page}");
    assert!(
        page.contains("Không đúng ý tôi.") && page.contains("Điều 90") && !page.contains("Tốt."),
        "{page}"
    );
}

#[test]
fn an_answer_of_which_the_service_was_not_sure_is_looked_at_once() {
    let office = Office::open();
    let told = office.ask("Chấm dứt hợp đồng khi nào?");
    let answer = between(&told, "event: answer\ndata: ", "\n");
    let answer: serde_json::Value = serde_json::from_str(answer).unwrap();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let store = runtime.block_on(hoidap::store::Store::open(&database(office.place.folder.path()))).unwrap();
    let list = hoidap::receipts::doubtful::DoubtfulAnswers::new(store);
    let receipt = answer["receipt"]["id"].as_str().unwrap();
    let noted = |list: &hoidap::receipts::doubtful::DoubtfulAnswers| {
        runtime.block_on(list.waiting(9)).unwrap().iter().any(|one| one.receipt == receipt)
    };
    assert_eq!(answer["status"], "answered_with_caution", "{answer}");
    wait_until("it is on the list", || noted(&list));
    let minh = office.staff("minh");
    let page = minh.get("/staff/it-chac-chan").text;
    assert_is_a_page(&page, "doubtful answers");
    assert!(page.contains(&format!("/cau-tra-loi/{receipt}")) && page.contains("Điều 35"), "{page}");
    assert!(page.contains("kèm lưu ý") && !page.contains("khi nào"), "what was asked is not kept: {page}");
    assert_eq!(minh.post("/staff/it-chac-chan", &[("id", receipt)]).status, 409, "a reason is needed");
    let seen = minh.post("/staff/it-chac-chan", &[("id", receipt), ("reason", "đúng điều luật")]);
    assert_eq!((seen.status, seen.location.as_str()), (303, "/staff/it-chac-chan?da=xem"));
    assert!(!noted(&list));
    let hoa = office.staff("hoa");
    assert_eq!(hoa.post("/staff/it-chac-chan", &[("id", receipt), ("reason", "x")]).status, 403);
    assert!(!hoa.get("/staff/it-chac-chan").text.contains(receipt));
}
