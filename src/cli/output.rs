//! The only place that prints: URLs to stdout, everything else to stderr.
//!
//! Uses: tracing-subscriber · Never: decisions

use std::{
    fmt,
    io::{IsTerminal, Write},
};

use super::error::CliError;

use tracing_appender::non_blocking::WorkerGuard;
use tracing_subscriber::{
    filter::EnvFilter,
    fmt::{
        format::Writer,
        time::{FormatTime, SystemTime},
    },
};

use crate::{
    build::release::Progress, dev::Problem, diagnostic::wrap, policy::AccessLog, serve::access_log,
};

/// Prints where the site is served: the first lines on stdout, for people and for programs that wait for them.
pub(super) fn urls(urls: &[String]) {
    let mut stdout = std::io::stdout().lock();
    for url in urls {
        // Whoever closed stdout does not want to know; the site is served all the same.
        let _ = writeln!(stdout, "{url}");
    }
    let _ = stdout.flush();
}

/// Prints what was asked for, on stdout.
pub(super) fn answer(text: &str) {
    // Whoever closed stdout, as `head` does, has read enough.
    let _ = writeln!(std::io::stdout(), "{text}");
}

/// Shows how far a survey is, if somebody is looking.
pub(super) fn asking(asked: usize) {
    if std::io::stderr().is_terminal() {
        say(format_args!("\r\x1b[Klarder: {asked} requests"));
    }
}

/// Does somebody who likes colour read the answer on stdout?
pub(super) fn has_colour() -> bool {
    std::io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none()
}

/// Shows how far a build is, if somebody is looking: one line that is written over and over.
pub(super) fn progress(progress: Progress) {
    if progress.of > 0 && std::io::stderr().is_terminal() {
        say(format_args!("\r\x1b[Klarder: {}", bar(progress)));
    }
}

/// Shows what is being done, if somebody is looking.
pub(super) fn progress_line(text: &str) {
    if std::io::stderr().is_terminal() {
        say(format_args!("\r\x1b[Klarder: {text}"));
    }
}

/// `reading    ▕██████▎             ▏ 1,234 of 5,678`, or the step alone, if nobody knows how long it takes.
fn bar(progress: Progress) -> String {
    const CELLS: usize = 24;
    /// Eighths of a cell.
    const PARTS: [&str; 8] = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];
    let Progress { step, done, of } = progress;
    if of <= 1 {
        return format!("{step} …");
    }
    let eighths = done.min(of) * CELLS * 8 / of;
    let full = format!("{}{}", "█".repeat(eighths / 8), PARTS[eighths % 8]);
    format!("{step:<10} ▕{full:<CELLS$}▏ {done} of {of}")
}

/// Makes room for lines that stay.
pub(super) fn end_of_progress() {
    if std::io::stderr().is_terminal() {
        say(format_args!("\r\x1b[K"));
    }
}

/// Prints a picture of light and dark cells, if somebody is looking. In colour it is dark on light whatever the terminal's own colours are; without, it takes the
/// terminal for a dark one.
pub(super) fn picture(dark_on_light: &str, light_on_dark: &str) {
    if !std::io::stderr().is_terminal() {
        return;
    }
    if colour() {
        for line in dark_on_light.lines() {
            say(format_args!("  \x1b[38;5;16;48;5;231m{line}\x1b[0m\n"));
        }
    } else {
        say(format_args!("{light_on_dark}\n"));
    }
}

/// Writes to stderr. A disk that is full, or a terminal that is gone, is no reason not to serve: what cannot be said is not said.
fn say(text: fmt::Arguments<'_>) {
    let _ = std::io::stderr().write_fmt(text);
}

/// Prints a line for the person at the terminal.
pub(super) fn line(text: impl fmt::Display) {
    say(format_args!("{text}\n"));
}

/// Prints a sentence for the person at the terminal: wrapped at words where there is one, a plain line elsewhere.
pub(super) fn prose(text: impl fmt::Display) {
    match columns() {
        Some(columns) => line(wrap(&text.to_string(), columns)),
        None => line(text),
    }
}

/// Prints what is wrong with a site, so that it stands out.
pub(super) fn problem(problem: &Problem) {
    let text = problem.to_text(columns().unwrap_or(usize::MAX), colour());
    say(format_args!("\n{text}\n\n"));
}

/// Says that nothing is wrong any more.
pub(super) fn mended() {
    let (on, off) = if colour() {
        ("\x1b[32m", "\x1b[0m")
    } else {
        ("", "")
    };
    say(format_args!("{on}✓ mended{off}\n"));
}

/// `text` without what a terminal would obey instead of showing.
pub(super) fn printable(text: &str) -> String {
    text.chars()
        .map(|character| {
            if character.is_control() {
                '\u{FFFD}'
            } else {
                character
            }
        })
        .collect()
}

/// Prints an error with its causes, and what to do about it.
pub(super) fn error(error: &CliError) {
    let advice = error.advice();
    let error: &dyn std::error::Error = error;
    let mut text = format!("larder: {error}");
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str("\n  because: ");
        text.push_str(&error.to_string());
        cause = error.source();
    }
    if let Some(advice) = advice {
        text.push_str("\n  instead: ");
        text.push_str(&advice);
    }
    say(format_args!("{text}\n"));
}

/// Is somebody looking, who likes colour?
pub(super) fn colour() -> bool {
    std::io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none()
}

/// Does somebody look at what is printed on stdout, and like colour?
pub(super) fn colour_of_answers() -> bool {
    std::io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none()
}

/// Columns for what is printed on stdout: what `COLUMNS` says, or the terminal; 80 where there is none.
pub(super) fn width() -> usize {
    let said = std::env::var("COLUMNS")
        .ok()
        .and_then(|columns| columns.parse().ok());
    let measured = || {
        let size = rustix::termios::tcgetwinsize(std::io::stdout()).ok()?;
        Some(usize::from(size.ws_col)).filter(|columns| *columns > 0)
    };
    said.or_else(measured).unwrap_or(80)
}

/// Columns of the terminal that stderr is, if it is one.
fn columns() -> Option<usize> {
    let stderr = std::io::stderr();
    if !stderr.is_terminal() {
        return None;
    }
    let size = rustix::termios::tcgetwinsize(stderr).ok()?;
    Some(usize::from(size.ws_col)).filter(|columns| *columns > 0)
}

/// What is logged while the program runs; the last lines are written when it is dropped.
pub(super) struct Log {
    _access: Option<access_log::AccessLog>,
    _events: WorkerGuard,
}

/// Starts the log, and the access log if it is wanted. Lines are written from threads of their own.
pub(super) fn start_log(access: AccessLog) -> Result<Log, CliError> {
    let (writer, events) = tracing_appender::non_blocking(std::io::stderr());
    // actix-http calls every malformed request an error of its own: whoever sends such could fill the log.
    let directives = std::env::var("LARDER_LOG")
        .unwrap_or_else(|_| "info,actix_server=warn,actix_http=off".to_owned());
    tracing_subscriber::fmt()
        .with_writer(writer)
        .with_ansi(colour())
        .with_target(false)
        .with_timer(ClockTime)
        .with_env_filter(EnvFilter::new(directives))
        .init();
    let format = match access {
        AccessLog::Off => None,
        AccessLog::Combined => Some(access_log::Format::Combined),
        AccessLog::Json => Some(access_log::Format::Json),
    };
    let access = format
        .map(|format| access_log::start(format, std::io::stderr()))
        .transpose()
        .map_err(CliError::AccessLog)?;
    Ok(Log {
        _access: access,
        _events: events,
    })
}

/// The time of day in UTC, to the millisecond.
struct ClockTime;

impl FormatTime for ClockTime {
    fn format_time(&self, writer: &mut Writer<'_>) -> fmt::Result {
        let mut text = String::new();
        SystemTime.format_time(&mut Writer::new(&mut text))?;
        // 2026-11-22T13:14:15.123456Z
        write!(writer, "{}", text.get(11..23).unwrap_or(&text))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bar_fills_from_left_to_right() {
        let bar = |done, of| {
            bar(Progress {
                step: "reading",
                done,
                of,
            })
        };
        assert_eq!(bar(0, 64), "reading    ▕                        ▏ 0 of 64");
        assert_eq!(
            bar(33, 64),
            "reading    ▕████████████▍           ▏ 33 of 64"
        );
        assert_eq!(
            bar(64, 64),
            "reading    ▕████████████████████████▏ 64 of 64"
        );
        assert_eq!(bar(0, 1), "reading …");
    }
}
