use std::fs;

use crate::{
    programs::Programs,
    report::{Section, Verdict},
};

const MEGABYTES: f64 = 15.0;

pub(crate) fn measure(programs: &Programs) -> anyhow::Result<Section> {
    let size = |program| Ok::<_, anyhow::Error>(fs::metadata(program)?.len() as f64 / 1e6);
    let (buildpass, bao) = (size(&programs.buildpass)?, size(&programs.bao)?);
    Ok(Section {
        title: "Size of the program",
        about: "The release binary, stripped.".to_owned(),
        head: &["", "size"],
        rows: vec![
            vec!["`buildpass`".to_owned(), format!("{buildpass:.1} MB")],
            vec!["`bao`".to_owned(), format!("{bao:.1} MB")],
        ],
        verdicts: vec![Verdict::at_most(
            "size of the stripped binary",
            MEGABYTES,
            buildpass,
            "MB",
            "Most of it is TLS and its cryptography.",
        )],
    })
}
