//! `GET /api/notices`: the urgent notices that hold now; `GET /api/notices/stream`: the same as server-sent events, one
//! whenever they change.

use std::convert::Infallible;
use std::time::Duration;

use axum::Extension;
use axum::http::header::CACHE_CONTROL;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Json, Response};
use serde::Serialize;
use tokio_stream::StreamExt;
use tokio_stream::wrappers::WatchStream;
use utoipa::ToSchema;

use super::desk::Desk;
use crate::notices::Notice;

/// A listener that is away is noticed within this time.
const ALIVE: Duration = Duration::from_secs(15);

/// The notices that hold.
#[derive(Serialize, ToSchema)]
pub(super) struct Current {
    notices: Vec<Notice>,
}

/// The urgent notices that hold now.
#[utoipa::path(get, path = "/api/notices", tag = "notices",
    responses((status = 200, description = "The notices, newest first", body = Current)))]
pub async fn notices(desk: Option<Extension<Desk>>) -> Response {
    let notices = desk.map(|Extension(desk)| desk.notices.current().to_vec()).unwrap_or_default();
    ([(CACHE_CONTROL, "no-cache")], Json(Current { notices })).into_response()
}

/// The urgent notices, now and whenever they change, as server-sent events.
#[utoipa::path(get, path = "/api/notices/stream", tag = "notices",
    responses((status = 200, description = "The events: `notices`, each with all that hold", body = Current, content_type = "text/event-stream")))]
pub async fn stream(desk: Option<Extension<Desk>>, life: Extension<super::life::Life>) -> Response {
    let Some(Extension(desk)) = desk else { return notices(None).await };
    let current = |notices: std::sync::Arc<[Notice]>| {
        let event = Event::default().event("notices").json_data(Current { notices: notices.to_vec() });
        event.unwrap_or_else(|_| Event::default().event("notices"))
    };
    let events =
        WatchStream::new(desk.notices.watch()).map(move |notices| Ok::<_, Infallible>(current(notices)));
    let until_the_end =
        futures::StreamExt::take_until(events, Box::pin(async move { life.0.stopping().await }));
    Sse::new(until_the_end).keep_alive(KeepAlive::new().interval(ALIVE)).into_response()
}
