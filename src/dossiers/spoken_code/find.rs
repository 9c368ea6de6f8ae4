//! Finds codes in utterances.
//!
//! Numbers are said for much else than codes. A stretch is taken for a code where a word beside it says so (`mã`, `hồ sơ
//! số`), where it has the shape of a whole code, or where the citizen was asked for the code.

use std::ops::Range;

use super::lattice::{Path, paths};
use super::numerals::Said;
use super::shape::{day_at, is_day, is_whole};
use super::tokens::{TokenKind, Tokens};
use super::{Reading, SpokenCode};

/// So many words are read at once; no code is said in more.
const WINDOW: usize = 110;
/// So many codes are looked for in an utterance, and so many stretches are read.
const MAX_CODES: usize = 6;
const MAX_STRETCHES: usize = 24;
/// So many words may stand between the word that announces a code and the code.
const BETWEEN: usize = 10;
/// Readings that cost so much more than the best are none.
const RELATIVE: f32 = 2.6;
/// Readings of a stretch.
const MAX_READINGS: usize = 16;
/// Cost of a reading whose parts were put in order, or that leaves out a day said at the end.
const REORDERED: f32 = 0.2;
/// Doubt of a reading that leaves out what may be a part of the code.
const LEFT_OUT: f32 = 0.7;
/// Cost of a reading that has not the shape of a whole code, where another has.
const SHAPELESS: f32 = 0.25;

/// `mã thuế` is no code of a dossier.
const OTHER_CODES: &[&str] = &[
    "thuế",
    "đơn",
    "vận",
    "bệnh",
    "phòng",
    "sản",
    "giảm",
    "ngành",
    "vạch",
    "bưu",
    "otp",
    "định",
    "qr",
    "khách",
    "bảo",
    "bhxh",
    "bhyt",
    "xác",
    "doanh",
    "chứng",
    "pin",
    "vùng",
    "nghề",
    "hàng",
    "lực",
    "trường",
    "tỉnh",
    "xã",
    "ngân",
    "lớp",
    "học",
    "số thuế",
    "mạng",
    "điện",
];
/// Words between `mã` and the code.
const AFTER_CUE: &[&str] = &[
    "mã", "số", "hồ", "sơ", "của", "tôi", "em", "anh", "chị", "cháu", "mình", "bác", "con", "bố", "mẹ",
    "ông", "bà", "nhà", "là", "thì", "có", "như", "sau", "này", "đây", "ghi", "nhận", "biên", "tui", "chồng",
    "vợ", "đó", "ạ", "dạ", "ờ", "à", "ừ", "ừm", "trên", "phiếu", "giấy", "hẹn", "bắt", "đầu", "bằng", "đọc",
    "code", "chú", "cô", "gia", "đình", "nó", "rồi", "mang", "bộ", "thủ", "tục", "dịch", "vụ", "công", "tra",
    "cứu", "tiếp", "được", "chữ", "nha", "nhé",
];
/// Words after which a short number counts something.
const UNITS: &[&str] = &[
    "ngày",
    "tháng",
    "tuần",
    "bản",
    "lần",
    "người",
    "triệu",
    "nghìn",
    "ngàn",
    "đồng",
    "tờ",
    "bộ",
    "giờ",
    "phút",
    "tuổi",
    "cái",
    "hồ",
    "trang",
    "phần",
    "hôm",
    "bữa",
    "loại",
    "giấy",
    "năm",
    "mét",
    "phường",
    "xã",
];

/// How surely the words before a stretch say that it is a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Cue {
    None,
    /// `ma` without diacritics, or a misheard `mã`.
    Weak,
    Sure,
}

/// The codes that are said in an utterance, in order. At most a few, and only the first words of a long text are looked
/// at; of a text without any, nothing.
pub fn find_spoken(text: &str) -> Vec<SpokenCode> {
    find(text, false)
}

/// The same of a reply to the question for the code: digits alone are taken for (a part of) it.
pub fn find_spoken_when_asked(text: &str) -> Vec<SpokenCode> {
    find(text, true)
}

/// Whether a code of a dossier is said in the text.
pub fn is_code_like(text: &str) -> bool {
    !find_spoken(text).is_empty()
}

fn find(text: &str, is_asked: bool) -> Vec<SpokenCode> {
    let tokens = Tokens::of(text);
    let said = Said::of(&tokens);
    let mut found: Vec<(usize, SpokenCode)> = Vec::new();
    let mut stretches = MAX_STRETCHES;
    for piece in pieces(&tokens) {
        let mut at = piece.start;
        while at < piece.end && found.len() < MAX_CODES && stretches > 0 {
            let window = at..piece.end.min(at + WINDOW);
            at = window.end;
            search(&said, text, window, is_asked, &mut stretches, &mut found);
        }
    }
    found.sort_by_key(|(start, _)| *start);
    found.truncate(MAX_CODES);
    found.into_iter().map(|(_, code)| code).collect()
}

/// The parts of an utterance that may hold a code: between words that are no part of one, and with a digit in them.
fn pieces(tokens: &Tokens) -> Vec<Range<usize>> {
    let mut pieces = Vec::new();
    let mut start = 0;
    for at in 0..=tokens.len() {
        let parts = match tokens.kind(at) {
            None | Some(TokenKind::Other) => true,
            Some(TokenKind::Stop) => tokens.get(at).is_some_and(|token| token.text != "."),
            _ => {
                let is_dossier = |at: usize| tokens.is(at, &["hồ"]) && tokens.is(at + 1, &["sơ"]);
                tokens.is(at, &["mã", "và", "hoặc"])
                    || is_dossier(at)
                    || at.checked_sub(1).is_some_and(is_dossier)
            }
        };
        if parts {
            if at > start {
                pieces.push(start..at);
            }
            start = at + 1;
        }
    }
    pieces
}

/// The best stretch of a window, and then what lies on either side of it.
fn search(
    said: &Said,
    text: &str,
    window: Range<usize>,
    is_asked: bool,
    stretches: &mut usize,
    found: &mut Vec<(usize, SpokenCode)>,
) {
    let mut open = vec![window];
    while let Some(window) = open.pop() {
        if window.is_empty() || *stretches == 0 {
            continue;
        }
        let paths = paths(said, window.start, window.end);
        let Some(best) = paths.first() else { continue };
        *stretches -= 1;
        let (start, end) = (best.start.max(window.start), best.end.min(window.end));
        open.push(end..window.end);
        open.push(window.start..start);
        let readings = readings(said, &paths, start..end);
        if is_taken(said, best, &readings, is_asked) {
            found.push((start, SpokenCode { range: range(said.tokens, text, start..end), readings }));
        }
    }
}

/// The bytes of the original text that bear these tokens.
fn range(tokens: &Tokens, text: &str, words: Range<usize>) -> Range<usize> {
    let start = tokens.get(words.start).map_or(0, |token| token.at.start);
    let end = words.end.checked_sub(1).and_then(|last| tokens.get(last)).map_or(start, |token| token.at.end);
    let kept =
        text.get(start..end).map_or(0, |text| text.trim_end_matches(['.', ',', '?', '!', ';', ':']).len());
    start..start + kept
}

/// The readings of a stretch, the likeliest first.
fn readings(said: &Said, paths: &[Path], words: Range<usize>) -> Vec<Reading> {
    let least = paths.first().map_or(0.0, |path| path.score);
    let mut found: Vec<Reading> = Vec::new();
    let overlaps = |path: &&Path| path.start < words.end && path.end > words.start;
    for path in paths.iter().filter(overlaps) {
        let left_out = left_out(said, &words, path);
        let (cost, doubt) = (path.score - least, path.doubt + left_out);
        found.push(Reading { text: path.text.clone(), cost, doubt });
        let Some((start, end)) = path.day.filter(|(_, end)| *end == path.text.len()) else { continue };
        let (head, day) =
            (path.text.get(..start).unwrap_or_default(), path.text.get(start..end).unwrap_or_default());
        let head = head.trim_end_matches(['.', '-']);
        if head.is_empty() {
            continue;
        }
        // `số mười hai ngày ba tháng mười một`: the day belongs before the number.
        let agency = head.trim_end_matches(|c: char| c.is_ascii_digit());
        let number = head.get(agency.len()..).unwrap_or_default();
        if (1..=7).contains(&number.len()) && !is_whole(&key_of(head)) {
            let agency = agency.trim_end_matches(['.', '-']);
            let parts = [agency, day, number].into_iter().filter(|part| !part.is_empty());
            let text = parts.collect::<Vec<_>>().join("-");
            found.push(Reading { text, cost: (cost - REORDERED).max(0.0), doubt });
        }
        // `mã … nộp ngày ba tháng mười một`: the day is not of the code.
        if head.len() >= 8 {
            found.push(Reading { text: head.to_owned(), cost: cost + REORDERED, doubt });
        }
    }
    let has_whole = found.iter().any(|reading| reading.cost < RELATIVE / 2.0 && reading.is_whole());
    for reading in found.iter_mut().filter(|reading| has_whole && !reading.is_whole()) {
        reading.cost += SHAPELESS;
    }
    found.sort_by(|a, b| a.cost.total_cmp(&b.cost));
    let mut kept: Vec<Reading> = Vec::new();
    for reading in found.into_iter().filter(|reading| reading.cost <= RELATIVE) {
        let key = reading.key();
        if kept.len() < MAX_READINGS && !kept.iter().any(|other| other.key() == key) {
            kept.push(reading);
        }
    }
    kept
}

/// The doubt of a reading that leaves out words at the ends of the stretch; none of a `không` that asks, and of a number
/// that counts something.
fn left_out(said: &Said, words: &Range<usize>, path: &Path) -> f32 {
    let tokens = said.tokens;
    let is_part = |at: usize| said.is_character(at) && !said.is_guess(at);
    let asks = |at: usize| at + 1 == words.end && tokens.is(at, &["không", "hông"]);
    let counts = tokens.is(words.end, UNITS);
    let after = (path.end..words.end).filter(|at| is_part(*at)).any(|at| !asks(at) && !counts);
    let before = (words.start..path.start).any(is_part);
    if after || before { LEFT_OUT } else { 0.0 }
}

/// The characters of a code without separators.
fn key_of(text: &str) -> String {
    text.chars().filter(|c| !matches!(c, '.' | '-')).collect()
}

fn is_taken(said: &Said, best: &Path, readings: &[Reading], is_asked: bool) -> bool {
    let tokens = said.tokens;
    let Some(first) = readings.first().map(Reading::key) else { return false };
    let digits = first.bytes().filter(u8::is_ascii_digit).count();
    let cue = cue(said, best.start);
    // Of a mishearing only the words around it say that it is a code.
    let is_whole = readings.iter().take(3).any(|reading| reading.cost < 0.7 && is_whole(&reading.key()));
    if is_whole && cue != Cue::None {
        return true;
    }
    if is_whole && !tokens.is(best.end, &["nghị", "luật"]) {
        return true;
    }
    let counts = digits <= 3 && tokens.is(best.end, UNITS);
    let is_day_alone = first.len() == 6 && best.day.is_some() && is_day(&first);
    if counts || is_day_alone {
        return false;
    }
    match cue {
        Cue::Sure => digits >= 2,
        Cue::Weak => digits >= 6,
        Cue::None => is_asked && digits >= if day_at(&first).is_some() { 2 } else { 3 },
    }
}

/// What the words before a place say of it.
fn cue(utterance: &Said, at: usize) -> Cue {
    let tokens = utterance.tokens;
    let mut said = Vec::new();
    let mut is_strange = false;
    for before in (0..at).rev() {
        if said.len() > BETWEEN {
            return Cue::None;
        }
        match tokens.kind(before) {
            Some(TokenKind::Pause | TokenKind::Sign) => continue,
            Some(TokenKind::Word) => {}
            // `Mã hồ sơ. H29`: heard as two sentences.
            Some(TokenKind::Stop) if said.is_empty() => continue,
            _ => return Cue::None,
        }
        let follows = |n: usize, words: &[&str]| tokens.is(before + n, words);
        let is_dossier = |n: usize| follows(n, &["hồ"]) && follows(n + 1, &["sơ"]);
        if tokens.is(before, &["mã"]) {
            let is_other = follows(1, OTHER_CODES) || follows(1, &["số"]) && follows(2, OTHER_CODES);
            return match () {
                () if is_other => Cue::None,
                () if is_strange => Cue::Weak,
                () if !tokens.is_folded || said.len() > 1 || is_dossier_before(tokens, before) => Cue::Sure,
                () => Cue::Weak,
            };
        }
        if tokens.is(before, &["má", "mả", "mạ", "mà", "mãi"]) && (said.is_empty() || is_dossier(1)) {
            return Cue::Weak;
        }
        let names_a_number = is_dossier(0) && follows(2, &["số"]) && !follows(3, &["lượng", "của"])
            || follows(0, &["số"]) && is_dossier(1)
            || follows(0, &["biên"]) && follows(1, &["nhận"])
            || follows(0, &["phiếu", "giấy"]) && follows(1, &["hẹn", "tiếp", "biên"]);
        if names_a_number {
            return Cue::Sure;
        }
        // What may be a part of the code, heard too badly to be taken for one.
        if !tokens.is(before, AFTER_CUE) && !utterance.is_character(before) {
            if is_strange || !said.is_empty() {
                return Cue::None;
            }
            // One word that is none: the first letter, heard as something else.
            is_strange = true;
        }
        said.push(before);
    }
    Cue::None
}

fn is_dossier_before(tokens: &Tokens, at: usize) -> bool {
    (1..=4).any(|n| at.checked_sub(n).is_some_and(|before| tokens.is(before, &["sơ"])))
}
