use alloc::borrow::Cow;
use alloc::format;

use super::facts::{Facts, Ref};
use crate::answer::{Answer, Reason};

impl Facts {
    /// Who or what started the pipeline: `push` unless something else was given.
    pub fn pipeline_source(&self) -> &str {
        self.given("CI_PIPELINE_SOURCE").or(self.source.as_deref()).unwrap_or("push")
    }

    /// Is it the pipeline of a merge request? It has no branch of its own then.
    pub fn is_merge_request(&self) -> bool {
        self.pipeline_source() == "merge_request_event"
            || self.given("CI_MERGE_REQUEST_IID").or(self.given("CI_MERGE_REQUEST_ID")).is_some()
    }

    /// What the pipeline runs on; `None` where that is not known, or not whether it is a branch or a tag.
    pub fn commit_reference(&self) -> Option<Ref> {
        let tag = self.given("CI_COMMIT_TAG").map(|tag| Ref::Tag(tag.into()));
        let branch = self.given("CI_COMMIT_BRANCH").map(|branch| Ref::Branch(branch.into()));
        tag.or(branch).or_else(|| self.reference.clone())
    }

    /// The project that the pipeline runs in.
    pub(super) fn project_path(&self) -> Option<Cow<'_, str>> {
        let parts = self.given("CI_PROJECT_NAMESPACE").zip(self.given("CI_PROJECT_NAME"));
        let whole = self.given("CI_PROJECT_PATH").or(self.project.as_deref()).map(Cow::Borrowed);
        whole.or_else(|| parts.map(|(namespace, name)| Cow::Owned(format!("{namespace}/{name}"))))
    }

    /// The name of the branch or tag; of a merge request, that of the branch that it comes from.
    pub(super) fn reference_name(&self) -> Option<&str> {
        let of_source = self.given("CI_MERGE_REQUEST_SOURCE_BRANCH_NAME").filter(|_| self.is_merge_request());
        of_source
            .or(self.given("CI_COMMIT_REF_NAME"))
            .or(self.given("CI_COMMIT_TAG"))
            .or(self.given("CI_COMMIT_BRANCH"))
            .or(match &self.reference {
                Some(Ref::Branch(name) | Ref::Tag(name)) => Some(name),
                None => None,
            })
    }

    /// Does GitLab know which files the pipeline's commits changed? Where it doesn't, it takes all of `changes` for true.
    pub fn has_diff(&self) -> Answer<bool> {
        match (self.pipeline_source(), self.commit_reference()) {
            _ if self.is_merge_request() => Answer::Known(true),
            ("external_pull_request_event", _) => Answer::Known(true),
            ("push" | "parent_pipeline", Some(Ref::Tag(_))) => Answer::Known(false),
            ("push" | "parent_pipeline", _) => match self.given("CI_COMMIT_BEFORE_SHA") {
                Some(commit) => Answer::Known(!commit.bytes().all(|it| it == b'0')),
                None => Answer::Unknown(Reason::new(
                    "`CI_COMMIT_BEFORE_SHA` was not given, and a new branch has nothing to compare with",
                )),
            },
            _ => Answer::Known(false),
        }
    }

    /// A predefined variable that was given and says something.
    fn given(&self, name: &str) -> Option<&str> {
        self.predefined.get(name).map(|it| it.as_str()).filter(|it| !it.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::{Answer, Facts, Ref};

    fn facts(source: &str, reference: Ref, before: Option<&str>) -> Facts {
        let mut facts = Facts { source: Some(source.into()), reference: Some(reference), ..Facts::default() };
        if let Some(before) = before {
            facts.predefined.insert("CI_COMMIT_BEFORE_SHA".into(), before.into());
        }
        facts
    }

    #[test]
    fn gitlab_compares_with_the_commit_before_where_there_is_one() {
        let branch = || Ref::Branch("main".into());
        let tag = || Ref::Tag("v1".into());
        for (source, reference, before, has_diff) in [
            ("push", branch(), None, None),
            ("push", branch(), Some("1234567"), Some(true)),
            ("push", branch(), Some("0000000"), Some(false)),
            ("push", tag(), None, Some(false)),
            ("schedule", branch(), None, Some(false)),
            ("web", branch(), None, Some(false)),
            ("api", branch(), None, Some(false)),
            ("trigger", branch(), None, Some(false)),
            ("parent_pipeline", branch(), None, None),
            ("merge_request_event", branch(), None, Some(true)),
            ("external_pull_request_event", branch(), None, Some(true)),
        ] {
            let answer = facts(source, reference.clone(), before).has_diff();
            assert_eq!(answer.known().copied(), has_diff, "{source} {reference:?} {before:?}");
            assert!(matches!(answer, Answer::Known(_)) || answer.reason().is_some());
        }
    }
}
