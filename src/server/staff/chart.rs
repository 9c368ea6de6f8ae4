//! Bars, a value each day, as SVG with attributes only. The table beside them says the same in figures.

/// Heights and widths, in units of the drawing.
const HEIGHT: u32 = 120;
const BAR: u32 = 12;
const STEP: u32 = 16;
/// The narrowest drawing, so that few bars do not become blocks.
const NARROWEST: u32 = 320;

/// One bar.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Bar {
    pub x: u32,
    pub y: u32,
    pub height: u32,
    /// `28/11/2026: 12`.
    pub words: String,
}

/// A chart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Chart {
    /// Its place in the page.
    pub id: String,
    pub title: String,
    /// The sum, the most and the day of it, to be read instead.
    pub summary: String,
    pub width: u32,
    pub height: u32,
    pub bar: u32,
    pub bars: Vec<Bar>,
}

impl Chart {
    /// Of values with what each is called.
    pub(super) fn new(id: &str, title: &str, values: &[(String, i64)]) -> Self {
        let most = values.iter().map(|(_, value)| *value).max().unwrap_or(0);
        let sum: i64 = values.iter().map(|(_, value)| value).sum();
        let bars = values.iter().zip(0..).map(|((name, value), n): (_, u32)| {
            let share = (*value).max(0) as f64 / most.max(1) as f64;
            let height = (share * f64::from(HEIGHT)).ceil() as u32;
            Bar { x: n * STEP, y: HEIGHT - height.min(HEIGHT), height, words: format!("{name}: {value}") }
        });
        let summary = match values.iter().find(|(_, value)| *value == most) {
            Some((name, _)) if most > 0 => {
                format!("{title}: tổng {sum}, nhiều nhất {most} vào {name}.")
            }
            _ => format!("{title}: chưa có."),
        };
        Self {
            id: id.to_owned(),
            title: title.to_owned(),
            summary,
            width: (values.len() as u32 * STEP).max(NARROWEST),
            height: HEIGHT,
            bar: BAR,
            bars: bars.collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_highest_bar_reaches_the_top_and_a_small_one_is_seen() {
        let values = [("01/11".to_owned(), 0), ("02/11".to_owned(), 1_000), ("03/11".to_owned(), 1)];
        let chart = Chart::new("c", "Lượt hỏi", &values);
        let bars: Vec<_> = chart.bars.iter().map(|bar| (bar.x, bar.y, bar.height)).collect();
        assert_eq!(bars, [(0, 120, 0), (16, 0, 120), (32, 119, 1)]);
        assert_eq!(chart.summary, "Lượt hỏi: tổng 1001, nhiều nhất 1000 vào 02/11.");
        assert_eq!(Chart::new("c", "Lượt hỏi", &[]).summary, "Lượt hỏi: chưa có.");
    }
}
