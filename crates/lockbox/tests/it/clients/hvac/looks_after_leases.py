"""The leases of tokens."""

from hvac.exceptions import Forbidden, InvalidPath, InvalidRequest

from told import client, does, given, me, pick, refuses, root

does("enable", root.sys.enable_auth_method, "jwt", path=me)
does("configure", root.auth.jwt.configure, jwt_validation_pubkeys=[given["pem"]], path=me)
does(
    "write a role",
    root.auth.jwt.create_role,
    "ci",
    user_claim="project_id",
    role_type="jwt",
    allowed_redirect_uris=[],
    bound_audiences=["https://vault.example"],
    path=me,
)


def log_in(title):
    session = does(title, client().auth.jwt.jwt_login, "ci", given["jwt"], path=me)
    return pick(session, "auth", "client_token")


refuses("list no leases", InvalidPath, root.sys.list_leases, f"auth/{me}/login")
token = log_in("log in")
leases = does("list leases", root.sys.list_leases, f"auth/{me}/login")
keys = pick(leases, "data", "keys")
lease = f"auth/{me}/login/{keys[0]}"
does("read the lease", root.sys.read_lease, lease)
refuses("renew the lease", InvalidRequest, root.sys.renew_lease, lease, increment=60)
refuses("read no lease", InvalidRequest, root.sys.read_lease, f"auth/{me}/login/nothing")
does("revoke the lease", root.sys.revoke_lease, lease)
token = log_in("log in again")
does("revoke by prefix", root.sys.revoke_prefix, f"auth/{me}/")
token = log_in("log in once more")
does("revoke by force", root.sys.revoke_force, f"auth/{me}/")
refuses("look up what is gone", Forbidden, root.auth.token.lookup, token)
