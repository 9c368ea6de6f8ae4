//! `GET` and `POST /staff/thong-bao`: urgent notices, published with an area and an end, and taken back.

use askama::Template;
use axum::extract::Query;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan, ZonedDateTime};
use serde::Deserialize;

use super::Page;
use super::forms::{Errors, REASON_NEEDED, reason};
use super::frame::{Frame, at_moment, render};
use super::refusal::Refusal;
use super::signed_in::{Own, SignedIn};
use crate::notices::{MAX_TEXT, MAX_TITLE, NewNotice, NoticeError};
use crate::staff::Role;

/// A notice as it is shown.
struct Row {
    id: String,
    title: String,
    text: String,
    area: String,
    from: String,
    until: String,
    holds: bool,
}

/// What the form sends.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Given {
    #[serde(default)]
    title: String,
    #[serde(default)]
    text: String,
    #[serde(default)]
    area: String,
    /// `2026-11-28T09:00`, where the office is.
    #[serde(default)]
    from: String,
    #[serde(default)]
    until: String,
}

#[derive(Template)]
#[template(path = "staff/notices.html")]
struct NoticesPage {
    frame: Frame,
    rows: Vec<Row>,
    given: Given,
    zone: String,
    done: &'static str,
    errors: Errors,
}

/// What was just done.
#[derive(Deserialize)]
pub(super) struct DoneQuery {
    da: Option<String>,
}

/// The list and the form.
pub(super) async fn page(by: SignedIn, Query(query): Query<DoneQuery>) -> Page {
    let done = match query.da.as_deref() {
        Some("dang") => "Đã đăng thông báo.",
        Some("rut") => "Đã rút thông báo.",
        _ => "",
    };
    let now = ZonedDateTime::now().datetime();
    let written = |at: DateTime| at.strftime("%Y-%m-%dT%H:%M").to_string();
    let given = Given {
        from: written(now),
        until: written(now.checked_add(1.day()).unwrap_or(now)),
        ..Given::default()
    };
    shown(&by, StatusCode::OK, given, done, Errors::default()).await
}

async fn shown(by: &SignedIn, status: StatusCode, given: Given, done: &'static str, errors: Errors) -> Page {
    let now = Timestamp::now();
    let rows = by.desk.notices.to_come().await?.into_iter().map(|notice| Row {
        holds: notice.from <= now,
        from: at_moment(notice.from),
        until: at_moment(notice.until),
        id: notice.id,
        title: notice.title,
        text: notice.text,
        area: notice.area,
    });
    let page = NoticesPage {
        frame: by.frame("/staff/thong-bao"),
        rows: rows.collect(),
        given,
        zone: ZonedDateTime::now().strftime("%:z").to_string(),
        done,
        errors,
    };
    Ok(render(status, &page))
}

/// A moment as browsers write it, where the office is.
fn moment(text: &str, zone: &TimeZone) -> Option<Timestamp> {
    let at: DateTime = text.trim().parse().ok()?;
    at.to_zoned_datetime(zone.clone()).ok().map(|at| at.timestamp())
}

impl Given {
    fn notice(&self) -> Result<NewNotice, Errors> {
        let mut errors = Errors::default();
        errors.needs("title", &self.title, "Xin ghi tiêu đề.");
        errors.needs("text", &self.text, "Xin ghi nội dung.");
        for (field, text, most) in [
            ("title", &self.title, MAX_TITLE),
            ("text", &self.text, MAX_TEXT),
            ("area", &self.area, MAX_TITLE),
        ] {
            // Browsers send line ends as two characters.
            if text.trim().replace("\r\n", "\n").chars().count() > most {
                errors.add(field, format!("Dài quá {most} ký tự."));
            }
        }
        let zone = TimeZone::system();
        let (from, until) = (moment(&self.from, &zone), moment(&self.until, &zone));
        if from.is_none() {
            errors.add("from", "Xin chọn ngày giờ bắt đầu.");
        }
        if until.is_none() {
            errors.add("until", "Xin chọn ngày giờ kết thúc.");
        }
        match (from, until) {
            (Some(from), Some(until)) if errors.is_empty() => Ok(NewNotice {
                title: self.title.clone(),
                text: self.text.replace("\r\n", "\n"),
                area: self.area.clone(),
                from,
                until,
            }),
            _ => Err(errors),
        }
    }
}

fn told(error: NoticeError) -> Result<Errors, Refusal> {
    match error {
        NoticeError::Time => {
            Ok(Errors::one("until", "Giờ kết thúc phải sau giờ bắt đầu và sau giờ hiện tại."))
        }
        NoticeError::Words => Ok(Errors::one("text", "Tiêu đề hoặc nội dung trống hoặc quá dài.")),
        NoticeError::Unknown => Err(Refusal::NotFound),
        NoticeError::Store(error) => Err(error.into()),
        NoticeError::Random(_) => Err(Refusal::Failed),
    }
}

/// Publishes one.
pub(super) async fn publish(Own { by, form }: Own<Given>) -> Page {
    by.needs(Role::Editor)?;
    let errors = match form.notice() {
        Err(errors) => errors,
        Ok(notice) => match by.desk.notices.publish(notice, by.name()).await {
            Ok(_) => return Ok(Redirect::to("/staff/thong-bao?da=dang").into_response()),
            Err(error) => told(error)?,
        },
    };
    shown(&by, StatusCode::UNPROCESSABLE_ENTITY, form, "", errors).await
}

/// What the form beside a notice sends.
#[derive(Deserialize)]
pub(super) struct Withdrawal {
    #[serde(default)]
    id: String,
    #[serde(default)]
    reason: String,
}

/// Takes one back.
pub(super) async fn withdraw(Own { by, form }: Own<Withdrawal>) -> Result<Response, Refusal> {
    by.needs(Role::Editor)?;
    let why = reason(&form.reason).ok_or_else(|| Refusal::NotNow(REASON_NEEDED.to_owned()))?;
    if let Err(error) = by.desk.notices.withdraw(&form.id, by.name(), why).await {
        told(error)?;
    }
    Ok(Redirect::to("/staff/thong-bao?da=rut").into_response())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_one_of_the_office() {
        let zone = TimeZone::fixed(jiff::tz::offset(7));
        let at = moment("2026-11-28T09:00", &zone).unwrap();
        assert_eq!(at.to_string(), "2026-11-28T02:00:00Z");
        assert_eq!(moment("", &zone), None);
        assert_eq!(moment("9 giờ", &zone), None);
    }

    #[test]
    fn everything_that_is_wrong_is_told_at_once() {
        let errors = Given { area: "a".repeat(200), ..Given::default() }.notice().unwrap_err();
        for field in ["title", "text", "area", "from", "until"] {
            assert!(errors.at(field).is_some(), "{field}");
        }
    }
}
