use super::{Row, Source, Stage, of};
use crate::explain::Weight;

const GITLAB: Row = of(Stage::Gitlab, Source::Code("GitLab"));
const SEEN: Source = Source::Seen("the REST API of our sandbox, as GitLab's");

/// What GitLab's REST API says to a token, and of a token that is to be made.
pub(super) const ROWS: &[Row] = &[
    Row {
        name: "gitlab-token-revoked",
        says: &["Token was revoked"],
        meaning: "the token was taken back",
        causes: &[
            "the lease that it came with is over, or the session that it was read with",
            "it was rotated: the old one ends at once",
            "somebody revoked it in GitLab",
        ],
        hint: "read the token again; a token that a vault makes ends with the session it was read with",
        source: SEEN,
        example: "{\"error\":\"invalid_token\",\"error_description\":\"Token was revoked. You have to re-authorize from the user.\"}",
        ..GITLAB
    },
    Row {
        name: "gitlab-token-expired",
        says: &["Token is expired. You can"],
        meaning: "the token's last day has come: it ends at 00:00 UTC of the day that it names",
        causes: &["nobody rotated it in time", "it was made to end today, which is at once"],
        hint: "rotate it, and store the new one in the vault: `GET /personal_access_tokens/self` says `expires_at`",
        source: SEEN,
        example: "{\"error\":\"invalid_token\",\"error_description\":\"Token is expired. You can either do re-authorization or token refresh.\"}",
        ..GITLAB
    },
    Row {
        name: "gitlab-impersonation-off",
        says: &["impersonation was disabled"],
        meaning: "the token acts for another user, and this GitLab does not allow that any more",
        causes: &["an administrator switched impersonation off"],
        hint: "make a group's access token instead",
        example: "{\"error\":\"invalid_token\",\"error_description\":\"Token is an impersonation token but impersonation was disabled.\"}",
        ..GITLAB
    },
    Row {
        name: "gitlab-bad-token",
        says: &["Bad Access Token"],
        meaning: "what was sent is no token of this GitLab",
        causes: &["the token is cut, or has quotes or a newline in it", "it is that of another GitLab"],
        hint: "is the stored value the whole token, and nothing else?",
        example: "{\"error\":\"invalid_token\",\"error_description\":\"Bad Access Token.\"}",
        ..GITLAB
    },
    Row {
        name: "gitlab-insufficient-scope",
        says: &["insufficient_scope"],
        meaning: "the token is good, and is not for this request",
        causes: &[
            "a token with `read_repository` alone was sent to the REST API: it is for git",
            "the request writes, and the token has `read_api`",
        ],
        hint: "fetch with git, which is what `read_repository` is for; the API needs `read_api` or `api`",
        source: SEEN,
        example: "{\"error\":\"insufficient_scope\",\"error_description\":\"The request requires higher privileges than provided by the access token.\",\"scope\":\"api read_api\"}",
        ..GITLAB
    },
    Row {
        name: "gitlab-unauthorized",
        says: &["401 Unauthorized"],
        weight: Weight::Framed,
        meaning: "GitLab does not know the token",
        causes: &[
            "the token was deleted, or is that of another GitLab",
            "the variable that it was taken from is empty",
            "the header is wrong: `PRIVATE-TOKEN`, or `Authorization: Bearer`; a job token goes into `JOB-TOKEN`",
        ],
        hint: "ask GitLab who the token is: `GET /api/v4/personal_access_tokens/self`",
        source: SEEN,
        example: "{\"message\":\"401 Unauthorized\"}",
        ..GITLAB
    },
    Row {
        name: "gitlab-group-not-found",
        says: &["404 Group Not Found", "404 Project Not Found", "404 Namespace Not Found"],
        meaning: "there is no such group or project, or none that this token may see",
        causes: &[
            "the path is misspelt, or its `/` is not written as `%2F`",
            "the token's user is no member there",
            "it was moved",
        ],
        hint: "is the path right, and is the token's user a member?",
        source: SEEN,
        example: "{\"message\":\"404 Group Not Found\"}",
        ..GITLAB
    },
    Row {
        name: "gitlab-may-not-make-tokens",
        says: &[
            "User does not have permission to create group access token",
            "User does not have permission to create project access token",
        ],
        meaning: "the user may not make a token there",
        causes: &[
            "the user is no Owner of the group, or no Maintainer of the project",
            "the top group does not allow access tokens of its groups and projects",
            "GitLab.com's Free tier has no group access tokens",
        ],
        hint: "an Owner makes it, with a personal access token: a group's own token cannot",
        source: SEEN,
        example: "{\"message\":\"400 Bad request - User does not have permission to create group access token\"}",
        ..GITLAB
    },
    Row {
        name: "gitlab-access-level-too-high",
        says: &["Access level of the token contains permissions not held by the creating user"],
        meaning: "the new token would be allowed more than the one who makes it",
        causes: &[
            "`access_level` was left out: it is 40, Maintainer, then",
            "`access_level` is above the user's own role",
        ],
        hint: "set `access_level` to 20 (Reporter) or 30 (Developer): enough to read repositories",
        example: "{\"message\":\"400 Bad request - Access level of the token contains permissions not held by the creating user\"}",
        ..GITLAB
    },
    Row {
        name: "gitlab-already-revoked",
        says: &["Token already revoked"],
        meaning: "a token that was taken back is to be rotated",
        causes: &["another job or person has rotated it: each gets the successor, and the old one ends"],
        hint: "read the new token from where it is kept; rotating a revoked one takes back its successors too",
        example: "{\"message\":\"400 Bad request - Token already revoked\"}",
        ..GITLAB
    },
    Row {
        name: "gitlab-may-not-rotate",
        says: &["Not eligible to rotate token"],
        meaning: "the token that is to be rotated may do more than the one who rotates it",
        causes: &["the token's role is above the user's own in the group"],
        hint: "an Owner rotates it, or the token itself, with the scope `self_rotate`",
        example: "{\"message\":\"400 Bad request - Not eligible to rotate tokens with permissions not held by the user\"}",
        ..GITLAB
    },
    Row {
        name: "gitlab-token-limit",
        says: &["Access token limit reached"],
        meaning: "the group may have no more tokens",
        causes: &["a limit of the plan or trial", "tokens of ended jobs were never taken back"],
        hint: "revoke what is not used any more",
        example: "{\"message\":\"400 Bad request - Access token limit reached\"}",
        ..GITLAB
    },
    Row {
        name: "gitlab-no-access-for-token",
        says: &["access to the access token. ERROR", "Could not provision"],
        meaning: "the token's bot user could not become a member",
        causes: &[
            "the group's membership is locked",
            "the group admits addresses of certain domains alone",
            "there is no free seat",
        ],
        hint: "the group's Owner looks at its settings for members: lock, domains, seats",
        example: "{\"message\":\"400 Bad request - Could not provision reporter access to the access token. ERROR: membership locked\"}",
        ..GITLAB
    },
    Row {
        name: "gitlab-expiry-too-late",
        says: &[
            "Expires at must be before",
            "must be before {number}-{number}-{number}",
            "expiration date must be before",
        ],
        meaning: "the token would live longer than this GitLab allows",
        causes: &["the longest is 365 days, or what an administrator has set"],
        hint: "name an earlier `expires_at`",
        source: SEEN,
        example: "{\"message\":\"400 Bad request - Expires at must be before 2027-11-30\"}",
        ..GITLAB
    },
    Row {
        name: "gitlab-scope-unknown",
        says: &["scopes can only contain available scopes", "scopes does not have a valid value"],
        meaning: "this GitLab does not know one of the scopes",
        causes: &[
            "the scope is misspelt",
            "it came with a later version",
            "it is not for this kind of token",
        ],
        hint: "a build token needs `read_repository` alone",
        source: SEEN,
        example: "{\"message\":\"400 Bad request - Scopes can only contain available scopes\"}",
        ..GITLAB
    },
    Row {
        name: "gitlab-needs-personal-token",
        says: &["requires token type to be a personal access token"],
        meaning: "the request wants a token of a user, a group or a project",
        causes: &["a job token or one of OAuth was sent"],
        hint: "send the build token itself",
        example: "{\"message\":\"400 Bad request - This endpoint requires token type to be a personal access token\"}",
        ..GITLAB
    },
    Row {
        name: "gitlab-fine-grained-refused",
        says: &["lacks the required permissions", "Granular tokens are not yet supported"],
        meaning: "a fine-grained token does not allow this",
        causes: &[
            "it lacks `Code: Download` for this group or project",
            "this GitLab does not support such tokens yet",
        ],
        hint: "give the token `Code: Download` for the group that holds the repositories",
        example: "Access denied: Your Personal Access Token lacks the required permissions: [read_code] for \"group/project\".",
        ..GITLAB
    },
    Row {
        name: "gitlab-rate-limit",
        says: &["Retry later", "429 Too Many Requests"],
        meaning: "GitLab has counted too many requests",
        causes: &["many jobs ask at once", "somebody tries over and over with a dead token"],
        hint: "wait as long as `Retry-After` says",
        source: Source::Docs("GitLab"),
        example: "Retry later",
        ..GITLAB
    },
    Row {
        name: "gitlab-forbidden",
        says: &["403 Forbidden"],
        weight: Weight::Framed,
        meaning: "GitLab knows the token, and refuses",
        causes: &[
            "the token's role is too low for this",
            "the request is for administrators",
            "the address is not admitted, or its scope is too small",
        ],
        hint: "what role does the token have? `GET /api/v4/personal_access_tokens/self/associations` says what it reaches",
        source: SEEN,
        example: "{\"message\":\"403 Forbidden\"}",
        ..GITLAB
    },
    Row {
        name: "gitlab-not-found",
        says: &["404 Not Found"],
        weight: Weight::Framed,
        meaning: "there is nothing at this path, or nothing for this token",
        causes: &["the path is misspelt", "the token's user is no member there"],
        hint: "is the path right, and is the token's user a member?",
        source: SEEN,
        example: "{\"message\":\"404 Not Found\"}",
        ..GITLAB
    },
];
