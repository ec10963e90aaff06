//! One rule as data: its name, how binding it is, what is asked, what has to be answered.
//!
//! The section is part of the id (`rfc9110-13.1.2-list-second-member`), so that the two cannot disagree.

use super::{Engine, Rule, Site, answer::Ask};

/// How binding a rule is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Level {
    /// MUST or MUST NOT, or what follows from one.
    Must,
    /// SHOULD or SHOULD NOT.
    Should,
    /// MAY, and larder does.
    May,
    /// The RFC leaves it open; this is what larder chose.
    Choice,
}

/// One case. Texts of fields may hold templates, see `template.rs`.
#[derive(Clone, Debug)]
pub(crate) struct Case {
    /// `rfc9110-13.1.2-list-second-member`, `choice-spa-dotted-route`.
    pub(crate) id: String,
    /// How binding it is.
    pub(crate) level: Level,
    /// The rule, in one line.
    pub(crate) says: String,
    /// The site that is asked.
    pub(crate) site: Site,
    /// What is asked.
    pub(crate) ask: Ask,
    /// What has to be answered.
    pub(crate) expect: Expect,
    /// Engines that cannot be asked this, and why.
    pub(crate) not_on: Vec<(Engine, &'static str)>,
    /// Engines that are known to answer something else, and where that is reported; the suite fails when they no longer do.
    pub(crate) deviates: Vec<(Engine, &'static str)>,
    /// General rules that this case is the exception of, and why.
    pub(crate) except: Vec<(Rule, &'static str)>,
}

/// What a reply has to be.
#[derive(Clone, Debug, Default)]
pub(crate) struct Expect {
    /// The statuses that are right; one, but where the rule allows several.
    pub(crate) status: Vec<u16>,
    /// What is expected of fields.
    pub(crate) fields: Vec<(&'static str, Want)>,
    /// What is expected of the content.
    pub(crate) content: Content,
}

/// What a field has to be.
#[derive(Clone, Debug)]
pub(crate) enum Want {
    /// One line with this value.
    Is(String),
    /// Present, with any value.
    Present,
    /// Not there.
    Absent,
    /// There or not, but with another value than this.
    Not(String),
    /// One of its lines has this text in it.
    Has(String),
    /// None of its lines has this text in it.
    Lacks(String),
    /// What the same request gets without its conditions.
    SameAsUnconditional,
}

/// What content has to be.
#[derive(Clone, Debug, Default)]
pub(crate) enum Content {
    /// Anything.
    #[default]
    Any,
    /// No bytes.
    Empty,
    /// These bytes.
    Is(Vec<u8>),
    /// Bytes without this text.
    Lacks(String),
    /// What the site has at this path, unless it is coded.
    Of(String),
    /// The bytes of the unconditional answer from the first to the last of these offsets.
    Slice(u64, u64),
    /// A multipart of these slices of the unconditional answer, in this order.
    Parts(Vec<(u64, u64)>),
}

/// A case about GET of `/` on the ordinary site, until it says otherwise.
pub(crate) fn case(level: Level, id: impl Into<String>, says: impl Into<String>) -> Case {
    Case {
        id: id.into(),
        level,
        says: says.into(),
        site: Site::Ordinary,
        ask: Ask {
            method: "GET".to_owned(),
            target: "/".to_owned(),
            fields: Vec::new(),
        },
        expect: Expect::default(),
        not_on: Vec::new(),
        deviates: Vec::new(),
        except: Vec::new(),
    }
}

/// The request.
impl Case {
    /// Of another site.
    pub(crate) fn on(mut self, site: Site) -> Self {
        self.site = site;
        self
    }

    /// GET of this target.
    pub(crate) fn get(self, target: impl Into<String>) -> Self {
        self.ask("GET", target)
    }

    /// Another method.
    pub(crate) fn ask(mut self, method: &str, target: impl Into<String>) -> Self {
        method.clone_into(&mut self.ask.method);
        self.ask.target = target.into();
        self
    }

    /// With one more field line.
    pub(crate) fn with(mut self, name: &str, value: impl Into<String>) -> Self {
        self.ask.fields.push((name.to_owned(), value.into()));
        self
    }

    /// With the fields of a browser that goes to a document.
    pub(crate) fn navigating(self) -> Self {
        self.with(
            "Accept",
            "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8",
        )
        .with("Sec-Fetch-Dest", "document")
        .with("Sec-Fetch-Mode", "navigate")
    }

    /// With the fields of a script that fetches data.
    pub(crate) fn fetching(self) -> Self {
        self.with("Accept", "*/*")
            .with("Sec-Fetch-Dest", "empty")
            .with("Sec-Fetch-Mode", "cors")
    }
}

/// The answer.
impl Case {
    /// Expects this status.
    pub(crate) fn expect(mut self, status: u16) -> Self {
        self.expect.status.push(status);
        self
    }

    /// Or this one.
    pub(crate) fn or(self, status: u16) -> Self {
        self.expect(status)
    }

    fn want(mut self, name: &'static str, want: Want) -> Self {
        self.expect.fields.push((name, want));
        self
    }

    /// Expects one line of this value.
    pub(crate) fn has(self, name: &'static str, value: impl Into<String>) -> Self {
        self.want(name, Want::Is(value.into()))
    }

    /// Expects the field, whatever its value.
    pub(crate) fn present(self, name: &'static str) -> Self {
        self.want(name, Want::Present)
    }

    /// Expects no such field.
    pub(crate) fn lacks(self, name: &'static str) -> Self {
        self.want(name, Want::Absent)
    }

    /// Expects any value but this, or none.
    pub(crate) fn other_than(self, name: &'static str, value: impl Into<String>) -> Self {
        self.want(name, Want::Not(value.into()))
    }

    /// Expects a line with this text in it.
    pub(crate) fn mentions(self, name: &'static str, text: impl Into<String>) -> Self {
        self.want(name, Want::Has(text.into()))
    }

    /// Expects no line with this text in it.
    pub(crate) fn never_mentions(self, name: &'static str, text: impl Into<String>) -> Self {
        self.want(name, Want::Lacks(text.into()))
    }

    /// Expects the line that the same request gets without its conditions and ranges.
    pub(crate) fn keeps(self, name: &'static str) -> Self {
        self.want(name, Want::SameAsUnconditional)
    }

    fn holds(mut self, content: Content) -> Self {
        self.expect.content = content;
        self
    }

    /// Expects no content.
    pub(crate) fn empty(self) -> Self {
        self.holds(Content::Empty)
    }

    /// Expects these bytes.
    pub(crate) fn says_exactly(self, content: impl AsRef<[u8]>) -> Self {
        self.holds(Content::Is(content.as_ref().to_vec()))
    }

    /// Expects content without this text.
    pub(crate) fn never_says(self, text: impl Into<String>) -> Self {
        self.holds(Content::Lacks(text.into()))
    }

    /// Expects what the site has at this path of its own.
    pub(crate) fn whole(self, path: impl Into<String>) -> Self {
        self.holds(Content::Of(path.into()))
    }

    /// Expects the bytes from the first to the last of these offsets, and the `Content-Range` that says so.
    pub(crate) fn slice(self, first: u64, last: u64, total: u64) -> Self {
        self.has("Content-Range", format!("bytes {first}-{last}/{total}"))
            .has("Content-Length", (last - first + 1).to_string())
            .holds(Content::Slice(first, last))
    }

    /// Expects several parts, in this order.
    pub(crate) fn parts(self, parts: &[(u64, u64)]) -> Self {
        self.mentions("Content-Type", "multipart/byteranges; boundary=")
            .lacks("Content-Range")
            .holds(Content::Parts(parts.to_vec()))
    }
}

/// Exceptions, each with its reason.
impl Case {
    /// Not to be asked of this engine.
    pub(crate) fn not_on(mut self, engine: Engine, why: &'static str) -> Self {
        self.not_on.push((engine, why));
        self
    }

    /// Known to be answered otherwise by this engine.
    pub(crate) fn deviates(mut self, engine: Engine, why: &'static str) -> Self {
        self.deviates.push((engine, why));
        self
    }

    /// Breaks a general rule.
    pub(crate) fn except(mut self, rule: Rule, why: &'static str) -> Self {
        self.except.push((rule, why));
        self
    }
}

impl Case {
    /// The section, as `sections.rs` lists it: `RFC 9110 §13.1.2`, `choice spa`.
    pub(crate) fn section(&self) -> String {
        let mut parts = self.id.splitn(3, '-');
        let (source, place) = (
            parts.next().unwrap_or_default(),
            parts.next().unwrap_or_default(),
        );
        match source.strip_prefix("rfc") {
            Some(number) => format!("RFC {number} §{place}"),
            None => format!("{source} {place}"),
        }
    }
}
