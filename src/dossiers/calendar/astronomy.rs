//! When the moon is new and where the sun stands, as far as the lunar calendar needs it.
//!
//! Formulas: Jean Meeus, *Astronomical Algorithms*, 2nd edition, 1998: chapter 49 (new moons, all periodic and planetary
//! terms) and chapter 25 (the sun's apparent longitude, low accuracy, 0.01°). The difference between dynamical and
//! universal time: Espenak and Meeus, *Polynomial Expressions for Delta T* (NASA), 1961–2150.

/// The Julian day (dynamical time) of the new moon number 0, 6 January 2000, without its periodic terms.
const FIRST_NEW_MOON: f64 = 2_451_550.097_66;
/// The mean time from new moon to new moon, days.
const SYNODIC_MONTH: f64 = 29.530_588_861;
/// The Julian day of 1 January 2000, noon.
const J2000: f64 = 2_451_545.0;
const DAYS_PER_CENTURY: f64 = 36_525.0;

/// A periodic term of chapter 49: its coefficient in days, the power of the orbit's eccentricity `E`, and the multiples
/// of the sun's anomaly, the moon's anomaly and the moon's argument of latitude.
type Term = (f64, i32, [f64; 3]);

const TERMS: [Term; 24] = [
    (-0.407_20, 0, [0.0, 1.0, 0.0]),
    (0.172_41, 1, [1.0, 0.0, 0.0]),
    (0.016_08, 0, [0.0, 2.0, 0.0]),
    (0.010_39, 0, [0.0, 0.0, 2.0]),
    (0.007_39, 1, [-1.0, 1.0, 0.0]),
    (-0.005_14, 1, [1.0, 1.0, 0.0]),
    (0.002_08, 2, [2.0, 0.0, 0.0]),
    (-0.001_11, 0, [0.0, 1.0, -2.0]),
    (-0.000_57, 0, [0.0, 1.0, 2.0]),
    (0.000_56, 1, [1.0, 2.0, 0.0]),
    (-0.000_42, 0, [0.0, 3.0, 0.0]),
    (0.000_42, 1, [1.0, 0.0, 2.0]),
    (0.000_38, 1, [1.0, 0.0, -2.0]),
    (-0.000_24, 1, [-1.0, 2.0, 0.0]),
    (-0.000_07, 0, [2.0, 1.0, 0.0]),
    (0.000_04, 0, [0.0, 2.0, -2.0]),
    (0.000_04, 0, [3.0, 0.0, 0.0]),
    (0.000_03, 0, [1.0, 1.0, -2.0]),
    (0.000_03, 0, [0.0, 2.0, 2.0]),
    (-0.000_03, 0, [1.0, 1.0, 2.0]),
    (0.000_03, 0, [-1.0, 1.0, 2.0]),
    (-0.000_02, 0, [-1.0, 1.0, -2.0]),
    (-0.000_02, 0, [1.0, 3.0, 0.0]),
    (0.000_02, 0, [0.0, 4.0, 0.0]),
];

/// The planets' part of chapter 49: coefficient in days, angle at new moon 0 and its growth by new moon, degrees.
const PLANETS: [(f64, f64, f64); 14] = [
    (0.000_325, 299.77, 0.107_408),
    (0.000_165, 251.88, 0.016_321),
    (0.000_164, 251.83, 26.651_886),
    (0.000_126, 349.42, 36.412_478),
    (0.000_110, 84.66, 18.206_239),
    (0.000_062, 141.74, 53.303_771),
    (0.000_060, 207.14, 2.453_732),
    (0.000_056, 154.84, 7.306_860),
    (0.000_047, 34.52, 27.261_239),
    (0.000_042, 207.19, 0.121_824),
    (0.000_040, 291.34, 1.844_379),
    (0.000_037, 161.72, 24.198_154),
    (0.000_035, 239.56, 25.513_099),
    (0.000_023, 331.55, 3.592_518),
];

/// The Julian day, universal time, of the new moon with this number; 0 is that of 6 January 2000.
pub fn new_moon(number: i32) -> f64 {
    let k = f64::from(number);
    let t = k / 1236.85;
    let eccentricity = 1.0 - 0.002_516 * t - 0.000_007_4 * t * t;
    let sun = 2.5534 + 29.105_356_70 * k - 0.000_001_4 * t.powi(2) - 0.000_000_11 * t.powi(3);
    let moon = 201.5643 + 385.816_935_28 * k + 0.010_758_2 * t.powi(2) + 0.000_012_38 * t.powi(3)
        - 0.000_000_058 * t.powi(4);
    let latitude = 160.7108 + 390.670_502_84 * k - 0.001_611_8 * t.powi(2) - 0.000_002_27 * t.powi(3)
        + 0.000_000_011 * t.powi(4);
    let node = 124.7746 - 1.563_755_88 * k + 0.002_067_2 * t.powi(2) + 0.000_002_15 * t.powi(3);

    let mean = FIRST_NEW_MOON + SYNODIC_MONTH * k + 0.000_154_37 * t.powi(2) - 0.000_000_150 * t.powi(3)
        + 0.000_000_000_73 * t.powi(4);
    let periodic: f64 = TERMS
        .iter()
        .map(|(days, power, [s, m, f])| {
            days * eccentricity.powi(*power) * (s * sun + m * moon + f * latitude).to_radians().sin()
        })
        .sum();
    let planets: f64 = PLANETS.iter().map(|(days, at_0, by)| days * (at_0 + by * k).to_radians().sin()).sum();
    universal(mean + periodic + planets - 0.000_17 * node.to_radians().sin())
}

/// The number of the last new moon that comes, by the mean motion, before this Julian day; the true one may lie 14 hours
/// off.
pub fn mean_new_moon_before(julian_day: f64) -> i32 {
    // A Julian day of these centuries is far from the limits of an i32.
    ((julian_day - FIRST_NEW_MOON) / SYNODIC_MONTH).floor() as i32
}

/// The sun's apparent longitude at this Julian day (universal time), degrees from 0 to 360.
pub fn sun_longitude(julian_day: f64) -> f64 {
    let t = (julian_day + delta_t(julian_day) - J2000) / DAYS_PER_CENTURY;
    let mean = 280.466_46 + 36_000.769_83 * t + 0.000_303_2 * t * t;
    let anomaly = (357.529_11 + 35_999.050_29 * t - 0.000_153_7 * t * t).to_radians();
    let centre = (1.914_602 - 0.004_817 * t - 0.000_014 * t * t) * anomaly.sin()
        + (0.019_993 - 0.000_101 * t) * (2.0 * anomaly).sin()
        + 0.000_289 * (3.0 * anomaly).sin();
    let node = (125.04 - 1_934.136 * t).to_radians();
    (mean + centre - 0.005_69 - 0.004_78 * node.sin()).rem_euclid(360.0)
}

fn universal(dynamical: f64) -> f64 {
    dynamical - delta_t(dynamical)
}

/// Dynamical minus universal time, days.
fn delta_t(julian_day: f64) -> f64 {
    let year = 2000.0 + (julian_day - J2000) / 365.25;
    let seconds = if year < 1986.0 {
        let t = year - 1975.0;
        45.45 + 1.067 * t - t.powi(2) / 260.0 - t.powi(3) / 718.0
    } else if year < 2005.0 {
        let t = year - 2000.0;
        63.86 + 0.3345 * t - 0.060_374 * t.powi(2)
            + 0.001_727_5 * t.powi(3)
            + 0.000_651_814 * t.powi(4)
            + 0.000_023_735_99 * t.powi(5)
    } else if year < 2050.0 {
        let t = year - 2000.0;
        62.92 + 0.322_17 * t + 0.005_589 * t.powi(2)
    } else {
        -20.0 + 32.0 * ((year - 1820.0) / 100.0).powi(2) - 0.5628 * (2150.0 - year)
    };
    seconds / 86_400.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_examples_of_the_book() {
        // Example 49.a: new moon of February 1977, JDE 2443192.65118, dynamical time.
        let jde = new_moon(-283) + delta_t(2_443_192.65);
        assert!((jde - 2_443_192.651_18).abs() < 0.000_02, "{jde}");
        // Example 25.a: 13 October 1992, 0h dynamical time, apparent longitude 199.90895°.
        let at = 2_448_908.5;
        let longitude = sun_longitude(at - delta_t(at));
        assert!((longitude - 199.908_95).abs() < 0.000_05, "{longitude}");
    }

    #[test]
    fn delta_t_is_what_was_measured() {
        // Seconds, from the published tables (IERS): 1970.0, 1990.0, 2000.0, 2020.0.
        for (julian_day, seconds) in
            [(2_440_587.5, 40.2), (2_447_892.5, 56.9), (2_451_544.5, 63.8), (2_458_849.5, 69.4)]
        {
            assert!((delta_t(julian_day) * 86_400.0 - seconds).abs() < 3.0, "{julian_day}");
        }
    }
}
