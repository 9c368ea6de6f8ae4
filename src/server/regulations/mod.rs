//! `GET /api/regulations…`: the law of the index, to be read by machines and pages.
//!
//! | path | query | answer |
//! |---|---|---|
//! | `/api/regulations` | `limit`, `after` (a number), `as_of` | `documents`, `total`, `next` |
//! | `/api/regulations/search` | `q`, `as_of`, `limit` | `hits` |
//! | `/api/regulations/article` | `document`, `article`, `as_of` | text, clauses, versions, force |
//! | `/api/regulations/history` | `document`, `article` | `versions` and `changes` |
//! | `/api/regulations/changes` | `since` (a day or a moment), `limit` | `changes`, the latest first |
//!
//! Every answer is bounded; an error is `{"code", "message"}`, the message in Vietnamese. `docs/regulations.md` has
//! every key.

pub(in crate::server) mod excerpt;

use std::sync::Arc;

use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Json, Response};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::Deserialize;
use serde_json::{Value, json};
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::pipeline::Pipeline;
use crate::question::Question;
use crate::regulations::{Article, IndexError, Kind, RegulationIndex};
use crate::server::openapi::Problem;
use crate::server::today;
use excerpt::{snippet, spans};

/// Documents in one answer, at most.
const MAX_DOCUMENTS: usize = 1000;
/// Hits in one answer, at most.
const MAX_HITS: usize = 50;
/// Changes in one answer, at most.
const MAX_CHANGES: usize = 1000;
/// Longest question, in characters.
const MAX_QUESTION_CHARS: usize = 1000;
/// Longest number of a document or an article, in bytes.
const MAX_NUMBER_BYTES: usize = 200;
/// Wordings of an article in one answer, at most: the latest.
const MAX_VERSIONS: usize = 100;
/// The texts of all wordings in one answer; those beyond it are left out, in bytes.
const MAX_TEXT_BYTES: usize = 1 << 20;

/// The routes.
pub fn routes() -> OpenApiRouter<Arc<Pipeline>> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(search))
        .routes(routes!(article))
        .routes(routes!(history))
        .routes(routes!(changes))
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
enum ReadError {
    #[error("Tham số không hợp lệ. Ngày viết dạng 2026-01-31, số lượng là số nguyên dương.")]
    Parameters,
    #[error("Xin cho biết tham số “{0}”.")]
    Lacking(&'static str),
    #[error("Tham số “{0}” quá dài.")]
    TooLong(&'static str),
    #[error("Không có điều luật này trong kho văn bản.")]
    NotFound,
    #[error("Chưa tra cứu được quy định. Xin thử lại sau.")]
    Failed,
}

impl From<QueryRejection> for ReadError {
    fn from(_: QueryRejection) -> Self {
        Self::Parameters
    }
}

impl From<IndexError> for ReadError {
    fn from(error: IndexError) -> Self {
        tracing::warn!("the regulations could not be read: {error}");
        Self::Failed
    }
}

impl IntoResponse for ReadError {
    fn into_response(self) -> Response {
        let (status, code) = match self {
            Self::Parameters => (StatusCode::BAD_REQUEST, "parameters_malformed"),
            Self::Lacking(_) => (StatusCode::BAD_REQUEST, "parameter_missing"),
            Self::TooLong(_) => (StatusCode::BAD_REQUEST, "parameter_too_long"),
            Self::NotFound => (StatusCode::NOT_FOUND, "not_found"),
            Self::Failed => (StatusCode::INTERNAL_SERVER_ERROR, "search_failed"),
        };
        Problem::response(status, code, &self.to_string())
    }
}

type Answer = Result<Json<Value>, ReadError>;
type Asked<T> = Result<Query<T>, QueryRejection>;

/// Reads the index beside the async threads.
async fn read(
    pipeline: Arc<Pipeline>,
    work: impl FnOnce(&RegulationIndex) -> Result<Value, ReadError> + Send + 'static,
) -> Answer {
    let index = pipeline.index.clone();
    match tokio::task::spawn_blocking(move || work(&index)).await {
        Ok(answer) => answer.map(Json),
        Err(_) => Err(ReadError::Failed),
    }
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct ListQuery {
    /// So many documents at most; 100 if left out.
    limit: Option<usize>,
    /// After the document of this number; `next` of the page before.
    after: Option<String>,
    /// As of this day; today if left out.
    #[param(value_type = Option<String>, format = Date)]
    as_of: Option<Date>,
}

/// The documents, by their numbers
#[utoipa::path(get, path = "/api/regulations", tag = "law", params(ListQuery), responses(
    (status = 200, description = "The documents, by their numbers", body = Object),
    (status = 400, description = "A parameter is missing or malformed", body = Problem),
))]
async fn list(State(pipeline): State<Arc<Pipeline>>, query: Asked<ListQuery>) -> Answer {
    let Query(query) = query?;
    read(pipeline, move |index| {
        let catalogue = index.catalogue()?;
        let as_of = query.as_of.unwrap_or_else(today);
        let after = query.after.unwrap_or_default();
        let limit = query.limit.unwrap_or(100).clamp(1, MAX_DOCUMENTS);
        let start = catalogue.documents.partition_point(|document| document.number <= after);
        let rest = &catalogue.documents[start..];
        let shown = &rest[..limit.min(rest.len())];
        let documents: Vec<Value> = shown
            .iter()
            .map(|document| {
                json!({
                    "number": document.number,
                    "title": document.title,
                    "name": document.name,
                    "type": document.kind,
                    "articles": document.articles,
                    "effective_from": document.effective_from,
                    "status": document.status(as_of),
                })
            })
            .collect();
        let next = shown.last().filter(|_| shown.len() < rest.len()).map(|last| &last.number);
        Ok(json!({ "as_of": as_of, "total": catalogue.documents.len(), "documents": documents, "next": next }))
    })
    .await
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct SearchQuery {
    /// What is looked for.
    #[param(required, nullable = false)]
    q: Option<String>,
    /// As of this day; today if left out.
    #[param(value_type = Option<String>, format = Date)]
    as_of: Option<Date>,
    /// So many hits at most; 10 if left out.
    limit: Option<usize>,
}

/// Articles in which something is found, the best first
#[utoipa::path(get, path = "/api/regulations/search", tag = "law", params(SearchQuery), responses(
    (status = 200, description = "Articles in which something is found, the best first", body = Object),
    (status = 400, description = "A parameter is missing or malformed", body = Problem),
))]
async fn search(State(pipeline): State<Arc<Pipeline>>, query: Asked<SearchQuery>) -> Answer {
    let Query(query) = query?;
    let asked = query.q.filter(|q| !q.trim().is_empty()).ok_or(ReadError::Lacking("q"))?;
    if asked.chars().count() > MAX_QUESTION_CHARS {
        return Err(ReadError::TooLong("q"));
    }
    read(pipeline, move |index| {
        let as_of = query.as_of.unwrap_or_else(today);
        let limit = query.limit.unwrap_or(10).clamp(1, MAX_HITS);
        let question = Question::new(&asked);
        let found = match question.is_empty() {
            true => Vec::new(),
            false => index.search().find(&question, Kind::Article, limit, Some(as_of))?,
        };
        let hits: Vec<Value> = found
            .iter()
            .filter_map(|hit| Some((hit.article()?, hit.score)))
            .map(|(article, score)| {
                json!({
                    "document": article.document_number,
                    "document_name": article.document_name(),
                    "article": article.number,
                    "title": article.title,
                    "snippet": snippet(&article.text, &asked),
                    "score": score,
                    "in_force": article.in_force(as_of),
                })
            })
            .collect();
        Ok(json!({ "as_of": as_of, "hits": hits }))
    })
    .await
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct ArticleQuery {
    /// `45/2019/QH14`.
    #[param(required, nullable = false)]
    document: Option<String>,
    /// `35`.
    #[param(required, nullable = false)]
    article: Option<String>,
    /// As of this day; today if left out.
    #[param(value_type = Option<String>, format = Date)]
    as_of: Option<Date>,
}

impl ArticleQuery {
    fn names(self) -> Result<(String, String), ReadError> {
        let given = |value: Option<String>, name| match value.map(|value| value.trim().to_owned()) {
            None => Err(ReadError::Lacking(name)),
            Some(value) if value.is_empty() => Err(ReadError::Lacking(name)),
            Some(value) if value.len() > MAX_NUMBER_BYTES => Err(ReadError::TooLong(name)),
            Some(value) => Ok(value),
        };
        Ok((given(self.document, "document")?, given(self.article, "article")?))
    }
}

/// An article as of a day, with its clauses, versions and force
#[utoipa::path(get, path = "/api/regulations/article", tag = "law", params(ArticleQuery), responses(
    (status = 200, description = "An article as of a day, with its clauses, versions and force", body = Object),
    (status = 400, description = "A parameter is missing or malformed", body = Problem),
    (status = 404, description = "There is no such article", body = Problem),
))]
async fn article(State(pipeline): State<Arc<Pipeline>>, query: Asked<ArticleQuery>) -> Answer {
    let Query(query) = query?;
    let as_of = query.as_of.unwrap_or_else(today);
    let (document, number) = query.names()?;
    read(pipeline, move |index| {
        let search = index.search();
        let article = search.article_as_of(&document, &number, as_of)?.ok_or(ReadError::NotFound)?;
        let versions = search.article_versions(&document, &number)?;
        let versions: Vec<Value> = versions
            .iter()
            .rev()
            .take(MAX_VERSIONS)
            .map(|version| {
                json!({
                    "effective_from": version.effective_from,
                    "effective_to": version.effective_to,
                    "shown": *version == article,
                })
            })
            .collect();
        Ok(json!({
            "document": article.document_number,
            "document_name": article.document_name(),
            "document_title": article.document_title,
            "document_type": article.document_type,
            "article": article.number,
            "title": article.title,
            "path": article.path,
            "text": article.text,
            "clauses": spans(&article.text),
            "versions": versions,
            "force": {
                "as_of": as_of,
                "in_force": article.in_force(as_of),
                "effective_from": article.effective_from,
                "effective_to": article.effective_to,
                "confirmed_on": article.confirmed_on,
                "evidence": article.evidence,
                "amended_by": article.amended_by,
                "replaced_by": article.replaced_by,
                "repealed_parts": article.repealed_parts,
                "amended_parts": article.amended_parts,
                "is_derived": article.is_derived,
            },
            "source": article.source,
            "url": article.url,
        }))
    })
    .await
}

/// Every wording of an article, and what changed it
#[utoipa::path(get, path = "/api/regulations/history", tag = "law", params(ArticleQuery), responses(
    (status = 200, description = "Every wording of an article, and what changed it", body = Object),
    (status = 400, description = "A parameter is missing or malformed", body = Problem),
    (status = 404, description = "There is no such article", body = Problem),
))]
async fn history(State(pipeline): State<Arc<Pipeline>>, query: Asked<ArticleQuery>) -> Answer {
    let Query(query) = query?;
    let (document, number) = query.names()?;
    read(pipeline, move |index| {
        let search = index.search();
        let recorded = search.article_history(&document, &number)?;
        let mut changes = search.document_changes(&document, Some(&number))?;
        if recorded.is_empty() && changes.iter().all(|entry| entry.article.is_none()) {
            return Err(ReadError::NotFound);
        }
        changes.truncate(MAX_CHANGES);
        let mut room = MAX_TEXT_BYTES;
        let versions: Vec<Value> = recorded
            .iter()
            .rev()
            .take(MAX_VERSIONS)
            .map(|row| {
                let Article { title, text, effective_from, effective_to, .. } = &row.article;
                let fits = text.len() <= room;
                room = room.saturating_sub(text.len());
                json!({
                    "title": title,
                    "text": fits.then_some(text),
                    "effective_from": effective_from,
                    "effective_to": effective_to,
                    "recorded_from": row.recorded_from,
                    "recorded_to": row.recorded_to,
                })
            })
            .collect();
        Ok(json!({ "document": document, "article": number, "versions": versions, "changes": changes }))
    })
    .await
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct ChangesQuery {
    /// Since this day or moment.
    since: Option<String>,
    /// So many changes at most; 100 if left out.
    limit: Option<usize>,
}

/// What changed, the latest first
#[utoipa::path(get, path = "/api/regulations/changes", tag = "law", params(ChangesQuery), responses(
    (status = 200, description = "What changed, the latest first", body = Object),
    (status = 400, description = "A parameter is missing or malformed", body = Problem),
))]
async fn changes(State(pipeline): State<Arc<Pipeline>>, query: Asked<ChangesQuery>) -> Answer {
    let Query(query) = query?;
    let since = match query.since.as_deref().map(str::trim) {
        None | Some("") => None,
        Some(text) => Some(moment(text).ok_or(ReadError::Parameters)?),
    };
    read(pipeline, move |index| {
        let limit = query.limit.unwrap_or(100).clamp(1, MAX_CHANGES);
        let mut changes = index.search().changes(since, limit + 1)?;
        let is_complete = changes.len() <= limit;
        changes.truncate(limit);
        Ok(json!({ "changes": changes, "complete": is_complete }))
    })
    .await
}

/// A moment, or the beginning of a day where this machine stands.
fn moment(text: &str) -> Option<Timestamp> {
    text.parse().ok().or_else(|| {
        let day: Date = text.parse().ok()?;
        Some(day.to_zoned_datetime(TimeZone::system()).ok()?.timestamp())
    })
}
