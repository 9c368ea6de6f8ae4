//! Files made to hurt: none may panic, hang or take memory without bound.

use proptest::prelude::*;

use super::workbook::{STRINGS, rows, workbook};
use super::*;

#[test]
fn a_row_without_end_is_refused_at_its_bound() {
    let long = "x".repeat(3 << 20);
    let csv = format!("{HEADER}\n{ROW}\nH1-2;{long}\n");
    assert!(matches!(read("a.csv", csv).unwrap_err(), FileError::RowTooLong { line: 3, .. }));
    let open = format!("{HEADER}\nH1-2;\"{}", "x;\n".repeat(1 << 20));
    assert!(matches!(read("a.csv", open).unwrap_err(), FileError::RowTooLong { line: 2, .. }));
    let json = format!("[{{\"a\": \"{long}\"}}]");
    assert!(matches!(read("a.json", json).unwrap_err(), FileError::RowTooLong { line: 1, .. }));
    let header = format!("{long};Mã hồ sơ\n");
    assert!(read("a.csv", header).is_err());
}

#[test]
fn deep_json_is_an_error_of_its_row() {
    let deep = format!("{{\"a\": {}{}}}", "[".repeat(100_000), "]".repeat(100_000));
    let rows = read("a.json", deep).unwrap();
    assert!(rows[0].result.as_ref().unwrap_err().to_string().contains("recursion limit"));
}

#[test]
fn nuls_and_marks_of_direction_vanish_from_texts() {
    let row = ROW.replace("Thẩm định", "Thẩm\0 \u{202e}định\u{7}");
    assert_eq!(one("a.csv", format!("{HEADER}\n{row}\n")), expected());
}

#[test]
fn a_workbook_cut_anywhere_is_no_panic() {
    let whole = workbook(&rows(), Some(STRINGS));
    for end in (0..whole.len()).step_by(7) {
        assert!(read("a.xlsx", &whole[..end]).is_err(), "{end}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn any_bytes_are_rows_or_an_error(bytes in prop::collection::vec(any::<u8>(), 0..600)) {
        let header = format!("{HEADER}\n").into_bytes();
        for (name, bytes) in [
            ("a.csv", bytes.clone()),
            ("a.csv", [header, bytes.clone()].concat()),
            ("a.csv", [b"\xff\xfe".as_slice(), &bytes].concat()),
            ("a.json", bytes.clone()),
            ("a.json", [b"[{".as_slice(), &bytes].concat()),
            ("a.xlsx", bytes.clone()),
            ("a.xlsx", [b"PK\x03\x04".as_slice(), &bytes].concat()),
        ] {
            let _ = read(name, bytes);
        }
    }

    #[test]
    fn any_cells_are_a_dossier_or_an_error(cells in prop::collection::vec("[^;\"\n\r]{0,20}", 12)) {
        let rows = read("a.csv", format!("{HEADER}\n{}\n", cells.join(";"))).unwrap();
        prop_assert!(rows.len() <= 1);
    }

    #[test]
    fn a_damaged_workbook_is_rows_or_an_error(changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6)) {
        let mut bytes = workbook(&rows(), Some(STRINGS));
        for (at, byte) in changes {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        let _ = read("a.xlsx", bytes);
    }

    #[test]
    fn a_sheet_of_any_words_is_rows_or_an_error(words in prop::collection::vec(0..16_usize, 0..30)) {
        const WORDS: [&str; 16] = [
            "<row>", "</row>", "<row r=\"4294967295\">", "<c r=\"A4294967295\" t=\"s\">", "<c>", "</c>", "<v>", "</v>", "4294967295",
            "-1", "<c t=\"e\">", "<c s=\"99\">", "<is><t>x</t></is>", "<f t=\"shared\" si=\"999\" ref=\"A1:A9\">", "</f>", "<c r=\"B2\" t=\"d\">",
        ];
        let sheet: String = words.into_iter().map(|n| WORDS[n]).collect();
        let _ = read("a.xlsx", workbook(&sheet, Some(STRINGS)));
    }
}
