//! The words of an answer from an article: what answers first, then where it stands, then what is known of its force.
//! Everything that answers is taken from the quoted words.

use jiff::civil::Date;

use super::choose::Aim;
use super::exceptions;
use super::figures::{self, Wanted};
use super::force::Force;
use super::quote::{Quote, REMAINS, shortened};
use super::sentences::{sentences, skip_number};
use super::spoken::speakable;
use super::{AnswerText, Citation, amended};
use crate::regulations::Article;
use crate::regulations::structure::clauses;

/// What is read aloud of a quote, in characters: about twenty seconds.
const MAX_SPOKEN: usize = 320;
/// A sentence up to this length is not cut, for its end may say the opposite of its beginning; in characters.
const MAX_SENTENCE: usize = 480;
/// A longer quote is headed by the part of it that answers, in characters.
const HEADED_FROM: usize = 300;
/// A longer lead is not read before the point that answers, in characters.
const MAX_LEAD: usize = 200;

/// One article, what is quoted of it, and what is known of that.
#[derive(Debug, Clone, Copy)]
pub struct Found<'a> {
    /// The article.
    pub article: &'a Article,
    /// What is quoted.
    pub quote: &'a Quote,
    /// Its citation.
    pub citation: &'a Citation,
    /// Its force on the day asked for.
    pub force: &'a Force,
}

impl Found<'_> {
    fn quoted(&self) -> &str {
        self.article.text.get(self.quote.span.clone()).unwrap_or_default()
    }

    fn focus(&self) -> &str {
        self.article.text.get(self.quote.focus.clone()).unwrap_or_default()
    }

    fn exceptions(&self) -> String {
        let parts = clauses(&self.article.text);
        exceptions::note(&self.article.text, &parts, self.quote.clause.as_deref(), self.quoted())
    }

    /// `Thời hạn: ít nhất 45 ngày.`, where just one figure can be meant.
    fn figure(&self, aim: &Aim) -> Option<String> {
        let wanted = aim.wanted.as_ref().filter(|wanted| wanted.unit.is_some())?;
        let (text, figure) = match figures::only(self.quoted(), wanted) {
            Some(figure) => (self.quoted(), figure),
            None if self.quote.is_clear => (self.focus(), figures::only(self.focus(), wanted)?),
            None => return None,
        };
        let words = text.get(figure.span.clone())?.trim();
        Some(format!("{}: {}.", Wanted::heading(&figure), lower_first(words)))
    }

    /// The block of the quote: where it stands, its words, its exceptions, its force.
    fn block(&self, as_of: Date) -> String {
        let quote = self.citation.quote.as_deref().unwrap_or_default();
        let lines = [
            format!("Theo {}:\n“{quote}”", self.citation.full_place()),
            self.exceptions(),
            amended::line(self.article, self.quote),
            self.force.line(self.article, as_of),
        ];
        lines.into_iter().filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n")
    }

    /// What is said of the quote: at most `count` sentences of it, those that answer; and what remains to be heard.
    fn sentences(&self, count: usize) -> (String, String) {
        let quoted = self.quoted();
        let start = self.quote.span.start;
        let from = self.quote.focus.start.saturating_sub(start);
        let body_start = skip_number(quoted);
        if !self.quote.is_clear || from <= body_start {
            return first_sentences(&quoted[body_start..], count);
        }
        // What answers stands further on: its lead, if short, then itself.
        let focus = &self.focus()[skip_number(self.focus())..];
        let (said, _) = first_sentences(focus, 1);
        let lead = quoted[body_start..].lines().next().unwrap_or_default().trim();
        let has_lead = lead.ends_with(':') && lead.chars().count() <= MAX_LEAD;
        let said = if has_lead { format!("{lead} {}", lower_first(&said)) } else { said };
        (said, quoted.to_owned())
    }
}

/// What is shown and said of one quoted article.
pub fn say(found: &Found<'_>, aim: &Aim, as_of: Date) -> AnswerText {
    let figure = found.figure(aim);
    let (said, rest) = found.sentences(if figure.is_some() { 1 } else { 2 });
    let heading = figure.clone().or_else(|| {
        let is_long = found.quoted().chars().count() > HEADED_FROM;
        let focus = &found.focus()[skip_number(found.focus())..];
        let is_short = focus.chars().count() <= HEADED_FROM;
        (is_long && is_short && found.quote.is_clear).then(|| upper_first(focus))
    });
    let text = match heading {
        Some(heading) => format!("{}\n{}", ended(&heading), found.block(as_of)),
        None => found.block(as_of),
    };
    let answer = [figure, Some(ended(&said))].into_iter().flatten().collect::<Vec<_>>().join(" ");
    let remains = if rest.is_empty() { "" } else { REMAINS };
    let source = format!("Theo {}.", found.citation.place());
    let tail = [
        source,
        amended::spoken(found.article, found.quote),
        found.exceptions(),
        remains.to_owned(),
        found.force.spoken(found.article),
    ];
    let tail = tail.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ");
    let more = speakable(&rest);
    AnswerText {
        text,
        spoken: speakable(&format!("{answer}\n{tail}")),
        more: (!more.is_empty()).then_some(more),
    }
}

/// Why two articles are given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Two {
    /// They answer with different figures.
    Differ,
    /// Either may be the one that was asked for.
    Either,
}

/// What is shown and said when two articles are given.
pub fn say_both(first: &Found<'_>, second: &Found<'_>, why: Two, aim: &Aim, as_of: Date) -> AnswerText {
    let (opening, advice) = match why {
        Two::Differ => {
            ("Có hai quy định khác nhau về việc này.", "Xin hỏi lại cơ quan giải quyết trước khi áp dụng.")
        }
        Two::Either => (
            "Có hai quy định có thể trả lời câu hỏi này.",
            "Xin hỏi cán bộ hướng dẫn xem quy định nào áp dụng cho trường hợp của ông bà.",
        ),
    };
    let text = format!("{opening}\n1) {}\n2) {}", first.block(as_of), second.block(as_of));
    let one = |found: &Found<'_>| {
        let said = found.figure(aim).unwrap_or_else(|| ended(&found.sentences(1).0));
        format!("Theo {}: {}", found.citation.place(), lower_first(&said))
    };
    let spoken = speakable(&format!("{opening}\n{}\n{}\n{advice}", one(first), one(second)));
    let more = speakable(&format!("{}\n{}", first.quoted(), second.quoted()));
    AnswerText { text: format!("{text}\n{advice}"), spoken, more: (!more.is_empty()).then_some(more) }
}

/// The first sentences of a text, no longer than is read aloud; and the rest. A list belongs to the sentence that
/// opens it.
fn first_sentences(text: &str, count: usize) -> (String, String) {
    let spans = sentences(text, 0..text.len());
    let mut end = 0;
    let mut counted = 0;
    for span in &spans {
        let sentence = &text[span.clone()];
        if counted > 0 && text[..span.end].chars().count() > MAX_SPOKEN {
            break;
        }
        end = span.end;
        if sentence.ends_with('.') {
            counted += 1;
            if counted == count {
                break;
            }
        }
    }
    let limit = if text[..end].contains('\n') { MAX_SPOKEN } else { MAX_SENTENCE };
    let (short, cut) = shortened(&text[..end], limit);
    let rest = format!("{cut} {}", text[end..].trim());
    (short, rest.trim().to_owned())
}

/// With a full stop at the end.
pub(super) fn ended(text: &str) -> String {
    let text = text.trim().trim_end_matches([';', ',', ':', '.', ' ']);
    format!("{text}.")
}

fn upper_first(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

fn lower_first(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_lowercase().chain(letters).collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::answer::choose::choose;
    use crate::answer::quote::cite;
    use crate::answer::relevance::QuestionTerms;
    use crate::question::Question;
    use crate::regulations::article::tests::{index_of, sample};

    const DAY: Date = Date::constant(2026, 1, 1);

    fn said(text: &str, question: &str) -> AnswerText {
        let article = sample("35", "Quyền đơn phương chấm dứt hợp đồng lao động", text);
        let (_folder, index) = index_of(std::slice::from_ref(&article));
        let question = Question::new(question);
        let aim = Aim::of(&question);
        let quote = choose(&article, &aim, &QuestionTerms::new(&question, &index.search()), &[]).unwrap();
        let citation = cite(&article, &quote, DAY).unwrap();
        assert!(text.contains(citation.quote.as_deref().unwrap()));
        let force = Force::of(&article, quote.clause.as_deref(), None, DAY);
        let found = Found { article: &article, quote: &quote, citation: &citation, force: &force };
        say(&found, &aim, DAY)
    }

    #[test]
    fn the_figure_comes_first_when_there_is_but_one() {
        let said = said(
            "1. Người lao động phải báo trước ít nhất 15 ngày cho chủ nhà, trừ trường hợp quy định tại khoản 2 Điều này.\n2. Không báo trước khi bị ngược đãi.",
            "Người lao động phải báo trước bao nhiêu ngày?",
        );
        assert!(said.text.starts_with("Thời hạn: ít nhất 15 ngày.\nTheo khoản 1 Điều 35"), "{}", said.text);
        assert!(said.text.contains("Có ngoại lệ tại khoản 2 Điều này."), "{}", said.text);
        assert!(
            said.spoken.starts_with("Thời hạn: ít nhất mười lăm ngày. Người lao động"),
            "{}",
            said.spoken
        );
        assert!(said.spoken.contains("Theo khoản một Điều ba mươi lăm Bộ luật Lao động."), "{}", said.spoken);
        assert_eq!(said.more, None);
    }

    #[test]
    fn with_several_figures_the_clause_speaks_for_itself() {
        let said = said(
            "1. Người lao động phải báo trước:\na) Ít nhất 45 ngày nếu không xác định thời hạn;\nb) Ít nhất 30 ngày nếu xác định thời hạn.",
            "Người lao động phải báo trước bao nhiêu ngày?",
        );
        assert!(said.text.starts_with("Theo khoản 1"), "{}", said.text);
        assert!(said.spoken.starts_with("Người lao động phải báo trước:"), "{}", said.spoken);
        assert!(said.spoken.contains("bốn mươi lăm ngày") && said.spoken.contains("ba mươi ngày"));
    }

    #[test]
    fn what_is_too_long_to_be_heard_at_once_is_kept_for_later() {
        let text = format!(
            "1. Người thuê nhà phải trả tiền đúng hạn. {}",
            "Câu sau nói về việc khác rất dài. ".repeat(30)
        );
        let said = said(&text, "Người thuê nhà phải trả tiền thế nào?");
        assert!(said.spoken.starts_with("Người thuê nhà phải trả tiền đúng hạn."), "{}", said.spoken);
        assert!(said.spoken.chars().count() < 600);
        assert!(said.more.is_some_and(|more| more.contains("việc khác")));
    }
}
