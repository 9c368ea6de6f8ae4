//! The machine: what its processor can do, how many cores and open files it grants, and what time it thinks it is.

use jiff::ZonedDateTime;

use super::Finding;

/// Where the offices are whose hours and days count.
const TIME_ZONE: &str = "Asia/Ho_Chi_Minh";
/// Its distance from UTC, seconds; there is no summer time.
const OFFSET_SECONDS: i32 = 7 * 3600;
/// This program was not written before.
const FIRST_YEAR: i16 = 2026;
const LAST_YEAR: i16 = 2100;
/// Sockets, the index and the database together; below it, a busy service is refused files.
const OPEN_FILES: u64 = 4096;
const FEW_OPEN_FILES: u64 = 256;

/// Everything about the machine.
pub fn look(speech_threads: usize) -> Vec<Finding> {
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let limits = std::fs::read_to_string("/proc/self/limits").unwrap_or_default();
    vec![
        processor(),
        threads(cores, speech_threads),
        open_files(open_file_limit(&limits)),
        clock(&ZonedDateTime::now()),
    ]
}

fn processor() -> Finding {
    #[cfg(target_arch = "x86_64")]
    let has_avx2 = std::arch::is_x86_feature_detected!("avx2");
    #[cfg(not(target_arch = "x86_64"))]
    let has_avx2 = true;
    match has_avx2 {
        true => Finding::ok("processor", format!("{} with what the engines lean on", std::env::consts::ARCH)),
        false => Finding::fail(
            "processor",
            "it has no AVX2, and the hearing engine was built for it",
            "use another machine, or in a virtual one pass the host's processor on",
        ),
    }
}

fn threads(cores: usize, speech_threads: usize) -> Finding {
    let found = format!("{cores} cores, speech_threads is {speech_threads}");
    match speech_threads {
        0 => Finding::fail("cores", found, "set speech_threads to the number of cores at most"),
        threads if threads > cores => {
            let advice = format!(
                "set speech_threads to {cores}: with more than there are cores hearing is many times slower"
            );
            Finding::warn("cores", found, advice)
        }
        _ if cores == 1 => {
            Finding::warn("cores", found, "give it a second core: one person is heard at a time")
        }
        _ => Finding::ok("cores", found),
    }
}

/// The soft limit in the text of `/proc/self/limits`; null where it is not told.
fn open_file_limit(limits: &str) -> Option<u64> {
    let line = limits.lines().find_map(|line| line.strip_prefix("Max open files"))?;
    match line.split_whitespace().next()? {
        "unlimited" => Some(u64::MAX),
        number => number.parse().ok(),
    }
}

fn open_files(limit: Option<u64>) -> Finding {
    let advice = "LimitNOFILE=65536 in the service's unit (ulimit -n 65536 in a shell)";
    match limit {
        None => Finding::ok("open files", "this system does not tell its limit"),
        Some(limit) if limit < FEW_OPEN_FILES => {
            Finding::fail("open files", format!("at most {limit}"), advice)
        }
        Some(limit) if limit < OPEN_FILES => Finding::warn("open files", format!("at most {limit}"), advice),
        Some(u64::MAX) => Finding::ok("open files", "without a limit"),
        Some(limit) => Finding::ok("open files", format!("at most {limit}")),
    }
}

fn clock(now: &ZonedDateTime) -> Finding {
    let zone = now.time_zone().iana_name().unwrap_or("of no name");
    let found = format!("{} in the time zone {zone}", now.strftime("%Y-%m-%d %H:%M"));
    if !(FIRST_YEAR..=LAST_YEAR).contains(&now.year()) {
        let advice =
            "set the clock (timedatectl set-ntp true): what is in force and what is late depends on it";
        return Finding::fail("clock", found, advice);
    }
    if now.offset().seconds() != OFFSET_SECONDS {
        let advice = format!(
            "timedatectl set-timezone {TIME_ZONE} (or TZ={TIME_ZONE} for the service): days begin elsewhere"
        );
        return Finding::warn("clock", found, advice);
    }
    Finding::ok("clock", found)
}

#[cfg(test)]
mod tests {
    use super::super::State;
    use super::*;

    #[test]
    fn more_threads_than_cores_are_told() {
        let state = |cores, threads| super::threads(cores, threads).state;
        assert_eq!(
            [state(2, 2), state(8, 2), state(2, 3), state(1, 1), state(4, 0)],
            [State::Ok, State::Ok, State::Warn, State::Warn, State::Fail]
        );
    }

    #[test]
    fn the_limit_of_open_files_is_read() {
        let limits = "Limit                     Soft Limit           Hard Limit           Units     \n\
                      Max open files            1024                 524288               files     \n";
        assert_eq!(open_file_limit(limits), Some(1024));
        assert_eq!(open_file_limit("Max open files            unlimited   unlimited  files"), Some(u64::MAX));
        assert_eq!(open_file_limit(""), None);
        assert_eq!(open_files(Some(1024)).state, State::Warn);
        assert_eq!(open_files(Some(64)).state, State::Fail);
        assert_eq!(open_files(Some(65536)).state, State::Ok);
    }

    #[test]
    fn a_clock_that_begins_at_its_epoch_or_stands_elsewhere_is_told() {
        let state = |text: &str| clock(&text.parse::<ZonedDateTime>().unwrap()).state;
        assert_eq!(state("2026-11-28T09:00:00+07:00[Asia/Ho_Chi_Minh]"), State::Ok);
        assert_eq!(state("2026-11-28T09:00:00+00:00[UTC]"), State::Warn);
        assert_eq!(state("1970-01-01T09:00:00+08:00[Asia/Ho_Chi_Minh]"), State::Fail);
    }
}
