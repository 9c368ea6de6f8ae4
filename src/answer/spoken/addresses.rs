//! Addresses, files and telephone numbers. An address of the web or of a mailbox is named, not spelt: it stands on the
//! screen. A telephone number is read digit by digit.

use super::context::{pattern, replace};
use super::letters::code;
use super::numbers::digit_by_digit;

/// What announces a page; its address after that says nothing to the ear.
const PAGE_NAMED: &[&str] = &[
    "trang thông tin điện tử",
    "cổng thông tin điện tử",
    "cổng dịch vụ công",
    "cổng dịch vụ công quốc gia",
    "cổng thông tin quốc gia",
    "cơ sở dữ liệu quốc gia",
    "website",
    "trang web",
    "trang điện tử",
];
/// What announces a mailbox.
const MAILBOX_NAMED: &[&str] = &["email", "e-mail", "thư điện tử", "hộp thư", "mail"];
/// What announces a telephone number.
const TELEPHONE_NAMED: &[&str] = &[
    "điện thoại",
    "số điện thoại",
    "điện thoại số",
    "đường dây nóng",
    "đường dây nóng số",
    "tổng đài",
    "tổng đài số",
    "hotline",
    "gọi",
    "gọi số",
    "fax",
    "đt",
    "tel",
    "số máy",
];
/// What announces a number that only identifies somebody or something.
const IDENTITY_NAMED: &[&str] = &[
    "cccd",
    "cccd số",
    "số cccd",
    "cmnd",
    "cmnd số",
    "số cmnd",
    "căn cước công dân số",
    "căn cước số",
    "số định danh cá nhân",
    "số căn cước",
    "mã số thuế",
    "mst",
    "mã số",
    "mã số doanh nghiệp",
    "tài khoản",
    "tài khoản số",
    "số tài khoản",
    "mã định danh",
];

pattern!(
    MAILBOX,
    r"(?::\s?)?\(?\b[A-Za-z0-9][A-Za-z0-9._+\-]{0,63}@[A-Za-z0-9][A-Za-z0-9\-]{0,62}(?:\.[A-Za-z0-9\-]{1,62}){1,5}\)?"
);
pattern!(
    PAGE,
    r"(?i)(?:\s(?:tại |theo |có )?địa chỉ:?\s)?[(\[]?\b(?:(?:https?://|www\.)[^\s()\[\]]+|[a-z0-9][a-z0-9\-]{0,62}(?:\.[a-z0-9\-]{1,62}){0,4}\.(?:vn|com|net|org|info|edu|gov)\b(?:/[^\s()\[\]]*)?)[)\]]?"
);
pattern!(
    FILE_LINE,
    r"(?m)^[^\n;]{0,200}(?:[_\d][^\n;]{0,60}\.(?:xlsx?|pdf|pptx?)|\.(?:docx?|rar|zip))[ \t]*$"
);
pattern!(FILE, r"(?i)\b[^\s()]{1,120}\.(?:docx?|xlsx?|pdf|rar|zip|pptx?)\b");
pattern!(TELEPHONE, r"(?:\(\+?\d{2,4}\)\s?|\+84\s?)?\b(?:1[89]00|0\d{1,3}|\d{2,3})(?:[ .\-]?\d{2,4}){1,3}\b");
pattern!(PROCEDURE, r"\b\d\.\d{6}(?:\.\d{2,3}){0,3}(?:\.H\d{2}(?:\.\d{2})?)?\b");
pattern!(PLATE, r"\b(\d{2})\s?-?\s?([A-ZĐ]{1,2}\d?)\s?-\s?(\d{3}\.?\d{1,2})\b");
pattern!(IDENTITY, r"\b\d{3,16}\b");

pub(super) fn say(text: &str) -> String {
    let text = replace(&MAILBOX, text, |m, around| {
        let kept = if m[0].ends_with(')') && !m[0].contains('(') { ")" } else { "" };
        let announced = around.comes_after(MAILBOX_NAMED);
        let colon = if m[0].starts_with(':') { ":" } else { "" };
        if around.comes_after(&["địa chỉ"]) {
            return Some(format!(" thư điện tử {kept}"));
        }
        Some(if announced {
            kept.to_owned()
        } else {
            format!("{colon} địa chỉ thư điện tử {kept}")
        })
    });
    let text = FILE_LINE.replace_all(&text, "");
    let text = replace(&PAGE, &text, |m, around| {
        let address = m[0].trim_end_matches(['.', ',', ';', ':']);
        let marks = &m[0][address.len()..];
        let (opens, closes) = (address.contains(['(', '[']), address.ends_with([')', ']']));
        let kept = if closes && !opens { ")" } else { "" };
        let says_address = address.contains("địa chỉ");
        if around.comes_after(PAGE_NAMED) {
            return Some(format!("{kept}{marks}"));
        }
        let first =
            address.split_whitespace().next().filter(|word| says_address && *word != "địa").unwrap_or("");
        Some(format!(" {first} trang thông tin điện tử{kept}{marks}"))
    });
    let text = FILE.replace_all(&text, "tệp đính kèm");
    let text = replace(&PROCEDURE, &text, |m, _| {
        let parts = m[0].split('.').map(|part| match part.strip_prefix('H') {
            Some(digits) => format!("hát {}", digit_by_digit(digits)),
            None => digit_by_digit(part),
        });
        Some(parts.collect::<Vec<_>>().join(" chấm "))
    });
    let text = replace(&TELEPHONE, &text, |m, around| {
        let digits = m[0].bytes().filter(u8::is_ascii_digit).count();
        let grouped = m[0].split([' ', '.', '-']).skip(1).all(|group| group.len() == 3);
        let is_line = m[0].starts_with("1900") || m[0].starts_with("1800");
        let begins = is_line || m[0].starts_with(['0', '(', '+']) && digits >= 9;
        let announced = around.comes_after(TELEPHONE_NAMED);
        let fits = (8..=13).contains(&digits);
        // `1900 - 2000` are years, `12.000.000` is money.
        let is_sum = grouped && m[0].contains('.') && !m[0].starts_with(['0', '(', '+']);
        let is_years = is_line && m[0].contains('-') && digits == 8;
        let said = fits
            && (announced || begins)
            && !is_sum
            && !is_years
            && !around.is_glued_before()
            && around.last_before() != Some('/')
            && !around.after.starts_with(['/', ','])
            && (announced || !around.after.trim_start().starts_with("đồng"));
        said.then(|| digit_by_digit(&m[0]))
    });
    let text = replace(&PLATE, &text, |m, _| {
        Some(format!("{} {} {}", digit_by_digit(&m[1]), code(&m[2]), digit_by_digit(&m[3])))
    });
    replace(&IDENTITY, &text, |m, around| {
        let short = m[0].len() <= 5 && around.comes_after(TELEPHONE_NAMED) && m[0].starts_with('1');
        let long = m[0].len() >= 6 && around.comes_after(IDENTITY_NAMED) && !around.after.starts_with('.');
        (short || long).then(|| digit_by_digit(&m[0]))
    })
}
