//! `GET /staff/so-lieu`: figures by day, as charts and as a table; `GET /staff/so-lieu.csv`: the same for spreadsheets.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::Query;
use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::IntoResponse;
use csv::{QuoteStyle, WriterBuilder};
use jiff::ToSpan;
use jiff::civil::Date;
use serde::Deserialize;

use super::Page;
use super::chart::Chart;
use super::frame::{Frame, render};
use super::refusal::Refusal;
use super::signed_in::SignedIn;
use crate::figures::{FIRST_SOUND, Figure};
use crate::server::today;
use crate::vietnamese::vietnamese_date;

/// So many days are shown at once.
const MOST_DAYS: i32 = 366;
/// Days where none are asked for.
const DAYS: i32 = 30;
/// Topics that are told.
const TOPICS: usize = 20;

/// What the address says.
#[derive(Deserialize)]
pub(super) struct DaysQuery {
    tu: Option<String>,
    den: Option<String>,
}

impl DaysQuery {
    /// From one day to another, both included; the last thirty where nothing else is asked for.
    fn days(&self, today: Date) -> Result<(Date, Date), Refusal> {
        let read = |text: &Option<String>| match text.as_deref().map(str::trim) {
            None | Some("") => Ok(None),
            Some(text) => text
                .parse::<Date>()
                .map(Some)
                .map_err(|_| Refusal::NotNow("Ngày chưa đúng. Xin chọn lại.".to_owned())),
        };
        let to = read(&self.den)?.unwrap_or(today);
        let from = read(&self.tu)?.unwrap_or(to.checked_sub((DAYS - 1).days()).unwrap_or(to));
        let length = from.until(to).map(|span| span.get_days()).unwrap_or(-1);
        match length {
            0..MOST_DAYS => Ok((from, to)),
            _ => {
                Err(Refusal::NotNow("Ngày đầu phải trước ngày cuối, cách nhau không quá một năm.".to_owned()))
            }
        }
    }
}

/// A day's figures.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Day {
    asked: i64,
    answered: i64,
    /// Not answered, or asked back.
    unanswered: i64,
    /// First sounds by how late they came.
    sounds: [i64; FIRST_SOUND.len() + 1],
    sent: i64,
}

struct Row {
    day: String,
    counts: Day,
}

#[derive(Template)]
#[template(path = "staff/figures.html")]
struct FiguresPage {
    frame: Frame,
    from: Date,
    to: Date,
    charts: Vec<Chart>,
    rows: Vec<Row>,
    sum: Day,
    /// What heads the columns of the first sounds.
    sounds: Vec<String>,
    topics: Vec<(String, i64)>,
}

/// The page.
pub(super) async fn page(by: SignedIn, Query(query): Query<DaysQuery>) -> Page {
    let (from, to) = query.days(today())?;
    let figures = by.desk.figures.between(from, to).await?;
    let days = by_day(&figures, from, to);
    let values = |of: fn(&Day) -> i64| -> Vec<(String, i64)> {
        days.iter().map(|(day, counts)| (vietnamese_date(*day), of(counts))).collect()
    };
    let charts = vec![
        Chart::new("bieu-do-hoi", "Lượt hỏi", &values(|day| day.asked)),
        Chart::new("bieu-do-dap", "Đã trả lời", &values(|day| day.answered)),
        Chart::new("bieu-do-chua", "Chưa trả lời được hoặc hỏi lại", &values(|day| day.unanswered)),
    ];
    let mut sum = Day::default();
    for day in days.values() {
        sum.add(day);
    }
    let mut sounds: Vec<String> = FIRST_SOUND.iter().map(|ms| format!("≤ {} giây", ms / 1000)).collect();
    sounds.push("lâu hơn".to_owned());
    let page = FiguresPage {
        frame: by.frame("/staff/so-lieu"),
        from,
        to,
        charts,
        // The latest first, without days on which nothing was.
        rows: days
            .iter()
            .rev()
            .filter(|(_, counts)| **counts != Day::default())
            .map(|(day, counts)| Row { day: vietnamese_date(*day), counts: counts.clone() })
            .collect(),
        sum,
        sounds,
        topics: topics(&figures),
    };
    Ok(render(StatusCode::OK, &page))
}

impl Day {
    fn add(&mut self, other: &Self) {
        self.asked += other.asked;
        self.answered += other.answered;
        self.unanswered += other.unanswered;
        self.sent += other.sent;
        for (sum, count) in self.sounds.iter_mut().zip(other.sounds) {
            *sum += count;
        }
    }

    fn take(&mut self, name: &str, value: i64) {
        match name.split_once(':') {
            None if name == "asked" => self.asked += value,
            Some(("status", "answered" | "answered_with_caution")) => self.answered += value,
            Some(("status", _)) => self.unanswered += value,
            Some(("submission", _)) => self.sent += value,
            Some(("first_sound", bound)) => {
                let at = FIRST_SOUND.iter().position(|ms| ms.to_string() == bound);
                if let Some(count) = self.sounds.get_mut(at.unwrap_or(FIRST_SOUND.len())) {
                    *count += value;
                }
            }
            _ => {}
        }
    }
}

/// Every day, those too on which nothing was.
fn by_day(figures: &[Figure], from: Date, to: Date) -> BTreeMap<Date, Day> {
    let mut days: BTreeMap<Date, Day> =
        from.series(1.day()).take_while(|day| *day <= to).map(|day| (day, Day::default())).collect();
    for figure in figures {
        days.entry(figure.day).or_default().take(&figure.name, figure.value);
    }
    days
}

/// The documents that answered most.
fn topics(figures: &[Figure]) -> Vec<(String, i64)> {
    let mut topics: BTreeMap<&str, i64> = BTreeMap::new();
    for figure in figures {
        if let Some(topic) = figure.name.strip_prefix("topic:") {
            *topics.entry(topic).or_default() += figure.value;
        }
    }
    let mut topics: Vec<(String, i64)> =
        topics.into_iter().map(|(topic, count)| (topic.to_owned(), count)).collect();
    topics.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    topics.truncate(TOPICS);
    topics
}

/// The same as a file.
pub(super) async fn csv(by: SignedIn, Query(query): Query<DaysQuery>) -> Page {
    let (from, to) = query.days(today())?;
    let figures = by.desk.figures.between(from, to).await?;
    let file = table(&figures).map_err(|error| {
        tracing::warn!("the figures could not be written: {error}");
        Refusal::Failed
    })?;
    let name = format!("attachment; filename=\"so-lieu-{from}-{to}.csv\"");
    let headers = [
        (CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
        (CONTENT_DISPOSITION, name),
        (CACHE_CONTROL, "private, no-store".to_owned()),
    ];
    Ok((headers, file).into_response())
}

/// UTF-8 with the mark by which spreadsheets know it, every cell quoted.
fn table(figures: &[Figure]) -> Result<Vec<u8>, csv::Error> {
    let mut writer = WriterBuilder::new()
        .quote_style(QuoteStyle::Always)
        .terminator(csv::Terminator::CRLF)
        .from_writer("\u{feff}".as_bytes().to_vec());
    writer.write_record(["ngày", "loại", "tên", "số lần"])?;
    for figure in figures {
        let (kind, name) = figure.name.split_once(':').unwrap_or((&figure.name, ""));
        let value = figure.value.to_string();
        writer.write_record([&figure.day.to_string(), &harmless(kind), &harmless(name), &value])?;
    }
    writer.into_inner().map_err(|e| csv::Error::from(e.into_error()))
}

/// A cell that no spreadsheet takes for a formula (OWASP, CSV injection).
fn harmless(cell: &str) -> String {
    if cell.trim_start().starts_with(['=', '+', '-', '@', '\t', '\r', '＝', '＋', '－', '＠'])
        || cell.starts_with(['\t', '\r'])
    {
        format!("'{cell}")
    } else {
        cell.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn figure(day: i8, name: &str, value: i64) -> Figure {
        Figure { day: Date::constant(2026, 11, day), name: name.to_owned(), value }
    }

    #[test]
    fn figures_are_added_up_by_day_and_topic() {
        let figures = [
            figure(1, "asked", 3),
            figure(1, "status:answered", 1),
            figure(1, "status:answered_with_caution", 1),
            figure(1, "status:not_found", 1),
            figure(1, "first_sound:2000", 2),
            figure(1, "first_sound:later", 1),
            figure(1, "topic:Luật Hộ tịch", 1),
            figure(2, "topic:Bộ luật Lao động", 2),
            figure(2, "topic:Luật Hộ tịch", 2),
        ];
        let days = by_day(&figures, Date::constant(2026, 11, 1), Date::constant(2026, 11, 3));
        assert_eq!(days.len(), 3);
        let first = &days[&Date::constant(2026, 11, 1)];
        assert_eq!((first.asked, first.answered, first.unanswered), (3, 2, 1));
        assert_eq!(first.sounds, [0, 2, 0, 0, 1]);
        assert_eq!(topics(&figures), [("Luật Hộ tịch".to_owned(), 3), ("Bộ luật Lao động".to_owned(), 2)]);
    }

    #[test]
    fn no_cell_is_a_formula() {
        let figures = [figure(1, "topic:=cmd|' /C calc'!A0", 1), figure(1, "topic:\"a\",b", 2)];
        let text = String::from_utf8(table(&figures).unwrap()).unwrap();
        assert_eq!(
            text,
            "\u{feff}\"ngày\",\"loại\",\"tên\",\"số lần\"\r\n\
             \"2026-11-01\",\"topic\",\"'=cmd|' /C calc'!A0\",\"1\"\r\n\
             \"2026-11-01\",\"topic\",\"\"\"a\"\",b\",\"2\"\r\n"
        );
        for cell in ["+1", "-1", "@x", "\tx", " =1"] {
            assert!(harmless(cell).starts_with('\''), "{cell}");
        }
    }

    #[test]
    fn days_are_in_order_and_bounded() {
        let query = |tu: &str, den: &str| DaysQuery { tu: Some(tu.to_owned()), den: Some(den.to_owned()) };
        let today = Date::constant(2026, 11, 28);
        assert_eq!(query("", "").days(today).unwrap(), (Date::constant(2026, 10, 30), today));
        for (from, to) in [("2026-11-28", "2026-11-27"), ("2020-01-01", "2026-01-01"), ("x", "")] {
            assert!(query(from, to).days(today).is_err(), "{from} {to}");
        }
    }
}
