//! Gathers what a scanner finds: resolves URLs, looks up mentions, keeps only what concerns files of the site.
//!
//! Uses: mention, reference, resolve · Never: files, clock

use std::ops::Range;

use super::mention;
use super::policy::Inline;
use crate::fingerprint::class::Class;
use crate::fingerprint::mapped::Mapped;
use crate::fingerprint::reference::{
    Computed, IntegrityRecord, Mention, Missing, Pattern, Place, Position, Reference, Says,
    Scanned, Searched, Swap, Unreadable,
};
use crate::fingerprint::resolve::{Base, Resolved, query, resolve, resolve_mapped};
use crate::fingerprint::site::{FileId, Site};

/// `sha256-` and 32 bytes in base64: a shorter text holds no digest.
const SHORTEST_RECORD: usize = 7 + 43;

/// The findings of one resource, while it is being read.
pub(crate) struct Collector<'s> {
    site: &'s Site,
    base: Base,
    content: &'s [u8],
    scanned: Scanned,
    /// The resource is a piece of a document, which may be put into another one.
    fragment: bool,
    /// The base was moved by a `<base>` element, perhaps to where the site will be mounted.
    moved: bool,
    /// What policies of the document may hold digests of.
    pub(crate) inline: Inline,
}

impl<'s> Collector<'s> {
    pub(crate) fn new(site: &'s Site, base: Base, content: &'s [u8], scanned: Scanned) -> Self {
        Self {
            site,
            base,
            content,
            scanned,
            fragment: false,
            moved: false,
            inline: Inline::default(),
        }
    }

    /// The path of the resource being read.
    pub(crate) fn path(&self) -> &'s str {
        self.site.path(self.scanned.file)
    }

    /// The site that the resource belongs to.
    pub(crate) fn site(&self) -> &'s Site {
        self.site
    }

    /// Makes `href` the base of every URL of the document.
    pub(crate) fn set_base(&mut self, href: &str) {
        self.base = self.base.join(self.site, href);
        self.moved = true;
    }

    /// The raw bytes of the resource.
    pub(crate) fn content(&self, range: Range<usize>) -> &'s [u8] {
        self.content.get(range).unwrap_or_default()
    }

    /// A URL that will be fetched.
    pub(crate) fn url(&mut self, url: &Mapped<'_>, place: Place) -> Option<FileId> {
        if !self.is_utf_8(url) {
            return None;
        }
        match resolve_mapped(self.site, &self.base, url) {
            Resolved::Local { target, .. }
                if self.fragment && self.is_ambiguous(url.text(), target) =>
            {
                self.mention(url.text(), Mention::Text);
                None
            }
            Resolved::Local { target, insert } => {
                self.scanned.absolute += usize::from(self.says(url.text()).is_some());
                if let Some(insert) = insert {
                    self.scanned.references.push(Reference {
                        insert,
                        target,
                        place,
                    });
                }
                Some(target)
            }
            Resolved::Missing { path } => {
                self.missing(url, path);
                None
            }
            // What fills in the template may put the rest of the name together with what stands here.
            Resolved::Template => {
                self.mention(url.text(), Mention::Text);
                None
            }
            Resolved::External | Resolved::Same => None,
        }
    }

    fn missing(&mut self, url: &Mapped<'_>, path: String) {
        // A folder, or a place without extension: nothing that would be renamed.
        if path.ends_with('/')
            || !path
                .rsplit('/')
                .next()
                .is_some_and(|name| name.contains('.'))
        {
            return;
        }
        self.scanned.missing.push(Missing {
            at: url.raw(0),
            position: Position::default(),
            other_case: self.site.other_case(&path),
            path,
            query: query(url.text()),
            says: self.says(url.text()),
        });
    }

    /// Marks the resource as a piece of a document.
    pub(crate) fn set_fragment(&mut self) {
        self.fragment = true;
    }

    /// Would the URL mean another file in a document of a folder above, where a script may put this piece?
    fn is_ambiguous(&self, url: &str, target: FileId) -> bool {
        if self.says(url).is_some() {
            return false;
        }
        let folder = &self.path()[..self.path().rfind('/').unwrap_or(0)];
        folder.match_indices('/').any(|(at, _)| {
            let above = Base::of(self.site, &folder[..=at]);
            let meant = resolve(self.site, &above, url);
            matches!(meant, Resolved::Local { target: other, .. } if other != target)
        })
    }

    /// What tells, if the URL is right, where the site is mounted?
    fn says(&self, url: &str) -> Option<Says> {
        if url.trim_start().starts_with('/') {
            Some(Says::Url)
        } else {
            self.moved.then_some(Says::Base)
        }
    }

    /// The file a URL means, without making it a reference.
    pub(crate) fn target(&self, url: &str) -> Option<FileId> {
        match resolve(self.site, &self.base, url) {
            Resolved::Local { target, .. } => Some(target),
            _ => None,
        }
    }

    /// A service worker is registered, by a URL relative to the document.
    pub(crate) fn registered(&mut self, url: &str) {
        self.scanned.registered.insert(url.to_owned());
    }

    /// The same, by a URL relative to the script that is read.
    pub(crate) fn registered_beside(&mut self, url: &str) {
        let path = match resolve(self.site, &self.base, url) {
            Resolved::Local { target, .. } => self.site.path(target).to_owned(),
            Resolved::Missing { path } => path,
            Resolved::Template | Resolved::External | Resolved::Same => return,
        };
        self.scanned.registered.insert(path);
    }

    /// Text that code may build a URL from, or compare one with.
    pub(crate) fn mention(&mut self, text: &str, why: Mention) {
        let mentions = &mut self.scanned.mentions;
        mention::mentioned(self.site, text, |id| {
            mentions.insert((id, why));
        });
        if text.starts_with("--") && text.len() < 128 {
            self.scanned.property_uses.insert(text.to_owned());
        }
        if text.len() >= SHORTEST_RECORD {
            for (at, _) in text.match_indices("sha") {
                self.digest(&text[at..]);
            }
        }
    }

    /// `sha384-…` in text that nobody can update.
    fn digest(&mut self, text: &str) {
        let is_record = ["sha256-", "sha384-", "sha512-"]
            .iter()
            .any(|name| text.starts_with(name));
        if !is_record {
            return;
        }
        let is_base64 = |byte: &u8| {
            byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=' | b'-' | b'_')
        };
        let length = text.bytes().take(128).take_while(is_base64).count();
        self.scanned
            .foreign_digests
            .insert(text[..length].to_owned());
    }

    /// A file whose name code depends on.
    pub(crate) fn pin(&mut self, target: FileId, why: Mention) {
        self.scanned.mentions.insert((target, why));
    }

    /// A file whose bytes must not change, because a record here holds their digest.
    pub(crate) fn lock(&mut self, target: FileId) {
        self.scanned.locks.insert(target);
    }

    /// A regular expression, kept if it speaks of a file extension. Many write a bare dot, which stands for anything.
    pub(crate) fn pattern(&mut self, source: &str, flags: &str) {
        if has_literal_dot(source) || source.contains('.') && has_extension(source) {
            self.keep_pattern(source, flags);
        }
    }

    /// A text that a regular expression may be made of, with flags that stand elsewhere. A bare dot in it says nothing.
    pub(crate) fn pattern_text(&mut self, source: &str) {
        if has_literal_dot(source) {
            self.keep_pattern(source, "");
            self.keep_pattern(source, "i");
        }
    }

    fn keep_pattern(&mut self, source: &str, flags: &str) {
        if source.len() <= 4096 {
            self.scanned.patterns.insert(Pattern {
                source: source.to_owned(),
                flags: flags.to_owned(),
            });
        }
    }

    /// A replacement, unless it speaks of something that is in no path.
    pub(crate) fn swap(&mut self, searched: Searched, by: Option<&str>) {
        let may_be_in_path = |text: &str| {
            text.len() <= 64
                && text.contains(char::is_alphanumeric)
                && !text.contains(['<', '>', '&', '"', '\n', '\r', '\t', '{', '}'])
        };
        let fits = match &searched {
            Searched::Text(text) => may_be_in_path(text) || text.starts_with('.'),
            Searched::Pattern(pattern) => pattern.source.len() <= 128,
            Searched::Unknown => by.is_some(),
        };
        if fits && by.is_none_or(|by| by.is_empty() || may_be_in_path(by)) {
            self.scanned.swaps.insert(Swap {
                searched,
                by: by.map(str::to_owned),
            });
        }
    }

    /// A URL below the root of the site that a bundler's own code fetches. What it does not find is left, and no loss.
    pub(crate) fn preloaded(&mut self, url: &Mapped<'_>) {
        let is_relative = url.text().starts_with("./") || url.text().starts_with("../");
        let base = if is_relative {
            self.base.clone()
        } else {
            Base::of(self.site, "/")
        };
        match resolve_mapped(self.site, &base, url) {
            Resolved::Local {
                target,
                insert: Some(insert),
            } if self.is_utf_8(url) => self.scanned.references.push(Reference {
                insert,
                target,
                place: Place::Preloaded,
            }),
            _ => self.mention(url.text(), Mention::Text),
        }
    }

    /// A specifier that begins with `prefix`, ends in `suffix` and is unknown in between.
    pub(crate) fn computed(&mut self, prefix: &str, suffix: &str) {
        // Resolve the folder of the prefix by way of a name that can stand after it.
        let Base::Folder(folder) = &self.base else {
            return;
        };
        let joined = Base::Folder(folder.clone()).join(self.site, prefix);
        let Base::Folder(folder) = joined else { return };
        let Some(inner) = folder.strip_prefix(self.site.base()) else {
            return;
        };
        let stem = prefix.rsplit('/').next().unwrap_or_default();
        let stem = if matches!(stem, "." | "..") { "" } else { stem };
        self.scanned.computed.insert(Computed {
            prefix: format!("/{inner}{stem}"),
            suffix: suffix
                .split(['?', '#'])
                .next()
                .unwrap_or_default()
                .to_owned(),
        });
    }

    /// The custom property `name`, for [`Place::CustomProperty`].
    pub(crate) fn property(&mut self, name: &str) -> Place {
        let properties = &mut self.scanned.properties;
        let index = properties
            .iter()
            .position(|known| known == name)
            .unwrap_or_else(|| {
                properties.push(name.to_owned());
                properties.len() - 1
            });
        Place::CustomProperty(u32::try_from(index).unwrap_or(u32::MAX))
    }

    /// `var(name)` is used here.
    pub(crate) fn property_use(&mut self, name: &str) {
        self.scanned.property_uses.insert(name.to_owned());
    }

    /// An integrity record for `target`.
    pub(crate) fn integrity(&mut self, value: &Mapped<'_>, target: FileId) {
        let span = value.raw_range(&(0..value.text().len()));
        // Nobody knows what the rest of it means: what it is about stays as it is.
        if !self.is_utf_8(value) {
            self.lock(target);
            return;
        }
        self.scanned.integrity.push(IntegrityRecord {
            raw: String::from_utf8_lossy(self.content(span.clone())).into_owned(),
            span,
            value: value.text().to_owned(),
            target,
        });
    }

    /// What was found so far, for records of a kind only one scanner knows.
    pub(crate) fn scanned(&mut self) -> &mut Scanned {
        &mut self.scanned
    }

    /// A part that cannot be read: everything it mentions keeps its name, the rest of the resource is still edited.
    pub(crate) fn doubt(&mut self, text: &str) {
        self.mention(text, Mention::Unreadable);
    }

    /// The resource cannot be read: nothing in it is edited, and everything it mentions keeps its name.
    pub(crate) fn give_up(&mut self, why: Unreadable) {
        for reference in std::mem::take(&mut self.scanned.references) {
            self.scanned
                .mentions
                .insert((reference.target, Mention::Unreadable));
        }
        for record in std::mem::take(&mut self.scanned.integrity) {
            self.scanned.locks.insert(record.target);
        }
        self.scanned.inline.clear();
        self.scanned.integrity_gaps.clear();
        self.scanned.unreadable = Some(why);
        // UTF-16 without its zeros is as good as text for finding names of ASCII letters.
        let text = if why == Unreadable::Encoding && self.content.contains(&0) {
            let bytes = self.content.iter().filter(|byte| **byte != 0);
            bytes.map(|byte| char::from(*byte)).collect()
        } else {
            String::from_utf8_lossy(self.content)
        };
        self.doubt(&text);
        // An integrity record that was not understood may be about anything mentioned.
        if text.contains("integrity") {
            let mentioned = self.scanned.mentions.iter().map(|(file, _)| *file);
            self.scanned.locks.extend(mentioned);
        }
    }

    /// What a parser says about the place where it gave up.
    pub(crate) fn trouble(&mut self, at: usize, said: String) {
        let before = self.content.get(..at).unwrap_or_default();
        let position = advance(Position { line: 1, column: 1 }, before);
        self.scanned.trouble = Some((position, said));
    }

    /// The findings, in the order of their places.
    pub(crate) fn finish(mut self) -> Scanned {
        self.scanned.references.sort_unstable();
        self.scanned.missing.sort_unstable();
        let (mut at, mut position) = (0, Position { line: 1, column: 1 });
        for missing in &mut self.scanned.missing {
            position = advance(
                position,
                self.content.get(at..missing.at).unwrap_or_default(),
            );
            at = missing.at;
            missing.position = position;
        }
        self.scanned
            .references
            .dedup_by_key(|reference| reference.insert);
        self.scanned
    }

    /// A byte that is not UTF-8 was replaced for scanning; a URL that holds one is not understood.
    fn is_utf_8(&self, url: &Mapped<'_>) -> bool {
        let raw = url.raw_range(&(0..url.text().len()));
        self.content
            .get(raw)
            .is_some_and(|raw| std::str::from_utf8(raw).is_ok())
    }
}

/// Does a regular expression hold a dot that matches nothing else?
fn has_literal_dot(source: &str) -> bool {
    source.contains("\\.") || source.contains("[.]")
}

/// Is a word of it the extension of files that could be renamed?
fn has_extension(source: &str) -> bool {
    source
        .split(|character: char| !character.is_ascii_alphanumeric())
        .any(|word| !word.is_empty() && Class::of(&format!("/x.{word}")).may_be_renamed())
}

/// The position behind `text` that begins at `position`.
fn advance(position: Position, text: &[u8]) -> Position {
    match memchr::memrchr(b'\n', text) {
        None => Position {
            line: position.line,
            column: position.column + text.len(),
        },
        Some(last) => Position {
            line: position.line + memchr::memchr_iter(b'\n', text).count(),
            column: text.len() - last,
        },
    }
}
