//! Whether a quoted clause has exceptions in other clauses of its article, and where; and which clause it refers to.

use std::sync::LazyLock;

use regex::Regex;

use crate::regulations::structure::Clause;

static EXCEPT: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)trừ\s+(?:các\s+|những\s+)?(?:trường hợp|đối tượng)?[^.;\n]{0,60}?(?:quy định\s+)?tại\s+([^.;\n]{0,80}?)\s*(Điều này|của Điều này|Điều \d+[a-zđ]?(?:\s+(?:của\s+)?(?:Luật|Bộ luật|Nghị định|Thông tư) này)?)")
        .expect("a constant pattern")
});
static CLAUSES: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)((?:điểm\s+[a-zđ](?:(?:,|\s+và|\s+hoặc)\s+(?:điểm\s+)?[a-zđ]\b)*\s+)?(?:các\s+)?khoản\s+\d+[a-zđ]?(?:(?:,|\s+và|\s+hoặc)\s+(?:khoản\s+)?\d+[a-zđ]?)*)").expect("a constant pattern")
});
static NOT_APPLIED: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(
        r"(?i)^\s*(?:\d+[a-zđ]?\.)?\s*(?:không áp dụng|(?:các\s+)?quy định tại[^.;\n]{0,80}không áp dụng)",
    )
    .expect("a constant pattern")
});
static OWN_CASE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)^\s*(?:\d+[a-zđ]?\.)?\s*(?:trong\s+)?trường hợp\b").expect("a constant pattern")
});
static REFERS: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)(?:quy định|nêu)\s+tại\s+(?:điểm\s+[a-zđ]\s+)?khoản\s+(\d+[a-zđ]?)\s+Điều này")
        .expect("a constant pattern")
});

/// The sentence on exceptions to a clause: `Có ngoại lệ tại khoản 3 Điều này.`; empty where there are none.
pub fn note(text: &str, clauses: &[Clause], chosen: Option<&str>, quoted: &str) -> String {
    let mut places: Vec<String> = Vec::new();
    for found in EXCEPT.captures_iter(quoted) {
        let place = CLAUSES.find(&found[1]).map(|clauses| format!("{} ", lower_first(clauses.as_str())));
        let article = found[2].trim_start_matches("của ").to_owned();
        // An exception in the quoted words themselves needs no pointer.
        if place.is_none() && article == "Điều này" {
            continue;
        }
        push(&mut places, format!("{}{article}", place.unwrap_or_default()));
    }
    let Some(number) = chosen else { return sentence("Có ngoại lệ tại", &places) };
    let others =
        || clauses.iter().filter(|clause| clause.number.as_deref().is_some_and(|other| other != number));
    for clause in others().filter(|clause| NOT_APPLIED.is_match(&text[clause.span.clone()])) {
        push(&mut places, format!("khoản {} Điều này", clause.number.as_deref().unwrap_or_default()));
    }
    let mut own: Vec<String> = Vec::new();
    let at = clauses.iter().position(|clause| clause.number.as_deref() == Some(number));
    for (index, clause) in clauses.iter().enumerate() {
        let words = &text[clause.span.clone()];
        let Some(other) = clause.number.as_deref().filter(|other| *other != number) else { continue };
        let follows = at.is_some_and(|at| index == at + 1);
        let refers = words.contains(&format!("khoản {number} Điều này"));
        let place = format!("khoản {other} Điều này");
        if OWN_CASE.is_match(words) && (follows || refers) && !places.contains(&place) {
            push(&mut own, place);
        }
    }
    let (exceptions, cases) =
        (sentence("Có ngoại lệ tại", &places), sentence("Có trường hợp riêng tại", &own));
    [exceptions, cases].into_iter().filter(|s| !s.is_empty()).collect::<Vec<_>>().join(" ")
}

fn sentence(head: &str, places: &[String]) -> String {
    if places.is_empty() { String::new() } else { format!("{head} {}.", places.join("; ")) }
}

fn push(places: &mut Vec<String>, place: String) {
    if !places.contains(&place) {
        places.push(place);
    }
}

fn lower_first(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_lowercase().chain(letters).collect()).unwrap_or_default()
}

/// The numbers of the clauses of the same article to which a clause refers.
pub fn referred(words: &str) -> Vec<String> {
    REFERS.captures_iter(words).map(|found| found[1].to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::regulations::structure::clauses;

    fn note_on(text: &str, number: &str) -> String {
        let parts = clauses(text);
        let quoted = parts.iter().find(|c| c.number.as_deref() == Some(number)).unwrap();
        note(text, &parts, Some(number), &text[quoted.span.clone()])
    }

    #[test]
    fn exceptions_are_pointed_at() {
        let text =
            "1. Phải báo trước 30 ngày, trừ trường hợp quy định tại khoản 3 Điều này.\n2. Hai.\n3. Ba.";
        assert_eq!(note_on(text, "1"), "Có ngoại lệ tại khoản 3 Điều này.");
        assert_eq!(note_on(text, "2"), "");
        let text = "1. Được nghỉ 12 ngày.\n2. Không áp dụng khoản 1 đối với người nước ngoài.";
        assert_eq!(note_on(text, "1"), "Có ngoại lệ tại khoản 2 Điều này.");
        let text = "1. Trong 05 ngày.\n2. Trường hợp phức tạp thì 10 ngày.\n3. Trường hợp khác.";
        assert_eq!(note_on(text, "1"), "Có trường hợp riêng tại khoản 2 Điều này.");
        let text = "1. Được làm, trừ trường hợp quy định tại các khoản 2 và 4 Điều này và Điều 9.\n2. Hai.";
        assert!(note_on(text, "1").starts_with("Có ngoại lệ tại các khoản 2 và 4 Điều này"));
        assert_eq!(note_on("1. Được làm, trừ trường hợp bất khả kháng.", "1"), "");
    }

    #[test]
    fn a_reference_names_its_clause() {
        assert_eq!(referred("theo mức quy định tại khoản 2 Điều này"), ["2"]);
        assert!(referred("quy định tại khoản 2 Điều 5").is_empty());
    }
}
