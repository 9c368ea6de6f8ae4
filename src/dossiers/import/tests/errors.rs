//! Rows and files that are refused, each with its reason.

use super::*;

/// The errors of the rows of a file.
fn errors(name: &str, bytes: impl AsRef<[u8]>) -> Vec<RowError> {
    read(name, bytes).unwrap().into_iter().filter_map(|row| row.result.err()).collect()
}

#[test]
fn each_error_of_a_row_names_its_line_its_column_and_the_reason() {
    let header = "Mã hồ sơ,Thủ tục,Cơ quan,Ngày nhận,Ngày hẹn trả,Ngày chuyển,Bước,Giấy tờ bổ sung,Ngày yêu cầu bổ sung,Ngày bổ sung,Trạng thái,Ngày có kết quả,Ngày trả,Lệ phí còn nợ,CCCD,Năm sinh";
    let good = ["H1-1", "Khai sinh", "Xã", "03/11/2025", "", "", "", "", "", "", "", "", "", "", "", ""];
    let long = "x".repeat(501);
    for (changes, column, reason) in [
        (&[(0, "")][..], "Mã hồ sơ", "it is empty"),
        (&[(0, "\0\u{200b}")], "Mã hồ sơ", "it is empty"),
        (&[(0, "H1/1")], "Mã hồ sơ", "is no dossier code"),
        (&[(1, "")], "Thủ tục", "it is empty"),
        (&[(2, " ")], "Cơ quan", "it is empty"),
        (&[(3, "")], "Ngày nhận", "it is empty"),
        (&[(3, "hôm qua")], "Ngày nhận", "is no date"),
        (&[(3, "31/11/2025")], "Ngày nhận", "is no date"),
        (&[(3, "03/11/1999")], "Ngày nhận", "not between 2000 and 2100"),
        (&[(3, "02/12/2025")], "Ngày nhận", "lies in the future"),
        (&[(4, "02/11/2025")], "Ngày hẹn trả", "before the receipt"),
        (&[(3, "03/11/2025 8:00"), (4, "03/11/2025 7:00")], "Ngày hẹn trả", "before the receipt"),
        (&[(5, "02/11/2025"), (6, "Thẩm định")], "Ngày chuyển", "before the receipt"),
        (&[(5, "02/12/2025"), (6, "Thẩm định")], "Ngày chuyển", "in the future"),
        (&[(7, "Bản vẽ")], "Giấy tờ bổ sung", "not the day"),
        (&[(9, "05/11/2025")], "Ngày bổ sung", "not the day"),
        (&[(8, "06/11/2025"), (9, "05/11/2025")], "Ngày bổ sung", "asked for only on"),
        (&[(8, "01/11/2025")], "Ngày yêu cầu bổ sung", "before the receipt"),
        (&[(10, "Đã trả")], "Trạng thái", "no column says when"),
        (&[(11, "05/11/2025")], "Ngày có kết quả", "no word for granted"),
        (&[(10, "Đã trả"), (11, "02/11/2025")], "Ngày có kết quả", "before the receipt"),
        (&[(10, "Đã trả"), (11, "05/11/2025"), (12, "04/11/2025")], "Ngày trả", "taken away"),
        (&[(13, "-1")], "Lệ phí còn nợ", "negative"),
        (&[(13, "nhiều")], "Lệ phí còn nợ", "is no sum"),
        (&[(14, "12")], "CCCD", "no identity number"),
        (&[(15, "2030")], "Năm sinh", "year of birth"),
        (&[(1, long.as_str())], "Thủ tục", "more than 500 characters"),
    ] {
        let mut row = good;
        for (n, text) in changes {
            row[*n] = text;
        }
        let found = errors("a.csv", format!("{header}\n{}\n", row.join(",")));
        assert_eq!(found.len(), 1, "{changes:?}");
        assert_eq!((found[0].line, found[0].column.as_deref()), (2, Some(column)), "{:?}", found[0]);
        let message = found[0].to_string();
        assert!(message.contains(reason) && message.starts_with("line 2, column \""), "{message}");
    }
    assert!(errors("a.csv", format!("{header}\n{}\n", good.join(","))).is_empty());
}

#[test]
fn a_code_stands_once() {
    let other = ROW.replace("Thẩm định", "Trình ký");
    let file = made("a.csv", format!("{HEADER}\n{ROW}\n{ROW}\n{other}\n{}\n", ROW.replace("-0012", "-0013")));
    let checked = check(&file.path, &Mapping::default(), TODAY, 1).unwrap();
    assert_eq!((checked.good, checked.repeated, checked.errors.count()), (2, 1, 1));
    assert_eq!(
        checked.errors.to_string(),
        "  line 4, column \"Mã hồ sơ\": the dossier H29.17-251103-0012 stands in line 2 already, with other contents\n"
    );
}

#[test]
fn errors_beyond_the_bound_are_counted() {
    let file = made("a.csv", format!("{HEADER}\n{}", "x;;;;;;;;;;;\n".repeat(50)));
    let checked = check(&file.path, &Mapping::default(), TODAY, 3).unwrap();
    assert_eq!((checked.errors.kept().len(), checked.errors.count()), (3, 50));
    assert!(checked.errors.to_string().ends_with("  and 47 more\n"));
}

#[test]
fn rows_of_another_width_are_told() {
    let found = errors("a.csv", format!("{HEADER}\n{ROW};too much\nH1-1;x\n{ROW};;\nH1-2;\"open\n{ROW}\n"));
    let messages: Vec<String> = found.iter().map(ToString::to_string).collect();
    assert_eq!(
        messages,
        [
            "line 2: the row has 13 columns and the header 12",
            "line 3: the row has 2 columns and the header 12",
            "line 5: the row has 2 columns and the header 12; is a quotation mark not closed?",
        ]
    );
}

#[test]
fn lines_are_counted_whatever_ends_them() {
    for end in ["\n", "\r\n", "\r"] {
        for last in ["", end] {
            let rows = [HEADER, ROW, "", "", "\"H1-1", "\";;;;;;;;;;;", "", "H1-2;;;;;;;;;;;"];
            let found = errors("a.csv", rows.join(end) + last);
            assert_eq!(found.iter().map(|error| error.line).collect::<Vec<_>>(), [5, 8], "{end:?} {last:?}");
        }
    }
}

/// The second one before the first.
const STEPS: &str = r#"[{"name": "a", "holder": "b", "since": "2025-11-05T08:00:00"},
    {"name": "a", "holder": "b", "since": "2025-11-04T08:00:00"}]"#;

#[test]
fn objects_that_are_no_dossier_are_told_without_what_is_secret() {
    let own = r#""procedure": "Khai sinh", "office": "Xã", "received_at": "2025-11-03T08:15:00""#;
    for (object, reason) in [
        (r#"{"a": 1}"#.to_owned(), "none of its names is known"),
        (r#"{"a": 1,}"#.to_owned(), "the object is not understood"),
        (format!(r#"{{"code": "H1-1", {own}, "colour": 1}}"#), "unknown field `colour`"),
        (format!(r#"{{"code": "?", {own}}}"#), "no dossier code"),
        (
            format!(r#"{{"code": "H1-1", {own}, "secrets": {{"identity_last4": 4711}}}}"#),
            "identity_last4 is a text",
        ),
        (format!(r#"{{"code": "H1-1", {own}, "applicant": 4711}}"#), "it is a text"),
        (format!(r#"{{"code": "H1-1", {own}, "steps": {STEPS}}}"#), "not in the order"),
        (format!(r#"{{"code": "H1-1", {own}, "fee_owed": -1}}"#), "-1"),
        (format!(r#"{{"code": "H1-1", {own}, "promised_at": "2025-11-02T08:00:00"}}"#), "promised_at"),
        (r#"{"Mã hồ sơ": {"x": 1}}"#.to_owned(), "a text or a number"),
    ] {
        let found = errors("a.json", &object);
        let message = found.first().unwrap_or_else(|| panic!("{object}")).to_string();
        assert!(message.contains(reason) && !message.contains("4711"), "{message}");
    }
}

#[test]
fn files_that_are_not_understood_say_why() {
    let folder = TempDir::new().unwrap();
    let open = |path: &std::path::Path| {
        DossierFile::open(path, &Mapping::default(), TODAY).err().unwrap().to_string()
    };
    assert!(open(&folder.path().join("none.csv")).contains("cannot be read"));
    assert!(open(&folder.path().join("a.ods")).contains("no known kind"));
    std::fs::create_dir(folder.path().join("folder.csv")).unwrap();
    assert!(open(&folder.path().join("folder.csv")).contains("it is no file"));
    for (name, bytes, reason) in [
        ("a.csv", "a;b\n1;2\n".as_bytes(), "The first row: a | b"),
        ("a.csv", b"", "no row names a column for the code"),
        ("a.csv", "Mã hồ sơ;Thủ tục;Cơ quan\n".as_bytes(), "no column gives received_at"),
        ("a.csv", b"\0\x01\0\0\0\0\0", "binary data"),
        ("a.csv", b"\xb8\xb5\xb6 \xb7\xb9\xa8 xyz\xe1q\n", "neither Windows-1258 nor TCVN3"),
        ("a.json", b"[{\"a\": 1}", "cut off"),
        ("a.json", b"[{\"a\": ", "not closed"),
        ("a.json", b"{\"a\": 1} x", "an object was expected"),
        ("a.json", b"[{\"a\": 1} {\"a\": 1}]", "an object was expected"),
        ("a.json", b"[,{\"a\": 1}]", "an object was expected"),
        ("a.json", b"nonsense", "an object was expected"),
        ("a.xlsx", b"PK\x03\x04 and no more", "no readable workbook"),
    ] {
        let error = read(name, bytes).err().unwrap_or_else(|| panic!("{name} {reason}")).to_string();
        assert!(error.contains(reason), "{error}");
    }
    let mapping = Mapping { delimiter: Some('–'), ..Mapping::default() };
    assert!(read_with("a.csv", "a", &mapping).is_err());
}

#[test]
fn a_dossier_that_came_by_another_way_is_checked_the_same() {
    let (mut dossier, secrets) = expected();
    dossier.office = " Xã\0  Mẫu ".to_owned();
    let (taken, _) = checked(dossier.clone(), secrets.clone(), TODAY).unwrap();
    assert_eq!(taken.office, "Xã Mẫu");
    let early = checked(dossier.clone(), secrets.clone(), date(2025, 11, 2)).unwrap_err();
    assert_eq!(early.to_string(), "line 1, column \"received_at\": 2025-11-03 lies in the future");
    let unknown = Secrets { birth_year: Some(1), ..secrets };
    assert_eq!(checked(dossier, unknown, TODAY).unwrap_err().problem, Problem::NoBirthYear);
}
