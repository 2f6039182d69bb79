use alloc::collections::BTreeMap;
use alloc::string::{String, ToString};
use alloc::sync::Arc;
use alloc::vec::Vec;

use super::job::{Audience, Expanded, IdToken, Job, Provider, Secret};
use super::variables::Variable;
use super::{Note, Plan};
use crate::answer::{Answer, Reason};
use crate::include::Included;
use crate::rules::{Clause, Decision, Read, Tried};

/// What two plans of one configuration agree on. They were made for the two values that something unknown may have, and
/// may have read its files anew; where they differ, `reason` says what is not known.
pub(crate) fn agreed(one: Plan, other: Plan, reason: &Reason) -> Plan {
    let mut others: BTreeMap<Arc<str>, Job> =
        other.jobs.into_iter().map(|job| (job.name.clone(), job)).collect();
    let mut jobs: Vec<Job> = Vec::with_capacity(one.jobs.len());
    for job in one.jobs {
        jobs.push(match others.remove(&job.name) {
            Some(other) => both(job, other, reason),
            None => perhaps(job, reason),
        });
    }
    jobs.extend(others.into_values().map(|job| perhaps(job, reason)));
    let same = |it: &Note| other.refusal.as_ref().is_some_and(|other| it.text == other.text);
    Plan {
        created: answer(one.created, other.created, reason),
        refusal: one.refusal.filter(same),
        workflow: decision(one.workflow, other.workflow, reason),
        jobs,
        includes: includes(one.includes, other.includes, reason),
        variables: variables(one.variables, other.variables, reason),
        content: one.content,
        unresolved: union(one.unresolved, other.unresolved),
    }
}

fn both(one: Job, other: Job, reason: &Reason) -> Job {
    Job {
        included: answer(one.included, other.included, reason),
        when: answer(one.when, other.when, reason),
        decision: decision(one.decision, other.decision, reason),
        id_tokens: match (one.id_tokens, other.id_tokens) {
            (Answer::Known(these), Answer::Known(those)) => tokens(these, those, reason),
            (unknown @ Answer::Unknown(_), _) | (_, unknown) => unknown,
        },
        secrets: match (one.secrets, other.secrets) {
            (Answer::Known(these), Answer::Known(those)) => {
                match these.iter().map(key).eq(those.iter().map(key)) {
                    true => Answer::Known(these),
                    false => Answer::Unknown(reason.clone()),
                }
            }
            (unknown @ Answer::Unknown(_), _) | (_, unknown) => unknown,
        },
        variables: variables(one.variables, other.variables, reason),
        assumes: union(one.assumes, other.assumes),
        ..one
    }
}

/// A job that is there for one of the values alone.
fn perhaps(job: Job, reason: &Reason) -> Job {
    let open = |known| if known { Answer::Unknown(reason.clone()) } else { Answer::Known(false) };
    match job.included {
        Answer::Known(included) => {
            let when = if included { Answer::Unknown(reason.clone()) } else { job.when };
            Job { included: open(included), when, ..job }
        }
        Answer::Unknown(_) => job,
    }
}

fn answer<T: PartialEq>(one: Answer<T>, other: Answer<T>, reason: &Reason) -> Answer<T> {
    match (one, other) {
        (Answer::Known(one), Answer::Known(other)) if one == other => Answer::Known(one),
        (Answer::Known(_), Answer::Known(_)) => Answer::Unknown(reason.clone()),
        (unknown @ Answer::Unknown(_), _) | (_, unknown) => unknown,
    }
}

/// The rules that were looked at for either value.
fn decision(one: Decision, other: Decision, reason: &Reason) -> Decision {
    let mut others = other.tried.into_iter();
    let mut tried: Vec<Tried> = Vec::with_capacity(one.tried.len());
    for this in one.tried {
        tried.push(match others.next() {
            Some(that) => Tried {
                matches: answer(this.matches, that.matches, reason),
                clauses: clauses(this.clauses, that.clauses, reason),
                ..this
            },
            None => this,
        });
    }
    tried.extend(others);
    Decision { tried, ..one }
}

fn clauses(these: Vec<Clause>, those: Vec<Clause>, reason: &Reason) -> Vec<Clause> {
    let mut others = those.into_iter();
    let mut all: Vec<Clause> = Vec::with_capacity(these.len());
    for this in these {
        all.push(match others.next() {
            Some(that) => {
                let read = |(this, that): (Read, Read)| Read {
                    value: answer(this.value, that.value, reason),
                    ..this
                };
                let variables = this.variables.into_iter().zip(that.variables).map(read).collect();
                Clause { holds: answer(this.holds, that.holds, reason), variables, ..this }
            }
            None => this,
        });
    }
    all.extend(others);
    all
}

fn tokens(these: Vec<IdToken>, those: Vec<IdToken>, reason: &Reason) -> Answer<Vec<IdToken>> {
    let written = |token: &IdToken| {
        (
            token.name.clone(),
            match &token.audience {
                Audience::One(it) => [it.written.clone()].into(),
                Audience::Several(all) => all.iter().map(|it| it.written.clone()).collect::<Vec<_>>(),
            },
        )
    };
    if !these.iter().map(written).eq(those.iter().map(written)) {
        return Answer::Unknown(reason.clone());
    }
    let one = |(this, that): (IdToken, IdToken)| {
        let audience = match (this.audience, that.audience) {
            (Audience::One(this), Audience::One(that)) => Audience::One(expanded(this, that, reason)),
            (Audience::Several(these), Audience::Several(those)) => Audience::Several(
                these.into_iter().zip(those).map(|(it, other)| expanded(it, other, reason)).collect(),
            ),
            (audience, _) => audience,
        };
        IdToken { audience, ..this }
    };
    Answer::Known(these.into_iter().zip(those).map(one).collect())
}

fn expanded(one: Expanded, other: Expanded, reason: &Reason) -> Expanded {
    Expanded { value: answer(one.value, other.value, reason), ..one }
}

fn key(secret: &Secret) -> impl PartialEq + use<> {
    let provider = match &secret.provider {
        Provider::Vault(it) => [&it.engine, &it.mount, &it.path, &it.field].map(String::clone).to_vec(),
        Provider::Other(name) => [name.to_string()].to_vec(),
    };
    let token = secret.token.as_ref().map(|(token, _)| token.clone());
    (secret.name.clone(), provider, secret.file, token, secret.logs_in_with.clone())
}

fn variables(these: Vec<Variable>, those: Vec<Variable>, reason: &Reason) -> Vec<Variable> {
    let mut others: BTreeMap<Arc<str>, Variable> =
        those.into_iter().map(|it| (it.name.clone(), it)).collect();
    let mut all = Vec::with_capacity(these.len());
    for one in these {
        all.push(match others.remove(&one.name) {
            Some(other) => Variable {
                written: answer(one.written, other.written, reason),
                value: answer(one.value, other.value, reason),
                ..one
            },
            None => open(one, reason),
        });
    }
    all.extend(others.into_values().map(|it| open(it, reason)));
    all
}

fn open(variable: Variable, reason: &Reason) -> Variable {
    let unknown = || Answer::Unknown(reason.clone());
    Variable { written: unknown(), value: unknown(), ..variable }
}

fn includes(these: Vec<Included>, those: Vec<Included>, reason: &Reason) -> Vec<Included> {
    let mut rest = those.into_iter().peekable();
    let mut all = Vec::with_capacity(these.len());
    for one in these {
        match rest.peek() {
            Some(other) if other.location == one.location => {
                let taken = rest.next().map_or(Answer::Unknown(reason.clone()), |it| it.taken);
                all.push(Included { taken: answer(one.taken, taken, reason), ..one });
            }
            _ => all.push(Included { taken: Answer::Unknown(reason.clone()), ..one }),
        }
    }
    all.extend(rest.map(|it| Included { taken: Answer::Unknown(reason.clone()), ..it }));
    all
}

fn union(mut these: Vec<Reason>, those: Vec<Reason>) -> Vec<Reason> {
    let new: Vec<Reason> = those.into_iter().filter(|it| !these.contains(it)).collect();
    these.extend(new);
    these
}
