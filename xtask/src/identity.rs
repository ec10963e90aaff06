//! Who servers are over TLS, where they are compared.
//!
//! Uses: rcgen · Never: files

/// Certificate and key for the loopback address, written for every server that wants files.
pub(crate) struct Identity {
    pub(crate) certificate: String,
    pub(crate) key: String,
}

impl Identity {
    pub(crate) fn new() -> anyhow::Result<Self> {
        let made =
            rcgen::generate_simple_self_signed(["localhost".to_owned(), "127.0.0.1".to_owned()])?;
        Ok(Self {
            certificate: made.cert.pem(),
            key: made.signing_key.serialize_pem(),
        })
    }
}
