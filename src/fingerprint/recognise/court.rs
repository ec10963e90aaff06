//! Judges the names of one folder: digest, cohort, bundler, doubt.
//!
//! What can be proven is proven, and where some of a folder's names are proven, one that is not is a lie until shown otherwise: this
//! is what catches mdBook's `searcher-c2a407aa.js` among its honest neighbours.
//!
//! Uses: `Digest` · Never: files, clock

use std::collections::BTreeMap;

use super::Site;
use super::bundler::Marks;
use super::cohort::{Candidate, Trust, is_of_make, trust, vouches};
use super::content_hash::{ALGORITHMS, Algorithm, equals_sha256, verify};
use super::name::Kind;
use super::reader::Reader;
use super::token::{Alphabet, Separator, Strength};
use super::verdict::{Doubt, Evidence, Verdict};

/// How many of a folder's names are tried with every algorithm before the folder is given up.
const SAMPLE: usize = 8;

/// One folder before its judge.
pub(super) struct Court<'a, 's, S> {
    pub(super) site: &'s S,
    pub(super) reader: &'a Reader<'s, S>,
    pub(super) marks: &'a Marks,
    /// The folder's path, with its slash.
    pub(super) directory: &'a str,
    /// How many assets the folder holds, whatever their names.
    pub(super) assets: usize,
    pub(super) verdicts: &'a mut BTreeMap<String, Verdict>,
}

impl<S: Site> Court<'_, '_, S> {
    pub(super) fn judge(&mut self, candidates: &[Candidate<'_>]) {
        let mut known = Vec::new();
        let mut open = Vec::new();
        // A manifest's word stands where nothing can be recomputed; hexadecimal names are held to their digest all the same, because a
        // deployment may edit a script after its bundler named it.
        let open_to_proof = |candidate: &&Candidate<'_>| {
            !candidate.vouched || candidate.token.alphabet == Alphabet::Hex
        };
        for candidate in candidates.iter().filter(open_to_proof) {
            let digest = self.site.digest(candidate.path);
            if digest.is_some_and(|digest| equals_sha256(&candidate.token, &digest)) {
                known = vec![Algorithm::Sha256];
                self.accept(
                    candidate,
                    Evidence::ContentHash {
                        algorithm: Algorithm::Sha256,
                    },
                );
            } else {
                open.push(*candidate);
            }
        }
        self.judge_makes(candidates, &mut open);
        let (hex, short): (Vec<_>, Vec<_>) = open
            .into_iter()
            .partition(|candidate| candidate.token.alphabet == Alphabet::Hex);
        self.judge_loners(short);
        self.judge_hex(hex, known);
    }

    /// Rollup's and esbuild's eight characters in company. Takes the names that it judges out of `open`.
    fn judge_makes<'p>(&mut self, all: &[Candidate<'p>], open: &mut Vec<Candidate<'p>>) {
        let marked = self.marks.cover(self.directory);
        for alphabet in [Alphabet::Base64Url, Alphabet::Base32] {
            for separator in [Separator::Dash, Separator::Dot, Separator::Bare] {
                let exact = all.iter().filter(|candidate| {
                    candidate.token.separator == separator && candidate.token.alphabet == alphabet
                });
                let trust = trust(exact, self.assets, marked);
                if trust != Trust::None {
                    let members: Vec<_> = open
                        .extract_if(.., |candidate| {
                            !candidate.vouched && is_of_make(candidate, separator, alphabet)
                        })
                        .collect();
                    self.judge_members(trust, members);
                }
            }
        }
    }

    /// The folder's names of one trusted make. Scripts and style sheets cannot be proven; what was copied can, and if some of it
    /// is, all of it has to be.
    fn judge_members(&mut self, trust: Trust, members: Vec<Candidate<'_>>) {
        let (code, copied): (Vec<_>, Vec<_>) = members
            .into_iter()
            .partition(|candidate| candidate.kind == Kind::Code);
        let (proven, mut rest) = self.prove(copied, Vec::new());
        if proven > 0 {
            for candidate in rest.drain(..) {
                self.doubt(&candidate, Doubt::Disproved);
            }
        }
        self.judge_cohort(trust, code.into_iter().chain(rest).collect());
    }

    fn judge_cohort(&mut self, trust: Trust, members: Vec<Candidate<'_>>) {
        let (yes, no): (Vec<_>, Vec<_>) = members
            .into_iter()
            .partition(|candidate| vouches(trust, candidate, self.marks.name(candidate.path)));
        for candidate in &yes {
            self.accept(
                candidate,
                Evidence::Cohort {
                    directory: self.directory.to_owned(),
                    members: yes.len(),
                },
            );
        }
        for candidate in no {
            let doubt = match candidate.token.strength {
                Strength::Word | Strength::Camel => Doubt::WordLike,
                Strength::Weak | Strength::Strong => Doubt::Unproven,
            };
            self.doubt(&candidate, doubt);
        }
    }

    /// Eight characters without company: only a proof counts, and words (an icon set has thousands) are not worth the reading.
    fn judge_loners(&mut self, mut loners: Vec<Candidate<'_>>) {
        loners.retain(|candidate| candidate.token.strength > Strength::Word);
        let (_, rest) = self.prove(loners, Vec::new());
        for candidate in rest {
            if candidate.token.strength == Strength::Strong {
                self.doubt(&candidate, Doubt::Unproven);
            }
        }
    }

    /// Hexadecimal names: most tools that write them can be proven, so where some are, the others are not trusted. Parcel's and
    /// old Rollup's cannot, and need the bundler's mark besides their company.
    fn judge_hex(&mut self, hex: Vec<Candidate<'_>>, known: Vec<Algorithm>) {
        let elsewhere = known.len();
        let (proven, rest) = self.prove(hex, known);
        let mut look = rest;
        look.retain(|candidate| candidate.vouched || candidate.token.strength >= Strength::Weak);
        if proven + elsewhere > 0 {
            for candidate in &look {
                self.doubt(candidate, Doubt::Disproved);
            }
            return;
        }
        let trust = if self.marks.cover(self.directory) {
            trust(look.iter(), self.assets, true)
        } else {
            Trust::None
        };
        look.retain(|candidate| !candidate.vouched);
        self.judge_cohort(trust, look);
    }

    /// Accepts those of `candidates` whose name equals a digest of their content; returns how many, and the others.
    ///
    /// A sample is tried with every algorithm, unless some are `known` from neighbours; the rest only with those that were found.
    fn prove<'p>(
        &mut self,
        candidates: Vec<Candidate<'p>>,
        known: Vec<Algorithm>,
    ) -> (usize, Vec<Candidate<'p>>) {
        let mut found = known;
        let sample = if found.is_empty() { SAMPLE } else { 0 };
        let step = candidates.len().div_ceil(SAMPLE).max(1);
        for candidate in candidates.iter().step_by(step).take(sample) {
            if let Some(algorithm) = self.algorithm(candidate, &ALGORITHMS)
                && !found.contains(&algorithm)
            {
                found.push(algorithm);
            }
        }
        if found.is_empty() {
            return (0, candidates);
        }
        let all = candidates.len();
        let mut rest = Vec::new();
        for candidate in candidates {
            match self.algorithm(&candidate, &found) {
                Some(algorithm) => self.accept(&candidate, Evidence::ContentHash { algorithm }),
                None => rest.push(candidate),
            }
        }
        (all - rest.len(), rest)
    }

    fn algorithm(&self, candidate: &Candidate<'_>, algorithms: &[Algorithm]) -> Option<Algorithm> {
        let content = self.reader.for_digest(candidate.path, algorithms.len())?;
        verify(&candidate.token, &content, algorithms)
    }

    fn accept(&mut self, candidate: &Candidate<'_>, evidence: Evidence) {
        self.verdicts
            .insert(candidate.path.to_owned(), Verdict::Fingerprinted(evidence));
    }

    fn doubt(&mut self, candidate: &Candidate<'_>, doubt: Doubt) {
        self.verdicts.insert(
            candidate.path.to_owned(),
            Verdict::LooksFingerprinted(doubt),
        );
    }
}
