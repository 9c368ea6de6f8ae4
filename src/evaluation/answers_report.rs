//! What came of asking: counts for each kind of question, shares, the curve of risk and coverage, the calibration.

use std::collections::BTreeMap;
use std::fmt;

use jiff::civil::Date;
use serde::Serialize;

use super::answers::{Outcome, QuestionKind, Verdict};
use super::answers_calibration::Calibration;
use super::risk_coverage::{RiskCoverage, Scored};

/// Counts over some of the questions.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Tally {
    /// Questions.
    pub asked: usize,
    /// Of these, those to which something was given as the answer.
    pub answered: usize,
    /// As the labels want it: the right rule; where nothing answers, a refusal.
    pub right: usize,
    /// Answered, and not as the labels want it.
    pub wrong: usize,
    /// Not answered.
    pub refused: usize,
    /// Ended in a status that the labels name.
    pub expected: usize,
}

impl Tally {
    fn over<'a>(outcomes: impl IntoIterator<Item = &'a Outcome>) -> Self {
        let mut tally = Self::default();
        for outcome in outcomes {
            tally.asked += 1;
            tally.answered += usize::from(outcome.is_answered);
            tally.right += usize::from(outcome.verdict == Verdict::Right);
            tally.wrong += usize::from(outcome.verdict == Verdict::Wrong);
            tally.refused += usize::from(!outcome.is_answered);
            tally.expected += usize::from(outcome.is_expected);
        }
        tally
    }
}

/// Everything that `hoidap eval answers` tells.
#[derive(Debug, Clone, Serialize)]
pub struct AnswersReport {
    /// The day of the questions that have none of their own.
    pub as_of: Date,
    /// The state of the index that was asked.
    pub index_version: String,
    /// By kind, `in_scope`, and by kind and topic or trap, `trap/regional`.
    pub tallies: BTreeMap<String, Tally>,
    /// Wrong answers of every kind, each under the first of its faults in the order of [`super::answers::Fault`].
    pub wrong_by_fault: BTreeMap<&'static str, usize>,
    /// In scope: wrong answers among those given.
    pub wrong_share_of_answered: Option<f64>,
    /// In scope: answers among the questions.
    pub answered_share_in_scope: Option<f64>,
    /// Out of scope: refusals among the questions.
    pub refused_share_out_of_scope: Option<f64>,
    /// Quotes that are no verbatim span of the stored article. There must be none.
    pub unproved_quotes: usize,
    /// Citations of repealed rules that are not told to be so. There must be none.
    pub repealed_as_in_force: usize,
    /// What each threshold of confidence would give.
    pub risk_coverage: RiskCoverage,
    /// Whether confidence is a probability.
    pub calibration: Calibration,
    /// Each question.
    pub outcomes: Vec<Outcome>,
}

impl AnswersReport {
    /// Counts.
    pub fn new(outcomes: Vec<Outcome>, as_of: Date, index_version: String) -> Self {
        let mut groups: BTreeMap<String, Vec<&Outcome>> = BTreeMap::new();
        for outcome in &outcomes {
            let kind = kind_name(outcome.kind);
            groups.entry(kind.to_owned()).or_default().push(outcome);
            if let Some(group) = &outcome.group {
                groups.entry(format!("{kind}/{group}")).or_default().push(outcome);
            }
        }
        let tallies: BTreeMap<String, Tally> =
            groups.into_iter().map(|(name, group)| (name, Tally::over(group))).collect();
        let mut wrong_by_fault = BTreeMap::new();
        for fault in outcomes.iter().filter_map(|outcome| outcome.faults.first()) {
            *wrong_by_fault.entry(fault.name()).or_default() += 1;
        }
        let of = |kind| tallies.get(kind_name(kind)).copied().unwrap_or_default();
        let (inside, outside) = (of(QuestionKind::InScope), of(QuestionKind::OutOfScope));
        let scored = |kind| -> Vec<Scored> {
            outcomes.iter().filter(|outcome| outcome.kind == kind).map(Scored::from).collect()
        };
        Self {
            as_of,
            index_version,
            wrong_by_fault,
            wrong_share_of_answered: share(inside.wrong, inside.answered),
            answered_share_in_scope: share(inside.answered, inside.asked),
            refused_share_out_of_scope: share(outside.refused, outside.asked),
            unproved_quotes: outcomes.iter().map(|outcome| outcome.unproved_quotes).sum(),
            repealed_as_in_force: outcomes.iter().map(|outcome| outcome.repealed_as_in_force).sum(),
            risk_coverage: RiskCoverage::new(
                &scored(QuestionKind::InScope),
                &scored(QuestionKind::OutOfScope),
            ),
            calibration: Calibration::new(&outcomes),
            tallies,
            outcomes,
        }
    }

    /// Every wrong answer: what was asked, what was cited, what was expected.
    pub fn wrong_answers(&self) -> String {
        let mut out = String::new();
        for outcome in self.outcomes.iter().filter(|outcome| outcome.verdict == Verdict::Wrong) {
            let faults: Vec<String> = outcome.faults.iter().map(ToString::to_string).collect();
            let confidence = outcome.confidence.map_or("-".to_owned(), |c| format!("{c:.2}"));
            let gold = match outcome.gold.as_slice() {
                [] => "a refusal".to_owned(),
                places => places.join("; "),
            };
            out.push_str(&format!(
                "{} {} {confidence}  {}\n  cited:    {}\n  expected: {gold}\n  wrong:    {}\n",
                outcome.id,
                outcome.group.as_deref().unwrap_or_else(|| kind_name(outcome.kind)),
                outcome.question,
                outcome.cited.join("; "),
                faults.join("; "),
            ));
        }
        out
    }
}

fn kind_name(kind: QuestionKind) -> &'static str {
    match kind {
        QuestionKind::InScope => "in_scope",
        QuestionKind::OutOfScope => "out_of_scope",
        QuestionKind::Trap => "trap",
    }
}

/// A share; null where there is nothing to share.
pub(super) fn share(part: usize, whole: usize) -> Option<f64> {
    (whole > 0).then(|| part as f64 / whole as f64)
}

/// `12.3 %`, or a dash.
pub(super) fn percent(share: Option<f64>) -> String {
    share.map_or("-".to_owned(), |share| format!("{:.1} %", share * 100.0))
}

impl fmt::Display for AnswersReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "as of {}, index {}\n", self.as_of, self.index_version)?;
        writeln!(
            f,
            "{:<32}{:>7}{:>10}{:>7}{:>7}{:>9}{:>10}",
            "questions", "asked", "answered", "right", "wrong", "refused", "expected"
        )?;
        for (name, x) in &self.tallies {
            let name = name.split_once('/').map_or(name.clone(), |(_, group)| format!("  {group}"));
            writeln!(
                f,
                "{name:<32}{:>7}{:>10}{:>7}{:>7}{:>9}{:>10}",
                x.asked, x.answered, x.right, x.wrong, x.refused, x.expected
            )?;
        }
        writeln!(f)?;
        writeln!(f, "in scope, answered             {:>8}", percent(self.answered_share_in_scope))?;
        writeln!(f, "in scope, wrong among answered {:>8}", percent(self.wrong_share_of_answered))?;
        writeln!(f, "out of scope, refused          {:>8}", percent(self.refused_share_out_of_scope))?;
        let faults: Vec<String> =
            self.wrong_by_fault.iter().map(|(fault, count)| format!("{count} {fault}")).collect();
        writeln!(f, "wrong of every kind, by the first fault: {}", faults.join(", "))?;
        let of_asked_back = |wanted: fn(&Outcome) -> bool| self.outcomes.iter().filter(|o| wanted(o)).count();
        writeln!(
            f,
            "asked back where the law answers: {}; a right article was offered: {}; chosen, it was answered rightly: {}, \
             wrongly: {}",
            of_asked_back(|o| o.was_offered.is_some()),
            of_asked_back(|o| o.was_offered == Some(true)),
            of_asked_back(|o| o.once_chosen == Some(Verdict::Right)),
            of_asked_back(|o| o.once_chosen == Some(Verdict::Wrong)),
        )?;
        writeln!(f, "quotes not in the stored text  {:>8}", self.unproved_quotes)?;
        writeln!(f, "repealed rules as in force     {:>8}\n", self.repealed_as_in_force)?;
        write!(f, "{}\n{}", self.risk_coverage, self.calibration)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evaluation::answers::Fault;

    fn outcome(id: &str, kind: QuestionKind, verdict: Verdict, confidence: f32) -> Outcome {
        let is_refusal =
            verdict == Verdict::Refused || verdict == Verdict::Right && kind == QuestionKind::OutOfScope;
        Outcome {
            id: id.into(),
            kind,
            group: (kind == QuestionKind::OutOfScope).then(|| "weather".to_owned()),
            question: format!("question {id}"),
            status: if is_refusal { "not_found".into() } else { "answered".into() },
            is_answered: !is_refusal,
            is_expected: true,
            verdict,
            was_offered: None,
            once_chosen: None,
            faults: if verdict == Verdict::Wrong { vec![Fault::OtherArticle] } else { vec![] },
            confidence: Some(confidence),
            cited: vec!["cited place".into()],
            gold: vec![],
            unproved_quotes: 0,
            repealed_as_in_force: 0,
        }
    }

    #[test]
    fn shares_are_counted_by_hand() {
        use QuestionKind::{InScope, OutOfScope};
        let outcomes = vec![
            outcome("a", InScope, Verdict::Right, 0.9),
            outcome("b", InScope, Verdict::Wrong, 0.7),
            outcome("c", InScope, Verdict::Right, 0.8),
            outcome("d", InScope, Verdict::Refused, 0.2),
            outcome("e", OutOfScope, Verdict::Right, 0.1),
            outcome("f", OutOfScope, Verdict::Wrong, 0.66),
        ];
        let report = AnswersReport::new(outcomes, Date::constant(2026, 11, 24), "1-1-a".into());
        let expected = Tally { asked: 4, answered: 3, right: 2, wrong: 1, refused: 1, expected: 4 };
        assert_eq!(report.tallies["in_scope"], expected);
        assert_eq!(report.tallies["out_of_scope"], report.tallies["out_of_scope/weather"]);
        assert_eq!(report.tallies["out_of_scope"].right, 1);
        assert_eq!(report.wrong_by_fault, BTreeMap::from([("other article", 2)]));
        assert_eq!(report.answered_share_in_scope, Some(0.75));
        assert_eq!(report.wrong_share_of_answered, Some(1.0 / 3.0));
        assert_eq!(report.refused_share_out_of_scope, Some(0.5));
        let wrong = report.wrong_answers();
        assert!(wrong.contains("question b") && wrong.contains("question f"), "{wrong}");
        assert!(!wrong.contains("question a") && wrong.contains("expected: a refusal"));
        let nothing = AnswersReport::new(vec![], Date::constant(2026, 11, 24), String::new());
        assert_eq!((nothing.answered_share_in_scope, nothing.to_string().contains("NaN")), (None, false));
    }
}
