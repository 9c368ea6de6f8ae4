//! Who works at the agency's desk, and what they add to the law's guides.
//!
//! * [`accounts`]: names, roles, passwords (argon2id), second factor; locked after wrong passwords;
//! * [`sessions`]: who is logged in, by a cookie of which only a sum is kept;
//! * [`knowledge`]: how citizens ask, and guides, added and taken back; [`incoming`]: files with regulations, compared
//!   before they are put to use.

pub mod accounts;
mod files;
pub mod incoming;
pub mod knowledge;
pub mod sessions;

pub use accounts::{Role, Staff, StaffError};
pub use sessions::Session;
