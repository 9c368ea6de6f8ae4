//! The pages that need no scripts, over a real socket: questions by form, answers shown and spoken again, the law to be
//! searched, read and compared; every error as a page; nothing that a citizen or a text says becomes markup.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::process::{Child, Stdio};
use std::time::Duration;

use crate::common::place::{LAW, Place, line};
use crate::common::{fixture, service};
use serde_json::{Value, json};

/// The service over a small law of its own, which it leaves behind nowhere.
struct House {
    child: Child,
    address: String,
    place: Place,
}

impl Drop for House {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// An answer, as it came.
struct Got {
    status: u16,
    head: String,
    body: Vec<u8>,
}

impl Got {
    fn html(&self) -> String {
        String::from_utf8(self.body.clone()).unwrap()
    }

    /// What stands in front of `end` after the first `start`.
    fn between(&self, start: &str, end: &str) -> String {
        let html = self.html();
        let after = html.split_once(start).unwrap_or_else(|| panic!("no {start} in {html}")).1;
        after.split_once(end).unwrap().0.to_owned()
    }

    fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
    }
}

const CLAUSE: &str = "1. Người lao động có quyền đơn phương chấm dứt hợp đồng lao động nhưng phải báo trước cho \
                      người sử dụng lao động ít nhất 45 ngày.";
const QUESTION: &str = "người lao động đơn phương chấm dứt hợp đồng lao động phải báo trước bao nhiêu ngày?";
const TEXT: &str = "Người đủ 18 tuổi phải:\n1. Đăng ký thường trú trong 30 ngày:\na) nộp hồ sơ <b>;\nđ) nộp lệ phí.\n\
                    2. Hết.";

fn law() -> String {
    let labour = |number: &str, title: &str, text: &str| {
        json!({
            "doc_number": "45/2019/QH14", "doc_type": "Bộ luật", "doc_title": "Bộ luật Lao động",
            "article_no": number, "article_title": title, "text": text, "effective": "01/01/2021",
        })
        .to_string()
            + "\n"
    };
    let text = format!("{CLAUSE}\n2. Không cần báo trước khi bị ngược đãi.");
    labour("35", "Quyền đơn phương chấm dứt hợp đồng lao động của người lao động", &text)
        + &labour("90", "Tiền lương", "Tiền lương là số tiền trả theo thỏa thuận để thực hiện công việc.")
        + &labour("112", "Nghỉ lễ, tết", "Nghỉ Tết Âm lịch 05 ngày.")
        + &line(LAW, "5", "01/01/2021", "Người đủ 20 tuổi phải:\n1. Đăng ký thường trú trong 60 ngày.")
        + &line(LAW, "5", "01/07/2025", TEXT)
        + &line("3/2020/QH14", "1", "01/01/2090", "Chưa có.")
}

impl House {
    fn new() -> Self {
        let place = Place::new();
        let guides = concat!(env!("CARGO_MANIFEST_DIR"), "/knowledge/procedures");
        place.told(&["regulations", "import", guides, &place.file("law.jsonl", &law())]);
        let mut child = place
            .command()
            .args(["serve", "--listen", "127.0.0.1:0", "--no-warm-up"])
            .env("HOIDAP_MAX_AUDIO_BYTES", "3000000")
            .env_remove("HOIDAP_KEEP_RECEIPTS")
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let address = crate::common::service::when_ready(&mut child);
        Self { child, address, place }
    }

    fn get(&self, target: &str) -> Got {
        request(&self.address, &format!("GET {target}"), &format!("host: {}", self.address), b"")
    }

    fn get_as(&self, target: &str, headers: &str) -> Got {
        request(&self.address, &format!("GET {target}"), headers, b"")
    }

    fn ask(&self, fields: &[(&str, &str)]) -> Got {
        let kind = "application/x-www-form-urlencoded";
        let fields: Vec<String> =
            fields.iter().map(|(name, value)| format!("{name}={}", escape(value))).collect();
        post(&self.address, kind, fields.join("&").as_bytes())
    }
}

fn escape(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

fn post(address: &str, kind: &str, body: &[u8]) -> Got {
    request(address, "POST /hoi", &format!("host: {address}\r\ncontent-type: {kind}"), body)
}

/// One request in HTTP/1.0, whose answer comes in one piece and ends with the connection.
fn request(address: &str, what: &str, headers: &str, body: &[u8]) -> Got {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(120))).unwrap();
    let head = format!("{what} HTTP/1.0\r\n{headers}\r\ncontent-length: {}\r\n\r\n", body.len());
    stream.write_all(head.as_bytes()).unwrap();
    stream.write_all(body).unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    let end = answer.windows(4).position(|bytes| bytes == b"\r\n\r\n").unwrap();
    let head = String::from_utf8(answer[..end].to_vec()).unwrap().replace('\r', "");
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    Got { status, head, body: answer[end + 4..].to_vec() }
}

/// A form with a file, as browsers send it.
fn multipart(fields: &[(&str, &str)], file: &[u8]) -> (String, Vec<u8>) {
    let boundary = "----hoidap7MA4YWxkTrZu0gW";
    let mut body = Vec::new();
    for (name, value) in fields {
        let part =
            format!("--{boundary}\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
        body.extend_from_slice(part.as_bytes());
    }
    let part = format!(
        "--{boundary}\r\ncontent-disposition: form-data; name=\"file\"; filename=\"../../x.wav\"\r\n\
         content-type: audio/wav\r\n\r\n"
    );
    body.extend_from_slice(part.as_bytes());
    body.extend_from_slice(file);
    body.extend_from_slice(format!("\r\n--{boundary}--\r\n").as_bytes());
    (format!("multipart/form-data; boundary={boundary}"), body)
}

/// What every page must be.
fn assert_is_a_page(got: &Got, what: &str) {
    let html = got.html();
    assert!(html.starts_with("<!doctype html>\n<html lang=\"vi\">"), "{what}: {html}");
    for needed in
        ["<title>", "class=\"skip\" href=\"#noi-dung\"", "id=\"noi-dung\"", "href=\"/luat\"", "</html>"]
    {
        assert!(html.contains(needed), "{what}: {needed}");
    }
    assert_eq!(html.matches("<h1").count(), 1, "{what}: one heading of the first rank");
    for tag in html.split('<').skip(1).map(|after| after.split('>').next().unwrap()) {
        // Without the values of its attributes.
        let tag: String = tag.split('"').step_by(2).collect();
        let is_inline = tag.starts_with("style") || tag.contains(" style=") || tag.contains(" on");
        assert!(!is_inline, "{what}: {tag}");
    }
    let mut ids: Vec<&str> =
        html.split(" id=\"").skip(1).map(|after| after.split('"').next().unwrap()).collect();
    let count = ids.len();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), count, "{what}: every place is there once");
    assert!(got.header("content-security-policy").unwrap().contains("default-src 'none'"), "{what}");
    assert_eq!(got.header("content-type"), Some("text/html; charset=utf-8"), "{what}");
}

#[test]
fn a_typed_question_is_answered_on_a_page_that_is_found_again_and_spoken() {
    let house = House::new();
    let got = house.ask(&[("question", QUESTION)]);
    assert_is_a_page(&got, "answer");
    assert_eq!((got.status, got.header("cache-control")), (200, Some("private, no-store")));
    let html = got.html();
    for needed in [
        "45 ngày",
        "Khoản 1, Điều 35",
        "Bộ luật Lao động",
        "<blockquote>1. Người lao động có quyền",
        "href=\"/luat/dieu?so=45/2019/QH14&#38;dieu=35&#38;ngay=",
        "#khoan-1\"",
        "Chưa rõ hiệu lực",
    ] {
        assert!(html.contains(needed), "{needed}: {html}");
    }
    let id = got.between("/api/answers/", "/");
    assert_eq!(id.len(), 32);

    let again = house.get(&format!("/cau-tra-loi/{id}"));
    assert_is_a_page(&again, "receipt");
    let html = again.html();
    for needed in ["45 ngày", "Khoản 1, Điều 35", "Theo pháp luật có hiệu lực ngày ", "SHA-256", &id]
    {
        assert!(html.contains(needed), "{needed}: {html}");
    }
    assert!(html.contains(&format!("http://{}/cau-tra-loi/{id}", house.address)));
    assert!(!html.contains(QUESTION), "nothing of the question is kept");

    let sound = house.get(&format!("/api/answers/{id}/sound"));
    assert_eq!((sound.status, sound.header("content-type")), (200, Some("audio/wav")));
    let (header, samples) = sound.body.split_at(44);
    assert_eq!(
        (&header[..4], &header[8..16], &header[40..]),
        (&b"RIFF"[..], &b"WAVEfmt "[..], &[0xff; 4][..])
    );
    let samples: Vec<i16> =
        samples.chunks_exact(2).map(|pair| i16::from_le_bytes([pair[0], pair[1]])).collect();
    let rate = u32::from_le_bytes(header[24..28].try_into().unwrap());
    let seconds = samples.len() as f64 / f64::from(rate);
    assert!(seconds > 3.0 && crate::common::rms(&samples) > 200.0, "{seconds} s");
    let fast = house.get(&format!("/api/answers/{id}/sound?rate=2"));
    assert!(fast.body.len() < sound.body.len() * 3 / 4, "{} of {}", fast.body.len(), sound.body.len());
    assert_eq!(house.get(&format!("/api/answers/{id}/sound?rate=9")).status, 400);

    // A receipt from before what was said was kept is spoken from its text.
    let path = house.place.folder.path().join("receipts").join(&id[..2]).join(format!("{id}.json"));
    let mut stored: Value = serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
    assert!(stored["spoken"].as_str().unwrap().contains("bốn mươi lăm ngày"), "{stored}");
    stored.as_object_mut().unwrap().remove("spoken");
    std::fs::write(&path, stored.to_string()).unwrap();
    assert!(house.get(&format!("/api/answers/{id}/sound")).body.len() > 100_000);

    // No question is ever asked by an address.
    let kept = || walk(&house.place.folder.path().join("receipts"));
    let before = kept();
    let asked = house.get(&format!("/hoi?cau={}", escape(QUESTION)));
    assert_eq!((asked.status, asked.header("location")), (303, Some("/")));
    assert_eq!(kept(), before);
}

/// How many files lie in a folder of folders.
fn walk(folder: &std::path::Path) -> usize {
    std::fs::read_dir(folder)
        .unwrap()
        .map(|shard| std::fs::read_dir(shard.unwrap().path()).unwrap().count())
        .sum()
}

#[test]
fn a_conversation_goes_on_by_forms_alone() {
    let house = House::new();
    let asked = house.ask(&[("question", "Thành lập công ty cổ phần cần giấy tờ gì?")]);
    let html = asked.html();
    let hidden = |name: &str| asked.between(&format!("name=\"{name}\" value=\""), "\"");
    assert!(html.contains("<button type=\"submit\" name=\"question\" value=\"nghe tiếp\">"), "{html}");
    let (previous, heard, part) = (hidden("previous"), hidden("previous_heard"), hidden("part"));
    assert_eq!((heard.as_str(), part.as_str()), ("false", "0"));
    let more = house.ask(&[
        ("question", "nghe tiếp"),
        ("previous", &previous),
        ("previous_heard", &heard),
        ("part", &part),
    ]);
    assert_is_a_page(&more, "the rest");
    let said = |got: &Got| {
        let id = got.between("/api/answers/", "/");
        let stored: Value = serde_json::from_slice(&house.get(&format!("/api/answers/{id}")).body).unwrap();
        stored["spoken"].as_str().unwrap().to_owned()
    };
    assert_ne!(said(&asked), said(&more), "its sound is the rest");
    assert!(!said(&more).contains("Chưa có câu trả lời nào"), "{}", said(&more));
    let alone = house.ask(&[("question", "nghe tiếp")]);
    assert!(alone.html().contains("Chưa có câu trả lời nào để đọc tiếp"), "{}", alone.html());

    // Several meanings: each is a button.
    let vague = house.ask(&[("question", "Xin giấy phép cần gì?")]);
    let options = vague.html().matches("<button type=\"submit\" name=\"question\" value=\"").count();
    assert!(options >= 2, "{}", vague.html());
    let option = vague.between("<button type=\"submit\" name=\"question\" value=\"", "\"");
    let chosen = house.ask(&[("question", &option), ("previous", "Xin giấy phép cần gì?"), ("part", "0")]);
    assert!(chosen.html().contains("class=\"card\""), "{}", chosen.html());
}

#[test]
fn what_is_typed_never_becomes_markup() {
    let house = House::new();
    for trick in
        ["<script>alert(1)</script> lương?", "\"><img src=x onerror=alert(1)> 'lương'", "</textarea><b>lương"]
    {
        let got = house.ask(&[
            ("question", trick),
            ("previous", trick),
            ("previous_heard", "\"><b>"),
            ("part", "<b>"),
        ]);
        assert_is_a_page(&got, trick);
        let html = got.html();
        assert!(
            !html.contains("<script>alert") && !html.contains("<img src=x") && !html.contains("<b>"),
            "{html}"
        );
        let found = house.get(&format!("/luat?tim={}", escape(trick)));
        assert_is_a_page(&found, trick);
        let html = found.html();
        assert!(
            !html.contains("<script>alert") && !html.contains("<img src=x") && !html.contains("<b>"),
            "{html}"
        );
        assert!(html.contains("&#60;"), "it is shown as it was typed");
    }
    // Nor what stands in a text of law.
    let article = house.get(&format!("/luat/dieu?so={LAW}&dieu=5"));
    assert!(article.html().contains("nộp hồ sơ &#60;b&#62;;"), "{}", article.html());
}

#[test]
fn every_error_of_a_question_is_a_page_with_its_status() {
    let house = House::new();
    let long = "ă".repeat(2001);
    let form = |fields: &[(&str, &str)]| house.ask(fields);
    let (kind, sound) = multipart(&[("question", "")], &std::fs::read(fixture("text.wav")).unwrap());
    let (_, nothing) = multipart(&[("question", " ")], b"");
    let (_, large) = multipart(&[], &vec![0; 4_000_000]);
    for (got, status, words, what) in [
        (form(&[]), 400, "Xin gõ câu hỏi", "an empty form"),
        (form(&[("question", " \r\n ")]), 400, "Xin gõ câu hỏi", "an empty question"),
        (form(&[("question", &long)]), 400, "dài quá 2000 ký tự", "a long question"),
        (form(&[("question", &"x".repeat(200_000))]), 400, "dài quá 2000 ký tự", "an endless question"),
        (
            form(&[("question", "x"), ("previous", &long)]),
            400,
            "Câu hỏi trước quá dài",
            "a long previous question",
        ),
        (post(&house.address, &kind, &nothing), 400, "Xin gõ câu hỏi", "an empty file"),
        (post(&house.address, &kind, &large), 413, "Tệp quá lớn", "a large file"),
        // This house has no ears.
        (post(&house.address, &kind, &sound), 503, "Xin gõ câu hỏi", "no ears"),
        (post(&house.address, "text/plain", b"x"), 400, "Xin gửi lại", "another kind"),
        (post(&house.address, "multipart/form-data", b"x"), 400, "Xin gửi lại", "no boundary"),
        (post(&house.address, &kind, &sound[..sound.len() / 2]), 400, "Xin gửi lại", "half a form"),
    ] {
        assert_is_a_page(&got, what);
        assert_eq!(got.status, status, "{what}");
        assert!(got.html().contains(words), "{what}: {}", got.html());
        assert!(got.html().contains("action=\"/hoi\""), "{what}: it can be asked again");
    }
    // A file without a name of its own among many fields, and an unknown field, do no harm.
    let many: Vec<(String, String)> = (0..100).map(|n| (format!("x{n}"), "y".repeat(100))).collect();
    let many: Vec<(&str, &str)> = many.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    assert_eq!(form(&many).status, 400);
    assert_eq!(house.ask(&[("question", QUESTION)]).status, 200, "the next one is answered");
}

#[test]
fn sound_can_be_sent_without_scripts() {
    let service = service::service_hearing_with("whisper-base-q8_0");
    let (kind, body) =
        multipart(&[("question", "")], &std::fs::read(fixture("vi-khai-sinh-16k.wav")).unwrap());
    let got = post(&service.address, &kind, &body);
    assert_is_a_page(&got, "heard");
    if got.status == 200 {
        let html = got.html();
        assert!(html.contains("Tôi nghe là") && html.contains("Sửa lại cho đúng"), "{html}");
        let heard = got.between("<p class=\"heard\"><q>", "</q>");
        assert!(
            html.contains(&format!("maxlength=\"2000\">{heard}</textarea>")),
            "it can be corrected: {html}"
        );
    } else {
        // espeak-ng's words are not always understood.
        assert_eq!(got.status, 422, "{}", got.html());
    }
    for (name, status) in
        [("silence.wav", 422), ("text.wav", 415), ("empty.wav", 400), ("zero-samples.wav", 422)]
    {
        let (kind, body) = multipart(&[], &std::fs::read(fixture(name)).unwrap());
        let got = post(&service.address, &kind, &body);
        assert_is_a_page(&got, name);
        assert_eq!(got.status, status, "{name}: {}", got.html());
    }
}

/// What a code of ours says.
fn decoded(svg: &str) -> String {
    let side: usize = svg.split("viewBox=\"0 0 ").nth(1).unwrap().split(' ').next().unwrap().parse().unwrap();
    let mut dark = vec![false; side * side];
    let path = svg.split(" d=\"").nth(1).unwrap().split('"').next().unwrap();
    for run in path.split('M').skip(1) {
        let (place, rest) = run.split_once('h').unwrap();
        let (x, y) = place.split_once(' ').unwrap();
        let length: usize = rest.split('v').next().unwrap().parse().unwrap();
        let start = y.parse::<usize>().unwrap() * side + x.parse::<usize>().unwrap();
        dark[start..start + length].fill(true);
    }
    const SCALE: usize = 4;
    let mut image = rqrr::PreparedImage::prepare_from_greyscale(side * SCALE, side * SCALE, |x, y| {
        if dark[y / SCALE * side + x / SCALE] { 0 } else { 255 }
    });
    let grids = image.detect_grids();
    assert_eq!(grids.len(), 1, "one code");
    grids[0].decode().unwrap().1
}

#[test]
fn the_code_of_an_answer_leads_to_it_and_to_no_other_host() {
    let house = House::new();
    let id = house.ask(&[("question", QUESTION)]).between("/api/answers/", "/");
    let target = format!("/api/answers/{id}/qr.svg");
    let code = |headers: &str| {
        let got = house.get_as(&target, headers);
        assert_eq!((got.status, got.header("content-type")), (200, Some("image/svg+xml; charset=utf-8")));
        decoded(&got.html())
    };
    let path = format!("/cau-tra-loi/{id}");
    assert_eq!(code("host: hoidap.example.vn"), format!("http://hoidap.example.vn{path}"));
    assert_eq!(
        code("host: hoidap.example.vn\r\nsec-fetch-site: none"),
        format!("https://hoidap.example.vn{path}")
    );
    assert_eq!(code("host: evil.example/?"), path);
    assert_eq!(code("host: a@evil.example"), path);
    assert_eq!(code("host: a.vn\r\nhost: evil.example"), path);
    assert_eq!(code("accept: */*"), path);
    let page = house.get_as(&path, "host: \"><script>alert(1)</script>");
    assert!(!page.html().contains("<script>alert"), "{}", page.html());

    for (id, status) in
        [("0".repeat(32).as_str(), 404), ("..%2F..%2Fetc%2Fpasswd", 400), ("x", 400), ("%ff", 400)]
    {
        for path in [format!("/api/answers/{id}/qr.svg"), format!("/api/answers/{id}/sound")] {
            let got = house.get(&path);
            assert_eq!(got.status, status, "{path}");
            let error: Value = serde_json::from_slice(&got.body).unwrap();
            assert!(error["message"].as_str().unwrap().ends_with('.'));
        }
        let got = house.get(&format!("/cau-tra-loi/{id}"));
        assert_is_a_page(&got, id);
        assert_eq!(got.status, status, "{id}");
    }
    let notices: Value = serde_json::from_slice(&house.get("/api/notices").body).unwrap();
    assert_eq!(notices, json!({ "notices": [] }));
}

#[test]
fn the_law_is_searched_read_and_compared() {
    let house = House::new();
    let page = |target: &str, needed: &[&str]| {
        let got = house.get(target);
        assert_is_a_page(&got, target);
        assert_eq!(got.status, 200, "{target}");
        for words in needed {
            assert!(got.html().contains(words), "{target}: {words}: {}", got.html());
        }
        got.html()
    };
    page(
        "/luat",
        &["63 thủ tục", "3 văn bản", "linh_vuc=ho-tich", "src=\"/topics.js\"", "linh_vuc=lao-dong"],
    );
    let found = page(
        &format!("/luat?tim={}&ngay=2026-01-01", escape("đăng ký thường trú")),
        &[
            "thu-tuc?ten=dang-ky-thuong-tru",
            "Điều 5. Tên điều 5",
            "1. Đăng ký thường trú trong 30 ngày:",
            "theo luật ngày 01/01/2026",
            "value=\"2026-01-01\"",
        ],
    );
    assert!(!found.contains("trong 60 ngày"), "the wording of that day");
    page(&format!("/luat?tim={}&ngay=01/01/2022", escape("đăng ký thường trú")), &["trong 60 ngày"]);
    page("/luat?tim=45/2019/QH14", &["/luat/van-ban?so=45/2019/QH14"]);
    page("/luat?tim=zzzz", &["Không tìm thấy điều luật nào"]);
    page("/luat?tim=%20&ngay=", &["Theo lĩnh vực"]);

    page("/luat/van-ban", &["Bộ luật Lao động", "Luật Thử nghiệm", "3 văn bản", "Chưa có hiệu lực"]);
    page("/luat/van-ban?linh_vuc=lao-dong", &["Lao động, việc làm", "1 văn bản", "Bộ luật Lao động"]);
    page("/luat/van-ban?linh_vuc=ho-tich", &["Đăng ký khai sinh", "0 văn bản"]);
    page(
        "/luat/van-ban?so=45/2019/QH14&ngay=2026-01-01",
        &[
            "3 điều",
            "Điều 112. Nghỉ lễ, tết",
            "/luat/dieu?so=45/2019/QH14&#38;dieu=35&#38;ngay=2026-01-01",
            "01/01/2021",
        ],
    );
    let document = page(&format!("/luat/van-ban?so={LAW}"), &["2 lời văn"]);
    assert!(document.contains("1 điều"), "an article is counted once");

    let now = page(
        &format!("/luat/dieu?so={LAW}&dieu=5&ngay=2026-01-01"),
        &[
            "id=\"khoan-1\"",
            "id=\"khoan-1-diem-a\"",
            "id=\"khoan-1-diem-đ\"",
            "Lời văn của ngày 01/01/2026",
            "Từ 01/01/2021 đến trước 01/07/2025",
            "/luat/so-sanh?so=1/2020/QH14&#38;dieu=5&#38;tu=2021-01-01&#38;den=2025-07-01",
        ],
    );
    assert!(!now.contains("60 ngày"));
    page(
        &format!("/luat/dieu?so={LAW}&dieu=5&ngay=2022-01-01"),
        &["60 ngày", "Từ ngày 01/07/2025 có lời văn mới."],
    );
    page("/luat/dieu?so=3/2020/QH14&dieu=1", &["Chưa có hiệu lực", "01/01/2090"]);
    page(
        "/luat/dieu?so=45/2019/QH14&dieu=90",
        &["/luat/dieu?so=45/2019/QH14&#38;dieu=35", "/luat/dieu?so=45/2019/QH14&#38;dieu=112"],
    );

    let compared = page(
        &format!("/luat/so-sanh?so={LAW}&dieu=5&tu=2021-01-01&den=2025-07-01"),
        &[
            "<del><span class=\"unseen\">[bỏ: </span>20<span class=\"unseen\">] </span></del>\
             <ins><span class=\"unseen\">[thêm: </span>18<span class=\"unseen\">] </span></ins> tuổi",
            "lời văn có hiệu lực từ 01/07/2025",
        ],
    );
    assert!(compared.contains("nộp lệ phí."));
    page(&format!("/luat/so-sanh?so={LAW}&dieu=5&tu=2022-01-01&den=2023-01-01"), &["Hai lời văn giống nhau"]);
    page(&format!("/luat/so-sanh?so={LAW}&dieu=5&tu=2000-01-01&den=2023-01-01"), &["chưa có điều này"]);

    page(
        "/luat/moi",
        &["Thay đổi gần đây", "Bộ luật Lao động (45/2019/QH14), 3 điều", "Hướng dẫn thủ tục", "trang=2"],
    );
    page("/luat/moi?trang=2", &["Trang trước"]);
    page("/luat/thu-tuc", &["Đăng ký khai sinh", "Tách hộ"]);
    page(
        "/luat/thu-tuc?ten=dang-ky-khai-sinh",
        &[
            "<h1>Đăng ký khai sinh</h1>",
            "Giấy tờ",
            "Căn cứ pháp luật",
            "<li>khoản 1 Điều 15 Luật Hộ tịch (60/2014/QH13)",
        ],
    );
    for (file, kind) in
        [("/law.css", "text/css; charset=utf-8"), ("/topics.js", "text/javascript; charset=utf-8")]
    {
        let got = house.get(file);
        assert_eq!((got.status, got.header("content-type")), (200, Some(kind)));
    }
}

#[test]
fn hostile_addresses_get_a_page_that_says_so() {
    let house = House::new();
    let long = "x".repeat(500);
    let words = format!("/luat?tim={}", escape(&"chữ ".repeat(400)));
    let turned = format!("/luat/van-ban?so={}", escape("45/2019/QH14\u{202e}"));
    let markup = format!("/luat/dieu?so={}&dieu=1", escape("<script>alert(1)</script>"));
    for (target, status) in [
        (words.as_str(), 400),
        (&format!("/luat/van-ban?so={long}"), 400),
        (&turned, 400),
        (&markup, 400),
        ("/luat?ngay=hom-qua", 400),
        ("/luat?ngay=9999-12-31", 400),
        ("/luat?tim=x&trang=0", 400),
        ("/luat?tim=x&trang=99999999999999999999", 400),
        ("/luat?tim=a&tim=b", 400),
        ("/luat/van-ban?so=%00", 400),
        ("/luat/van-ban?so=%ff%fe", 400),
        ("/luat/van-ban?so=../../../etc/passwd", 404),
        ("/luat/van-ban?linh_vuc=khong-co", 404),
        ("/luat/van-ban?so=99/2099/QH99", 404),
        ("/luat/dieu", 400),
        ("/luat/dieu?so=45/2019/QH14", 400),
        ("/luat/dieu?so=45/2019/QH14&dieu=999", 404),
        ("/luat/dieu?so=45/2019/QH14&dieu=35%2335", 400),
        ("/luat/so-sanh?so=45/2019/QH14&dieu=35&tu=mai", 400),
        ("/luat/so-sanh?so=45/2019/QH14&dieu=999&tu=2020-01-01", 404),
        ("/luat/thu-tuc?ten=..%2f..%2fCargo", 404),
        ("/luat/moi?trang=-1", 400),
        ("/luat/khong-co/trang-nay", 404),
    ] {
        let got = house.get(target);
        assert_is_a_page(&got, target);
        assert_eq!(got.status, status, "{target}");
        assert!(!got.html().contains("alert(1)"), "{target}");
    }
    // Pages beyond the last one are empty, not errors; nothing grows with the number.
    assert_eq!(house.get("/luat/van-ban?trang=200").status, 200);
    assert_eq!(house.get("/luat/moi?trang=200").status, 200);
    assert_eq!(house.get("/luat/van-ban?so=45/2019/QH14&trang=200").status, 200);
}
