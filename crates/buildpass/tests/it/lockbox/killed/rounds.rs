use std::{
    env,
    process::Stdio,
    sync::mpsc,
    thread,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use serde_json::{Value, json};

use super::{
    client::{Client, Door},
    dice::Dice,
};
use crate::lockbox::{Owner, Served};

/// `BUILDPASS_TEST_KILLS` says how often, `BUILDPASS_TEST_SEED` after which seed.
#[test]
fn what_was_acknowledged_is_there_after_kill_9_at_any_moment_and_nothing_is_half_there() {
    let number = |name| env::var(name).ok().map(|text| text.parse::<u64>().unwrap());
    let rounds = number("BUILDPASS_TEST_KILLS").unwrap_or(50);
    let seed = number("BUILDPASS_TEST_SEED").unwrap_or_else(|| {
        u64::try_from(SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_micros()).unwrap()
    });
    println!("BUILDPASS_TEST_KILLS={rounds} BUILDPASS_TEST_SEED={seed}");
    let mut dice = Dice::new(seed);
    let owner = Owner::new();
    let root = owner.init().root_token;
    let mut clients: Vec<Client> = (0..CLIENTS).map(|number| Client::new(number, seed)).collect();
    let mut acknowledged = 0;
    let mut served = owner.serve();
    mount(&served, &root);
    for round in 0..rounds {
        acknowledged += write_and_kill(served, &root, &mut clients, &mut dice);
        if dice.one_in(4) {
            kill_while_it_starts(&owner, &mut dice);
        }
        served = owner.serve();
        let door = Door { address: &served.address, root: &root };
        thread::scope(|scope| {
            for client in &mut clients {
                scope.spawn(|| client.look(&door));
            }
        });
        every_accessor_leads_to_a_token(&door);
        if (round + 1) % 100 == 0 {
            println!("{} kills, {acknowledged} acknowledged writes", round + 1);
        }
    }
    println!("{rounds} kills, {acknowledged} acknowledged writes, all of them there");
    assert!(acknowledged > rounds, "only {acknowledged} writes were acknowledged");
}

fn mount(served: &Served, root: &str) {
    served.must(root, "POST", "sys/mounts/kv2", json!({ "type": "kv", "options": { "version": "2" } }));
    served.must(root, "POST", "sys/mounts/kv1", json!({ "type": "kv" }));
    served.must(root, "POST", "sys/auth/jwt", json!({ "type": "jwt" }));
}

/// Gives how many writes were acknowledged before.
fn write_and_kill(served: Served, root: &str, clients: &mut [Client], dice: &mut Dice) -> u64 {
    let (acknowledge, acknowledged) = mpsc::channel();
    let address = served.address.clone();
    let door = Door { address: &address, root };
    let before = dice.below(16);
    let then = Duration::from_micros(dice.below(6000));
    thread::scope(|scope| {
        for client in clients {
            let (door, acknowledge) = (&door, acknowledge.clone());
            scope.spawn(move || client.write(door, &acknowledge));
        }
        for _ in 0..before {
            acknowledged.recv_timeout(Duration::from_secs(60)).unwrap();
        }
        at_that_moment(then);
        served.kill();
    });
    before + acknowledged.try_iter().count() as u64
}

fn kill_while_it_starts(owner: &Owner, dice: &mut Dice) {
    let mut serve = owner.command(&[
        "lockbox",
        "serve",
        "--listen",
        "127.0.0.1:0",
        "--file",
        "box",
        "--unseal-key-file",
        "key",
    ]);
    let mut starting =
        serve.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    at_that_moment(Duration::from_millis(dice.below(80)));
    starting.kill().unwrap();
    starting.wait().unwrap();
}

/// The time is what is drawn: nothing is waited for.
pub(in crate::lockbox) fn at_that_moment(later: Duration) {
    thread::sleep(later);
}

fn every_accessor_leads_to_a_token(door: &Door<'_>) {
    let listed = door.see("LIST", "auth/token/accessors", &Value::Null).unwrap();
    for accessor in listed["keys"].as_array().unwrap() {
        let found = door.see("POST", "auth/token/lookup-accessor", &json!({ "accessor": accessor }));
        assert!(found.is_some(), "the accessor {accessor} leads nowhere");
    }
}

const CLIENTS: u64 = 4;
