use serde::Serialize;

use super::{
    Asker, Bearer, Decision, Entry, Outcome, Said, auth_part::AuthPart, keys::Salt,
    request_part::RequestPart, response_part::ResponsePart,
};
use crate::{clock::Moment, exchange::Operation};

/// The object of a request's line.
pub(super) fn request(salt: &Salt, time: Moment, entry: &Entry<'_>) -> String {
    let error = match entry.asker {
        Asker::Stopped { why, .. } => Some(why),
        Asker::Nobody => Some("permission denied"),
        Asker::Bearer(Bearer { decision: Decision::Refused, .. }) => {
            Some("1 error occurred:\n\t* permission denied\n\n")
        }
        Asker::Anybody | Asker::Bearer(_) => None,
    };
    let auth = AuthPart::of_asker(salt, entry);
    let request = RequestPart::new(salt, entry, entry.is_looked_up(), &auth);
    written(&Line { time, kind: "request", auth, request, response: None, error })
}

/// The object of a response's line.
pub(super) fn response(salt: &Salt, time: Moment, entry: &Entry<'_>, outcome: &Outcome<'_>) -> String {
    let known = entry.is_looked_up() || entry.is_let_through();
    let response = Some(ResponsePart::new(salt, entry, known, outcome));
    let (auth, error) = match outcome {
        // A login shows as who asked whom it let in.
        Outcome::Answered(Said { auth: Some(auth), .. }) if matches!(entry.asker, Asker::Anybody) => {
            (AuthPart::of_issued(salt, auth), None)
        }
        Outcome::Answered(_) => (AuthPart::of_asker(salt, entry), None),
        Outcome::Refused(refusal) => (AuthPart::of_asker(salt, entry), refusal.error()),
    };
    let request = RequestPart::new(salt, entry, known, &auth);
    written(&Line { time, kind: "response", auth, request, response, error })
}

fn written(line: &Line<'_>) -> String {
    serde_json::to_string(line).expect("a line is made of what JSON can say")
}

impl Entry<'_> {
    /// Whether OpenBao has asked the engine about the path before it asks policies: then it knows the mount's accessor.
    fn is_looked_up(&self) -> bool {
        let writes = matches!(self.operation, Operation::Create | Operation::Update);
        writes && !matches!(self.asker, Asker::Nobody | Asker::Stopped { .. })
    }

    /// Whether the request reaches its engine.
    fn is_let_through(&self) -> bool {
        match self.asker {
            Asker::Nobody | Asker::Stopped { .. } => false,
            Asker::Anybody => true,
            Asker::Bearer(Bearer { decision, .. }) => matches!(decision, Decision::Granted(_)),
        }
    }
}

#[derive(Serialize)]
struct Line<'a> {
    time: Moment,
    #[serde(rename = "type")]
    kind: &'static str,
    auth: AuthPart<'a>,
    request: RequestPart<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    response: Option<ResponsePart<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<&'a str>,
}

/// The only namespace.
pub(super) const ROOT: &str = "root";

/// What OpenBao says of the engines and methods that it was built with.
pub(super) const RUNNING_VERSION: &str = "v2.7.2+builtin.bao";

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use aws_lc_rs::digest::{SHA256, digest};
    use base64::{Engine, engine::general_purpose::STANDARD};
    use serde_json::{
        Value, json,
        value::{RawValue, to_raw_value},
    };
    use zeroize::Zeroizing;

    use super::{
        super::{Header, MountPoint, Refusal, Times, WrapInfo, sample},
        *,
    };
    use crate::exchange::{Answer, Authenticated, Fields};

    /// What stands for a text.
    fn of(text: &str) -> String {
        sample::keys().salt.hash(text)
    }

    fn read(line: &str) -> Value {
        serde_json::from_str(line).unwrap()
    }

    fn said(data: &RawValue) -> Said<'_> {
        Said {
            data: Some(data),
            times: Times::None,
            auth: None,
            warnings: &[],
            lease_id: None,
            wrap_info: None,
        }
    }

    /// The line of OpenBao 2.7.2 for a write to `secret/data/x`, with the texts of this test.
    #[test]
    fn a_write_is_logged_as_openbao_logs_it() {
        let salt = &sample::keys().salt;
        let fields = sample::fields(json!({
            "data": { "a": "s3cret", "b": true, "e": "", "f": 1.5, "l": ["x", 1], "m": { "k": "v" }, "z": null },
            "options": { "cas": 0 },
        }));
        let policies = ["p".to_owned()];
        let entry = sample::entry(&policies, &fields);
        let auth = json!({
            "client_token": of(sample::TOKEN),
            "accessor": of("accessor-of-the-tests"),
            "display_name": "jwt-7",
            "policies": ["p"],
            "token_policies": ["p"],
            "policy_results": {
                "allowed": true,
                "granting_policies": [{ "name": "p", "namespace_id": "root", "type": "acl" }],
            },
            "remaining_uses": 5,
            "token_type": "service",
            "token_ttl": 60,
            "token_issue_time": "2027-01-15T08:00:00Z",
        });
        let request = json!({
            "id": entry.id,
            "client_id": STANDARD.encode(digest(&SHA256, b"p\0root")),
            "operation": "update",
            "mount_point": "secret/",
            "mount_type": "kv",
            "mount_accessor": "kv_1da1914f",
            "mount_running_version": "v2.7.2+builtin.bao",
            "mount_class": "secret",
            "client_token": of(sample::TOKEN),
            "client_token_accessor": of("accessor-of-the-tests"),
            "namespace": { "id": "root" },
            "path": "secret/data/x",
            "data": {
                "data": {
                    "a": of("s3cret"), "b": true, "e": of(""), "f": 1.5, "l": [of("x"), 1], "m": { "k": of("v") },
                    "z": null,
                },
                "options": { "cas": 0 },
            },
            "remote_address": "127.0.0.1",
            "remote_port": 40_000,
        });
        let line = super::request(salt, sample::at(1), &entry);
        let expected =
            json!({ "time": "2027-01-15T08:00:01Z", "type": "request", "auth": auth, "request": request });
        assert_eq!(read(&line), expected);
        let answer = Answer::data(&json!({
            "created_time": "2026-11-25T03:17:58.585987572Z", "deletion_time": "", "destroyed": false, "version": 1,
        }));
        let outcome = Outcome::Answered(Said::of(&answer, Times::Version));
        let found = read(&response(salt, sample::at(1), &entry, &outcome));
        let expected = json!({
            "mount_point": "secret/",
            "mount_type": "kv",
            "mount_accessor": "kv_1da1914f",
            "mount_running_plugin_version": "v2.7.2+builtin.bao",
            "mount_class": "secret",
            "data": {
                "created_time": "2026-11-25T03:17:58.585987572Z", "deletion_time": of(""), "destroyed": false,
                "version": 1,
            },
        });
        assert_eq!(found["response"], expected);
        assert_eq!((&found["type"], &found["error"]), (&json!("response"), &Value::Null));
    }

    #[test]
    fn an_accessor_of_a_mount_is_named_once_it_is_known() {
        let salt = &sample::keys().salt;
        let (fields, policies) = (Fields::default(), ["p".to_owned()]);
        let write = sample::entry(&policies, &fields);
        let read_only = Entry { operation: Operation::Read, ..write };
        let bearer = |decision| Asker::Bearer(Bearer { decision, ..sample::bearer(&policies) });
        let refused = Outcome::Refused(Refusal::Denied("x"));
        let none = Outcome::Refused(Refusal::NotFound);
        for (entry, outcome, in_request, in_response) in [
            (write, none, true, true),
            (read_only, none, false, true),
            (Entry { asker: bearer(Decision::Refused), ..write }, refused, true, true),
            (Entry { asker: bearer(Decision::Refused), ..read_only }, refused, false, false),
            (Entry { asker: Asker::Nobody, ..write }, refused, false, false),
            (Entry { asker: Asker::Anybody, ..write }, none, true, true),
            (Entry { asker: Asker::Anybody, ..read_only }, none, false, true),
        ] {
            let asked = read(&super::request(salt, sample::at(0), &entry));
            let answered = read(&response(salt, sample::at(0), &entry, &outcome));
            assert_eq!(asked["request"].get("mount_accessor").is_some(), in_request);
            assert_eq!(answered["request"].get("mount_accessor").is_some(), in_response);
            assert_eq!(answered["response"].get("mount_accessor").is_some(), in_response);
        }
    }

    #[test]
    fn refusals_are_told_apart_and_what_was_told_is_replaced() {
        let salt = &sample::keys().salt;
        let (fields, policies) = (Fields::default(), ["p".to_owned()]);
        let entry = sample::entry(&policies, &fields);
        let (denied, invalid) =
            ("1 error occurred:\n\t* permission denied\n\n", "1 error occurred:\n\t* invalid request\n\n");
        let unsupported = "1 error occurred:\n\t* unsupported path\n\n";
        for (refusal, error, told) in [
            (Refusal::Denied("permission denied"), Some(denied), Some("permission denied")),
            (Refusal::Invalid("no data"), Some(invalid), Some("no data")),
            (Refusal::Told("no input"), None, Some("no input")),
            (Refusal::Unsupported("unsupported operation"), Some("unsupported operation"), None),
            (Refusal::NoRoute("no handler"), Some(unsupported), Some("no handler")),
            (Refusal::NotFound, None, None),
        ] {
            let line = read(&response(salt, sample::at(0), &entry, &Outcome::Refused(refusal)));
            assert_eq!(line["error"].as_str(), error);
            let expected = told.map_or(Value::Null, |told| json!({ "error": of(told) }));
            assert_eq!(line["response"].get("data").cloned().unwrap_or_default(), expected);
        }
        let nobody = Entry { asker: Asker::Nobody, ..entry };
        let line = read(&super::request(salt, sample::at(0), &nobody));
        assert_eq!(
            (&line["error"], &line["auth"]),
            (&json!("permission denied"), &json!({ "token_type": "default" }))
        );
        let refused = Asker::Bearer(Bearer { decision: Decision::Refused, ..sample::bearer(&policies) });
        let line = read(&super::request(salt, sample::at(0), &Entry { asker: refused, ..entry }));
        assert_eq!(
            (&line["error"], &line["auth"]["policy_results"]),
            (&json!(denied), &json!({ "allowed": false }))
        );
    }

    #[test]
    fn a_login_shows_whom_it_let_in() {
        let salt = &sample::keys().salt;
        let fields = sample::fields(json!({ "jwt": "a.b.c", "role": "r" }));
        let mount = MountPoint { path: "auth/jwt/", kind: "jwt", accessor: "auth_jwt_1" };
        let policies = ["p".to_owned()];
        let entry = Entry {
            asker: Asker::Anybody,
            mount: Some(mount),
            path: "auth/jwt/login",
            token: None,
            ..sample::entry(&policies, &fields)
        };
        let asked = read(&super::request(salt, sample::at(0), &entry));
        let expected = json!({ "policy_results": { "allowed": true }, "token_type": "default" });
        assert_eq!((&asked["auth"], &asked["request"]["data"]["jwt"]), (&expected, &json!(of("a.b.c"))));
        assert_eq!(asked["request"]["mount_class"], "auth");
        let issued = Authenticated {
            client_token: Zeroizing::new("s.new".to_owned()),
            accessor: "new-accessor".to_owned(),
            policies: vec!["p".to_owned()],
            token_policies: vec!["p".to_owned()],
            metadata: to_raw_value(&json!({ "role": "r" })).ok(),
            lease_duration: 60,
            renewable: true,
            entity_id: "e-1".to_owned(),
            token_type: "service",
            orphan: true,
            mfa_requirement: None,
            num_uses: 0,
            display_name: "jwt-7".into(),
            issued: None,
        };
        let answer = Said { data: None, auth: Some(&issued), ..said(RawValue::NULL) };
        let line = read(&response(salt, sample::at(0), &entry, &Outcome::Answered(answer)));
        let expected = json!({
            "client_token": of("s.new"), "accessor": of("new-accessor"), "policies": ["p"], "token_policies": ["p"],
            "display_name": "jwt-7", "metadata": { "role": "r" }, "entity_id": "e-1", "token_type": "service", "token_ttl": 60,
        });
        assert_eq!((&line["auth"], &line["response"]["auth"]), (&expected, &expected));
    }

    #[test]
    fn a_wrapped_answer_shows_its_wrapping_alone() {
        let salt = &sample::keys().salt;
        let (fields, policies) = (Fields::default(), ["p".to_owned()]);
        let headers =
            [Header::Plain { name: "X-Bar", value: "r1" }, Header::Hashed { name: "X-Foo", value: "abc" }];
        let wrap = Some(Duration::from_secs(60));
        let entry = Entry { headers: &headers, wrap, ..sample::entry(&policies, &fields) };
        let data = to_raw_value(&json!({ "a": "s3cret" })).unwrap();
        let wrap_info = WrapInfo {
            token: "s.wrap",
            accessor: "wrap-accessor",
            ttl: Duration::from_secs(60),
            created: sample::at(0),
            path: "secret/data/x",
            wrapped_accessor: None,
        };
        let outcome = Outcome::Answered(Said { wrap_info: Some(wrap_info), ..said(&data) });
        let line = read(&response(salt, sample::at(0), &entry, &outcome));
        let expected = json!({
            "ttl": 60, "token": of("s.wrap"), "accessor": of("wrap-accessor"), "creation_time": "2027-01-15T08:00:00Z",
            "creation_path": "secret/data/x",
        });
        assert_eq!((&line["response"]["wrap_info"], line["response"].get("data")), (&expected, None));
        assert_eq!(line["request"]["wrap_ttl"], 60);
        assert_eq!(line["request"]["headers"], json!({ "x-bar": ["r1"], "x-foo": [of("abc")] }));
    }
}
