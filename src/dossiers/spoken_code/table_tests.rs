//! What citizens say, and the code among 200 existing ones that is found (`table.tsv`, `existing.tsv`).

use std::collections::{BTreeMap, BTreeSet};

use super::{Matches, closest, find_spoken};
use crate::dossiers::code::DossierCode;

pub(super) fn existing() -> Vec<DossierCode> {
    let lines = include_str!("existing.tsv").lines().filter(|line| !line.starts_with('#'));
    lines.map(|line| line.parse().unwrap()).collect()
}

fn rows() -> impl Iterator<Item = [&'static str; 3]> {
    include_str!("table.tsv").lines().filter(|line| !line.starts_with('#')).map(|line| {
        let columns: Vec<&str> = line.split('\t').collect();
        columns.try_into().unwrap_or_else(|_| panic!("three columns: {line}"))
    })
}

/// How the code of an utterance is found, and which it is.
fn found(spoken: &str, codes: &[DossierCode]) -> (&'static str, String) {
    let Some(code) = find_spoken(spoken).into_iter().next() else { return ("none", "-".to_owned()) };
    match closest(&code, codes.iter()) {
        Matches::Exact(one) => {
            assert!(one.is_exact);
            assert!(
                code.keys().contains(&one.code.key()) || one.distance > 0.0,
                "{spoken}: no key of {}",
                one.code
            );
            ("exact", one.code.to_string())
        }
        Matches::Close(one) => {
            assert!(!one.is_exact);
            let said_less =
                code.readings.iter().any(|r| one.code.key().ends_with(&r.key())) && one.distance >= 0.3;
            let _ = said_less;
            ("close", one.code.to_string())
        }
        Matches::Several(some) => {
            ("several", some.iter().map(|one| one.code.to_string()).collect::<Vec<_>>().join(" "))
        }
        Matches::TooMany => ("too many", "-".to_owned()),
        Matches::None => ("none", "-".to_owned()),
    }
}

#[test]
fn what_is_said_is_found_among_existing_codes() {
    let codes = existing();
    let wrong: Vec<String> = rows()
        .filter_map(|[how, code, spoken]| {
            let wanted = if how == "end" { "close" } else { how };
            let (as_found, found) = found(spoken, &codes);
            (as_found != wanted || found != code).then(|| {
                let readings = find_spoken(spoken).into_iter().next().map(|code| code.readings);
                let readings: Vec<String> = readings
                    .into_iter()
                    .flatten()
                    .take(4)
                    .map(|r| format!("{} {:.2} {:.2}", r.text, r.cost, r.doubt))
                    .collect();
                format!("{how} {code}: {spoken:?}: {as_found} {found}, read {readings:?}")
            })
        })
        .collect();
    assert!(wrong.is_empty(), "{} rows of {}:\n{}", wrong.len(), rows().count(), wrong.join("\n"));
}

#[test]
fn the_table_is_as_long_as_it_is_said_to_be() {
    let mut seen = BTreeSet::new();
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    let codes: BTreeSet<String> = existing().iter().map(ToString::to_string).collect();
    assert_eq!(codes.len(), 200);
    for [how, code, spoken] in rows() {
        assert!(seen.insert(spoken), "{spoken} stands twice");
        assert!(code == "-" || codes.contains(code), "{code} does not exist");
        *counts.entry(how).or_default() += 1;
    }
    assert!(seen.len() >= 300, "{}", seen.len());
    assert!(counts["close"] >= 40 && counts["none"] >= 20, "{counts:?}");
}
