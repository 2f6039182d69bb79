use crate::registry::PathSegment;

/// What a Git request is about: a repository's path and the operation on it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Target {
    /// The project's full path as it was written, without `.git`.
    pub(super) project_path: String,
    pub(super) operation: Operation,
}

/// A step of the smart protocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Operation {
    /// `GET info/refs`: what the repository has.
    Advertise(Service),
    /// `POST git-upload-pack` or `git-receive-pack`.
    Exchange(Service),
    /// Anything else below a repository's path.
    Unknown,
}

/// A program of git that serves a repository.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Service {
    /// Fetching.
    UploadPack,
    /// Pushing.
    ReceivePack,
}

impl Service {
    fn named(name: &str) -> Option<Self> {
        match name {
            "git-upload-pack" => Some(Self::UploadPack),
            "git-receive-pack" => Some(Self::ReceivePack),
            _ => None,
        }
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::UploadPack => "git-upload-pack",
            Self::ReceivePack => "git-receive-pack",
        }
    }
}

impl Target {
    /// Reads the path as it stood in the request: an escaped or unusual character makes it no repository's path.
    pub(super) fn of(method: &str, path: &str, query: &str) -> Option<Self> {
        let (project_path, rest) = path.strip_prefix('/')?.split_once(".git/")?;
        let segments_are_sound =
            project_path.split('/').all(|segment| PathSegment::try_from(segment.to_owned()).is_ok());
        if !segments_are_sound {
            return None;
        }
        let operation = match (method, rest) {
            ("GET" | "HEAD", "info/refs") => requested_service(query).map(Operation::Advertise),
            ("POST", service) => Service::named(service).map(Operation::Exchange),
            _ => None,
        };
        Some(Self {
            project_path: project_path.to_owned(),
            operation: operation.unwrap_or(Operation::Unknown),
        })
    }
}

fn requested_service(query: &str) -> Option<Service> {
    query.split('&').find_map(|pair| pair.strip_prefix("service=")).and_then(Service::named)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_three_requests_of_git_are_understood() {
        let target =
            Target::of("GET", "/gitlab-org/security/omnibus.git/info/refs", "service=git-upload-pack");
        assert_eq!(
            target,
            Some(Target {
                project_path: "gitlab-org/security/omnibus".into(),
                operation: Operation::Advertise(Service::UploadPack),
            })
        );
        let push = Target::of("POST", "/g/p.git/git-receive-pack", "").unwrap();
        assert_eq!(push.operation, Operation::Exchange(Service::ReceivePack));
    }

    #[test]
    fn other_requests_below_a_repository_are_unknown_operations() {
        for (method, path, query) in [
            ("GET", "/g/p.git/HEAD", ""),
            ("GET", "/g/p.git/info/refs", ""),
            ("GET", "/g/p.git/info/refs", "service=git-evil"),
            ("GET", "/g/p.git/git-upload-pack", ""),
            ("GET", "/g/p.git/objects/../../../etc/passwd", ""),
            ("POST", "/g/p.git/info/lfs/objects/batch", ""),
        ] {
            assert_eq!(Target::of(method, path, query).unwrap().operation, Operation::Unknown, "{path}");
        }
    }

    #[test]
    fn a_path_with_dots_escapes_or_nothing_is_no_repository() {
        for path in [
            "/../p.git/info/refs",
            "/g/../p.git/info/refs",
            "/g/%2e%2e/p.git/info/refs",
            "/g/p%00.git/info/refs",
            "/g//p.git/info/refs",
            "/.git/info/refs",
            "//g/p.git/info/refs",
            "/g/p/info/refs",
            "g/p.git/info/refs",
        ] {
            assert_eq!(Target::of("GET", path, "service=git-upload-pack"), None, "{path}");
        }
    }
}
