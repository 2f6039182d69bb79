use std::collections::{BTreeMap, BTreeSet};

use gitlab_ci::{
    Answer, Reason,
    context::Facts,
    plan::{Origin, Plan, Variable},
    rules::{Cache, Expression, Lookup, Tried, Variables},
    yaml::Place,
};

use super::{Evaluated, Finding, Rule, Severity, Subject, conditions};

/// Two variables that may both be unset, compared with each other.
pub(super) const RULE: Rule = Rule {
    name: "null-comparison",
    severity: Severity::Warning,
    summary: "both sides of an `==` may be unset, and `null == null` is true",
    help: "ask for one of them first: `$NAME && $NAME == $OTHER`; a variable that is set in the project's settings is given \
           with `--variable NAME=VALUE`",
    find,
};

fn find(subject: &Subject<'_>) -> Vec<Finding> {
    let mut found: BTreeMap<(Place, String), Finding> = BTreeMap::new();
    let mut parsed: BTreeMap<String, Vec<(String, String)>> = BTreeMap::new();
    for pipeline in subject.pipelines {
        let set = Set::of(pipeline);
        let mut look = |text: &str, place: Place, set: &dyn Fn(&str) -> bool| {
            let pairs = parsed.entry(text.to_owned()).or_insert_with(|| compared(text));
            for (left, right) in pairs.iter().filter(|(left, right)| !set(left) && !set(right)) {
                found.entry((place, left.clone())).or_insert_with(|| finding(place, left, right, pipeline));
            }
        };
        let clauses = |tried: &[Tried]| -> Vec<(String, Place)> {
            let clauses =
                tried.iter().flat_map(|tried| &tried.clauses).filter(|clause| clause.keyword == "if");
            clauses.map(|clause| (clause.written.clone(), clause.place)).collect()
        };
        for (text, place) in pipeline.plan.includes.iter().flat_map(|it| clauses(&it.decision.tried)) {
            look(&text, place, &|name| set.outside.contains(name));
        }
        let in_yaml = |name: &str| set.outside.contains(name) || set.pipeline.contains(name);
        let workflow = pipeline.plan.content.node.mapping().and_then(|keys| keys.value("workflow"));
        for condition in workflow.map(conditions::of_rules).unwrap_or_default() {
            look(condition.text, condition.place, &in_yaml);
        }
        for job in &pipeline.plan.jobs {
            let own: BTreeSet<&str> = names(&job.variables);
            for condition in conditions::of_job(job) {
                look(condition.text, condition.place, &|name| in_yaml(name) || own.contains(name));
            }
        }
    }
    found.into_values().collect()
}

fn finding(place: Place, left: &str, right: &str, pipeline: &Evaluated) -> Finding {
    let message = format!("`${left} == ${right}` is true where neither is set");
    let label = format!("neither is set in {}", pipeline.name);
    Finding::of(&RULE, place, message, label).help(format!(
        "ask for one of them first: `${left} && ${left} == ${right}`; a variable that is set in the project's settings is \
         given with `--variable NAME=VALUE`"
    ))
}

fn compared(text: &str) -> Vec<(String, String)> {
    let Ok(expression) = text.parse::<Expression>() else { return Vec::new() };
    let owned = |(left, right): (&str, &str)| (left.to_owned(), right.to_owned());
    let may_hold = |(left, right): &(&str, &str)| {
        let unset = BothUnset { names: [left, right], others: Reason::new("it may be anything") };
        expression.evaluate(&unset, &Cache::default()) != Answer::Known(false)
    };
    expression.compared().into_iter().filter(may_hold).map(owned).collect()
}

/// Two variables that are unset, among others of which nothing is known.
struct BothUnset<'a> {
    names: [&'a str; 2],
    others: Reason,
}

impl Variables for BothUnset<'_> {
    fn value(&self, _: &str) -> Option<&str> {
        None
    }

    fn lookup(&self, name: &str) -> Lookup<'_> {
        if self.names.contains(&name) { Lookup::Unset } else { Lookup::Unknown(&self.others) }
    }
}

/// The variables that are surely set in a pipeline.
struct Set {
    outside: BTreeSet<String>,
    pipeline: BTreeSet<String>,
}

impl Set {
    fn of(pipeline: &Evaluated) -> Self {
        let Evaluated { facts, plan, .. } = pipeline;
        Self { outside: outside(facts), pipeline: of_pipeline(plan) }
    }
}

/// A predefined variable that nobody gave is set all the same.
fn outside(facts: &Facts) -> BTreeSet<String> {
    facts.predefined().into_keys().chain(facts.settings.keys().cloned()).collect()
}

fn of_pipeline(plan: &Plan) -> BTreeSet<String> {
    names(&plan.variables).into_iter().map(str::to_owned).collect()
}

/// What a rule or the workflow sets comes too late for its own conditions.
fn names(variables: &[Variable]) -> BTreeSet<&str> {
    let early = |variable: &&Variable| {
        matches!(variable.origin, Origin::Pipeline(_) | Origin::Job(_) | Origin::Setting)
    };
    variables.iter().filter(early).map(|variable| &*variable.name).collect()
}
