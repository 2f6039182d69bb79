use std::process::{Command, Stdio};
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE};

use super::super::{Held, Masker, Needles};
use super::needles;

const TOKEN: &str = "glpat-made-up-token-000001";

fn masked(needles: &Arc<Needles>, chunks: &[&[u8]]) -> String {
    let mut masker = Masker::new(Arc::clone(needles));
    let mut out = Vec::new();
    chunks.iter().for_each(|chunk| out.extend_from_slice(masker.mask(chunk)));
    out.extend(masker.finish());
    String::from_utf8_lossy(&out).into_owned()
}

fn wrap(text: &str, width: usize, line_break: &str) -> String {
    text.as_bytes()
        .chunks(width)
        .map(|line| String::from_utf8_lossy(line))
        .collect::<Vec<_>>()
        .join(line_break)
}

#[test]
fn each_form_is_masked_and_its_neighbours_are_kept() {
    let secret = "s3cret/ma de+up\"é=";
    let needles = needles(&[secret]);
    for form in [
        secret,
        "s3cret%2Fma%20de%2Bup%22%C3%A9%3D",
        "s3cret%2fma%20de%2bup%22%c3%a9%3d",
        "s3cret%2Fma+de%2Bup%22%C3%A9%3D",
        "s3cret/ma de+up\\\"é=",
        "s3cret\\/ma de+up\\\"é=",
        "s3cret/ma de+up\\\"\\u00e9=",
        &STANDARD.encode(format!("gitlab-ci-token:{secret}")),
        &wrap(&STANDARD.encode(format!("gitlab-ci-token:{secret}")), 10, "\n"),
    ] {
        assert_eq!(masked(&needles, &[format!("<{form}>").as_bytes()]), "<[MASKED]>", "{form}");
    }
}

#[test]
fn secrets_that_overlap_or_touch() {
    for (secrets, text, expected) in [
        (vec![TOKEN], "glpat-made-up-token-000001glpat-made-up-token-000001", "[MASKED][MASKED]"),
        (vec!["abcdefgh", "abcdefghij"], "abcdefghij abcdefghi abcdefgh", "[MASKED] [MASKED]i [MASKED]"),
        (vec!["defghijk", "abcdefghijklm"], "abcdefghijklm abcdefghijkl.", "[MASKED] abc[MASKED]l."),
        (vec!["abcdefgh", "efghijkl"], "abcdefghijkl", "[MASKED]"),
        (vec!["abababab"], "abababababab.", "[MASKED]."),
        (vec!["abababab"], "cabababac", "cabababac"),
        (vec!["aaaaaaaa"], "aaaaaaa aaaaaaaaaaaaaaaa", "aaaaaaa [MASKED]"),
    ] {
        let needles = needles(&secrets);
        for cut in 0..text.len() {
            let (left, right) = text.as_bytes().split_at(cut);
            assert_eq!(masked(&needles, &[left, right]), expected, "{text} cut at {cut}");
        }
        let bytes: Vec<&[u8]> = text.as_bytes().chunks(1).collect();
        assert_eq!(masked(&needles, &bytes), expected, "{text} byte by byte");
    }
}

#[test]
fn a_long_secret_in_base64_is_masked_at_every_width_and_alignment() {
    let secret: String = (0..1500).map(|at: u32| char::from(b'!' + (at * at % 89 + at % 5) as u8)).collect();
    let needles = needles(&[&secret]);
    for before in 0..3 {
        let data = format!("{}{secret}\0\0\0", &"\0\0\0"[..before]);
        for (width, line_break) in
            [(1, "\n"), (3, "\n"), (20, "\r\n"), (64, "\n"), (76, "\n"), (76, "\r\n"), (4000, "")]
        {
            for encoded in [STANDARD.encode(&data), URL_SAFE.encode(&data)] {
                let text = wrap(&encoded, width, line_break);
                let shown = masked(&needles, &text.as_bytes().chunks(4096).collect::<Vec<_>>());
                assert!(shown.contains("[MASKED]") && shown.len() < 40, "{width}: {shown}");
            }
        }
    }
}

#[test]
#[expect(clippy::disallowed_methods, reason = "the real program is the reference")]
fn the_base64_program_hides_nothing() {
    let mut program = Command::new("base64").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let secret = format!("{TOKEN}-{}", "and-a-long-made-up-tail".repeat(9));
    let netrc = format!("machine gitlab.example login gitlab-ci-token password {secret}\n");
    std::io::Write::write_all(&mut program.stdin.take().unwrap(), netrc.as_bytes()).unwrap();
    let text = program.wait_with_output().unwrap().stdout;
    let shown = masked(&needles(&[&secret]), &[&text]);
    let (before, after) = shown.split_once("[MASKED]").unwrap();
    assert!(STANDARD.encode(netrc).starts_with(before));
    assert!(after.trim_end().len() <= 4 && text.len() > 300, "{shown}");
}

#[test]
fn a_key_is_masked_as_a_whole_and_line_by_line() {
    let key =
        "-----BEGIN MADE UP KEY-----\nTWFkZVVwS2V5TGluZTE\nTWFkZVVwS2V5TGluZTI\n-----END MADE UP KEY-----\n";
    let needles = needles(&[key]);
    assert_eq!(masked(&needles, &[format!("a\n{key}b").as_bytes()]), "a\n[MASKED]\nb");
    assert_eq!(masked(&needles, &[key.replace('\n', "\r\n").as_bytes()]), "[MASKED]\r\n");
    let indented = "  -----BEGIN MADE UP KEY-----\n  [MASKED]\n  [MASKED]\n  -----END MADE UP KEY-----\n  ";
    assert_eq!(masked(&needles, &[format!("  {}", key.replace('\n', "\n  ")).as_bytes()]), indented);
}

#[test]
fn only_what_may_be_a_beginning_is_held() {
    let mut masker = Masker::new(needles(&[TOKEN]));
    for (chunk, written, held) in [
        ("a line\n", "a line\n", Held::Nothing),
        ("password: ", "password: ", Held::Nothing),
        ("> gl", "> ", Held::Fragment),
        ("ue\n", "glue\n", Held::Nothing),
        ("glpat-made", "", Held::Fragment),
        ("\n", "glpat-made\n", Held::Nothing),
        ("Z2xwYXQt", "", Held::Fragment),
        ("\n", "", Held::Lines),
        ("bWFkZS", "", Held::Lines),
        (".", "Z2xwYXQt\nbWFkZS.", Held::Nothing),
        ("option Z\n", "option ", Held::Fragment),
        ("\n\n\n\n\n\n\n", "", Held::Fragment),
        ("\n", "Z\n\n\n\n\n\n\n\n\n", Held::Nothing),
    ] {
        assert_eq!(String::from_utf8_lossy(masker.mask(chunk.as_bytes())), written, "{chunk:?}");
        assert_eq!(masker.held(), held, "{chunk:?}");
    }
}

#[test]
fn a_clean_chunk_is_not_copied() {
    let mut masker = Masker::new(needles(&[TOKEN]));
    let chunk = b"nothing to see here\n";
    assert_eq!(masker.mask(chunk).as_ptr(), chunk.as_ptr());
}

#[test]
fn what_was_let_go_is_still_known() {
    let mut masker = Masker::new(needles(&[TOKEN, "abcdefgh", "abcdefghij", "0123abcdefgh4567"]));
    assert_eq!(masker.mask(b"> glpat-made-"), b"> ");
    assert_eq!(masker.flush_held(), b"glpat-made-");
    assert_eq!(masker.held(), Held::Nothing);
    assert_eq!(masker.flush_held(), b"");
    assert_eq!(masker.mask(b"up-"), b"");
    assert_eq!(masker.flush_held(), b"up-");
    assert_eq!(masker.mask(b"token-000001!"), b"[MASKED]!");
    assert_eq!(masker.mask(b"glp"), b"");
    assert_eq!(masker.flush_held(), b"glp");
    assert_eq!(masker.mask(b"! abcdefgh"), b"! ");
    assert_eq!(masker.flush_held(), b"[MASKED]");
    assert_eq!(masker.mask(b"i"), b"");
    assert_eq!(masker.mask(b"j "), b" ");
    assert_eq!(masker.mask(b"0123abcdefgh45"), b"");
    assert_eq!(masker.flush_held(), b"0123[MASKED]45");
    assert_eq!(masker.mask(b"67 "), b"[MASKED] ");
    assert_eq!(masker.mask(b"glpat-made-"), b"");
    assert_eq!(masker.flush_held(), b"glpat-made-");
    assert_eq!(masker.mask(b"up"), b"");
    assert_eq!(masker.finish(), b"[MASKED]");
}

#[test]
fn the_end_masks_eight_bytes_and_lets_go_of_seven() {
    let needles = needles(&[TOKEN]);
    assert_eq!(masked(&needles, &[b"a glpat-m"]), "a glpat-m");
    assert_eq!(masked(&needles, &[b"a glpat-ma"]), "a [MASKED]");
    assert_eq!(masked(&needles, &[b"a Z2xwYXQ\n"]), "a Z2xwYXQ\n");
    assert_eq!(masked(&needles, &[b"a Z2xw\nYXQt\n"]), "a [MASKED]\n");
}

#[test]
fn other_needles_can_be_handed_in_between() {
    let mut masker = Masker::new(needles(&["made-up-first-token"]));
    assert_eq!(masker.mask(b"made-up-first-token made-up-"), b"[MASKED] ");
    masker.replace(needles(&["made-up-first-token", "made-up-other-token"]));
    assert_eq!(masker.mask(b"other-token."), b"[MASKED].");
    assert_eq!(masked(&needles(&[]), &[b"made-up-first-token"]), "made-up-first-token");
}

#[test]
fn debug_tells_nothing() {
    let mut masker = Masker::new(needles(&[TOKEN]));
    masker.mask(b"glpat-made-");
    assert_eq!(format!("{masker:?}"), "Masker { needles: Needles { forms: 5, .. }, held: Fragment, .. }");
}
