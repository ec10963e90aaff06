//! RFC 9112: messages of HTTP/1.1, as far as one reply shows it. What needs several messages on one connection is in `tests/sockets`.

use crate::harness::{Case, Engine, Must, Rule, case};

const NO_SOCKET: &str = "there is no message without a socket";

pub(crate) fn cases() -> Vec<Case> {
    let on_the_wire = |case: Case| case.not_on(Engine::Pure, NO_SOCKET).not_on(Engine::InProcess, NO_SOCKET);
    vec![
        on_the_wire(case(Must, "rfc9112-6.1-no-transfer-encoding", "content of known length is not chunked").get("/tenthousand.bin").expect(200).lacks("Transfer-Encoding").has("Content-Length", "10000")),
        on_the_wire(case(Must, "rfc9112-6.3-304-ends-with-its-fields", "304 has neither length nor chunks").get("/style.css").with("If-None-Match", "*").expect(304).lacks("Transfer-Encoding").lacks("Content-Length")),
        on_the_wire(case(Must, "rfc9112-6.3-204-ends-with-its-fields", "nor has 204").ask("OPTIONS", "/").expect(204).lacks("Transfer-Encoding").lacks("Content-Length")),
        on_the_wire(case(Must, "rfc9112-6.3-multipart-has-a-length", "a multipart knows its length too").get("/thousand.bin").with("Range", "bytes=0-9,500-509").expect(206).present("Content-Length").lacks("Transfer-Encoding")),
        on_the_wire(case(Must, "rfc9112-9.3-stays-open", "a connection stays open unless somebody says otherwise").get("/ten.bin").expect(200).never_mentions("Connection", "close")),
        on_the_wire(case(Must, "rfc9112-9.6-closes-when-asked", "close is answered with close").get("/ten.bin").with("Connection", "close").expect(200).has("Connection", "close")),
        on_the_wire(case(Must, "rfc9112-3.2.2-absolute-form", "a server accepts the absolute form, and selects by its path").get("http://larder.test/ten.bin").expect(200).whole("/ten.bin"))
            .except(Rule::VariesWhereItDoes, "the target is not a path here"),
    ]
}
