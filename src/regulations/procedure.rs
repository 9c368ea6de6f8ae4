//! A guide to an administrative procedure (thủ tục hành chính): who, where, which papers, how long, how much,
//! and the articles that say so. The guides lie in `knowledge/procedures/`, one TOML file each.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::index::{IndexError, Record, procedure_key};
use super::search::Search;
use crate::question::Facet;

/// One guide.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProcedureGuide {
    /// ASCII, the name of its file.
    pub id: String,
    /// The procedure's official name.
    pub title: String,
    /// How citizens name it.
    pub aliases: Vec<String>,
    /// The day on which the texts behind it were current.
    pub data_date: Date,
    /// What it is and who decides, in one or two sentences.
    pub summary: String,
    /// Who may or must do it.
    pub who: String,
    /// Where to submit.
    pub r#where: String,
    /// The papers, one an item.
    pub papers: Vec<String>,
    /// The steps, one an item.
    pub steps: Vec<String>,
    /// How long the office has, and from when it counts; null where the law leaves it open.
    #[serde(default)]
    pub time_limit: Option<String>,
    /// The fee; null where the law leaves it open.
    #[serde(default)]
    pub fee: Option<String>,
    /// What the citizen gets.
    #[serde(default)]
    pub result: Option<String>,
    /// What may have changed since `data_date`, or must be checked at the desk.
    #[serde(default)]
    pub caution: Option<String>,
    /// The articles on which the facts rest.
    pub legal_basis: Vec<LegalBasis>,
}

/// An article on which a guide rests.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LegalBasis {
    /// `60/2014/QH13`.
    pub document_number: String,
    /// `Luật Hộ tịch`.
    pub document_title: String,
    /// `16`.
    pub article: String,
    /// `1`.
    #[serde(default)]
    pub clause: Option<String>,
    /// `a`.
    #[serde(default)]
    pub point: Option<String>,
    /// Which parts of the guide rest on it.
    pub supports: Vec<Facet>,
    /// The document that has taken its place, where that is known.
    #[serde(default)]
    pub replaced_by: Option<String>,
    /// First day on which it is no longer in force, where that is known.
    #[serde(default)]
    pub replaced_from: Option<Date>,
}

impl Search<'_> {
    /// The guide of this id; null where the index holds none.
    pub fn guide(&self, id: &str) -> Result<Option<ProcedureGuide>, IndexError> {
        let field = self.index.fields.document_number;
        let found = self.index.stored_under(&self.searcher, field, &procedure_key(id))?;
        Ok(found.into_iter().find_map(|stored| match stored.record {
            Record::Procedure(guide) => Some(guide),
            Record::Article(_) | Record::Phrasing(_) => None,
        }))
    }
}

impl ProcedureGuide {
    /// Reads one guide; the error names the line and what is wrong with it.
    pub fn from_toml(text: &str) -> Result<Self, toml::de::Error> {
        toml::from_str(text)
    }

    /// Its title and the names that citizens give it.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        std::iter::once(self.title.as_str()).chain(self.aliases.iter().map(String::as_str))
    }

    /// One part of the guide in running text; null where the guide is silent about it.
    pub fn facet(&self, facet: Facet) -> Option<String> {
        let list = |items: &[String]| (!items.is_empty()).then(|| items.join(";\n"));
        match facet {
            Facet::Summary => Some(self.summary.clone()),
            Facet::Who => Some(self.who.clone()),
            Facet::Where => Some(self.r#where.clone()),
            Facet::Papers => list(&self.papers),
            Facet::Steps => list(&self.steps),
            Facet::TimeLimit => self.time_limit.clone(),
            Facet::Fee => self.fee.clone(),
            Facet::Result => self.result.clone(),
        }
    }

    /// Every part in one text, for the index.
    pub fn plain_text(&self) -> String {
        use Facet::{Fee, Papers, Result, Steps, Summary, TimeLimit, Where, Who};
        [Summary, Who, Where, Papers, Steps, TimeLimit, Fee, Result]
            .into_iter()
            .filter_map(|facet| self.facet(facet))
            .collect::<Vec<_>>()
            .join(".\n")
    }
}
