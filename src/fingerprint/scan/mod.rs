//! Finding the references of one resource, with a real tokenizer for its language.
//!
//! A scanner never decides; it reports references by the offset where a fingerprint would go, and everything that speaks against renaming.
//! In doubt it reports the whole resource as unreadable, and every file it mentions is pinned.
//!
//! Uses: every scanner of this folder · Never: files, clock, threads

mod attributes;
mod collector;
mod css;
mod data;
mod depth;
mod encoding;
mod html;
mod import_map;
mod js;
pub(super) mod json;
mod mention;
mod policy;
mod registered;
mod srcset;
mod vite;
mod xml;

use std::panic::AssertUnwindSafe;

use super::class::Class;
use super::digest::Digest;
use super::mapped::Mapped;
use super::reference::{Scanned, Unreadable};
use super::resolve::Base;
use super::site::{FileId, Site};
use collector::Collector;

/// Reads the resource `file` of `site`, whose bytes are `content`. Pure, and independent of every other resource: may run anywhere.
pub fn scan(site: &Site, file: FileId, content: &[u8]) -> Scanned {
    scan_known(site, file, content, Digest::of(content))
}

/// The scan of content whose digest is known, or of no interest.
pub(crate) fn scan_known(site: &Site, file: FileId, content: &[u8], digest: Digest) -> Scanned {
    let class = site.class(file).refined(site.path(file), content);
    let scanned = Scanned::new(file, class, digest, content.len());
    let base = Base::of(site, site.path(file));
    let mut collector = Collector::new(site, base, content, scanned);
    let outcome = if u32::try_from(content.len()).is_err() {
        Err(Unreadable::TooLarge)
    } else {
        // A fault in somebody else's parser costs one resource its names, not the build its life.
        std::panic::catch_unwind(AssertUnwindSafe(|| read(&mut collector, class, content)))
            .unwrap_or(Err(Unreadable::Syntax))
    };
    if let Err(why) = outcome {
        collector.give_up(why);
    }
    collector.finish()
}

/// The scan of a resource that is to be left byte for byte although it could be read.
pub(crate) fn scan_verbatim(site: &Site, file: FileId, content: &[u8]) -> Scanned {
    let class = site.class(file).refined(site.path(file), content);
    let scanned = Scanned::new(file, class, Digest::of(content), content.len());
    let mut collector = Collector::new(site, Base::of(site, site.path(file)), content, scanned);
    // Its scripts still tell what they depend on.
    let _ = read(&mut collector, class, content);
    collector.give_up(Unreadable::Unverified);
    collector.finish()
}

fn read(collector: &mut Collector<'_>, class: Class, content: &[u8]) -> Result<(), Unreadable> {
    match class {
        Class::Document | Class::Svg => {
            let text = encoding::lenient(content)?;
            html::scan(collector, &Mapped::plain(&text, 0), 0)
        }
        Class::Style => {
            let text = encoding::strict(content)?;
            css::scan(collector, &Mapped::plain(&text, 0), css::Start::Sheet)
        }
        Class::Script => {
            let text = encoding::strict(content)?;
            let path = collector.path().to_owned();
            js::scan(collector, &Mapped::plain(&text, 0), js::Goal::of(&path))
        }
        Class::WebManifest => {
            let text = encoding::strict(content)?;
            data::web_manifest(collector, &Mapped::plain(&text, 0))
        }
        Class::Json => {
            let text = encoding::strict(content)?;
            data::scan(collector, &Mapped::plain(&text, 0))
        }
        Class::SourceMap | Class::Asset | Class::Other => Ok(()),
    }
}
