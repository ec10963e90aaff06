//! A page of text: indents, columns, wrapped words, and colour where it is wanted.
//!
//! Uses: std · Never: what is said

/// How a text is laid out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Style {
    /// Columns of the terminal.
    pub width: usize,
    /// Is somebody looking, who likes colour?
    pub colour: bool,
}

/// What a word looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ink {
    Plain,
    Bold,
    Faint,
    Green,
    Yellow,
    Red,
}

impl Ink {
    fn code(self) -> Option<&'static str> {
        match self {
            Self::Plain => None,
            Self::Bold => Some("1"),
            Self::Faint => Some("2"),
            Self::Green => Some("32"),
            Self::Yellow => Some("33"),
            Self::Red => Some("31"),
        }
    }
}

/// Narrower and wider terminals get this.
const WIDTHS: std::ops::RangeInclusive<usize> = 60..=120;
/// Where the text of a named line begins.
const TEXT: usize = 14;
/// The columns of a visit: title, what is asked, status, bytes.
const VISIT: [usize; 4] = [28, 14, 5, 9];

/// Text in the making.
pub(super) struct Page {
    width: usize,
    colour: bool,
    text: String,
}

impl Page {
    pub(super) fn new(style: Style) -> Self {
        Self {
            width: style.width.clamp(*WIDTHS.start(), *WIDTHS.end()),
            colour: style.colour,
            text: String::new(),
        }
    }

    pub(super) fn text(self) -> String {
        self.text.trim_end().to_owned()
    }

    pub(super) fn piece(&mut self, text: &str, ink: Ink) {
        match ink.code().filter(|_| self.colour && !text.is_empty()) {
            Some(code) => {
                self.text.push_str("\x1b[");
                self.text.push_str(code);
                self.text.push('m');
                self.text.push_str(text);
                self.text.push_str("\x1b[0m");
            }
            None => self.text.push_str(text),
        }
    }

    /// Ends a line, without the spaces that nobody sees.
    pub(super) fn end_line(&mut self) {
        let end = self.text.trim_end_matches(' ').len();
        self.text.truncate(end);
        self.text.push('\n');
    }

    fn spaces(&mut self, count: usize) {
        self.text.extend(std::iter::repeat_n(' ', count));
    }

    pub(super) fn heading(&mut self, text: &str) {
        self.text.push('\n');
        self.piece(text, Ink::Bold);
        self.end_line();
    }

    /// Words from this column on, over as many lines as they need.
    pub(super) fn line(&mut self, indent: usize, text: &str, ink: Ink) {
        for line in wrapped(text, self.width - indent) {
            self.spaces(indent);
            self.piece(&line, ink);
            self.end_line();
        }
    }

    /// A name, and what there is to say about it.
    pub(super) fn named(&mut self, name: &str, text: &str) {
        self.spaces(2);
        self.text.push_str(name);
        let used = 2 + name.chars().count();
        let indent = if used < TEXT { TEXT } else { used + 2 };
        self.rest_from(used, indent, text, Ink::Plain);
    }

    /// More about what was named, for those who want to know.
    pub(super) fn aside(&mut self, text: &str) {
        self.line(TEXT, text, Ink::Faint);
    }

    /// A representation that there was.
    pub(super) fn offer(
        &mut self,
        (mark, ink): (&str, Ink),
        name: &str,
        (length, weight): (u64, &str),
        text: &str,
    ) {
        let columns = format!("{mark} {name:<9}{:>9}  {weight:<7}", bytes(length));
        self.spaces(2);
        self.piece(&columns, ink);
        let used = 2 + columns.chars().count();
        self.rest_from(used, used + 1, text, ink);
    }

    /// Lines that begin in the column `indent`, the first of them on this line, of which `used` columns are taken.
    fn rest_from(&mut self, used: usize, indent: usize, text: &str, ink: Ink) {
        let mut space = indent.saturating_sub(used).max(1);
        for line in wrapped(text, self.width - indent) {
            self.spaces(space);
            self.piece(&line, ink);
            self.end_line();
            space = indent;
        }
    }

    /// Two columns: what is, and faintly why. What is too long for its column has a line of its own.
    pub(super) fn pairs(&mut self, rows: &[(String, String)]) {
        let widest = self.width * 5 / 8;
        let fits = |left: &str| left.chars().count() + 4 <= widest;
        let column = rows
            .iter()
            .map(|(left, _)| left)
            .filter(|left| fits(left))
            .map(|left| left.chars().count() + 4)
            .max()
            .unwrap_or(widest);
        for (left, right) in rows {
            if fits(left) {
                self.spaces(2);
                self.text.push_str(left);
                self.rest_from(2 + left.chars().count(), column, right, Ink::Faint);
            } else {
                self.line(2, left, Ink::Plain);
                self.line(column, right, Ink::Faint);
            }
        }
    }

    /// One visit of the timeline.
    pub(super) fn visit(
        &mut self,
        title: &str,
        asked: &str,
        (status, ink): (Option<u16>, Ink),
        length: u64,
        (note, note_ink): (&str, Ink),
    ) {
        let [title_width, asked_width, status_width, bytes_width] = VISIT;
        self.piece(&format!("  {title:<title_width$}"), Ink::Plain);
        let asked_ink = if status.is_none() {
            Ink::Faint
        } else {
            Ink::Plain
        };
        self.piece(&format!("{asked:<asked_width$}"), asked_ink);
        let status = status.map_or_else(|| "–".to_owned(), |status| status.to_string());
        self.piece(&format!("{status:>status_width$}"), ink);
        self.piece(&format!("{:>bytes_width$}", bytes(length)), Ink::Plain);
        let used = 2 + title_width + asked_width + status_width + bytes_width;
        if note.is_empty() {
            self.end_line();
        } else if used + 2 + note.chars().count() <= self.width {
            self.spaces(2);
            self.piece(note, note_ink);
            self.end_line();
        } else {
            self.end_line();
            self.line(2 + title_width, note, note_ink);
        }
    }
}

/// Bytes as people read them: exact while that is short.
pub(super) fn bytes(count: u64) -> String {
    #[expect(clippy::cast_precision_loss, reason = "three digits are shown")]
    let kibibytes = count as f64 / 1024.0;
    match count {
        0..=999 => format!("{count} B"),
        1_000..=99_999 => format!("{},{:03} B", count / 1000, count % 1000),
        _ if kibibytes < 1024.0 => format!("{kibibytes:.0} KiB"),
        _ => format!("{:.1} MiB", kibibytes / 1024.0),
    }
}

/// Lines of at most `width` columns; a word that is longer is cut.
fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    let (mut used, mut pending) = (0, 0);
    for word in text.split(' ').filter(|word| !word.is_empty()) {
        let length = word.chars().count();
        if used > 0 && used + pending + length > width {
            lines.push(String::new());
            (used, pending) = (0, 0);
        }
        let line = lines.last_mut().expect("there is always one");
        line.extend(std::iter::repeat_n(' ', pending));
        used += pending;
        for letter in word.chars() {
            if used == width {
                lines.push(String::new());
                used = 0;
            }
            lines.last_mut().expect("there is always one").push(letter);
            used += 1;
        }
        pending = 1;
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_stay_whole_unless_they_cannot() {
        assert_eq!(wrapped("one two three", 7), ["one two", "three"]);
        assert_eq!(wrapped("abcdefghij", 4), ["abcd", "efgh", "ij"]);
        assert_eq!(wrapped("", 4), [""]);
    }

    #[test]
    fn bytes_are_exact_while_that_is_short() {
        for (count, expected) in [
            (0, "0 B"),
            (999, "999 B"),
            (1_000, "1,000 B"),
            (99_999, "99,999 B"),
            (100_000, "98 KiB"),
            (5_000_000, "4.8 MiB"),
        ] {
            assert_eq!(bytes(count), expected);
        }
    }

    #[test]
    fn without_colour_there_is_no_escape() {
        for (colour, expected) in [(false, "x"), (true, "\x1b[1mx\x1b[0m")] {
            let mut page = Page::new(Style { width: 80, colour });
            page.piece("x", Ink::Bold);
            assert_eq!(page.text(), expected);
        }
    }
}
