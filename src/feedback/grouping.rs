//! Texts that say nearly the same, put together, so that staff read them once.
//!
//! Two texts are compared by their syllables without diacritics: which they have in common (so that another order of the
//! same words is still the same), and which pairs of neighbours. [`group`] compares each text only with those that share a
//! part of its sketch (MinHash with bands), so that 10,000 texts take little more than ten times as long as 1,000.
//!
//! A group only puts together. It hides nothing and decides nothing: every member is kept, and can be read and released alone.

use std::collections::HashMap;

use jiff::civil::DateTime;
use serde::{Deserialize, Serialize};

use crate::vietnamese::{fold, words_at};

/// From this similarity on, two texts say nearly the same.
pub const NEARLY_THE_SAME: f32 = 0.6;
/// So many texts of a group within [`FLOOD_MINUTES`] are a flood.
pub const FLOOD_TEXTS: usize = 10;
/// The length of the window in which a flood comes, in minutes.
pub const FLOOD_MINUTES: i64 = 10;

/// What of a text is compared: no more syllables than these.
const MOST_WORDS: usize = 2_000;
/// The sketch: so many bands of so many rows. Two texts with two thirds of their syllables in common share a band in 97 of 100 cases.
const BANDS: usize = 16;
const ROWS: usize = 4;
/// No more leaders in one bucket are compared with a text, the latest first: what a sender can make up shall not slow us.
const MOST_CANDIDATES: usize = 64;

/// What of a text is compared with others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fingerprint {
    /// Its syllables, hashed, in order of the hash, each once.
    words: Vec<u64>,
    /// Its pairs of neighbouring syllables, likewise.
    pairs: Vec<u64>,
}

/// Texts that say nearly the same.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Group<I> {
    /// All of them, the earliest first; that one stands for the others.
    pub members: Vec<I>,
    /// When the first came.
    pub first: DateTime,
    /// When the last came.
    pub last: DateTime,
    /// Whether [`FLOOD_TEXTS`] or more came within [`FLOOD_MINUTES`].
    pub is_flood: bool,
}

/// The fingerprint of a text. A text without a word has that of its signs.
pub fn fingerprint(text: &str) -> Fingerprint {
    let folded = fold(text);
    let mut words: Vec<u64> =
        words_at(&folded).take(MOST_WORDS).map(|(word, _)| hash(unstretched(word).as_bytes())).collect();
    if words.is_empty() {
        words.push(hash(folded.trim().as_bytes()));
    }
    let mut pairs: Vec<u64> =
        words.iter().zip(words.iter().skip(1)).map(|(one, next)| mixed(one.rotate_left(17) ^ next)).collect();
    for list in [&mut words, &mut pairs] {
        list.sort_unstable();
        list.dedup();
    }
    Fingerprint { words, pairs }
}

/// How much two texts have in common, from 0 to 1: two thirds by syllables, one third by pairs of them.
pub fn similarity(one: &Fingerprint, other: &Fingerprint) -> f32 {
    let words = jaccard(&one.words, &other.words);
    if one.pairs.is_empty() || other.pairs.is_empty() {
        return words;
    }
    (2.0 * words + jaccard(&one.pairs, &other.pairs)) / 3.0
}

/// Puts together what says nearly the same: groups in order of their first text, which every member resembles.
/// The same items give the same groups.
pub fn group<I: Clone>(items: &[(I, &str, DateTime)]) -> Vec<Group<I>> {
    let mut order: Vec<usize> = (0..items.len()).collect();
    order.sort_by_key(|&n| items.get(n).map(|(_, _, at)| *at));
    let mut leaders: Vec<(Fingerprint, Vec<usize>)> = Vec::new();
    let mut buckets: HashMap<u64, Vec<usize>> = HashMap::new();
    for n in order {
        let Some((_, text, _)) = items.get(n) else { continue };
        let print = fingerprint(text);
        let bands = bands(&print);
        let mut candidates: Vec<usize> = bands
            .iter()
            .filter_map(|band| buckets.get(band))
            .flat_map(|bucket| bucket.iter().rev().take(MOST_CANDIDATES))
            .copied()
            .collect();
        candidates.sort_unstable();
        candidates.dedup();
        // The most similar; of equals the earliest.
        let best = candidates
            .into_iter()
            .filter_map(|leader| Some((similarity(&leaders.get(leader)?.0, &print), leader)))
            .filter(|(similarity, _)| *similarity >= NEARLY_THE_SAME)
            .max_by(|one, other| one.0.total_cmp(&other.0).then(other.1.cmp(&one.1)));
        match best.and_then(|(_, leader)| leaders.get_mut(leader)) {
            Some((_, members)) => members.push(n),
            None => {
                for band in bands {
                    buckets.entry(band).or_default().push(leaders.len());
                }
                leaders.push((print, vec![n]));
            }
        }
    }
    leaders.into_iter().filter_map(|(_, members)| of_members(items, &members)).collect()
}

fn of_members<I: Clone>(items: &[(I, &str, DateTime)], members: &[usize]) -> Option<Group<I>> {
    let members: Vec<&(I, &str, DateTime)> = members.iter().filter_map(|&n| items.get(n)).collect();
    let times: Vec<DateTime> = members.iter().map(|(_, _, at)| *at).collect();
    Some(Group {
        first: *times.first()?,
        last: *times.last()?,
        is_flood: is_flood(&times),
        members: members.into_iter().map(|(id, _, _)| id.clone()).collect(),
    })
}

/// Whether so many of the times, which are in order, lie within one window.
fn is_flood(times: &[DateTime]) -> bool {
    times.windows(FLOOD_TEXTS).any(|window| match window {
        [first, .., last] => last.duration_since(*first).as_secs() <= FLOOD_MINUTES * 60,
        _ => false,
    })
}

/// The shares of a sketch by which similar texts meet.
fn bands(print: &Fingerprint) -> Vec<u64> {
    let least = |row: usize| {
        let salt = mixed(row as u64 + 1);
        print.words.iter().map(|word| mixed(word ^ salt)).min().unwrap_or_default()
    };
    (0..BANDS)
        .map(|band| {
            (0..ROWS)
                .fold(mixed(band as u64), |key, row| mixed(key.rotate_left(9) ^ least(band * ROWS + row)))
        })
        .collect()
}

/// The share of two ordered lists that they have in common.
fn jaccard(one: &[u64], other: &[u64]) -> f32 {
    let (mut a, mut b, mut common) = (0, 0, 0_usize);
    while let (Some(left), Some(right)) = (one.get(a), other.get(b)) {
        common += usize::from(left == right);
        (a, b) = (a + usize::from(left <= right), b + usize::from(right <= left));
    }
    let all = one.len() + other.len() - common;
    if all == 0 { 1.0 } else { common as f32 / all as f32 }
}

/// `quááááá` → `qua`: a letter that is drawn out stands once.
fn unstretched(word: &str) -> String {
    let mut out = String::with_capacity(word.len());
    for c in word.chars() {
        if !out.ends_with(c) || c.is_ascii_digit() {
            out.push(c);
        }
    }
    out
}

/// FNV-1a, mixed: the same on every machine and in every version, as the order of groups rests on it.
fn hash(bytes: &[u8]) -> u64 {
    mixed(
        bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
            (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
        }),
    )
}

/// The finaliser of SplitMix64.
fn mixed(value: u64) -> u64 {
    let value = value.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let value = (value ^ (value >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let value = (value ^ (value >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    value ^ (value >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;
    use jiff::{SignedDuration, ToSpan};
    use std::time::Instant;

    fn alike(one: &str, other: &str) -> f32 {
        similarity(&fingerprint(one), &fingerprint(other))
    }

    #[test]
    fn the_same_in_other_clothes_is_nearly_the_same() {
        let text = "Đèn đường ngõ 12 phố Vọng hỏng ba tuần nay mà không ai sửa";
        for other in [
            "den duong ngo 12 pho vong hong ba tuan nay ma khong ai sua",
            "ĐÈN ĐƯỜNG NGÕ 12 PHỐ VỌNG HỎNG BA TUẦN NAY MÀ KHÔNG AI SỬA!!!",
            "Ba tuần nay đèn đường ngõ 12 phố Vọng hỏng mà không ai sửa",
            "Đèn đường ngõ 12 phố Vọng hỏng bốn tuần nay rồi mà không ai sửa",
            "Đèn đườnggg ngõ 12 phố Vọng hỏnggg ba tuần nay mà khônggg ai sửa",
        ] {
            assert!(alike(text, other) >= NEARLY_THE_SAME, "{other}: {}", alike(text, other));
        }
        assert!((alike(text, text) - 1.0).abs() < f32::EPSILON);
        for other in [
            "Rác ngõ 45 phố Huế không ai dọn hai ngày nay",
            "Cán bộ một cửa hẹn ba lần không trả kết quả",
            "Cống thoát nước ngõ 12 phố Vọng bị tắc, mưa là ngập",
            "",
            "👍",
        ] {
            assert!(alike(text, other) < NEARLY_THE_SAME, "{other}: {}", alike(text, other));
        }
        assert!(alike("👍", "👎") < NEARLY_THE_SAME && alike("👍", " 👍") > 0.9);
    }

    #[test]
    fn many_within_a_short_time_are_a_flood() {
        let start = date(2025, 11, 3).at(8, 0, 0, 0);
        let text = "Phường làm việc quá chậm, đề nghị kiểm tra";
        let quick: Vec<_> = (0..12).map(|n| (n, text, start.saturating_add((n as i64).seconds()))).collect();
        let groups = group(&quick);
        assert_eq!((groups.len(), groups[0].members.len(), groups[0].is_flood), (1, 12, true));
        let slow: Vec<_> = (0..12).map(|n| (n, text, start.saturating_add((n as i64 * 2).hours()))).collect();
        let groups = group(&slow);
        assert_eq!((groups.len(), groups[0].is_flood), (1, false));
        assert_eq!(groups[0].last.duration_since(groups[0].first), SignedDuration::from_hours(22));
        assert!(group::<u8>(&[]).is_empty());
    }

    /// 10,000 texts of 2,500 subjects, four forms each: put together as they were made, in bounded time.
    #[test]
    fn ten_thousand_texts_are_grouped() {
        const STEMS: [&str; 50] = [
            "đèn",
            "cống",
            "rác",
            "hồ",
            "sơ",
            "đất",
            "thuế",
            "nhà",
            "trường",
            "xe",
            "cầu",
            "chợ",
            "nước",
            "điện",
            "cây",
            "loa",
            "khói",
            "bụi",
            "giấy",
            "phép",
            "hộ",
            "khẩu",
            "căn",
            "cước",
            "khai",
            "sinh",
            "kết",
            "hôn",
            "bảo",
            "hiểm",
            "lương",
            "hưu",
            "trẻ",
            "em",
            "già",
            "yếu",
            "bệnh",
            "viện",
            "thuốc",
            "khám",
            "công",
            "an",
            "phường",
            "xã",
            "huyện",
            "tỉnh",
            "quán",
            "bia",
            "karaoke",
            "ồn",
        ];
        let start = date(2025, 11, 3).at(8, 0, 0, 0);
        let mut seed = 1_u64;
        let texts: Vec<(usize, String)> = (0..10_000)
            .map(|n| {
                let subject = n % 2_500;
                seed = subject as u64 + 1;
                let mut words: Vec<&str> = (0..14)
                    .map(|_| {
                        seed = mixed(seed);
                        STEMS[(seed % 50) as usize]
                    })
                    .collect();
                let text = match n / 2_500 {
                    0 => words.join(" "),
                    1 => fold(&words.join(" ")),
                    2 => {
                        words.rotate_left(5);
                        words.join(", ")
                    }
                    _ => format!("{} ạ!!!", words.join(" ").to_uppercase()),
                };
                (subject, text)
            })
            .collect();
        let items: Vec<_> = texts
            .iter()
            .enumerate()
            .map(|(n, (subject, text))| (*subject, text.as_str(), start.saturating_add((n as i64).minutes())))
            .collect();
        let begun = Instant::now();
        let groups = group(&items);
        let took = begun.elapsed();
        let mixed_up =
            groups.iter().filter(|group| group.members.iter().any(|id| *id != group.members[0])).count();
        eprintln!("10,000 texts: {} groups, {mixed_up} of them mixed, in {took:?}", groups.len());
        assert!((2_400..=2_650).contains(&groups.len()), "{} groups", groups.len());
        assert!(mixed_up <= 50, "{mixed_up} mixed");
        assert!(took.as_secs() < 60, "{took:?}");
        assert_eq!(groups.iter().map(|group| group.members.len()).sum::<usize>(), 10_000);
        assert_eq!(group(&items[..500]), group(&items[..500]));
    }
}
