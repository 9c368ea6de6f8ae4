//! How a one-stop system names its columns and its states. Every one names them otherwise, so the configuration says it.
//!
//! ```toml
//! encoding = "tcvn3"              # otherwise found by itself
//! office = "Ủy ban nhân dân xã …" # where no column names it
//! [columns]
//! code = ["Số biên nhận"]
//! [ends]
//! granted = ["Đã xong"]
//! ```
//!
//! A list that is given replaces the one that is built in. Names are compared without capitals, diacritics and punctuation.

use std::collections::HashMap;

use jiff::civil::Time;
use serde::{Deserialize, Serialize};

use super::encoding::Encoding;
use crate::dossiers::dossier::OutcomeKind;
use crate::vietnamese::fold;

/// How a file is to be read.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Mapping {
    /// Null: found by the bytes.
    pub encoding: Option<Encoding>,
    /// Between the columns of a CSV; null: the one of comma, semicolon and tab that makes most columns known.
    pub delimiter: Option<char>,
    /// The sheet of a workbook; null: the first whose header is understood.
    pub sheet: Option<String>,
    /// The office of all dossiers, where no column names one.
    pub office: Option<String>,
    /// When a day ends on which a result is promised without an hour.
    pub end_of_day: Time,
    /// What the columns are called.
    pub columns: Columns,
    /// What the states are called in which a dossier has ended.
    pub ends: Ends,
}

impl Default for Mapping {
    fn default() -> Self {
        Self {
            encoding: None,
            delimiter: None,
            sheet: None,
            office: None,
            end_of_day: jiff::civil::time(17, 0, 0, 0),
            columns: Columns::default(),
            ends: Ends::default(),
        }
    }
}

/// Words for how a dossier ended. A state means it when it begins with one of them; the longest counts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Ends {
    /// The result is there.
    pub granted: Vec<String>,
    /// It was refused.
    pub refused: Vec<String>,
    /// It was taken back.
    pub withdrawn: Vec<String>,
    /// What a date of the result alone means, without a word; null: such rows are refused.
    pub date_alone: Option<OutcomeKind>,
}

impl Default for Ends {
    fn default() -> Self {
        let words = |list: &[&str]| list.iter().map(|&word| word.to_owned()).collect();
        Self {
            granted: words(&[
                "Đã có kết quả",
                "Có kết quả",
                "Đã trả kết quả",
                "Đã trả",
                "Chờ trả kết quả",
                "Hoàn thành",
                "Đã hoàn thành",
                "Đã giải quyết",
                "Đã xử lý xong",
                "Đã cấp",
                "Đồng ý",
                "Được cấp",
            ]),
            refused: words(&[
                "Từ chối",
                "Đã từ chối",
                "Bị từ chối",
                "Không đủ điều kiện",
                "Không giải quyết",
                "Trả lại hồ sơ",
                "Không đồng ý",
                "Không cấp",
            ]),
            withdrawn: words(&["Rút hồ sơ", "Đã rút", "Công dân rút", "Xin rút", "Công dân yêu cầu rút"]),
            date_alone: None,
        }
    }
}

macro_rules! columns {
    ($($(#[doc = $doc:literal])* $field:ident $variant:ident [$($name:literal),*];)*) => {
        /// What each column may be called; the first one that a row fills counts.
        #[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(deny_unknown_fields, default)]
        pub struct Columns {
            $($(#[doc = $doc])* pub $field: Vec<String>,)*
        }

        impl Default for Columns {
            fn default() -> Self {
                Self { $($field: vec![$($name.to_owned()),*],)* }
            }
        }

        /// What a column gives.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub(super) enum Field {
            $($variant,)*
        }

        impl Field {
            pub(super) const COUNT: usize = [$(Field::$variant),*].len();

            /// As the mapping calls it.
            pub(super) fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => stringify!($field),)*
                }
            }
        }

        impl Columns {
            fn all(&self) -> [(Field, &[String]); Field::COUNT] {
                [$((Field::$variant, &self.$field),)*]
            }
        }
    };
}

columns! {
    /// The code of the dossier; needed.
    code Code ["Mã hồ sơ", "Số hồ sơ", "Mã số hồ sơ", "Số biên nhận", "Mã HS", "Số HS", "code"];
    /// The procedure's name; needed.
    procedure Procedure ["Tên thủ tục", "Tên thủ tục hành chính", "Thủ tục", "Thủ tục hành chính", "Tên TTHC", "TTHC", "procedure"];
    /// The guide to it, as Hỏi Đáp names it.
    procedure_id ProcedureId ["procedure_id"];
    /// The office that decides; needed, or `office` for all.
    office Office ["Cơ quan", "Cơ quan giải quyết", "Cơ quan thực hiện", "Đơn vị giải quyết", "Đơn vị tiếp nhận", "Cơ quan tiếp nhận", "Đơn vị", "office"];
    /// When it was received; needed.
    received_at ReceivedAt ["Ngày tiếp nhận", "Ngày giờ tiếp nhận", "Thời gian tiếp nhận", "Thời điểm tiếp nhận", "Ngày nhận", "Ngày nhận hồ sơ", "Ngày tiếp nhận hồ sơ", "Ngày nộp", "received_at"];
    /// When the result is promised.
    promised_at PromisedAt ["Ngày hẹn trả", "Ngày hẹn trả kết quả", "Ngày hẹn", "Hẹn trả", "Thời gian hẹn trả", "Hạn xử lý", "Hạn giải quyết", "Hạn trả", "promised_at"];
    /// The state of the dossier in the system's words.
    status Status ["Trạng thái", "Trạng thái hồ sơ", "Tình trạng", "Tình trạng hồ sơ", "Tình trạng xử lý", "status"];
    /// The step at which it lies.
    step Step ["Bước xử lý", "Bước hiện tại", "Công đoạn", "Bước", "step"];
    /// The desk or unit that has it.
    holder Holder ["Đơn vị đang xử lý", "Phòng ban đang xử lý", "Bộ phận đang xử lý", "Đang xử lý tại", "Đơn vị xử lý", "Phòng ban xử lý", "Bộ phận xử lý", "holder"];
    /// Since when.
    step_since StepSince ["Ngày chuyển", "Ngày chuyển bước", "Ngày bắt đầu bước", "Ngày nhận xử lý", "Xử lý từ ngày", "since"];
    /// Who handed it in.
    applicant Applicant ["Người nộp", "Người nộp hồ sơ", "Tên người nộp", "Họ tên người nộp", "Họ và tên", "Họ tên", "Chủ hồ sơ", "Tổ chức, cá nhân", "applicant"];
    /// The identity number; its last four digits are kept.
    identity Identity ["CCCD", "Số CCCD", "CCCD/CMND", "CMND/CCCD", "Số định danh", "Số định danh cá nhân", "Số căn cước", "Căn cước", "CMND", "Số CMND", "Số giấy tờ"];
    /// The date or year of birth; the year is kept.
    birth Birth ["Ngày sinh", "Năm sinh", "Ngày tháng năm sinh", "Ngày, tháng, năm sinh"];
    /// What is still to be paid.
    fee_owed FeeOwed ["Lệ phí còn nợ", "Phí, lệ phí còn nợ", "Còn nợ", "Còn phải nộp", "Lệ phí chưa nộp", "fee_owed"];
    /// Papers asked for after the receipt, with semicolons or line breaks between them.
    papers Papers ["Giấy tờ bổ sung", "Giấy tờ cần bổ sung", "Giấy tờ yêu cầu bổ sung", "Nội dung bổ sung", "Nội dung yêu cầu bổ sung", "papers"];
    /// When they were asked for.
    asked_on AskedOn ["Ngày yêu cầu bổ sung", "Ngày thông báo bổ sung", "asked_on"];
    /// When they came.
    supplied_on SuppliedOn ["Ngày bổ sung", "Ngày đã bổ sung", "Ngày nộp bổ sung", "supplied_on"];
    /// When it was decided.
    result_on ResultOn ["Ngày có kết quả", "Ngày kết thúc", "Ngày kết thúc xử lý", "Ngày hoàn thành", "Ngày giải quyết", "result_on"];
    /// What came of it, in the system's words.
    result Result ["Kết quả", "Kết quả giải quyết", "Kết quả xử lý", "result"];
    /// When the applicant took the result; where nothing says when it was decided, that day counts.
    collected_on CollectedOn ["Ngày trả kết quả", "Ngày trả", "Ngày nhận kết quả", "collected_on"];
    /// The office's words about the result, for instance why it was refused.
    note Note ["Lý do", "Lý do từ chối", "Ghi chú kết quả", "note"];
}

/// The names of a mapping, ready to be looked up.
#[derive(Debug, Clone)]
pub(super) struct Names {
    /// By name in [`key`] spelling: what it gives, and its place in the list of that.
    fields: HashMap<String, Vec<(Field, usize)>>,
    ends: Vec<(String, OutcomeKind)>,
}

impl Names {
    pub(super) fn of(mapping: &Mapping) -> Self {
        let mut fields: HashMap<String, Vec<(Field, usize)>> = HashMap::new();
        for (field, names) in mapping.columns.all() {
            for (place, name) in names.iter().enumerate() {
                let gives = fields.entry(key(name)).or_default();
                if gives.iter().all(|(given, _)| *given != field) {
                    gives.push((field, place));
                }
            }
        }
        fields.remove("");
        let ends = [
            (&mapping.ends.granted, OutcomeKind::Granted),
            (&mapping.ends.refused, OutcomeKind::Refused),
            (&mapping.ends.withdrawn, OutcomeKind::Withdrawn),
        ];
        let ends = ends.into_iter().flat_map(|(words, kind)| words.iter().map(move |word| (key(word), kind)));
        Self { fields, ends: ends.filter(|(word, _)| !word.is_empty()).collect() }
    }

    /// What a column of this name gives, and how far behind in the list the name stands.
    pub(super) fn fields(&self, column: &str) -> &[(Field, usize)] {
        self.fields.get(&key(column)).map_or(&[], Vec::as_slice)
    }

    /// How a dossier ended whose state this is; null while it has not.
    pub(super) fn end(&self, state: &str) -> Option<OutcomeKind> {
        let state = format!("{} ", key(state));
        let begins = |word: &str| state.strip_prefix(word).is_some_and(|rest| rest.starts_with(' '));
        self.ends
            .iter()
            .filter(|(word, _)| begins(word))
            .max_by_key(|(word, _)| word.len())
            .map(|(_, kind)| *kind)
    }

    /// Whether a text says no more than that a dossier ended.
    pub(super) fn is_mere_end(&self, text: &str) -> bool {
        let text = key(text);
        self.ends.iter().any(|(word, _)| *word == text)
    }
}

/// Lower case, without diacritics, one space for whatever stands between words.
fn key(text: &str) -> String {
    let folded = fold(text);
    folded.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mapping_replaces_lists_and_leaves_the_others() {
        let mapping: Mapping = toml::from_str(
            "encoding = \"windows-1258\"\ndelimiter = \";\"\nend_of_day = \"16:30:00\"\n[columns]\ncode = [\"Phiếu\"]\n\
             [ends]\ngranted = [\"Xong\"]\ndate_alone = \"granted\"\n",
        )
        .unwrap();
        let names = Names::of(&mapping);
        assert_eq!(names.fields("PHIẾU (*)"), [(Field::Code, 0)]);
        assert_eq!(names.fields("Mã hồ sơ"), []);
        assert_eq!(names.fields("ngay tiep nhan")[0].0, Field::ReceivedAt);
        assert_eq!(names.end("Xong trước hạn"), Some(OutcomeKind::Granted));
        assert_eq!(mapping.encoding, Some(Encoding::Windows1258));
        assert!(toml::from_str::<Mapping>("[columns]\ncod = []").is_err());
    }

    #[test]
    fn states_end_a_dossier_or_not() {
        let names = Names::of(&Mapping::default());
        for (state, end) in [
            ("Đã trả kết quả", Some(OutcomeKind::Granted)),
            ("HOÀN THÀNH đúng hạn", Some(OutcomeKind::Granted)),
            ("Từ chối tiếp nhận", Some(OutcomeKind::Refused)),
            ("Không đồng ý", Some(OutcomeKind::Refused)),
            ("Công dân rút", Some(OutcomeKind::Withdrawn)),
            ("Đang xử lý", None),
            ("Chưa có kết quả", None),
            ("Đã trảng", None),
            ("", None),
        ] {
            assert_eq!(names.end(state), end, "{state}");
        }
    }

    #[test]
    fn no_built_in_name_means_two_things() {
        let names = Names::of(&Mapping::default());
        assert!(names.fields.values().all(|fields| fields.len() == 1));
    }
}
