//! Two hundred invented dossiers, for demonstrations: the same seed and day give the same ones on every machine.
//!
//! Their codes name an agency that does not exist (`H00.99`), their applicants have names that nobody bears, and
//! `is_demo` is set. What is promised counts weekdays only; holidays are left to the calendar.

mod procedures;

use jiff::Span;
use jiff::civil::{Date, DateTime, Time, Weekday};

use self::procedures::{PROCEDURES, Procedure};
use super::code::DossierCode;
use super::dossier::{Dossier, Outcome, OutcomeKind, PaperRequest, Secrets, Step};

/// As many are made.
pub const COUNT: usize = 200;

/// The office of all of them.
const OFFICE: &str = "Ủy ban nhân dân phường Minh Họa";

const FAMILY_NAMES: [&str; 6] = ["Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Vũ"];
/// Words for "sample" and "example": names that nobody bears.
const GIVEN_NAMES: [&str; 6] =
    ["Văn Thí Dụ", "Thị Ví Dụ", "Văn Minh Họa", "Thị Bản Mẫu", "Văn Thử Nghiệm", "Thị Giả Định"];

/// Where a dossier stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    InTime,
    /// By so many weekdays.
    Late(i32),
    Waiting,
    Supplied,
    Ready,
    Collected,
    Refused,
    Withdrawn,
}

/// Steele, Lea and Flood's SplitMix64: small, and the same everywhere.
struct SplitMix64(u64);

impl SplitMix64 {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// From `low` to `high`, both included.
    fn between(&mut self, low: i32, high: i32) -> i32 {
        let span = high.abs_diff(low) + 1;
        low.saturating_add((self.next() % u64::from(span)) as i32)
    }

    fn of<'a, T>(&mut self, list: &'a [T; 6]) -> &'a T {
        &list[(self.next() % 6) as usize]
    }

    /// Within the office's hours: 7:30 to 11:29, or 13:30 to 16:59.
    fn hour(&mut self) -> Time {
        let minutes = self.between(0, 449);
        let of_day = if minutes < 240 { 450 + minutes } else { 570 + minutes };
        Time::new((of_day / 60) as i8, (of_day % 60) as i8, 0, 0).unwrap_or_default()
    }
}

/// The invented dossiers, as they would stand on the morning of `today`. The first one was received ten days ago (on the
/// weekday before, where that was a weekend), is late, and lies at the step "Thẩm định hồ sơ".
pub fn demo(seed: u64, today: Date) -> Vec<(Dossier, Secrets)> {
    let mut dice = SplitMix64(seed);
    (0..COUNT).filter_map(|n| one(n, today, &mut dice)).collect()
}

/// Null never, but for days at the end of the calendar.
fn one(n: usize, today: Date, dice: &mut SplitMix64) -> Option<(Dossier, Secrets)> {
    let is_first = n == 0;
    let stage = if is_first { Stage::Late(0) } else { stage(n, dice) };
    let procedure = match is_first {
        true => PROCEDURES.first()?,
        false => PROCEDURES.get((dice.next() % PROCEDURES.len() as u64) as usize)?,
    };
    let span = procedure.weekdays;
    // The last weekday before today: nothing has happened this morning yet.
    let last = weekdays_after(today, -1);
    let day = match stage {
        _ if is_first => weekday_until(today.saturating_sub(Span::new().days(10))),
        Stage::Late(by) => weekdays_after(weekday_until(today), -(span + by)),
        Stage::InTime => weekdays_after(last, -dice.between(0, span - 1)),
        Stage::Waiting => weekdays_after(last, -dice.between(2, span + 6)),
        Stage::Supplied => weekdays_after(last, -dice.between(4, span + 6)),
        Stage::Ready | Stage::Collected | Stage::Refused | Stage::Withdrawn => {
            weekdays_after(last, -dice.between(span + 3, span + 25))
        }
    };
    let received = day.to_datetime(dice.hour());
    let promised = weekdays_after(day, span).to_datetime(received.time());
    let request = request(stage, procedure, day, last, dice);
    let outcome = outcome(stage, procedure, day, last, dice);
    let owes = !is_first && procedure.fee > 0 && outcome.is_none() && dice.between(1, 4) == 1;
    let end = outcome.as_ref().map_or(last, |outcome| outcome.on);
    let code = format!("H00.99-{}-{:04}", day.strftime("%y%m%d"), n + 1);
    let applicant = format!("{} {}", dice.of(&FAMILY_NAMES), dice.of(&GIVEN_NAMES));
    let secrets = Secrets {
        identity_last4: Some(format!("{:04}", dice.between(0, 9999))),
        birth_year: Some(dice.between(1950, 2004) as i16),
    };
    let dossier = Dossier {
        code: code.parse::<DossierCode>().ok()?,
        procedure: procedure.title.to_owned(),
        procedure_id: Some(procedure.id.to_owned()),
        office: OFFICE.to_owned(),
        received_at: received,
        promised_at: Some(promised),
        steps: steps(stage, procedure, received, end, dice),
        requests: request.into_iter().collect(),
        fee_owed: if owes { procedure.fee } else { 0 },
        outcome,
        applicant: Some(applicant),
        is_demo: true,
    };
    Some((dossier, secrets))
}

/// Of each stage some, in proportions that do not depend on the seed.
fn stage(n: usize, dice: &mut SplitMix64) -> Stage {
    match n % 20 {
        0..=6 => Stage::InTime,
        7..=10 => Stage::Late(dice.between(1, 20)),
        11..=13 => Stage::Waiting,
        14 | 15 => Stage::Supplied,
        16 | 17 => Stage::Ready,
        18 => Stage::Collected,
        _ if n % 60 == 59 => Stage::Withdrawn,
        _ => Stage::Refused,
    }
}

/// The way through the office; the further, the longer it has lain.
fn steps(
    stage: Stage,
    procedure: &Procedure,
    received: DateTime,
    end: Date,
    dice: &mut SplitMix64,
) -> Vec<Step> {
    let way = [
        ("Tiếp nhận hồ sơ", "Bộ phận Một cửa"),
        ("Thẩm định hồ sơ", procedure.desk),
        ("Trình ký", "Văn phòng Ủy ban nhân dân phường"),
        ("Trả kết quả", "Bộ phận Một cửa"),
    ];
    let reached = match stage {
        Stage::Late(0) | Stage::Waiting | Stage::Supplied => 2,
        Stage::Late(_) => dice.between(2, 3),
        Stage::InTime => dice.between(1, 3),
        Stage::Withdrawn => 2,
        Stage::Ready | Stage::Collected | Stage::Refused => 4,
    };
    let mut steps: Vec<Step> = Vec::new();
    for (n, (name, holder)) in way.into_iter().take(reached as usize).enumerate() {
        let since = match (n, reached) {
            (0, _) => received,
            // The last of four is the day of the result, and those between come a weekday after each other.
            (3, _) => end.to_datetime(dice.hour()),
            _ => weekdays_after(received.date(), n as i32).to_datetime(dice.hour()),
        };
        // On the same day an hour may come out earlier, and a short way may not take so many days.
        let is_over = since.date() > end || steps.last().is_some_and(|step| since < step.since);
        if is_over && n + 1 < reached as usize {
            continue;
        }
        let earliest = steps.last().map_or(received, |step| step.since);
        let since = if since.date() > end { earliest } else { since.max(earliest) };
        steps.push(Step { name: name.to_owned(), holder: holder.to_owned(), since });
    }
    steps
}

fn request(
    stage: Stage,
    procedure: &Procedure,
    received: Date,
    last: Date,
    dice: &mut SplitMix64,
) -> Option<PaperRequest> {
    let asked_on = weekdays_after(received, 1);
    let supplied_on = match stage {
        Stage::Waiting => None,
        Stage::Supplied => Some(weekdays_after(asked_on, dice.between(1, 3)).min(last)),
        _ => return None,
    };
    let papers = procedure.papers.iter().map(|&paper| paper.to_owned()).collect();
    Some(PaperRequest { papers, asked_on, supplied_on })
}

fn outcome(
    stage: Stage,
    procedure: &Procedure,
    received: Date,
    last: Date,
    dice: &mut SplitMix64,
) -> Option<Outcome> {
    let in_time = weekdays_after(received, procedure.weekdays).min(last);
    let (kind, on, note, collected_on) = match stage {
        Stage::Ready => (OutcomeKind::Granted, in_time, None, None),
        Stage::Collected => {
            let collected = weekdays_after(in_time, dice.between(0, 3)).min(last);
            (OutcomeKind::Granted, in_time, None, Some(collected))
        }
        Stage::Refused => (OutcomeKind::Refused, in_time, Some(procedure.refusal), None),
        Stage::Withdrawn => {
            let on = weekdays_after(received, 2).min(last);
            (OutcomeKind::Withdrawn, on, Some("Người nộp đề nghị rút hồ sơ"), None)
        }
        Stage::InTime | Stage::Late(_) | Stage::Waiting | Stage::Supplied => return None,
    };
    Some(Outcome { kind, on, note: note.map(str::to_owned), collected_on })
}

fn is_weekday(day: Date) -> bool {
    !matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday)
}

/// The day, or the weekday before it.
fn weekday_until(day: Date) -> Date {
    if is_weekday(day) { day } else { weekdays_after(day, -1) }
}

/// So many weekdays later, or earlier where it is negative.
fn weekdays_after(day: Date, weekdays: i32) -> Date {
    let step = Span::new().days(weekdays.signum());
    let mut day = day;
    let mut left = weekdays.unsigned_abs();
    while left > 0 {
        let Ok(next) = day.checked_add(step) else { break };
        day = next;
        left -= u32::from(is_weekday(day));
    }
    day
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;
    use std::collections::BTreeSet;

    /// Each day of some weeks, and days far away.
    fn days() -> impl Iterator<Item = Date> {
        let near = (0..30).map(|n| date(2025, 12, 20).saturating_add(Span::new().days(n)));
        near.chain([date(2024, 2, 29), date(2031, 1, 1)])
    }

    #[test]
    fn the_same_seed_gives_the_same_dossiers() {
        let today = date(2026, 1, 8);
        assert_eq!(demo(7, today), demo(7, today));
        assert_ne!(demo(7, today), demo(8, today));
        assert_eq!(SplitMix64(0).next(), 0xe220_a839_7b1d_cdaf, "as published");
    }

    #[test]
    fn the_first_one_is_late_after_ten_days() {
        for (seed, today) in (0..).zip(days()) {
            let dossiers = demo(seed, today);
            let (first, _) = &dossiers[0];
            let ago = today.since(first.received_at.date()).unwrap().get_days();
            assert!((10..=12).contains(&ago), "{ago}");
            assert!(ago == 10 || !is_weekday(today.saturating_sub(Span::new().days(10))));
            assert!(first.promised_at.unwrap().date() < today && first.outcome.is_none());
            assert!(first.requests.is_empty() && first.fee_owed == 0);
            assert_eq!(first.steps.last().unwrap().name, "Thẩm định hồ sơ");
            assert!(first.code.as_str().ends_with("-0001"));
        }
    }

    #[test]
    fn all_hold_what_is_asked_of_a_dossier() {
        let office_hours = |at: DateTime| {
            let minute = i32::from(at.hour()) * 60 + i32::from(at.minute());
            is_weekday(at.date()) && ((450..690).contains(&minute) || (810..1020).contains(&minute))
        };
        for (seed, today) in (0..).zip(days()) {
            let dossiers = demo(seed, today);
            let codes: BTreeSet<_> = dossiers.iter().map(|(dossier, _)| &dossier.code).collect();
            assert_eq!((dossiers.len(), codes.len()), (COUNT, COUNT));
            for (dossier, secrets) in &dossiers {
                assert!(dossier.is_demo && dossier.received_at.date() < today, "{dossier:?}");
                let times = dossier.steps.iter().map(|step| step.since).chain([dossier.received_at]);
                assert!(times.chain(dossier.promised_at).all(office_hours), "{dossier:?}");
                assert!(dossier.steps.is_sorted_by_key(|step| step.since) && !dossier.steps.is_empty());
                assert!(dossier.steps.iter().all(|step| {
                    (dossier.received_at..today.to_datetime(Time::midnight())).contains(&step.since)
                }));
                for request in &dossier.requests {
                    assert!(dossier.received_at.date() <= request.asked_on && request.asked_on < today);
                    assert!(request.supplied_on.is_none_or(|on| request.asked_on <= on && on < today));
                }
                if let Some(outcome) = &dossier.outcome {
                    assert!(dossier.received_at.date() <= outcome.on && outcome.on < today);
                    assert!(outcome.collected_on.is_none_or(|on| outcome.on <= on && on < today));
                    assert_eq!(outcome.note.is_none(), outcome.kind == OutcomeKind::Granted);
                }
                assert_eq!(secrets.identity_last4.as_ref().unwrap().len(), 4);
            }
        }
    }

    #[test]
    fn every_kind_is_among_them() {
        let today = date(2026, 1, 8);
        let dossiers = demo(1, today);
        let count =
            |is: &dyn Fn(&Dossier) -> bool| dossiers.iter().filter(|(dossier, _)| is(dossier)).count();
        let ended = |kind| move |d: &Dossier| d.outcome.as_ref().is_some_and(|outcome| outcome.kind == kind);
        let is_late = |d: &Dossier| {
            d.outcome.is_none() && d.requests.is_empty() && d.promised_at.unwrap().date() < today
        };
        assert!(count(&is_late) >= 40);
        assert!(count(&|d| d.outcome.is_none() && d.promised_at.unwrap().date() >= today) >= 50);
        assert_eq!(count(&|d| d.requests.iter().any(|request| request.supplied_on.is_none())), 30);
        assert_eq!(count(&|d| d.requests.iter().any(|request| request.supplied_on.is_some())), 20);
        assert!(count(&ended(OutcomeKind::Granted)) == 30 && count(&ended(OutcomeKind::Refused)) >= 6);
        assert!(count(&ended(OutcomeKind::Withdrawn)) >= 3);
        assert!(count(&|d| d.fee_owed > 0) >= 10);
        let procedures: BTreeSet<_> = dossiers.iter().map(|(dossier, _)| &dossier.procedure).collect();
        assert_eq!(procedures.len(), PROCEDURES.len());
    }

    #[test]
    fn titles_are_those_of_the_guides() {
        for procedure in &PROCEDURES {
            let path = format!("{}/knowledge/procedures/{}.toml", env!("CARGO_MANIFEST_DIR"), procedure.id);
            let guide: toml::Table = std::fs::read_to_string(&path).unwrap().parse().unwrap();
            assert_eq!(guide["title"].as_str(), Some(procedure.title), "{path}");
        }
    }
}
