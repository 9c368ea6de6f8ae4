//! What several pages show: whether something is in force, a citation, links into the law, the form to ask again.

use jiff::civil::Date;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::answer::force::{Force, within_a_year};
use crate::answer::{Citation, FollowUp};
use crate::regulations::catalogue::DocumentStatus;
use crate::regulations::{Article, IndexError, Search};
use crate::vietnamese::vietnamese_date;

/// What is written as it is in the value of a query.
const PLAIN: &AsciiSet = &NON_ALPHANUMERIC.remove(b'/').remove(b'-').remove(b'.').remove(b'_');

/// The value of a query, escaped.
pub(super) fn escaped(text: &str) -> String {
    utf8_percent_encode(text, PLAIN).to_string()
}

/// The page of an article as of a day, or of today.
pub(in crate::server) fn article_link(document: &str, article: &str, day: Option<Date>) -> String {
    let day = day.map(|day| format!("&ngay={day}")).unwrap_or_default();
    format!("/luat/dieu?so={}&dieu={}{day}", escaped(document), escaped(article))
}

/// The page of a document.
pub(super) fn document_link(document: &str, day: Option<Date>) -> String {
    let day = day.map(|day| format!("&ngay={day}")).unwrap_or_default();
    format!("/luat/van-ban?so={}{day}", escaped(document))
}

/// The page of a guide.
pub(in crate::server) fn guide_link(id: &str) -> String {
    format!("/luat/thu-tuc?ten={}", escaped(id))
}

/// The comparison of an article's wordings on two days.
pub(super) fn compare_link(document: &str, article: &str, from: Date, to: Date) -> String {
    format!("/luat/so-sanh?so={}&dieu={}&tu={from}&den={to}", escaped(document), escaped(article))
}

/// An address of another site that may be linked to.
pub(super) fn web_address(url: Option<&str>) -> Option<String> {
    url.filter(|url| url.starts_with("https://") || url.starts_with("http://")).map(str::to_owned)
}

/// `Khoản 2, điểm a`: the place of a clause or a point in an article's page.
pub(super) fn anchor(clause: Option<&str>, point: Option<&str>) -> String {
    match (clause, point) {
        (Some(clause), Some(point)) => format!("khoan-{clause}-diem-{point}"),
        (Some(clause), None) => format!("khoan-{clause}"),
        (None, Some(point)) => format!("diem-{point}"),
        (None, None) => String::new(),
    }
}

/// What is known of the force of something, in two words and a colour; the colour is never alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Badge {
    /// The class of the style.
    pub tone: &'static str,
    pub words: &'static str,
}

impl Badge {
    const IN_FORCE: Self = Self { tone: "good", words: "Đang có hiệu lực" };
    const CONFIRMED: Self = Self { tone: "good", words: "Còn hiệu lực theo dữ liệu" };
    const ENDED: Self = Self { tone: "ended", words: "Đã hết hiệu lực" };
    const NOT_YET: Self = Self { tone: "unsure", words: "Chưa có hiệu lực" };
    const PARTLY: Self = Self { tone: "unsure", words: "Có hiệu lực một phần" };
    const UNKNOWN: Self = Self { tone: "unsure", words: "Chưa rõ hiệu lực" };

    pub(super) fn of_article(article: &Article, day: Date) -> Self {
        match Force::of(article, None, None, day) {
            Force::InForce => Self::IN_FORCE,
            Force::Confirmed => Self::CONFIRMED,
            Force::Ended => Self::ENDED,
            Force::NotYet => Self::NOT_YET,
            Force::PartRepealed { .. } => Self::PARTLY,
            Force::Unknown => Self::UNKNOWN,
        }
    }

    pub(super) fn of_document(status: DocumentStatus) -> Self {
        match status {
            DocumentStatus::InForce => Self::IN_FORCE,
            DocumentStatus::PartlyInForce => Self::PARTLY,
            DocumentStatus::NotYetInForce => Self::NOT_YET,
            DocumentStatus::NoLongerInForce => Self::ENDED,
            DocumentStatus::Unknown => Self::UNKNOWN,
        }
    }

    fn of_citation(citation: &Citation, day: Date) -> Self {
        match citation.in_force {
            Some(true) => Self::IN_FORCE,
            Some(false) if citation.effective_from.is_some_and(|from| day < from) => Self::NOT_YET,
            Some(false) => Self::ENDED,
            None if citation.confirmed_on.is_some_and(|on| within_a_year(on, day)) => Self::CONFIRMED,
            None => Self::UNKNOWN,
        }
    }
}

/// A citation as a card.
#[derive(Debug, Clone)]
pub(super) struct CitationCard {
    /// `Điểm a, Khoản 2, Điều 35`.
    pub place: String,
    /// `Bộ luật Lao động`.
    pub document: String,
    pub number: String,
    pub quote: Option<String>,
    pub badge: Badge,
    /// What is known of its force, a sentence each.
    pub notes: Vec<String>,
    /// The article as of that day, at the clause; null where its text is not held.
    pub link: Option<String>,
    /// The document that took its place.
    pub replaced_by: Option<OtherDocument>,
    pub url: Option<String>,
}

impl CitationCard {
    /// As it was cited on `day`.
    pub(super) fn new(citation: &Citation, day: Date, search: &Search<'_>) -> Result<Self, IndexError> {
        let point = citation.point.as_ref().map(|point| format!("Điểm {point}"));
        let clause = citation.clause.as_ref().map(|clause| format!("Khoản {clause}"));
        let place = [point, clause, Some(format!("Điều {}", citation.article))];
        let at = anchor(citation.clause.as_deref(), citation.point.as_deref());
        let link = article_link(&citation.document_number, &citation.article, Some(day));
        let link = if at.is_empty() { link } else { format!("{link}#{}", escaped(&at)) };
        let mut notes = Vec::new();
        if let Some(from) = citation.effective_from {
            notes.push(format!("Có hiệu lực từ ngày {}.", vietnamese_date(from)));
        }
        match (citation.effective_to, citation.confirmed_on) {
            (Some(to), _) if to <= day => {
                notes.push(format!("Hết hiệu lực từ ngày {}.", vietnamese_date(to)))
            }
            (Some(to), _) => notes.push(format!("Sẽ hết hiệu lực từ ngày {}.", vietnamese_date(to))),
            (None, Some(on)) => {
                notes.push(format!("Còn hiệu lực theo dữ liệu ngày {}.", vietnamese_date(on)))
            }
            (None, None) => {}
        }
        if !citation.amended_by.is_empty() {
            notes.push(format!("Lời văn được sửa đổi bởi {}.", citation.amended_by.join("; ")));
        }
        let replaced_by = citation.replaced_by.as_deref();
        Ok(Self {
            place: place.into_iter().flatten().collect::<Vec<_>>().join(", "),
            document: citation.document_title.clone(),
            number: citation.document_number.clone(),
            quote: citation.quote.clone(),
            badge: Badge::of_citation(citation, day),
            notes,
            link: citation.quote.is_some().then_some(link),
            replaced_by: replaced_by.map(|number| OtherDocument::new(number, search)).transpose()?,
            url: web_address(citation.url.as_deref()),
        })
    }

    /// Of all citations of an answer.
    pub(super) fn all(
        citations: &[Citation],
        day: Date,
        search: &Search<'_>,
    ) -> Result<Vec<Self>, IndexError> {
        citations.iter().map(|citation| Self::new(citation, day, search)).collect()
    }
}

/// A document that is named, and where it can be read if the index holds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct OtherDocument {
    pub number: String,
    pub address: Option<String>,
}

impl OtherDocument {
    pub(super) fn new(number: &str, search: &Search<'_>) -> Result<Self, IndexError> {
        let address = search.holds(number)?.then(|| document_link(number, None));
        Ok(Self { number: number.to_owned(), address })
    }
}

/// The form by which a question is asked, or asked again in other words.
#[derive(Debug, Clone, Default)]
pub(super) struct AskAgain {
    /// What stands in it already.
    pub words: String,
    /// What is brought back with the next question.
    pub follow_up: Option<FollowUp>,
}

/// The pages of a list that is shown in parts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Pages {
    /// This one, from 1.
    pub page: usize,
    /// The address of the one before.
    pub before: Option<String>,
    /// The address of the next.
    pub after: Option<String>,
}

impl Pages {
    /// `address` has its query already.
    pub(super) fn new(page: usize, has_more: bool, address: &str) -> Self {
        let mark = if address.contains('?') { '&' } else { '?' };
        let of = |page: usize| format!("{address}{mark}trang={page}");
        Self {
            page,
            before: (page > 1).then(|| if page == 2 { address.to_owned() } else { of(page - 1) }),
            after: has_more.then(|| of(page + 1)),
        }
    }

    /// Whether there is more than this one.
    pub(super) fn are_several(&self) -> bool {
        self.before.is_some() || self.after.is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::regulations::article::tests::{index_of, sample};

    #[test]
    fn nothing_in_a_number_leads_out_of_its_place_in_an_address() {
        let link = article_link("01/2006/TTLT-BGD&ĐT\"", "1#x", Some(Date::constant(2026, 1, 2)));
        assert_eq!(link, "/luat/dieu?so=01/2006/TTLT-BGD%26%C4%90T%22&dieu=1%23x&ngay=2026-01-02");
        assert_eq!(web_address(Some("javascript:alert(1)")), None);
        assert!(web_address(Some("https://vbpl.vn/x")).is_some());
    }

    #[test]
    fn a_card_leads_to_the_clause_and_says_what_is_known_of_its_force() {
        let day = Date::constant(2026, 11, 24);
        let article = sample("35", "Báo trước", "1. Một.");
        let (_folder, index) = index_of(std::slice::from_ref(&article));
        let search = index.search();
        let mut citation = Citation::of(&article, day);
        citation.clause = Some("1".into());
        citation.point = Some("đ".into());
        let card = CitationCard::new(&citation, day, &search).unwrap();
        assert_eq!((card.place.as_str(), card.link), ("Điểm đ, Khoản 1, Điều 35", None), "nothing is held");
        citation.quote = Some("1. Một.".into());
        let card = CitationCard::new(&citation, day, &search).unwrap();
        assert!(card.link.unwrap().ends_with("&ngay=2026-11-24#khoan-1-diem-%C4%91"));
        assert_eq!(card.badge, Badge::UNKNOWN);
        assert_eq!(card.notes, ["Có hiệu lực từ ngày 01/01/2021."]);
        citation.in_force = Some(false);
        citation.effective_to = Some(Date::constant(2025, 7, 1));
        citation.replaced_by = Some("45/2019/QH14".into());
        let card = CitationCard::new(&citation, day, &search).unwrap();
        assert_eq!((card.badge, card.notes[1].as_str()), (Badge::ENDED, "Hết hiệu lực từ ngày 01/07/2025."));
        assert_eq!(card.replaced_by.unwrap().address.as_deref(), Some("/luat/van-ban?so=45/2019/QH14"));
        citation.replaced_by = Some("1/2030/QH16".into());
        let card = CitationCard::new(&citation, day, &search).unwrap();
        assert_eq!(card.replaced_by.unwrap().address, None);
    }

    #[test]
    fn the_first_page_has_one_address() {
        let pages = Pages::new(2, true, "/luat/moi");
        assert_eq!(
            (pages.before.as_deref(), pages.after.as_deref()),
            (Some("/luat/moi"), Some("/luat/moi?trang=3"))
        );
        assert!(!Pages::new(1, false, "/luat?tim=x").are_several());
        assert_eq!(Pages::new(1, true, "/luat?tim=x").after.as_deref(), Some("/luat?tim=x&trang=2"));
    }
}
