//! How a dossier stands: where it lies, when it is due, whether it is late and by how many working days.
//!
//! The day that was promised on the receipt counts where there is one, else the time limit of the procedure. Time in which
//! the office waited for papers is added to either. Nothing is guessed: without a promise and a limit there is no due day.

use jiff::civil::{Date, DateTime};

use super::calendar::{Calendar, Deadline, Pause, TimeLimit, deadline, lateness};
use super::dossier::{Dossier, Outcome, PaperRequest, Step};

/// Where a dossier is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stage {
    /// It is being handled; null where the system names no step.
    Handling(Option<Step>),
    /// The office waits for papers.
    WaitingForPapers(PaperRequest),
    /// It is over.
    Ended(Outcome),
}

/// Where a due day comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DueBy {
    /// It was promised on the receipt.
    Promise,
    /// The procedure's time limit gives it.
    Law,
}

/// When a dossier is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Due {
    /// The last day.
    pub on: Date,
    /// Where that comes from.
    pub by: DueBy,
    /// Working days after it, as of the day that was asked about or the day of the outcome; negative before it.
    pub late: i64,
    /// Working days by which waiting for papers has moved it.
    pub moved: i64,
}

/// How a dossier stands on a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assessment {
    /// Where it is.
    pub stage: Stage,
    /// The day that counts as the day of receipt: a dossier handed in after hours counts from the next working day.
    pub received_on: Date,
    /// Working days since then, as of the day that was asked about or the day of the outcome.
    pub waited: i64,
    /// When it is due; null where nobody said, or while papers are missing.
    pub due: Option<Due>,
    /// Working days since it came to its step; null where there is none.
    pub in_step: Option<i64>,
    /// When the time limit of the procedure ends; null without one, or while papers are missing.
    pub legal_due: Option<Date>,
}

impl Assessment {
    /// Whether it is late.
    pub fn is_late(&self) -> bool {
        self.due.is_some_and(|due| due.late > 0)
    }
}

/// Assesses a dossier at a moment of the office's clock, with the time limit of its procedure.
pub fn assess(
    dossier: &Dossier,
    limit: Option<&TimeLimit>,
    now: DateTime,
    calendar: &Calendar,
) -> Assessment {
    let today = now.date();
    let pauses: Vec<Pause> = dossier
        .requests
        .iter()
        .map(|request| Pause { asked_on: request.asked_on, supplied_on: request.supplied_on })
        .collect();
    let open = dossier.requests.iter().rev().find(|request| request.supplied_on.is_none());
    let stage = match (&dossier.outcome, open) {
        (Some(outcome), _) => Stage::Ended(outcome.clone()),
        (None, Some(request)) => Stage::WaitingForPapers(request.clone()),
        (None, None) => Stage::Handling(dossier.steps.last().cloned()),
    };
    let as_of = dossier.outcome.as_ref().map_or(today, |outcome| outcome.on);
    let received_on = calendar.day_of_receipt(dossier.received_at);
    let moved: i64 = pauses
        .iter()
        .filter_map(|pause| {
            pause.supplied_on.map(|on| calendar.working_days_between(pause.asked_on, on).max(0))
        })
        .sum();
    let is_waiting = matches!(stage, Stage::WaitingForPapers(_));
    let legal_due = limit.and_then(|limit| match deadline(dossier.received_at, limit, &pauses, calendar) {
        Deadline::Due(day) if !is_waiting => Some(day),
        _ => None,
    });
    let promised = dossier.promised_at.filter(|_| !is_waiting).map(|at| {
        let moved = u32::try_from(moved).unwrap_or(0);
        calendar.add_working_days(at.date(), moved)
    });
    let due = match (promised, legal_due) {
        (Some(on), _) => Some((on, DueBy::Promise)),
        (None, Some(on)) => Some((on, DueBy::Law)),
        (None, None) => None,
    };
    Assessment {
        received_on,
        waited: calendar.working_days_between(received_on, as_of).max(0),
        due: due.map(|(on, by)| Due { on, by, late: lateness(on, as_of, calendar), moved }),
        in_step: dossier
            .steps
            .last()
            .map(|step| calendar.working_days_between(step.since.date(), today).max(0)),
        legal_due,
        stage,
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::{date, datetime};

    use super::super::calendar::Unit;
    use super::super::dossier::OutcomeKind;
    use super::super::store::tests::sample;
    use super::*;

    fn three_days() -> TimeLimit {
        TimeLimit { amount: 3, unit: Unit::WorkingDays }
    }

    fn on(day: Date) -> DateTime {
        day.at(9, 0, 0, 0)
    }

    #[test]
    fn lateness_is_counted_in_working_days_from_the_promise_or_the_limit() {
        let calendar = Calendar::new(None).unwrap();
        let mut dossier = sample("H29.17-260302-0001"); // Monday 2 March, 8 o'clock
        dossier.steps = vec![Step {
            name: "Thẩm định".into(),
            holder: "Tư pháp".into(),
            since: datetime(2026, 3, 3, 9, 0, 0, 0),
        }];
        let in_time = assess(&dossier, Some(&three_days()), on(date(2026, 3, 5)), &calendar);
        assert_eq!(in_time.due, Some(Due { on: date(2026, 3, 5), by: DueBy::Law, late: 0, moved: 0 }));
        assert!(!in_time.is_late());
        let late = assess(&dossier, Some(&three_days()), on(date(2026, 3, 9)), &calendar);
        assert_eq!((late.due.unwrap().late, late.waited, late.in_step), (2, 5, Some(4)));
        dossier.promised_at = Some(datetime(2026, 3, 10, 16, 0, 0, 0));
        let promised = assess(&dossier, Some(&three_days()), on(date(2026, 3, 9)), &calendar);
        assert_eq!(promised.due, Some(Due { on: date(2026, 3, 10), by: DueBy::Promise, late: -1, moved: 0 }));
        assert_eq!(promised.legal_due, Some(date(2026, 3, 5)));
        dossier.promised_at = None;
        assert_eq!(assess(&dossier, None, on(date(2026, 3, 9)), &calendar).due, None, "nothing is guessed");
    }

    #[test]
    fn while_papers_are_missing_nothing_is_late_and_afterwards_the_wait_is_added() {
        let calendar = Calendar::new(None).unwrap();
        let mut dossier = sample("H29.17-260302-0001");
        dossier.promised_at = Some(datetime(2026, 3, 5, 16, 0, 0, 0));
        dossier.requests = vec![PaperRequest {
            papers: vec!["Giấy chứng sinh".into()],
            asked_on: date(2026, 3, 3),
            supplied_on: None,
        }];
        let waiting = assess(&dossier, Some(&three_days()), on(date(2026, 3, 20)), &calendar);
        assert!(matches!(waiting.stage, Stage::WaitingForPapers(_)));
        assert_eq!((waiting.due, waiting.legal_due), (None, None));
        dossier.requests[0].supplied_on = Some(date(2026, 3, 10));
        let supplied = assess(&dossier, Some(&three_days()), on(date(2026, 3, 20)), &calendar);
        assert_eq!(supplied.due, Some(Due { on: date(2026, 3, 12), by: DueBy::Promise, late: 6, moved: 5 }));
        assert_eq!(supplied.legal_due, Some(date(2026, 3, 12)));
    }

    #[test]
    fn what_has_ended_is_judged_by_the_day_on_which_it_ended() {
        let calendar = Calendar::new(None).unwrap();
        let mut dossier = sample("H29.17-260302-0001");
        dossier.outcome = Some(Outcome {
            kind: OutcomeKind::Granted,
            on: date(2026, 3, 6),
            note: None,
            collected_on: None,
        });
        let ended = assess(&dossier, Some(&three_days()), on(date(2026, 6, 1)), &calendar);
        assert_eq!(ended.due.map(|due| due.late), Some(1));
        assert!(matches!(ended.stage, Stage::Ended(_)));
    }
}
