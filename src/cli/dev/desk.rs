//! The developer's side of the news: serves what is new, tells the browsers, says in one line what changed.
//!
//! Uses: dev, policy, snapshot, watch, output · Never: decisions about the site

use std::{sync::Arc, time::Duration};

use crate::{
    cli::output,
    dev::{Examiner, Parts, Problem, Told},
    policy::Policy,
    snapshot::{Change, Snapshot, compare},
    watch::{Audience, Complaint, News},
};

/// What the developer has in front of them.
pub(super) struct Desk {
    parts: Parts,
    snapshot: Arc<Snapshot>,
    examiner: Examiner,
    /// The names of the policy that was in force at the start: those a certificate is for.
    hosts: Vec<String>,
    /// What the last snapshot changed, and who was told.
    last: (Vec<Change>, Told),
    /// Why something stays as it was.
    complaint: Vec<Problem>,
    /// What was said to be wrong.
    said: Vec<Problem>,
    /// The paths that another server answers, from when there is another policy until what it makes of the site is shown.
    renewed: Option<Vec<String>>,
}

impl Desk {
    pub(super) fn new(snapshot: Arc<Snapshot>, parts: &Parts, policy: &Policy) -> Self {
        let mut desk = Self {
            examiner: Examiner::new(&snapshot, prefixes(policy)),
            parts: parts.clone(),
            snapshot,
            hosts: policy.dev.hosts.clone(),
            last: (Vec::new(), Told::default()),
            complaint: Vec::new(),
            said: Vec::new(),
            renewed: None,
        };
        for gap in desk.examiner.gaps().take(GAPS) {
            output::prose(gap.title.as_str());
        }
        desk.show_problems();
        desk
    }

    /// Shows what is wrong now, in the browsers and here.
    fn show_problems(&mut self) {
        let mut problems = self.complaint.clone();
        problems.extend(self.examiner.problems());
        for problem in problems
            .iter()
            .filter(|problem| !self.said.contains(problem))
        {
            output::problem(problem);
        }
        if problems.is_empty() && !self.said.is_empty() {
            output::mended();
        }
        self.said.clone_from(&problems);
        self.parts.hub.problems(problems);
    }
}

/// How many gaps are named at the start.
const GAPS: usize = 5;

impl Audience for Desk {
    fn publish(&mut self, snapshot: Arc<Snapshot>) {
        self.parts.current.publish(Arc::clone(&snapshot));
        let changes = compare(&self.snapshot, &snapshot);
        if !changes.is_empty() {
            let told = self.parts.hub.changed(&snapshot, &changes);
            self.last = (changes, told);
        }
        if let Some(prefixes) = self.renewed.take() {
            // What a policy makes different about a page may be anything: its fields, where it leads, whether there is one.
            self.parts.hub.reload();
            self.examiner = Examiner::new(&snapshot, prefixes);
            self.show_problems();
        }
        self.snapshot = snapshot;
    }

    fn hear(&mut self, news: News<'_>) {
        match news {
            News::Shown { work, took, .. } => {
                let (changes, told) = std::mem::take(&mut self.last);
                if !changes.is_empty() {
                    output::prose(line(&changes, told, work, took));
                    self.examiner.update(&self.snapshot, &changes);
                    self.show_problems();
                }
            }
            News::Coded { .. } => {}
            News::Policy(policy) => {
                self.parts.proxies.replace(&policy.dev);
                self.parts.names.replace(&policy.dev.hosts);
                self.renewed = Some(prefixes(policy));
                output::prose("the policy changed, and is in force");
                let uncertified = policy
                    .dev
                    .hosts
                    .iter()
                    .find(|host| !self.hosts.contains(host));
                if let Some(host) = uncertified.filter(|_| self.parts.authority.is_some()) {
                    output::prose(format_args!(
                        "{} is answered to, but the certificate does not name it: start larder again to have it in one that does",
                        output::printable(host)
                    ));
                }
            }
            News::NotServed(odd) => output::prose(format_args!("not served: {odd}")),
            News::Kept(complaint) => {
                self.complaint = match complaint {
                    Complaint::Policy(refused) => Problem::of_policy(refused),
                    Complaint::Folder(_) => vec![Problem::plain(complaint.to_string())],
                    // It lasts for a moment; what is still wrong then is found by looking at what is shown.
                    Complaint::Held(_) => Vec::new(),
                };
                self.show_problems();
            }
            News::Mended => {
                self.complaint.clear();
                self.show_problems();
            }
        }
    }
}

/// The paths that another server answers.
fn prefixes(policy: &Policy) -> Vec<String> {
    let prefixes = policy.dev.proxy.iter().map(|proxy| proxy.prefix.clone());
    prefixes.collect()
}

/// How many files are named.
const NAMED: usize = 3;

/// What changed, how long that took, and who was told.
fn line(changes: &[Change], told: Told, work: Duration, took: Duration) -> String {
    let names: Vec<String> = changes
        .iter()
        .take(NAMED)
        .map(|change| output::printable(change.path.trim_start_matches('/')))
        .collect();
    let mut text = names.join(", ");
    if changes.len() > NAMED {
        text = format!("{text} and {} more", changes.len() - NAMED);
    }
    let waited = took.saturating_sub(work);
    text = format!("{text} · shown after {}", milliseconds(took));
    if waited > Duration::from_millis(5) {
        text = format!("{text}, {} of them waiting for more", milliseconds(waited));
    }
    let what = match (told.browsers, told.reloads) {
        (0, _) => return text,
        (1, true) => "1 browser reloads".to_owned(),
        (1, false) => "1 browser swaps it".to_owned(),
        (many, true) => format!("{many} browsers reload"),
        (many, false) => format!("{many} browsers swap it"),
    };
    format!("{text} · {what}")
}

fn milliseconds(duration: Duration) -> String {
    let exact = duration.as_secs_f64() * 1000.0;
    if exact < 10.0 {
        format!("{exact:.1} ms")
    } else {
        format!("{exact:.0} ms")
    }
}
