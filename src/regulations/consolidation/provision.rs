//! How the provision that amends is called: `khoản 30 Điều 1 Luật 62/2020/QH14`.

use super::collect::Placed;
use crate::regulations::amendment::Stated;

/// `điểm a khoản 30 Điều 1`.
fn place(stated: &Stated, article: &str) -> String {
    let point = stated.point.as_ref().map(|point| format!("điểm {point} "));
    let clause = stated.clause.as_ref().map(|clause| format!("khoản {clause} "));
    format!("{}{}Điều {article}", point.unwrap_or_default(), clause.unwrap_or_default())
}

/// `khoản 30 Điều 1 Luật 62/2020/QH14`.
pub(super) fn named(change: &Placed) -> String {
    let kind = match change.host.document_type.trim() {
        "" => "của",
        kind => kind,
    };
    let place = place(&change.amendment.stated, &change.host.number);
    format!("{place} {kind} {}", change.host.document_number)
}

/// Of all provisions that change an article: `khoản 30 Điều 1 của 62/2020/QH14`, as [`crate::regulations::force`] has it.
/// Several points of one clause are that clause.
pub(super) fn stated(group: &[Placed]) -> String {
    let mut places: Vec<String> = Vec::new();
    for change in group {
        let of_clause = |other: &&Placed| {
            other.host.number == change.host.number
                && other.amendment.stated.clause == change.amendment.stated.clause
        };
        let mut points = group.iter().filter(of_clause).map(|other| &other.amendment.stated.point);
        let first = points.next();
        let stated = &change.amendment.stated;
        let stated = match points.all(|point| Some(point) == first) {
            true => stated.clone(),
            false => Stated { point: None, ..stated.clone() },
        };
        let place = place(&stated, &change.host.number);
        if !places.contains(&place) {
            places.push(place);
        }
    }
    let number = group.first().map(|change| change.host.document_number.as_str()).unwrap_or_default();
    format!("{} của {number}", places.join(", "))
}
