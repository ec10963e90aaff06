//! The table as a picture: what a request costs elsewhere, as a multiple of what it costs here.

use std::fmt::Write as _;

use super::{SHARED, load::Protocol, record::Run, servers::LARDER, table::COLUMNS};

const WIDTH: f64 = 840.0;
const LEFT: f64 = 190.0;
const RIGHT: f64 = 24.0;
const TOP: f64 = 84.0;
const ROW: f64 = 34.0;

/// The ends of the axis: multiples, on a logarithmic scale.
const ENDS: (f64, f64) = (0.25, 16.0);
const TICKS: [(f64, &str); 7] = [
    (0.25, "¼×"),
    (0.5, "½×"),
    (1.0, "1×"),
    (2.0, "2×"),
    (4.0, "4×"),
    (8.0, "8×"),
    (16.0, "16×"),
];

/// A shape for each column, so that colour is not all that tells them apart.
const MARKS: [(&str, Shape); 7] = [
    ("#888888", Shape::Bar),
    ("#d9480f", Shape::Disc),
    ("#2f9e44", Shape::Square),
    ("#1c7ed6", Shape::Diamond),
    ("#9c36b5", Shape::Triangle),
    ("#b8860b", Shape::Ring),
    ("#0c8599", Shape::Cross),
];

#[derive(Clone, Copy)]
enum Shape {
    Bar,
    Disc,
    Square,
    Diamond,
    Triangle,
    Ring,
    Cross,
}

impl Shape {
    fn svg(self, x: f64, y: f64, colour: &str) -> String {
        match self {
            Self::Bar => format!(
                r#"<path d="M{x:.1} {:.1}v16" stroke="{colour}" stroke-width="3"/>"#,
                y - 8.0
            ),
            Self::Disc => format!(r#"<circle cx="{x:.1}" cy="{y:.1}" r="7" fill="{colour}"/>"#),
            Self::Square => format!(
                r#"<rect x="{:.1}" y="{:.1}" width="10" height="10" fill="{colour}"/>"#,
                x - 5.0,
                y - 5.0
            ),
            Self::Diamond => format!(
                r#"<path d="M{x:.1} {:.1}l6.5 6.5l-6.5 6.5l-6.5 -6.5z" fill="{colour}"/>"#,
                y - 6.5
            ),
            Self::Triangle => format!(
                r#"<path d="M{x:.1} {:.1}l6.5 11h-13z" fill="{colour}"/>"#,
                y - 6.5
            ),
            Self::Ring => format!(
                r#"<circle cx="{x:.1}" cy="{y:.1}" r="5" fill="none" stroke="{colour}" stroke-width="2.5"/>"#
            ),
            Self::Cross => format!(
                r#"<path d="M{:.1} {:.1}l10 10m0 -10l-10 10" stroke="{colour}" stroke-width="2.5"/>"#,
                x - 5.0,
                y - 5.0
            ),
        }
    }
}

/// The picture. It follows the reader's light or dark scheme.
pub(super) fn svg(run: &Run) -> String {
    let rows: Vec<_> = [Protocol::Http1, Protocol::Http2]
        .into_iter()
        .flat_map(|protocol| SHARED.iter().map(move |scenario| (protocol, scenario.name)))
        .collect();
    let height = TOP + ROW * position(rows.len()) + 34.0;
    let mut text = format!(
        r#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" font-family="system-ui, sans-serif" font-size="13" role="img" aria-label="CPU time per request of six servers as a multiple of larder's">
<style>
text {{ fill: #222 }} .quiet {{ fill: #666 }} .grid {{ stroke: #ddd }} .one {{ stroke: #999 }}
@media (prefers-color-scheme: dark) {{ text {{ fill: #e6e6e6 }} .quiet {{ fill: #a0a0a0 }} .grid {{ stroke: #3a3a3a }} .one {{ stroke: #888 }} }}
</style>
<text x="8" y="22" font-size="15" font-weight="600">CPU time per request, as a multiple of larder's</text>
<text x="8" y="40" class="quiet">One worker, {}. Left of the line is cheaper than larder, right of it dearer; logarithmic.</text>
"#,
        run.date
    );
    legend(&mut text);
    for (multiple, label) in TICKS {
        let x = place(multiple);
        let class = if label == "1×" { "one" } else { "grid" };
        let bottom = TOP + ROW * position(rows.len());
        let _ = writeln!(
            text,
            r#"<path class="{class}" d="M{x:.1} {TOP}V{bottom}"/><text class="quiet" x="{x:.1}" y="{:.1}" text-anchor="middle">{label}</text>"#,
            bottom + 20.0
        );
    }
    for (number, (protocol, scenario)) in rows.iter().enumerate() {
        let y = TOP + ROW * (position(number) + 0.5);
        let short = if *protocol == Protocol::Http1 {
            "HTTP/1.1"
        } else {
            "HTTP/2, TLS"
        };
        let _ = writeln!(
            text,
            r#"<text x="8" y="{:.1}">{scenario}</text><text class="quiet" x="{:.1}" y="{:.1}" text-anchor="end">{short}</text>"#,
            y + 4.5,
            LEFT - 16.0,
            y + 4.5
        );
        let Some(ours) = run.cpu(*protocol, scenario, LARDER) else {
            continue;
        };
        for (server, (colour, shape)) in COLUMNS.into_iter().zip(MARKS) {
            if let Some(cost) = run.cpu(*protocol, scenario, server) {
                let _ = writeln!(text, "{}", shape.svg(place(cost / ours), y, colour));
            }
        }
    }
    text.push_str("</svg>\n");
    text
}

fn legend(text: &mut String) {
    let mut x = 16.0;
    for (server, (colour, shape)) in COLUMNS.into_iter().zip(MARKS) {
        let _ = writeln!(
            text,
            r#"{}<text x="{:.1}" y="66.5">{server}</text>"#,
            shape.svg(x, 62.0, colour),
            x + 13.0
        );
        x += 42.0 + 7.2 * position(server.len());
    }
}

/// Where a multiple is on the axis; beyond its ends, at its ends.
fn place(multiple: f64) -> f64 {
    let share = (multiple.clamp(ENDS.0, ENDS.1) / ENDS.0).ln() / (ENDS.1 / ENDS.0).ln();
    LEFT + share * (WIDTH - LEFT - RIGHT)
}

#[expect(clippy::cast_precision_loss, reason = "numbers of rows and letters")]
fn position(number: usize) -> f64 {
    number as f64
}
