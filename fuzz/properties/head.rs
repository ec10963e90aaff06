//! The head of a request that is answered where it is read.

use actix_http::{
    ConnectionType, ServiceConfig,
    h1::{Codec, Message, MessageType},
    header::HeaderValue,
};
use bytes::BytesMut;
use larder::serve::Plain;
use tokio_util::codec::Decoder;

thread_local! {
    /// What actix's reader is made with. It has a clock, which ticks in a runtime.
    static CONFIG: (actix_rt::Runtime, ServiceConfig) = {
        let runtime = actix_rt::Runtime::new().expect("a runtime starts");
        let config = runtime.block_on(async { ServiceConfig::default() });
        (runtime, config)
    };
}

/// More than any input has.
const MOST: usize = 1 << 20;

/// What larder takes for a plain request is one for actix, too, and the same: else a request could hide in another, behind a proxy that reads it as the
/// one does or as the other.
pub(crate) fn is_read_as_actix_reads_it(data: &[u8]) {
    let Some(plain) = Plain::read(data, MOST) else {
        return;
    };
    assert!(plain.length <= data.len());
    assert!(
        Plain::read(data, plain.length - 1).is_none(),
        "it is longer than that"
    );
    let alone = Plain::read(&data[..plain.length], MOST);
    assert_eq!(
        alone.as_ref(),
        Some(&plain),
        "what follows makes no difference"
    );

    let mut codec = CONFIG.with(|(_, config)| Codec::new(config.clone()));
    let mut bytes = BytesMut::from(data);
    let message = codec.decode(&mut bytes).expect("actix takes it, too");
    let Some(Message::Item(request)) = message else {
        panic!("actix waits for more");
    };
    assert_eq!(data.len() - bytes.len(), plain.length);
    assert_eq!(codec.message_type(), MessageType::None, "it has no content");
    let head = request.head();
    assert_eq!(head.method.as_str(), plain.method);
    assert!(
        head.uri
            .path_and_query()
            .is_some_and(|target| *target == *plain.target)
    );
    // actix goes by the last line of several; one that says so is enough (RFC 9112 §9.6).
    assert!(plain.is_last || head.connection_type() != ConnectionType::Close);
    assert_eq!(head.headers.len(), plain.fields.len());
    for (name, _) in &plain.fields {
        let ours = plain
            .fields
            .iter()
            .filter(|(other, _)| other.eq_ignore_ascii_case(name));
        let theirs = head.headers.get_all(name.as_str());
        assert!(
            ours.map(|(_, value)| value.as_slice())
                .eq(theirs.map(HeaderValue::as_bytes))
        );
    }
}
