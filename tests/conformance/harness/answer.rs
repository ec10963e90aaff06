//! A question and an answer, the same for every engine.

/// A request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Ask {
    /// The method, as sent.
    pub(crate) method: String,
    /// The request target, as sent.
    pub(crate) target: String,
    /// Field lines, in order.
    pub(crate) fields: Vec<(String, String)>,
}

impl Ask {
    /// The same request with another method.
    pub(crate) fn with_method(&self, method: &str) -> Self {
        Self {
            method: method.to_owned(),
            ..self.clone()
        }
    }

    /// The same request without the fields of these names.
    pub(crate) fn without(&self, names: &[&str]) -> Self {
        let mut ask = self.clone();
        ask.fields
            .retain(|(known, _)| !names.iter().any(|name| known.eq_ignore_ascii_case(name)));
        ask
    }

    /// The same request without conditions and ranges: what it would have got, had the client nothing stored.
    pub(crate) fn unconditional(&self) -> Self {
        self.without(&[
            "If-Match",
            "If-None-Match",
            "If-Modified-Since",
            "If-Unmodified-Since",
            "If-Range",
            "Range",
        ])
    }

    /// The same request without a range: a range is for GET alone (RFC 9110 §14.2).
    pub(crate) fn without_range(&self) -> Self {
        self.without(&["Range", "If-Range"])
    }
}

/// A reply, as the client sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Answer {
    /// The status code.
    pub(crate) status: u16,
    /// Field lines, in order; names in lower case.
    pub(crate) fields: Vec<(String, String)>,
    /// The content.
    pub(crate) content: Vec<u8>,
}

impl Answer {
    /// The value of the first field line of this name.
    pub(crate) fn field(&self, name: &str) -> Option<&str> {
        self.lines(name).next()
    }

    /// The values of all field lines of this name.
    pub(crate) fn lines(&self, name: &str) -> impl Iterator<Item = &str> {
        self.fields
            .iter()
            .filter(move |(known, _)| known.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }

    /// The field lines that do not differ from one second, or one connection, to the next; sorted.
    pub(crate) fn lasting(&self) -> Vec<(String, String)> {
        let mut fields = self.fields.clone();
        let is_date =
            |name: &str, value: &str| name == "last-modified" && self.field("date") == Some(value);
        fields.retain(|(name, value)| {
            name != "date" && name != "connection" && !is_date(name, value)
        });
        fields.sort();
        fields
    }

    /// The members of `Vary`, in lower case.
    pub(crate) fn varies_by(&self) -> Vec<String> {
        self.lines("vary")
            .flat_map(|line| line.split(','))
            .map(|member| member.trim().to_ascii_lowercase())
            .collect()
    }
}
