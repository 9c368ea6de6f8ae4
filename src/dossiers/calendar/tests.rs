//! The calendar against the published days off, against cases worked out without it, and by its properties.

use std::collections::BTreeSet;

use jiff::ToSpan;
use jiff::civil::{Time, date};
use proptest::prelude::*;

use super::*;

/// Weekdays off of civil servants, from the published lists; 2027 and 2028 by the rule.
const WEEKDAYS_OFF: [(i16, &str); 9] = [
    (2020, "01-01 01-23 01-24 01-27 01-28 01-29 04-02 04-30 05-01 09-02"),
    (2021, "01-01 02-10 02-11 02-12 02-15 02-16 04-21 04-30 05-03 09-02 09-03"),
    (2022, "01-03 01-31 02-01 02-02 02-03 02-04 04-11 05-02 05-03 09-01 09-02"),
    (2023, "01-02 01-20 01-23 01-24 01-25 01-26 05-01 05-02 05-03 09-01 09-04"),
    (2024, "01-01 02-08 02-09 02-12 02-13 02-14 04-18 04-29 04-30 05-01 09-02 09-03"),
    (2025, "01-01 01-27 01-28 01-29 01-30 01-31 04-07 04-30 05-01 05-02 09-01 09-02"),
    (2026, "01-01 01-02 02-16 02-17 02-18 02-19 02-20 04-27 04-30 05-01 08-31 09-01 09-02"),
    (2027, "01-01 02-04 02-05 02-08 02-09 02-10 04-16 04-30 05-03 09-02 09-03"),
    (2028, "01-03 01-24 01-25 01-26 01-27 01-28 04-04 05-01 05-02 09-01 09-04"),
];
/// Days off that only a decision makes, all of them swapped.
const SWAPPED: [(i16, i8, i8); 4] = [(2024, 4, 29), (2025, 5, 2), (2026, 1, 2), (2026, 8, 31)];
/// Saturdays worked in exchange.
const WORKED: [(i16, i8, i8); 4] = [(2024, 5, 4), (2025, 4, 26), (2026, 1, 10), (2026, 8, 22)];

fn calendar() -> Calendar {
    Calendar::new(None).unwrap()
}

fn day_of((year, month, day): (i16, i8, i8)) -> Date {
    date(year, month, day)
}

fn weekdays_off(calendar: &Calendar, year: i16) -> BTreeSet<Date> {
    let days = date(year, 1, 1).series(1.day()).take_while(|day| day.year() == year);
    days.filter(|day| !is_weekend(*day) && !calendar.is_working_day(*day)).collect()
}

fn published(year: i16, days: &str) -> BTreeSet<Date> {
    days.split(' ').map(|day| format!("{year}-{day}").parse().unwrap()).collect()
}

#[test]
fn the_days_off_are_those_that_were_published() {
    let calendar = calendar();
    for (year, days) in WEEKDAYS_OFF {
        assert_eq!(weekdays_off(&calendar, year), published(year, days), "{year}");
        assert_eq!(calendar.is_decided(year), year <= 2026);
    }
    let saturdays: Vec<Date> = date(2014, 1, 1)
        .series(1.day())
        .take_while(|day| day.year() <= 2100)
        .filter(|day| is_weekend(*day) && calendar.is_working_day(*day))
        .collect();
    assert_eq!(saturdays, WORKED.map(day_of));
}

#[test]
fn the_rule_alone_gives_all_but_the_swapped_days() {
    let by_rule = Calendar::from_decisions(&Decisions::default()).unwrap();
    for (year, days) in WEEKDAYS_OFF {
        let mut expected = published(year, days);
        for swapped in SWAPPED.map(day_of) {
            expected.remove(&swapped);
        }
        assert_eq!(weekdays_off(&by_rule, year), expected, "{year}");
    }
}

#[test]
fn a_day_off_has_a_name() {
    let calendar = calendar();
    for (day, name) in [
        ((2026, 1, 1), Some("nghỉ Tết Dương lịch")),
        ((2026, 1, 2), Some("ngày nghỉ hoán đổi")),
        ((2026, 1, 3), Some("ngày nghỉ cuối tuần")),
        ((2026, 1, 10), None),
        ((2026, 2, 17), Some("nghỉ Tết Nguyên đán")),
        ((2026, 4, 26), Some("nghỉ Giỗ Tổ Hùng Vương")),
        ((2026, 4, 27), Some("nghỉ bù Giỗ Tổ Hùng Vương")),
        ((2026, 4, 30), Some("nghỉ Ngày Chiến thắng 30 tháng 4")),
        ((2026, 5, 1), Some("nghỉ Ngày Quốc tế lao động 1 tháng 5")),
        ((2026, 9, 1), Some("nghỉ Quốc khánh")),
        ((2026, 11, 24), None),
    ] {
        assert_eq!(calendar.day_off(day_of(day)).map(|off| off.name()).as_deref(), name, "{day:?}");
    }
    let swapped = calendar.day_off(date(2026, 1, 2));
    assert!(matches!(swapped, Some(DayOff::Decided(source)) if source.contains("12729/VPCP-KGVX")));
}

#[test]
fn an_operators_file_overrides_list_by_list() {
    let file = r#"
        [[every_year]]
        month = 11
        day = 24
        name = "Ngày Văn hóa Việt Nam"
        from = 2026
        source = "thử nghiệm"

        [[year]]
        year = 2026
        days_off = ["2026-08-31"]
        source = "thử nghiệm"

        [[year]]
        year = 2027
        tet = ["2027-02-05", "2027-02-06", "2027-02-07", "2027-02-08", "2027-02-09"]
        working_days = ["2027-02-20"]
        source = "thử nghiệm"
    "#;
    let calendar = Calendar::new(Some(file)).unwrap();
    assert!(calendar.is_working_day(date(2026, 1, 2)));
    assert!(!calendar.is_working_day(date(2026, 8, 31)));
    assert!(calendar.is_working_day(date(2026, 8, 22)));
    assert!(calendar.is_working_day(date(2025, 11, 24)));
    assert_eq!(
        calendar.day_off(date(2026, 11, 24)).map(|off| off.name()).as_deref(),
        Some("nghỉ Ngày Văn hóa Việt Nam")
    );
    // In 2029 the 24th is a Saturday.
    assert!(matches!(calendar.day_off(date(2029, 11, 26)), Some(DayOff::Compensatory(Holiday::Other(_)))));
    assert!(calendar.is_decided(2027) && !calendar.is_decided(2028));
    assert!(calendar.is_working_day(date(2027, 2, 4)) && calendar.is_working_day(date(2027, 2, 20)));
    // 6 and 7 February lie on the weekend: the 10th and 11th are off for them.
    assert!(!calendar.is_working_day(date(2027, 2, 11)) && calendar.is_working_day(date(2027, 2, 12)));
}

#[test]
fn naming_a_compensatory_day_does_no_harm() {
    let file = "[[year]]\nyear = 2027\ndays_off = [\"2027-02-09\", \"2027-02-10\"]\nsource = \"x\"";
    let named = Calendar::new(Some(file)).unwrap();
    assert_eq!(weekdays_off(&named, 2027), weekdays_off(&calendar(), 2027));
}

#[test]
fn a_day_cannot_be_worked_and_off() {
    let file = "[[year]]\nyear = 2027\nworking_days = [\"2027-02-06\"]\nsource = \"x\"";
    let error = Calendar::new(Some(file)).unwrap_err();
    assert_eq!(error, CalendarError::WorkedAndOff { year: 2027, date: date(2027, 2, 6) });
    let hours = OfficeHours { closes: Time::midnight(), ..OfficeHours::default() };
    assert_eq!(calendar().with_hours(hours).unwrap_err(), CalendarError::Hours);
}

#[test]
fn an_office_is_closed_on_days_off() {
    let calendar = calendar();
    for (day, open) in
        [((2026, 8, 22), true), ((2026, 8, 31), false), ((2026, 8, 29), false), ((2026, 9, 3), true)]
    {
        assert_eq!(calendar.is_open(day_of(day).at(9, 0, 0, 0)), open, "{day:?}");
        assert!(!calendar.is_open(day_of(day).at(12, 0, 0, 0)));
    }
}

#[test]
fn dates_beyond_the_known_years_end_nowhere_but_at_the_end() {
    let calendar = calendar();
    assert_eq!(calendar.next_working_day(Date::MAX), Date::MAX);
    assert_eq!(calendar.add_working_days(date(9999, 12, 1), u32::MAX), Date::MAX);
    assert_eq!(calendar.day_off(date(2500, 1, 1)), None);
    let limit = TimeLimit { amount: u32::MAX, unit: Unit::Months };
    assert_eq!(deadline(date(9999, 1, 4).at(9, 0, 0, 0), &limit, &[], &calendar), Deadline::Due(Date::MAX));
    let pause = Pause { asked_on: date(9999, 1, 4), supplied_on: Some(Date::MAX) };
    let due = deadline(date(9999, 1, 4).at(9, 0, 0, 0), &limit, &[pause], &calendar);
    assert_eq!(due, Deadline::Due(date(9999, 1, 4)));
}

#[test]
fn lateness_is_counted_in_working_days() {
    let calendar = calendar();
    for (due, on, days) in [
        ((2025, 3, 7), (2025, 3, 7), 0),
        ((2025, 3, 7), (2025, 3, 9), 0),
        ((2025, 3, 7), (2025, 3, 10), 1),
        ((2026, 2, 13), (2026, 2, 22), 0),
        ((2026, 2, 13), (2026, 2, 24), 2),
        ((2026, 8, 21), (2026, 8, 24), 2), // the Saturday is worked
        ((2025, 3, 10), (2025, 3, 7), -1),
        ((2026, 2, 23), (2026, 2, 12), -2),
    ] {
        assert_eq!(lateness(day_of(due), day_of(on), &calendar), days, "{due:?} {on:?}");
    }
}

fn pauses_of(column: &str) -> Vec<Pause> {
    let pauses = column.split(',').filter(|pause| *pause != "-");
    pauses
        .map(|pause| {
            let (asked, supplied) = pause.split_once("..").unwrap();
            let supplied_on = (!supplied.is_empty()).then(|| supplied.parse().unwrap());
            Pause { asked_on: asked.parse().unwrap(), supplied_on }
        })
        .collect()
}

#[test]
fn a_hundred_cases_worked_out_without_the_program() {
    let mut cases = 0;
    for line in include_str!("cases.tsv").lines().filter(|line| !line.starts_with('#')) {
        let columns: Vec<&str> = line.split('\t').collect();
        let [received, cut_off, limit, pauses, expected, _why] = columns[..] else { panic!("{line}") };
        let cut_off = (cut_off != "-").then(|| cut_off.parse::<Time>().unwrap());
        let calendar = calendar().with_hours(OfficeHours { cut_off, ..OfficeHours::default() }).unwrap();
        let limit = TimeLimit::parse(limit).unwrap();
        let received: DateTime = received.parse().unwrap();
        let due = match deadline(received, &limit, &pauses_of(pauses), &calendar) {
            Deadline::Due(day) => day.to_string(),
            Deadline::Paused { since, left } => format!("paused {since} {left}"),
        };
        assert_eq!(due, expected, "{line}");
        cases += 1;
    }
    assert_eq!(cases, 100);
}

#[test]
fn limits_are_read_from_the_guides() {
    let mut sentences = BTreeSet::new();
    for line in include_str!("limits.tsv").lines().filter(|line| !line.starts_with('#')) {
        let columns: Vec<&str> = line.split('\t').collect();
        let [limit, longer, sentence] = columns[..] else { panic!("{line}") };
        let read = TimeLimit::parse(sentence);
        assert_eq!(read.map_or("-".to_owned(), |read| read.to_string()), limit, "{sentence}");
        if read.is_some() {
            assert_eq!(TimeLimit::may_be_longer(sentence), longer == "longer", "{sentence}");
        }
        sentences.insert(sentence);
    }
    let guides = concat!(env!("CARGO_MANIFEST_DIR"), "/knowledge/procedures");
    let mut read = 0;
    for file in std::fs::read_dir(guides).unwrap() {
        let path = file.unwrap().path();
        let guide: toml::Table = toml::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
        if let Some(sentence) = guide.get("time_limit").and_then(toml::Value::as_str) {
            assert!(
                sentences.contains(sentence),
                "limits.tsv lacks the time limit of {}: {sentence}",
                path.display()
            );
            read += 1;
        }
    }
    assert!(read > 50, "{read} guides");
}

fn any_day() -> impl Strategy<Value = Date> {
    // 2019 to 2100.
    (0_i64..29_900).prop_map(|days| date(2019, 1, 1).saturating_add(days.days()))
}

fn any_moment() -> impl Strategy<Value = DateTime> {
    (any_day(), 0_i8..24, 0_i8..60).prop_map(|(day, hour, minute)| day.at(hour, minute, 0, 0))
}

fn any_limit() -> impl Strategy<Value = TimeLimit> {
    let days = prop_oneof![Just(Unit::WorkingDays), Just(Unit::Days)];
    prop_oneof![
        (1_u32..=90, days).prop_map(|(amount, unit)| TimeLimit { amount, unit }),
        (1_u32..=12).prop_map(|amount| TimeLimit { amount, unit: Unit::Months }),
    ]
}

/// Pauses as days after receipt and how long each lasts; none of them open.
fn any_pauses() -> impl Strategy<Value = Vec<(i64, i64)>> {
    prop::collection::vec((-3_i64..60, -2_i64..30), 0..4)
}

fn pauses_after(day: Date, pauses: &[(i64, i64)]) -> Vec<Pause> {
    let pause = |(after, lasts): &(i64, i64)| {
        let asked_on = day.saturating_add(after.days());
        Pause { asked_on, supplied_on: Some(asked_on.saturating_add(lasts.days())) }
    };
    pauses.iter().map(pause).collect()
}

fn due(deadline: Deadline) -> Date {
    match deadline {
        Deadline::Due(day) => day,
        Deadline::Paused { .. } => panic!("no pause is open"),
    }
}

/// Built once: a calendar holds a century.
static CALENDAR: std::sync::LazyLock<Calendar> = std::sync::LazyLock::new(calendar);

proptest! {
    #[test]
    fn adding_and_counting_are_inverse(day in any_day(), n in 1_u32..400) {
        let end = CALENDAR.add_working_days(day, n);
        prop_assert!(CALENDAR.is_working_day(end));
        prop_assert_eq!(CALENDAR.working_days_between(day, end), i64::from(n));
        prop_assert_eq!(CALENDAR.working_days_between(end, day), -i64::from(n));
    }

    #[test]
    fn counting_is_what_going_through_the_days_gives(a in any_day(), length in 0_i64..900) {
        let b = a.saturating_add(length.days());
        let days = a.series(1.day()).skip(1).take_while(|day| *day <= b);
        let counted = days.filter(|day| CALENDAR.is_working_day(*day)).count();
        prop_assert_eq!(CALENDAR.working_days_between(a, b), i64::try_from(counted).unwrap());
    }

    #[test]
    fn more_days_end_later(day in any_day(), n in 0_u32..200, later in 0_i64..30) {
        let end = CALENDAR.add_working_days(day, n);
        prop_assert!(CALENDAR.add_working_days(day, n + 1) > end);
        prop_assert!(CALENDAR.add_working_days(day.saturating_add(later.days()), n) >= end);
    }

    #[test]
    fn a_deadline_is_a_working_day_after_receipt(at in any_moment(), limit in any_limit(), pauses in any_pauses()) {
        let pauses = pauses_after(at.date(), &pauses);
        let day = due(deadline(at, &limit, &pauses, &CALENDAR));
        prop_assert!(CALENDAR.is_working_day(day));
        prop_assert!(day > CALENDAR.day_of_receipt(at));
        let is_paused = |pause: &Pause| pause.asked_on < day && pause.supplied_on.is_some_and(|end| day <= end);
        prop_assert!(!pauses.iter().any(is_paused));
    }

    #[test]
    fn what_is_received_later_is_not_due_earlier(at in any_moment(), minutes in 0_i64..20_000, limit in any_limit()) {
        let later = at.saturating_add(minutes.minutes());
        let (first, second) = (deadline(at, &limit, &[], &CALENDAR), deadline(later, &limit, &[], &CALENDAR));
        prop_assert!(due(first) <= due(second));
    }

    #[test]
    fn pauses_only_lengthen(at in any_moment(), limit in any_limit(), pauses in any_pauses()) {
        let pauses = pauses_after(at.date(), &pauses);
        let mut before = due(deadline(at, &limit, &[], &CALENDAR));
        for count in 1..=pauses.len() {
            let now = due(deadline(at, &limit, &pauses[..count], &CALENDAR));
            prop_assert!(now >= before);
            before = now;
        }
    }

    #[test]
    fn what_is_left_in_a_pause_is_left_after_it(at in any_moment(), n in 1_u32..60, asked in 0_i64..100, lasts in 0_i64..40) {
        let limit = TimeLimit { amount: n, unit: Unit::WorkingDays };
        let asked_on = at.date().saturating_add(asked.days());
        let supplied = asked_on.saturating_add(lasts.days());
        let open = deadline(at, &limit, &[Pause { asked_on, supplied_on: None }], &CALENDAR);
        let closed = due(deadline(at, &limit, &[Pause { asked_on, supplied_on: Some(supplied) }], &CALENDAR));
        match open {
            // Asked too late: the papers change nothing.
            Deadline::Due(day) => prop_assert_eq!(closed, day),
            Deadline::Paused { since, left } => {
                prop_assert_eq!(since, asked_on);
                let from = supplied.max(CALENDAR.day_of_receipt(at));
                prop_assert_eq!(closed, CALENDAR.add_working_days(from, left));
            }
        }
    }

    #[test]
    fn sentences_never_panic(sentence in "(không quá |trong )?[0-9]{0,12} ?(\\(mười\\) )?(ngày|tháng|giờ)?( làm việc)?[ ,;.()]*\\PC{0,30}") {
        if let Some(limit) = TimeLimit::parse(&sentence) {
            prop_assert!((1..=999).contains(&limit.amount));
            prop_assert_eq!(TimeLimit::parse(&limit.to_string()), Some(limit));
        }
    }

    #[test]
    fn what_a_file_says_is_kept_or_refused(
        year in 2012_i16..2103,
        key in "tet|national_day|days_off|working_days",
        days in prop::collection::vec("20(1[3-9]|2[0-9])-(0[1-9]|1[0-2])-[0-3][0-9]", 0..3),
    ) {
        let file = format!("[[year]]\nyear = {year}\nsource = \"x\"\n{key} = {days:?}");
        if let Ok(decisions) = Decisions::parse(&file) {
            let decided = &decisions.years[&year];
            let lists = [&decided.tet, &decided.national_day, &decided.days_off, &decided.working_days];
            let kept: Vec<String> = lists.into_iter().flatten().flatten().map(Date::to_string).collect();
            prop_assert_eq!(kept, days);
            prop_assert!((2014..=2100).contains(&year));
        }
    }
}
