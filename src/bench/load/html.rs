//! The report as one HTML document: tables and plots, inline SVG, nothing from elsewhere, for light and dark.
//!
//! Uses: report · Never: files, the clock, anything from another origin

use std::fmt::Write;

use super::{
    plot::{Series, latency_plot, ratio_plot},
    report::{Report, ScenarioReport, TargetReport},
};

/// The report as HTML.
pub fn html(report: &Report) -> String {
    let mut body = String::new();
    let names: Vec<&str> = report
        .targets
        .iter()
        .map(|target| target.name.as_str())
        .collect();
    let _ = write!(
        body,
        "<h1>{}</h1>\n<p class=\"how\">{}</p>\n",
        escaped(&names.join(" · ")),
        escaped(&how(report))
    );
    verdict(&mut body, report);
    if !report.comparisons.is_empty() {
        body.push_str("<h2>Right replies per second, beside the others</h2>\n<p>More than 1 is more than the other; the line is from the least to the most of all rounds.</p>\n");
        body.push_str(&ratio_plot(&report.comparisons));
    }
    for (place, scenario) in report.settings.scenarios.iter().enumerate() {
        let _ = writeln!(body, "<h2><code>{scenario}</code></h2>");
        table(&mut body, &report.targets, place);
        let series: Vec<Series<'_>> = report
            .targets
            .iter()
            .filter(|target| target.scenarios[place].tally.has_latencies())
            .map(|target| Series {
                name: &target.name,
                tally: &target.scenarios[place].tally,
            })
            .collect();
        body.push_str(&latency_plot(&series));
    }
    errors(&mut body, &report.targets);
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width\">\n<title>larder bench: {}</title>\n<style>{STYLE}</style>\n<main>\n{body}</main>\n</html>\n",
        escaped(&names.join(", "))
    )
}

const STYLE: &str = "
:root { color-scheme: light dark; --paper: #fdfcf9; --ink: #23211c; --soft: #6d685d; --line: #ddd8cc; --bad: #b3261e;
  --s0: #1f6f8b; --s1: #c2571a; --s2: #5b7f2b; --s3: #7a4fa3; --s4: #a8871d; --s5: #b03a6f; }
@media (prefers-color-scheme: dark) { :root { --paper: #1b1a17; --ink: #ece8df; --soft: #a39d90; --line: #3b3832; --bad: #ff8a80;
  --s0: #63b6d2; --s1: #f0945a; --s2: #9cc46a; --s3: #b995df; --s4: #dcbb55; --s5: #e884b0; } }
body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; }
main { max-width: 60rem; margin: 0 auto; padding: 2rem 1.25rem 4rem; }
h1 { font-size: 1.6rem; line-height: 1.2; margin: 0 0 .25rem; overflow-wrap: anywhere; } h2 { font-size: 1.15rem; margin: 2.5rem 0 .5rem; }
p { margin: .25rem 0; } .how { color: var(--soft); } .bad { color: var(--bad); } .scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th, td { text-align: right; padding: .35rem .6rem; border-bottom: 1px solid var(--line); white-space: nowrap; }
th:first-child, td:first-child { text-align: left; padding-left: 0; } th { font-weight: 600; color: var(--soft); font-size: .85rem; }
svg { display: block; width: 100%; height: auto; margin-top: 1rem; } svg text { fill: var(--soft); font: 12px system-ui, sans-serif; }
svg .grid { stroke: var(--line); fill: none; } svg .one { stroke: var(--soft); stroke-dasharray: 4 3; } svg .name { fill: var(--ink); }
.s0 { --c: var(--s0); } .s1 { --c: var(--s1); } .s2 { --c: var(--s2); } .s3 { --c: var(--s3); } .s4 { --c: var(--s4); } .s5 { --c: var(--s5); }
svg .curve { stroke: var(--c); fill: none; stroke-width: 2.25; } svg .dot { fill: var(--c); } svg .whisker { stroke: var(--c); stroke-width: 2.25; }
.key { display: inline-block; width: .7em; height: .7em; border-radius: 50%; background: var(--c); margin-right: .45em; }
";

fn verdict(body: &mut String, report: &Report) {
    let is_good = report.errors() == 0 && report.is_whole();
    let class = if is_good { "" } else { " class=\"bad\"" };
    let mut verdict = report.verdict();
    verdict[..1].make_ascii_uppercase();
    let _ = writeln!(body, "<p{class}>{}.</p>", escaped(&verdict));
}

fn how(report: &Report) -> String {
    let settings = &report.settings;
    let version = if settings.http2 {
        format!("HTTP/2, {} streams each", settings.streams)
    } else {
        "HTTP/1.1".to_owned()
    };
    let pace = settings.rate.map_or_else(
        || "closed loop".to_owned(),
        |rate| format!("{rate} requests/s, latency from when each was due"),
    );
    format!(
        "{version}, {} connections, {pace}, {} rounds",
        settings.connections, settings.rounds
    )
}

fn table(body: &mut String, targets: &[TargetReport], place: usize) {
    body.push_str("<div class=\"scroll\"><table>\n<tr><th>server<th>requests/s<th>p50 µs<th>p90 µs<th>p99 µs<th>p99.9 µs<th>CPU µs/request<th>statuses<th>wrong</tr>\n");
    for (number, target) in targets.iter().enumerate() {
        let of = &target.scenarios[place];
        let tally = &of.tally;
        let statuses: Vec<String> = tally
            .statuses
            .iter()
            .map(|(status, count)| format!("{status}: {count}"))
            .collect();
        let _ = write!(
            body,
            "<tr><td class=\"s{}\"><span class=\"key\"></span>{}<td>{:.0}",
            number % COLOURS,
            escaped(&target.name),
            of.requests_per_second()
        );
        for percent in [50.0, 90.0, 99.0, 99.9] {
            let _ = write!(body, "<td>{:.0}", tally.latency_us(percent));
        }
        let _ = writeln!(
            body,
            "<td>{}<td>{}<td>{}</tr>",
            cpu(of),
            statuses.join(", "),
            tally.error_count()
        );
    }
    body.push_str("</table></div>\n");
}

fn cpu(of: &ScenarioReport) -> String {
    of.server_cpu_us_per_request()
        .map_or_else(|| "–".to_owned(), |cpu| format!("{cpu:.2}"))
}

fn errors(body: &mut String, targets: &[TargetReport]) {
    for target in targets {
        for of in &target.scenarios {
            for (about, errors) in &of.tally.errors {
                let _ = writeln!(
                    body,
                    "<p class=\"bad\">{} × {} in <code>{}</code> at {}: {}</p>",
                    errors.count,
                    escaped(about),
                    of.scenario,
                    escaped(&target.name),
                    escaped(&errors.example)
                );
            }
        }
    }
}

/// How many colours there are; more targets share them.
pub(super) const COLOURS: usize = 6;

/// Text as it can stand in HTML and in an attribute.
pub(super) fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            letter => escaped.push(letter),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_cannot_write_into_the_report() {
        assert_eq!(
            escaped("<script>\"a\" & b"),
            "&lt;script&gt;&quot;a&quot; &amp; b"
        );
    }

    #[test]
    fn the_style_fetches_nothing() {
        assert!(!STYLE.contains("url(") && !STYLE.contains("@import"));
    }
}
