use buildpass::doctor::role::{Role, replay};
use serde_json::{Map, Value, json};

use super::Surgery;
use crate::harness::{Vault, http, on_every_vault};

/// Changes of the right role.
fn roles() -> Vec<Value> {
    let bound = |claims: Value| json!({"bound_claims": claims});
    let glob = |claims: Value| json!({"bound_claims": claims, "bound_claims_type": "glob"});
    vec![
        json!({}),
        bound(json!({"project_path": "g/p"})),
        bound(json!({"project_path": ["g/q", "g/p"]})),
        bound(json!({"project_path": "g/*"})),
        glob(json!({"project_path": "g/*"})),
        glob(json!({"project_path": "g*"})),
        glob(json!({"project_path": ["*/p", "h/*"], "ref_protected": "true"})),
        glob(json!({"runner_id": "5*"})),
        bound(json!({"ref_protected": "true"})),
        bound(json!({"ref_protected": true})),
        bound(json!({"runner_id": 5})),
        bound(json!({"runner_id": "5"})),
        bound(json!({"groups_direct": "a"})),
        bound(json!({"environment": "production"})),
        bound(json!({"/nested/id": "n"})),
        json!({"bound_subject": "project_path:g/p:ref_type:branch:ref:main", "bound_claims": {"ref": "main"}}),
        json!({"bound_audiences": ["https://vault.example"]}),
        json!({"user_claim": "runner_id"}),
        json!({"user_claim": "environment"}),
        json!({"user_claim": "/nested/id", "user_claim_json_pointer": true}),
        json!({"claim_mappings": {"runner_id": "runner"}}),
        json!({"groups_claim": "groups_direct"}),
        json!({"clock_skew_leeway": -1}),
        json!({"expiration_leeway": 900, "not_before_leeway": 900}),
    ]
}

/// Changes of a right token, as the sandbox makes it.
fn tokens(now: i64) -> Vec<Value> {
    let claims = |claims: Value| json!({"claims": claims});
    vec![
        json!({"project": "g/p"}),
        json!({"project": "g/s/p"}),
        json!({"project": "g-evil/p"}),
        json!({"project": "h/p", "ref": "fix", "ref_protected": false}),
        json!({"project": "g/p", "environment": "production"}),
        claims(json!({"runner_id": 5})),
        claims(json!({"runner_id": "5"})),
        claims(json!({"ref_protected": true})),
        claims(json!({"groups_direct": ["a", "b"]})),
        claims(json!({"groups_direct": [1]})),
        claims(json!({"nested": {"id": "n"}, "environment": null})),
        claims(json!({"environment": {"name": "production"}})),
        json!({"audience": ["https://vault.example", "https://other.example"]}),
        json!({"audience": "https://vault.example/"}),
        claims(json!({"exp": now - 30, "iat": now - 600, "nbf": now - 600})),
        claims(json!({"exp": now - 90, "iat": now - 600, "nbf": now - 600})),
        claims(json!({"exp": now + 900, "iat": now + 600, "nbf": now + 600})),
        claims(json!({"exp": null, "nbf": null, "iat": now - 500})),
    ]
}

/// What the vault answers: its words, or nothing where it takes the token.
fn login(vault: &Vault, role: &str, token: &str) -> String {
    let url = format!("{}/v1/auth/jwt/login", vault.address);
    let (status, answer) =
        http::request("POST", &url, &[], Some(&json!({"role": role, "jwt": token}))).unwrap();
    match status {
        200 => String::new(),
        _ => answer["errors"][0].as_str().unwrap_or_else(|| panic!("{status} {answer}")).to_owned(),
    }
}

fn claims_of(token: &str) -> Map<String, Value> {
    buildpass::identity::Opened::read(&buildpass::identity::IdToken::new(token.to_owned())).unwrap().claims
}

fn now() -> u64 {
    std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs()
}

on_every_vault! {
    fn a_role_is_carried_out_here_as_there(vault) {
        let surgery = Surgery::on(vault);
        let started = i64::try_from(now()).unwrap();
        let tokens: Vec<String> = tokens(started)
            .into_iter()
            .map(|mut token| {
                let audience = token["audience"].take();
                let audience = if audience.is_null() { json!(vault.address) } else { audience };
                token["audience"] = audience;
                surgery.sandbox.id_token(&vault.address, token)
            })
            .collect();
        let mut compared = 0;
        for (number, change) in roles().into_iter().enumerate() {
            let name = format!("generated-{number}");
            let mut role = json!({
                "role_type": "jwt", "user_claim": "project_id", "bound_claims": {}, "token_policies": ["default"],
                "bound_audiences": [vault.address, "https://other.example"], "token_type": "batch",
            });
            role.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
            vault.must("POST", &format!("auth/jwt/role/{name}"), role.clone());
            let shown = vault.must("GET", &format!("auth/jwt/role/{name}"), Value::Null);
            for read in [Role::read(shown.to_string().as_bytes()), Role::read(role.to_string().as_bytes())] {
                let read = read.unwrap();
                for token in &tokens {
                    let said = login(vault, &name, token);
                    let here = replay(&read, &claims_of(token), now());
                    let first = here.first().map(|refusal| refusal.rung);
                    // A vault goes through bound claims in any order.
                    let mut possible = here.iter().filter(|refusal| Some(refusal.rung) == first);
                    let agree = match first {
                        None => said.is_empty(),
                        Some(_) => possible.any(|refusal| !said.is_empty() && said.starts_with(&refusal.text)),
                    };
                    assert!(agree, "{change}\n{:?}\nthere: {said}\nhere: {here:#?}", claims_of(token));
                    compared += 1;
                }
            }
        }
        assert!(compared > 800, "{compared}");
    }

    fn role(vault) {
        let mut surgery = Surgery::on(vault);
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("role.json").display().to_string();
        let shown = vault.must("GET", "auth/jwt/role/omnibus-gitlab", Value::Null);
        std::fs::write(&file, shown.to_string()).unwrap();
        surgery.id_token(json!({"ref": "fix", "ref_protected": false}));
        surgery.argument("--role-file").argument(&file);
        let told = surgery.told();
        let fault = told.only_fault();
        assert_eq!(fault["id"], "login");
        assert_eq!(fault["faults"][0]["expected"], "`ref_protected` is the text `true`");
        assert_eq!(fault["faults"][0]["actual"], "`ref_protected` is the text `false`");
        surgery.argument("--offline");
        surgery.finds("role", "`ref_protected` is the text `true`");
        insta::assert_snapshot!(surgery.argument("--only").argument("role").text(), @r#"
        fail     role  the vault would say: error validating claims: claim "ref_protected" does not match any associated bound claim values
                 stage     login
                 expected  `ref_protected` is the text `true`
                 actual    `ref_protected` is the text `false`
                 do        protect `fix` in GitLab (Settings, Repository, Protected branches or tags), or run the job on a ref that is

        1 failed; begin with role: docs/doctor.md#role
        "#);
    }

    fn a_role_admits_more_than_it_seems_to(vault) {
        let mut surgery = Surgery::on(vault);
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("role.json").display().to_string();
        let role = json!({
            "role_type": "jwt", "user_claim": "user_email", "bound_audiences": [], "bound_claims_type": "glob",
            "bound_claims": {"namespace_path": "gitlab-org*"}, "token_type": "batch", "token_ttl": "60s",
            "token_no_default_policy": true, "token_explicit_max_ttl": 60,
        });
        std::fs::write(&file, role.to_string()).unwrap();
        surgery.id_token(json!({"claims": {"user_email": "made-up@example.com", "aud": null}}));
        surgery.set("BUILDPASS_AUDIENCE", "x").set("CI_JOB_TIMEOUT", "3600");
        surgery.argument("--role-file").argument(&file).argument("--offline").argument("--only").argument("role");
        insta::assert_snapshot!(surgery.text(), @r#"
        warn     role  it admits this job, and has traps
                 stage     login
                 expected  `namespace_path` names what it admits
                 actual    `gitlab-org*` admits `gitlab-org-evil/x` too: nothing says where the name ends
                 do        the vault's owner lists the values instead, or ends the pattern with `/*` where every subgroup is meant
                 expected  `bound_claims` has `ref_protected` with the text `true`
                 actual    no ref is bound: whoever may push a branch decides what the job does with the token
                 do        the vault's owner adds `"ref_protected": "true"` to `bound_claims`
                 expected  `bound_audiences` has the vault's address
                 actual    it is empty: a token for somebody else logs in here, or (from Vault 1.17 on) none does
                 do        the vault's owner sets `bound_audiences` to what stands under `aud:`
                 expected  `user_claim` is `project_id`, which stays when names change
                 actual    it is `user_email`: the vault keeps an entity for each of its values, and may count each as a client
                 do        the vault's owner sets `user_claim=project_id`
                 expected  the policy `default`, by which a session renews and revokes itself
                 actual    `token_no_default_policy` is set: nobody gives the session back before its time
                 do        the vault's owner writes the role with `token_no_default_policy=false`
                 expected  a service token, which is renewed while the job runs and given back at its end
                 actual    `token_type` is `batch`: it lives until its time is over, whatever the job does
                 do        the vault's owner sets `token_type=service`
                 expected  a session that can last as long as the job: 3600 s
                 actual    `token_explicit_max_ttl` is 60 s: then the session ends, and what was made for it
                 do        the vault's owner sets `token_explicit_max_ttl=3600s` or more, or the job's `timeout:` is lowered

        1 to look at
        "#);
    }

    fn the_vault_shows_the_role_to_who_may_read_it(vault) {
        let mut surgery = Surgery::on(vault);
        let path = format!("ci/data/{}", crate::harness::BUILD_TOKEN_PATH);
        surgery.policy(&format!("path \"{path}\" {{ capabilities = [\"read\"] }}\npath \"auth/jwt/role/*\" {{ capabilities = [\"read\"] }}"));
        let told = surgery.told();
        assert_eq!(told.check("role")["verdict"], "pass", "{:#}", told.check("role"));
    }
}
