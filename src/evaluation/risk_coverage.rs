//! Risk and coverage: were the service to answer only from a certain confidence on, how many questions would it
//! still answer, and how many of those answers would be wrong? (El-Yaniv and Wiener, 2010.)
//!
//! Only what the service answered can be judged, so nothing is known of thresholds below its own; guides have another
//! threshold than articles.

use std::fmt;

use serde::Serialize;

use super::answers::{Outcome, Verdict};
use super::answers_report::{percent, share};
use crate::answer::compose::MIN_CONFIDENCE;

/// The thresholds that are printed.
const PRINTED: [f32; 11] = [0.0, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95, 0.97, 0.99, 0.995];
/// The risks for which the least threshold is told.
const WANTED_RISKS: [f64; 4] = [0.2, 0.15, 0.1, 0.05];

/// What matters of one question.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Scored {
    /// Of the answer; null for a refusal.
    pub confidence: Option<f32>,
    /// Whether the answer is wrong.
    pub is_wrong: bool,
}

impl From<&Outcome> for Scored {
    fn from(outcome: &Outcome) -> Self {
        let confidence = outcome.is_answered.then(|| outcome.confidence.unwrap_or_default());
        Self { confidence, is_wrong: outcome.verdict == Verdict::Wrong }
    }
}

/// What one threshold gives.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct CurvePoint {
    /// Answers with less confidence are withheld.
    pub threshold: f32,
    /// In scope: answers given.
    pub answered: usize,
    /// In scope: wrong answers among them.
    pub wrong: usize,
    /// In scope: answers among the questions.
    pub coverage: f64,
    /// In scope: wrong among the answers; null where there is none.
    pub risk: Option<f64>,
    /// Out of scope: questions answered nevertheless.
    pub out_of_scope_answered: usize,
}

/// The curve.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RiskCoverage {
    /// The service's own for articles.
    pub service_threshold: f32,
    /// Questions in scope.
    pub asked: usize,
    /// One for each confidence that occurs in scope, from 0 on.
    pub points: Vec<CurvePoint>,
    /// Those that are printed.
    pub table: Vec<CurvePoint>,
}

impl RiskCoverage {
    /// The curve over the questions in scope, and what it would let through of the others.
    pub fn new(in_scope: &[Scored], out_of_scope: &[Scored]) -> Self {
        let at = |threshold: f32| {
            let is_given = |scored: &&Scored| scored.confidence.is_some_and(|c| c >= threshold);
            let answered = in_scope.iter().filter(is_given).count();
            let wrong = in_scope.iter().filter(is_given).filter(|scored| scored.is_wrong).count();
            CurvePoint {
                threshold,
                answered,
                wrong,
                coverage: share(answered, in_scope.len()).unwrap_or_default(),
                risk: share(wrong, answered),
                out_of_scope_answered: out_of_scope.iter().filter(is_given).count(),
            }
        };
        let mut thresholds: Vec<f32> = in_scope.iter().filter_map(|scored| scored.confidence).collect();
        thresholds.push(0.0);
        thresholds.sort_by(f32::total_cmp);
        thresholds.dedup();
        Self {
            service_threshold: MIN_CONFIDENCE,
            asked: in_scope.len(),
            points: thresholds.into_iter().map(at).collect(),
            table: PRINTED.into_iter().map(at).collect(),
        }
    }

    /// The least threshold from which on the risk is no higher than this, for every higher threshold too.
    pub fn threshold_for(&self, risk: f64) -> Option<&CurvePoint> {
        let is_risky = |point: &CurvePoint| point.risk.is_some_and(|r| r > risk);
        let first = self.points.iter().rposition(is_risky).map_or(0, |last_risky| last_risky + 1);
        self.points.get(first)
    }

    /// A drawing: both curves over the threshold, the service's own marked.
    pub fn svg(&self) -> String {
        const LEFT: f64 = 64.0;
        const TOP: f64 = 44.0;
        const WIDTH: f64 = 520.0;
        const HEIGHT: f64 = 280.0;
        let x = |threshold: f64| LEFT + threshold.clamp(0.0, 1.0) * WIDTH;
        let y = |share: f64| TOP + (1.0 - share.clamp(0.0, 1.0)) * HEIGHT;
        // A share holds up to its threshold, so the curves are steps.
        let steps = |of: &dyn Fn(&CurvePoint) -> Option<f64>| {
            let mut from = 0.0;
            let mut corners = Vec::new();
            for point in &self.points {
                let (to, Some(share)) = (f64::from(point.threshold), of(point)) else { continue };
                corners.push(format!("{:.1},{:.1} {:.1},{:.1}", x(from), y(share), x(to), y(share)));
                from = to;
            }
            corners.join(" ")
        };
        let mut grid = String::new();
        for tick in 0..=5 {
            let at = f64::from(tick) / 5.0;
            let (x, y, right, bottom) = (x(at), y(at), LEFT + WIDTH, TOP + HEIGHT);
            grid.push_str(&format!(
                "<path d=\"M{LEFT} {y:.1}H{right}\" stroke=\"#ddd\"/>\
                 <text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\">{:.0} %</text>\
                 <path d=\"M{x:.1} {bottom}v5\" stroke=\"#333\"/>\
                 <text x=\"{x:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{at:.1}</text>\n",
                LEFT - 8.0,
                y + 4.0,
                at * 100.0,
                bottom + 20.0,
            ));
        }
        let own = x(f64::from(self.service_threshold));
        let (bottom, middle) = (TOP + HEIGHT, LEFT + WIDTH / 2.0);
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 640 400\" width=\"640\" height=\"400\" \
             font-family=\"sans-serif\" font-size=\"13\" fill=\"#222\">\n\
             <title>Risk and coverage over the threshold of confidence</title>\n\
             <rect width=\"640\" height=\"400\" fill=\"#fff\"/>\n{grid}\
             <path d=\"M{LEFT} {TOP}V{bottom}H{right}\" fill=\"none\" stroke=\"#333\"/>\n\
             <path d=\"M{own:.1} {TOP}V{bottom}\" stroke=\"#777\" stroke-dasharray=\"4 4\"/>\n\
             <text x=\"{own_text:.1}\" y=\"{TOP}\" dy=\"12\" text-anchor=\"end\" fill=\"#555\">service: {threshold:.2}</text>\n\
             <polyline fill=\"none\" stroke=\"#0b5cad\" stroke-width=\"2\" points=\"{coverage}\"/>\n\
             <polyline fill=\"none\" stroke=\"#b3261e\" stroke-width=\"2\" points=\"{risk}\"/>\n\
             <text x=\"{LEFT}\" y=\"24\" fill=\"#0b5cad\">answered, of {asked} questions in scope</text>\n\
             <text x=\"{middle:.1}\" y=\"24\" fill=\"#b3261e\">wrong, of those answered</text>\n\
             <text x=\"{middle:.1}\" y=\"{under:.1}\" text-anchor=\"middle\">threshold of confidence</text>\n\
             </svg>\n",
            right = LEFT + WIDTH,
            own_text = own - 6.0,
            threshold = self.service_threshold,
            coverage = steps(&|point| Some(point.coverage)),
            risk = steps(&|point| point.risk),
            asked = self.asked,
            under = bottom + 44.0,
        )
    }
}

impl fmt::Display for RiskCoverage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "{:<12}{:>10}{:>12}{:>8}{:>10}{:>24}",
            "confidence", "answered", "coverage", "wrong", "risk", "out of scope answered"
        )?;
        for point in &self.table {
            writeln!(
                f,
                "from {:<7.3}{:>10}{:>12}{:>8}{:>10}{:>24}",
                point.threshold,
                point.answered,
                percent(Some(point.coverage)),
                point.wrong,
                percent(point.risk),
                point.out_of_scope_answered
            )?;
        }
        for risk in WANTED_RISKS {
            let told = match self.threshold_for(risk) {
                Some(point) => {
                    format!(
                        "from confidence {:.3}, coverage {}",
                        point.threshold,
                        percent(Some(point.coverage))
                    )
                }
                None => "at no threshold".to_owned(),
            };
            writeln!(f, "risk of at most {}: {told}", percent(Some(risk)))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn curve() -> RiskCoverage {
        let scored = |confidence: f32, is_wrong| Scored { confidence: Some(confidence), is_wrong };
        let refused = Scored { confidence: None, is_wrong: false };
        RiskCoverage::new(
            &[scored(0.9, false), scored(0.7, true), scored(0.8, false), scored(0.95, false), refused],
            &[scored(0.75, true), refused],
        )
    }

    #[test]
    fn each_threshold_is_counted_by_hand() {
        let curve = curve();
        let found: Vec<_> = curve.points.iter().map(|p| (p.threshold, p.answered, p.wrong)).collect();
        assert_eq!(found, [(0.0, 4, 1), (0.7, 4, 1), (0.8, 3, 0), (0.9, 2, 0), (0.95, 1, 0)]);
        assert_eq!((curve.points[1].coverage, curve.points[1].risk), (0.8, Some(0.25)));
        let leaks: Vec<usize> = curve.points.iter().map(|p| p.out_of_scope_answered).collect();
        assert_eq!(leaks, [1, 1, 0, 0, 0]);
        assert_eq!(curve.threshold_for(0.1).map(|p| p.threshold), Some(0.8));
        assert_eq!(curve.threshold_for(0.3).map(|p| p.threshold), Some(0.0));
        let all_wrong = RiskCoverage::new(&[Scored { confidence: Some(0.9), is_wrong: true }], &[]);
        assert_eq!(all_wrong.threshold_for(0.5), None);
    }

    #[test]
    fn the_drawing_is_well_formed_and_within_its_frame() {
        let svg = curve().svg();
        let mut open = Vec::new();
        for tag in svg.split('<').skip(1) {
            let (tag, text) = tag.split_once('>').expect("every < has its >");
            assert!(!text.contains('&') && !tag.contains('&'), "{tag}");
            assert_eq!(tag.matches('"').count() % 2, 0, "{tag}");
            if let Some(name) = tag.strip_prefix('/') {
                assert_eq!(open.pop(), Some(name));
            } else if !tag.ends_with('/') {
                open.push(tag.split(' ').next().unwrap());
            }
        }
        assert!(open.is_empty() && svg.starts_with("<svg xmlns=") && svg.trim_end().ends_with("</svg>"));
        let lines: Vec<&str> =
            svg.split("points=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
        assert_eq!(lines.len(), 2);
        for corner in lines.iter().flat_map(|line| line.split(' ')) {
            let (x, y) = corner.split_once(',').unwrap();
            let (x, y): (f64, f64) = (x.parse().unwrap(), y.parse().unwrap());
            assert!((64.0..=584.0).contains(&x) && (44.0..=324.0).contains(&y), "{corner}");
        }
        assert!(svg.contains(&format!("service: {MIN_CONFIDENCE:.2}")));
    }
}
