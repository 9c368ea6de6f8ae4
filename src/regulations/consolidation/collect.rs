//! The amendments of all documents, each with the article that it means and the day from which it holds.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::rc::Rc;
use std::sync::LazyLock;

use jiff::civil::Date;
use regex::Regex;

use super::{ConsolidationReport, NotApplied};
use crate::regulations::Article;
use crate::regulations::amendment::rejoin::{is_torn, rejoin};
use crate::regulations::amendment::{Amendment, Amendments, Stated, parse};
use crate::regulations::validity::{DocumentStatus, Kind, Validity, canonical_number, year_of};

/// An amendment of an article that may be held.
pub(super) struct Placed {
    /// Its document number is that of the document held.
    pub amendment: Amendment,
    /// The amending article.
    pub host: Rc<Host>,
    /// First day of the new words.
    pub from: Date,
}

/// What must be known of an amending article to name it.
pub(super) struct Host {
    pub document_number: String,
    pub document_type: String,
    pub number: String,
}

/// What the amending documents say.
#[derive(Default)]
pub(super) struct Collected {
    /// By document and article, in the order of the amending texts.
    pub placed: BTreeMap<(String, String), Vec<Placed>>,
    /// The canonical number of the amending document, the amended document and its article, where a sentence that
    /// speaks of the article was not understood.
    pub doubtful: HashSet<(String, String, String)>,
    pub report: ConsolidationReport,
}

static HEADS_AMENDMENTS: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)sửa đổi|bổ sung một số|bãi bỏ.*điều|thay thế.*(?:cụm )?từ").expect("a constant pattern")
});
static AMENDS: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)(?:sửa đổi|bổ sung|thay thế|bãi bỏ|hủy bỏ|huỷ bỏ|\bbỏ)\b").expect("a constant pattern")
});

/// Reads all articles that amend others.
pub(super) fn collect<'a>(
    adopted: impl Iterator<Item = &'a Article> + Clone,
    validity: &Validity,
) -> Collected {
    let mut held: HashMap<String, (&str, Kind)> = HashMap::new();
    let mut last = "";
    for article in adopted.clone() {
        if article.document_number != last {
            last = &article.document_number;
            held.entry(canonical_number(last)).or_insert_with(|| (last, Kind::of(&article.document_type)));
        }
    }
    let mut collected = Collected::default();
    for document in amending_documents(adopted) {
        for host in whole_articles(document).iter().filter(|article| amends(article)) {
            collected.read(host, &held, validity);
        }
    }
    collected
}

/// Whether heading and text are those of an article that amends others.
fn amends(article: &Article) -> bool {
    let heads =
        HEADS_AMENDMENTS.is_match(&article.title) || HEADS_AMENDMENTS.is_match(&article.document_title);
    heads && AMENDS.is_match(&article.text)
}

/// The articles of every document that amends others, as they were adopted, in the order of the source.
fn amending_documents<'a>(adopted: impl Iterator<Item = &'a Article> + Clone) -> Vec<Vec<&'a Article>> {
    let amending: HashSet<&str> = adopted
        .clone()
        .filter(|article| amends(article))
        .map(|article| article.document_number.as_str())
        .collect();
    let mut documents: BTreeMap<&str, Vec<&Article>> = BTreeMap::new();
    for article in adopted.filter(|article| amending.contains(article.document_number.as_str())) {
        documents.entry(&article.document_number).or_default().push(article);
    }
    let first_versions = |mut articles: Vec<&'a Article>| {
        articles.sort_by(|a, b| {
            (a.position, &a.number, a.effective_from).cmp(&(b.position, &b.number, b.effective_from))
        });
        let mut seen = HashMap::new();
        for article in &articles {
            let first = seen.entry(article.number.as_str()).or_insert(article.effective_from);
            *first = (*first).min(article.effective_from);
        }
        articles.retain(|article| seen.get(article.number.as_str()) == Some(&article.effective_from));
        articles
    };
    documents.into_values().map(first_versions).collect()
}

/// The articles of a document with the torn ones put together; without those that stay torn because the order of the
/// source is not known.
fn whole_articles(articles: Vec<&Article>) -> Vec<Article> {
    let in_order = articles.iter().all(|article| article.position > 0);
    let articles = articles.into_iter().cloned();
    if in_order { rejoin(articles.collect()) } else { articles.filter(|article| !is_torn(article)).collect() }
}

impl Collected {
    fn read(&mut self, host: &Article, held: &HashMap<String, (&str, Kind)>, validity: &Validity) {
        let status = validity.status(&host.document_number);
        let year = year_of(&host.document_number).or(status.effective_from.map(|day| day.year()));
        let number_of = |name: &str| validity.law_called(name, year?).map(|law| law.number.clone());
        let Amendments { amendments, unparsed, .. } = parse(host, &number_of);
        self.report.found += amendments.len();
        let by = canonical_number(&host.document_number);
        let document_of = |number: &str| held.get(&canonical_number(number)).copied();
        for sentence in unparsed {
            self.report.refuse(NotApplied::NotUnderstood, 1);
            let words = host.text.get(sentence.span.clone()).unwrap_or_default();
            tracing::debug!("not understood: {} ({}): {words}", host.key(), sentence.reason);
            if let Some((document, _)) = sentence.document.as_deref().and_then(document_of) {
                let articles = sentence.articles.into_iter();
                self.doubtful.extend(articles.map(|article| (by.clone(), document.to_owned(), article)));
            }
        }
        let known = Rc::new(Host {
            document_number: host.document_number.clone(),
            document_type: host.document_type.clone(),
            number: host.number.clone(),
        });
        for amendment in amendments {
            let Some((document, kind)) = document_of(&amendment.document_number) else {
                self.report.refuse(NotApplied::NotHeld, 1);
                continue;
            };
            let rank = Kind::of(&host.document_type).rank(&host.document_number);
            let key = (document.to_owned(), amendment.article.clone());
            let refused = if rank > kind.rank(document) {
                Some(NotApplied::TooLow)
            } else if has_ended(validity.status(document), status) {
                Some(NotApplied::Ended)
            } else {
                None
            };
            let from = first_day(host, &amendment.stated, status);
            match (refused, from) {
                (None, Some(from)) => {
                    let amendment = Amendment { document_number: document.to_owned(), ..amendment };
                    self.placed.entry(key).or_default().push(Placed { amendment, host: known.clone(), from });
                }
                (reason, _) => {
                    self.report.refuse(reason.unwrap_or(NotApplied::NoDay), 1);
                    // What is left out here must not be missing in what the other amendments make.
                    if refused.is_none() {
                        self.doubtful.insert((by.clone(), key.0, key.1));
                    }
                }
            }
        }
    }
}

fn has_ended(amended: &DocumentStatus, amending: &DocumentStatus) -> bool {
    amended.effective_to.zip(amending.effective_from).is_some_and(|(end, day)| end <= day)
}

/// From when a provision of an amending article holds; null where that is not known, or not for all of it.
fn first_day(host: &Article, stated: &Stated, status: &DocumentStatus) -> Option<Date> {
    let clause = stated.clause.as_deref();
    let own: Vec<_> =
        status.staged.iter().filter(|staged| staged.part.touches(&host.number, clause)).collect();
    let covering = own.iter().find(|staged| {
        staged.part.covers(&host.number, clause)
            || staged.part.clause.as_deref() == clause && staged.part.point == stated.point
    });
    match (covering, own.is_empty()) {
        (Some(staged), _) => Some(staged.from),
        (None, true) => status.effective_from.or(host.effective_from),
        (None, false) => None,
    }
}
