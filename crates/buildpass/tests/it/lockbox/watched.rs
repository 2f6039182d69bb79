//! `lockbox serve` as a platform's owner watches it: certificate, figures, audit log, limits.

use std::{
    fs,
    io::{Read, Write},
    net::TcpStream,
    time::Duration,
};

use rcgen::{CertificateParams, CertifiedIssuer, KeyPair};
use serde_json::{Value, json};

use super::Owner;
use crate::harness::{http, wait_until};

const OPEN: [&str; 4] = ["--file", "box", "--unseal-key-file", "key"];

#[test]
fn a_new_certificate_is_served_without_a_new_start() {
    let owner = Owner::new();
    let root = owner.init().root_token;
    let authority = Authority::new(&owner, "ca.pem");
    authority.certify(&owner);
    let tls = ["--tls-cert", "server.pem", "--tls-key", "server.key"];
    let served = owner.serve_with(&[&OPEN[..], &tls].concat());
    assert!(served.address.starts_with("https://"), "{}", served.address);
    let status = |ca: &str| owner.bao_trusting(ca, &served.address, &root, &["token", "lookup"]);
    let Some(first) = status("ca.pem") else {
        return println!("skipped: it wants the program `bao`");
    };
    assert_eq!(first.code, Some(0), "{}", first.stderr);
    fs::write(owner.path("server.key"), "no key at all").unwrap();
    served.must_say("the old certificate stays: ");
    assert_eq!(status("ca.pem").unwrap().code, Some(0));
    Authority::new(&owner, "new-ca.pem").certify(&owner);
    served.must_say("new connections get the new certificate");
    let renewed =
        wait_until(Duration::from_secs(20), || status("new-ca.pem").is_some_and(|it| it.code == Some(0)));
    assert!(renewed, "{}", status("new-ca.pem").unwrap().stderr);
    assert_ne!(status("ca.pem").unwrap().code, Some(0));
}

#[test]
fn what_cannot_serve_is_said_with_what_to_do() {
    let owner = Owner::new();
    owner.init();
    let refused = |arguments: &[&str]| {
        let serve = [&["lockbox", "serve"][..], &OPEN, arguments].concat();
        let refused = owner.buildpass(&serve);
        assert_eq!(refused.code, Some(2), "{}", refused.stderr);
        refused.stderr
    };
    insta::assert_snapshot!(refused(&["--tls-cert", "nothing", "--tls-key", "key"]), @"
    error: cannot read nothing
      caused by: No such file or directory (os error 2)
    hint: name files that exist and that the user of this process may read
    ");
    insta::assert_snapshot!(refused(&["--tls-cert", "key", "--tls-key", "key"]), @"
    error: there is no certificate in key
    hint: the certificate file holds the server's certificate first and then its issuers, the key file one key, all in PEM
    ");
    insta::assert_snapshot!(refused(&["--listen", "0.0.0.0:0"]), @"
    error: 0.0.0.0:0 is not on loopback, and a lockbox without a certificate speaks plain http
    hint: give `--tls-cert` and `--tls-key`, or listen on 127.0.0.1 or [::1]
    ");
    insta::assert_snapshot!(refused(&["--listen", "127.0.0.1:0", "--metrics-listen", "[::]:0"]), @"
    error: [::]:0 is not on loopback, and a lockbox without a certificate speaks plain http
    hint: give `--tls-cert` and `--tls-key`, or listen on 127.0.0.1 or [::1]
    ");
    insta::assert_snapshot!(refused(&["--login-rate", "5"]), @"
    error: invalid value '5' for '--login-rate <N/BURST>': say how many a second and how many at once, both at least 1, like `5/20`

    For more information, try '--help'.
    ");
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let taken = taken.local_addr().unwrap().to_string();
    let said = refused(&["--listen", "127.0.0.1:0", "--metrics-listen", &taken]);
    insta::assert_snapshot!(said.replace(&taken, "TAKEN"), @"
    error: lockbox cannot serve on TAKEN: Address already in use (os error 98)
    hint: name another port with `--metrics-listen`
    ");
}

#[test]
fn the_figures_have_a_listener_of_their_own() {
    let owner = Owner::new();
    let root = owner.init().root_token;
    let served = owner.serve_with(&[&OPEN[..], &["--metrics-listen", "127.0.0.1:0"]].concat());
    served.fill(&root);
    let figures = served.line_with("its figures are at ");
    let page = http::text(&figures).unwrap();
    assert!(page.contains("# TYPE lockbox_"), "{page}");
    assert!(!page.contains(&root) && !page.contains("made-up") && !page.contains("build-token"), "{page}");
    assert_eq!(http::request("GET", &format!("{}/metrics", served.address), &[], None).unwrap().0, 404);
}

#[test]
fn every_request_is_logged_and_a_new_file_goes_on_where_the_old_one_ended() {
    let owner = Owner::new();
    let root = owner.init().root_token;
    let served = owner.serve_with(&[&OPEN[..], &["--audit-file", "audit"]].concat());
    served.fill(&root);
    owner.rotate_log(&served, "audit");
    served.write(&root, "later", "made-up-2");
    assert_eq!(served.end("TERM"), Some(0));
    let (old, new) = (lines(&owner, "audit.1"), lines(&owner, "audit"));
    let paths = |lines: &[Value]| {
        let of = lines.iter().filter(|line| line["type"] == "response");
        of.map(|line| line["request"]["path"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(paths(&old), ["sys/mounts/ci", "ci/data/build-token"]);
    assert_eq!(paths(&new), ["ci/data/later"]);
    let (last, first) = (&old.last().unwrap()["chain"], &new[0]);
    assert_eq!(first["event"]["continued"]["hash"], last["hash"]);
    assert_eq!(first["chain"]["number"].as_u64(), last["number"].as_u64().map(|number| number + 1));
    for file in ["audit.1", "audit"] {
        let text = fs::read_to_string(owner.path(file)).unwrap();
        assert!(!text.contains(&root) && !text.contains("made-up"), "{text}");
        assert!(text.contains("hmac-sha256:"), "{text}");
    }
}

#[test]
fn who_logs_in_too_often_is_told_when_to_come_again() {
    let owner = Owner::new();
    let root = owner.init().root_token;
    let served = owner.serve_with(&[&OPEN[..], &["--login-rate", "1/3"]].concat());
    served.must(&root, "POST", "sys/auth/jwt", json!({"type": "jwt"}));
    let login = || served.ask("", "POST", "auth/jwt/login", json!({"role": "r", "jwt": "made.up.jwt"}));
    let answers: Vec<u16> = (0..3).map(|_| login().0).collect();
    assert_eq!(answers, [400, 400, 400]);
    // On a slow machine some more are let in meanwhile.
    assert!((0..50).any(|_| login().0 == 429));
    assert!(wait_until(Duration::from_secs(20), || login().0 == 400));
}

#[test]
fn who_is_not_done_at_the_deadline_is_cut_off_and_counted() {
    let owner = Owner::new();
    owner.init();
    let served = owner.serve_with(&[&OPEN[..], &["--drain-deadline", "300ms"]].concat());
    let mut busy = TcpStream::connect(served.address.trim_start_matches("http://")).unwrap();
    let head =
        "POST /v1/sys/unseal HTTP/1.1\r\nHost: vault\r\nExpect: 100-continue\r\nContent-Length: 9\r\n\r\n";
    busy.write_all(head.as_bytes()).unwrap();
    busy.read_exact(&mut [0; 12]).unwrap();
    served.signal("TERM");
    served.must_say("1 requests were under way still at the deadline, and were cut off");
    assert_eq!(served.end("TERM"), Some(0));
}

fn lines(owner: &Owner, file: &str) -> Vec<Value> {
    let text = fs::read_to_string(owner.path(file)).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// Who certifies servers for `127.0.0.1`.
struct Authority(CertifiedIssuer<'static, KeyPair>);

impl Authority {
    fn new(owner: &Owner, file: &str) -> Self {
        let mut own = CertificateParams::new(Vec::new()).unwrap();
        own.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
        own.distinguished_name.push(rcgen::DnType::CommonName, file);
        let authority = CertifiedIssuer::self_signed(own, KeyPair::generate().unwrap()).unwrap();
        fs::write(owner.path(file), authority.pem()).unwrap();
        Self(authority)
    }

    /// Puts a new key and its certificate where the server looks for them.
    fn certify(&self, owner: &Owner) {
        let key = KeyPair::generate().unwrap();
        let server = CertificateParams::new(vec!["127.0.0.1".to_owned()]).unwrap();
        let certificate = server.signed_by(&key, &self.0).unwrap();
        fs::write(owner.path("server.key"), key.serialize_pem()).unwrap();
        fs::write(owner.path("server.pem"), certificate.pem()).unwrap();
    }
}
