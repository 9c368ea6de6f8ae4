//! What is derived from the whole collection, against what is known of well-known laws. These tests run only where the
//! owner's collection lies beside the project.

use std::sync::LazyLock;

use serde_json::{Value, json};

use super::*;
use crate::regulations::owners_data::unpacked;

static DERIVED: LazyLock<Option<Validity>> = LazyLock::new(|| {
    let articles: Vec<Article> = unpacked("regulations.jsonl")?.lines().filter_map(article).collect();
    Some(derive(articles.iter()))
});

fn article(line: &str) -> Option<Article> {
    let row: Value = serde_json::from_str(line).ok()?;
    let text = |key: &str| row[key].as_str().unwrap_or_default();
    let date: Vec<&str> = text("effective").rsplit('/').collect();
    let date = (date.len() == 3).then(|| date.join("-"));
    serde_json::from_value(json!({
        "document_number": text("doc_number"), "document_type": text("doc_type"),
        "document_title": text("doc_title"), "number": text("article_no"), "title": text("article_title"),
        "text": text("text"), "path": text("path"), "effective_from": date, "effective_to": null,
        "amended_by": [], "source": text("src"), "url": null,
    }))
    .ok()
}

/// The old document, the one that ended it, and the first day on which it was no longer in force.
const ENDED: [(&str, &str, &str); 74] = [
    ("81/2006/QH11", "68/2020/QH14", "2021-07-01"),
    ("10/2012/QH13", "45/2019/QH14", "2021-01-01"),
    ("33/2005/QH11", "91/2015/QH13", "2017-01-01"),
    ("24/2004/QH11", "92/2015/QH13", "2016-07-01"),
    ("15/1999/QH10", "100/2015/QH13", "2018-01-01"),
    ("19/2003/QH11", "101/2015/QH13", "2018-01-01"),
    ("68/2014/QH13", "59/2020/QH14", "2021-01-01"),
    ("67/2014/QH13", "61/2020/QH14", "2021-01-01"),
    ("45/2013/QH13", "31/2024/QH15", "2024-08-01"),
    ("65/2014/QH13", "27/2023/QH15", "2024-08-01"),
    ("66/2014/QH13", "29/2023/QH15", "2024-08-01"),
    ("43/2013/QH13", "22/2023/QH15", "2024-01-01"),
    ("22/2000/QH10", "52/2014/QH13", "2015-01-01"),
    ("47/2010/QH12", "32/2024/QH15", "2024-07-01"),
    ("59/2014/QH13", "26/2023/QH15", "2024-07-01"),
    ("40/2009/QH12", "15/2023/QH15", "2024-01-01"),
    ("55/2014/QH13", "72/2020/QH14", "2022-01-01"),
    ("71/2006/QH11", "58/2014/QH13", "2016-01-01"),
    ("38/2005/QH11", "43/2019/QH14", "2020-07-01"),
    ("78/2006/QH11", "38/2019/QH14", "2020-07-01"),
    ("27/2004/QH11", "23/2018/QH14", "2019-07-01"),
    ("03/2011/QH13", "25/2018/QH14", "2019-01-01"),
    ("55/2005/QH11", "36/2018/QH14", "2019-07-01"),
    ("25/2004/QH11", "102/2016/QH13", "2017-06-01"),
    ("44/2005/QH11", "09/2017/QH14", "2018-01-01"),
    ("72/2006/QH11", "69/2020/QH14", "2022-01-01"),
    ("23/2000/QH10", "73/2021/QH14", "2022-01-01"),
    ("53/2010/QH12", "41/2019/QH14", "2020-01-01"),
    ("49/2014/QH13", "39/2019/QH14", "2020-01-01"),
    ("51/2005/QH11", "20/2023/QH15", "2024-07-01"),
    ("41/2009/QH12", "24/2023/QH15", "2024-07-01"),
    ("17/2012/QH13", "28/2023/QH15", "2024-07-01"),
    ("11/2012/QH13", "16/2023/QH15", "2024-07-01"),
    ("59/2010/QH12", "19/2023/QH15", "2024-07-01"),
    ("23/2012/QH13", "17/2023/QH15", "2024-07-01"),
    ("07/2012/QH13", "14/2022/QH15", "2023-03-01"),
    ("02/2007/QH12", "13/2022/QH15", "2023-07-01"),
    ("56/2010/QH12", "11/2022/QH15", "2023-07-01"),
    ("22/2004/QH11", "56/2010/QH12", "2011-07-01"),
    ("15/2003/QH11", "06/2022/QH15", "2024-01-01"),
    ("24/2000/QH10", "08/2022/QH15", "2023-01-01"),
    ("62/2006/QH11", "05/2022/QH15", "2023-01-01"),
    ("29/2004/QH11", "16/2017/QH14", "2019-01-01"),
    ("35/2005/QH11", "06/2017/QH14", "2018-07-01"),
    ("82/2006/QH11", "53/2014/QH13", "2015-01-01"),
    ("17/2008/QH12", "80/2015/QH13", "2016-07-01"),
    ("29/2001/QH10", "54/2014/QH13", "2015-01-01"),
    ("03/2003/QH11", "88/2015/QH13", "2017-01-01"),
    ("34/2005/QH11", "105/2016/QH13", "2017-01-01"),
    ("70/2006/QH11", "54/2019/QH14", "2021-01-01"),
    ("53/2005/QH11", "57/2020/QH14", "2021-01-01"),
    ("09/2003/QH11", "14/2008/QH12", "2009-01-01"),
    ("64/2010/QH12", "93/2015/QH13", "2016-07-01"),
    ("16/2015/NĐ-CP", "60/2021/NĐ-CP", "2021-08-15"),
    ("10/2018/NĐ-CP", "86/2025/NĐ-CP", "2025-07-01"),
    ("163/2006/NĐ-CP", "21/2021/NĐ-CP", "2021-05-15"),
    ("78/2015/NĐ-CP", "01/2021/NĐ-CP", "2021-01-04"),
    ("79/2007/NĐ-CP", "23/2015/NĐ-CP", "2015-04-10"),
    ("158/2005/NĐ-CP", "123/2015/NĐ-CP", "2016-01-01"),
    ("11/2016/NĐ-CP", "152/2020/NĐ-CP", "2021-02-15"),
    ("78/2009/NĐ-CP", "16/2020/NĐ-CP", "2020-03-20"),
    ("136/2013/NĐ-CP", "20/2021/NĐ-CP", "2021-07-01"),
    ("05/2015/NĐ-CP", "145/2020/NĐ-CP", "2021-02-01"),
    ("73/2016/NĐ-CP", "46/2023/NĐ-CP", "2023-07-01"),
    ("64/2008/NĐ-CP", "93/2021/NĐ-CP", "2021-12-11"),
    ("73/2014/QH13", "37/2018/QH14", "2019-07-01"),
    ("06/2008/PL-UBTVQH12", "30/2023/QH15", "2024-07-01"),
    ("76/2006/QH11", "74/2014/QH13", "2015-07-01"),
    ("39/2005/QH11", "22/2018/QH14", "2019-01-01"),
    ("80/2006/QH11", "07/2017/QH14", "2018-07-01"),
    ("69/2006/QH11", "11/2017/QH14", "2018-01-01"),
    ("35/2009/QH12", "10/2017/QH14", "2018-07-01"),
    ("21/2004/QH11", "51/2014/QH13", "2015-01-01"),
    ("01/2002/QH11", "83/2015/QH13", "2017-01-01"),
];

/// Held, and ended by nothing that is held.
const LIVING: [&str; 24] = [
    "45/2019/QH14",
    "91/2015/QH13",
    "92/2015/QH13",
    "100/2015/QH13",
    "101/2015/QH13",
    "52/2014/QH13",
    "60/2014/QH13",
    "59/2020/QH14",
    "36/2005/QH11",
    "50/2005/QH11",
    "68/2020/QH14",
    "31/2024/QH15",
    "27/2023/QH15",
    "26/2023/QH15",
    "43/2019/QH14",
    "102/2016/QH13",
    "25/2018/QH14",
    "02/2011/QH13",
    "51/2010/QH12",
    "39/2009/QH12",
    "38/2019/QH14",
    "83/2015/QH13",
    "23/2015/NĐ-CP",
    "123/2015/NĐ-CP",
];

#[test]
fn well_known_documents_ended_when_they_did() {
    let Some(validity) = &*DERIVED else { return };
    let wrong: Vec<String> = ENDED
        .iter()
        .filter_map(|(old, new, day)| {
            let status = validity.status(old);
            let found = (status.replaced_by.as_deref(), status.effective_to.map(|day| day.to_string()));
            (found != (Some(new), Some((*day).to_owned()))).then(|| format!("{old}: {found:?}"))
        })
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn well_known_documents_live() {
    let Some(validity) = &*DERIVED else { return };
    let wrong: Vec<_> = LIVING
        .iter()
        .filter(|number| {
            let status = validity.status(number);
            !status.held || status.replaced_by.is_some()
        })
        .collect();
    assert!(wrong.is_empty(), "{wrong:?}");
}

#[test]
fn no_document_ends_before_it_begins() {
    let Some(validity) = &*DERIVED else { return };
    for status in validity.statuses() {
        if let (Some(from), Some(to)) = (status.effective_from, status.effective_to) {
            assert!(from <= to, "{status:?}");
        }
        assert_ne!(status.replaced_by.as_deref(), Some(status.number.as_str()));
    }
    let land = validity.status("31/2024/QH15");
    assert_eq!(
        land.effective_from.map(|day| day.to_string()).as_deref(),
        Some("2024-08-01"),
        "moved by 43/2024/QH15"
    );
}

#[test]
fn exceptions_of_the_insurance_law_are_kept_for_their_time() {
    let Some(validity) = &*DERIVED else { return };
    let on = |article, day: &str| {
        let day: Date = day.parse().expect("a date");
        validity.article_force("24/2000/QH10", article, None, day)
    };
    assert!(matches!(on("77", "2025-01-01"), Force::InForce { .. }));
    assert!(matches!(on("77", "2028-01-01"), Force::Repealed { .. }));
    assert!(matches!(on("12", "2025-01-01"), Force::Repealed { .. }));
}
