//! Logs that were made to hurt: of any size and any bytes, with secrets in them.

use std::{fmt::Write, time::Instant};

use super::{explain, rows_in};

const SECRETS: [&str; 6] = [
    "glpat-made-up-0123456789abcd",
    "hvs.CAESImadeupmadeupmadeupmadeup",
    "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJtYWRlLXVwIn0.bWFkZS11cA",
    "made-up-password",
    "AKIAIOSFODNN7EXAMPLE",
    "hunter",
];

#[test]
fn no_secret_of_a_log_is_repeated() {
    for secret in SECRETS {
        let log = format!(
            "claim \"{secret}\" is missing\nsecret not found: {secret}\nrole \"{secret}\" could not be found\n\
             there is no ID token: the variable `{secret}` is not set\nfatal: repository 'https://oauth2:{secret}@h/x.git/' not found\n\
             no handler for route \"{secret}\". route entry not found.\n{{\"errors\":[\"role \\\"{secret}\\\" could not be found\"]}}\n"
        );
        for format in ["text", "json"] {
            let said = explain(log.as_bytes(), &["--format", format]);
            assert_eq!(said.code, Some(0));
            assert!(
                said.stdout.contains("login-claim-missing")
                    && said.stdout.contains("runner-secret-not-found"),
                "{}",
                said.stdout
            );
            assert!(!said.stdout.contains(secret) && !said.stderr.contains(secret), "{}", said.stdout);
        }
    }
}

#[test]
fn any_bytes_are_a_log() {
    let mut log = vec![0xff, 0xfe, 0, 0x1b, b'[', 0x9b];
    log.extend_from_slice(b"\xf0\x9f role \"a\" could not be found \xc3\x28\x1b");
    log.extend((0..=255u8).cycle().take(100_000));
    log.extend_from_slice(b"\rmissing \x1b[1mtoken\x1b[0m claim \"sub\" is \x1b[31mmissing\x1b[0m");
    let said = explain(&log, &[]);
    assert_eq!(said.code, Some(0));
    assert!(
        said.stdout.contains("[login-role-not-found]") && said.stdout.contains("[login-claim-missing]"),
        "{}",
        said.stdout
    );
    assert!(said.stdout.bytes().all(|byte| byte == b'\n' || !byte.is_ascii_control()));
    assert_eq!(explain(b"", &[]).stdout, "0 errors known in 0 lines\n");
}

#[test]
fn a_row_is_found_wherever_the_pieces_of_a_log_end() {
    let line = "x claim \"ref\" does not match any associated bound claim values\n";
    for before in (262_144 - 70)..(262_144 + 10) {
        let log = "y".repeat(before) + "\n" + line;
        assert_eq!(rows_in(&log), ["login-claim-mismatch"], "{before}");
    }
    let long = "z".repeat(3 << 20) + line;
    let report = buildpass::explain::read_log(long.as_bytes()).unwrap();
    assert_eq!((report.lines, report.found[0].line, report.found[0].times), (1, 1, 1));
}

#[test]
fn lines_are_counted_over_pieces() {
    let mut log = String::new();
    for number in 1..=60_000 {
        let _ = match number % 9_999 {
            0 => writeln!(log, "role \"a\" could not be found"),
            _ => writeln!(log, "line {number} of a build"),
        };
    }
    let report = buildpass::explain::read_log(log.as_bytes()).unwrap();
    assert_eq!((report.lines, report.found[0].line, report.found[0].times), (60_000, 9_999, 6));
}

#[test]
fn a_log_that_was_made_to_be_slow_is_read_in_time() {
    let start = Instant::now();
    for text in [
        "unable to update url base from redirection ",
        "error configuring token validator x x x x x ",
        "api error: status code 1: ",
        "fatal: ",
        "\u{1b}[",
        "claim \"",
        "1 error occurred:\n\t*",
        "permission denied ",
    ] {
        rows_in(&text.repeat((128 << 10) / text.len()));
    }
    assert!(start.elapsed().as_secs() < 60, "{:?}", start.elapsed());
}
