//! What of a syllable survives mis-hearing: its initial, its first vowel and its final, in classes of sounds that
//! accents and engines mix up.
//!
//! * initials: tr/ch, s/x, d/gi/r/v, l/n, c/k/q are one each (regional mergers: Thompson, *A Vietnamese
//!   Reference Grammar*, 1965, ch. 2–3);
//! * vowels: tone and quality marks go, and of a diphthong the first vowel stays (`thừa`, `thử` → `thu`);
//! * finals: -n/-ng/-nh are one, -t/-c/-ch are one; glides go.
//!
//! Alone such a key says little; two neighbouring keys together say enough to find `di chúc` in `di trúc`.

use super::fold;

/// Initials, longest first, and their classes.
const INITIALS: [(&str, &str); 25] = [
    ("ngh", "ng"),
    ("tr", "ch"),
    ("ch", "ch"),
    ("ng", "ng"),
    ("nh", "nh"),
    ("ph", "f"),
    ("th", "th"),
    ("kh", "kh"),
    ("gh", "g"),
    ("gi", "z"),
    ("qu", "k"),
    ("b", "b"),
    ("c", "k"),
    ("k", "k"),
    ("q", "k"),
    ("d", "z"),
    ("r", "z"),
    ("v", "z"),
    ("s", "x"),
    ("x", "x"),
    ("l", "n"),
    ("n", "n"),
    ("g", "g"),
    ("h", "h"),
    ("m", "m"),
];

/// The key of one syllable in canonical spelling; numbers are their own key.
pub fn phonetic_key(syllable: &str) -> String {
    if syllable.chars().any(|c| c.is_ascii_digit()) {
        return syllable.to_owned();
    }
    // Folding would make one of đ and d, which nobody mixes up.
    if let Some(rest) = syllable.strip_prefix('đ') {
        return format!("dd{}", rhyme_key(&fold(rest)));
    }
    let plain = fold(syllable);
    if plain == "gi" || plain.starts_with("gi") && !plain[2..].starts_with(is_vowel) {
        return format!("z{}", rhyme_key(&plain[1..]));
    }
    for (initial, class) in INITIALS {
        if let Some(rest) = plain.strip_prefix(initial) {
            return format!("{class}{}", rhyme_key(rest));
        }
    }
    for plosive in ["t", "p"] {
        if let Some(rest) = plain.strip_prefix(plosive) {
            return format!("{plosive}{}", rhyme_key(rest));
        }
    }
    rhyme_key(&plain)
}

fn is_vowel(c: char) -> bool {
    matches!(c, 'a' | 'e' | 'i' | 'o' | 'u' | 'y')
}

/// First vowel and class of the final, of a rhyme without marks.
fn rhyme_key(rhyme: &str) -> String {
    let mut key = String::new();
    if let Some(vowel) = rhyme.chars().find(|c| is_vowel(*c)) {
        key.push(if vowel == 'y' { 'i' } else { vowel });
    }
    let last = rhyme.trim_start_matches(is_vowel);
    key.push_str(match last {
        "n" | "ng" | "nh" => "N",
        "t" | "c" | "ch" => "T",
        other => other,
    });
    key
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_misheard_keeps_its_key() {
        for (said, heard) in [
            ("chúc", "trúc"),
            ("thừa", "thử"),
            ("hưu", "hư"),
            ("lương", "nương"),
            ("sổ", "số"),
            ("cước", "cứt"),
            ("giấy", "dấy"),
            ("giấy", "rấy"),
            ("sinh", "xin"),
            ("gì", "dì"),
        ] {
            assert_eq!(phonetic_key(said), phonetic_key(heard), "{said} {heard}");
        }
    }

    #[test]
    fn what_differs_stays_apart() {
        for (one, other) in [("đất", "dất"), ("nhà", "na"), ("35", "36"), ("tám", "tán"), ("ta", "tha")]
        {
            assert_ne!(phonetic_key(one), phonetic_key(other));
        }
    }
}
