use std::time::Instant;

use anyhow::ensure;
use buildpass::run::mask::speed::{build_log, job_secrets, near_misses, needles, pass};

use crate::{
    race::median,
    report::{Section, Verdict},
};

const GIGABYTES_PER_SECOND: f64 = 1.0;
const TEXT_BYTES: usize = 256 << 20;
const PASSES: usize = 9;

pub(crate) fn measure() -> anyhow::Result<Section> {
    let secrets = job_secrets();
    let needles = needles(&secrets)?;
    let speed = |text: &[u8]| -> anyhow::Result<f64> {
        let mut speeds = Vec::new();
        for _ in 0..PASSES {
            let start = Instant::now();
            ensure!(pass(&needles, text) == text.len(), "something was masked that is no secret");
            speeds.push(text.len() as f64 / start.elapsed().as_secs_f64() / 1e9);
        }
        Ok(median(speeds))
    };
    let log = speed(&build_log(TEXT_BYTES))?;
    let near = speed(&near_misses(&secrets, TEXT_BYTES))?;
    Ok(Section {
        title: "The mask alone",
        about: "One core; the secrets of an ordinary job (a GitLab token, a session and an ID token) in every form that is\n\
                masked; 256 MiB of text in pieces of 64 KiB, with nothing to mask in it."
            .to_owned(),
        head: &["text", "passes", "median"],
        rows: vec![
            vec!["what a build prints".to_owned(), PASSES.to_string(), format!("{log:.2} GB/s")],
            vec![
                "pieces of the secrets, again and again".to_owned(),
                PASSES.to_string(),
                format!("{near:.2} GB/s"),
            ],
        ],
        verdicts: vec![Verdict::at_least(
            "the mask alone, on one core",
            GIGABYTES_PER_SECOND,
            log,
            "GB/s",
            "Every fourth position is looked up in a table; copying is the other half.",
        )],
    })
}
