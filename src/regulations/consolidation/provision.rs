//! How the provision that amends is called: `khoản 30 Điều 1 Luật 62/2020/QH14`.

use super::collect::Placed;

/// `điểm a khoản 30 Điều 1`.
fn place(change: &Placed) -> String {
    let stated = &change.amendment.stated;
    let point = stated.point.as_ref().map(|point| format!("điểm {point} "));
    let clause = stated.clause.as_ref().map(|clause| format!("khoản {clause} "));
    format!("{}{}Điều {}", point.unwrap_or_default(), clause.unwrap_or_default(), change.host.number)
}

/// `khoản 30 Điều 1 Luật 62/2020/QH14`.
pub(super) fn named(change: &Placed) -> String {
    let kind = match change.host.document_type.trim() {
        "" => "của",
        kind => kind,
    };
    format!("{} {kind} {}", place(change), change.host.document_number)
}

/// Of all provisions that change an article: `khoản 30 Điều 1 của 62/2020/QH14`, as [`crate::regulations::force`] has it.
pub(super) fn stated(group: &[Placed]) -> String {
    let mut places: Vec<String> = Vec::new();
    for change in group {
        let place = place(change);
        if !places.contains(&place) {
            places.push(place);
        }
    }
    let number = group.first().map(|change| change.host.document_number.as_str()).unwrap_or_default();
    format!("{} của {number}", places.join(", "))
}
