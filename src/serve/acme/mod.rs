//! Gets a certificate from a certification authority, keeps it in a folder, and renews it.
//!
//! Any failure leaves what is in force in force, is said with what the authority said, and is tried again after a while that grows: authorities count
//! failures, and refuse who fails too often.
//!
//! The proof that a name leads here is given over TLS on the site's own port (TLS-ALPN-01), or over plain HTTP where `redirect-http` listens (HTTP-01).
//!
//! Implements RFC 8555 (ACME) on top of instant-acme, RFC 8737 (TLS-ALPN-01).
//!
//! Uses: instant-acme, rcgen, certificates, metrics, tokio's timer · Never: requests

mod store;
mod transport;

use std::{
    path::PathBuf,
    sync::Arc,
    time::{Duration, SystemTime},
};

use instant_acme::{
    Account, AuthorizationStatus, ChallengeType, Identifier, NewAccount, NewOrder, Order,
    OrderStatus, RetryPolicy,
};
use rcgen::{CertificateParams, CustomExtension, KeyPair};
use rustls::{crypto::aws_lc_rs::default_provider, pki_types::PrivateKeyDer, sign::CertifiedKey};
use tokio::time::sleep;
use tracing::{error, info};

use super::{
    certificates::{Certificates, Certified, Source},
    error::chain,
    metrics::{self, Reload},
};
use store::Store;

/// From whom, and for which names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Acme {
    /// The names that the certificate is for, at least one.
    pub domains: Vec<String>,
    /// Whom the authority tells about trouble, as URIs.
    pub contact: Vec<String>,
    /// The URL of the authority's directory.
    pub directory: String,
    /// The folder of account and certificates.
    pub data: PathBuf,
    /// A PEM file with the one authority that the directory itself is trusted by; `None` is whom the system trusts.
    pub ca: Option<PathBuf>,
}

/// Whatever went wrong.
type Failure = Box<dyn std::error::Error + Send + Sync>;

/// How long to wait after the first failure; four times as long after each further one.
const FIRST_RETRY: Duration = Duration::from_mins(1);
/// The longest wait between attempts.
const LAST_RETRY: Duration = Duration::from_hours(6);
/// The longest sleep before the clock is looked at again.
const LOOK: Duration = Duration::from_hours(1);
/// How long the authority may take to look at the proof, and to sign.
const PATIENCE: RetryPolicy = RetryPolicy::new().timeout(Duration::from_mins(2));

/// Keeps a certificate in force, for as long as the server runs.
pub(super) async fn keep(acme: Acme, certificates: Arc<Certificates>, by_http: bool) {
    let store = Store::new(&acme);
    let names = acme.domains.join(", ");
    let mut renewal = None;
    match store.certificate() {
        Ok(Some((certified, text))) if text.is_for(&acme.domains) => {
            renewal = Some(certified.renewal());
            info!(
                "certificate for {names}: taken from {}",
                store.place().display()
            );
            certificates.replace(Source::Authority, vec![certified]);
        }
        Ok(_) => {}
        Err(failure) => error!(
            "{} cannot be used, a new certificate is asked for: {}",
            store.place().display(),
            chain(&*failure)
        ),
    }
    let mut retry = FIRST_RETRY;
    loop {
        if let Some(wait) = renewal.and_then(|renewal| wait_for(renewal, now())) {
            sleep(wait).await;
            continue;
        }
        info!(
            "certificate for {names}: asking {}, which looks for the proof over {}",
            acme.directory,
            if by_http {
                "HTTP at port 80"
            } else {
                "TLS at port 443"
            }
        );
        let failure = match obtain(&acme, &store, &certificates, by_http).await {
            Ok(certified) => {
                let (end, next) = (certified.not_after, certified.renewal());
                renewal = Some(next);
                metrics::reloaded(Reload::Certificate);
                info!("certificate for {names}: in force for {}", left(end, now()));
                certificates.replace(Source::Authority, vec![certified]);
                // What is old when it comes would be asked for again and again: authorities count that, too.
                wait_for(next, now()).is_none().then(|| {
                    format!("the certificate for {names} is to be renewed as it comes: is the clock of this machine right?")
                })
            }
            Err(failure) => {
                metrics::reload_failed(Reload::Certificate);
                Some(format!("no certificate for {names}: {}", chain(&*failure)))
            }
        };
        let Some(failure) = failure else {
            retry = FIRST_RETRY;
            continue;
        };
        error!(
            "{failure}; the next attempt is in {} min",
            retry.as_secs() / 60
        );
        sleep(retry).await;
        retry = (retry * 4).min(LAST_RETRY);
    }
}

/// How long to sleep at `now` if the next certificate is to be asked for at `renewal`, both in Unix time; `None` if that is past.
///
/// The clock may be set meanwhile, so it is looked at again after a while.
fn wait_for(renewal: i64, now: i64) -> Option<Duration> {
    let seconds = u64::try_from(renewal.saturating_sub(now)).ok()?;
    (seconds > 0).then(|| Duration::from_secs(seconds).min(LOOK))
}

/// The time from `now` to `end`, for people.
fn left(end: i64, now: i64) -> String {
    const DAY: i64 = 24 * 60 * 60;
    match end.saturating_sub(now).max(0) {
        days if days >= 2 * DAY => format!("{} days", days / DAY),
        seconds => format!("{} min", seconds / 60),
    }
}

/// The time, in seconds of Unix time.
fn now() -> i64 {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    since.map_or(0, |since| {
        i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
    })
}

async fn obtain(
    acme: &Acme,
    store: &Store,
    certificates: &Certificates,
    by_http: bool,
) -> Result<Certified, Failure> {
    store.prepare()?;
    let account = account(acme, store).await?;
    let names: Vec<_> = acme.domains.iter().cloned().map(Identifier::Dns).collect();
    let mut order = account.new_order(&NewOrder::new(&names)).await?;
    let result = prove(&mut order, certificates, by_http).await;
    certificates.challenges().clear();
    certificates.tokens().clear();
    result?;
    let key = order.finalize().await?;
    let chain = order.poll_certificate(&PATIENCE).await?;
    let certified = store.certified(&chain, &key)?;
    if let Err(failure) = store.keep_certificate(&chain, &key) {
        metrics::reload_failed(Reload::Certificate);
        error!(
            "the certificate that was got is in force, but not kept for the next start: {failure}"
        );
    }
    Ok(certified)
}

/// The account of this server: the one that was made before, or a new one.
async fn account(acme: &Acme, store: &Store) -> Result<Account, Failure> {
    let builder = || {
        let transport = transport::Transport::new(acme.ca.as_deref())?;
        Ok::<_, Failure>(Account::builder_with_http(Box::new(transport)))
    };
    if let Some(credentials) = store.account()? {
        return Ok(builder()?.from_credentials(credentials).await?);
    }
    let contact: Vec<&str> = acme.contact.iter().map(String::as_str).collect();
    let new = NewAccount {
        contact: &contact,
        terms_of_service_agreed: true,
        only_return_existing: false,
    };
    let (account, credentials) = builder()?
        .create(&new, acme.directory.clone(), None)
        .await?;
    store.keep_account(&credentials)?;
    Ok(account)
}

/// Shows the authority what it wants to see for each name.
async fn prove(
    order: &mut Order,
    certificates: &Certificates,
    by_http: bool,
) -> Result<(), Failure> {
    let kind = if by_http {
        ChallengeType::Http01
    } else {
        ChallengeType::TlsAlpn01
    };
    let mut authorizations = order.authorizations();
    while let Some(authorization) = authorizations.next().await {
        let mut authorization = authorization?;
        match authorization.status {
            AuthorizationStatus::Pending => {}
            AuthorizationStatus::Valid => continue,
            other => {
                return Err(format!("the authority says of a name that it is {other:?}").into());
            }
        }
        let mut challenge = authorization
            .challenge(kind.clone())
            .ok_or("the authority does not offer to look for the proof in this way")?;
        let proof = challenge.key_authorization();
        if by_http {
            let (token, proof) = (challenge.token.clone(), proof.as_str().to_owned());
            certificates.tokens().insert(token, proof);
        } else {
            let name = challenge.identifier().to_string();
            let shown = challenge_certificate(&name, proof.digest().as_ref())?;
            certificates.challenges().insert(name, Arc::new(shown));
        }
        challenge.set_ready().await?;
    }
    match order.poll_ready(&PATIENCE).await? {
        OrderStatus::Ready => Ok(()),
        _ => Err(refusal(order).await.into()),
    }
}

/// What the authority found wrong.
async fn refusal(order: &mut Order) -> String {
    let mut said = Vec::new();
    let mut authorizations = order.authorizations();
    while let Some(Ok(mut authorization)) = authorizations.next().await {
        let Ok(state) = authorization.refresh().await else {
            continue;
        };
        let name = state.identifier().to_string();
        let problems = state.challenges.iter().filter_map(|one| one.error.as_ref());
        said.extend(problems.map(|problem| format!("{name}: {problem}")));
    }
    if said.is_empty() {
        return "the authority refuses, and does not say why".to_owned();
    }
    format!("the authority did not find the proof: {}", said.join("; "))
}

/// The certificate of a TLS-ALPN-01 challenge: for nobody but the authority (RFC 8737 §3).
fn challenge_certificate(name: &str, digest: &[u8]) -> Result<CertifiedKey, Failure> {
    let mut params = CertificateParams::new(vec![name.to_owned()])?;
    params.custom_extensions = vec![CustomExtension::new_acme_identifier(digest)];
    let key = KeyPair::generate()?;
    let certificate = params.self_signed(&key)?;
    let private = PrivateKeyDer::try_from(key.serialize_der())?;
    let private = default_provider().key_provider.load_private_key(private)?;
    // Not `from_der`: it reads the certificate, and refuses one with an extension that it does not know and that is critical, as this one's is.
    Ok(CertifiedKey::new(vec![certificate.der().clone()], private))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_waited_for_until_the_time_has_come_and_no_longer() {
        let wait = |renewal, now| wait_for(renewal, now).map(|wait| wait.as_secs());
        assert_eq!(wait(1000, 990), Some(10));
        assert_eq!(wait(1000, 1000), None);
        assert_eq!(wait(1000, 5000), None);
        // The clock may be set while nobody looks.
        assert_eq!(wait(1_000_000, 0), Some(LOOK.as_secs()));
        assert_eq!(wait(i64::MIN, i64::MAX), None);
    }

    #[test]
    fn the_time_that_is_left_is_told_in_what_there_is_of_it() {
        assert_eq!(left(90 * 86_400, 0), "90 days");
        assert_eq!(left(86_400, 0), "1440 min");
        assert_eq!(left(0, 100), "0 min");
    }
}
