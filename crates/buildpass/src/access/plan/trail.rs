use super::{Change, Object, Step, Verb};
use crate::access::{Declaration, Trail, World, trail_name};

/// The trail to tokens that nobody is granted: it is laid before one is made, and taken up when all that it led to is ended.
pub(super) fn steps(declaration: &Declaration, world: &World) -> Vec<Step> {
    let (there, text) = match &world.trail {
        Some((trail, text)) => (trail.clone(), text.as_str()),
        None => (Trail::default(), ""),
    };
    let whole = laid(declaration, world);
    let mut steps = Vec::new();
    let step = |verb, because: &str, (from, to): (&Trail, &Trail)| {
        let mut step = Step::new(verb, Object::Trail { name: trail_name(&declaration.name) }, because);
        step.changes.push(Change { field: "leads to".to_owned(), from: from.shown(), to: to.shown() });
        step
    };
    match &world.trail {
        _ if whole.is_empty() => {}
        None => steps.push(step(
            Verb::Create,
            "nobody is granted a token, and nothing else leads to it",
            (&there, &whole),
        )),
        Some(_) if whole.write(&declaration.name).trim() != text.trim() => {
            let because = if whole == there {
                "it was written otherwise"
            } else {
                "nobody is granted a token, and nothing else leads to it"
            };
            steps.push(step(Verb::Change, because, (&there, &whole)));
        }
        Some(_) => {}
    }
    let left = left(declaration, world);
    if world.trail.is_some() && (left != whole || whole.is_empty()) {
        steps.push(step(Verb::Revoke, "what it led to is ended, or granted to somebody", (&whole, &left)));
    }
    steps
}

/// While there is something to be ended: what it says, and what is declared.
pub(in crate::access) fn laid(declaration: &Declaration, world: &World) -> Trail {
    let there = world.trail.as_ref().map(|(trail, _)| trail.clone()).unwrap_or_default();
    there.and(&Trail::of(declaration))
}

/// When all of that is ended: what is declared, and what could not be looked at.
pub(in crate::access) fn left(declaration: &Declaration, world: &World) -> Trail {
    let wanted = Trail::of(declaration);
    let old = laid(declaration, world).without(|lead| world.tokens.contains_key(&lead.owner));
    wanted.and(&old)
}
