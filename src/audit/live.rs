//! Asks a live server what a survey wants to know.
//!
//! One request after another, of one host, under a name that says who asks. From a request without an answer nothing
//! is concluded but that; a start without an answer ends the survey.
//!
//! Uses: findings, client, clock · Never: a host that was not named

use std::time::SystemTime;

use url::Url;

use crate::{
    client::{Client, ClientError},
    findings::{Purpose, Record, Survey},
    http::HttpDate,
};

/// Why there is nothing to judge.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AuditError {
    /// The named URL has no answer.
    #[error("there is no answer from {url}")]
    NoAnswer {
        /// The URL.
        url: String,
        /// Why.
        #[source]
        source: ClientError,
    },
    /// The named URL is no document.
    #[error(
        "{url} is answered with {status}, so there is no site to look at: name the URL of a document"
    )]
    NotADocument {
        /// The URL.
        url: String,
        /// What it is answered with.
        status: u16,
    },
    /// The named URL leads to one of the same host that does not answer as a document.
    #[error("{url} leads to {to}, and {why}")]
    LeadsNowhere {
        /// The URL.
        url: String,
        /// Where it leads.
        to: String,
        /// What comes of that.
        why: String,
    },
    /// The named URL leads to another host.
    #[error("{url} leads to {to}: check that one instead, as only the named host is asked")]
    Elsewhere {
        /// The URL.
        url: String,
        /// Where it leads.
        to: String,
    },
}

/// How far a survey is.
#[derive(Clone, Copy, Debug)]
pub struct Progress {
    /// Requests so far.
    pub asked: usize,
}

/// Makes the survey of the site at `url`, and says how far it is.
///
/// # Errors
/// [`AuditError`] when there is nothing to judge.
pub async fn live(
    client: &mut Client,
    url: &Url,
    mut survey: Survey,
    mut tell: impl FnMut(Progress),
) -> Result<Record, AuditError> {
    let mut asked = 0;
    while let Some(probe) = survey.next() {
        // A survey leaves its host nowhere; if it ever did, this is the last place to notice.
        if probe.ask.url.origin() != url.origin() {
            continue;
        }
        if probe.afresh {
            client.forget_connections();
        }
        asked += 1;
        tell(Progress { asked });
        match client.ask(&probe.ask).await {
            Ok(answer) => survey.take(probe, answer),
            Err(source) if asked == 1 => {
                return Err(AuditError::NoAnswer {
                    url: url.to_string(),
                    source,
                });
            }
            Err(error) => survey.give_up(&probe, &error.to_string()),
        }
    }
    let record = survey.finish(HttpDate::from(SystemTime::now()));
    let Some(start) = record.of(Purpose::Start).last() else {
        return Ok(record);
    };
    let url = start.ask.url.to_string();
    match start.answer.status {
        200 => Ok(record),
        300..400 => {
            let to = start.answer.fields.text("Location");
            let to = to.unwrap_or_else(|| "nowhere".to_owned());
            let target = start.ask.url.join(&to).ok();
            let target = target.filter(|target| target.origin() == start.ask.url.origin());
            let Some(target) = target else {
                return Err(AuditError::Elsewhere { url, to });
            };
            let unanswered = record.unanswered.iter();
            let why = unanswered
                .filter(|(asked, _)| asked == target.as_str())
                .map(|(_, why)| format!("there is no answer from there: {why}"))
                .next();
            let why = why.unwrap_or_else(|| "that goes on and on".to_owned());
            Err(AuditError::LeadsNowhere { url, to, why })
        }
        status => Err(AuditError::NotADocument { url, status }),
    }
}
