//! `/staff/van-ban`: regulations are brought in as a file, compared with what is held, and put to use once somebody has read the
//! difference.

use std::sync::Arc;
use std::time::Duration;

use askama::Template;
use axum::extract::multipart::{Multipart, MultipartError, MultipartRejection};
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::Page;
use super::forms::Errors;
use super::frame::{Frame, at, render};
use super::refusal::Refusal;
use super::signed_in::{Own, SignedIn};
use crate::pipeline::Pipeline;
use crate::regulations::RegulationIndex;
use crate::regulations::difference::{Piece, word_difference};
use crate::staff::Role;
use crate::staff::incoming::{
    Comparison, Differing, Incoming, IncomingError, IncomingFile, MAX_FILE, Stage, Wording,
};
use crate::vietnamese::vietnamese_date;

/// The form around the file takes so much more. Of a file that is too large so much is taken in and thrown away: a browser
/// looks at the answer only once it has sent everything.
pub(super) const MAX_BODY: usize = 4 * MAX_FILE;
/// The longest secret, in bytes.
const MAX_SECRET: usize = 200;
/// What takes longer goes on beside the page, which says so.
const WAIT: Duration = Duration::from_secs(20);

/// A file in the list.
struct Row {
    id: String,
    name: String,
    by: String,
    at: String,
    stage: &'static str,
}

#[derive(Template)]
#[template(path = "staff/texts.html")]
struct TextsPage {
    frame: Frame,
    rows: Vec<Row>,
    done: &'static str,
    errors: Errors,
}

/// What was just done.
#[derive(Deserialize)]
pub(super) struct DoneQuery {
    da: Option<String>,
}

fn row(file: IncomingFile) -> Row {
    let stage = match &file.stage {
        Stage::Comparing => "đang so sánh",
        Stage::Compared(_) => "chờ đọc và quyết định",
        Stage::Failed(_) => "chưa đọc được",
        Stage::Importing => "đang đưa vào sử dụng",
        Stage::Imported(_) => "đã đưa vào sử dụng",
    };
    Row { id: file.id, name: file.name, by: file.by, at: at(&file.at), stage }
}

/// The list and the form.
pub(super) async fn page(by: SignedIn, Query(query): Query<DoneQuery>) -> Page {
    by.needs(Role::Editor)?;
    let done = if query.da.as_deref() == Some("bo") { "Đã bỏ tệp." } else { "" };
    shown(&by, StatusCode::OK, done, Errors::default()).await
}

async fn shown(by: &SignedIn, status: StatusCode, done: &'static str, errors: Errors) -> Page {
    let incoming = Incoming::new(&by.desk.data);
    let files = beside(move || incoming.all()).await?;
    let rows = files.into_iter().map(row).collect();
    Ok(render(status, &TextsPage { frame: by.frame("/staff/van-ban"), rows, done, errors }))
}

async fn beside<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, IncomingError> + Send + 'static,
) -> Result<T, Refusal> {
    Ok(tokio::task::spawn_blocking(work).await.map_err(|_| Refusal::Failed)??)
}

/// Takes a file in and compares it.
pub(super) async fn bring(
    State(pipeline): State<Arc<Pipeline>>,
    by: SignedIn,
    form: Result<Multipart, MultipartRejection>,
) -> Page {
    by.needs(Role::Editor)?;
    let (name, content) = match file(&by, form.map_err(|_| Refusal::FormBroken)?).await? {
        Some(file) => file,
        None => {
            let errors = Errors::one("file", "Xin chọn một tệp.");
            return shown(&by, StatusCode::UNPROCESSABLE_ENTITY, "", errors).await;
        }
    };
    let (incoming, staff) = (Incoming::new(&by.desk.data), by.name().to_owned());
    let taken = tokio::task::spawn_blocking(move || incoming.take(&name, &content, &staff)).await;
    let file = match taken.map_err(|_| Refusal::Failed)? {
        Ok(file) => file,
        Err(error @ (IncomingError::Name | IncomingError::Kind | IncomingError::Empty)) => {
            let errors = Errors::one("file", error);
            return shown(&by, StatusCode::UNPROCESSABLE_ENTITY, "", errors).await;
        }
        Err(error) => return Err(error.into()),
    };
    by.decide("regulations.bring", &file.id, &file.name).await?;
    compare(&by, &pipeline, &file.id).await;
    Ok(to(&file.id))
}

fn to(id: &str) -> Response {
    Redirect::to(&format!("/staff/van-ban/{id}")).into_response()
}

/// The name and content of the file, once the form is known to be their own.
async fn file(by: &SignedIn, mut form: Multipart) -> Result<Option<(String, Vec<u8>)>, Refusal> {
    let broken = |error: MultipartError| match error.status() {
        StatusCode::PAYLOAD_TOO_LARGE => Refusal::TooLarge,
        _ => Refusal::FormBroken,
    };
    let mut is_own = false;
    while let Some(mut field) = form.next_field().await.map_err(broken)? {
        // The secret stands before the file.
        let is_file = field.name() == Some("file");
        if is_file && !is_own {
            return Err(Refusal::NotOwnForm);
        }
        let name = field.file_name().unwrap_or_default().to_owned();
        let (most, mut came, mut content) = (if is_file { MAX_FILE } else { MAX_SECRET }, 0, Vec::new());
        while let Some(chunk) = field.chunk().await.map_err(broken)? {
            came += chunk.len();
            if came <= most {
                content.extend_from_slice(&chunk);
            }
        }
        if came > most {
            return Err(Refusal::TooLarge);
        }
        if is_file {
            return Ok((!name.is_empty()).then_some((name, content)));
        }
        is_own |= by.session.is_own_form(&String::from_utf8_lossy(&content));
    }
    if is_own { Ok(None) } else { Err(Refusal::NotOwnForm) }
}

/// Compares it, and waits a while for that.
async fn compare(by: &SignedIn, pipeline: &Pipeline, id: &str) {
    let id = id.to_owned();
    wait_for(by, pipeline, move |incoming, index| incoming.compare(index, &id)).await;
}

/// Runs what takes long to its end, and waits a while for it; the file's stage tells how it ended.
async fn wait_for(
    by: &SignedIn,
    pipeline: &Pipeline,
    work: impl FnOnce(&Incoming, &RegulationIndex) -> Result<(), IncomingError> + Send + 'static,
) {
    let (incoming, index) = (Incoming::new(&by.desk.data), pipeline.index.clone());
    let working = tokio::task::spawn_blocking(move || {
        if let Err(error) = work(&incoming, &index) {
            tracing::warn!("a file of the staff: {error}");
        }
    });
    let _ = tokio::time::timeout(WAIT, working).await;
}

/// A run of words.
struct Run {
    /// `same`, `removed` or `added`.
    kind: &'static str,
    words: String,
}

/// An article that would differ, as it is shown.
struct Difference {
    title: String,
    /// New, other, or gone.
    kind: &'static str,
    /// The days of force where they differ.
    days: Option<String>,
    runs: Vec<Run>,
}

#[derive(Template)]
#[template(path = "staff/text.html")]
struct TextPage {
    frame: Frame,
    row: Row,
    comparison: Option<Comparison>,
    differences: Vec<Difference>,
    failure: Option<String>,
    imported: Option<[usize; 3]>,
    is_waiting: bool,
}

fn days(wording: &Wording) -> String {
    let day = |day: Option<jiff::civil::Date>| day.map_or("không rõ".to_owned(), vietnamese_date);
    format!("từ {} đến {}", day(wording.from), wording.to.map_or("nay".to_owned(), vietnamese_date))
}

fn difference(differing: &Differing) -> Difference {
    let text = |wording: &Option<Wording>| wording.as_ref().map(|w| w.text.clone()).unwrap_or_default();
    let (former, latter) = (&differing.former, &differing.latter);
    let runs = word_difference(&text(former), &text(latter)).into_iter().map(|piece| match piece {
        Piece::Same(words) => Run { kind: "same", words },
        Piece::Removed(words) => Run { kind: "removed", words },
        Piece::Added(words) => Run { kind: "added", words },
    });
    let days = match (former, latter) {
        (Some(a), Some(b)) if (a.from, a.to) != (b.from, b.to) => {
            Some(format!("Hiệu lực trước: {}; sau: {}.", days(a), days(b)))
        }
        _ => None,
    };
    let kind = match (former, latter) {
        (None, _) => "thêm mới",
        (_, None) => "bỏ đi",
        _ => "thay đổi",
    };
    let title = format!("Điều {}, văn bản {}", differing.article, differing.document);
    Difference { title, kind, days, runs: runs.collect() }
}

/// One file, and what would change by it.
pub(super) async fn one(by: SignedIn, Path(id): Path<String>) -> Page {
    by.needs(Role::Editor)?;
    let incoming = Incoming::new(&by.desk.data);
    let (frame, page) = (by.frame("/staff/van-ban"), move || {
        let file = incoming.get(&id)?;
        let (mut comparison, mut failure, mut imported) = (None, None, None);
        match &file.stage {
            Stage::Compared(found) => comparison = Some((**found).clone()),
            Stage::Failed(why) => failure = Some(why.clone()),
            Stage::Imported(counts) => imported = Some(*counts),
            Stage::Comparing | Stage::Importing => {}
        }
        let differences: Vec<Difference> =
            comparison.iter().flat_map(|found| &found.differing).map(difference).collect();
        let is_waiting = matches!(file.stage, Stage::Comparing | Stage::Importing);
        Ok((row(file), comparison, differences, failure, imported, is_waiting))
    });
    let (row, comparison, differences, failure, imported, is_waiting) = beside(page).await?;
    let page = TextPage { frame, row, comparison, differences, failure, imported, is_waiting };
    Ok(render(StatusCode::OK, &page))
}

/// What the forms of that page send.
#[derive(Deserialize)]
pub(super) struct Given {
    #[serde(default)]
    act: String,
}

/// Puts a file to use, compares it again, or drops it.
pub(super) async fn decide(
    State(pipeline): State<Arc<Pipeline>>,
    Path(id): Path<String>,
    Own { by, form }: Own<Given>,
) -> Page {
    by.needs(Role::Editor)?;
    let incoming = Incoming::new(&by.desk.data);
    let file = {
        let (incoming, id) = (incoming.clone(), id.clone());
        beside(move || incoming.get(&id)).await?
    };
    match form.act.as_str() {
        "use" => {
            if !matches!(file.stage, Stage::Compared(_)) {
                return Err(IncomingError::Stage.into());
            }
            by.decide("regulations.import", &file.id, &file.name).await?;
            wait_for(&by, &pipeline, move |incoming, index| incoming.put_to_use(index, &id)).await;
            Ok(to(&file.id))
        }
        "compare" => {
            compare(&by, &pipeline, &id).await;
            Ok(to(&file.id))
        }
        "drop" => {
            by.decide("regulations.drop", &file.id, &file.name).await?;
            beside(move || incoming.drop_file(&id)).await?;
            Ok(Redirect::to("/staff/van-ban?da=bo").into_response())
        }
        _ => Err(Refusal::FormBroken),
    }
}
