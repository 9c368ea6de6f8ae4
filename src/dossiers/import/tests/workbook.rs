//! Workbooks, made of the parts that one needs at least.

use std::io::Write;

use super::*;

/// An archive of these files.
pub(super) fn archive(files: &[(&str, String)]) -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, text) in files {
        archive.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        archive.write_all(text.as_bytes()).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

/// A workbook with a sheet of these rows (`<row>…</row>`), and what else is given.
pub(super) fn workbook(rows: &str, strings: Option<&str>) -> Vec<u8> {
    let relation = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let package = "http://schemas.openxmlformats.org/package/2006/relationships";
    let main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    let mut files = vec![
        (
            "_rels/.rels",
            format!(
                r#"<Relationships xmlns="{package}"><Relationship Id="a" Type="{relation}/officeDocument" Target="xl/workbook.xml"/></Relationships>"#
            ),
        ),
        (
            "xl/workbook.xml",
            format!(
                r#"<workbook xmlns="{main}" xmlns:r="{relation}"><sheets><sheet name="Hồ sơ" sheetId="1" r:id="b"/></sheets></workbook>"#
            ),
        ),
        (
            "xl/_rels/workbook.xml.rels",
            format!(
                r#"<Relationships xmlns="{package}"><Relationship Id="b" Type="{relation}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>"#
            ),
        ),
        (
            "xl/styles.xml",
            format!(
                r#"<styleSheet xmlns="{main}"><cellXfs><xf numFmtId="0"/><xf numFmtId="22"/></cellXfs></styleSheet>"#
            ),
        ),
        (
            "xl/worksheets/sheet1.xml",
            format!(r#"<worksheet xmlns="{main}"><sheetData>{rows}</sheetData></worksheet>"#),
        ),
    ];
    if let Some(strings) = strings {
        files.push(("xl/sharedStrings.xml", strings.to_owned()));
    }
    archive(&files)
}

fn cell(place: &str, text: &str) -> String {
    format!(r#"<c r="{place}" t="inlineStr"><is><t>{text}</t></is></c>"#)
}

/// A header in row 3, and a row with a date of Excel, a number and a shared text.
pub(super) fn rows() -> String {
    let header: String =
        HEADER.split(';').zip('A'..).map(|(name, column)| cell(&format!("{column}3"), name)).collect();
    let cells: String = ROW
        .split(';')
        .zip('A'..)
        .map(|(text, column)| match column {
            'B' => r#"<c r="B5" t="s"><v>1</v></c>"#.to_owned(),
            'D' => r#"<c r="D5" s="1"><v>45964.34375</v></c>"#.to_owned(),
            'J' => r#"<c r="J5"><v>1190012345</v></c>"#.to_owned(),
            'L' => r#"<c r="L5"><v>100000</v></c>"#.to_owned(),
            _ => cell(&format!("{column}5"), text),
        })
        .collect();
    format!(
        r#"<row r="1">{}</row><row r="3">{header}</row><row r="5">{cells}</row>"#,
        cell("A1", "DANH SÁCH")
    )
}

pub(super) const STRINGS: &str =
    r#"<sst uniqueCount="2"><si><t>x</t></si><si><t>Đăng ký hộ kinh doanh</t></si></sst>"#;

#[test]
fn a_workbook_gives_what_the_table_gives() {
    let rows = read("a.xlsx", workbook(&rows(), Some(STRINGS))).unwrap();
    assert_eq!(rows, [Row { line: 5, result: Ok(expected()) }]);
    let mapping = Mapping { sheet: Some("Khác".to_owned()), ..Mapping::default() };
    let error = read_with("a.xlsx", workbook("", None), &mapping).unwrap_err().to_string();
    assert!(error.contains("Khác"), "{error}");
}

#[test]
fn a_workbook_that_claims_or_unpacks_to_too_much_is_refused() {
    for claim in ["99999999999999", " 99999999999999999999999 "] {
        let strings = STRINGS.replace("uniqueCount=\"2\"", &format!("count=\"1\" uniqueCount = \"{claim}\""));
        let error = read("a.xlsx", workbook(&rows(), Some(&strings))).unwrap_err();
        assert!(matches!(error, FileError::TooLarge { what: "too many different texts", .. }), "{error}");
    }
    let far = rows() + r#"<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>"#;
    assert_eq!(read("a.xlsx", workbook(&far, Some(STRINGS))).unwrap().len(), 1);
    let many =
        rows() + &(6..40_000).map(|n| format!(r#"<row><c r="IV{n}"><v>1</v></c></row>"#)).collect::<String>();
    let error = read("a.xlsx", workbook(&many, Some(STRINGS))).unwrap_err();
    assert!(matches!(error, FileError::TooLarge { what: "too many cells in the sheet", .. }), "{error}");
    let texts = STRINGS.replace("<t>x", &format!("<t>{}", "x".repeat(65 << 20)));
    let error = read("a.xlsx", workbook(&rows(), Some(&texts))).unwrap_err();
    assert!(
        matches!(error, FileError::TooLarge { what: "too many bytes of different texts", .. }),
        "{error}"
    );
    let bomb = workbook(&format!("<row>{}</row>", " ".repeat(MAX_UNPACKED_BYTES as usize)), None);
    assert!(bomb.len() < 2 << 20);
    let error = read("a.xlsx", bomb).unwrap_err();
    assert!(matches!(error, FileError::TooLarge { what: "too many bytes once unpacked", .. }), "{error}");
}

#[test]
fn impossible_places_of_cells_are_no_panic() {
    for place in ["ZZZZZZZZZZZZ5", "A99999999999999999999", "A0", "", "5"] {
        let rows = rows().replace("r=\"A5\"", &format!("r=\"{place}\""));
        if let Ok(rows) = read("a.xlsx", workbook(&rows, Some(STRINGS))) {
            assert!(rows.iter().all(|row| row.result.is_err()), "{place}");
        }
    }
}
