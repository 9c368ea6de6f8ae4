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

/// By canonical number: the documents held, mostly one. Two collections may spell a number differently, and one have
/// the text as adopted (`28/2004/QH`), the other a consolidated one (`28/2004/QH11`).
type HeldDocuments<'a> = HashMap<String, Vec<(&'a str, Kind)>>;

/// Reads all articles that amend others.
pub(super) fn collect<'a>(
    adopted: impl Iterator<Item = &'a Article> + Clone,
    validity: &Validity,
) -> Collected {
    let mut held = HeldDocuments::new();
    let mut last = "";
    for article in adopted.clone() {
        if article.document_number != last {
            last = &article.document_number;
            let spellings = held.entry(canonical_number(last)).or_default();
            if !spellings.iter().any(|(number, _)| *number == last) {
                spellings.push((last, Kind::of(&article.document_type)));
            }
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
    fn read(&mut self, host: &Article, held: &HeldDocuments<'_>, validity: &Validity) {
        let status = validity.status(&host.document_number);
        let year = year_of(&host.document_number).or(status.effective_from.map(|day| day.year()));
        let number_of = |name: &str| validity.law_called(name, year?).map(|law| law.number.clone());
        let Amendments { amendments, unparsed, .. } = parse(host, &number_of);
        let by = canonical_number(&host.document_number);
        let documents = |number: &str| held.get(&canonical_number(number)).into_iter().flatten().copied();
        for sentence in unparsed {
            self.report.refuse(NotApplied::NotUnderstood, 1);
            let words = host.text.get(sentence.span.clone()).unwrap_or_default();
            tracing::debug!("not understood: {} ({}): {words}", host.key(), sentence.reason);
            for (document, _) in sentence.document.as_deref().into_iter().flat_map(documents) {
                let articles = sentence.articles.iter().cloned();
                self.doubtful.extend(articles.map(|article| (by.clone(), document.to_owned(), article)));
            }
        }
        let known = Rc::new(Host {
            document_number: host.document_number.clone(),
            document_type: host.document_type.clone(),
            number: host.number.clone(),
        });
        for amendment in amendments {
            let targets: Vec<(&str, Kind)> = documents(&amendment.document_number).collect();
            self.report.found += targets.len().max(1);
            if targets.is_empty() {
                self.report.refuse(NotApplied::NotHeld, 1);
            }
            for (document, kind) in targets {
                let amendment = Amendment { document_number: document.to_owned(), ..amendment.clone() };
                self.place(amendment, kind, host, &known, validity);
            }
        }
    }

    /// Puts an amendment of a document that is held with the others of the same article, or says why not.
    fn place(
        &mut self,
        amendment: Amendment,
        kind: Kind,
        host: &Article,
        known: &Rc<Host>,
        validity: &Validity,
    ) {
        let status = validity.status(&host.document_number);
        let document = &amendment.document_number;
        let rank = Kind::of(&host.document_type).rank(&host.document_number);
        let from = first_day(host, &amendment.stated, status);
        let refused = if rank > kind.rank(document) {
            NotApplied::TooLow
        } else if has_ended(validity.status(document), status) {
            NotApplied::Ended
        } else if let Some(from) = from {
            let key = (document.clone(), amendment.article.clone());
            self.placed.entry(key).or_default().push(Placed { amendment, host: known.clone(), from });
            return;
        } else {
            // What is left out here must not be missing in what the other amendments make.
            let by = canonical_number(&host.document_number);
            self.doubtful.insert((by, document.clone(), amendment.article.clone()));
            NotApplied::NoDay
        };
        self.report.refuse(refused, 1);
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
