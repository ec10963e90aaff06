//! One run, as it is kept: enough to see what was measured, where, and how much it varied.

use serde_json::{Value, json};

use super::{
    load::{Protocol, Sample, Scenario},
    said,
    servers::Server,
};
use crate::peers::Running;

/// One server and one scenario.
pub(crate) struct Row {
    pub(crate) protocol: Protocol,
    pub(crate) scenario: &'static str,
    pub(crate) server: &'static str,
    /// Is it compared with larder itself, and not with others?
    pub(crate) own: bool,
    about: &'static str,
    version: String,
    samples: Vec<Sample>,
}

impl Row {
    pub(crate) fn new(
        server: &Server,
        running: &Running,
        protocol: Protocol,
        scenario: &Scenario,
        samples: Vec<Sample>,
    ) -> Self {
        Self {
            protocol,
            scenario: scenario.name,
            server: server.name,
            own: false,
            about: server.about,
            version: running.version.clone(),
            samples,
        }
    }

    pub(crate) fn own(mut self) -> Self {
        self.own = true;
        self
    }

    /// CPU time per request, in microseconds: the median of the rounds.
    pub(crate) fn median(&self) -> f64 {
        median(self.samples.iter().map(|sample| sample.cpu))
    }

    fn json(&self) -> Value {
        let cpu: Vec<f64> = self
            .samples
            .iter()
            .map(|sample| rounded(sample.cpu))
            .collect();
        let rates = self.samples.iter().map(|sample| sample.requests_per_second);
        json!({
            "protocol": self.protocol.name(),
            "scenario": self.scenario,
            "server": self.server,
            "own": self.own,
            "cpu_us_median": rounded(self.median()),
            "cpu_us": cpu,
            "requests_per_second_median": median(rates).round(),
        })
    }
}

/// Everything.
pub(crate) struct Run {
    pub(crate) date: String,
    pub(crate) rows: Vec<Row>,
    pub(crate) extra: Value,
    head: Value,
}

impl Run {
    pub(crate) fn new(rows: Vec<Row>, rounds: u64, seconds: u64) -> anyhow::Result<Self> {
        let date = said("date", &["+%Y-%m-%d"]).unwrap_or_default();
        let mut servers: Vec<Value> = Vec::new();
        for row in &rows {
            let server = json!({"name": row.server, "version": row.version, "about": row.about});
            if !servers.contains(&server) {
                servers.push(server);
            }
        }
        let cpuinfo = std::fs::read_to_string("/proc/cpuinfo")?;
        let processor = cpuinfo
            .lines()
            .find_map(|line| line.strip_prefix("model name"))
            .map_or("unknown", |rest| rest.trim_start_matches([' ', '\t', ':']));
        let head = json!({
            "date": date,
            "commit": said("git", &["rev-parse", "--short", "HEAD"]),
            "processor": processor,
            "cores": std::thread::available_parallelism()?.get(),
            "kernel": said("uname", &["-r"]),
            "load_average": std::fs::read_to_string("/proc/loadavg")?.trim(),
            "rounds": rounds,
            "seconds": seconds,
            "method": "CPU time of the server per request; one worker on core 0, wrk -t1 -c32 or h2load -c4 -m32 on core 1, servers in turn",
            "servers": servers,
        });
        Ok(Self {
            date,
            rows,
            extra: Value::Null,
            head,
        })
    }

    /// The median of a row, if it was measured.
    pub(crate) fn cpu(&self, protocol: Protocol, scenario: &str, server: &str) -> Option<f64> {
        self.rows
            .iter()
            .find(|row| {
                !row.own
                    && row.protocol == protocol
                    && row.scenario == scenario
                    && row.server == server
            })
            .map(Row::median)
    }

    pub(crate) fn json(&self) -> String {
        let mut all = self.head.clone();
        all["rows"] = self.rows.iter().map(Row::json).collect();
        all["more"] = self.extra.clone();
        format!("{all:#}\n")
    }
}

/// The middle of some numbers; of none, zero.
pub(crate) fn median(numbers: impl Iterator<Item = f64>) -> f64 {
    let mut numbers: Vec<f64> = numbers.collect();
    numbers.sort_by(f64::total_cmp);
    numbers.get(numbers.len() / 2).copied().unwrap_or(0.0)
}

/// To two digits: there are no more in it.
pub(crate) fn rounded(number: f64) -> f64 {
    (number * 100.0).round() / 100.0
}
