//! `GET /staff`: what waits, what holds, what is off, and the day's figures.

use askama::Template;
use axum::http::StatusCode;

use super::Page;
use super::frame::{Frame, at_moment, render};
use super::queue::{MOST, all_of};
use super::signed_in::SignedIn;
use crate::feedback::Kind;
use crate::feedback::store::Queue;
use crate::server::today;

struct Waiting {
    words: &'static str,
    address: &'static str,
    open: i64,
}

#[derive(Template)]
#[template(path = "staff/overview.html")]
struct OverviewPage {
    frame: Frame,
    waiting: Vec<Waiting>,
    late: usize,
    /// Title, area, until when.
    notices: Vec<(String, String, String)>,
    /// What is off, and what is said instead.
    off: Vec<(String, String)>,
    /// Asked, answered, refused and asked back today.
    figures: [(&'static str, i64); 3],
}

/// The handler.
pub(super) async fn page(by: SignedIn) -> Page {
    let open = by.desk.submissions.open().await?;
    let of = |kind: Kind| open.iter().find(|(held, _)| *held == kind).map_or(0, |(_, count)| *count);
    let waiting = [
        (Kind::Unanswered, "/staff/chua-tra-loi"),
        (Kind::Feedback, "/staff/gop-y"),
        (Kind::Petition, "/staff/phan-anh?loai=petition"),
    ];
    let today = today();
    let queue = Queue { kind: Some(Kind::Petition), is_open: true, is_doubted: false };
    let petitions = all_of(&by.desk.submissions, queue, MOST).await?;
    let figures = by.desk.figures.between(today, today).await?;
    let count = |is_it: &dyn Fn(&str) -> bool| {
        figures.iter().filter(|figure| is_it(&figure.name)).map(|figure| figure.value).sum()
    };
    let answered = ["status:answered", "status:answered_with_caution"];
    let page = OverviewPage {
        frame: by.frame("/staff"),
        waiting: waiting
            .into_iter()
            .map(|(kind, address)| Waiting { words: kind.vietnamese(), address, open: of(kind) })
            .collect(),
        late: petitions.iter().filter(|petition| petition.due_on.is_some_and(|due| due < today)).count(),
        notices: by
            .desk
            .notices
            .current()
            .iter()
            .map(|notice| {
                let until = at_moment(notice.until);
                (notice.title.clone(), notice.area.clone(), until)
            })
            .collect(),
        off: by
            .desk
            .switches
            .current()
            .iter()
            .map(|switch| (switch.what.vietnamese(), switch.sentence.clone()))
            .collect(),
        figures: [
            ("Lượt hỏi", count(&|name| name == "asked")),
            ("Đã trả lời", count(&|name| answered.contains(&name))),
            (
                "Chưa trả lời được hoặc hỏi lại",
                count(&|name| name.starts_with("status:") && !answered.contains(&name)),
            ),
        ],
    };
    Ok(render(StatusCode::OK, &page))
}
