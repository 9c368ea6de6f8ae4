//! `GET` and `POST /staff/da-them`: what staff added to the guides, and to take it back.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect};
use serde::Deserialize;

use super::Page;
use super::forms::{REASON_NEEDED, reason};
use super::frame::{Frame, at, render};
use super::refusal::Refusal;
use super::signed_in::{Own, SignedIn};
use crate::pipeline::Pipeline;
use crate::regulations::index::procedure_key;
use crate::server::pages::views::{article_link, guide_link};
use crate::staff::Role;
use crate::staff::knowledge::{Added, Addition, Knowledge};

/// An addition as it is shown.
struct Row {
    id: String,
    title: String,
    /// The article or the guide, as citizens read it.
    address: String,
    lines: Vec<String>,
    by: String,
    at: String,
    reason: String,
}

#[derive(Template)]
#[template(path = "staff/added.html")]
struct AddedPage {
    frame: Frame,
    rows: Vec<Row>,
    done: &'static str,
}

/// What was just done.
#[derive(Deserialize)]
pub(super) struct DoneQuery {
    da: Option<String>,
}

impl From<Addition> for Row {
    fn from(addition: Addition) -> Self {
        let Addition { id, by, reason, .. } = addition;
        let at = at(&addition.at);
        match addition.what {
            Added::Phrasing(phrasing) => {
                let (document, article) = (&phrasing.document_number, &phrasing.article);
                let clause = phrasing.clause.map(|clause| format!("Khoản {clause}, ")).unwrap_or_default();
                let title = format!("Cách hỏi: {clause}Điều {article}, {document}");
                let address = article_link(document, article, None);
                Self { id, title, address, lines: phrasing.phrases, by, at, reason }
            }
            Added::Guide { guide, before } => {
                let kind = if before.is_some() { "Hướng dẫn thay bản cũ" } else { "Hướng dẫn" };
                let (title, address) = (format!("{kind}: {}", guide.title), guide_link(&guide.id));
                Self { id, title, address, lines: guide.aliases, by, at, reason }
            }
        }
    }
}

/// The list.
pub(super) async fn page(by: SignedIn, Query(query): Query<DoneQuery>) -> Page {
    let knowledge = Knowledge::new(&by.desk.data);
    let all = tokio::task::spawn_blocking(move || knowledge.all()).await.map_err(|_| Refusal::Failed)??;
    let done = match query.da.as_deref() {
        Some("them") => "Đã thêm.",
        Some("bo") => "Đã bỏ.",
        _ => "",
    };
    let rows = all.into_iter().map(Row::from).collect();
    Ok(render(StatusCode::OK, &AddedPage { frame: by.frame("/staff/da-them"), rows, done }))
}

/// What a form sends.
#[derive(Deserialize)]
pub(super) struct Given {
    #[serde(default)]
    id: String,
    #[serde(default)]
    reason: String,
}

/// Takes one back.
pub(super) async fn undo(State(pipeline): State<Arc<Pipeline>>, Own { by, form }: Own<Given>) -> Page {
    by.needs(Role::Editor)?;
    let why = reason(&form.reason).ok_or_else(|| Refusal::NotNow(REASON_NEEDED.to_owned()))?;
    let knowledge = Knowledge::new(&by.desk.data);
    let addition = {
        let (knowledge, id) = (knowledge.clone(), form.id.clone());
        tokio::task::spawn_blocking(move || knowledge.get(&id)).await.map_err(|_| Refusal::Failed)??
    };
    let subject = match &addition.what {
        Added::Phrasing(phrasing) => phrasing.article_key(),
        Added::Guide { guide, .. } => procedure_key(&guide.id),
    };
    by.decide("knowledge.undo", &subject, why).await?;
    let index = pipeline.index.clone();
    let undone = tokio::task::spawn_blocking(move || knowledge.undo(&index, &addition.id)).await;
    if let Err(error) = undone.map_err(|_| Refusal::Failed)? {
        by.decide("knowledge.undo.failed", &subject, &error.to_string()).await?;
        return Err(error.into());
    }
    Ok(Redirect::to("/staff/da-them?da=bo").into_response())
}
