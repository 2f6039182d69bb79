use std::time::Duration;

use crate::{
    contender::Contender,
    peak_memory,
    race::{Runner, race},
    report::{Section, Verdict, mebibytes, milliseconds},
    workbench::{Place, SECRET_VALUE, Workbench},
};

const FASTER_THAN_BAO: f64 = 50.0;
const FASTER_THAN_CURL: f64 = 4.5;
const PEAK_MEBIBYTES: f64 = 12.0;

const WHY: &str = "Where buildpass's own time goes stands under \"Where the milliseconds go\".";

pub(crate) fn measure(workbench: &Workbench<'_>) -> anyhow::Result<Section> {
    let place = &workbench.plain;
    let times = race(&Contender::ALL.map(|contender| runner(workbench, contender, place)))?;
    let [buildpass, curl, bao] = [times[0], times[1], times[2]];
    let peaks = Contender::ALL.map(|contender| peak(workbench, contender, place));
    let [buildpass_peak, curl_peak, bao_peak] = peaks;
    let buildpass_peak = buildpass_peak?;
    workbench.no_session_is_left()?;
    let ratio = |other: Duration| other.as_secs_f64() / buildpass.as_secs_f64();
    let row = |contender: Contender, time: Duration, peak: u64| {
        vec![
            contender.name().to_owned(),
            runs(contender).to_string(),
            milliseconds(time),
            format!("{:.1} ×", ratio(time)),
            mebibytes(peak),
        ]
    };
    Ok(Section {
        title: "Job to token",
        about: "JWT login, one read of a KV v2 secret and revoke-self against a real OpenBao over plain http on loopback;\n\
                the whole process, all three steps by each. Memory is that of the largest single process."
            .to_owned(),
        head: &["", "runs", "median", "of buildpass", "peak memory"],
        rows: vec![
            row(Contender::Buildpass, buildpass, buildpass_peak),
            row(Contender::Curl, curl, curl_peak?),
            row(Contender::Bao, bao, bao_peak?),
        ],
        verdicts: vec![
            Verdict::at_least("job to token, faster than the `bao` CLI", FASTER_THAN_BAO, ratio(bao), "×", WHY),
            Verdict::at_least("job to token, faster than curl and sed", FASTER_THAN_CURL, ratio(curl), "×", WHY),
            Verdict::at_most(
                "job to token, peak memory",
                PEAK_MEBIBYTES,
                buildpass_peak as f64 / 1024.0,
                "MiB",
                "Most of it is the program's own pages and the C library.",
            ),
        ],
    })
}

pub(crate) fn runner<'a>(workbench: &'a Workbench<'_>, contender: Contender, place: &'a Place) -> Runner<'a> {
    Runner {
        runs: runs(contender),
        command: Box::new(move || contender.command(workbench, place)),
        prints: Some(SECRET_VALUE),
    }
}

/// How often each runs; the slow one less often.
pub(crate) fn runs(contender: Contender) -> usize {
    match contender {
        Contender::Buildpass | Contender::Curl => 100,
        Contender::Bao => 20,
    }
}

/// The largest of a few.
pub(crate) fn peak(workbench: &Workbench<'_>, contender: Contender, place: &Place) -> anyhow::Result<u64> {
    let mut largest = 0;
    for _ in 0..3 {
        let command = contender.command(workbench, place);
        largest = largest.max(peak_memory::of(&workbench.programs.bench, &command)?);
    }
    Ok(largest)
}
