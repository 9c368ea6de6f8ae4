//! Whether a decoded text can have been said: loops, impossible haste, and sentences that Whisper invents.

use std::collections::HashMap;

use super::Rejection;
use crate::vietnamese::syllables;

/// Nobody speaks faster, in syllables a second; fast Vietnamese is 5 to 6.
pub const MAX_SYLLABLES_PER_SECOND: f64 = 8.0;

/// Nobody speaks slower than this for long, in syllables to a second of voice; what has fewer is noise with a word or two
/// read into it.
const MIN_SYLLABLES_PER_SECOND: f64 = 0.5;
/// Shorter sound may hold a single word.
const LONG_SECONDS: f64 = 4.0;

/// What Whisper says in Vietnamese when nobody does, learnt from the end of videos. In canonical spelling.
const KNOWN_HALLUCINATIONS: &[&str] = &[
    "hãy subscribe cho kênh",
    "để không bỏ lỡ những video hấp dẫn",
    "cảm ơn các bạn đã theo dõi",
    "cảm ơn các bạn đã xem",
    "cảm ơn đã theo dõi",
    "cảm ơn đã xem video",
    "hẹn gặp lại các bạn trong những video",
    "hẹn gặp lại các bạn ở những video",
    "các bạn nhớ đăng ký kênh",
    "hãy đăng ký kênh",
    "đăng ký kênh để",
    "like share và subscribe",
    "ghiền mì gõ",
    "la la school",
    "phụ đề được thực hiện bởi",
    "subtitles by",
];

/// The known hallucination that the text holds, if any, as bytes of where it starts in the canonical spelling.
fn hallucination_start(words: &str) -> Option<usize> {
    KNOWN_HALLUCINATIONS.iter().filter_map(|phrase| words.find(phrase)).min()
}

/// The text without a trailing invented sentence; empty when nothing else is left.
///
/// Only whole sentences go: the text is cut at the last sentence end before the phrase.
pub fn without_hallucination(text: &str) -> Option<String> {
    let joined = |text: &str| syllables(text).collect::<Vec<_>>().join(" ");
    hallucination_start(&joined(text))?;
    let mut kept = String::new();
    for sentence in text.split_inclusive(['.', '!', '?']) {
        if hallucination_start(&joined(&format!("{kept}{sentence}"))).is_some() {
            break;
        }
        kept.push_str(sentence);
    }
    Some(kept.trim().to_owned())
}

/// Whether the text repeats itself as a decoder does that is caught in a loop: a run of one to six syllables,
/// said at least four times on end (three times for runs of four and more).
pub fn is_loop(text: &str) -> bool {
    let words: Vec<String> = syllables(text).collect();
    for length in 1..=6usize {
        let needed = if length >= 4 { 3 } else { 4 };
        let mut repeats = 1;
        let mut at = length;
        while at + length <= words.len() {
            if words[at - length..at] == words[at..at + length] {
                repeats += 1;
                if repeats >= needed {
                    return true;
                }
                at += length;
            } else {
                repeats = 1;
                at += 1;
            }
        }
    }
    most_said_share(&words) > 0.5
}

/// The share of the text that its most frequent run of three syllables covers, in long texts.
fn most_said_share(words: &[String]) -> f64 {
    if words.len() < 24 {
        return 0.0;
    }
    let mut counts: HashMap<&[String], usize> = HashMap::new();
    for run in words.windows(3) {
        *counts.entry(run).or_default() += 1;
    }
    let most = counts.values().copied().max().unwrap_or(0);
    (most * 3) as f64 / words.len() as f64
}

/// Whether the text has more syllables than a mouth can say in `seconds`.
pub fn is_too_fast(text: &str, seconds: f64) -> bool {
    let count = syllables(text).count();
    count > 4 && count as f64 > MAX_SYLLABLES_PER_SECOND * seconds.max(0.5)
}

/// Whether a text has fewer syllables than anybody says in so many seconds of what seems to be a voice.
pub fn is_too_slow(text: &str, voiced_seconds: f64) -> bool {
    let count = syllables(text).count();
    voiced_seconds > LONG_SECONDS && (count as f64) < MIN_SYLLABLES_PER_SECOND * voiced_seconds
}

/// Whether nobody can have said a text in so many seconds: it loops, or is too fast for a mouth.
pub fn cannot_have_been_said(text: &str, seconds: f64) -> bool {
    is_loop(text) || is_too_fast(text, seconds)
}

/// What is left of a decoded text without the sentences that Whisper invents, or why nothing is.
pub fn without_inventions(text: String) -> Result<String, Rejection> {
    let text = match without_hallucination(&text) {
        Some(rest) if rest.is_empty() => return Err(Rejection::KnownHallucination),
        Some(rest) => rest,
        None => text,
    };
    if text.contains(char::is_alphanumeric) { Ok(text) } else { Err(Rejection::NoSpeech) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loops_are_caught_and_speech_is_not() {
        assert!(is_loop("và và và và và"));
        assert!(is_loop("Người lao động. Người lao động. Người lao động. Người lao động."));
        assert!(is_loop("tôi muốn hỏi về đất tôi muốn hỏi về đất tôi muốn hỏi về đất"));
        assert!(!is_loop("Xin giấy phép xây dựng nhà ở riêng lẻ cần giấy tờ gì?"));
        assert!(!is_loop("Một: ảnh số một. Hai: ảnh số hai. Ba: ảnh số ba."));
        assert!(!is_loop(""));
    }

    #[test]
    fn nobody_speaks_that_fast() {
        assert!(is_too_fast("một hai ba bốn năm sáu bảy tám chín mười", 1.0));
        assert!(!is_too_fast("một hai ba bốn năm sáu", 1.0));
    }

    #[test]
    fn a_word_in_ten_seconds_of_noise_is_none() {
        assert!(is_too_slow("Ừ.", 9.0));
        assert!(!is_too_slow("Ừ.", 0.6));
        assert!(!is_too_slow("Tôi muốn hỏi về đất đai", 5.0));
    }

    #[test]
    fn invented_sentences_go_and_real_ones_stay() {
        let invented = "Hãy subscribe cho kênh Ghiền Mì Gõ Để không bỏ lỡ những video hấp dẫn";
        assert_eq!(without_hallucination(invented).as_deref(), Some(""));
        let mixed = format!("Di chúc và thừa kế. {invented}");
        assert_eq!(without_hallucination(&mixed).as_deref(), Some("Di chúc và thừa kế."));
        assert_eq!(without_hallucination("Đăng ký kết hôn ở đâu?"), None);
    }
}
