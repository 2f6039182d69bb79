use gitlab_ci::{
    context::{Facts, Ref},
    plan::{IdToken, Job, Plan, Secret},
    yaml::Sources,
};

/// What is checked: the plans of several pipelines of one configuration.
#[derive(Debug)]
pub struct Subject<'a> {
    /// The pipelines.
    pub pipelines: &'a [Evaluated],
    /// All files that they were read from.
    pub sources: &'a Sources,
    /// What the project says of itself elsewhere.
    pub expectations: &'a Expectations,
}

/// A pipeline and what the configuration comes to for it.
#[derive(Debug)]
pub struct Evaluated {
    /// What a person calls it: "a merge request".
    pub name: String,
    /// Who can start it with a change of their own.
    pub exposure: Exposure,
    /// The pipeline.
    pub facts: Facts,
    /// What the configuration comes to.
    pub plan: Plan,
}

/// Who can start a pipeline that runs what they wrote.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exposure {
    /// Those who may push to a protected branch or tag.
    Protected,
    /// Everybody who may push a branch or open a merge request.
    Open,
}

/// What the project says of itself outside of its pipeline.
#[derive(Clone, Debug, Default)]
pub struct Expectations {
    /// The vault's addresses, and an audience that was named in their place.
    pub audiences: Vec<String>,
    /// The variable of the ID token that buildpass logs in with.
    pub id_token: Option<String>,
    /// What lies behind the token: the beginnings of URLs.
    pub private: Vec<String>,
    /// Commands that fetch what lies there.
    pub fetching: Vec<String>,
}

/// The pipelines of one project that a check looks at: the one that was asked about, and those that differ in who starts
/// them. Each has its name.
pub fn pipelines(asked: &Facts) -> Vec<(String, Exposure, Facts)> {
    let mut asked = asked.clone();
    let kept = |name: &str| !SPEAKS_OF_THE_REF.iter().any(|prefix| name.starts_with(prefix));
    let own = asked.clone();
    asked.predefined.retain(|name, _| kept(name));
    let default = asked.predefined.get("CI_DEFAULT_BRANCH").cloned().unwrap_or_else(|| "main".to_owned());
    let of = |source: &str, reference: Ref, protected: bool| Facts {
        source: Some(source.to_owned()),
        reference: Some(reference),
        protected: Some(protected),
        ..asked.clone()
    };
    let mut all = vec![
        ("the protected default branch", Exposure::Protected, of("push", Ref::Branch(default.clone()), true)),
        ("an unprotected branch", Exposure::Open, of("push", Ref::Branch("some-branch".to_owned()), false)),
        (
            "a merge request",
            Exposure::Open,
            of("merge_request_event", Ref::Branch("some-branch".to_owned()), false),
        ),
        ("a protected tag", Exposure::Protected, of("push", Ref::Tag("v1.0.0".to_owned()), true)),
        ("a schedule", Exposure::Protected, of("schedule", Ref::Branch(default), true)),
    ];
    if own.source.is_some() || own.protected.is_some() || own.predefined.len() != asked.predefined.len() {
        let exposed = own.protected != Some(true) || own.is_merge_request();
        let exposure = if exposed { Exposure::Open } else { Exposure::Protected };
        all.insert(0, ("the pipeline that was asked about", exposure, own));
    }
    all.into_iter().map(|(name, exposure, facts)| (name.to_owned(), exposure, facts)).collect()
}

const SPEAKS_OF_THE_REF: [&str; 6] = [
    "CI_COMMIT_REF_",
    "CI_COMMIT_BRANCH",
    "CI_COMMIT_TAG",
    "CI_MERGE_REQUEST_",
    "CI_PIPELINE_SOURCE",
    "CI_OPEN_MERGE_REQUESTS",
];

impl<'a> Subject<'a> {
    /// Every job of every pipeline, whether it is part of it or not.
    pub(super) fn jobs(&self) -> impl Iterator<Item = (&'a Evaluated, &'a Job)> + use<'a> {
        self.pipelines.iter().flat_map(|pipeline| pipeline.plan.jobs.iter().map(move |job| (pipeline, job)))
    }
}

/// The secrets of a job, as far as they are known.
pub(super) fn secrets(job: &Job) -> &[Secret] {
    job.secrets.known().map(Vec::as_slice).unwrap_or_default()
}

/// The ID tokens of a job, as far as they are known.
pub(super) fn id_tokens(job: &Job) -> &[IdToken] {
    job.id_tokens.known().map(Vec::as_slice).unwrap_or_default()
}
