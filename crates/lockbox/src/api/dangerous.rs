/// Whether a path under `sys/` needs a policy with `sudo` as well: OpenBao's list, with paths that are not here.
pub(super) fn in_system(path: &str) -> bool {
    EXACT.contains(&path) || FOLDERS.iter().any(|folder| path.starts_with(folder))
}

/// The same of a path under `auth/token/`.
pub(super) fn in_tokens(path: &str) -> bool {
    path.starts_with("accessors") || path.starts_with("revoke-orphan/")
}

const EXACT: [&str; 9] =
    ["audit", "config/cors", "leases", "raw", "remount", "rotate", "rotate/keyring", "rotate/root", "seal"];
const FOLDERS: [&str; 12] = [
    "audit/",
    "auth/",
    "config/auditing/",
    "config/ui/headers/",
    "internal/inspect/",
    "leases/lookup/",
    "leases/revoke-force/",
    "leases/revoke-prefix/",
    "plugins/catalog/",
    "raw/",
    "revoke-force/",
    "revoke-prefix/",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_is_as_dangerous_as_what_it_lists() {
        for (path, expected) in [
            ("auth", false),
            ("auth/", true),
            ("auth/jwt/tune", true),
            ("leases", true),
            ("leases/lookup", false),
            ("leases/lookup/", true),
            ("leases/renew", false),
            ("leases/revoke-prefix/x", true),
            ("mounts/x/tune", false),
            ("rotate/config", false),
        ] {
            assert_eq!(in_system(path), expected, "{path}");
        }
        assert!(in_tokens("accessors/") && in_tokens("revoke-orphan/x") && !in_tokens("revoke-orphan"));
    }
}
