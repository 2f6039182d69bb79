use std::fs;

use rustix::process::Pid;

/// What a process group has done so far, as far as the kernel counts it: as long as this changes, it is at work.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Activity {
    /// Bytes that were read and written.
    bytes: u64,
    /// Ticks of processor time.
    ticks: u64,
}

impl Activity {
    /// Of all processes of a group now.
    pub(super) fn of_group(group: Pid) -> Self {
        let mut activity = Self::default();
        let Ok(entries) = fs::read_dir("/proc") else { return activity };
        let group = group.to_string();
        for entry in entries.flatten() {
            let path = entry.path();
            let Ok(stat) = fs::read_to_string(path.join("stat")) else { continue };
            let Some((_, rest)) = stat.rsplit_once(')') else { continue };
            let fields: Vec<&str> = rest.split_ascii_whitespace().collect();
            if fields.get(2) != Some(&group.as_str()) {
                continue;
            }
            let number = |text: Option<&&str>| text.and_then(|text| text.parse::<u64>().ok()).unwrap_or(0);
            activity.ticks += number(fields.get(11)) + number(fields.get(12));
            let io = fs::read_to_string(path.join("io")).unwrap_or_default();
            let counted =
                io.lines().filter_map(|line| line.strip_prefix("rchar: ").or(line.strip_prefix("wchar: ")));
            activity.bytes += counted.filter_map(|count| count.parse::<u64>().ok()).sum::<u64>();
        }
        activity
    }
}
