//! `GET` and `POST /staff/vao`: to log in; `POST /staff/ra`: to log out.

use askama::Template;
use axum::Extension;
use axum::extract::Form;
use axum::http::header::SET_COOKIE;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use jiff::Timestamp;
use serde::Deserialize;

use super::Page;
use super::frame::render;
use super::refusal::Refusal;
use super::signed_in::{AtDesk, COOKIE_NAME, Own, token};
use crate::server::gate::Pass;
use crate::staff::StaffError;

#[derive(Template)]
#[template(path = "staff/sign-in.html")]
struct SignInPage {
    name: String,
    problem: Option<String>,
}

fn sign_in(status: StatusCode, name: &str, problem: Option<String>) -> Response {
    render(status, &SignInPage { name: name.to_owned(), problem })
}

/// The form.
pub(super) async fn page(AtDesk(_): AtDesk) -> Response {
    sign_in(StatusCode::OK, "", None)
}

/// What the form sends.
#[derive(Deserialize)]
pub(super) struct Credentials {
    #[serde(default)]
    name: String,
    #[serde(default)]
    password: String,
    #[serde(default)]
    number: String,
}

/// Lets somebody in.
pub(super) async fn enter(
    AtDesk(desk): AtDesk,
    pass: Option<Extension<Pass>>,
    form: Result<Form<Credentials>, axum::extract::rejection::FormRejection>,
) -> Page {
    let Form(Credentials { name, password, number }) = form.map_err(|_| Refusal::FormBroken)?;
    let name = name.trim();
    // Passwords cannot be tried out over many names either.
    if pass.is_some_and(|Extension(pass)| !pass.may_ask()) {
        let words = "Có quá nhiều lần thử từ một địa chỉ. Xin chờ một phút rồi thử lại.";
        return Ok(sign_in(StatusCode::TOO_MANY_REQUESTS, name, Some(words.to_owned())));
    }
    let at = Timestamp::now();
    match desk.accounts.identify(name, &password, &number, at).await {
        Ok(staff) => {
            let token = desk.sessions.begin(&staff.name, at).await?;
            let secure = if desk.is_secure { "; Secure" } else { "" };
            let cookie = format!("{COOKIE_NAME}={token}; HttpOnly; SameSite=Strict; Path=/staff{secure}");
            Ok(([(SET_COOKIE, cookie)], Redirect::to("/staff")).into_response())
        }
        Err(StaffError::Wrong) => {
            let words = "Tên, mật khẩu hoặc mã xác thực không đúng.";
            Ok(sign_in(StatusCode::UNAUTHORIZED, name, Some(words.to_owned())))
        }
        Err(StaffError::Locked(minutes)) => {
            let words =
                format!("Tài khoản tạm khóa vì nhập sai nhiều lần. Xin thử lại sau {minutes} phút nữa.");
            Ok(sign_in(StatusCode::UNAUTHORIZED, name, Some(words)))
        }
        Err(error) => Err(error.into()),
    }
}

/// A form with nothing in it but the secret.
#[derive(Deserialize)]
pub(super) struct Nothing {}

/// Lets somebody out.
pub(super) async fn leave(headers: HeaderMap, Own { by, form: Nothing {} }: Own<Nothing>) -> Page {
    if let Some(token) = token(&headers) {
        by.desk.sessions.end(&token).await?;
    }
    let cookie = format!("{COOKIE_NAME}=; HttpOnly; SameSite=Strict; Path=/staff; Max-Age=0");
    Ok(([(SET_COOKIE, cookie)], Redirect::to("/staff/vao")).into_response())
}
