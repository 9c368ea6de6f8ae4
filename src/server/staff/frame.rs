//! What all pages of the desk share: who is there, where they can go, what was just done; moments and days in words.

use askama::Template;
use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, HeaderValue};
use axum::response::{Html, IntoResponse, Response};
use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;

use crate::dossiers::calendar::Calendar;
use crate::staff::{Role, Session};
use crate::vietnamese::vietnamese_date;

/// The pages, for whom, and what they are called.
const PAGES: [(&str, Role, &str); 11] = [
    ("/staff", Role::Reader, "Tổng quan"),
    ("/staff/chua-tra-loi", Role::Reader, "Chưa trả lời"),
    ("/staff/gop-y", Role::Reader, "Góp ý"),
    ("/staff/it-chac-chan", Role::Reader, "Ít chắc chắn"),
    ("/staff/phan-anh", Role::Reader, "Phản ánh"),
    ("/staff/da-them", Role::Reader, "Đã thêm"),
    ("/staff/thong-bao", Role::Reader, "Thông báo"),
    ("/staff/so-lieu", Role::Reader, "Số liệu"),
    ("/staff/van-ban", Role::Editor, "Văn bản"),
    ("/staff/cong-tac", Role::Admin, "Công tắc"),
    ("/staff/nhat-ky", Role::Admin, "Nhật ký"),
];

/// A page that can be gone to.
#[derive(Debug, Clone, Copy)]
pub(super) struct Link {
    pub address: &'static str,
    pub words: &'static str,
    pub is_here: bool,
}

/// What stands around a page.
#[derive(Debug, Clone)]
pub(super) struct Frame {
    pub name: String,
    pub role: &'static str,
    pub csrf: String,
    pub may_edit: bool,
    pub links: Vec<Link>,
}

impl Frame {
    /// Around the page at this address.
    pub(super) fn new(session: &Session, here: &str) -> Self {
        let links = PAGES.into_iter().filter(|(_, role, _)| session.may(*role));
        let links = links.map(|(address, _, words)| Link { address, words, is_here: address == here });
        Self {
            name: session.staff.name.clone(),
            role: session.staff.role.vietnamese(),
            csrf: session.csrf.clone(),
            may_edit: session.may(Role::Editor),
            links: links.collect(),
        }
    }
}

/// Makes a page; nobody keeps it.
pub(super) fn render(status: StatusCode, template: &impl Template) -> Response {
    let mut response = match template.render() {
        Ok(html) => (status, Html(html)).into_response(),
        Err(error) => {
            tracing::warn!("a page of the staff desk could not be made: {error}");
            (StatusCode::INTERNAL_SERVER_ERROR, "Chưa mở được trang này. Xin thử lại sau.").into_response()
        }
    };
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("private, no-store"));
    response
}

/// A moment of the database where the office is.
pub(super) fn local(moment: &str) -> Option<DateTime> {
    moment.parse().ok().map(here)
}

/// `28/11/2026 09:05`; as it stands where it is no moment.
pub(super) fn at(moment: &str) -> String {
    local(moment).map_or_else(|| moment.to_owned(), at_local)
}

/// The same of a moment.
pub(super) fn at_moment(at: Timestamp) -> String {
    at_local(here(at))
}

fn here(at: Timestamp) -> DateTime {
    at.to_zoned_datetime(TimeZone::system()).datetime()
}

/// The same of a moment here.
fn at_local(at: DateTime) -> String {
    format!("{} {:02}:{:02}", vietnamese_date(at.date()), at.hour(), at.minute())
}

/// By when something is due, and how far that is off.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Due {
    pub words: String,
    pub is_late: bool,
}

/// By when an open submission is to be answered, in working days.
pub(super) fn due(on: Date, today: Date, calendar: &Calendar) -> Due {
    let day = vietnamese_date(on);
    let words = if on < today {
        format!("hạn {day}, quá hạn {} ngày làm việc", calendar.working_days_between(on, today))
    } else if on == today {
        format!("hạn {day}, hết hạn hôm nay")
    } else {
        format!("hạn {day}, còn {} ngày làm việc", calendar.working_days_between(today, on))
    };
    Due { words, is_late: on < today }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_due_is_counted_in_working_days() {
        let calendar = Calendar::new(None).unwrap();
        let day = |day| Date::constant(2026, 10, day);
        // 2 October 2026 is a Friday.
        let told = |on, today| due(on, today, &calendar);
        assert_eq!(told(day(6), day(2)).words, "hạn 06/10/2026, còn 2 ngày làm việc");
        assert_eq!(
            told(day(2), day(6)),
            Due { words: "hạn 02/10/2026, quá hạn 2 ngày làm việc".into(), is_late: true }
        );
        assert!(!told(day(2), day(2)).is_late);
    }
}
