//! The answer (being built)
pub mod spoken;
