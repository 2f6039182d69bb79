use std::collections::BTreeMap;

use toml::{Table, Value};

use super::ask::Ask;
use crate::{config::Written, run::Delivery, vault::Engine};

/// Secrets by what a grant calls them: those that are written, and those that have to be.
pub(super) struct Names {
    /// By API path.
    known: BTreeMap<String, String>,
    taken: Vec<String>,
    added: Vec<Table>,
}

impl Names {
    pub(super) fn of(written: &Written) -> Self {
        let tokens = written.declaration.iter().flat_map(|declaration| declaration.tokens());
        let tokens = tokens.map(|token| (token.store.path.api_path(), token.name.to_string()));
        let secrets = written
            .secrets
            .iter()
            .map(|(wanted, _)| (wanted.from.path.api_path(), wanted.name.as_str().to_owned()));
        let all: Vec<(String, String)> = tokens.chain(secrets).collect();
        let taken = all.iter().map(|(_, name)| name.clone()).collect();
        Self { known: all.into_iter().collect(), taken, added: Vec::new() }
    }

    /// What the secret is called that a job asks for; one that is not written yet is added.
    pub(super) fn name(&mut self, ask: &Ask) -> String {
        let path = ask.from.path.api_path();
        if let Some(name) = self.known.get(&path) {
            return name.clone();
        }
        let mut name = ask.variable.clone();
        let mut count = 1;
        while self.taken.contains(&name) {
            count += 1;
            name = format!("{}_{count}", ask.variable);
        }
        self.taken.push(name.clone());
        self.known.insert(path, name.clone());
        self.added.push(entry(&name, ask));
        name
    }

    pub(super) fn added(self) -> Vec<Table> {
        self.added
    }
}

fn entry(name: &str, ask: &Ask) -> Table {
    let mut table = Table::new();
    let mut put = |key: &str, value: Value| drop(table.insert(key.to_owned(), value));
    put("name", name.into());
    let path = &ask.from.path;
    let engine = match path.engine {
        Engine::KvV2 => None,
        Engine::KvV1 => Some("kv-v1"),
        Engine::Generic => Some("generic"),
    };
    match engine {
        None => put("from", ask.from.to_string().into()),
        Some(engine) => {
            let table = |pairs: &[(&str, Value)]| -> Value {
                Value::Table(pairs.iter().map(|(key, value)| ((*key).to_owned(), value.clone())).collect())
            };
            let engine = table(&[("name", engine.into()), ("path", path.mount.as_str().into())]);
            let long = [
                ("engine", engine),
                ("path", path.path.as_str().into()),
                ("field", ask.from.field.as_str().into()),
            ];
            put("from", table(&long));
        }
    }
    match ask.to {
        Delivery::Env => {}
        Delivery::File => put("to", "file".into()),
        Delivery::Git(_) => put("to", "git".into()),
    }
    table
}
