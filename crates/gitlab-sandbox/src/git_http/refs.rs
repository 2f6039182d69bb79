use super::repositories::Repositories;
use super::repository_error::RepositoryError;

/// A branch or a tag, and the commit that it names.
#[derive(Clone, Debug)]
pub(crate) struct NamedCommit {
    /// The name without `refs/heads/` or `refs/tags/`.
    pub(crate) name: String,
    pub(crate) sha: String,
}

impl Repositories {
    /// What a project's repository has below `prefix`, such as `refs/heads/`, by name.
    pub(crate) async fn refs(
        &self,
        project_id: u64,
        prefix: &str,
    ) -> Result<Vec<NamedCommit>, RepositoryError> {
        let folder = self.folder(project_id);
        if !folder.exists() {
            return Ok(Vec::new());
        }
        let mut command = self.git();
        command.arg("--git-dir").arg(folder);
        // An annotated tag names its commit through itself.
        let commit = "%(if)%(*objectname)%(then)%(*objectname)%(else)%(objectname)%(end)";
        command.args(["for-each-ref", &format!("--format={commit} %(refname)"), prefix]);
        let output = self.finish("for-each-ref", command, &[]).await?;
        let text = String::from_utf8_lossy(&output.stdout);
        let named = |line: &str| {
            let (sha, full_ref) = line.split_once(' ')?;
            let name = full_ref.strip_prefix(prefix)?.to_owned();
            Some(NamedCommit { name, sha: sha.to_owned() })
        };
        Ok(text.lines().filter_map(named).collect())
    }
}
