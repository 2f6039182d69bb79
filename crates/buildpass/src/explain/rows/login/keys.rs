use super::{LOGIN, Row, SEEN, Weight};

/// The issuer's keys, and the signature.
pub(in crate::explain::rows) const ROWS: &[Row] = &[
    Row {
        name: "login-other-issuer-at-address",
        says: &["issuer did not match the issuer returned by provider", "did not match the returned issuer"],
        meaning: "the page at the issuer's address names another issuer",
        causes: &[
            "`oidc_discovery_url` has a slash at its end, or the issuer's own address has one",
            "`http://` stands for `https://`, or the other way round",
            "GitLab's `external_url` is another than the address it is asked at",
        ],
        hint: "the vault's owner sets `oidc_discovery_url` to exactly what the page names as `issuer`",
        example: "error configuring token validator: keyset configuration error: oidc: issuer did not match the issuer returned by provider, expected \"https://gitlab.example/\" got \"https://gitlab.example\"",
        ..LOGIN
    },
    Row {
        name: "login-keys-untrusted",
        says: &["error configuring token validator{any}x509:", "fetching keys{any}x509:"],
        meaning: "the vault does not trust the certificate of the GitLab that signs",
        causes: &[
            "GitLab's certificate is signed by an authority of one's own",
            "a proxy on the way shows a certificate of its own",
            "the certificate has expired, or is for another name",
        ],
        hint: "the vault's owner sets `oidc_discovery_ca_pem` or `jwks_ca_pem` to the authority that signed it",
        source: SEEN,
        example: "error validating token: error verifying token signature: fetching keys oidc: get keys failed Get \"https://gitlab.example/oauth/discovery/keys\": tls: failed to verify certificate: x509: certificate signed by unknown authority",
        ..LOGIN
    },
    Row {
        name: "login-no-key-set",
        says: &["error configuring token validator"],
        weight: Weight::Echo,
        meaning: "the vault cannot read the issuer's configuration, so it cannot check any token",
        causes: &[
            "the vault does not reach GitLab: name, route, firewall or proxy",
            "the address has no `/.well-known/openid-configuration`: it is not a GitLab's, or lacks a path",
            "GitLab is down",
        ],
        hint: "open `<oidc_discovery_url>/.well-known/openid-configuration` from the vault's machine",
        source: SEEN,
        example: "error configuring token validator: keyset configuration error: Get \"https://gitlab.example/.well-known/openid-configuration\": dial tcp: lookup gitlab.example: no such host",
        ..LOGIN
    },
    Row {
        name: "login-malformed-algorithm",
        says: &["malformed jwt{any}unexpected signature algorithm"],
        meaning: "the token is signed in a way that no issuer's key fits",
        causes: &[
            "it is not the ID token of a GitLab job, which is signed with RS256",
            "it was made by hand",
        ],
        hint: "send the ID token that `id_tokens:` gives; its first part, decoded, names `RS256`",
        source: SEEN,
        example: "error validating token: error verifying token signature: oidc: malformed jwt: unexpected signature algorithm \"HS256\"; expected [\"RS256\" \"RS384\"]",
        ..LOGIN
    },
    Row {
        name: "login-malformed",
        says: &["malformed jwt"],
        meaning: "what was sent is not an ID token",
        causes: &[
            "the variable was not expanded: `$VAULT_ID_TOKEN` was sent as these letters",
            "quotes or the word `Bearer` were sent with it",
            "another secret was sent in its place",
        ],
        hint: "what was sent is not a JWT: is the variable expanded?",
        source: SEEN,
        example: "error validating token: error verifying token signature: oidc: malformed jwt: go-jose/go-jose: compact JWS format must have three parts",
        ..LOGIN
    },
    Row {
        name: "login-keys-not-there",
        says: &["get keys failed: {number}"],
        meaning: "the address of the issuer's keys answers with an error",
        causes: &[
            "`jwks_url` is wrong: GitLab's is `/oauth/discovery/keys`, the old `/-/jwks` works too",
            "the page of discovery names an address that is not there any more",
            "a proxy on the way answers instead of GitLab",
        ],
        hint: "the vault's owner opens the `jwks_url`, or the `jwks_uri` of the discovery page, from the vault's machine",
        source: SEEN,
        example: "error validating token: error verifying token signature: fetching keys oidc: get keys failed: 404 Not Found <html>",
        ..LOGIN
    },
    Row {
        name: "login-keys-unreachable",
        says: &["get keys failed Get", "oidc: get keys failed"],
        meaning: "the vault does not reach the GitLab that signs",
        causes: &[
            "the vault's machine does not resolve or reach GitLab's host: route, firewall, proxy",
            "GitLab is down",
            "the vault is hosted, and the GitLab is not on the internet",
        ],
        hint: "where the vault can never reach GitLab, its owner pins the keys: `jwt_validation_pubkeys`",
        source: SEEN,
        example: "error validating token: error verifying token signature: fetching keys oidc: get keys failed Get \"https://gitlab.example/oauth/discovery/keys\": dial tcp 192.0.2.7:443: connect: connection refused",
        ..LOGIN
    },
    Row {
        name: "login-keys-no-json",
        says: &["failed to decode keys"],
        meaning: "the address of the issuer's keys answers with something else than keys",
        causes: &[
            "`jwks_url` is a web page, for instance one for signing in",
            "a proxy on the way answers instead of GitLab",
        ],
        hint: "the vault's owner sets `jwks_url` to GitLab's `/oauth/discovery/keys`, or uses `oidc_discovery_url`",
        source: SEEN,
        example: "error validating token: error verifying token signature: fetching keys oidc: failed to decode keys: invalid character '<' looking for beginning of value",
        ..LOGIN
    },
    Row {
        name: "login-all-keys-unreachable",
        says: &["failed to refresh all {number} JWKS caches"],
        meaning: "none of the issuers' addresses for keys answers",
        causes: &[
            "the vault reaches no GitLab: route, firewall, proxy",
            "all the addresses in `jwks_pairs` are wrong",
        ],
        hint: "the vault's owner opens each `jwks_url` of `jwks_pairs` from the vault's machine",
        example: "error validating token: error verifying token signature: failed to refresh all 2 JWKS caches - check network connectivity and JWKS endpoints",
        ..LOGIN
    },
    Row {
        name: "login-unknown-key",
        says: &["no key found with kid", "no key set found with kid", "error searching for key set with kid"],
        meaning: "no issuer that the vault knows has the key that signed this token",
        causes: &[
            "the token is from another GitLab than those in `jwks_pairs`",
            "GitLab has changed its key, and the vault's copy is old",
        ],
        hint: "is the token's `iss` one of the GitLabs that this vault knows?",
        example: "error validating token: error verifying token signature: error searching for key set with kid K: no key found with kid K in any JWKS endpoint",
        ..LOGIN
    },
    Row {
        name: "login-no-kid",
        says: &["token missing kid header parameter"],
        meaning: "the token does not name the key that signed it, and this vault needs that to choose among several issuers",
        causes: &[
            "the token was made by hand",
            "the issuer names no keys; a mount with one issuer takes its tokens",
        ],
        hint: "send the ID token that GitLab gives, which names its key",
        example: "error validating token: error verifying token signature: token missing kid header parameter",
        ..LOGIN
    },
    Row {
        name: "login-signature",
        says: &["failed to verify id token signature"],
        meaning: "none of the issuer's keys made this signature",
        causes: &[
            "the token is from another GitLab than the one that the vault's auth mount names",
            "GitLab has changed its key, and the vault or something before it keeps an old copy",
            "the token was changed or cut on its way",
        ],
        hint: "the issuer's keys do not match: is the token from the GitLab that this vault knows?",
        source: SEEN,
        example: "error validating token: error verifying token signature: failed to verify id token signature",
        ..LOGIN
    },
    Row {
        name: "login-static-keys",
        says: &["no known key successfully validated the token signature"],
        meaning: "none of the keys that are written into the vault made this signature",
        causes: &[
            "GitLab has changed its key since `jwt_validation_pubkeys` was written",
            "the token is from another GitLab",
            "the token was changed or cut on its way",
        ],
        hint: "the vault's static keys do not match: has the issuer changed its keys?",
        source: SEEN,
        example: "error validating token: error verifying token signature: no known key successfully validated the token signature",
        ..LOGIN
    },
];
