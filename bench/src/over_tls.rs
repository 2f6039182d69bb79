use std::time::Duration;

use crate::{
    contender::Contender,
    job_to_token::{peak, runner, runs},
    race::race,
    report::{Section, Verdict, mebibytes, milliseconds},
    workbench::Workbench,
};

const SLOWER_THAN_PLAIN: f64 = 2.0;
const PEAK_MEBIBYTES: f64 = 12.0;

pub(crate) fn measure(workbench: &Workbench<'_>) -> anyhow::Result<Section> {
    let (plain, tls) = (&workbench.plain, &workbench.tls);
    let times = race(&[
        runner(workbench, Contender::Buildpass, plain),
        runner(workbench, Contender::Buildpass, tls),
        runner(workbench, Contender::Curl, tls),
        runner(workbench, Contender::Bao, tls),
    ])?;
    workbench.no_session_is_left()?;
    let buildpass = times[1].as_secs_f64();
    let row = |name: String, contender: Contender, time: Duration, peak: u64| {
        vec![
            name,
            runs(contender).to_string(),
            milliseconds(time),
            format!("{:.1} ×", time.as_secs_f64() / buildpass),
            mebibytes(peak),
        ]
    };
    let name = Contender::Buildpass.name();
    let over_plain = format!("{name} over plain http");
    let plain_peak = peak(workbench, Contender::Buildpass, plain)?;
    let mut rows = vec![row(over_plain, Contender::Buildpass, times[0], plain_peak)];
    let buildpass_peak = peak(workbench, Contender::Buildpass, tls)?;
    rows.push(row(name.to_owned(), Contender::Buildpass, times[1], buildpass_peak));
    for (contender, time) in [Contender::Curl, Contender::Bao].into_iter().zip(&times[2..]) {
        let peak = peak(workbench, contender, tls)?;
        rows.push(row(contender.name().to_owned(), contender, *time, peak));
    }
    Ok(Section {
        title: "Job to token over TLS",
        about: "The same over https. The vault's certificate is signed by a made-up authority that stands behind the\n\
                system's own in one bundle, so that everybody has to load them all. buildpass over plain http runs beside them, for the ratio."
            .to_owned(),
        head: &["", "runs", "median", "of buildpass", "peak memory"],
        rows,
        verdicts: vec![
            Verdict::at_most(
                "the same over TLS, of the plain figure",
                SLOWER_THAN_PLAIN,
                buildpass / times[0].as_secs_f64(),
                "×",
                "The system's authorities are decoded at every start: see \"Where the milliseconds go\".",
            ),
            Verdict::at_most(
                "the same over TLS, peak memory",
                PEAK_MEBIBYTES,
                buildpass_peak as f64 / 1024.0,
                "MiB",
                "The system's authorities are held while the connection is made.",
            ),
        ],
    })
}
