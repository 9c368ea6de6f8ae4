//! Who guesses a secret is locked out for a while: the count of wrong answers, as the database keeps it beside what is guarded.

use jiff::{SignedDuration, Timestamp};

/// So many wrong answers lock…
pub const MAX_FAILURES: i64 = 5;
/// … for so long after the last.
pub const LOCKED: SignedDuration = SignedDuration::from_mins(15);

/// The wrong answers that still count at this moment; or, where they are too many, how much longer it is locked. `last` is the
/// moment of the latest, as it was kept.
///
/// # Errors
/// The time that remains.
pub fn counted(failures: i64, last: &str, now: Timestamp) -> Result<i64, SignedDuration> {
    // A moment that lies ahead was written by a clock that has since been set back: it counts as now.
    let last = last.parse().unwrap_or(Timestamp::UNIX_EPOCH).min(now);
    let passed = now.duration_since(last);
    let failures = if passed >= LOCKED { 0 } else { failures };
    if failures >= MAX_FAILURES { Err(LOCKED - passed) } else { Ok(failures) }
}
