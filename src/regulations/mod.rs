//! Regulations: what the law says, kept so that it can be found and quoted.
//!
//! * [`article`]: an article and what is known of its force; [`structure`]: its clauses and points;
//! * [`legal_text`]: whole documents, from their parts and chapters down to their articles; [`quotation`]: what they quote;
//! * [`amendment`]: what an amending document changes, and the wording that comes of it;
//! * [`consolidation`]: the amended articles of all documents, each a further version;
//! * [`validity`]: what was in force on a day, as the texts themselves say it; [`force`]: that, written into the articles;
//! * [`procedure`]: guides to administrative procedures; [`phrasing`]: how citizens ask for an article;
//! * [`import`]: from files of several kinds into the index, with a report;
//! * [`index`], [`tokenizer`], [`search`], [`asked`]: the tantivy index, its terms, and how it is asked;
//! * [`hypotheses`]: search over several transcripts of one utterance;
//! * [`change`]: how it is changed; [`versions`]: the wordings of an amended article; [`history`]: what was held before;
//!   [`difference`]: two wordings, word by word; [`catalogue`]: the documents in it,
//!   [`names`]: what citizens call them;
//! * [`rebuild`]: an index of an older format, or a damaged one, made anew; [`watch`]: a folder whose files are imported;
//!   [`snapshot`]: all files of one state of it, while it is being written;
//! * [`ranking`]: which of the articles found answers best, as learnt from questions with known answers.

pub mod amendment;
pub mod article;
pub mod asked;
pub mod catalogue;
pub mod change;
mod compare;
pub mod consolidation;
pub mod difference;
pub mod force;
pub mod history;
pub mod hypotheses;
pub mod import;
pub mod index;
pub mod legal_text;
pub mod names;
#[cfg(test)]
pub(crate) mod owners_data;
pub mod phrasing;
pub mod procedure;
pub mod quotation;
pub mod ranking;
pub mod rebuild;
pub mod search;
pub mod snapshot;
mod state;
pub mod structure;
pub mod tokenizer;
pub mod validity;
pub mod versions;
pub mod watch;

pub use article::Article;
pub use index::{IndexError, Record, RegulationIndex};
pub use phrasing::Phrasing;
pub use procedure::{LegalBasis, ProcedureGuide};
pub use search::{Hit, Kind, Search};
