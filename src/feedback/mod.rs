//! What citizens send to the agency: what they think of an answer, questions that found none, petitions.
//!
//! * [`code`]: the code by which each is followed; [`submission`]: what it is and how far it has come;
//! * [`store`]: the database of them, with every step of staff in the log of decisions;
//! * [`masking`]: personal data taken out before anybody else sees it;
//! * [`grouping`]: what is the same again; [`meaning`]: what is alike in meaning; [`tone`]: insults, marked for staff and
//!   never hidden.

pub mod code;
pub mod grouping;
pub mod masking;
pub mod meaning;
pub mod store;
pub mod submission;
pub mod tone;

pub use code::SubmissionCode;
pub use store::Submissions;
pub use submission::{Kind, NewSubmission, State, Submission, Verdict};
