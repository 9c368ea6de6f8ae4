//! Moments as the database holds them: UTC, RFC 3339, milliseconds, so that they sort as text.

use jiff::{SignedDuration, Timestamp};

/// Now.
pub fn now() -> String {
    moment(Timestamp::now())
}

/// The moment so many days ago; null for 0, which keeps for ever.
pub fn days_ago(days: u32) -> Option<Timestamp> {
    (days > 0).then(|| Timestamp::now() - SignedDuration::from_hours(24 * i64::from(days)))
}

/// This moment.
pub fn moment(at: Timestamp) -> String {
    format!("{at:.3}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_sort_as_text() {
        let early: Timestamp = "2026-01-02T03:04:05Z".parse().unwrap();
        let late: Timestamp = "2026-01-02T03:04:05.010999Z".parse().unwrap();
        assert_eq!(moment(early), "2026-01-02T03:04:05.000Z");
        assert_eq!(moment(late), "2026-01-02T03:04:05.010Z");
        assert!(moment(early) < moment(late));
    }
}
