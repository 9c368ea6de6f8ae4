//! Who is logged in, taken out of a request; and forms that are their own.

use axum::extract::{Form, FromRequest, FromRequestParts, Request};
use axum::http::HeaderMap;
use axum::http::header::COOKIE;
use axum::http::request::Parts;
use jiff::Timestamp;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::frame::Frame;
use super::refusal::Refusal;
use crate::server::desk::Desk;
use crate::staff::{Role, Session};
use crate::store::audit::Decision;

/// The cookie of a session.
pub(super) const COOKIE_NAME: &str = "hoidap_staff";

/// The desk, whether somebody is logged in or not.
pub(super) struct AtDesk(pub Desk);

impl<S: Send + Sync> FromRequestParts<S> for AtDesk {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Refusal> {
        parts.extensions.get::<Desk>().cloned().map(Self).ok_or(Refusal::NoSuchPage)
    }
}

/// Somebody who is logged in; who is not is sent to log in.
pub(super) struct SignedIn {
    pub desk: Desk,
    pub session: Session,
}

impl<S: Send + Sync> FromRequestParts<S> for SignedIn {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refusal> {
        let AtDesk(desk) = AtDesk::from_request_parts(parts, state).await?;
        let token = token(&parts.headers).ok_or(Refusal::NotSignedIn)?;
        let session = desk.sessions.of(&token, Timestamp::now()).await?.ok_or(Refusal::NotSignedIn)?;
        Ok(Self { desk, session })
    }
}

impl SignedIn {
    /// Refuses who may not do what this role may.
    pub(super) fn needs(&self, role: Role) -> Result<(), Refusal> {
        if self.session.may(role) { Ok(()) } else { Err(Refusal::NotAllowed) }
    }

    /// What stands around the page at this address.
    pub(super) fn frame(&self, here: &str) -> Frame {
        Frame::new(&self.session, here)
    }

    /// By which the log knows them.
    pub(super) fn name(&self) -> &str {
        &self.session.staff.name
    }

    /// Writes a decision to the log.
    pub(super) async fn decide(&self, action: &str, subject: &str, reason: &str) -> Result<(), Refusal> {
        let mut change = self.desk.store.begin().await?;
        let decision = Decision { actor: self.name(), action, subject, reason };
        self.desk.store.record(&mut change, decision).await?;
        change.commit().await.map_err(|e| Refusal::from(crate::store::StoreError::from(e)))
    }
}

/// A form of somebody who is logged in, made for their own session.
pub(super) struct Own<T> {
    pub by: SignedIn,
    pub form: T,
}

#[derive(Deserialize)]
struct WithSecret<T> {
    #[serde(default)]
    csrf: String,
    #[serde(flatten)]
    form: T,
}

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Own<T> {
    type Rejection = Refusal;

    async fn from_request(request: Request, state: &S) -> Result<Self, Refusal> {
        let (mut parts, body) = request.into_parts();
        let by = SignedIn::from_request_parts(&mut parts, state).await?;
        let form = Form::<WithSecret<T>>::from_request(Request::from_parts(parts, body), state).await;
        let Form(WithSecret { csrf, form }) = form.map_err(|_| Refusal::FormBroken)?;
        if !by.session.is_own_form(&csrf) {
            return Err(Refusal::NotOwnForm);
        }
        Ok(Self { by, form })
    }
}

/// What the cookie holds.
pub(super) fn token(headers: &HeaderMap) -> Option<String> {
    let cookies = headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = cookies.flat_map(|cookies| cookies.split(';')).filter_map(|pair| pair.split_once('='));
    pairs.find(|(name, _)| name.trim() == COOKIE_NAME).map(|(_, value)| value.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cookie_is_found_among_others() {
        let of = |cookies: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(COOKIE, cookies.parse().unwrap());
            token(&headers)
        };
        assert_eq!(of("a=b; hoidap_staff=12ab; c=d").as_deref(), Some("12ab"));
        assert_eq!(of("xhoidap_staff=1; hoidap_staffx=2"), None);
    }
}
