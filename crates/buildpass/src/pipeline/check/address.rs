use url::Url;

/// Do two texts name one vault? A slash at the end, a usual port and capitals in the host do not matter to a person.
pub(super) fn same(left: &str, right: &str) -> bool {
    match (Url::parse(left), Url::parse(right)) {
        (Ok(left), Ok(right)) => {
            left.origin() == right.origin()
                && left.path().trim_end_matches('/') == right.path().trim_end_matches('/')
        }
        _ => left == right,
    }
}

#[cfg(test)]
mod tests {
    use super::same;

    #[test]
    fn spellings_of_one_address_are_the_same() {
        for (left, right, expected) in [
            ("https://vault.example", "https://vault.example/", true),
            ("https://vault.example", "https://Vault.example:443", true),
            ("https://vault.example", "http://vault.example", false),
            ("https://vault.example", "https://vault.example:8200", false),
            ("https://vault.example/a", "https://vault.example/b", false),
            ("vault", "vault", true),
            ("vault", "https://vault", false),
        ] {
            assert_eq!(same(left, right), expected, "{left} {right}");
        }
    }
}
