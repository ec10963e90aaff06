//! An explanation as text for a terminal, for 60 columns and more.
//!
//! Uses: `explanation` · Never: printing; finding out how wide the terminal is

mod page;

pub use page::Style;

use super::{
    Asked, Because, CacheView, Elsewhere, Explanation, Offer, Route, Visited, status::phrase,
};
use page::{Ink, Page, bytes};

/// How many rules that missed are named before they are only counted.
const MISSES: usize = 5;

/// The text of `explanation`, without a line break at its end.
pub fn render(explanation: &Explanation, style: Style) -> String {
    let mut page = Page::new(style);
    title(explanation, &mut page);
    route(explanation, &mut page);
    negotiation(explanation, &mut page);
    fields(explanation, &mut page);
    rules(explanation, &mut page);
    caches(explanation, &mut page);
    visits(explanation, &mut page);
    page.text()
}

fn title(explanation: &Explanation, page: &mut Page) {
    let request = &explanation.request;
    page.piece(&format!("{} {}", request.method, request.target), Ink::Bold);
    page.piece(" → ", Ink::Faint);
    let status = explanation.status;
    let said = format!("{status} {}", phrase(status));
    page.piece(said.trim_end(), of_status(Some(status)));
    let kind = explanation.kind.as_deref().unwrap_or_default();
    let mut about = format!(", {}", bytes(explanation.content_bytes));
    if !kind.is_empty() {
        about = format!(", {kind}{about}");
    }
    page.piece(&about, Ink::Faint);
    page.end_line();
    for field in &request.fields {
        page.line(2, &format!("{}: {}", field.name, field.value), Ink::Faint);
    }
}

fn route(explanation: &Explanation, page: &mut Page) {
    page.heading("Route");
    let name = match explanation.route {
        Route::File => "file",
        Route::Index => "index",
        Route::CleanUrl => "clean URL",
        Route::Fallback => "fallback",
        Route::Redirect => "redirect",
        Route::Missing => "missing",
        Route::Withheld => "withheld",
        Route::BadPath => "no path",
        Route::Method => "method",
    };
    page.named(name, &explanation.route_because);
    if !explanation.nearest.is_empty() {
        page.named("nearest", &explanation.nearest.join("  "));
    }
}

fn negotiation(explanation: &Explanation, page: &mut Page) {
    if let Some(representation) = &explanation.representation {
        page.heading("Representation");
        for offer in &representation.offers {
            let columns = (offer.bytes, &*weight(offer.weight));
            page.offer(offer_mark(offer), &offer.coding, columns, &offer.because);
        }
    }
    let more = [
        ("conditions", &explanation.precondition),
        ("range", &explanation.range),
    ];
    for (name, text) in more {
        if let Some(text) = text {
            page.named(name, text);
        }
    }
}

fn offer_mark(offer: &Offer) -> (&'static str, Ink) {
    match (offer.chosen, offer.acceptable) {
        (true, _) => ("●", Ink::Green),
        (false, true) => ("○", Ink::Plain),
        (false, false) => ("○", Ink::Faint),
    }
}

/// `q=0.5`; nothing where the request says nothing.
fn weight(thousandths: Option<u16>) -> String {
    match thousandths {
        None => String::new(),
        Some(1000) => "q=1".to_owned(),
        Some(0) => "q=0".to_owned(),
        Some(weight) => format!("q=0.{}", format!("{weight:03}").trim_end_matches('0')),
    }
}

fn fields(explanation: &Explanation, page: &mut Page) {
    page.heading("Fields");
    let rows: Vec<(String, String)> = explanation
        .fields
        .iter()
        .map(|field| {
            let line = format!("{}: {}", field.name, field.value);
            (line, because(&field.because))
        })
        .collect();
    page.pairs(&rows);
}

/// The reason, and where it is written.
fn because(because: &Because) -> String {
    match (&because.file, because.line) {
        (Some(file), Some(line)) => format!("{}, {}:{line}", because.text, short(file)),
        _ => because.text.clone(),
    }
}

/// The file as it was named, or its name alone where that is long.
fn short(file: &str) -> &str {
    match file.rsplit_once('/') {
        Some((_, name)) if file.len() > 24 => name,
        _ => file,
    }
}

fn rules(explanation: &Explanation, page: &mut Page) {
    if !explanation.lost.is_empty() {
        page.heading("Asked for, and lost");
        for lost in &explanation.lost {
            let value = format!("{}: {}", lost.name, lost.value);
            page.line(2, &value, Ink::Plain);
            let text = format!("of {}; {}", because(&lost.because), lost.text);
            page.line(4, &text, Ink::Faint);
        }
    }
    if explanation.near_misses.is_empty() {
        return;
    }
    page.heading("Rules that did not match");
    for miss in explanation.near_misses.iter().take(MISSES) {
        let line = format!(
            "rule \"{}\", {}:{}: {}",
            miss.rule,
            short(&miss.file),
            miss.line,
            miss.because.join("; ")
        );
        page.line(2, &line, Ink::Plain);
    }
    if let Some(more) = explanation
        .near_misses
        .len()
        .checked_sub(MISSES)
        .filter(|more| *more > 0)
    {
        page.line(2, &format!("… and {more} more"), Ink::Faint);
    }
}

fn caches(explanation: &Explanation, page: &mut Page) {
    page.heading("What caches do with it");
    let mut told: Vec<(String, &CacheView)> = Vec::new();
    for view in &explanation.caches {
        let same = told.iter_mut().find(|(_, known)| {
            (known.stores, &known.then, &known.because) == (view.stores, &view.then, &view.because)
        });
        let name = match view.obeys.as_deref() {
            Some(field) if !field.eq_ignore_ascii_case("Cache-Control") => "CDN".to_owned(),
            _ => view.cache.clone(),
        };
        match same {
            Some((known, _)) if known == "private" => "any cache".clone_into(known),
            Some((known, _)) => *known = format!("{known}, {name}"),
            None => told.push((name, view)),
        }
    }
    for (name, view) in told {
        page.named(&name, &view.then);
        let stores = if view.stores {
            "may store it"
        } else {
            "must not store it"
        };
        let obeys = match view.obeys.as_deref() {
            Some(field) if name == "CDN" => format!("obeys {field}; "),
            _ => String::new(),
        };
        page.aside(&format!("{obeys}{stores}: {}", view.because));
    }
}

fn visits(explanation: &Explanation, page: &mut Page) {
    if explanation.visits.is_empty() {
        return;
    }
    page.heading("What a browser asks, and what comes back");
    let says = |name: &str| {
        let mut fields = explanation.request.fields.iter();
        fields.any(|field| field.name.eq_ignore_ascii_case(name))
    };
    if explanation.representation.is_some() && !says("Accept-Encoding") {
        page.line(
            2,
            "(it takes br, zstd and gzip, which the request above does not say)",
            Ink::Faint,
        );
    }
    let visits = &explanation.visits;
    let outcome = |visit: &Visited| (visit.asked, visit.status, visit.bytes, visit.note.clone());
    if let Some(first) = visits.first()
        && visits.iter().all(|visit| outcome(visit) == outcome(first))
    {
        let note = "back button, reload and after a deploy, too";
        page.visit(
            "every visit",
            asked(first),
            (first.status, of_status(first.status)),
            first.bytes,
            (note, Ink::Faint),
        );
        return;
    }
    for visit in visits {
        let is_old = visit.note.starts_with("OLD");
        let note = if is_old { Ink::Yellow } else { Ink::Faint };
        page.visit(
            &visit.title,
            asked(visit),
            (visit.status, of_status(visit.status)),
            visit.bytes,
            (&visit.note, note),
        );
    }
    let mut others: Vec<String> = Vec::new();
    for visit in &explanation.visits {
        for other in &visit.elsewhere {
            others.push(format!("{}: {}", visit.title, otherwise(other)));
        }
    }
    for other in others {
        page.line(2, &other, Ink::Faint);
    }
}

/// `Safari asks GET if changed, 304, 212 B`.
fn otherwise(other: &Elsewhere) -> String {
    let engine = match other.engine.as_str() {
        "WebKit" => "Safari",
        engine => engine,
    };
    let what = match other.asked {
        Asked::Nothing => return format!("{engine} asks nothing"),
        Asked::Conditional => "asks whether it changed",
        Asked::Background => "shows what it has and asks in the background",
        Asked::Unconditional => "fetches it anew",
    };
    let status = other.status.unwrap_or_default();
    format!("{engine} {what}: {status}, {}", bytes(other.bytes))
}

fn asked(visit: &Visited) -> &'static str {
    match visit.asked {
        Asked::Nothing => "nothing",
        Asked::Conditional | Asked::Background => "GET if changed",
        Asked::Unconditional => "GET",
    }
}

fn of_status(status: Option<u16>) -> Ink {
    match status {
        Some(200..=299 | 304) => Ink::Green,
        Some(300..=399) => Ink::Yellow,
        Some(_) => Ink::Red,
        None => Ink::Faint,
    }
}
