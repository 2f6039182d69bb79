/// How far git is with a part of its work.
#[derive(Clone, Debug, PartialEq)]
pub struct Progress {
    /// In git's words: `Receiving objects`.
    pub phase: String,
    /// Of this part.
    pub percent: Option<u8>,
    /// What has come so far.
    pub bytes: Option<u64>,
}

impl Progress {
    /// Reads a line of `--progress`: `Receiving objects:  45% (5/11), 1.23 MiB | 2.00 MiB/s`.
    pub(super) fn read(line: &str) -> Option<Self> {
        let (phase, rest) = line.strip_prefix("remote: ").unwrap_or(line).split_once(": ")?;
        let rest = rest.trim_start();
        let percent = rest.split_once('%').and_then(|(number, _)| number.parse().ok());
        let counted = percent.is_some() || rest.starts_with(|first: char| first.is_ascii_digit());
        let known = !phase.contains(['\'', '"', '/']) && phase.len() < 40;
        if !counted || !known {
            return None;
        }
        let bytes = rest.split(", ").skip(1).find_map(|part| bytes(part.split(" | ").next()?));
        Some(Self { phase: phase.to_owned(), percent, bytes })
    }
}

/// `1.23 MiB`
fn bytes(text: &str) -> Option<u64> {
    let (number, unit) = text.trim().split_once(' ')?;
    let scale = match unit {
        "bytes" | "byte" => 1.0,
        "KiB" => 1024.0,
        "MiB" => 1024.0 * 1024.0,
        "GiB" => 1024.0 * 1024.0 * 1024.0,
        _ => return None,
    };
    Some((number.parse::<f64>().ok()? * scale) as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gits_own_lines_are_read() {
        for (line, expected) in [
            (
                "Receiving objects:  45% (5/11), 1.50 KiB | 2.00 MiB/s",
                Some(("Receiving objects", Some(45), Some(1536))),
            ),
            (
                "Receiving objects: 100% (3/3), 12 bytes | 12.00 KiB/s, done.",
                Some(("Receiving objects", Some(100), Some(12))),
            ),
            ("remote: Counting objects: 100% (3/3), done.", Some(("Counting objects", Some(100), None))),
            ("remote: Enumerating objects: 3, done.", Some(("Enumerating objects", None, None))),
            ("Resolving deltas:   0% (0/7)", Some(("Resolving deltas", Some(0), None))),
            ("fatal: unable to access 'http://h/': 7", None),
            ("remote: Hello", None),
        ] {
            let read = Progress::read(line);
            let found = read.as_ref().map(|it| (it.phase.as_str(), it.percent, it.bytes));
            assert_eq!(found, expected, "{line}");
        }
    }
}
