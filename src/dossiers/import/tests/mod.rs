//! Files of all kinds, made here, and what is read of them.

mod errors;
mod hostile;
mod large;
mod workbook;

use std::path::PathBuf;

use jiff::civil::{Date, date, datetime};
use tempfile::TempDir;

use super::encoding::tcvn3;
use super::*;
use crate::dossiers::dossier::{Outcome, OutcomeKind, PaperRequest, Step};

const TODAY: Date = date(2025, 12, 1);

/// A header as systems have it, and a row for it.
const HEADER: &str = "Mã hồ sơ;Tên thủ tục;Cơ quan;Ngày tiếp nhận;Ngày hẹn trả;Trạng thái;Bước xử lý;Đơn vị đang xử lý;Người nộp;CCCD;Ngày sinh;Lệ phí còn nợ";
const ROW: &str = "H29.17-251103-0012;Đăng ký hộ kinh doanh;Ủy ban nhân dân phường Mẫu;03/11/2025 08:15;06/11/2025;Đang xử lý;Thẩm định;Phòng Kinh tế;Nguyễn Văn Mẫu;001190012345;12/05/1990;100.000 đ";

/// A folder with one file in it.
struct Made {
    _folder: TempDir,
    path: PathBuf,
}

fn made(name: &str, bytes: impl AsRef<[u8]>) -> Made {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join(name);
    std::fs::write(&path, bytes).unwrap();
    Made { _folder: folder, path }
}

/// The rows of a file; the error of the file where it has one.
fn read_with(name: &str, bytes: impl AsRef<[u8]>, mapping: &Mapping) -> Result<Vec<Row>, FileError> {
    DossierFile::open(&made(name, bytes).path, mapping, TODAY)?.collect()
}

fn read(name: &str, bytes: impl AsRef<[u8]>) -> Result<Vec<Row>, FileError> {
    read_with(name, bytes, &Mapping::default())
}

/// The only row of a file, which is good.
fn one(name: &str, bytes: impl AsRef<[u8]>) -> (Dossier, Secrets) {
    let mut rows = read(name, bytes).unwrap();
    assert_eq!(rows.len(), 1);
    rows.remove(0).result.unwrap()
}

fn expected() -> (Dossier, Secrets) {
    let received_at = datetime(2025, 11, 3, 8, 15, 0, 0);
    let dossier = Dossier {
        code: "H29.17-251103-0012".parse().unwrap(),
        procedure: "Đăng ký hộ kinh doanh".to_owned(),
        procedure_id: None,
        office: "Ủy ban nhân dân phường Mẫu".to_owned(),
        received_at,
        promised_at: Some(datetime(2025, 11, 6, 17, 0, 0, 0)),
        steps: vec![Step {
            name: "Thẩm định".to_owned(),
            holder: "Phòng Kinh tế".to_owned(),
            since: received_at,
        }],
        requests: vec![],
        fee_owed: 100_000,
        outcome: None,
        applicant: Some("Nguyễn Văn Mẫu".to_owned()),
        is_demo: false,
    };
    (dossier, Secrets { identity_last4: Some("2345".to_owned()), birth_year: Some(1990) })
}

fn utf16(text: &str, mark: [u8; 2], bytes_of: fn(u16) -> [u8; 2]) -> Vec<u8> {
    mark.into_iter().chain(text.encode_utf16().flat_map(bytes_of)).collect()
}

#[test]
fn every_encoding_and_separator_gives_the_same_dossier() {
    let semicolons = format!("{HEADER}\r\n{ROW}\r\n");
    let apart = |text: &str| crate::dossiers::import::encoding::windows_1258(text);
    for (bytes, encoding, separator) in [
        (semicolons.clone().into_bytes(), Encoding::Utf8, ';'),
        (format!("\u{feff}{semicolons}").into_bytes(), Encoding::Utf8, ';'),
        (semicolons.replace(';', ",").into_bytes(), Encoding::Utf8, ','),
        (semicolons.replace(';', "\t").replace('\r', "").into_bytes(), Encoding::Utf8, '\t'),
        (utf16(&semicolons.replace(';', "\t"), [0xff, 0xfe], u16::to_le_bytes), Encoding::Utf16Le, '\t'),
        (utf16(&semicolons, [0xfe, 0xff], u16::to_be_bytes), Encoding::Utf16Be, ';'),
        (apart(&semicolons), Encoding::Windows1258, ';'),
        (tcvn3::encode(&semicolons.replace("Ủy", "Uỷ")), Encoding::Tcvn3, ';'),
    ] {
        let file = made("dossiers.csv", bytes);
        let mut rows = DossierFile::open(&file.path, &Mapping::default(), TODAY).unwrap();
        let format = rows.format();
        assert_eq!((format.encoding, format.delimiter), (Some(encoding), Some(separator)));
        let mut row = rows.next().unwrap().unwrap();
        // TCVN3 has no `Ủ`; its writers put the tone where they have a small letter.
        let (dossier, _) = row.result.as_mut().unwrap();
        dossier.office = dossier.office.replace("Uỷ", "Ủy");
        assert_eq!(row, Row { line: 2, result: Ok(expected()) });
        assert!(rows.next().is_none());
        assert_eq!(rows.bytes_read(), rows.size());
    }
}

#[test]
fn titles_blank_lines_and_quoted_breaks_are_read_over() {
    let text = format!(
        "DANH SÁCH HỒ SƠ;;;\n\nTháng 11/2025;;\n{};Giấy tờ bổ sung;Ngày yêu cầu bổ sung;Ngày bổ sung;Số thứ tự\n;;;;;;;;;;;;;;;\n{ROW};\"Bản vẽ, \"\"bản gốc\"\"\nĐơn đề nghị\";5/11/2025;;1\n",
        HEADER.to_uppercase()
    );
    let file = made("a.csv", text);
    let mut rows = DossierFile::open(&file.path, &Mapping::default(), TODAY).unwrap();
    assert_eq!(rows.format().unknown_columns, ["SỐ THỨ TỰ".to_lowercase().replacen('s', "S", 1)]);
    let row = rows.next().unwrap().unwrap();
    assert_eq!(row.line, 6);
    let papers = vec!["Bản vẽ, \"bản gốc\"".to_owned(), "Đơn đề nghị".to_owned()];
    let request = PaperRequest { papers, asked_on: date(2025, 11, 5), supplied_on: None };
    assert_eq!(row.result.unwrap().0.requests, [request]);
}

#[test]
fn how_a_dossier_ended_is_told_by_its_words_and_dates() {
    let header =
        "Mã hồ sơ,Thủ tục,Cơ quan,Ngày nhận,Trạng thái,Ngày có kết quả,Kết quả,Ngày trả kết quả,Lý do";
    let end = |kind, day, note: Option<&str>, collected: Option<i8>| {
        let collected_on = collected.map(|day| date(2025, 11, day));
        Some(Outcome { kind, on: date(2025, 11, day), note: note.map(str::to_owned), collected_on })
    };
    for (cells, outcome, step) in [
        ("Đang thẩm định,,,,", None, Some("Đang thẩm định")),
        ("Chưa có kết quả,,,,", None, Some("Chưa có kết quả")),
        ("Đã có kết quả,05/11/2025,,,", end(OutcomeKind::Granted, 5, None, None), None),
        ("Đã trả kết quả,,,07/11/2025,", end(OutcomeKind::Granted, 7, None, Some(7)), None),
        ("Hoàn thành,05/11/2025,Đồng ý,07/11/2025,", end(OutcomeKind::Granted, 5, None, Some(7)), None),
        (
            "Đã trả kết quả,05/11/2025,Từ chối,,Thiếu đất",
            end(OutcomeKind::Refused, 5, Some("Thiếu đất"), None),
            None,
        ),
        (
            "Đã trả kết quả,05/11/2025,Từ chối: thiếu đất,,",
            end(OutcomeKind::Refused, 5, Some("Từ chối: thiếu đất"), None),
            None,
        ),
        ("Từ chối,05/11/2025,,,", end(OutcomeKind::Refused, 5, None, None), None),
        ("Rút hồ sơ,05/11/2025,,,", end(OutcomeKind::Withdrawn, 5, None, None), None),
    ] {
        let (dossier, _) = one("a.csv", format!("{header}\nH1-1,Khai sinh,Xã,03/11/2025,{cells}\n"));
        assert_eq!(dossier.outcome, outcome, "{cells}");
        assert_eq!(dossier.steps.first().map(|step| step.name.as_str()), step, "{cells}");
    }
}

#[test]
fn a_system_may_name_its_columns_as_it_likes() {
    let mapping: Mapping = toml::from_str(
        "office = \"Xã Mẫu\"\ndelimiter = \"|\"\n[columns]\ncode = [\"Phiếu\"]\nprocedure = [\"Việc\"]\n\
         received_at = [\"Lúc\"]\n[ends]\ndate_alone = \"granted\"\n",
    )
    .unwrap();
    let rows =
        read_with("a.csv", "phieu|VIỆC|Lúc|Ngày trả\nH1-1|Khai sinh|8h15 3-11-2025|2025-11-04\n", &mapping);
    let (dossier, _) = rows.unwrap().remove(0).result.unwrap();
    assert_eq!((dossier.office.as_str(), dossier.outcome.unwrap().on), ("Xã Mẫu", date(2025, 11, 4)));
}

#[test]
fn json_is_an_array_or_objects_one_after_the_other() {
    let keyed = r#"{"Mã hồ sơ": "H29.17-251103-0012", "Tên thủ tục": "Đăng ký hộ kinh doanh", "stt": {"x": [1]},
        "Cơ quan": "Ủy ban nhân dân phường Mẫu", "Ngày tiếp nhận": "2025-11-03T01:15:00Z", "Ngày hẹn trả": "6/11/2025",
        "Bước xử lý": "Thẩm định", "Đơn vị đang xử lý": "Phòng Kinh tế", "Người nộp": "Nguyễn Văn Mẫu",
        "Số định danh": 1190012345, "Năm sinh": 1990, "Còn nợ": 100000, "Ngày bổ sung": null}"#;
    let (dossier, secrets) = expected();
    let mut own = serde_json::to_value(&dossier).unwrap();
    own["secrets"] = serde_json::to_value(&secrets).unwrap();
    let own_without = serde_json::to_string(&dossier).unwrap().replace("-0012", "-0013");
    for text in [
        format!("[{keyed}]"),
        keyed.to_owned(),
        own.to_string(),
        format!(" [ {own} ]\n"),
        format!("[{keyed},\n{own}]"),
    ] {
        let rows = read("a.json", &text).unwrap();
        assert_eq!(rows[0], Row { line: 1, result: Ok(expected()) }, "{text}");
        assert!(rows.iter().skip(1).all(|row| row.result.is_err()), "the same code in another form");
    }
    let rows = read("a.jsonl", format!("{own}\n\n{own_without}\n")).unwrap();
    assert_eq!(rows[1].line, 3);
    assert_eq!(rows[1].result.as_ref().unwrap().1, Secrets::default());
    assert!(read("a.json", "[]").unwrap().is_empty() && read("a.json", "").unwrap().is_empty());
}

#[test]
fn an_open_file_may_go_from_thread_to_thread() {
    fn is_send<T: Send>() {}
    is_send::<DossierFile>();
}

#[test]
fn the_demonstration_passes_the_checks_of_the_import() {
    let text: Vec<String> = crate::dossiers::demo::demo(1, TODAY)
        .into_iter()
        .map(|(dossier, secrets)| {
            let mut own = serde_json::to_value(&dossier).unwrap();
            own["secrets"] = serde_json::to_value(&secrets).unwrap();
            own.to_string()
        })
        .collect();
    let file = made("demo.jsonl", text.join("\n"));
    let checked = check(&file.path, &Mapping::default(), TODAY, 10).unwrap();
    assert_eq!((checked.good, checked.errors.count()), (200, 0));
}
