//! The form in which a question comes: `application/x-www-form-urlencoded`, or `multipart/form-data` with a file.

use axum::body::{Body, Bytes};
use axum::extract::multipart::{Field, Multipart, MultipartError};
use axum::extract::{FromRequest, Request};
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use http_body_util::BodyExt;

use super::problem::Problem;
use crate::answer::FollowUp;
use crate::pipeline::Asked;
use crate::question::MAX_QUESTION_CHARACTERS;

/// A form without a file is no longer than this, in bytes; as is a field beside a file.
const MAX_TEXT: usize = 64 << 10;
/// A form has no more fields.
const MAX_FIELDS: usize = 16;
/// Of a body that is too large, so much more is taken and thrown away: a browser looks at the answer only once it has
/// sent everything.
const THROWN_AWAY: usize = 100 << 20;

/// A question and what it may follow upon.
#[derive(Debug)]
pub(super) struct Form {
    pub asked: Asked,
    pub before: Option<FollowUp>,
}

/// The fields, as they came.
#[derive(Debug, Default)]
struct Fields {
    question: String,
    file: Option<Vec<u8>>,
    previous: String,
    previous_heard: String,
    part: String,
}

impl Fields {
    fn put(&mut self, name: &str, value: String) {
        match name {
            "question" => self.question = value,
            "previous" => self.previous = value,
            "previous_heard" => self.previous_heard = value,
            "part" => self.part = value,
            _ => {}
        }
    }

    fn form(self) -> Result<Form, Problem> {
        let asked = match self.file {
            Some(sound) if !sound.is_empty() => Asked::Sound(sound),
            _ => Asked::Text(typed(&self.question)?),
        };
        let before = match self.previous.trim() {
            "" => None,
            previous => {
                // Browsers send line ends as two characters, which count as one here and in `previous`.
                let previous = previous.replace("\r\n", "\n");
                let part = self.part.trim().parse().unwrap_or(0);
                Some(FollowUp::new(&previous, self.previous_heard.trim() == "true", part)?)
            }
        };
        Ok(Form { asked, before })
    }
}

fn typed(question: &str) -> Result<String, Problem> {
    let question = question.replace("\r\n", "\n");
    let question = question.trim();
    match question.chars().count() {
        0 => Err(Problem::NothingAsked),
        1..=MAX_QUESTION_CHARACTERS => Ok(question.to_owned()),
        _ => Err(Problem::QuestionTooLong),
    }
}

/// Reads a form of at most `max_bytes`.
pub(super) async fn read(request: Request, max_bytes: usize) -> Result<Form, Problem> {
    let kind = request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let (parts, body) = request.into_parts();
    match kind.as_str() {
        "application/x-www-form-urlencoded" => {
            let body = whole(body, MAX_TEXT).await.map_err(|problem| match problem {
                Problem::TooLarge => Problem::QuestionTooLong,
                other => other,
            })?;
            let mut fields = Fields::default();
            for (name, value) in form_fields(&body).take(MAX_FIELDS) {
                fields.put(&name, value);
            }
            fields.form()
        }
        "multipart/form-data" => {
            let body = whole(body, max_bytes).await?;
            let request = Request::from_parts(parts, Body::from(body));
            let form = Multipart::from_request(request, &()).await.map_err(|_| Problem::FormBroken)?;
            multipart(form).await?.form()
        }
        _ => Err(Problem::FormBroken),
    }
}

async fn multipart(mut form: Multipart) -> Result<Fields, Problem> {
    let mut fields = Fields::default();
    for _ in 0..MAX_FIELDS {
        let Some(field) = form.next_field().await.map_err(broken)? else { break };
        let Some(name) = field.name().map(str::to_owned) else { continue };
        if name == "file" {
            let sound = field.bytes().await.map_err(broken)?;
            // Of several files the first that holds anything counts.
            fields.file = fields.file.filter(|file| !file.is_empty()).or(Some(sound.to_vec()));
        } else {
            let value = text(field).await?;
            fields.put(&name, value);
        }
    }
    Ok(fields)
}

async fn text(mut field: Field<'_>) -> Result<String, Problem> {
    let mut bytes = Vec::new();
    while let Some(chunk) = field.chunk().await.map_err(broken)? {
        bytes.extend_from_slice(&chunk);
        if bytes.len() > MAX_TEXT {
            return Err(Problem::QuestionTooLong);
        }
    }
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

fn broken(error: MultipartError) -> Problem {
    if error.status() == StatusCode::PAYLOAD_TOO_LARGE { Problem::TooLarge } else { Problem::FormBroken }
}

/// A body whole.
async fn whole(mut body: Body, max_bytes: usize) -> Result<Bytes, Problem> {
    let mut kept = Vec::new();
    let mut came = 0usize;
    while let Some(frame) = body.frame().await {
        let Ok(data) = frame.map_err(|_| Problem::FormBroken)?.into_data() else { continue };
        came = came.saturating_add(data.len());
        if came <= max_bytes {
            kept.extend_from_slice(&data);
        } else if came > max_bytes.saturating_add(THROWN_AWAY) {
            break;
        }
    }
    if came <= max_bytes { Ok(kept.into()) } else { Err(Problem::TooLarge) }
}

/// Names and values of a form in one line: `question=Khai+sinh&part=0`.
fn form_fields(body: &[u8]) -> impl Iterator<Item = (String, String)> {
    body.split(|&b| b == b'&').filter(|field| !field.is_empty()).map(|field| {
        let (name, value) = match field.iter().position(|&b| b == b'=') {
            Some(at) => (&field[..at], &field[at + 1..]),
            None => (field, &field[..0]),
        };
        (plain(name), plain(value))
    })
}

fn plain(escaped: &[u8]) -> String {
    let spaced: Vec<u8> = escaped.iter().map(|&b| if b == b'+' { b' ' } else { b }).collect();
    percent_encoding::percent_decode(&spaced).decode_utf8_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_in_one_line_is_read_as_browsers_write_it() {
        let body =
            "question=Khai+sinh+%3F%26%C4%91&previous=a%0D%0Ab&previous_heard=true&part=2&=&x".as_bytes();
        let mut fields = Fields::default();
        for (name, value) in form_fields(body) {
            fields.put(&name, value);
        }
        let form = fields.form().unwrap();
        assert!(matches!(form.asked, Asked::Text(text) if text == "Khai sinh ?&đ"));
        let before = form.before.unwrap();
        assert_eq!((before.previous(), before.previous_heard(), before.part()), ("a\nb", true, 2));
    }

    #[test]
    fn a_question_is_neither_empty_nor_endless() {
        assert!(matches!(typed(" \r\n "), Err(Problem::NothingAsked)));
        assert!(typed(&"ă".repeat(MAX_QUESTION_CHARACTERS)).is_ok());
        assert!(matches!(typed(&"ă".repeat(MAX_QUESTION_CHARACTERS + 1)), Err(Problem::QuestionTooLong)));
        let fields = Fields { question: "x".into(), previous: "y".repeat(5000), ..Fields::default() };
        assert!(matches!(fields.form(), Err(Problem::PreviousTooLong)));
    }

    #[tokio::test]
    async fn a_body_that_is_too_large_is_refused_once_it_has_come() {
        assert_eq!(whole(Body::from("12345"), 5).await.unwrap(), "12345");
        assert!(matches!(whole(Body::from("123456"), 5).await, Err(Problem::TooLarge)));
    }
}
