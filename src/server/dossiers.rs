//! `PUT /api/dossiers/{code}`: the one-stop system pushes a dossier as it stands now. It needs a key, on loopback too, and
//! sending the same again changes nothing. Nobody reads dossiers here: citizens ask for them.

use axum::Extension;
use axum::extract::Path;
use axum::extract::rejection::JsonRejection;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Json, Response};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::desk::Desk;
use super::openapi::Problem;
use super::today;
use crate::dossiers::code::DossierCode;
use crate::dossiers::dossier::{Dossier, Secrets};
use crate::dossiers::import::checked;
use crate::dossiers::store::Put;

/// A dossier, and what its owner can be told by.
#[derive(Debug, Deserialize)]
pub struct Pushed {
    #[serde(flatten)]
    dossier: Dossier,
    #[serde(default)]
    secrets: Secrets,
}

/// What became of it.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Taken {
    /// `new`, `changed` or `unchanged`.
    pub outcome: &'static str,
}

/// Takes in a dossier as it stands now.
#[utoipa::path(put, path = "/api/dossiers/{code}", tag = "dossiers",
    params(("code" = String, Path, description = "`H29.17-251103-0012`")),
    request_body(content = Object, description = "The dossier, and `secrets`; docs/dossiers.md"),
    responses(
        (status = 200, description = "It was there", body = Taken),
        (status = 201, description = "It was not there", body = Taken),
        (status = 401, description = "A key is needed", body = Object),
        (status = 422, description = "That is no dossier, or another's code", body = Problem),
        (status = 503, description = "The database is away; send it again", body = Problem),
    ))]
pub async fn put(
    desk: Option<Extension<Desk>>,
    Path(code): Path<String>,
    pushed: Result<Json<Pushed>, JsonRejection>,
) -> Response {
    let Some(Extension(desk)) = desk else {
        return Problem::response(
            StatusCode::SERVICE_UNAVAILABLE,
            "store_away",
            "There is no database here.",
        );
    };
    let unfit =
        |message: &str| Problem::response(StatusCode::UNPROCESSABLE_ENTITY, "dossier_malformed", message);
    let Json(Pushed { dossier, secrets }) = match pushed {
        Ok(pushed) => pushed,
        Err(error) => return unfit(&error.body_text()),
    };
    match code.parse::<DossierCode>() {
        Ok(code) if code == dossier.code => {}
        _ => return unfit("The code in the address is not the dossier's."),
    }
    let (dossier, secrets) = match checked(dossier, secrets, today()) {
        Ok(checked) => checked,
        Err(error) => return unfit(&error.problem.to_string()),
    };
    match desk.dossiers.put_one(&dossier, &secrets).await {
        Ok(Put::New) => (StatusCode::CREATED, Json(Taken { outcome: "new" })).into_response(),
        Ok(Put::Changed) => Json(Taken { outcome: "changed" }).into_response(),
        Ok(Put::Unchanged) => Json(Taken { outcome: "unchanged" }).into_response(),
        Err(error) => {
            tracing::warn!("a dossier was not taken: {error}");
            Problem::response(
                StatusCode::SERVICE_UNAVAILABLE,
                "store_away",
                "The database is away; send it again.",
            )
        }
    }
}
