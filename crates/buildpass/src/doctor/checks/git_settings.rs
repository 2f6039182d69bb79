use crate::doctor::{Check, Evidence, Fault, Reach, Stage, Verdict, Way, proxy_without_credential};

/// On the way to a realm, git adds nothing to the requests, checks certificates and follows no redirect.
pub(super) const CHECK: Check =
    Check { id: "git-settings", stage: Stage::Git, needs: &["git-program"], reach: Reach::Here, run };

fn run(evidence: &Evidence<'_>) -> Verdict {
    let Some(git) = &evidence.gitlab.git else { return Verdict::not_needed("git was not looked at") };
    let (mut faults, mut warnings) = (Vec::new(), Vec::new());
    for repository in evidence.gitlab.repositories.iter().filter(|each| each.credential.is_some()) {
        let Some(way) = git.ways.get(&repository.url) else { continue };
        let url = &repository.url;
        if way.says("extraheader").is_some_and(|value| !value.is_empty()) {
            faults.push(Fault::new(
                format!("buildpass alone says who asks for {url}"),
                "`http.extraHeader` adds a header of its own, perhaps a second credential",
                format!("remove `http.<url>.extraHeader` for {url}: `git config --show-origin --get-urlmatch http.extraHeader {url}` says where it stands"),
            ));
        }
        if way.says("sslverify").is_some_and(|value| matches!(value, "false" | "no" | "off" | "0")) {
            faults.push(Fault::new(
                format!("git checks the certificate of {url}"),
                "`http.sslVerify` is off, so that anybody on the way can read the token",
                "remove that line; `http.sslCAInfo` names an authority of one's own",
            ));
        }
        if let Some(proxy) = way.says("proxy").filter(|proxy| !proxy.is_empty()) {
            warnings.push(Fault::new(
                format!("git goes straight to {url}"),
                format!("it goes by {}", named(proxy)),
                "is that proxy meant for this server? `http.<url>.proxy` with nothing behind it goes straight",
            ));
        }
    }
    let environment = evidence.environment;
    let proxies = ["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"];
    let said = match faults.len() + warnings.len() {
        0 => "nothing stands between git and the realms",
        _ => "git's configuration changes the way to a realm",
    };
    let verdict = Verdict::of(said, faults, warnings);
    match environment.first_setting(&proxies) {
        Some(proxy) => verdict.detail(format!("the environment names {}", named(proxy))),
        None => verdict,
    }
}

fn named(proxy: &str) -> String {
    proxy_without_credential(proxy)
        .map_or_else(|| "a proxy that is no URL".to_owned(), |proxy| format!("the proxy {proxy}"))
}

impl Way {
    fn says(&self, name: &str) -> Option<&str> {
        self.http.iter().rev().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}
