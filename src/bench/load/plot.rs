//! Plots as SVG: latencies by percentile, ratios with their spread.
//!
//! Uses: tally, rounds · Never: scripts, anything from elsewhere

use std::fmt::Write;

use super::{
    html::{COLOURS, escaped},
    report::Comparison,
    tally::Tally,
};

/// One line of a plot.
pub(super) struct Series<'s> {
    pub(super) name: &'s str,
    pub(super) tally: &'s Tally,
}

const WIDTH: f64 = 900.0;
const HEIGHT: f64 = 320.0;
const LEFT: f64 = 70.0;
const RIGHT: f64 = 34.0;
const TOP: f64 = 16.0;
const BOTTOM: f64 = 36.0;

/// The percentiles that are marked: each step to the right is ten times rarer.
const MARKED: [(f64, &str); 5] = [
    (0.0, "0 %"),
    (90.0, "90 %"),
    (99.0, "99 %"),
    (99.9, "99.9 %"),
    (99.99, "99.99 %"),
];

/// Latencies by percentile. Both axes are logarithmic: the tail is what matters.
pub(super) fn latency_plot(series: &[Series<'_>]) -> String {
    let percents: Vec<f64> = (0..=80)
        .map(|step| percent(f64::from(step) / 20.0))
        .collect();
    let values = |of: &Series<'_>| -> Vec<f64> {
        percents
            .iter()
            .map(|percent| of.tally.latency_us(*percent).max(0.1))
            .collect()
    };
    let all: Vec<Vec<f64>> = series.iter().map(values).collect();
    let flat = || all.iter().flatten().copied();
    let least = flat().fold(f64::INFINITY, f64::min);
    let most = flat().fold(0.0, f64::max);
    if !least.is_finite() {
        return String::new();
    }
    let (low, high) = (
        least.log10().floor(),
        most.log10().ceil().max(least.log10().floor() + 1.0),
    );
    let x = |place: f64| LEFT + (WIDTH - LEFT - RIGHT) * place / 4.0;
    let y = |value: f64| TOP + (HEIGHT - TOP - BOTTOM) * (high - value.log10()) / (high - low);
    let mut svg = open(HEIGHT, "Latency by percentile");
    let mut decade = low;
    while decade <= high + 0.01 {
        let value = 10_f64.powf(decade);
        let at = y(value);
        let _ = write!(
            svg,
            "<path class=\"grid\" d=\"M{LEFT} {at:.1}H{:.1}\"/><text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\">{}</text>",
            WIDTH - RIGHT,
            LEFT - 8.0,
            at + 4.0,
            time(value)
        );
        decade += 1.0;
    }
    for (place, (_, label)) in (0_u8..).zip(MARKED) {
        let at = x(f64::from(place));
        let _ = write!(
            svg,
            "<path class=\"grid\" d=\"M{at:.1} {TOP}V{:.1}\"/><text x=\"{at:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{label}</text>",
            HEIGHT - BOTTOM,
            HEIGHT - BOTTOM + 20.0
        );
    }
    for (number, (of, values)) in series.iter().zip(&all).enumerate() {
        let mut path = String::new();
        for (step, value) in (0_u8..).zip(values) {
            let letter = if step == 0 { 'M' } else { 'L' };
            let _ = write!(
                path,
                "{letter}{:.1} {:.1}",
                x(f64::from(step) / 20.0),
                y(*value)
            );
        }
        let _ = write!(
            svg,
            "<path class=\"curve s{}\" d=\"{path}\"><title>{}</title></path>",
            number % COLOURS,
            escaped(of.name)
        );
    }
    svg.push_str("</svg>\n");
    svg
}

/// The percentile at a place of the axis: 0, 1, 2 … are 0 %, 90 %, 99 % …
fn percent(place: f64) -> f64 {
    100.0 * (1.0 - 10_f64.powf(-place))
}

/// One row for each scenario and other target: the ratio, from its least to its most.
pub(super) fn ratio_plot(comparisons: &[Comparison]) -> String {
    let rows: Vec<_> = comparisons
        .iter()
        .filter_map(|one| Some((one, one.requests_per_second?)))
        .collect();
    let names = 300.0;
    let most = rows
        .iter()
        .map(|(_, spread)| spread.most)
        .fold(1.0, f64::max)
        * 1.08;
    let x = |ratio: f64| names + (WIDTH - names - RIGHT - 50.0) * ratio / most;
    #[expect(clippy::cast_precision_loss, reason = "few rows")]
    let height = TOP + rows.len() as f64 * 30.0 + BOTTOM;
    let mut svg = open(height, "Ratios of rates");
    let _ = write!(
        svg,
        "<path class=\"one\" d=\"M{0:.1} {TOP}V{1:.1}\"/><text x=\"{0:.1}\" y=\"{2:.1}\" text-anchor=\"middle\">1 ×</text>",
        x(1.0),
        height - BOTTOM,
        height - BOTTOM + 20.0
    );
    for (number, (one, spread)) in (0_u32..).zip(&rows) {
        let at = TOP + f64::from(number) * 30.0 + 18.0;
        let versus: String = one.versus.chars().take(28).collect();
        let _ = write!(
            svg,
            "<g class=\"s{}\"><text class=\"name\" x=\"0\" y=\"{:.1}\">{}, to {}</text><path class=\"whisker\" d=\"M{:.1} {at:.1}H{:.1}\"/><circle class=\"dot\" cx=\"{:.1}\" cy=\"{at:.1}\" r=\"5.5\"/><text class=\"name\" x=\"{:.1}\" y=\"{:.1}\">{:.2}</text></g>",
            number as usize % COLOURS,
            at + 4.0,
            one.scenario,
            escaped(&versus),
            x(spread.least),
            x(spread.most),
            x(spread.median),
            x(spread.most) + 12.0,
            at + 4.0,
            spread.median
        );
    }
    svg.push_str("</svg>\n");
    svg
}

fn open(height: f64, label: &str) -> String {
    format!("<svg viewBox=\"0 0 {WIDTH} {height:.0}\" role=\"img\" aria-label=\"{label}\">")
}

fn time(microseconds: f64) -> String {
    match microseconds {
        us if us < 1.0 => format!("{us:.1} µs"),
        us if us < 1e3 => format!("{us:.0} µs"),
        us if us < 1e6 => format!("{:.0} ms", us / 1e3),
        us => format!("{:.0} s", us / 1e6),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::bench::load::{rounds::Spread, scenario::Scenario, tally::Counted};

    #[test]
    fn each_step_of_the_axis_is_ten_times_rarer() {
        for (place, right) in (0_u8..).zip([0.0, 90.0, 99.0, 99.9]) {
            assert!((percent(f64::from(place)) - right).abs() < 1e-9);
        }
    }

    #[test]
    fn a_plot_has_a_curve_for_each_target_and_its_name_is_text() {
        let mut tally = Tally::default();
        for latency in 1..500 {
            tally.reply(Counted {
                status: 200,
                bytes: 1,
                content_bytes: 1,
                latency: Duration::from_micros(latency),
            });
        }
        let names = ["<one>", "two"];
        let svg = latency_plot(&names.map(|name| Series {
            name,
            tally: &tally,
        }));
        assert_eq!(svg.matches("class=\"curve").count(), 2);
        assert!(svg.contains("&lt;one&gt;") && !svg.contains("NaN") && !svg.contains("inf"));
        assert_eq!(latency_plot(&[]), "");
    }

    #[test]
    fn a_ratio_is_drawn_from_its_least_to_its_most() {
        let spread = Spread {
            median: 1.25,
            least: 1.0,
            most: 1.5,
        };
        let svg = ratio_plot(&[Comparison {
            scenario: Scenario::First,
            target: "a".to_owned(),
            versus: "b".to_owned(),
            requests_per_second: Some(spread),
            server_cpu: None,
        }]);
        assert_eq!(svg.matches("class=\"whisker\"").count(), 1);
        assert!(svg.contains(">1.25<") && svg.contains("first, to b"));
    }
}
