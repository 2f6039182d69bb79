use std::time::{Duration, UNIX_EPOCH};

use super::in_ticks;
use crate::doctor::{CertificateSeen, Check, Evidence, Fault, NodeSeen, Reach, Stage, Verdict};

/// The vault's certificate is for its name, of an authority that is trusted, and not over.
pub(super) const CHECK: Check = Check {
    id: "vault-certificate",
    stage: Stage::Vault,
    needs: &["vault-connection"],
    reach: Reach::Servers,
    run,
};

/// Time enough to get another.
const SOON: u64 = 14 * 24 * 60 * 60;

fn run(evidence: &Evidence<'_>) -> Verdict {
    let shown = || evidence.vault.nodes.iter().filter_map(|node| Some((node, node.certificate.as_ref()?)));
    if shown().next().is_none() {
        return Verdict::not_needed("plain http, or a proxy on the way: there is no certificate to look at");
    }
    let now = evidence.clock.unix_seconds();
    let (mut faults, mut warnings, mut said) = (Vec::new(), Vec::new(), Vec::new());
    for (node, certificate) in shown() {
        match certificate {
            Ok(certificate) => {
                said.push(describe(certificate));
                faults.extend(certificate.problem.as_ref().map(|problem| fault(node, certificate, problem)));
                warnings.extend(ends_soon(certificate, now));
            }
            Err(error) => {
                said.push(format!("{} shows no certificate: {error}", node.address));
                faults.push(Fault::new(
                    format!("a TLS handshake with {}", node.address),
                    error.clone(),
                    "does it speak TLS on this port? a vault of plain http has an address with `http://`",
                ));
            }
        }
    }
    // One node that is in order is enough to go on.
    if faults.len() < shown().count() {
        warnings.append(&mut faults);
    }
    Verdict::of(said.join("; "), faults, warnings)
}

fn describe(certificate: &CertificateSeen) -> String {
    format!(
        "for {}, of `{}`, until {}",
        in_ticks(&certificate.names),
        certificate.issuer,
        at(certificate.not_after)
    )
}

fn fault(node: &NodeSeen, certificate: &CertificateSeen, problem: &str) -> Fault {
    let host = node.address.as_url().host_str().unwrap_or_default();
    let advice = if problem.contains("not valid for name") {
        format!(
            "write the address with a name of the certificate, {}, or name that with `--tls-server-name` or VAULT_TLS_SERVER_NAME",
            in_ticks(&certificate.names)
        )
    } else if problem.contains("UnknownIssuer") {
        format!(
            "name the file of the authority `{}` with `[vault] ca_cert`, `--ca-cert` or VAULT_CACERT; in the image it may be missing \
             from the system's",
            certificate.issuer
        )
    } else {
        "the vault's owner gives it another certificate; if it is a new one, is this machine's clock right?"
            .to_owned()
    };
    Fault::new(
        format!(
            "a certificate for `{}` of a trusted authority, and not over",
            certificate.asked.as_deref().unwrap_or(host)
        ),
        format!("{problem}: {}", describe(certificate)),
        advice,
    )
}

fn ends_soon(certificate: &CertificateSeen, now: u64) -> Option<Fault> {
    let left = certificate.not_after.saturating_sub(now);
    (certificate.problem.is_none() && left < SOON).then(|| {
        Fault::new(
            "a certificate that is good for two weeks more",
            format!("it ends at {}", at(certificate.not_after)),
            "the vault's owner renews it",
        )
    })
}

fn at(seconds: u64) -> String {
    let seconds = seconds.min(253_402_300_799);
    humantime::format_rfc3339_seconds(UNIX_EPOCH + Duration::from_secs(seconds)).to_string()
}
