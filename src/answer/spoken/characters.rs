//! The first and the last step: which characters come in, and which go out.
//!
//! In: one spelling of what is written in many (dashes, spaces, full-width forms, Cyrillic letters that look Latin), no
//! website residue, signs as words. Out: Latin letters, spaces, and the marks that make pauses.

use unicode_normalization::UnicodeNormalization;

use super::context::{pattern, replace};

/// Letters of other alphabets that texts have in the place of Latin ones.
const LOOKALIKES: (&str, &str) = ("АВЕКМНОРСТХаеорсхуі", "ABEKMHOPCTXaeopcxyi");

pattern!(TAG, r"</?[A-Za-z][^<>\n]{0,80}>|</p\b");
pattern!(ENTITY, r"&(?:nbsp|lt|gt|quot|amp|#\d{1,5});");
pattern!(AND_SO_ON, r"(?i)\bv\s?[.,]\s?v\b(?:\s?\.(?:\s?\.)*|…)*");
pattern!(LEADERS, r"(?:…|\.\s?\.\s?\.)[….]*");
pattern!(DEGREES, r"(\d)\s?[oO]C\b");
pattern!(BRACKETS, r"\s?[(\[]([^()\[\]\n]{1,160})[)\]]");
pattern!(RULES, r"[-_=*~]{2,}");
pattern!(
    COORDINATE,
    r#"(\d{1,3})\s?°\s?(\d{1,2})\s?['’′‘]\s?(?:(\d{1,2}(?:[.,]\d{1,4})?)\s?(?:["”″]|['’′]{2})\s?)?([NESWBĐ]\b)?"#
);
pattern!(MARKS, r"[.,;:?!](?:\s*[.,;:?!])+");
pattern!(BEFORE_MARK, r"\s+([.,;:?!])");

/// The text as the rules expect it.
pub(super) fn clean(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.nfc() {
        match c {
            '\n' | '\u{2028}' | '\u{2029}' | '\u{b}' | '\u{c}' => out.push('\n'),
            // Zero-width characters and the soft hyphen stand inside words.
            '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}' | '\u{feff}' => {}
            c if c.is_whitespace() || c.is_control() => out.push(' '),
            '\u{ff01}'..='\u{ff5e}' => out.extend(char::from_u32(c as u32 - 0xfee0)),
            '‐' | '‑' | '‒' | '–' | '−' | '―' => out.push('-'),
            '—' => out.push_str(" , "),
            'º' | '˚' => out.push('°'),
            '℃' => out.push_str("°C"),
            '²' => out.push('2'),
            '³' => out.push('3'),
            '½' => out.push_str(" 1/2"),
            '¼' => out.push_str(" 1/4"),
            '¾' => out.push_str(" 3/4"),
            'μ' => out.push('µ'),
            'Ð' => out.push('Đ'),
            'ð' => out.push('đ'),
            '×' | '˟' => out.push('x'),
            '|' | '│' | '¦' => out.push_str(", "),
            c => out.push(lookalike(c)),
        }
    }
    let text = TAG.replace_all(&out, " ");
    let text = ENTITY.replace_all(&text, |m: &regex::Captures| match &m[0] {
        "&lt;" => " < ",
        "&gt;" => " > ",
        "&amp;" => "&",
        _ => " ",
    });
    let text = AND_SO_ON.replace_all(&text, "vân vân ");
    let text = replace(&LEADERS, &text, |_, around| {
        let next = around.after.trim_start().chars().next();
        let pause = match next {
            Some('/' | ')') => " ",
            Some(c) if c.is_lowercase() || c == ',' => " , ",
            _ => ". ",
        };
        Some(pause.to_owned())
    });
    let text = DEGREES.replace_all(&text, "$1°C");
    let text = RULES.replace_all(&text, " ");
    replace(&COORDINATE, &text, |m, _| {
        let direction = match m.get(4).map(|side| side.as_str()) {
            Some("N" | "B") => " bắc",
            Some("E" | "Đ") => " đông",
            Some("S") => " nam",
            Some("W") => " tây",
            _ => "",
        };
        let seconds = m.get(3).map(|seconds| format!(" {} giây", seconds.as_str().replace('.', ",")));
        Some(format!("{} độ {} phút{}{direction} ", &m[1], &m[2], seconds.unwrap_or_default()))
    })
}

fn lookalike(c: char) -> char {
    if c.is_ascii() {
        return c;
    }
    let at = LOOKALIKES.0.chars().position(|look| look == c);
    at.and_then(|at| LOOKALIKES.1.chars().nth(at)).unwrap_or(c)
}

/// What a sign is called where it stands between words.
fn sign(c: char) -> Option<&'static str> {
    Some(match c {
        '&' => " và ",
        '≥' => " lớn hơn hoặc bằng ",
        '≤' => " nhỏ hơn hoặc bằng ",
        '>' => " lớn hơn ",
        '<' => " nhỏ hơn ",
        '=' => " bằng ",
        '≠' => " khác ",
        '≈' => " xấp xỉ ",
        '±' => " cộng trừ ",
        '√' => " căn bậc hai của ",
        'α' => " an pha ",
        'β' => " bê ta ",
        'γ' => " gam ma ",
        'δ' | 'Δ' | '∆' => " đen ta ",
        'λ' => " lam đa ",
        'π' => " pi ",
        'µ' => " mi crô ",
        '°' => " độ ",
        _ => return None,
    })
}

/// Words and marks only: signs are named, brackets are pauses, everything else that no voice says is gone.
pub(super) fn finish(text: &str) -> String {
    let mut named = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        match sign(c) {
            Some(name) => named.push_str(name),
            None => named.push(c),
        }
    }
    let text = replace(&BRACKETS, &named, |m, around| {
        let (said, before) = (comparable(&m[1]), comparable(&around.lead()));
        if said.is_empty() {
            return Some(String::new());
        }
        let rest = before.strip_suffix(said.as_str())?;
        (rest.is_empty() || rest.ends_with(' ')).then(String::new)
    });
    let mut out = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        match c {
            'ª' | '×' | '÷' => out.push(' '),
            c if is_latin(c) || c.is_whitespace() || ".,;:?!".contains(c) => out.push(c),
            '(' | ')' | '[' | ']' => out.push_str(" , "),
            _ => out.push(' '),
        }
    }
    tidy(&out)
}

/// Words alone, numbers in one of the ways in which they are written: what stands in brackets after its equal (`hai mươi
/// tư (24) giờ`, `02 (hai) bộ`, `một phần ba (1/3)`) is not said twice.
fn comparable(text: &str) -> String {
    let words = text.split(|c: char| !c.is_alphabetic()).filter(|word| !word.is_empty());
    let words: Vec<String> = words
        .map(|word| match word.to_lowercase().as_str() {
            "lẻ" => "linh".to_owned(),
            "ngàn" => "nghìn".to_owned(),
            "tư" => "bốn".to_owned(),
            "bẩy" => "bảy".to_owned(),
            lower => lower.to_owned(),
        })
        .collect();
    words.join(" ")
}

fn is_latin(c: char) -> bool {
    c.is_alphabetic() && (c <= '\u{24f}' || ('\u{1e00}'..='\u{1eff}').contains(&c))
}

/// One space between words, none before a mark, of several marks the strongest, none at the beginning of a line.
fn tidy(text: &str) -> String {
    text.lines()
        .map(|line| {
            let line = line.split_whitespace().collect::<Vec<_>>().join(" ");
            let line = BEFORE_MARK.replace_all(&line, "$1");
            let line = MARKS.replace_all(&line, |m: &regex::Captures| {
                let strongest = ['?', '!', '.', ';', ':'].into_iter().find(|mark| m[0].contains(*mark));
                strongest.unwrap_or(',').to_string()
            });
            // A mark inside a word (`tổ chức,cá nhân`) is a pause like any other.
            let mut spaced = String::with_capacity(line.len());
            let mut last = ' ';
            for c in line.chars() {
                if c.is_alphabetic() && ".,;:?!".contains(last) {
                    spaced.push(' ');
                }
                spaced.push(c);
                last = c;
            }
            let line = spaced.trim_start_matches(|c: char| ".,;:?! ".contains(c));
            line.trim_end_matches([',', ' ']).to_owned()
        })
        .filter(|line| line.chars().any(char::is_alphabetic))
        .collect::<Vec<_>>()
        .join("\n")
}
