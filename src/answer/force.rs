//! What is known of the force of a quote on a day, and how that is said. What is not known is said to be unknown.

use jiff::civil::Date;

use super::quote::Quote;
use crate::regulations::Article;
use crate::regulations::structure::clauses;
use crate::vietnamese::vietnamese_date;

/// A source's word that an article is in force holds for so many days.
pub const CONFIRMED_FOR_DAYS: i32 = 365;

/// What is known of a quote's force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Force {
    /// In force, for its end is known and lies ahead, or a source says so for that very day.
    InForce,
    /// A source said so at most a year before.
    Confirmed,
    /// Nobody says whether it still is.
    Unknown,
    /// The article is no longer in force.
    Ended,
    /// The article lives on, but the quoted clause or point was repealed.
    PartRepealed {
        /// `điểm b khoản 2`.
        part: String,
        /// The document that says so.
        by: String,
        /// Since when, where known.
        from: Option<Date>,
    },
    /// It begins later.
    NotYet,
}

impl Force {
    /// Of an article, or of the clause and point quoted from it, on a day.
    pub fn of(article: &Article, clause: Option<&str>, point: Option<&str>, as_of: Date) -> Self {
        if article.effective_from.is_some_and(|from| as_of < from) {
            return Self::NotYet;
        }
        if article.effective_to.is_some_and(|to| as_of >= to) {
            return Self::Ended;
        }
        let gone = article.repealed_parts.iter().find(|part| {
            let same_clause = part.clause.as_deref() == clause;
            let covers_point = part.point.is_none() || point.is_none() || part.point.as_deref() == point;
            same_clause && covers_point && part.from.is_none_or(|from| as_of >= from)
        });
        if let Some(gone) = gone {
            let point = gone.point.as_ref().map(|point| format!("điểm {point}"));
            let clause = gone.clause.as_ref().map(|clause| format!("khoản {clause}"));
            let part = [point, clause].into_iter().flatten().collect::<Vec<_>>().join(" ");
            return Self::PartRepealed { part, by: gone.by.clone(), from: gone.from };
        }
        match article.in_force(as_of) {
            Some(true) => Self::InForce,
            _ if confirmed_lately(article, as_of) => Self::Confirmed,
            _ => Self::Unknown,
        }
    }

    /// Of a quote: where it holds several clauses, of the first that was repealed.
    pub fn of_quote(article: &Article, quote: &Quote, as_of: Date) -> Self {
        let point = quote.point.as_deref();
        if quote.clause.is_some() {
            return Self::of(article, quote.clause.as_deref(), point, as_of);
        }
        clauses(&article.text)
            .into_iter()
            .filter(|clause| clause.span.start < quote.span.end && quote.span.start < clause.span.end)
            .map(|clause| Self::of(article, clause.number.as_deref(), None, as_of))
            .find(|force| matches!(force, Self::PartRepealed { .. }))
            .unwrap_or_else(|| Self::of(article, None, point, as_of))
    }

    /// Whether the answer must be given with caution.
    pub fn is_doubtful(&self) -> bool {
        !matches!(self, Self::InForce | Self::Confirmed)
    }

    /// What is known, in one line, to be read.
    pub fn line(&self, article: &Article, as_of: Date) -> String {
        let day = vietnamese_date;
        let what = if article.is_derived { "Điều này sau khi sửa đổi" } else { "Văn bản" };
        let since = article.effective_from.map(|from| format!("{what} có hiệu lực từ {}", day(from)));
        let confirmed =
            article.confirmed_on.map(|on| format!("còn hiệu lực theo {} ngày {}", source(article), day(on)));
        let joined = |rest: String| match &since {
            Some(since) => format!("{since}, {rest}."),
            None => format!("Văn bản {rest}."),
        };
        match (self, confirmed) {
            (Self::InForce, _) if article.effective_to.is_some() => {
                joined(format!("còn hiệu lực ngày {}", day(as_of)))
            }
            (Self::InForce | Self::Confirmed, Some(confirmed)) => joined(confirmed),
            (Self::InForce | Self::Confirmed, None) => joined(format!("còn hiệu lực ngày {}", day(as_of))),
            (Self::Unknown, Some(confirmed)) => {
                joined(format!("{confirmed}; chưa rõ còn hiệu lực ngày {} hay không", day(as_of)))
            }
            (Self::Unknown, None) => match &since {
                Some(since) => format!("{since}; chưa rõ còn hiệu lực ngày {} hay không.", day(as_of)),
                None => format!("Chưa rõ hiệu lực của văn bản ngày {}.", day(as_of)),
            },
            (Self::Ended, _) => format!("Lưu ý: {}.", self.ended(article)),
            (Self::PartRepealed { part, by, from }, _) => {
                let from = from.map(|from| format!(" từ ngày {}", day(from))).unwrap_or_default();
                let part = if part.is_empty() { "quy định này" } else { part };
                format!("Lưu ý: {part} đã bị bãi bỏ bởi {by}{from}. Xin kiểm tra lại trước khi áp dụng.")
            }
            (Self::NotYet, _) => format!("Văn bản chưa có hiệu lực ngày {}.", day(as_of)),
        }
    }

    /// What must be heard of it; empty where nothing need be.
    pub fn spoken(&self, article: &Article) -> String {
        match self {
            Self::InForce | Self::Confirmed => String::new(),
            Self::Unknown | Self::NotYet => "Xin kiểm tra hiệu lực của văn bản trước khi áp dụng.".to_owned(),
            Self::Ended => format!("Lưu ý: {}.", self.ended(article)),
            Self::PartRepealed { by, .. } => format!("Lưu ý: quy định này đã bị bãi bỏ bởi {by}."),
        }
    }

    fn ended(&self, article: &Article) -> String {
        let since =
            article.effective_to.map(|to| format!(" từ ngày {}", vietnamese_date(to))).unwrap_or_default();
        let by = article.replaced_by.as_ref().map(|by| format!(", được thay thế bằng văn bản số {by}"));
        format!("văn bản này đã hết hiệu lực{since}{}", by.unwrap_or_default())
    }
}

/// Whether a source said within the last year that the article is in force.
pub fn confirmed_lately(article: &Article, as_of: Date) -> bool {
    article.confirmed_on.is_some_and(|on| within_a_year(on, as_of))
}

/// Whether `on` lies before `as_of`, and by no more than [`CONFIRMED_FOR_DAYS`].
pub fn within_a_year(on: Date, as_of: Date) -> bool {
    on <= as_of && (as_of - on).get_days() <= CONFIRMED_FOR_DAYS
}

/// Who says that it is in force.
fn source(article: &Article) -> String {
    if article.source.starts_with("phapdien") {
        return "Bộ pháp điển".to_owned();
    }
    article.evidence.clone().unwrap_or_else(|| "nguồn dữ liệu".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::regulations::article::RepealedPart;
    use crate::regulations::article::tests::sample;

    const DAY: Date = Date::constant(2026, 11, 24);

    #[test]
    fn what_is_not_known_is_said_so() {
        let mut article = sample("1", "", "1. Một.");
        assert_eq!(Force::of(&article, Some("1"), None, DAY), Force::Unknown);
        article.confirmed_on = Some(Date::constant(2026, 1, 31));
        article.source = "phapdien-2026-01".into();
        let force = Force::of(&article, Some("1"), None, DAY);
        assert_eq!(force, Force::Confirmed);
        let line = force.line(&article, DAY);
        assert!(line.contains("còn hiệu lực theo Bộ pháp điển ngày 31/01/2026"), "{line}");
        assert!(force.spoken(&article).is_empty() && !force.is_doubtful());
        let late = Date::constant(2027, 2, 1);
        let force = Force::of(&article, Some("1"), None, late);
        assert_eq!(force, Force::Unknown);
        assert!(force.line(&article, late).contains("chưa rõ còn hiệu lực ngày 01/02/2027"));
    }

    #[test]
    fn the_successor_is_named_from_the_day_it_takes_over() {
        let mut article = sample("1", "", "1. Một.");
        article.effective_to = Some(Date::constant(2026, 1, 1));
        article.replaced_by = Some("41/2024/QH15".into());
        let force = Force::of(&article, None, None, DAY);
        assert!(
            force.is_doubtful()
                && force
                    .line(&article, DAY)
                    .contains("01/01/2026, được thay thế bằng văn bản số 41/2024/QH15")
        );
        let before = Date::constant(2025, 12, 31);
        let force = Force::of(&article, None, None, before);
        assert_eq!(force, Force::InForce);
        assert!(!force.line(&article, before).contains("41/2024"));
    }

    #[test]
    fn a_repealed_clause_is_not_quoted_without_a_word() {
        let mut article = sample("1", "", "1. Một.\n2. Hai.");
        article.confirmed_on = Some(Date::constant(2026, 11, 1));
        article.repealed_parts = vec![RepealedPart {
            clause: Some("2".into()),
            point: Some("b".into()),
            by: "12/2025/QH15".into(),
            from: Some(Date::constant(2025, 7, 1)),
        }];
        assert_eq!(Force::of(&article, Some("1"), None, DAY), Force::Confirmed);
        assert_eq!(Force::of(&article, Some("2"), Some("a"), DAY), Force::Confirmed);
        let force = Force::of(&article, Some("2"), None, DAY);
        assert!(force.is_doubtful());
        let line = force.line(&article, DAY);
        assert!(line.contains("điểm b khoản 2 đã bị bãi bỏ bởi 12/2025/QH15 từ ngày 01/07/2025"), "{line}");
        let whole =
            Quote { span: 0..article.text.len(), clause: None, point: None, focus: 0..1, is_clear: false };
        assert_eq!(Force::of_quote(&article, &whole, DAY), force);
        assert_eq!(Force::of(&article, Some("2"), None, Date::constant(2025, 6, 30)), Force::InForce);
    }
}
