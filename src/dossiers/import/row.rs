//! The cells of one row become a dossier and what its owner knows.

use std::sync::Arc;

use jiff::civil::{Date, DateTime};

use super::check::check;
use super::error::{Problem, RowError};
use super::mapping::{Field, Mapping, Names};
use super::values::{Moment, birth_year, clean, identity_last4, moment, shown, sum};
use crate::dossiers::dossier::{Dossier, Outcome, PaperRequest, Secrets, Step};

/// One cell.
#[derive(Debug, Clone)]
pub(super) struct Cell {
    /// As the file calls it.
    pub column: Arc<str>,
    /// As it stands there.
    pub text: String,
    /// How far behind in the list of the mapping the column's name stands.
    pub place: usize,
}

/// The cells of a row by what they give.
#[derive(Debug, Clone, Default)]
pub(super) struct Cells([Option<Cell>; Field::COUNT]);

/// What is wrong, and in which column.
pub(super) type Wrong = (Option<String>, Problem);

impl Cells {
    /// Takes a cell, unless one stands there that says something and is as good. An empty cell tells its column.
    pub(super) fn put(&mut self, field: Field, mut cell: Cell) {
        let Some(slot) = self.0.get_mut(field as usize) else { return };
        if cell.text.chars().all(|c| c.is_whitespace() || c.is_control()) {
            cell.text.clear();
        }
        let rank = |cell: &Cell| (cell.text.is_empty(), cell.place);
        if slot.as_ref().is_none_or(|held| rank(&cell) < rank(held)) {
            *slot = Some(cell);
        }
    }

    /// Whether nothing stands in any of them.
    pub(super) fn is_empty(&self) -> bool {
        self.0.iter().flatten().all(|cell| cell.text.is_empty())
    }

    /// A number for what the row says: equal rows have the same one.
    pub(super) fn fingerprint(&self, state: &std::collections::hash_map::RandomState) -> u64 {
        use std::hash::BuildHasher;
        state.hash_one(self.0.iter().map(|cell| cell.as_ref().map(|cell| &cell.text)).collect::<Vec<_>>())
    }

    fn cell(&self, field: Field) -> Option<&Cell> {
        self.0.get(field as usize)?.as_ref().filter(|cell| !cell.text.is_empty())
    }

    fn text(&self, field: Field) -> Option<String> {
        self.cell(field).map(|cell| clean(&cell.text)).filter(|text| !text.is_empty())
    }

    /// The column of a field, or the mapping's name of it.
    pub(super) fn column(&self, field: Field) -> String {
        let cell = self.0.get(field as usize).and_then(Option::as_ref);
        cell.map_or_else(|| field.name().to_owned(), |cell| cell.column.to_string())
    }

    /// A value that is read from its text.
    fn value<T>(
        &self,
        field: Field,
        read: impl FnOnce(&str) -> Result<T, Problem>,
    ) -> Result<Option<T>, Wrong> {
        let Some(text) = self.text(field) else { return Ok(None) };
        read(&text).map(Some).map_err(|problem| (Some(self.column(field)), problem))
    }

    fn needed<T>(&self, field: Field, read: impl FnOnce(&str) -> Result<T, Problem>) -> Result<T, Wrong> {
        self.value(field, read)?.ok_or_else(|| (Some(self.column(field)), Problem::Missing))
    }
}

/// Reads a row and checks it.
pub(super) fn dossier(
    cells: &Cells,
    mapping: &Mapping,
    names: &Names,
    today: Date,
) -> Result<(Dossier, Secrets), Wrong> {
    let verbatim = |text: &str| Ok(text.to_owned());
    let code = cells.needed(Field::Code, |text| Ok(text.parse()?))?;
    let received = cells.needed(Field::ReceivedAt, moment)?;
    let office = match (cells.text(Field::Office), &mapping.office) {
        (Some(office), _) => office,
        (None, Some(office)) => office.clone(),
        (None, None) => return Err((Some(cells.column(Field::Office)), Problem::Missing)),
    };
    let promised = cells.value(Field::PromisedAt, moment)?.map(|promised| match promised.has_time {
        true => promised.at,
        false => promised.at.date().to_datetime(mapping.end_of_day),
    });
    let dossier = Dossier {
        code,
        procedure: cells.needed(Field::Procedure, verbatim)?,
        procedure_id: cells.text(Field::ProcedureId),
        office,
        received_at: received.at,
        promised_at: promised,
        steps: steps(cells, names, received)?,
        requests: requests(cells)?,
        fee_owed: cells.value(Field::FeeOwed, sum)?.unwrap_or_default(),
        outcome: outcome(cells, mapping, names)?,
        applicant: cells.text(Field::Applicant),
        is_demo: false,
    };
    let secrets = Secrets {
        identity_last4: cells.value(Field::Identity, identity_last4)?,
        birth_year: cells.value(Field::Birth, |text| birth_year(text, today))?,
    };
    match check(&dossier, today) {
        Ok(()) => Ok((dossier, secrets)),
        Err((field, problem)) => Err((Some(cells.column(field)), problem)),
    }
}

/// The step at which it lies. Where only a state is told, that is the step, unless the dossier has ended.
fn steps(cells: &Cells, names: &Names, received: Moment) -> Result<Vec<Step>, Wrong> {
    let state = cells.text(Field::Status).filter(|state| names.end(state).is_none());
    let holder = cells.text(Field::Holder);
    let name = match (cells.text(Field::Step).or(state), &holder) {
        (Some(name), _) => name,
        (None, Some(_)) => "Xử lý hồ sơ".to_owned(),
        (None, None) => return Ok(vec![]),
    };
    let since =
        cells.value(Field::StepSince, moment)?.map_or(received.at, |since| not_before(since, received));
    Ok(vec![Step { name, holder: holder.unwrap_or_default(), since }])
}

/// A step that began on the day of receipt, at no hour that is told, began with the receipt.
fn not_before(since: Moment, received: Moment) -> DateTime {
    let is_same_day = since.at.date() == received.at.date();
    if is_same_day && !since.has_time { received.at } else { since.at }
}

fn requests(cells: &Cells) -> Result<Vec<PaperRequest>, Wrong> {
    let asked_on = cells.value(Field::AskedOn, moment)?;
    let supplied_on = cells.value(Field::SuppliedOn, moment)?.map(|moment| moment.at.date());
    let papers: Vec<String> = cells
        .cell(Field::Papers)
        .map(|cell| cell.text.split([';', '\n', '\r']).map(clean).filter(|paper| !paper.is_empty()).collect())
        .unwrap_or_default();
    match asked_on {
        Some(asked) => Ok(vec![PaperRequest { papers, asked_on: asked.at.date(), supplied_on }]),
        None if supplied_on.is_some() => Err((Some(cells.column(Field::SuppliedOn)), Problem::NotAskedFor)),
        None if !papers.is_empty() => Err((Some(cells.column(Field::Papers)), Problem::NotAskedFor)),
        None => Ok(vec![]),
    }
}

fn outcome(cells: &Cells, mapping: &Mapping, names: &Names) -> Result<Option<Outcome>, Wrong> {
    let decided_on = cells.value(Field::ResultOn, moment)?.map(|moment| moment.at.date());
    let collected_on = cells.value(Field::CollectedOn, moment)?.map(|moment| moment.at.date());
    let [result, state] = [Field::Result, Field::Status].map(|field| cells.text(field));
    // The result is the nearer word: "Đã trả kết quả" may be said of a refusal.
    let told = result
        .as_deref()
        .and_then(|text| names.end(text))
        .or(state.as_deref().and_then(|text| names.end(text)));
    let on = decided_on.or(collected_on);
    let date_field = if decided_on.is_some() { Field::ResultOn } else { Field::CollectedOn };
    let (kind, on) = match (told.or(mapping.ends.date_alone.filter(|_| on.is_some())), on) {
        (Some(kind), Some(on)) => (kind, on),
        (Some(_), None) => {
            let field = if result.is_some() { Field::Result } else { Field::Status };
            return Err((Some(cells.column(field)), Problem::EndWithoutDate));
        }
        (None, Some(_)) => {
            let word = shown(&result.or(state).unwrap_or_default());
            return Err((Some(cells.column(date_field)), Problem::UnknownEnd(word)));
        }
        (None, None) => return Ok(None),
    };
    let note = cells.text(Field::Note).or(result.filter(|text| !names.is_mere_end(text)));
    Ok(Some(Outcome { kind, on, note, collected_on }))
}

/// The error of a row at its line.
pub(super) fn at_line(line: u64, (column, problem): Wrong) -> RowError {
    RowError { line, column, problem }
}

/// A dossier that came in our own form: its texts are cleaned, and the same is checked as of a row.
pub(super) fn own(
    mut dossier: Dossier,
    mut secrets: Secrets,
    today: Date,
) -> Result<(Dossier, Secrets), Wrong> {
    let optional =
        |text: &mut Option<String>| *text = text.take().map(|t| clean(&t)).filter(|t| !t.is_empty());
    for text in [&mut dossier.procedure, &mut dossier.office] {
        *text = clean(text);
    }
    optional(&mut dossier.procedure_id);
    optional(&mut dossier.applicant);
    if let Some(outcome) = &mut dossier.outcome {
        optional(&mut outcome.note);
    }
    for step in &mut dossier.steps {
        step.name = clean(&step.name);
        step.holder = clean(&step.holder);
    }
    for paper in dossier.requests.iter_mut().flat_map(|request| &mut request.papers) {
        *paper = clean(paper);
    }
    for (field, text) in [(Field::Procedure, &dossier.procedure), (Field::Office, &dossier.office)] {
        if text.is_empty() {
            return Err((Some(field.name().to_owned()), Problem::Missing));
        }
    }
    let column = |field: Field| Some(field.name().to_owned());
    if let Some(identity) = secrets.identity_last4.take() {
        secrets.identity_last4 =
            Some(identity_last4(&clean(&identity)).map_err(|problem| (column(Field::Identity), problem))?);
    }
    if secrets.birth_year.is_some_and(|year| !(1900..=today.year()).contains(&year)) {
        return Err((column(Field::Birth), Problem::NoBirthYear));
    }
    check(&dossier, today).map_err(|(field, problem)| (column(field), problem))?;
    Ok((dossier, secrets))
}
