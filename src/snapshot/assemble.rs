//! Files and a policy in, a snapshot out: the one place where decisions become fields.
//!
//! Calls `decide` once per resource and once per kind of error, adds what belongs to the representation itself (media type, coding, `Vary`), and derives
//! each 304 from its 200.
//!
//! Implements RFC 9110 §8.3, §8.4, §12.5.5, §15.4.5.
//!
//! Uses: http, policy, fingerprint (digests), itertools · Never: files, clock

use std::{
    collections::{BTreeSet, HashMap},
    sync::Arc,
};

use itertools::{EitherOrBoth, Itertools as _};

use super::{
    Generation, Snapshot,
    content::Content,
    error::{Error, ErrorReply},
    head::{HeadId, Heads},
    representation::{DecisionId, Mark, Representation, Resource, entity_tag},
    resources::{Resources, number},
    routes::{Routes, Ways},
    spa::SpaChoice,
};
use crate::{
    fingerprint::Digest,
    http::{
        ContentCoding, FieldName, FieldValue, Fields, HttpDate, MediaType, Validators,
        media_type::coding_of_path, names, targeted::is_targeted,
    },
    policy::{Decision, Facts, Kind, Policy, Reason, RepresentationKind, Subject},
};

/// One file of a site, as an edge found or made it.
#[derive(Clone, Debug)]
pub struct SiteFile {
    /// Its path on the site: absolute, decoded, canonical.
    pub path: Arc<str>,
    /// Its bytes.
    pub content: Content,
    /// SHA-256 of its bytes.
    pub digest: Digest,
    /// Is its name known to carry its content's hash?
    pub fingerprinted: bool,
    /// Its bytes in content codings.
    pub coded: Vec<CodedContent>,
    /// Will there be codings, or are there? Then caches have to be told that `Accept-Encoding` matters, before the first one arrives.
    pub negotiable: bool,
    /// When it was last modified, if that is known beyond doubt; file systems do not know it (docs/adr/0010).
    pub last_modified: Option<HttpDate>,
}

impl SiteFile {
    /// A file without codings whose name carries no hash: what a library user begins with.
    pub fn new(path: impl Into<Arc<str>>, content: impl Into<Content>, digest: Digest) -> Self {
        Self {
            path: path.into(),
            content: content.into(),
            digest,
            fingerprinted: false,
            coded: Vec::new(),
            negotiable: false,
            last_modified: None,
        }
    }
}

/// Content in a content coding.
#[derive(Clone, Debug)]
pub struct CodedContent {
    /// Which coding.
    pub coding: ContentCoding,
    /// The coded bytes.
    pub content: Content,
    /// SHA-256 of the coded bytes.
    pub digest: Digest,
}

/// Fields that describe content, and so have no place in a reply without it: RFC 9110 §15.4.5 keeps them out of a 304.
const OF_CONTENT: [&str; 5] = [
    names::CONTENT_TYPE,
    names::CONTENT_ENCODING,
    names::CONTENT_LANGUAGE,
    names::CONTENT_RANGE,
    names::ACCEPT_RANGES,
];

/// Assembles the snapshot of `files` under `policy`. Of two files at one path, one is taken.
///
/// # Panics
/// With more than 2³² files.
pub fn assemble(mut files: Vec<SiteFile>, policy: &Policy, generation: Generation) -> Snapshot {
    files.sort_by(|one, other| one.path.cmp(&other.path));
    files.dedup_by(|later, earlier| later.path == earlier.path);
    let mut assembly = Assembly {
        policy,
        heads: Heads::default(),
        decisions: Vec::new(),
        known: HashMap::new(),
    };

    let resources: Resources = files
        .into_iter()
        .map(|file| Arc::new(assembly.resource(file)))
        .collect();
    let ways = Ways {
        index: policy.site.index.as_str().into(),
        clean_urls: policy.site.clean_urls,
    };
    let routes = Routes::of(number(resources.len()).0, |id| &resources[id].path, ways);

    let spa = SpaChoice::of(&policy.site.spa, &documents(&resources));
    let fallback = spa.document().and_then(|path| resources.place_of(path));
    let not_found = resources
        .place_of(&policy.site.not_found)
        .map(|id| &*resources[id]);
    let errors = Error::ALL.map(|error| assembly.error(error, not_found));

    let redirect_heads = [301, 302, 303, 307, 308].map(|status| {
        let (head, decision) = assembly.redirect(status);
        (status, head, decision)
    });
    let options = assembly.options();
    let shares = resources.iter().map(|resource| resource.mark());
    Snapshot {
        generation,
        mark: shares.fold(Mark::default(), Mark::with),
        routes: Arc::new(routes),
        policy: policy.clone(),
        redirect_heads,
        options,
        resources,
        fallback,
        spa,
        errors,
        heads: assembly.heads,
        decisions: assembly.decisions,
        withheld: Arc::new(BTreeSet::new()),
    }
}

impl Snapshot {
    /// This snapshot after `changes`, sorted by path: what is at each path now, or that nothing is. All else is shared with it, so that what it costs depends on
    /// the changes and hardly on the site.
    ///
    /// Gives nothing when only [`assemble`] can tell: the site's own error document changed. `policy` has to be the one that the snapshot was assembled under.
    ///
    /// # Panics
    /// With more than 2³² files.
    pub fn patched(
        &self,
        changes: &[(Arc<str>, Option<SiteFile>)],
        policy: &Policy,
        generation: Generation,
    ) -> Option<Self> {
        if changes
            .iter()
            .any(|(path, _)| **path == policy.site.not_found)
        {
            return None;
        }
        let mut next = Self {
            generation,
            heads: self.heads.clone(),
            decisions: self.decisions.clone(),
            ..self.clone()
        };
        let mut assembly = Assembly {
            policy,
            heads: std::mem::take(&mut next.heads),
            known: self.known_decisions(),
            decisions: std::mem::take(&mut next.decisions),
        };
        // What comes or goes moves all that is behind it.
        let mut moved: Vec<(&str, Option<Arc<Resource>>)> = Vec::new();
        for (path, file) in changes {
            let place = next.resources.place_of(path);
            if let Some(place) = place {
                next.mark = next.mark.without(next.resources[place].mark());
            }
            let resource = file
                .as_ref()
                .map(|file| Arc::new(assembly.resource(file.clone())));
            if let Some(resource) = &resource {
                next.mark = next.mark.with(resource.mark());
            }
            match (place, resource) {
                (Some(place), Some(resource)) => next.resources.replace(place, resource),
                (None, None) => {}
                (_, resource) => moved.push((path, resource)),
            }
        }
        next.heads = assembly.heads;
        next.decisions = assembly.decisions;
        if !moved.is_empty() {
            next.make_room(&moved, policy);
        }
        Some(next)
    }

    /// Puts in what is new, takes out what is gone, and leads the paths of both to where they lead now.
    fn make_room(&mut self, moved: &[(&str, Option<Arc<Resource>>)], policy: &Policy) {
        let mut renumbered = Vec::with_capacity(self.resources.len());
        let mut resources = Vec::with_capacity(self.resources.len() + moved.len());
        let pairs = self
            .resources
            .iter()
            .merge_join_by(moved, |known, (path, _)| (*known.path).cmp(path));
        for pair in pairs {
            if pair.has_left() {
                renumbered.push(number(resources.len()));
            }
            match pair {
                EitherOrBoth::Left(stays) => resources.push(Arc::clone(stays)),
                EitherOrBoth::Right((_, fresh)) => resources.extend(fresh.clone()),
                EitherOrBoth::Both(..) => {}
            }
        }
        let before = std::mem::replace(&mut self.resources, resources.into_iter().collect());
        self.routes = Arc::new(self.routes.patched(
            moved.iter().map(|(path, _)| *path),
            |id| &before[id].path,
            &renumbered,
            |id| &self.resources[id].path,
            |path| self.resources.place_of(path),
        ));
        self.spa = SpaChoice::of(&policy.site.spa, &documents(&self.resources));
        self.fallback = self
            .spa
            .document()
            .and_then(|path| self.resources.place_of(path));
    }

    fn known_decisions(&self) -> HashMap<Vec<Reason>, DecisionId> {
        (0..)
            .map(DecisionId)
            .zip(&self.decisions)
            .map(|(id, decision)| (decision.because.clone(), id))
            .collect()
    }
}

/// The paths of all documents.
fn documents(resources: &Resources) -> Vec<&str> {
    resources
        .iter()
        .filter(|resource| resource.kind == Kind::Document)
        .map(|resource| &*resource.path)
        .collect()
}

struct Assembly<'p> {
    policy: &'p Policy,
    heads: Heads,
    decisions: Vec<Decision>,
    known: HashMap<Vec<Reason>, DecisionId>,
}

impl Assembly<'_> {
    fn resource(&mut self, file: SiteFile) -> Resource {
        let media_type = MediaType::of_path(&file.path);
        let kind = match () {
            () if media_type.is_document() => RepresentationKind::Document,
            () if file.fingerprinted => RepresentationKind::Fingerprinted,
            () => RepresentationKind::Asset,
        };
        let facts = Facts {
            path: &file.path,
            kind,
            media_type: media_type.essence(),
        };
        let decision = self.policy.decide(&Subject::new(200, Some(facts)));

        let mut identity = decision.fields.clone();
        identity.set(
            FieldName::from_static(names::CONTENT_TYPE),
            media_type.field_value(),
        );
        if let Some(coding) = coding_of_path(&file.path) {
            // It is in the file so, and there is no other form of it.
            identity.set(
                FieldName::from_static(names::CONTENT_ENCODING),
                FieldValue::from_static(coding.as_str()),
            );
        }
        identity.set(
            FieldName::from_static(names::ACCEPT_RANGES),
            FieldValue::from_static("bytes"),
        );
        if file.negotiable || !file.coded.is_empty() {
            identity.set(
                FieldName::from_static(names::VARY),
                FieldValue::from_static(names::ACCEPT_ENCODING),
            );
        }
        let mut representation =
            |coding: Option<ContentCoding>, content: Content, digest: &Digest| {
                let mut complete = identity.clone();
                if let Some(coding) = coding {
                    complete.set(
                        FieldName::from_static(names::CONTENT_ENCODING),
                        FieldValue::from_static(coding.as_str()),
                    );
                }
                let validators = Validators {
                    entity_tag: Some(entity_tag(digest, &media_type, coding)),
                    last_modified: file.last_modified,
                };
                if let Some(date) = validators.last_modified {
                    complete.set(
                        FieldName::from_static(names::LAST_MODIFIED),
                        date.field_value(),
                    );
                }
                let not_modified = self.heads.intern(&without_content(&complete));
                Representation {
                    coding,
                    content,
                    validators,
                    complete: self.heads.intern(&complete),
                    not_modified,
                }
            };
        let identity = representation(None, file.content, &file.digest);
        let coded = file
            .coded
            .into_iter()
            .map(|coded| representation(Some(coded.coding), coded.content, &coded.digest))
            .collect();
        Resource {
            path: file.path,
            kind: kind.into(),
            media_type,
            decision: self.decision(decision),
            digest: file.digest,
            identity,
            coded,
        }
    }

    fn decision(&mut self, decision: Decision) -> DecisionId {
        if let Some(id) = self.known.get(&decision.because) {
            return *id;
        }
        let id =
            DecisionId(u32::try_from(self.decisions.len()).expect("far fewer than 2^32 decisions"));
        self.known.insert(decision.because.clone(), id);
        self.decisions.push(decision);
        id
    }

    /// The reply for `error`: the site's own document where a person asked for one, a fixed text otherwise.
    fn error(&mut self, error: Error, not_found: Option<&Resource>) -> ErrorReply {
        let document = not_found.filter(|_| error == Error::DocumentNotFound);
        let media_type = document.map_or(MediaType::PLAIN, |document| document.media_type.clone());
        let facts = document.map(|document| Facts {
            path: &document.path,
            kind: RepresentationKind::Document,
            media_type: media_type.essence(),
        });
        let mut decision = self.policy.decide(&Subject::new(error.status(), facts));
        if error.is_about_one_request() {
            let lifetimes: Vec<FieldName> = decision
                .fields
                .iter()
                .map(|(name, _)| name.clone())
                .filter(|name| is_targeted(name.as_str()))
                .collect();
            for name in lifetimes {
                decision.withdraw(&name);
            }
            decision.insist(
                FieldName::from_static(names::CACHE_CONTROL),
                FieldValue::from_static("no-store"),
            );
        }
        let mut fields = decision.fields.clone();
        fields.set(
            FieldName::from_static(names::CONTENT_TYPE),
            media_type.field_value(),
        );
        if error == Error::NotAcceptable {
            fields.set(
                FieldName::from_static(names::VARY),
                FieldValue::from_static(names::ACCEPT_ENCODING),
            );
        }
        if error == Error::MethodNotAllowed {
            fields.set(
                FieldName::from_static(names::ALLOW),
                FieldValue::from_static(ALLOWED),
            );
        }
        if error == Error::Unavailable {
            fields.set(
                FieldName::from_static(names::RETRY_AFTER),
                FieldValue::from_static("1"),
            );
        }
        ErrorReply {
            status: error.status(),
            head: self.heads.intern(&fields),
            decision: self.decision(decision),
            document: document.map(|document| document.path.clone()),
            content: document.map_or_else(
                || Content::Held(bytes::Bytes::from_static(error.text().as_bytes())),
                |document| document.identity.content.clone(),
            ),
        }
    }

    fn redirect(&mut self, status: u16) -> (HeadId, DecisionId) {
        let decision = self.policy.decide(&Subject::new(status, None));
        let head = self.heads.intern(&decision.fields);
        (head, self.decision(decision))
    }

    fn options(&mut self) -> (HeadId, DecisionId) {
        let decision = self.policy.decide(&Subject::new(204, None));
        let mut fields = decision.fields.clone();
        fields.set(
            FieldName::from_static(names::ALLOW),
            FieldValue::from_static(ALLOWED),
        );
        let head = self.heads.intern(&fields);
        (head, self.decision(decision))
    }
}

/// The methods a static site has (RFC 9110 §10.2.1).
const ALLOWED: &str = "GET, HEAD, OPTIONS";

/// The fields of a 304, out of those of its 200.
fn without_content(complete: &Fields) -> Fields {
    let mut fields = complete.clone();
    for name in OF_CONTENT {
        fields.remove(name);
    }
    // With a strong entity tag beside it, Last-Modified tells a cache nothing that it could use (§15.4.5).
    fields.remove(names::LAST_MODIFIED);
    fields
}
