//! From articles to statuses: reads what every article states, finds the documents meant, and puts it together.

use std::collections::HashMap;
use std::sync::LazyLock;

use jiff::civil::Date;
use regex::Regex;

use super::documents::{Document, Documents};
use super::effect::{borrowed_from, moved_effect, own_effect, staged_effect};
use super::number::{Kind, canonical_number, year_of};
use super::parents::{Parent, parents};
use super::reference::{Reference, references};
use super::repeal::{Continuing, Statement, findings};
use super::report::OddSentence;
use super::sentence::{clean, lines, sentences};
use super::status::{DocumentStatus, Evidence, Manner, PartialRepeal, StagedEffect};
use super::titles::Titles;
use crate::regulations::Article;

/// Any word that ends a document, or says when one begins; most articles have none, and are not read further.
static WORTH_READING: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"hiệu lực|hiệu Lực|Hiệu lực|ãi bỏ|hay thế|ủy bỏ|uỷ bỏ").expect("a constant pattern")
});
static ENDS: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"iệu lực|ãi bỏ|hay thế|ủy bỏ|uỷ bỏ").expect("a constant pattern"));

/// A statement and where it stands.
struct Placed<'a> {
    statement: Statement,
    article: &'a str,
    /// The document that holds the article.
    host: &'a str,
    /// The document that states it: as held, or as the codification names it.
    owner: String,
    owner_kind: Kind,
    owner_year: Option<i16>,
    owner_day: Option<Date>,
}

/// What is derived, before it is put behind [`super::Validity`].
pub(super) struct Derived {
    pub statuses: HashMap<String, DocumentStatus>,
    pub odd: Vec<OddSentence>,
    pub newest: Option<Date>,
    pub titles: Titles,
}

struct Work<'a> {
    documents: Documents<'a>,
    statuses: HashMap<String, DocumentStatus>,
    placed: Vec<Placed<'a>>,
    odd: Vec<OddSentence>,
    moved: Vec<(String, Date, Evidence)>,
    continuing: Vec<(String, Continuing)>,
}

/// Derives the status of every document, held or named.
pub(super) fn derive<'a>(articles: impl Iterator<Item = &'a Article>) -> Derived {
    let documents = Documents::gather(articles);
    let newest = documents.newest;
    let mut work = Work {
        documents,
        statuses: HashMap::new(),
        placed: vec![],
        odd: vec![],
        moved: vec![],
        continuing: vec![],
    };
    for at in 0..work.documents.all.len() {
        work.read(at);
    }
    for (number, day, evidence) in std::mem::take(&mut work.moved) {
        if let Some(status) = work.statuses.get_mut(&number) {
            status.effective_from = Some(day);
            status.effective_evidence = evidence;
        }
    }
    work.learn_titles();
    for placed in std::mem::take(&mut work.placed) {
        work.apply(placed);
    }
    work.keep_alive();
    work.cautions();
    Derived { statuses: work.statuses, odd: work.odd, newest, titles: work.documents.titles }
}

impl<'a> Work<'a> {
    /// Reads one document: its first day, its staged parts, and what it states of others.
    fn read(&mut self, at: usize) {
        let document = &self.documents.all[at];
        let kind = document.kind();
        let source_day = document.source_day();
        let mut days: Vec<(Date, Evidence)> = Vec::new();
        let mut staged: Vec<StagedEffect> = Vec::new();
        for article in document.articles.iter().copied().filter(|a| WORTH_READING.is_match(&a.text)) {
            let kind = if kind == Kind::Other { Kind::of(&article.document_type) } else { kind };
            let borrowed = borrowed_from(&article.text);
            if borrowed.is_none() {
                own_days(article, kind, &mut days, &mut staged);
            }
            if !ENDS.is_match(&article.text) {
                continue;
            }
            let amended = amended_by_article(article);
            if let Some(amended) = amended.as_ref().and_then(|r| r.number.as_deref())
                && let Some(day) = moved_effect(&article.text)
            {
                self.moved.push((canonical_number(amended), day, stated(document.number, article, None)));
            }
            let found = findings(&article.text, kind, amended.as_ref());
            let (owner, owner_kind, owner_day) = match borrowed {
                Some((r, day)) => (r.number.unwrap_or_default(), r.kind, day),
                None => (document.number.to_owned(), kind, None),
            };
            let owner_year = year_of(&owner).or_else(|| document.year().filter(|_| owner == document.number));
            self.continuing.extend(found.continuing.into_iter().map(|c| (owner.clone(), c)));
            self.odd.extend(found.doubtful.into_iter().map(|sentence| OddSentence {
                document: document.number.to_owned(),
                article: article.number.clone(),
                sentence,
            }));
            self.placed.extend(found.statements.into_iter().map(|statement| Placed {
                statement,
                article: &article.number,
                host: document.number,
                owner: owner.clone(),
                owner_kind,
                owner_year,
                owner_day,
            }));
        }
        let mut status = DocumentStatus::unknown(document.number);
        status.held = true;
        status.codified = document.codified;
        (status.effective_from, status.effective_evidence) = first_day(document, source_day, days);
        status.staged = staged;
        status.evidence = presence(document);
        self.statuses.insert(canonical_number(document.number), status);
    }

    /// Laws that are only named, with title and number, are known by their title from then on.
    fn learn_titles(&mut self) {
        for placed in &self.placed {
            let reference = &placed.statement.reference;
            if let (Some(number), Some(title), Some(year)) =
                (&reference.number, &reference.title, reference.year)
                && reference.kind.has_a_name()
                && self.documents.get(&canonical_number(number)).is_none()
            {
                self.documents.titles.add(reference.kind, title, &canonical_number(number), year);
            }
        }
    }

    /// The canonical number that a statement means, and whether it was found by title.
    fn resolve(&self, placed: &Placed<'_>) -> Option<(String, bool)> {
        let reference = &placed.statement.reference;
        if let Some(number) = &reference.number {
            let canonical = canonical_number(number);
            // `818/QĐ-BQP` may be of any year: only the document held, and only if the sentence names its year
            let year = self.documents.get(&canonical).and_then(|document| document.year());
            let certain = year_of(number).is_some()
                || year.is_some_and(|year| placed.statement.sentence.contains(&year.to_string()));
            return certain.then_some((canonical, false));
        }
        let title = reference.title.as_deref()?;
        let found = match reference.year {
            Some(year) => self.documents.titles.of_year(reference.kind, title, year),
            None => self.documents.titles.only_before(reference.kind, title, placed.owner_year?),
        };
        found.map(|number| (number.to_owned(), true))
    }

    fn apply(&mut self, placed: Placed<'a>) {
        let Some((target, by_title)) = self.resolve(&placed) else { return };
        let reference = &placed.statement.reference;
        let owner = canonical_number(&placed.owner);
        let number = reference.number.clone().unwrap_or_else(|| target.clone());
        let too_young =
            placed.owner_year.zip(reference.year.or_else(|| year_of(&number))).is_some_and(|(o, t)| t > o);
        let too_low = placed.owner_kind.rank(&placed.owner) > reference.kind.rank(&number);
        if target == owner || too_young || too_low || !self.documents.fits(&target, reference) {
            return;
        }
        let owner_day = placed
            .owner_day
            .or_else(|| self.statuses.get(&owner).and_then(|status| status.effective_from))
            .or(placed.statement.effect_day);
        let from = placed.statement.day.or(owner_day);
        let (document, article) = (placed.host.to_owned(), placed.article.to_owned());
        let clause = placed.statement.clause.clone();
        let evidence = match by_title {
            true => Evidence::TitleYear { document, article, clause },
            false => Evidence::StatedIn { document, article, clause },
        };
        let status = self.statuses.entry(target).or_insert_with(|| DocumentStatus::unknown(&number));
        match placed.statement.part {
            Some(part) => {
                let row = |article, clause, point| PartialRepeal {
                    article,
                    clause,
                    point,
                    scope: part.scope.clone(),
                    whole: part.whole,
                    by: placed.owner.clone(),
                    from,
                    evidence: evidence.clone(),
                };
                if part.provisions.is_empty() {
                    status.partial.push(row(None, None, None));
                }
                let rows = part.provisions.iter().cloned();
                status.partial.extend(rows.map(|p| row(Some(p.article), p.clause, p.point)));
            }
            None => end(status, placed.statement, placed.owner, from, evidence),
        }
    }

    /// Parts that the document which ended another keeps alive by a sentence of their own.
    fn keep_alive(&mut self) {
        for (owner, continuing) in std::mem::take(&mut self.continuing) {
            let number = continuing.reference.number.as_deref().unwrap_or_default();
            if let Some(status) = self.statuses.get_mut(&canonical_number(number))
                && status.replaced_by.as_ref() == Some(&owner)
                && !status.exceptions.contains(&continuing.words)
            {
                status.exceptions.push(continuing.words);
                status.kept.extend(continuing.kept);
            }
        }
    }

    /// Marks what depends on ended documents, and laws that have a later namesake.
    fn cautions(&mut self) {
        let mut notes = Vec::new();
        for document in &self.documents.all {
            let canonical = canonical_number(document.number);
            let Some(year) = document.year() else { continue };
            let Some(status) = self.statuses.get(&canonical) else { continue };
            if status.replaced_by.is_some() {
                continue;
            }
            let first = document.articles.iter().find(|a| a.number == "1").map_or("", |a| a.text.as_str());
            let mut ended: Vec<String> = Vec::new();
            for parent in parents(document.title, first) {
                let number = match &parent {
                    Parent::Titled(words) => {
                        self.documents.titles.standing_in(words, year).map(str::to_owned)
                    }
                    Parent::Named(Reference { number: Some(number), .. }) => Some(canonical_number(number)),
                    Parent::Named(r) => r
                        .title
                        .as_deref()
                        .zip(r.year)
                        .and_then(|(t, y)| self.documents.titles.of_year(r.kind, t, y).map(str::to_owned)),
                };
                let parent = number.filter(|n| *n != canonical).and_then(|n| self.statuses.get(&n));
                if let Some(parent) = parent.filter(|p| p.replaced_by.is_some())
                    && !ended.contains(&parent.number)
                {
                    ended.push(parent.number.clone());
                }
            }
            let later = if document.kind().has_a_name() {
                self.documents.titles.later(document.kind(), document.title, year)
            } else {
                None
            };
            let later = later.and_then(|n| self.statuses.get(n)).map(|s| s.number.clone());
            if later.is_some() || !ended.is_empty() {
                notes.push((canonical, ended, later));
            }
        }
        for (canonical, ended, later) in notes {
            if let Some(status) = self.statuses.get_mut(&canonical) {
                status.parent_repealed = ended;
                status.same_title_later = later;
            }
        }
    }
}

/// Ends a document, unless a sentence that ends it earlier is known.
fn end(
    status: &mut DocumentStatus,
    statement: Statement,
    owner: String,
    from: Option<Date>,
    evidence: Evidence,
) {
    let earlier = match (status.replaced_by.is_some(), status.effective_to, from) {
        (false, ..) => true,
        (true, None, Some(_)) => true,
        (true, Some(known), Some(new)) => {
            new < known
                || new == known
                    && status.manner != Some(Manner::Replaced)
                    && statement.manner == Manner::Replaced
        }
        _ => false,
    };
    if earlier {
        status.effective_to = from;
        status.replaced_by = Some(owner);
        status.manner = Some(statement.manner);
        status.evidence = evidence;
        status.exceptions = statement.exceptions;
        status.kept = statement.kept;
    }
}

fn stated(document: &str, article: &Article, clause: Option<String>) -> Evidence {
    Evidence::StatedIn { document: document.to_owned(), article: article.number.clone(), clause }
}

fn presence(document: &Document<'_>) -> Evidence {
    match (document.codified, document.articles.first()) {
        (Some(day), _) => Evidence::Codification { day },
        (None, Some(article)) => Evidence::Collected { source: article.source.clone() },
        (None, None) => Evidence::Unknown,
    }
}

/// The days on which an article says that its document, or parts of it, begin.
fn own_days(article: &Article, kind: Kind, days: &mut Vec<(Date, Evidence)>, staged: &mut Vec<StagedEffect>) {
    for line in lines(&article.text).into_iter().filter(|line| line.raw.contains("iệu lực")) {
        for sentence in sentences(&line.text()).into_iter().filter(|s| s.contains("iệu lực")) {
            if let Some(day) = own_effect(sentence, kind) {
                days.push((day, stated(&article.document_number, article, line.clause.clone())));
            }
            staged.extend(staged_effect(sentence));
        }
    }
}

/// The first day of a document. Its own words come before the source's date, which is often misprinted; but a law's
/// first day may have been moved later by a resolution, which the source's date then follows.
fn first_day(
    document: &Document<'_>,
    source_day: Option<Date>,
    days: Vec<(Date, Evidence)>,
) -> (Option<Date>, Evidence) {
    let from_source = (source_day, presence(document));
    if let Some(found) = days.iter().find(|(day, _)| Some(*day) == source_day) {
        return (Some(found.0), found.1.clone());
    }
    let Some((day, evidence)) = days.into_iter().next_back() else {
        return if source_day.is_some() { from_source } else { (None, Evidence::Unknown) };
    };
    let moved = document.kind() == Kind::Law && source_day.is_some_and(|source| source > day);
    let before_its_year = document.year().is_some_and(|year| day.year() < year);
    if (moved || before_its_year) && source_day.is_some() { from_source } else { (Some(day), evidence) }
}

/// The one document that an article amends, by its heading or its first line.
fn amended_by_article(article: &Article) -> Option<Reference> {
    let first_line = article.text.lines().next().unwrap_or_default();
    [article.title.as_str(), first_line]
        .into_iter()
        .filter(|words| words.contains("ửa đổi") || words.contains("ãi bỏ một số"))
        .filter(|words| words.len() < 1500 && (!words.starts_with(|c: char| c.is_ascii_digit())))
        .find_map(|words| {
            let words = clean(words);
            let found = references(&words);
            let first = found.first()?;
            let rest_amends = found[1..].iter().all(|_| words[first.span.end..].contains("sửa đổi"));
            let before = &words[..first.span.start];
            (first.number.is_some() && rest_amends && before.contains("ửa đổi") && !before.contains(" này"))
                .then(|| first.clone())
        })
}
