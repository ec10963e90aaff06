//! RFC 9112: messages of HTTP/1.1; RFC 9113: those of HTTP/2. As far as one reply shows it. What needs several messages on one connection is in `tests/sockets`.

use crate::harness::{Case, Engine, May, Must, Rule, Should, Site, case};

const NO_SOCKET: &str = "there is no message without a socket";

pub(crate) fn cases() -> Vec<Case> {
    let on_http2 = |case: Case| {
        case.not_on(Engine::Pure, NO_SOCKET)
            .not_on(Engine::InProcess, NO_SOCKET)
            .not_on(Engine::Socket, "it is another version")
    };
    let on_the_wire = |case: Case| {
        case.not_on(Engine::Pure, NO_SOCKET)
            .not_on(Engine::InProcess, NO_SOCKET)
            .not_on(Engine::Http2, "it is another version")
    };
    // actix answers these before larder is asked: it knows that they are bad, and nothing of the fields that larder gives to every reply.
    let before_larder = |case: Case| {
        let why = "actix answers it, with no fields but those of the message";
        on_the_wire(case)
            .except(Rule::NoSniffing, why)
            .except(Rule::ErrorsAreNotKept, why)
    };
    let host = |case: Case| {
        case.not_on(
            Engine::Http2,
            "tests/sockets/http2 asks with an authority that a client refuses to send",
        )
    };
    vec![
        before_larder(case(Should, "rfc9112-3.2-angle-brackets", "a target that is none is a bad request").get("/a<script>").expect(400).empty()),
        before_larder(case(Should, "rfc9112-3.2-space", "so is one with a space in it").get("/ten .bin").expect(400).empty()),
        before_larder(case(Should, "rfc9112-3.2-control-character", "so is one with a control character").get("/a\u{1}").expect(400).empty()),
        before_larder(case(Should, "rfc9112-3.2-not-ascii", "so is one that is not ASCII").get("/é").expect(400).empty()),
        on_the_wire(case(Should, "rfc9112-3.2-asterisk-of-get", "`*` is for OPTIONS").get("*").expect(400)),
        on_the_wire(case(Should, "rfc9112-3.2-no-slash", "a path begins with a slash").get("ten.bin").expect(400)),
        on_the_wire(case(Should, "rfc9112-3.2-fragment", "a fragment is no part of a target: who sends one and who reads one do not agree on what it names").get("/ten.bin#x.css").expect(400))
            .deviates(Engine::Socket, "actix's Uri drops a fragment before anybody can see it: https://github.com/hyperium/http/issues/127"),
        on_the_wire(case(Must, "rfc9112-6.1-no-transfer-encoding", "content of known length is not chunked").get("/tenthousand.bin").expect(200).lacks("Transfer-Encoding").has("Content-Length", "10000")),
        on_the_wire(case(Must, "rfc9112-6.3-304-ends-with-its-fields", "304 has neither length nor chunks").get("/style.css").with("If-None-Match", "*").expect(304).lacks("Transfer-Encoding").lacks("Content-Length")),
        on_the_wire(case(Must, "rfc9112-6.3-204-ends-with-its-fields", "nor has 204").ask("OPTIONS", "/").expect(204).lacks("Transfer-Encoding").lacks("Content-Length")),
        on_the_wire(case(Must, "rfc9112-6.3-multipart-has-a-length", "a multipart knows its length too").get("/thousand.bin").with("Range", "bytes=0-9,500-509").expect(206).present("Content-Length").lacks("Transfer-Encoding")),
        on_the_wire(case(Must, "rfc9112-9.3-stays-open", "a connection stays open unless somebody says otherwise").get("/ten.bin").expect(200).never_mentions("Connection", "close")),
        on_the_wire(case(Must, "rfc9112-9.6-closes-when-asked", "close is answered with close").get("/ten.bin").with("Connection", "close").expect(200).has("Connection", "close")),
        on_the_wire(case(Must, "rfc9112-3.2.2-absolute-form", "a server accepts the absolute form, and selects by its path").get("http://larder.test/ten.bin").expect(200).whole("/ten.bin"))
            .except(Rule::VariesWhereItDoes, "the target is not a path here"),
        on_the_wire(case(Must, "rfc9112-3.2.2-absolute-form-without-a-path", "an empty path is that of the root, whatever query follows").get("http://larder.test?x=1").expect(200).whole("/index.html"))
            .except(Rule::VariesWhereItDoes, "the target is not a path here"),
        host(case(Must, "rfc9112-3.2-host-with-a-space", "a Host that is none is a bad request").get("/ten.bin").with("Host", "a b").expect(400)),
        host(case(Must, "rfc9112-3.2-host-with-user-information", "user information is no part of it").get("/ten.bin").with("Host", "user@larder.test").expect(400)),
        host(case(Must, "rfc9112-3.2-host-with-a-path", "nor is a path").get("/ten.bin").with("Host", "larder.test/ten.bin").expect(400)),
        host(case(Must, "rfc9112-3.2-host-with-two-ports", "nor a second port").get("/ten.bin").with("Host", "larder.test:80:81").expect(400)),
        host(case(Must, "rfc9112-3.2-host-of-a-missing-resource", "whatever is asked for").get("/missing").with("Host", "a b").expect(400)),
        host(case(Must, "rfc9112-3.2-host-of-any-method", "whatever is to be done with it").ask("POST", "/").with("Host", "a b").expect(400)),
        host(case(Must, "rfc9112-3.2-host-error-is-kept-by-nobody", "another client's Host may be right: no policy lets this be stored").on(Site::Plain).get("/").with("Host", "a b").expect(400).has("Cache-Control", "no-store")),
        case(Must, "rfc9112-3.2-host-twice", "two are one too many")
            .get("/ten.bin").with("Host", "larder.test").with("Host", "larder.test").expect(400)
            .not_on(Engine::Socket, "actix answers it, with no fields but those of the message; tests/sockets/framing.rs asks")
            .not_on(Engine::Http2, "HTTP/2 has one authority"),
        host(case(Must, "rfc9112-3.2-host-address", "an address is a host").get("/ten.bin").with("Host", "[::1]:8080").expect(200)),
        host(case(May, "rfc9112-3.2-host-empty", "so is nothing, where a target has no authority").get("/ten.bin").with("Host", "").expect(200)),
        on_http2(case(Must, "rfc9113-8.2.2-no-connection-fields", "fields about a connection are for HTTP/1.1").get("/ten.bin").expect(200).lacks("Connection").lacks("Keep-Alive").lacks("Transfer-Encoding")),
        on_http2(case(Must, "rfc9113-8.1.1-length-is-that-of-the-data", "Content-Length is the length of the DATA frames").get("/tenthousand.bin").expect(200).has("Content-Length", "10000").whole("/tenthousand.bin")),
        on_http2(case(Must, "rfc9113-8.1.1-length-without-data", "a reply to HEAD has a length and no DATA").ask("HEAD", "/tenthousand.bin").expect(200).has("Content-Length", "10000").empty()),
        on_http2(case(Must, "rfc9113-8.3.1-authority-selects-nothing", "the authority chooses no other site").get("/ten.bin").with("Host", "evil.example").expect(200).whole("/ten.bin")),
    ]
}
