//! What must hold of a dossier, whatever it was read from.

use jiff::civil::{Date, DateTime};

use super::error::Problem;
use super::mapping::Field;
use super::values::in_range;
use crate::dossiers::dossier::{Dossier, PaperRequest};

/// Names of procedures, in characters.
const MAX_PROCEDURE: usize = 500;
/// Names of offices, steps, desks and persons, in characters.
const MAX_NAME: usize = 300;
/// A paper or a note, in characters.
const MAX_NOTE: usize = 2000;
/// Steps, requests, and papers in a request.
const MAX_ITEMS: usize = 200;

/// Checks the order of its dates, and bounds.
pub(super) fn check(dossier: &Dossier, today: Date) -> Result<(), (Field, Problem)> {
    let Dossier { received_at, .. } = *dossier;
    let received = received_at.date();
    past(received, today).map_err(|problem| (Field::ReceivedAt, problem))?;
    if let Some(promised) = dossier.promised_at {
        let in_order = in_range(promised.date()).and_then(|()| not_before(promised, received_at));
        in_order.map_err(|problem| (Field::PromisedAt, problem))?;
    }
    lengths(dossier)?;
    for step in &dossier.steps {
        let wrong = |problem| (Field::StepSince, problem);
        past(step.since.date(), today).and_then(|()| not_before(step.since, received_at)).map_err(wrong)?;
    }
    if !dossier.steps.is_sorted_by_key(|step| step.since) {
        return Err((Field::StepSince, Problem::StepsOutOfOrder));
    }
    for request in &dossier.requests {
        check_request(request, received, today)?;
    }
    if let Some(outcome) = &dossier.outcome {
        past(outcome.on, today)
            .and_then(|()| day_not_before(outcome.on, received))
            .map_err(|p| (Field::ResultOn, p))?;
        if let Some(collected) = outcome.collected_on {
            let in_order = match collected < outcome.on {
                true => Err(Problem::CollectedBeforeResult { collected, on: outcome.on }),
                false => past(collected, today),
            };
            in_order.map_err(|problem| (Field::CollectedOn, problem))?;
        }
    }
    Ok(())
}

fn check_request(request: &PaperRequest, received: Date, today: Date) -> Result<(), (Field, Problem)> {
    let asked = request.asked_on;
    past(asked, today).and_then(|()| day_not_before(asked, received)).map_err(|p| (Field::AskedOn, p))?;
    let Some(supplied) = request.supplied_on else { return Ok(()) };
    let in_order = match supplied < asked {
        true => Err(Problem::SuppliedBeforeAsked { supplied, asked }),
        false => past(supplied, today),
    };
    in_order.map_err(|problem| (Field::SuppliedOn, problem))
}

fn lengths(dossier: &Dossier) -> Result<(), (Field, Problem)> {
    let mut texts = vec![
        (Field::Procedure, dossier.procedure.as_str(), MAX_PROCEDURE),
        (Field::Office, dossier.office.as_str(), MAX_NAME),
    ];
    for (field, text, bound) in [
        (Field::ProcedureId, &dossier.procedure_id, MAX_NAME),
        (Field::Applicant, &dossier.applicant, MAX_NAME),
        (Field::Note, &dossier.outcome.as_ref().and_then(|outcome| outcome.note.clone()), MAX_NOTE),
    ] {
        if text.as_ref().is_some_and(|text| text.chars().nth(bound).is_some()) {
            return Err((field, Problem::TooLong(bound)));
        }
    }
    for (field, count) in [
        (Field::Step, dossier.steps.len()),
        (Field::AskedOn, dossier.requests.len()),
        (
            Field::Papers,
            dossier.requests.iter().map(|request| request.papers.len()).max().unwrap_or_default(),
        ),
    ] {
        if count > MAX_ITEMS {
            return Err((field, Problem::TooMany(MAX_ITEMS)));
        }
    }
    for step in &dossier.steps {
        texts.push((Field::Step, &step.name, MAX_NAME));
        texts.push((Field::Holder, &step.holder, MAX_NAME));
    }
    texts.extend(
        dossier
            .requests
            .iter()
            .flat_map(|request| &request.papers)
            .map(|paper| (Field::Papers, paper.as_str(), MAX_NOTE)),
    );
    match texts.into_iter().find(|(_, text, bound)| text.chars().nth(*bound).is_some()) {
        Some((field, _, bound)) => Err((field, Problem::TooLong(bound))),
        None => Ok(()),
    }
}

fn past(day: Date, today: Date) -> Result<(), Problem> {
    in_range(day)?;
    if day > today { Err(Problem::InFuture(day)) } else { Ok(()) }
}

/// Moments are compared by their hours only where both have one: a bare date stands at 0:00.
fn not_before(at: DateTime, received: DateTime) -> Result<(), Problem> {
    let has_time = |at: DateTime| at.time() != jiff::civil::Time::midnight();
    let is_before = match has_time(at) && has_time(received) {
        true => at < received,
        false => at.date() < received.date(),
    };
    let wrong = Problem::BeforeReceipt { date: at.date(), received: received.date() };
    if is_before { Err(wrong) } else { Ok(()) }
}

fn day_not_before(day: Date, received: Date) -> Result<(), Problem> {
    if day < received { Err(Problem::BeforeReceipt { date: day, received }) } else { Ok(()) }
}
