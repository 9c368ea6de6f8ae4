//! When an office is open, and from which hour on what comes in counts as received on the next working day.

use jiff::civil::{Time, time};
use serde::{Deserialize, Serialize};

use super::decisions::CalendarError;

/// The hours of an office on a working day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct OfficeHours {
    /// The morning's first minute.
    pub opens: Time,
    /// When the morning ends.
    pub lunch_from: Time,
    /// When the afternoon begins.
    pub lunch_to: Time,
    /// When the afternoon ends.
    pub closes: Time,
    /// What comes in after this counts as received on the next working day (`sau 15 giờ`); null for the closing hour.
    pub cut_off: Option<Time>,
}

impl Default for OfficeHours {
    /// From 7:30 to 11:30 and from 13:30 to 17:00.
    fn default() -> Self {
        Self {
            opens: time(7, 30, 0, 0),
            lunch_from: time(11, 30, 0, 0),
            lunch_to: time(13, 30, 0, 0),
            closes: time(17, 0, 0, 0),
            cut_off: None,
        }
    }
}

impl OfficeHours {
    /// Whether it is open at this time of a working day: from the opening minute on, no longer at the closing one.
    pub fn is_open_at(&self, at: Time) -> bool {
        (self.opens..self.lunch_from).contains(&at) || (self.lunch_to..self.closes).contains(&at)
    }

    /// The last moment that counts as received on the same day.
    pub fn last_receipt(&self) -> Time {
        self.cut_off.unwrap_or(self.closes)
    }

    /// Whether the hours follow one another.
    ///
    /// # Errors
    ///
    /// [`CalendarError::Hours`] where they do not, or the cut-off lies outside of them.
    pub fn check(&self) -> Result<(), CalendarError> {
        let in_order =
            self.opens < self.lunch_from && self.lunch_from <= self.lunch_to && self.lunch_to < self.closes;
        let is_inside = self.cut_off.is_none_or(|cut_off| (self.opens..=self.closes).contains(&cut_off));
        if in_order && is_inside { Ok(()) } else { Err(CalendarError::Hours) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_office_is_open_in_its_hours() {
        let hours = OfficeHours::default();
        for (hour, minute, open) in [
            (7, 29, false),
            (7, 30, true),
            (11, 29, true),
            (11, 30, false),
            (13, 29, false),
            (13, 30, true),
            (16, 59, true),
            (17, 0, false),
        ] {
            assert_eq!(hours.is_open_at(time(hour, minute, 0, 0)), open, "{hour}:{minute}");
        }
    }

    #[test]
    fn hours_are_in_order() {
        let hours = OfficeHours::default();
        assert_eq!(hours.check(), Ok(()));
        let wrong = [
            OfficeHours { opens: time(12, 0, 0, 0), ..hours },
            OfficeHours { lunch_to: time(11, 0, 0, 0), ..hours },
            OfficeHours { closes: time(13, 30, 0, 0), ..hours },
            OfficeHours { cut_off: Some(time(18, 0, 0, 0)), ..hours },
            OfficeHours { cut_off: Some(time(7, 0, 0, 0)), ..hours },
        ];
        for hours in wrong {
            assert_eq!(hours.check(), Err(CalendarError::Hours), "{hours:?}");
        }
    }

    #[test]
    fn hours_are_read_from_toml() {
        let hours: OfficeHours = toml::from_str("opens = \"08:00\"\ncut_off = \"15:00\"").unwrap();
        assert_eq!((hours.opens, hours.last_receipt()), (time(8, 0, 0, 0), time(15, 0, 0, 0)));
        assert_eq!(hours.closes, time(17, 0, 0, 0));
    }
}
