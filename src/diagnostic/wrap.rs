//! Text for a terminal, wrapped at words: a terminal by itself breaks in the middle of them.
//!
//! Uses: std · Never: the terminal

/// `text` in lines of at most `columns` characters, where words allow it. What is continued is indented by two more than the line it continues.
pub fn wrap(text: &str, columns: usize) -> String {
    let lines: Vec<String> = text.split('\n').map(|line| one(line, columns)).collect();
    lines.join("\n")
}

fn one(line: &str, columns: usize) -> String {
    if line.chars().count() <= columns {
        return line.to_owned();
    }
    let own = line.chars().take_while(|letter| *letter == ' ').count();
    let indent = " ".repeat(own + 2);
    let mut wrapped = " ".repeat(own);
    let mut column = own;
    let mut is_first = true;
    for word in line.split_whitespace() {
        let length = word.chars().count();
        if is_first {
            is_first = false;
        } else if column + 1 + length > columns {
            wrapped.push('\n');
            wrapped.push_str(&indent);
            column = indent.len();
        } else {
            wrapped.push(' ');
            column += 1;
        }
        wrapped.push_str(word);
        column += length;
    }
    wrapped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_stay_whole_and_what_goes_on_is_indented() {
        let text = "  what to do: make the file\nshort";
        assert_eq!(
            wrap(text, 16),
            "  what to do:\n    make the\n    file\nshort"
        );
        assert_eq!(wrap(text, 80), text);
    }

    #[test]
    fn a_word_longer_than_the_line_is_not_cut() {
        assert_eq!(
            wrap("see /a/very/long/path.js", 8),
            "see\n  /a/very/long/path.js"
        );
    }

    #[test]
    fn columns_are_of_characters() {
        assert_eq!(wrap("äöü äöü", 7), "äöü äöü");
    }
}
