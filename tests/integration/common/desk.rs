//! A service with a small law of its own and staff who can log in at its desk.

use std::io::{Read, Write};
use std::process::{Child, Stdio};

use hoidap::regulations::RegulationIndex;
use serde_json::{Value, json};

use super::place::Place;

/// What all staff of the tests log in with.
pub const PASSWORD: &str = "mật khẩu để thử nghiệm";

/// What the law answers, but nobody finds by these words.
pub const UNHEARD_OF: &str = "Tôi muốn bỏ chỗ đang làm thì phải nói trước với sếp mấy hôm?";

const CLAUSE: &str = "1. Người lao động có quyền đơn phương chấm dứt hợp đồng lao động nhưng phải báo trước cho \
                      người sử dụng lao động ít nhất 45 ngày.";

/// An article of the law, as the importer reads it.
pub fn article(number: &str, title: &str, text: &str) -> String {
    json!({
        "doc_number": "45/2019/QH14", "doc_type": "Bộ luật", "doc_title": "Bộ luật Lao động",
        "article_no": number, "article_title": title, "text": text, "effective": "01/01/2021",
    })
    .to_string()
        + "\n"
}

/// The law, with these words as the text of Article 90.
pub fn law(wages: &str) -> String {
    let title = "Quyền đơn phương chấm dứt hợp đồng lao động của người lao động";
    article("35", title, &format!("{CLAUSE}\n2. Không cần báo trước khi bị ngược đãi."))
        + &article("90", "Tiền lương", wages)
        + &article("112", "Nghỉ lễ, tết", "Nghỉ Tết Âm lịch 05 ngày.")
}

/// Article 90 as it is.
pub const WAGES: &str = "Tiền lương là số tiền trả theo thỏa thuận để thực hiện công việc.";

/// The running service.
pub struct Office {
    child: Child,
    /// Host and port.
    pub address: String,
    pub place: Place,
}

impl Drop for Office {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// An answer of the service.
pub struct Got {
    pub status: u16,
    pub location: String,
    pub cookie: String,
    pub cache: String,
    pub text: String,
}

impl Office {
    /// Opens it: `lan` is admin, `minh` editor, `hoa` reader.
    pub fn open() -> Self {
        let place = Place::new();
        place.told(&["regulations", "import", &place.file("law.jsonl", &law(WAGES))]);
        for (name, role) in [("lan", "admin"), ("minh", "editor"), ("hoa", "reader")] {
            let mut adding = place
                .command()
                .args(["staff", "add", name, "--role", role])
                .stdin(Stdio::piped())
                .stdout(Stdio::null())
                .spawn()
                .unwrap();
            adding.stdin.take().unwrap().write_all(PASSWORD.as_bytes()).unwrap();
            assert!(adding.wait().unwrap().success(), "{name} was not added");
        }
        Self::on(place)
    }

    /// Serves on a place that is there already.
    pub fn on(place: Place) -> Self {
        let mut child = place
            .command()
            .args(["serve", "--listen", "127.0.0.1:0", "--no-warm-up"])
            .env_remove("HOIDAP_KEEP_RECEIPTS")
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let address = super::service::when_ready(&mut child);
        Self { child, address, place }
    }

    /// Closes it as systemd does; the place is left.
    pub fn close(&mut self) {
        let pid = self.child.id().to_string();
        assert!(std::process::Command::new("kill").args(["-TERM", &pid]).status().unwrap().success());
        self.child.wait().unwrap();
    }

    /// One request.
    pub fn request(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Got {
        let agent: ureq::Agent =
            ureq::Agent::config_builder().http_status_as_error(false).max_redirects(0).build().into();
        let mut request =
            ureq::http::Request::builder().method(method).uri(format!("http://{}{path}", self.address));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let mut answer = agent.run(request.body(body.to_vec()).unwrap()).unwrap();
        let header = |name: &str| {
            answer.headers().get(name).map(|value| value.to_str().unwrap().to_owned()).unwrap_or_default()
        };
        let (location, cookie, cache) = (header("location"), header("set-cookie"), header("cache-control"));
        let mut text = String::new();
        answer.body_mut().as_reader().read_to_string(&mut text).unwrap();
        Got { status: answer.status().as_u16(), location, cookie, cache, text }
    }

    /// The event of the answer to a typed question.
    pub fn ask(&self, question: &str) -> String {
        let body = json!({ "text": question }).to_string();
        let got = self.request("POST", "/api/ask", &[("content-type", "application/json")], body.as_bytes());
        assert_eq!(got.status, 200, "{}", got.text);
        got.text
    }

    /// The code of what a citizen sends.
    pub fn submit(&self, sent: &Value) -> String {
        let kind = [("content-type", "application/json")];
        let got = self.request("POST", "/api/submissions", &kind, sent.to_string().as_bytes());
        assert_eq!(got.status, 201, "{}", got.text);
        serde_json::from_str::<Value>(&got.text).unwrap()["code"].as_str().unwrap().to_owned()
    }

    /// What a citizen is told who follows a code.
    pub fn follow(&self, code: &str) -> Value {
        let got = self.request("GET", &format!("/api/submissions/{code}"), &[], b"");
        serde_json::from_str(&got.text).unwrap()
    }

    /// What comes of an attempt to log in.
    pub fn enter(&self, name: &str, password: &str) -> Got {
        let body = form(&[("name", name), ("password", password), ("number", "")]);
        self.request("POST", "/staff/vao", &[("content-type", FORM)], body.as_bytes())
    }

    /// Somebody of the staff, logged in.
    pub fn staff(&self, name: &str) -> Person<'_> {
        let got = self.enter(name, PASSWORD);
        assert_eq!((got.status, got.location.as_str()), (303, "/staff"), "{}", got.text);
        assert!(got.cookie.contains("HttpOnly") && got.cookie.contains("SameSite=Strict"), "{}", got.cookie);
        assert!(got.cookie.contains("Path=/staff"), "{}", got.cookie);
        let cookie = got.cookie.split(';').next().unwrap().to_owned();
        let page = self.request("GET", "/staff", &[("cookie", &cookie)], b"");
        let csrf = between(&page.text, "name=\"csrf\" value=\"", "\"").to_owned();
        Person { office: self, cookie, csrf }
    }

    /// The index that the service answers from.
    pub fn index(&self) -> RegulationIndex {
        self.place.index()
    }
}

/// Somebody of the staff, logged in.
pub struct Person<'a> {
    office: &'a Office,
    pub cookie: String,
    pub csrf: String,
}

const FORM: &str = "application/x-www-form-urlencoded";

impl Person<'_> {
    pub fn get(&self, path: &str) -> Got {
        self.office.request("GET", path, &[("cookie", &self.cookie)], b"")
    }

    /// Sends a form of their own.
    pub fn post(&self, path: &str, fields: &[(&str, &str)]) -> Got {
        let mut all = vec![("csrf", self.csrf.as_str())];
        all.extend(fields);
        self.post_as_it_is(path, &all)
    }

    /// Sends a form without its secret.
    pub fn post_as_it_is(&self, path: &str, fields: &[(&str, &str)]) -> Got {
        let headers = [("cookie", self.cookie.as_str()), ("content-type", FORM)];
        self.office.request("POST", path, &headers, form(fields).as_bytes())
    }

    /// Brings a file with regulations.
    pub fn bring(&self, csrf: &str, name: &str, content: &[u8]) -> Got {
        let boundary = "----hoidapStaff7MA4YWxk";
        let mut body = format!(
            "--{boundary}\r\ncontent-disposition: form-data; name=\"csrf\"\r\n\r\n{csrf}\r\n--{boundary}\r\n\
             content-disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\
             content-type: application/octet-stream\r\n\r\n"
        )
        .into_bytes();
        body.extend_from_slice(content);
        body.extend_from_slice(format!("\r\n--{boundary}--\r\n").as_bytes());
        let kind = format!("multipart/form-data; boundary={boundary}");
        let headers = [("cookie", self.cookie.as_str()), ("content-type", kind.as_str())];
        self.office.request("POST", "/staff/van-ban", &headers, &body)
    }
}

/// A form in one line.
fn form(fields: &[(&str, &str)]) -> String {
    let escaped = |text: &str| -> String { text.bytes().map(|byte| format!("%{byte:02X}")).collect() };
    let fields: Vec<String> =
        fields.iter().map(|(name, value)| format!("{name}={}", escaped(value))).collect();
    fields.join("&")
}

/// What stands between two marks.
pub fn between<'a>(text: &'a str, start: &str, end: &str) -> &'a str {
    let after = text.split_once(start).unwrap_or_else(|| panic!("no {start} in {text}")).1;
    after.split_once(end).unwrap_or_else(|| panic!("no {end} in {text}")).0
}
