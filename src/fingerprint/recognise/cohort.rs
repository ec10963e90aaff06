//! Judges a folder's names together: a bundler names all of a folder alike, people do not.
//!
//! One name of eight letters may be a word; two hundred of one make, most of which nobody would write by hand, are a bundler's. Scripts and
//! style sheets carry the judgement, because bundlers always write some; images and fonts, which people also copy into the same
//! folder, follow only if their own name is strong, or must prove themselves by a digest.
//!
//! Uses: std · Never: files, clock

use super::name::Kind;
use super::token::{Alphabet, Separator, Strength, Token};

/// One name of a folder.
#[derive(Debug, Clone, Copy)]
pub(super) struct Candidate<'p> {
    pub(super) path: &'p str,
    pub(super) kind: Kind,
    pub(super) token: Token<'p>,
    /// Whether a manifest vouches for it already: it still is company for the others.
    pub(super) vouched: bool,
}

/// How far a folder's names of one make can be trusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Trust {
    /// Not at all.
    None,
    /// Those that nobody would write by hand.
    Strong,
    /// All but plain words.
    All,
}

/// A folder is small when it has at most so many assets: an SPA of one script, one style sheet and a few images.
const SMALL: usize = 12;

/// Judges the names of one make in a folder of `assets` assets; `marked` if a bundler's script is known to lie there.
pub(super) fn trust<'c, 'p: 'c>(
    members: impl Iterator<Item = &'c Candidate<'p>>,
    assets: usize,
    marked: bool,
) -> Trust {
    let (mut all, mut strong, mut code) = (0, 0, 0);
    for member in members {
        all += 1;
        strong += usize::from(member.token.strength == Strength::Strong);
        code += usize::from(member.kind == Kind::Code && member.token.strength >= Strength::Weak);
    }
    if code == 0 {
        return Trust::None;
    }
    // Strong share ≥ 60 %, and half of the folder's assets are of this make.
    if strong >= 3 && strong * 10 >= all * 6 && all * 2 >= assets {
        return Trust::All;
    }
    let small_or_frequent = assets <= SMALL || all * 5 >= assets;
    let mostly_strong = strong * 2 >= all;
    if small_or_frequent && (strong >= 2 && mostly_strong || marked) {
        return Trust::Strong;
    }
    Trust::None
}

/// Whether `candidate` is of the make that `separator` and `alphabet` describe.
///
/// Of eight random characters of base64url some happen to be of a narrower alphabet; they are of the same make.
pub(super) fn is_of_make(
    candidate: &Candidate<'_>,
    separator: Separator,
    alphabet: Alphabet,
) -> bool {
    candidate.token.separator == separator
        && (candidate.token.alphabet == alphabet
            || alphabet == Alphabet::Base64Url && candidate.token.text.len() == 8)
}

/// Whether a folder that is trusted so far vouches for `candidate`; `named` if a document asks for it.
pub(super) fn vouches(trust: Trust, candidate: &Candidate<'_>, named: bool) -> bool {
    let least = match (trust, candidate.kind) {
        (Trust::None, _) => return false,
        (Trust::All, Kind::Code) => Strength::Camel,
        // An SPA's two files, `index-DHqKSLXH.js` and `index-BVhbkyeN.css`, may both have turned out short of strong.
        (Trust::Strong, Kind::Code) if named => Strength::Weak,
        _ => Strength::Strong,
    };
    candidate.token.strength >= least
}
