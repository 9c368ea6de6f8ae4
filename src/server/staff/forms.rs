//! What is wrong with a form: told above it, with links to the fields, and beside each field.

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Wrong {
    /// The id of the field.
    pub field: &'static str,
    pub words: String,
}

/// Everything that is wrong with a form.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Errors(pub Vec<Wrong>);

impl Errors {
    /// One thing.
    pub(super) fn one(field: &'static str, words: impl ToString) -> Self {
        let mut errors = Self::default();
        errors.add(field, words);
        errors
    }

    pub(super) fn add(&mut self, field: &'static str, words: impl ToString) {
        self.0.push(Wrong { field, words: words.to_string() });
    }

    /// Tells of a field that must not be empty.
    pub(super) fn needs(&mut self, field: &'static str, value: &str, words: &str) {
        if value.trim().is_empty() {
            self.add(field, words);
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// What is wrong with one field.
    pub(super) fn at(&self, field: &str) -> Option<&str> {
        self.0.iter().find(|wrong| wrong.field == field).map(|wrong| wrong.words.as_str())
    }
}

/// What a field is too long for: a reason, in characters.
pub(super) const MAX_REASON: usize = 500;

/// A reason, without spaces around it; null where there is none or it is too long.
pub(super) fn reason(given: &str) -> Option<&str> {
    let reason = given.trim();
    (!reason.is_empty() && reason.chars().count() <= MAX_REASON).then_some(reason)
}

/// What is said where there is no reason.
pub(super) const REASON_NEEDED: &str = "Xin ghi lý do, không quá 500 ký tự; lý do được lưu trong nhật ký.";
