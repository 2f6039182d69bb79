"""Logins with a JWT."""

from hvac.exceptions import Forbidden, InvalidPath, InvalidRequest

from told import client, does, given, me, pick, refuses, root

does("write a policy", root.sys.create_or_update_policy, me, 'path "x" { capabilities = ["read"] }')
does("enable", root.sys.enable_auth_method, "jwt", path=me)
jwt = root.auth.jwt
refuses("read no configuration", InvalidPath, jwt.read_config, path=f"{me}-nothing")
issuer = "https://issuer.example"
does("configure", jwt.configure, jwt_validation_pubkeys=[given["pem"]], bound_issuer=issuer, path=me)
does("read the configuration", jwt.read_config, path=me)
does(
    "write a role",
    jwt.create_role,
    "ci",
    user_claim="project_id",
    role_type="jwt",
    allowed_redirect_uris=[],
    bound_audiences=["https://vault.example"],
    bound_claims={"project_path": "group/project"},
    claim_mappings={"project_path": "project"},
    token_policies=[me],
    token_ttl=600,
    token_max_ttl=3600,
    path=me,
)
does("read the role", jwt.read_role, "ci", path=me)
does("list roles", jwt.list_roles, path=me)

worker = client()
session = does("log in", worker.auth.jwt.jwt_login, "ci", given["jwt"], path=me)
does("look itself up", worker.auth.token.lookup_self)
does("renew itself", worker.auth.token.renew_self, increment=60)
does("log out", worker.logout, revoke_token=True)
refuses("look up what logged out", Forbidden, root.auth.token.lookup, pick(session, "auth", "client_token"))
login = client().auth.jwt.jwt_login
refuses("log in with a wrong role", InvalidRequest, login, "nothing", given["jwt"], path=me)
refuses("log in with no JWT", InvalidRequest, login, "ci", "a.b.c", path=me)
refuses("log in nowhere", Forbidden, login, "ci", given["jwt"], path=f"{me}-nothing")

does("delete the role", jwt.delete_role, "ci", path=me)
refuses("read no role", InvalidPath, jwt.read_role, "ci", path=me)
does("disable", root.sys.disable_auth_method, me)
