//! What is known of a document's force: the answers this module gives, and the evidence behind each of them.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// Where a finding comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Evidence {
    /// A sentence of a document says so, and names what it speaks of by its number.
    StatedIn {
        /// The document that says it, or in which the codification has put the article that does.
        document: String,
        /// Its article.
        article: String,
        /// The clause, where the article has any.
        clause: Option<String>,
    },
    /// A sentence says so, and names what it speaks of by its title (and mostly the year), without a number.
    TitleYear {
        /// The document that says it, or in which the codification has put the article that does.
        document: String,
        /// Its article.
        article: String,
        /// The clause, where the article has any.
        clause: Option<String>,
    },
    /// The official codification held it on that day.
    Codification {
        /// The day of the codification.
        day: Date,
    },
    /// Only a collection of texts has it, and that collection says nothing of force: it holds repealed laws too.
    Collected {
        /// The collection.
        source: String,
    },
    /// Nothing is known.
    Unknown,
}

/// How a document ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Manner {
    /// `thay thế`: another document took its place.
    Replaced,
    /// `hết hiệu lực`: another document says that it ends.
    Ended,
    /// `bãi bỏ`, `hủy bỏ`: another document takes it away.
    Abolished,
}

/// A part of a document: an article, a clause of it, or a point of that.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Provision {
    /// `5`.
    pub article: String,
    /// `2`.
    pub clause: Option<String>,
    /// `a`.
    pub point: Option<String>,
}

impl Provision {
    /// Whether all of what is asked for (an article, or a clause of it) lies within this part.
    pub fn covers(&self, article: &str, clause: Option<&str>) -> bool {
        self.article == article
            && self.point.is_none()
            && (self.clause.is_none() || self.clause.as_deref() == clause)
    }

    /// Whether this part and what is asked for have anything in common.
    pub fn touches(&self, article: &str, clause: Option<&str>) -> bool {
        self.article == article
            && match (self.clause.as_deref(), clause) {
                (Some(own), Some(asked)) => own == asked,
                _ => true,
            }
    }
}

/// A part of a document that another document took away.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PartialRepeal {
    /// The article, where the sentence names one; an annex or a chapter has none.
    pub article: Option<String>,
    /// The clause of it.
    pub clause: Option<String>,
    /// The point of that.
    pub point: Option<String>,
    /// The part in the words of the sentence.
    pub scope: String,
    /// Whether the part named is taken away whole: `quy định về lệ phí tại Điều 5` takes only something of Article 5.
    pub whole: bool,
    /// The document that took it away.
    pub by: String,
    /// First day no longer in force, where known.
    pub from: Option<Date>,
    /// The sentence.
    pub evidence: Evidence,
}

/// A part of an ended document that the ending sentence keeps alive.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptPart {
    /// The part.
    pub part: Provision,
    /// Last day on which it is kept, where the sentence says so.
    pub until: Option<Date>,
}

/// A part of a document that comes into force on another day than the rest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StagedEffect {
    /// The part.
    pub part: Provision,
    /// First day in force.
    pub from: Date,
}

/// What is known of the force of one document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DocumentStatus {
    /// `81/2006/QH11`.
    pub number: String,
    /// Whether articles of it are held, or it is only named by others.
    pub held: bool,
    /// The day of the newest codification that holds it.
    pub codified: Option<Date>,
    /// First day in force.
    pub effective_from: Option<Date>,
    /// Where the first day comes from.
    pub effective_evidence: Evidence,
    /// First day no longer in force.
    pub effective_to: Option<Date>,
    /// The document that ended it; ask [`super::Validity::successor`] for the end of the chain.
    pub replaced_by: Option<String>,
    /// How it ended, where it did.
    pub manner: Option<Manner>,
    /// For an ended document the sentence that ends it; for another what speaks for its being in force.
    pub evidence: Evidence,
    /// Parts that were taken away.
    pub partial: Vec<PartialRepeal>,
    /// What the ending sentence excepts (`trừ …`), in its own words.
    pub exceptions: Vec<String>,
    /// The parts of this document named by those exceptions.
    pub kept: Vec<KeptPart>,
    /// Parts with a first day of their own.
    pub staged: Vec<StagedEffect>,
    /// Documents this one details or amends, and which have ended. A caution: it is not repealed by that.
    pub parent_repealed: Vec<String>,
    /// A later law of the same title, where no sentence that ends this one was found. A caution only.
    pub same_title_later: Option<String>,
}

impl DocumentStatus {
    /// A document of which nothing is known yet.
    pub fn unknown(number: &str) -> Self {
        Self {
            number: number.to_owned(),
            held: false,
            codified: None,
            effective_from: None,
            effective_evidence: Evidence::Unknown,
            effective_to: None,
            replaced_by: None,
            manner: None,
            evidence: Evidence::Unknown,
            partial: vec![],
            exceptions: vec![],
            kept: vec![],
            staged: vec![],
            parent_repealed: vec![],
            same_title_later: None,
        }
    }
}

/// Whether a part of a document is in force on a day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Force {
    /// It is, as far as this evidence goes. Evidence of a day may be older than the day asked about.
    InForce {
        /// What speaks for it.
        evidence: Evidence,
    },
    /// It is not yet.
    NotYet {
        /// First day in force.
        from: Date,
    },
    /// It is no longer.
    Repealed {
        /// First day no longer in force.
        from: Date,
        /// The document that ended it.
        by: String,
        /// The sentence.
        evidence: Evidence,
    },
    /// Nothing proves either.
    Unknown,
}
