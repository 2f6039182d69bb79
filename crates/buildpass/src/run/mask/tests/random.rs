use std::sync::Arc;

use proptest::prelude::{
    Just, ProptestConfig, Strategy, any, prop, prop_assert, prop_assert_eq, prop_oneof, proptest,
};

use super::super::form::Written;
use super::super::{Held, Masker, Needles};
use super::needles;
use super::reference::{reference, taken};

/// Secrets of few different letters overlap and nearly match often; others hold whatever must be escaped. One short
/// secret is enough for a narrow stride. None holds a bracket, which could seem to be one of the mask's own.
fn secrets() -> impl Strategy<Value = Vec<String>> {
    let short = prop_oneof![
        "[ab]{8,12}",
        "[a-c]{8}",
        "[a-zA-Z0-9+/=&<\" é%-]{8,40}",
        "[ab]{5,9}\n[ab]{8,9}\n?",
        "\\PC{8,30}".prop_map(|text| text.replace(['[', ']'], "|")),
    ];
    let long = prop_oneof![
        "[ab]{9,14}",
        "[ab]{21,40}",
        "[ab]{13,30}\n[ab]{13,30}",
        "[a-zA-Z0-9+/=&<\" é%-]{21,80}",
    ];
    prop_oneof![prop::collection::vec(short, 1..4), prop::collection::vec(long, 1..4)]
}

fn pieces() -> impl Strategy<Value = Vec<(usize, usize, String)>> {
    let noise = prop_oneof![
        Just(String::new()),
        "[ab]{0,9}",
        "[ -~]{0,20}\n?",
        "[\r\n]{0,12}",
        "[A-Za-z0-9+/]{0,9}",
        any::<String>()
    ];
    prop::collection::vec((any::<usize>(), 1_usize..90, noise), 0..8)
}

/// A text that holds forms, whole and cut off, wrapped at any width, between noise.
fn text_of(needles: &Needles, pieces: &[(usize, usize, String)]) -> Vec<u8> {
    let mut text = Vec::new();
    for (choice, width, noise) in pieces {
        let (bytes, wraps) = match needles.forms()[choice % needles.forms().len()].written() {
            Written::Exactly(bytes) => (bytes, false),
            Written::Wrapped(bytes) => (bytes, true),
        };
        let cut =
            if choice / 1000 % 3 == 0 { bytes.len() * (choice / 3000 % 100) / 100 } else { bytes.len() };
        for line in bytes[..cut].chunks(if wraps { *width } else { usize::MAX }) {
            text.extend_from_slice(line);
            text.extend_from_slice(["\n", "\r\n", ""][if wraps { choice / 7 % 3 } else { 2 }].as_bytes());
        }
        text.extend_from_slice(noise.as_bytes());
    }
    text
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn any_chunking_gives_what_the_reference_gives(
        secrets in secrets(),
        pieces in pieces(),
        cuts in prop::collection::vec(1_usize..40, 1..20),
    ) {
        let needles = needles(&secrets.iter().map(String::as_str).collect::<Vec<_>>());
        let text = text_of(&needles, &pieces);
        let mut masker = Masker::new(Arc::clone(&needles));
        let mut out = Vec::new();
        let mut rest = text.as_slice();
        for cut in cuts.iter().cycle() {
            let (chunk, behind) = rest.split_at((*cut).min(rest.len()));
            out.extend_from_slice(masker.mask(chunk));
            rest = behind;
            if rest.is_empty() { break; }
        }
        out.extend(masker.finish());
        let expected = reference(&needles, &text);
        prop_assert_eq!(String::from_utf8_lossy(&out), String::from_utf8_lossy(&expected));
    }

    #[test]
    fn letting_go_at_any_time_shows_no_whole_secret(
        secrets in secrets(),
        pieces in pieces(),
        cuts in prop::collection::vec((1_usize..40, any::<bool>()), 1..20),
    ) {
        let needles = needles(&secrets.iter().map(String::as_str).collect::<Vec<_>>());
        let text = text_of(&needles, &pieces);
        let mut masker = Masker::new(Arc::clone(&needles));
        let mut out = Vec::new();
        let mut rest = text.as_slice();
        for (cut, lets_go) in cuts.iter().cycle() {
            let (chunk, behind) = rest.split_at((*cut).min(rest.len()));
            out.extend_from_slice(masker.mask(chunk));
            if *lets_go {
                out.extend_from_slice(masker.flush_held());
                prop_assert_eq!(masker.held(), Held::Nothing);
            }
            rest = behind;
            if rest.is_empty() { break; }
        }
        out.extend(masker.finish());
        for start in 0..out.len() {
            let whole = needles.forms().iter().any(|form| matches!(taken(form.written(), &out[start..]), Some(Ok(_))));
            prop_assert!(!whole, "{:?}", String::from_utf8_lossy(&out));
        }
    }
}
