//! Consolidation: where an amending document and what it amends are both held, the amended article gets a further
//! version, in the words of the amendment and from the day on which it takes effect.
//!
//! These versions are worked out anew from the adopted texts at every change of the index and never built upon one
//! another's remains: without the amending document they are gone. Nothing is guessed, for a wrong wording does more harm
//! than an old one: an article is changed by all that one document says of it or not at all, and never where a source
//! has the newer words already. What was not applied is counted by its reason.
//!
//! * `collect`: the amendments of all documents, each with the article it means and its day;
//! * `held`: the articles that are amended, and what their texts tell of amendments; `presence`: whether a text has the
//!   new words already;
//! * `article`: the new version of one article; * [`provision`]: how the amending provision is called;
//! * [`report`]: how many were applied, and why others were not.

mod article;
mod collect;
mod held;
mod presence;
pub mod provision;
pub mod report;

#[cfg(test)]
mod corpus_tests;
#[cfg(test)]
mod tests;

use std::collections::HashMap;

use jiff::civil::Date;

pub use report::{ConsolidationReport, NotApplied};

use super::Article;
use super::force::write_force;
use super::validity::{Validity, canonical_number, codification_day};
use article::consolidated;
use collect::{Collected, Placed, collect};
use held::{Held, TextHas};

/// Which version of which article: the document, the number, the first day.
pub type VersionKey = (String, String, Option<Date>);

/// When an adopted version ends because an amended one takes its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct End {
    /// First day no longer in force.
    pub day: Date,
    /// `khoản 30 Điều 1 của 62/2020/QH14`.
    pub stated: String,
}

/// What comes of the amendments.
#[derive(Debug, Default)]
pub struct Consolidated {
    /// The further versions, [`Article::is_derived`].
    pub versions: Vec<Article>,
    /// The adopted versions that end by them.
    pub ends: HashMap<VersionKey, End>,
    /// How many, and why not more.
    pub report: ConsolidationReport,
}

impl Consolidated {
    /// Writes into an adopted version that an amended one takes its place, where one does.
    pub fn write_end(&self, article: &mut Article) {
        if let Some(end) = self.ends.get(&version_key(article)) {
            article.effective_to = Some(end.day);
            article.evidence = Some(end.stated.clone());
            article.replaced_by = None;
        }
    }
}

fn version_key(article: &Article) -> VersionKey {
    (article.document_number.clone(), article.number.clone(), article.effective_from)
}

/// Applies the amendments that stand in `adopted` to the articles in it. The force of the articles is written already;
/// none of them is derived.
pub fn consolidate<'a>(
    adopted: impl Iterator<Item = &'a Article> + Clone,
    validity: &Validity,
) -> Consolidated {
    let Collected { placed, doubtful, mut report } = collect(adopted.clone(), validity);
    let held = Held::of(adopted, &placed);
    let mut out = Consolidated::default();
    let known = held.amendments_in_the_texts(&placed, validity);
    for ((document, number), mut changes) in placed {
        changes.sort_by_key(|change| change.from);
        let Some(mut chain) = held.chain(&document, &number, &changes) else {
            report.refuse_all(&changes, NotApplied::NoSuchPlace);
            continue;
        };
        let mut stopped = None;
        for group in
            changes.chunk_by(|a, b| a.from == b.from && a.host.document_number == b.host.document_number)
        {
            let pair = (document.clone(), canonical_number(&group[0].host.document_number));
            let refused = stopped
                .map(|_| NotApplied::AnotherNotApplied)
                .or_else(|| chain.refuses(group[0].from, known.get(&pair)))
                .or_else(|| {
                    doubtful
                        .contains(&(pair.1.clone(), document.clone(), number.clone()))
                        .then_some(NotApplied::AnotherNotUnderstood)
                });
            // That the codification has the words is worth knowing; where it has others, it knows better.
            let refused = match (refused, chain.last()) {
                (Some(NotApplied::Codified | NotApplied::Consolidated), Some(text))
                    if all_there(group, text) =>
                {
                    Some(NotApplied::AlreadyThere)
                }
                (refused, _) => refused,
            };
            let made = match refused {
                Some(reason) => Err(reason),
                None => consolidated(chain.last(), chain.is_new(), group),
            };
            match made {
                Ok(version) => match chain.push(version, group, validity) {
                    Ok(()) => report.applied += group.len(),
                    Err(reason) => report.refuse_all(group, reason),
                },
                Err(reason) => {
                    report.refuse_all(group, reason);
                    if !reason.leaves_the_wording_known() {
                        stopped = Some(reason);
                    }
                }
            }
        }
        chain.finish(&mut out);
    }
    report.versions = out.versions.len();
    out.report = report;
    out
}

fn all_there(group: &[Placed], article: &Article) -> bool {
    group.iter().all(|change| presence::is_there(&change.amendment, article))
}

/// One article through its changes.
struct Chain {
    /// The latest adopted version; null where the article is put in.
    adopted: Option<Article>,
    /// An article of the same document, for one that is put in.
    neighbour: Option<Article>,
    /// The latest first day of the adopted versions.
    latest: Option<Date>,
    derived: Vec<(Article, String)>,
}

impl Chain {
    /// The wording to be changed; of an article that is put in, its neighbour.
    fn last(&self) -> Option<&Article> {
        self.derived.last().map(|(article, _)| article).or(self.adopted.as_ref()).or(self.neighbour.as_ref())
    }

    /// Whether the article is not there yet.
    fn is_new(&self) -> bool {
        self.adopted.is_none() && self.derived.is_empty()
    }

    /// Why no change of that day is made, if so.
    fn refuses(&self, day: Date, text: Option<&TextHas>) -> Option<NotApplied> {
        if text == Some(&TextHas::Them) {
            return Some(NotApplied::Consolidated);
        }
        let source = self.adopted.as_ref().or(self.neighbour.as_ref()).map(|article| article.source.as_str());
        let codified = source.and_then(codification_day);
        if text != Some(&TextHas::None) && codified.is_some_and(|codified| codified >= day) {
            return Some(NotApplied::Codified);
        }
        if self.latest.is_some_and(|latest| latest >= day) {
            return Some(NotApplied::SourceHasLater);
        }
        let ended = self.adopted.as_ref().and_then(|article| article.effective_to);
        ended.is_some_and(|end| end <= day).then_some(NotApplied::Ended)
    }

    fn push(
        &mut self,
        mut version: Article,
        group: &[Placed],
        validity: &Validity,
    ) -> Result<(), NotApplied> {
        let day = group[0].from;
        version.effective_from = Some(day);
        version.is_derived = true;
        // Its force is worked out like that of any other; an end that the source gave stays.
        let source_end = self.adopted.as_ref().filter(|a| a.evidence.is_none()).and_then(|a| a.effective_to);
        version.effective_to = source_end;
        version.evidence = None;
        (version.replaced_by, version.confirmed_on) = (None, None);
        version.repealed_parts.clear();
        write_force(&mut version, validity);
        if version.effective_from != Some(day) || version.effective_to.is_some_and(|end| end <= day) {
            return Err(NotApplied::Ended);
        }
        version.confirmed_on = version.confirmed_on.filter(|on| *on >= day);
        let stated = provision::stated(group);
        if version.replaced_by.is_none() {
            version.evidence = Some(stated.clone());
        }
        match self.derived.last_mut().filter(|(last, _)| last.effective_from == Some(day)) {
            Some(same_day) => *same_day = (version, format!("{}; {stated}", same_day.1)),
            None => self.derived.push((version, stated)),
        }
        Ok(())
    }

    /// Each version ends when the next begins.
    fn finish(mut self, out: &mut Consolidated) {
        for next in 1..self.derived.len() {
            let (before, after) = self.derived.split_at_mut(next);
            if let (Some((earlier, _)), Some((later, stated))) = (before.last_mut(), after.first()) {
                earlier.effective_to = later.effective_from;
                earlier.evidence = Some(stated.clone());
                earlier.replaced_by = None;
            }
        }
        if let (Some(adopted), Some((first, stated))) = (&self.adopted, self.derived.first())
            && let Some(day) = first.effective_from
        {
            out.ends.insert(version_key(adopted), End { day, stated: stated.clone() });
        }
        out.versions.extend(self.derived.into_iter().map(|(article, _)| article));
    }
}
