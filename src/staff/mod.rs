//! Who works at the agency's desk: accounts, roles, logging in.
//!
//! * [`accounts`]: names, roles, passwords (argon2id), second factor; locked after wrong passwords;
//! * [`sessions`]: who is logged in, by a cookie of which only a sum is kept.

pub mod accounts;
pub mod sessions;

pub use accounts::{Role, Staff, StaffError};
pub use sessions::Session;
