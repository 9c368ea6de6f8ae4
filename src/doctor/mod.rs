//! Looks at everything that the service needs, and says what to do where something is not as it should be.
//!
//! One subject a file: [`machine`], [`folders`], [`models`], [`law`], [`database`], [`certificate`], [`network`]. Each gives
//! [`Finding`]s, changes nothing and never fails itself: that something cannot be looked at is a finding too.

pub mod certificate;
pub mod database;
pub mod folders;
pub mod law;
pub mod machine;
pub mod models;
pub mod network;

use serde::Serialize;

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// As it should be.
    Ok,
    /// The service works, but not as it should, or not for long.
    Warn,
    /// The service does not work.
    Fail,
}

impl State {
    /// As it stands at the beginning of a line.
    pub fn word(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Warn => "warn",
            Self::Fail => "FAIL",
        }
    }
}

/// What was found of one thing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// What was looked at, in a word or two.
    pub about: &'static str,
    /// How bad it is.
    pub state: State,
    /// What it is.
    pub found: String,
    /// What to do; null where nothing is to be done.
    pub advice: Option<String>,
}

impl Finding {
    /// It is as it should be.
    pub fn ok(about: &'static str, found: impl Into<String>) -> Self {
        Self { about, state: State::Ok, found: found.into(), advice: None }
    }

    /// It will do for now.
    pub fn warn(about: &'static str, found: impl Into<String>, advice: impl Into<String>) -> Self {
        Self { about, state: State::Warn, found: found.into(), advice: Some(advice.into()) }
    }

    /// It will not do.
    pub fn fail(about: &'static str, found: impl Into<String>, advice: impl Into<String>) -> Self {
        Self { about, state: State::Fail, found: found.into(), advice: Some(advice.into()) }
    }

    /// One line for people.
    pub fn line(&self) -> String {
        let Self { about, state, found, advice } = self;
        let advice = advice.as_ref().map(|advice| format!(" -> {advice}")).unwrap_or_default();
        // Whoever greps for lines must find one for each.
        format!("{:<5}{about}: {found}{advice}", state.word()).replace('\n', " ")
    }
}

/// The worst of them as an exit code: 0 all is well, 1 something is to be looked at, 2 something does not work.
pub fn exit_code(findings: &[Finding]) -> u8 {
    match findings.iter().map(|finding| finding.state).max() {
        None | Some(State::Ok) => 0,
        Some(State::Warn) => 1,
        Some(State::Fail) => 2,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_worst_decides_and_each_has_one_line() {
        let ok = Finding::ok("cores", "4");
        let warn = Finding::warn("clock", "UTC\nand more", "set it");
        let fail = Finding::fail("index", "none", "import");
        assert_eq!(exit_code(&[]), 0);
        assert_eq!(exit_code(std::slice::from_ref(&ok)), 0);
        assert_eq!(exit_code(&[warn.clone(), ok.clone()]), 1);
        assert_eq!(exit_code(&[warn.clone(), fail.clone(), ok.clone()]), 2);
        assert_eq!(ok.line(), "ok   cores: 4");
        assert_eq!(warn.line(), "warn clock: UTC and more -> set it");
        assert_eq!(fail.line(), "FAIL index: none -> import");
    }
}
