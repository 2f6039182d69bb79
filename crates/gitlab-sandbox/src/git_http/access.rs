use super::credential::Credential;
use super::refusal::Refusal;
use super::target::{Operation, Service, Target};
use crate::registry::{AccessLevel, Permission, Project, Scope, Source, Standing, Visibility};
use crate::server::Instance;

/// The proof that a request may go on to the backend, and as what.
#[derive(Debug)]
pub(super) struct Permit {
    pub(super) project_id: u64,
    pub(super) service: Service,
    /// The user name for the backend; without one it does not let anybody push.
    pub(super) remote_user: Option<String>,
}

/// Decides as GitLab does: first who asks, then what the token is for, then the project, then the member's level.
pub(super) fn judge(
    instance: &Instance,
    target: &Target,
    credential: &Credential,
) -> Result<Permit, Refusal> {
    let service = match target.operation {
        Operation::Advertise(service) | Operation::Exchange(service) => Some(service),
        Operation::Unknown => None,
    };
    let mut registry = instance.registry();
    let project = registry.project_at(&target.project_path).cloned();

    let password = match credential {
        Credential::Basic { password, .. } => password,
        Credential::None | Credential::Other => {
            return match (service, project) {
                (Some(Service::UploadPack), Some(project)) if project.visibility == Visibility::Public => {
                    Ok(Permit { project_id: project.id, service: Service::UploadPack, remote_user: None })
                }
                _ => Err(denied(instance)),
            };
        }
    };
    let token = match registry.use_token(password, instance.now()) {
        Standing::Active(token) if token.has_any_scope(&DOWNLOADING) || !token.granular.is_empty() => token,
        Standing::Active(_) | Standing::Expired | Standing::Revoked(_) | Standing::Unknown => {
            return Err(denied(instance));
        }
    };
    let service = service.ok_or(Refusal::CommandNotAllowed)?;
    let is_fine_grained = !token.granular.is_empty();
    if service == Service::ReceivePack && !is_fine_grained && !token.has_any_scope(&UPLOADING) {
        return Err(Refusal::UploadNotInScope);
    }
    let project = project.ok_or(Refusal::ProjectNotFound)?;
    if is_fine_grained {
        let permission = match service {
            Service::UploadPack => Permission::DownloadCode,
            Service::ReceivePack => Permission::PushCode,
        };
        if !registry.allows(&token.granular, permission, project.id) {
            return Err(Refusal::LacksPermission { permission, project_path: project.full_path });
        }
    }
    let level = registry.level(token.user_id, Source::Project(project.id));
    let remote_user = registry.user(token.user_id).map(|user| user.username.clone());
    drop(registry);

    allow(&project, service, level)?;
    Ok(Permit { project_id: project.id, service, remote_user })
}

/// The scopes with which a token may read code.
const DOWNLOADING: [Scope; 3] = [Scope::Api, Scope::ReadRepository, Scope::WriteRepository];

/// The scopes with which a token may write code.
const UPLOADING: [Scope; 2] = [Scope::Api, Scope::WriteRepository];

fn denied(instance: &Instance) -> Refusal {
    let anchor = "error-on-git-fetch-http-basic-access-denied";
    let help_page = format!("{}/help/topics/git/troubleshooting_git.md#{anchor}", instance.base_url());
    Refusal::AccessDenied { help_page }
}

fn allow(project: &Project, service: Service, level: Option<AccessLevel>) -> Result<(), Refusal> {
    if level.is_none() && project.visibility == Visibility::Private {
        return Err(Refusal::ProjectNotFound);
    }
    match service {
        Service::UploadPack if project.visibility != Visibility::Private => Ok(()),
        Service::UploadPack if level >= Some(AccessLevel::Reporter) => Ok(()),
        Service::UploadPack => Err(Refusal::DownloadNotAllowed),
        Service::ReceivePack if level >= Some(AccessLevel::Developer) => Ok(()),
        Service::ReceivePack => Err(Refusal::PushNotAllowed),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn project(visibility: Visibility) -> Project {
        Project {
            id: 1,
            name: "p".into(),
            path: "p".into(),
            full_path: "g/p".into(),
            namespace_id: 1,
            visibility,
            build_timeout: Project::BUILD_TIMEOUT,
        }
    }

    #[test]
    fn fetching_needs_a_reporter_of_a_private_project_and_nobody_else_sees_it() {
        let private = project(Visibility::Private);
        for (level, expected) in [
            (None, Err(Refusal::ProjectNotFound)),
            (Some(AccessLevel::Guest), Err(Refusal::DownloadNotAllowed)),
            (Some(AccessLevel::Planner), Err(Refusal::DownloadNotAllowed)),
            (Some(AccessLevel::Reporter), Ok(())),
        ] {
            assert_eq!(allow(&private, Service::UploadPack, level), expected);
        }
        assert_eq!(allow(&project(Visibility::Internal), Service::UploadPack, None), Ok(()));
    }

    #[test]
    fn pushing_needs_a_developer_whoever_sees_the_project() {
        for (visibility, level, expected) in [
            (Visibility::Private, None, Err(Refusal::ProjectNotFound)),
            (Visibility::Public, None, Err(Refusal::PushNotAllowed)),
            (Visibility::Private, Some(AccessLevel::Reporter), Err(Refusal::PushNotAllowed)),
            (Visibility::Private, Some(AccessLevel::Developer), Ok(())),
        ] {
            assert_eq!(allow(&project(visibility), Service::ReceivePack, level), expected);
        }
    }
}
