//! What is said of a citizen's own dossier: where it lies, whether it is late and by how much, what is missing, what the
//! office owes and what the citizen can do, with the provisions that say so.
//!
//! The code alone tells the stage and the deadline. The names of papers, what is owed, the office's words and the
//! applicant's name are told to the owner; aloud in a hall no name, no procedure and no desk is said to anybody.

use std::sync::LazyLock;

use jiff::civil::{Date, DateTime};
use serde::Deserialize;

use super::spoken::speakable;
use super::{Answer, AnswerText, Citation, Status, guide};
use crate::dossiers::assessment::{Assessment, Due, DueBy, Stage, assess};
use crate::dossiers::calendar::{Calendar, TimeLimit};
use crate::dossiers::code::DossierCode;
use crate::dossiers::dossier::{Dossier, OutcomeKind};
use crate::dossiers::lookup::{AskFor, LookUp};
use crate::dossiers::spoken_code::speak_code;
use crate::dossiers::store::{Opened, SecondFactor};
use crate::question::{Facet, Intent};
use crate::regulations::structure::clauses;
use crate::regulations::{IndexError, LegalBasis, ProcedureGuide, Search};
use crate::vietnamese::{canonical, vietnamese_date};

/// What offices owe, and what citizens can do.
const DUTIES: &str = include_str!("../../knowledge/dossiers/duties.toml");
const DESK: &str = "Bộ phận Một cửa nơi đã nộp hồ sơ";

/// Who can hear what is said aloud.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Hearers {
    /// The citizen alone, at their own device.
    #[default]
    Citizen,
    /// Whoever stands in the hall.
    Hall,
}

#[derive(Debug, Deserialize)]
struct Duties {
    duty: Vec<Duty>,
}

/// Something that is owed or can be done, and the provision that says so.
#[derive(Debug, Deserialize)]
struct Duty {
    id: String,
    sentence: String,
    seek: Vec<String>,
    basis: LegalBasis,
}

static DUTY: LazyLock<Vec<Duty>> =
    LazyLock::new(|| toml::from_str::<Duties>(DUTIES).map(|duties| duties.duty).unwrap_or_default());

/// What is told of what was found.
pub struct Telling<'a> {
    /// The law.
    pub search: &'a Search<'a>,
    /// The office's clock.
    pub now: DateTime,
    /// The working days.
    pub calendar: &'a Calendar,
    /// Who can hear it.
    pub hearers: Hearers,
}

/// The answer about a dossier.
///
/// # Errors
/// Where the index cannot be read.
pub fn tell(look_up: &LookUp, telling: &Telling<'_>) -> Result<Answer, IndexError> {
    Ok(match look_up {
        LookUp::Ask(what) => ask_back(ask_for(*what), vec![]),
        LookUp::Confirm(code) => {
            let text =
                format!("Có phải mã hồ sơ của ông bà là {code} không? Xin nói “đúng” hoặc “không phải”.");
            let spoken = format!(
                "Có phải mã hồ sơ của ông bà là: {}, phải không ạ? Xin nói đúng, hoặc không phải.",
                speak_code(code)
            );
            Answer { answer: AnswerText { text, spoken, more: None }, ..ask_back("", vec![]) }
        }
        LookUp::Choose(codes) => choose(codes),
        LookUp::Unknown(code) => unknown(code),
        LookUp::Away => away(),
        LookUp::Found { dossier, opened, second_factor } => {
            Teller::new(dossier, opened.as_ref(), *second_factor, telling)?.answer()?
        }
    })
}

fn ask_for(what: AskFor) -> &'static str {
    match what {
        AskFor::Code => "Xin cho biết mã hồ sơ. Mã ghi trên giấy tiếp nhận hồ sơ và hẹn trả kết quả.",
        AskFor::CodeAgain => {
            "Tôi chưa nghe rõ mã hồ sơ. Xin đọc lại từng chữ, từng số ghi trên giấy hẹn, hoặc gõ mã."
        }
        AskFor::WholeCode => "Có nhiều hồ sơ có phần cuối như vậy. Xin đọc cả mã, từ chữ cái đầu tiên.",
    }
}

fn ask_back(sentence: &str, options: Vec<String>) -> Answer {
    let answer = AnswerText { text: sentence.to_owned(), spoken: sentence.to_owned(), more: None };
    Answer {
        intent: Intent::Dossier,
        status: Status::NeedsDetail,
        answer,
        citations: vec![],
        options,
        confidence: None,
    }
}

fn choose(codes: &[DossierCode]) -> Answer {
    let written: Vec<String> = codes.iter().map(ToString::to_string).collect();
    let spoken: Vec<String> = codes
        .iter()
        .zip(["thứ nhất", "thứ hai", "thứ ba", "thứ tư"])
        .map(|(code, place)| format!("{place}: {}", speak_code(code)))
        .collect();
    let text = format!("Mã hồ sơ của ông bà là mã nào: {}?", written.join("; "));
    let spoken = format!("Tôi nghe gần giống mấy mã. {}. Mã của ông bà là mã thứ mấy?", spoken.join(". "));
    Answer { answer: AnswerText { text, spoken, more: None }, ..ask_back("", written) }
}

fn unknown(code: &str) -> Answer {
    let text = format!(
        "Không có hồ sơ nào mang mã {code}. Xin kiểm tra lại mã trên giấy hẹn rồi đọc lại, hoặc hỏi {DESK}."
    );
    let spoken = format!(
        "Tôi không thấy hồ sơ nào mang mã ấy. Xin kiểm tra lại mã trên giấy hẹn rồi đọc lại, hoặc hỏi {DESK}."
    );
    let answer = AnswerText { text, spoken, more: None };
    Answer { status: Status::NotFound, answer, ..ask_back("", vec![]) }
}

fn away() -> Answer {
    let sentence =
        format!("Việc tra cứu hồ sơ đang gián đoạn. Xin thử lại sau, hoặc mang giấy hẹn đến {DESK} để hỏi.");
    Answer { status: Status::DossierUnavailable, ..ask_back(&sentence, vec![]) }
}

/// Puts the answer about one dossier together.
struct Teller<'a> {
    dossier: &'a Dossier,
    opened: Option<&'a Opened>,
    second_factor: SecondFactor,
    telling: &'a Telling<'a>,
    guide: Option<ProcedureGuide>,
    assessment: Assessment,
    /// What is shown, a line each.
    lines: Vec<String>,
    /// What is said, a sentence each.
    said: Vec<String>,
    citations: Vec<Citation>,
    is_doubtful: bool,
}

impl<'a> Teller<'a> {
    fn new(
        dossier: &'a Dossier,
        opened: Option<&'a Opened>,
        second_factor: SecondFactor,
        telling: &'a Telling<'a>,
    ) -> Result<Self, IndexError> {
        let guide = match &dossier.procedure_id {
            Some(id) => telling.search.guide(id)?,
            None => None,
        };
        let limit = guide.as_ref().and_then(|guide| guide.time_limit.as_deref()).and_then(TimeLimit::parse);
        let assessment = assess(dossier, limit.as_ref(), telling.now, telling.calendar);
        Ok(Self {
            dossier,
            opened,
            second_factor,
            telling,
            guide,
            assessment,
            lines: vec![],
            said: vec![],
            citations: vec![],
            is_doubtful: false,
        })
    }

    fn is_owner(&self) -> bool {
        self.opened == Some(&Opened::Owner)
    }

    fn is_in_hall(&self) -> bool {
        self.telling.hearers == Hearers::Hall
    }

    fn answer(mut self) -> Result<Answer, IndexError> {
        self.attempt();
        self.heading();
        self.stage();
        self.deadline()?;
        if self.is_owner() {
            self.owner();
        }
        self.next_steps()?;
        if self.opened.is_none() {
            self.offer();
        }
        let status = if self.is_doubtful { Status::AnsweredWithCaution } else { Status::Answered };
        let mut places: Vec<String> = self.citations.iter().map(Citation::full_place).collect();
        places.dedup();
        if !places.is_empty() {
            self.lines.push(format!("Căn cứ: {}.", places.join("; ")));
        }
        if self.dossier.is_demo {
            self.lines.push("Đây là hồ sơ giả, dùng để giới thiệu dịch vụ.".to_owned());
        }
        Ok(Answer {
            intent: Intent::Dossier,
            status,
            answer: AnswerText { text: self.lines.join("\n"), spoken: self.said.join("\n"), more: None },
            citations: self.citations,
            options: vec![],
            confidence: None,
        })
    }

    /// Shown and said.
    fn tell(&mut self, sentence: String) {
        self.said.push(speakable(&sentence));
        self.lines.push(sentence);
    }

    /// Shown; said only where no hall hears it.
    fn tell_quietly(&mut self, sentence: String) {
        if !self.is_in_hall() {
            self.said.push(speakable(&sentence));
        }
        self.lines.push(sentence);
    }

    /// What came of the attempt to hear more.
    fn attempt(&mut self) {
        let sentence = match self.opened {
            None | Some(Opened::Owner) => return,
            Some(Opened::Wrong { left }) => {
                format!("Số ông bà vừa đọc không khớp với hồ sơ. Ông bà còn {left} lần thử.")
            }
            Some(Opened::Locked { minutes }) => format!(
                "Đã thử sai nhiều lần, nên phần chi tiết của hồ sơ này tạm khóa. Xin thử lại sau {minutes} phút, hoặc hỏi {DESK}."
            ),
            Some(Opened::NothingKept) => {
                format!(
                    "Hồ sơ này chưa có thông tin để xác nhận chủ hồ sơ. Muốn biết chi tiết, xin hỏi {DESK}."
                )
            }
        };
        self.tell(sentence);
    }

    fn heading(&mut self) {
        let Dossier { code, procedure, office, .. } = self.dossier;
        self.lines.push(format!("Hồ sơ {code}: {procedure}. Nơi giải quyết: {office}."));
        self.said.push(format!("Hồ sơ {}.", speak_code(code)));
        if !self.is_in_hall() {
            self.said.push(speakable(&format!("{procedure}.")));
        }
        let received = vietnamese_date(self.dossier.received_at.date());
        self.tell(format!("Nhận ngày {received}."));
    }

    fn stage(&mut self) {
        match self.assessment.stage.clone() {
            Stage::Handling(None) => self.tell("Hồ sơ đang được giải quyết.".to_owned()),
            Stage::Handling(Some(step)) => {
                let since = vietnamese_date(step.since.date());
                let days = self.assessment.in_step.unwrap_or(0);
                self.tell(format!(
                    "Hồ sơ đang ở bước “{}” từ ngày {since}, đã {days} ngày làm việc.",
                    step.name
                ));
                self.tell_quietly(format!("Nơi đang giữ hồ sơ: {}.", step.holder));
            }
            Stage::WaitingForPapers(request) => {
                let since = vietnamese_date(request.asked_on);
                self.tell(format!(
                    "Cơ quan đang chờ ông bà bổ sung giấy tờ, từ ngày {since}. Trong lúc chờ, thời hạn giải quyết chưa tính tiếp."
                ));
                if self.is_owner() {
                    self.tell_quietly(format!("Giấy tờ còn thiếu: {}.", request.papers.join("; ")));
                }
            }
            Stage::Ended(outcome) => {
                let on = vietnamese_date(outcome.on);
                self.tell(match (outcome.kind, outcome.collected_on) {
                    (OutcomeKind::Granted, None) => {
                        format!("Hồ sơ đã có kết quả ngày {on}. Xin mang giấy hẹn đến {DESK} để nhận.")
                    }
                    (OutcomeKind::Granted, Some(collected)) => {
                        format!(
                            "Hồ sơ đã có kết quả ngày {on}, và kết quả đã được nhận ngày {}.",
                            vietnamese_date(collected)
                        )
                    }
                    (OutcomeKind::Refused, _) => format!("Hồ sơ đã bị từ chối giải quyết ngày {on}."),
                    (OutcomeKind::Withdrawn, _) => format!("Hồ sơ đã được rút lại ngày {on}."),
                });
                if let (true, Some(note)) = (self.is_owner(), outcome.note) {
                    self.tell_quietly(format!("Cơ quan ghi: {note}"));
                }
            }
        }
    }

    /// When it is due, whether it is late, and by what time limit.
    fn deadline(&mut self) -> Result<(), IndexError> {
        let has_ended = matches!(self.assessment.stage, Stage::Ended(_));
        let is_waiting = matches!(self.assessment.stage, Stage::WaitingForPapers(_));
        match self.assessment.due {
            Some(due) => {
                let (sentence, late) =
                    (due_sentence(due), late_sentence(due, has_ended, self.telling.now.date()));
                self.tell(sentence);
                if let Some(late) = late {
                    self.tell(late);
                }
            }
            None if !is_waiting && !has_ended => {
                let waited = self.assessment.waited;
                self.tell(format!(
                    "Hồ sơ không ghi ngày hẹn trả, và tôi chưa có thời hạn của thủ tục này, nên không nói được đã trễ hay \
                     chưa. Tính đến hôm nay đã {waited} ngày làm việc."
                ));
            }
            None => {}
        }
        let Some(guide) = self.guide.clone() else { return Ok(()) };
        let Some(limit) = &guide.time_limit else { return Ok(()) };
        self.lines.push(format!("Thời hạn của thủ tục: {limit}"));
        if let (Some(legal), Some(due)) = (self.assessment.legal_due, self.assessment.due)
            && due.by == DueBy::Promise
            && legal != due.on
            && !has_ended
        {
            self.lines.push(format!("Tính theo thời hạn ấy, ngày cuối cùng là {}.", vietnamese_date(legal)));
        }
        let bases: Vec<&LegalBasis> =
            guide.legal_basis.iter().filter(|basis| basis.supports.contains(&Facet::TimeLimit)).collect();
        for basis in bases {
            self.cite(basis)?;
        }
        Ok(())
    }

    /// What only the owner is told.
    fn owner(&mut self) {
        if let Some(applicant) = &self.dossier.applicant {
            self.lines.push(format!("Người nộp: {applicant}."));
        }
        if self.dossier.fee_owed > 0 {
            self.tell_quietly(format!("Số tiền còn phải nộp: {} đồng.", grouped(self.dossier.fee_owed)));
        }
        for step in &self.dossier.steps {
            self.lines.push(format!(
                "{}: {}, {}.",
                vietnamese_date(step.since.date()),
                step.name,
                step.holder
            ));
        }
        if self.is_in_hall() {
            self.said.push("Các chi tiết khác xin xem trên màn hình.".to_owned());
        }
    }

    /// What the office owes now, and what the citizen can do.
    fn next_steps(&mut self) -> Result<(), IndexError> {
        let is_open = !matches!(self.assessment.stage, Stage::Ended(_));
        let was_refused =
            matches!(&self.assessment.stage, Stage::Ended(outcome) if outcome.kind == OutcomeKind::Refused);
        if is_open && self.assessment.is_late() {
            self.duty("apology")?;
            self.tell(format!("Ông bà nên hỏi {DESK}, đề nghị nêu rõ lý do và ngày trả mới; cũng có thể gửi phản ánh ngay tại đây."));
            self.duty("complaint")?;
            self.quiet_duty("complaint_period")?;
        } else if was_refused {
            self.duty("complaint")?;
            self.quiet_duty("complaint_period")?;
        } else if matches!(self.assessment.stage, Stage::WaitingForPapers(_)) {
            self.tell(format!("Xin nộp giấy tờ bổ sung tại {DESK} càng sớm càng tốt."));
        }
        Ok(())
    }

    fn duty(&mut self, id: &str) -> Result<(), IndexError> {
        let Some(duty) = DUTY.iter().find(|duty| duty.id == id) else { return Ok(()) };
        self.tell(duty.sentence.clone());
        self.cite_duty(duty)
    }

    /// Shown, not said: an answer must not be long to hear.
    fn quiet_duty(&mut self, id: &str) -> Result<(), IndexError> {
        let Some(duty) = DUTY.iter().find(|duty| duty.id == id) else { return Ok(()) };
        self.lines.push(duty.sentence.clone());
        self.cite_duty(duty)
    }

    fn cite_duty(&mut self, duty: &Duty) -> Result<(), IndexError> {
        let today = self.telling.now.date();
        let is_replaced = duty.basis.replaced_from.is_some_and(|from| today >= from);
        if !is_replaced {
            return self.cite(&duty.basis);
        }
        if let Some(successor) = self.successor(duty, today)? {
            self.citations.push(successor);
            return Ok(());
        }
        self.is_doubtful = true;
        let by = duty.basis.replaced_by.as_deref().unwrap_or("văn bản khác");
        self.lines.push(format!(
            "Lưu ý: {} đã được thay thế bằng {by}, mà kho văn bản ở đây chưa có; xin kiểm tra lại quy định mới.",
            duty.basis.document_title
        ));
        self.cite(&duty.basis)
    }

    /// The clause of the document that took the place of a duty's, where the index holds it.
    fn successor(&self, duty: &Duty, today: Date) -> Result<Option<Citation>, IndexError> {
        let Some(number) = &duty.basis.replaced_by else { return Ok(None) };
        for article in self.telling.search.document_as_of(number, today, false)? {
            for clause in clauses(&article.text) {
                let words = article.text.get(clause.span.clone()).unwrap_or_default();
                let has = canonical(words);
                if !duty.seek.is_empty() && duty.seek.iter().all(|seek| has.contains(seek.as_str())) {
                    let citation = Citation::of(&article, today);
                    return Ok(Some(Citation {
                        clause: clause.number,
                        quote: Some(words.trim().to_owned()),
                        ..citation
                    }));
                }
            }
        }
        Ok(None)
    }

    fn cite(&mut self, basis: &LegalBasis) -> Result<(), IndexError> {
        let citation = guide::cite(basis, self.telling.search, self.telling.now.date())?;
        if citation.in_force == Some(false) {
            self.is_doubtful = true;
        }
        if !self.citations.contains(&citation) {
            self.citations.push(citation);
        }
        Ok(())
    }

    /// What the owner can say to hear more.
    fn offer(&mut self) {
        let has_more = self.dossier.fee_owed > 0
            || !self.dossier.requests.is_empty()
            || self.dossier.outcome.as_ref().is_some_and(|outcome| outcome.note.is_some());
        if !has_more {
            return;
        }
        let what = match self.second_factor {
            SecondFactor::IdentityLast4 => "bốn số cuối của số căn cước",
            SecondFactor::BirthYear => "năm sinh",
            SecondFactor::Either => "bốn số cuối của số căn cước, hoặc năm sinh",
        };
        self.tell(format!("Muốn biết chi tiết, xin cho biết {what} của người nộp hồ sơ."));
    }
}

fn due_sentence(due: Due) -> String {
    let on = vietnamese_date(due.on);
    let moved = match due.moved {
        0 => String::new(),
        days => format!(", đã cộng {days} ngày làm việc chờ bổ sung giấy tờ"),
    };
    match due.by {
        DueBy::Promise => format!("Hẹn trả kết quả ngày {on}{moved}."),
        DueBy::Law => {
            format!("Không ghi ngày hẹn trả; theo thời hạn của thủ tục thì ngày cuối cùng là {on}{moved}.")
        }
    }
}

fn late_sentence(due: Due, has_ended: bool, today: Date) -> Option<String> {
    let today = vietnamese_date(today);
    Some(match (due.late, has_ended) {
        (late @ 1.., false) => format!("Hồ sơ đã trễ hạn {late} ngày làm việc, tính đến ngày {today}."),
        (0, false) => "Hôm nay là ngày cuối của thời hạn; hồ sơ chưa trễ.".to_owned(),
        (early, false) => format!("Hồ sơ chưa trễ: còn {} ngày làm việc.", -early),
        (late @ 1.., true) => format!("Kết quả đã trễ hạn {late} ngày làm việc."),
        _ => return None,
    })
}

/// `1.500.000`.
fn grouped(amount: u64) -> String {
    let digits = amount.to_string();
    let groups: Vec<&str> = digits
        .as_bytes()
        .rchunks(3)
        .rev()
        .map(|group| std::str::from_utf8(group).unwrap_or_default())
        .collect();
    groups.join(".")
}

#[cfg(test)]
mod tests {
    use jiff::civil::{date, datetime};

    use super::*;
    use crate::dossiers::dossier::{PaperRequest, Step};
    use crate::dossiers::store::tests::sample;
    use crate::regulations::article::tests::{index_of, sample as article};
    use crate::regulations::{Record, RegulationIndex};

    fn law() -> (tempfile::TempDir, RegulationIndex) {
        let mut apology = article(
            "19",
            "Giải quyết thủ tục hành chính",
            "1. Một.\n2. Hai.\n3. Ba.\n4. Bốn.\n5. Năm.\n6. Sáu.\n7. Bảy.\n8. Tám.\n\
             9. Đối với hồ sơ quá hạn giải quyết phải gửi văn bản xin lỗi.",
        );
        apology.document_number = "61/2018/NĐ-CP".into();
        let (folder, index) = index_of(&[apology]);
        let mut change = index.change().unwrap();
        let guide = include_str!("../../knowledge/procedures/cap-giay-chung-nhan-an-toan-thuc-pham.toml");
        change.add(&Record::Procedure(ProcedureGuide::from_toml(guide).unwrap())).unwrap();
        change.commit().unwrap();
        (folder, index)
    }

    fn late() -> Dossier {
        Dossier {
            procedure: "Đăng ký kinh doanh".into(),
            procedure_id: None,
            promised_at: Some(datetime(2026, 3, 5, 16, 0, 0, 0)),
            steps: vec![Step {
                name: "Thẩm định".into(),
                holder: "Phòng Kinh tế".into(),
                since: datetime(2026, 3, 3, 9, 0, 0, 0),
            }],
            fee_owed: 1_500_000,
            ..sample("H29.17-260302-0001")
        }
    }

    fn told(dossier: Dossier, opened: Option<Opened>, hearers: Hearers, index: &RegulationIndex) -> Answer {
        let look_up =
            LookUp::Found { dossier: Box::new(dossier), opened, second_factor: SecondFactor::Either };
        let search = index.search();
        let calendar = Calendar::new(None).unwrap();
        let now = datetime(2026, 3, 16, 9, 0, 0, 0);
        tell(&look_up, &Telling { search: &search, now, calendar: &calendar, hearers }).unwrap()
    }

    #[test]
    fn a_late_dossier_is_told_with_its_lateness_its_desk_and_what_can_be_done() {
        let (_folder, index) = law();
        let answer = told(late(), None, Hearers::Citizen, &index);
        let text = &answer.answer.text;
        for part in [
            "Hẹn trả kết quả ngày 05/03/2026",
            "đã trễ hạn 7 ngày làm việc",
            "bước “Thẩm định”",
            "Phòng Kinh tế",
            "văn bản xin lỗi",
            "khiếu nại lần đầu",
            "bốn số cuối",
            "118/2025/NĐ-CP",
        ] {
            assert!(text.contains(part), "{part} is not in {text}");
        }
        assert!(!text.contains("Trần Thị Thử") && !text.contains("1.500.000"), "{text}");
        assert_eq!(answer.status, Status::AnsweredWithCaution, "the decree was replaced");
        assert_eq!(answer.citations.len(), 3);
        assert!(answer.citations[0].quote.as_ref().unwrap().contains("văn bản xin lỗi"));
        assert!(!answer.answer.spoken.chars().any(|c| c.is_ascii_digit()), "{}", answer.answer.spoken);
    }

    #[test]
    fn the_successor_of_a_replaced_decree_is_cited_where_it_is_held() {
        let (_folder, index) = law();
        let mut successor =
            article("20", "Trả kết quả", "1. Việc khác.\n2. Hồ sơ quá hạn thì cơ quan gửi thư xin lỗi.");
        successor.document_number = "118/2025/NĐ-CP".into();
        let mut change = index.change().unwrap();
        change.add(&Record::Article(successor)).unwrap();
        change.commit().unwrap();
        let answer = told(late(), None, Hearers::Citizen, &index);
        let cited = &answer.citations[0];
        assert_eq!((cited.document_number.as_str(), cited.clause.as_deref()), ("118/2025/NĐ-CP", Some("2")));
        assert!(!answer.answer.text.contains("Lưu ý"), "{}", answer.answer.text);
    }

    #[test]
    fn the_owner_hears_more_and_a_hall_less() {
        let (_folder, index) = law();
        let owner = told(late(), Some(Opened::Owner), Hearers::Citizen, &index);
        assert!(owner.answer.text.contains("Trần Thị Thử") && owner.answer.text.contains("1.500.000 đồng"));
        assert!(owner.answer.spoken.contains("một triệu năm trăm nghìn"), "{}", owner.answer.spoken);
        let hall = told(late(), Some(Opened::Owner), Hearers::Hall, &index);
        assert_eq!(hall.answer.text, owner.answer.text, "the screen shows it all");
        for secret in ["Kinh tế", "kinh doanh", "Thử", "triệu"] {
            assert!(!hall.answer.spoken.contains(secret), "{secret} in {}", hall.answer.spoken);
        }
        for opened in [Opened::Wrong { left: 2 }, Opened::Locked { minutes: 9 }, Opened::NothingKept] {
            let other = told(late(), Some(opened), Hearers::Citizen, &index);
            assert!(!other.answer.text.contains("Trần Thị Thử") && !other.answer.text.contains("1.500.000"));
            assert!(!other.answer.spoken.contains("Thử"));
        }
    }

    #[test]
    fn missing_papers_are_named_to_the_owner_alone() {
        let (_folder, index) = law();
        let request = PaperRequest {
            papers: vec!["Bản vẽ móng".into()],
            asked_on: date(2026, 3, 4),
            supplied_on: None,
        };
        let waiting = Dossier { requests: vec![request], ..late() };
        let anybody = told(waiting.clone(), None, Hearers::Citizen, &index);
        assert!(anybody.answer.text.contains("đang chờ ông bà bổ sung giấy tờ"), "{}", anybody.answer.text);
        assert!(!anybody.answer.text.contains("Bản vẽ móng") && !anybody.answer.text.contains("trễ hạn"));
        assert!(
            told(waiting, Some(Opened::Owner), Hearers::Citizen, &index).answer.text.contains("Bản vẽ móng")
        );
    }

    #[test]
    fn a_time_limit_comes_from_the_guide_with_its_provision() {
        let (_folder, index) = law();
        let id = "cap-giay-chung-nhan-an-toan-thuc-pham";
        let dossier = Dossier { promised_at: None, procedure_id: Some(id.into()), ..late() };
        let answer = told(dossier, None, Hearers::Citizen, &index);
        assert!(answer.answer.text.contains("Thời hạn của thủ tục: 15 ngày"), "{}", answer.answer.text);
        assert!(answer.answer.text.contains("17/03/2026"), "{}", answer.answer.text);
        assert!(answer.answer.text.contains("chưa trễ: còn 1 ngày làm việc"), "{}", answer.answer.text);
        assert!(!answer.citations.is_empty());
    }
}
