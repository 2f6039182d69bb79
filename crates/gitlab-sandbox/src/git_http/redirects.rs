use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

/// Repository paths that answer with another place.
#[derive(Debug, Default)]
pub(crate) struct Redirects {
    targets: Mutex<HashMap<String, String>>,
}

impl Redirects {
    /// From now on requests for the repository path `from`, such as `g/p.git`, are sent on to the URL `to`.
    pub(crate) fn add(&self, from: &str, to: &str) {
        let mut targets = self.targets.lock().unwrap_or_else(PoisonError::into_inner);
        targets.insert(from.trim_matches('/').to_owned(), to.trim_end_matches('/').to_owned());
    }

    /// The URL to which a request for `path`, such as `/g/p.git/info/refs`, is sent on.
    pub(super) fn target(&self, path: &str) -> Option<String> {
        let targets = self.targets.lock().unwrap_or_else(PoisonError::into_inner);
        targets.iter().find_map(|(from, to)| {
            let rest = path.trim_start_matches('/').strip_prefix(from.as_str())?;
            (rest.is_empty() || rest.starts_with('/')).then(|| format!("{to}{rest}"))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_redirect_takes_the_rest_of_the_path_along_and_no_longer_name() {
        let redirects = Redirects::default();
        redirects.add("g/p.git", "http://127.0.0.1:1/other.git/");
        assert_eq!(
            redirects.target("/g/p.git/info/refs").as_deref(),
            Some("http://127.0.0.1:1/other.git/info/refs")
        );
        assert_eq!(redirects.target("/g/p.github/info/refs"), None);
    }
}
