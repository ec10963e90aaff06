//! The CPU time of a server's processes, as Linux counts it.
//!
//! Uses: /proc · Never: the clock

use std::{collections::HashMap, fs, time::Duration};

/// User and system time of the process `pid` and of all that descend from it, such as a server's workers, those that have ended among them. `None` where the system does not tell.
pub(super) fn of(pid: u32) -> Option<Duration> {
    let own = read(pid)?;
    let mut children: HashMap<u32, Vec<(u32, u64)>> = HashMap::new();
    for entry in fs::read_dir("/proc").ok()?.flatten() {
        let Some(other) = entry
            .file_name()
            .to_str()
            .and_then(|name| name.parse().ok())
        else {
            continue;
        };
        if let Some(process) = read(other) {
            children
                .entry(process.parent)
                .or_default()
                .push((other, process.ticks));
        }
    }
    let mut ticks = own.ticks;
    let mut open = vec![pid];
    while let Some(parent) = open.pop() {
        for (child, of_child) in children.remove(&parent).unwrap_or_default() {
            ticks += of_child;
            open.push(child);
        }
    }
    let per_second = rustix::param::clock_ticks_per_second().max(1);
    Some(Duration::from_nanos(ticks * (1_000_000_000 / per_second)))
}

struct Process {
    parent: u32,
    ticks: u64,
}

fn read(pid: u32) -> Option<Process> {
    parse(&fs::read_to_string(format!("/proc/{pid}/stat")).ok()?)
}

/// proc(5): the fourth field is the parent, fields 14 and 15 are utime and stime, 16 and 17 the same of children that have ended; the second is a name in
/// parentheses that may hold blanks.
fn parse(stat: &str) -> Option<Process> {
    let mut fields = stat.rsplit_once(')')?.1.split_whitespace();
    let parent = fields.nth(1)?.parse().ok()?;
    let times = fields.skip(9).take(4);
    let ticks = times.map(str::parse::<u64>).sum::<Result<u64, _>>().ok()?;
    Some(Process { parent, ticks })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_with_blanks_does_not_shift_the_fields() {
        let process =
            parse("7 (a b) c) S 3 7 7 0 -1 4194304 100 0 0 0 150 50 20 1 20 0 4 0 100 0 0")
                .unwrap();
        assert_eq!((process.parent, process.ticks), (3, 221));
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn ones_own_process_has_used_some() {
        let before = of(std::process::id()).unwrap();
        let mut number = 1_u64;
        while of(std::process::id()).unwrap() == before {
            number = std::hint::black_box(number.wrapping_mul(3));
        }
        assert!(of(u32::MAX).is_none());
    }
}
