use serde_json::{Value, json};

use crate::harness::{BUILD_TOKEN_PATH, Buildpass, Sandbox, Vault};

/// The reference deployment, a job of it, and `doctor` in that job: tests change one thing.
pub(crate) struct Surgery<'a> {
    pub(crate) vault: &'a Vault,
    pub(crate) sandbox: Sandbox,
    variables: Vec<(String, String)>,
    arguments: Vec<String>,
    roles: usize,
}

/// What `doctor` said.
pub(crate) struct Told {
    pub(crate) code: Option<i32>,
    checks: Vec<Value>,
}

impl<'a> Surgery<'a> {
    pub(crate) fn on(vault: &'a Vault) -> Self {
        let sandbox = Sandbox::start();
        vault.deploy(&sandbox);
        let mut surgery = Self { vault, sandbox, variables: Vec::new(), arguments: Vec::new(), roles: 0 };
        let token = surgery.sandbox.id_token(&vault.address, json!({}));
        surgery.set("VAULT_ID_TOKEN", &token);
        surgery.set("VAULT_SERVER_URL", &vault.address);
        surgery.set("VAULT_AUTH_ROLE", "omnibus-gitlab");
        surgery.secret(&format!("{BUILD_TOKEN_PATH}/token@ci"));
        surgery
    }

    /// Sets a variable of the job, anew.
    pub(crate) fn set(&mut self, name: &str, value: &str) -> &mut Self {
        self.unset(name);
        self.variables.push((name.to_owned(), value.to_owned()));
        self
    }

    pub(crate) fn unset(&mut self, name: &str) -> &mut Self {
        self.variables.retain(|(each, _)| each != name);
        self
    }

    /// Gives the job another ID token.
    pub(crate) fn id_token(&mut self, more: Value) -> &mut Self {
        let token = self.sandbox.id_token(&self.vault.address, more);
        self.set("VAULT_ID_TOKEN", &token)
    }

    /// Asks for another secret.
    pub(crate) fn secret(&mut self, reference: &str) -> &mut Self {
        self.arguments = vec!["--secret".to_owned(), format!("BUILD_TOKEN={reference}")];
        self
    }

    /// Asks for no secret.
    pub(crate) fn no_secret(&mut self) -> &mut Self {
        self.arguments.clear();
        self
    }

    pub(crate) fn argument(&mut self, argument: &str) -> &mut Self {
        self.arguments.push(argument.to_owned());
        self
    }

    /// Lets the job log in with another role, which differs from the right one by `more`.
    pub(crate) fn role(&mut self, more: Value) -> &mut Self {
        self.roles += 1;
        let name = format!("changed-{}", self.roles);
        self.vault.role(&name, more);
        self.set("VAULT_AUTH_ROLE", &name)
    }

    /// Lets the job log in with a role of these rules.
    pub(crate) fn policy(&mut self, rules: &str) -> &mut Self {
        let name = format!("rules-{}", self.roles);
        self.vault.policy(&name, rules);
        self.role(json!({"token_policies": [name]}))
    }

    /// The one thing that is wrong is found, by this check, and nothing else is made of it.
    pub(crate) fn finds(&self, id: &str, says: &str) -> &Self {
        let told = self.told();
        let fault = told.only_fault();
        assert_eq!(fault["id"], id, "{fault:#}");
        assert_eq!(told.with("warn"), [""; 0], "{fault:#}");
        let faults = fault["faults"].to_string().replace("\\\"", "\"");
        assert!(faults.contains(says), "`{says}` is not in {fault:#}");
        assert_eq!(self.vault.sessions(), 0);
        self
    }

    /// Nothing is wrong, and this check has something to say.
    pub(crate) fn warns(&self, id: &str, says: &str) -> &Self {
        let told = self.told();
        assert_eq!((told.code, told.with("fail")), (Some(0), Vec::new()));
        assert_eq!(told.with("warn"), [id], "{:#}", told.check(id));
        let faults = told.check(id)["faults"].to_string();
        assert!(faults.contains(says), "`{says}` is not in {:#}", told.check(id));
        self
    }

    fn job(&self) -> Buildpass {
        let job = Buildpass::new().args(["doctor"]).args(self.arguments.iter().map(String::as_str));
        self.variables.iter().fold(job, |job, (name, value)| job.env(name, value))
    }

    /// The verdicts as programs read them.
    pub(crate) fn told(&self) -> Told {
        Told::of(self.job())
    }

    /// The verdicts as people read them, with ports and figures that no two runs share taken out.
    pub(crate) fn text(&self) -> String {
        let said = self.job().run().stdout;
        self.plain(&said)
    }

    pub(crate) fn plain(&self, said: &str) -> String {
        let said = said.replace(&self.vault.address, "VAULT").replace(&self.sandbox.url, "GITLAB");
        said.lines().map(|line| without_figures(&without_milliseconds(line)) + "\n").collect()
    }
}

impl Told {
    pub(crate) fn of(job: Buildpass) -> Self {
        let finished = job.args(["--format", "json"]).run();
        let answer: Value = serde_json::from_str(&finished.stdout)
            .unwrap_or_else(|error| panic!("{error}: {}{}", finished.stdout, finished.stderr));
        Self { code: finished.code, checks: answer["checks"].as_array().unwrap().clone() }
    }

    /// The ids of the checks with this verdict, in their order.
    pub(crate) fn with(&self, verdict: &str) -> Vec<&str> {
        let such = self.checks.iter().filter(|check| check["verdict"] == verdict);
        such.map(|check| check["id"].as_str().unwrap()).collect()
    }

    pub(crate) fn check(&self, id: &str) -> &Value {
        self.checks.iter().find(|check| check["id"] == id).unwrap_or_else(|| panic!("no check `{id}`"))
    }

    /// The one check that fails, and no other.
    pub(crate) fn only_fault(&self) -> &Value {
        assert_eq!(self.code, Some(5), "{:#?}", self.checks);
        match self.with("fail")[..] {
            [one] => self.check(one),
            _ => panic!("not one fault: {:?} {:#?}", self.with("fail"), self.checks),
        }
    }
}

/// Times and names of keys are other ones in each run.
fn without_figures(line: &str) -> String {
    let word = |word: &str| {
        let bare = word.trim_matches(['`', ',']);
        if bare.len() == 19 && bare.as_bytes()[10] == b'T' {
            word.replace(bare, "TIME")
        } else if bare.len() == 43 && word.starts_with('`') {
            word.replace(bare, "KEY")
        } else {
            word.to_owned()
        }
    };
    line.split(' ').map(word).collect::<Vec<_>>().join(" ")
}

fn without_milliseconds(line: &str) -> String {
    match line.split_once(" ms") {
        Some((before, after)) => {
            format!("{}N ms{after}", before.trim_end_matches(|each: char| each.is_ascii_digit()))
        }
        None => line.to_owned(),
    }
}
