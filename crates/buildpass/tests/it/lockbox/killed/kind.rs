use serde_json::{Value, json};

use super::{
    client::Door,
    content::{content, generation},
    dice::Dice,
    thing::{
        Change,
        State::{self, Absent, There},
    },
};

/// What a thing is.
#[derive(Clone, Copy, Debug)]
pub(super) enum Kind {
    /// A secret with versions, each written with check-and-set.
    Versioned,
    /// A secret without.
    Plain,
    Policy,
    Role,
    /// An engine with three secrets in it.
    Engine,
    /// A token that is good for some uses.
    Counted,
    /// A token that is renewed for longer and longer.
    Renewed,
    /// A token with a child.
    Family,
}

impl Kind {
    pub(super) const ALL: [Self; 10] = [
        Self::Versioned,
        Self::Versioned,
        Self::Plain,
        Self::Plain,
        Self::Policy,
        Self::Role,
        Self::Engine,
        Self::Counted,
        Self::Renewed,
        Self::Family,
    ];

    /// What is done with it next; what is made new is of generation `next`.
    pub(super) fn change(self, name: &str, state: State, next: u64, dice: &mut Dice) -> Change {
        let flat = name.replace('/', "-");
        let goes = state != Absent && dice.one_in(5);
        let made = There { generation: next, step: 0 };
        match (self, state) {
            (Self::Versioned, There { .. }) if goes => delete(format!("kv2/metadata/{name}")),
            (Self::Versioned, _) => {
                let version = step(state);
                let body = json!({ "options": { "cas": version }, "data": content(name, next) });
                let leads_to = There { generation: next, step: version + 1 };
                write("POST", format!("kv2/data/{name}"), body, leads_to)
            }
            (Self::Plain, There { .. }) if goes => delete(format!("kv1/{name}")),
            (Self::Plain, _) => write("POST", format!("kv1/{name}"), content(name, next), made),
            (Self::Policy, There { .. }) if goes => delete(format!("sys/policies/acl/{flat}")),
            (Self::Policy, _) => {
                let body = json!({ "policy": policy(&flat, next) });
                write("PUT", format!("sys/policies/acl/{flat}"), body, made)
            }
            (Self::Role, There { .. }) if goes => delete(format!("auth/jwt/role/{flat}")),
            (Self::Role, _) => write("POST", format!("auth/jwt/role/{flat}"), role(next), made),
            (Self::Engine, Absent) => {
                let body = json!({ "type": "kv", "description": next.to_string() });
                write("POST", format!("sys/mounts/{flat}"), body, made)
            }
            (Self::Engine, There { step: 3, .. }) => delete(format!("sys/mounts/{flat}")),
            (Self::Engine, There { generation, step }) => {
                let leads_to = There { generation, step: step + 1 };
                write("POST", format!("{flat}/secret-{step}"), content(&flat, generation), leads_to)
            }
            (Self::Counted, Absent) => {
                let body = json!({ "id": token(&flat, next), "policies": "default", "ttl": "24h", "num_uses": USES });
                write("POST", "auth/token/create".into(), body, There { generation: next, step: USES })
            }
            (Self::Renewed | Self::Family, Absent) => {
                let body = json!({ "id": token(&flat, next), "policies": "root", "ttl": TTL_SECONDS });
                write("POST", "auth/token/create".into(), body, made)
            }
            (_, There { generation, .. }) if goes => {
                let revoked = json!({ "token": token(&flat, generation) });
                write("POST", "auth/token/revoke".into(), revoked, Absent)
            }
            (Self::Counted, There { generation, step }) => {
                let leads_to = if step == 1 { Absent } else { There { generation, step: step - 1 } };
                let used = write("GET", "auth/token/lookup-self".into(), Value::Null, leads_to);
                Change { by: Some(token(&flat, generation)), ..used }
            }
            (Self::Renewed, There { generation, step }) => {
                let body =
                    json!({ "token": token(&flat, generation), "increment": TTL_SECONDS * (step + 2) });
                let leads_to = There { generation, step: step + 1 };
                write("POST", "auth/token/renew".into(), body, leads_to)
            }
            (Self::Family, There { generation, step: 0 }) => {
                let body = json!({ "id": child(&flat, generation), "policies": "default", "ttl": "24h" });
                let born = write("POST", "auth/token/create".into(), body, There { generation, step: 1 });
                Change { by: Some(token(&flat, generation)), ..born }
            }
            (Self::Family, There { generation, .. }) => {
                let revoked = json!({ "token": token(&flat, generation) });
                write("POST", "auth/token/revoke".into(), revoked, Absent)
            }
        }
    }

    /// What is there; what is half there fails the test.
    pub(super) fn see(self, door: &Door<'_>, name: &str, latest: u64) -> State {
        let (folder, last) = name.split_once('/').unwrap();
        let flat = name.replace('/', "-");
        let get = |path: String| door.see("GET", &path, &Value::Null);
        let found = match self {
            Self::Versioned => versioned(door, name),
            Self::Plain => get(format!("kv1/{name}"))
                .map(|value| There { generation: generation(name, &value), step: 0 }),
            Self::Policy => get(format!("sys/policies/acl/{flat}")).map(|read| {
                let text = read["policy"].as_str().unwrap();
                let generation = text[2..].split(' ').next().unwrap().parse().unwrap();
                assert_eq!(text, policy(&flat, generation));
                There { generation, step: 0 }
            }),
            Self::Role => get(format!("auth/jwt/role/{flat}")).map(|read| {
                let generation = read["token_ttl"].as_u64().unwrap();
                for (field, value) in role(generation).as_object().unwrap() {
                    assert_eq!(read[field], *value, "{flat}: {field}");
                }
                There { generation, step: 0 }
            }),
            Self::Engine => engine(door, &flat),
            Self::Counted | Self::Renewed | Self::Family => self.token(door, &flat, latest),
        };
        let listed = match self {
            Self::Versioned => door.lists(&format!("kv2/metadata/{folder}/"), last),
            Self::Plain => door.lists(&format!("kv1/{folder}/"), last),
            Self::Policy => door.lists("sys/policies/acl", &flat),
            Self::Role => door.lists("auth/jwt/role", &flat),
            Self::Engine | Self::Counted | Self::Renewed | Self::Family => found.is_some(),
        };
        assert_eq!(listed, found.is_some(), "{self:?} {name} is listed: {listed}, is there: {found:?}");
        found.unwrap_or(Absent)
    }

    fn token(self, door: &Door<'_>, flat: &str, latest: u64) -> Option<State> {
        let find = |id: String| door.see("POST", "auth/token/lookup", &json!({ "token": id }));
        for past in latest.saturating_sub(3)..latest {
            assert_eq!(find(token(flat, past)), None, "{flat}: {past} has ended");
            assert_eq!(find(child(flat, past)), None, "{flat}: the child of {past} has ended");
        }
        let (parent, child) = (find(token(flat, latest)), find(child(flat, latest)));
        assert!(child.is_none() || parent.is_some(), "{flat}: {latest} has ended, and its child has not");
        let step = match self {
            Self::Counted => parent?["num_uses"].as_u64().unwrap(),
            Self::Renewed => parent?["ttl"].as_u64().unwrap().div_ceil(TTL_SECONDS) - 1,
            _ => parent.map(|_| u64::from(child.is_some()))?,
        };
        Some(There { generation: latest, step })
    }
}

fn versioned(door: &Door<'_>, name: &str) -> Option<State> {
    let metadata = door.see("GET", &format!("kv2/metadata/{name}"), &Value::Null);
    let read = |query: &str| door.see("GET", &format!("kv2/data/{name}{query}"), &Value::Null);
    let Some(metadata) = metadata else {
        assert_eq!(read(""), None, "{name}: a value without metadata");
        return None;
    };
    let current = metadata["current_version"].as_u64().unwrap();
    let kept: Vec<u64> =
        metadata["versions"].as_object().unwrap().keys().map(|version| version.parse().unwrap()).collect();
    assert_eq!(kept.len() as u64, current.min(10), "{name}: {metadata}");
    let value = |version: u64| {
        let value = read(&format!("?version={version}"));
        let value = value.unwrap_or_else(|| panic!("{name}: no value of version {version}: {metadata}"));
        assert_eq!(value["metadata"]["version"], version);
        generation(name, &value["data"])
    };
    let before = value(kept.iter().copied().find(|version| version + 1 == current).unwrap_or(current));
    let generation = value(current);
    assert!(before <= generation, "{name}: {before} is before {generation}");
    Some(There { generation, step: current })
}

fn engine(door: &Door<'_>, flat: &str) -> Option<State> {
    let mounts = door.see("GET", "sys/mounts", &Value::Null).unwrap();
    let description = mounts[format!("{flat}/")]["description"].as_str()?;
    let made = description.parse().unwrap();
    let listed = door.see("LIST", flat, &Value::Null);
    let names = listed.map_or_else(Vec::new, |listed| listed["keys"].as_array().unwrap().clone());
    for (place, name) in names.iter().enumerate() {
        assert_eq!(*name, format!("secret-{place}"), "{flat}: {names:?}");
        let value = door.see("GET", &format!("{flat}/secret-{place}"), &Value::Null).unwrap();
        assert_eq!(generation(flat, &value), made);
    }
    Some(There { generation: made, step: names.len() as u64 })
}

fn write(method: &'static str, path: String, body: Value, leads_to: State) -> Change {
    Change { method, path, body, by: None, leads_to }
}

fn delete(path: String) -> Change {
    write("DELETE", path, Value::Null, Absent)
}

fn step(state: State) -> u64 {
    match state {
        Absent => 0,
        There { step, .. } => step,
    }
}

fn policy(flat: &str, generation: u64) -> String {
    let rule = |number| format!("path \"{flat}/{generation}/{number}\" {{ capabilities = [\"read\"] }}\n");
    format!("# {generation} \n{}", (0..20).map(rule).collect::<String>())
}

fn role(generation: u64) -> Value {
    json!({
        "role_type": "jwt",
        "user_claim": "sub",
        "bound_audiences": [format!("https://{generation}.example")],
        "token_ttl": generation,
    })
}

fn token(flat: &str, generation: u64) -> String {
    format!("{flat}-{generation}")
}

fn child(flat: &str, generation: u64) -> String {
    format!("{flat}-{generation}-child")
}

const USES: u64 = 6;
const TTL_SECONDS: u64 = 20_000;
