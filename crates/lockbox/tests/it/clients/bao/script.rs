use serde_json::json;

use super::step::Step;
use crate::clients::frame::Job;

/// Commands in their order; `{me}` stands for the script's name, other `{variables}` are kept from what was printed.
pub(super) struct Script {
    pub(super) name: &'static str,
    pub(super) steps: Vec<Step>,
    pub(super) known: Vec<(&'static str, String)>,
}

impl Script {
    pub(super) fn new(name: &'static str) -> Self {
        Self { name, steps: Vec::new(), known: Vec::new() }
    }

    /// A command that works, as root.
    pub(super) fn run(&mut self, command: &str) -> &mut Step {
        self.fails(0, command)
    }

    /// A command that ends with this code, as root.
    pub(super) fn fails(&mut self, code: i32, command: &str) -> &mut Step {
        self.steps.push(Step::new(code, command));
        self.steps.last_mut().expect("it was just added")
    }

    /// Version 2 of the key-value engine at `{me}/`, ready for its first secret.
    pub(super) fn mount_kv(&mut self) {
        self.run("secrets enable -path={me} -version=2 kv");
        self.run("read {me}/config").until_it_works();
    }

    /// The policy `{me}`.
    pub(super) fn policy(&mut self, rules: &str) {
        self.run("policy write {me} -").input(rules);
    }

    /// A new token, kept as a variable.
    pub(super) fn token(&mut self, variable: &'static str, options: &str) {
        self.run(&format!("token create -field=token {options}")).keep(variable, "");
    }

    /// Logins with `{jwt}` at `auth/{me}`: the role `ci` may read what is below `ci/` in the engine at `{me}/`.
    pub(super) fn jwt_method(&mut self) {
        let job = Job::new();
        self.known.push(("jwt", job.jwt));
        self.mount_kv();
        self.run("kv put -mount={me} ci/token v=made-up");
        self.policy("path \"{me}/data/ci/*\" { capabilities = [\"read\"] }");
        self.run("auth enable -path={me} jwt");
        self.run(
            "write auth/{me}/config jwt_validation_pubkeys=@key.pem bound_issuer=https://issuer.example",
        )
        .file("key.pem", &job.pem);
        let role = json!({
            "role_type": "jwt",
            "user_claim": "project_id",
            "bound_audiences": ["https://vault.example"],
            "bound_claims": { "project_path": "group/*" },
            "bound_claims_type": "glob",
            "claim_mappings": { "project_path": "project" },
            "token_policies": ["{me}"],
            "token_ttl": "10m",
            "token_max_ttl": "1h",
        });
        self.run("write auth/{me}/role/ci -").input(&role.to_string());
    }
}
