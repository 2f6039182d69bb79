use std::sync::mpsc::Sender;

use super::{dice::Dice, kind::Kind, thing::Thing};
use crate::harness::http;

use serde_json::Value;

/// One who writes, to things of their own.
pub(super) struct Client {
    things: Vec<Thing>,
    dice: Dice,
}

/// Where the lockbox is, and who can do everything there.
pub(super) struct Door<'a> {
    pub(super) address: &'a str,
    pub(super) root: &'a str,
}

impl Client {
    pub(super) fn new(number: u64, seed: u64) -> Self {
        let things = Kind::ALL.into_iter().zip(0..);
        let named = |(kind, place): (Kind, u64)| Thing::new(kind, format!("client-{number}/thing-{place}"));
        Self { things: things.map(named).collect(), dice: Dice::new(seed.wrapping_add(number)) }
    }

    /// Writes until no answer comes, and reports each write that was acknowledged.
    pub(super) fn write(&mut self, door: &Door<'_>, acknowledged: &Sender<()>) {
        loop {
            if self.dice.one_in(16) {
                // Whether it was done shows in nothing: what was written before and after is what counts.
                let Some((status, _)) = door.ask(door.root, "POST", "sys/rotate", &Value::Null) else {
                    return;
                };
                assert!(status < 300, "sys/rotate: {status}");
            }
            let chosen = usize::try_from(self.dice.below(self.things.len() as u64)).unwrap();
            if self.things[chosen].change(door, &mut self.dice).is_none() {
                return;
            }
            // Nobody counts any more once the kill is on its way.
            let _ = acknowledged.send(());
        }
    }

    pub(super) fn look(&mut self, door: &Door<'_>) {
        for thing in &mut self.things {
            thing.look(door);
        }
    }
}

impl Door<'_> {
    /// Nothing when no answer came.
    pub(super) fn ask(&self, token: &str, method: &str, path: &str, body: &Value) -> Option<(u16, Value)> {
        let body = (!body.is_null()).then_some(body);
        http::request(method, &format!("{}/v1/{path}", self.address), &[("x-vault-token", token)], body)
    }

    /// What is there, if it is there.
    pub(super) fn see(&self, method: &str, path: &str, body: &Value) -> Option<Value> {
        let (status, answer) = self.ask(self.root, method, path, body).unwrap();
        assert!(matches!(status, 200 | 403 | 404), "{method} {path}: {status} {answer}");
        (status == 200).then(|| answer["data"].clone())
    }

    /// Whether a name is listed.
    pub(super) fn lists(&self, folder: &str, name: &str) -> bool {
        let listed = self.see("LIST", folder, &Value::Null);
        listed.is_some_and(|listed| listed["keys"].as_array().unwrap().contains(&name.into()))
    }
}
