"""Tokens made, looked at, renewed, ended."""

from hvac.exceptions import Forbidden, InvalidRequest

from told import client, does, me, pick, refuses, root

token = root.auth.token
does("write a policy", root.sys.create_or_update_acl_policy, me, 'path "x" { capabilities = ["read"] }')
does("look up the root", token.lookup_self)

made = does(
    "create",
    token.create,
    policies=[me],
    ttl="1h",
    meta={"team": "ops"},
    display_name="ann",
    num_uses=9,
    explicit_max_ttl="3h",
)
value, accessor = pick(made, "auth", "client_token"), pick(made, "auth", "accessor")
does("look up", token.lookup, value)
does("look up by accessor", token.lookup_accessor, accessor)
does("look up itself", client(value).auth.token.lookup_self)
does("is authenticated", client(value).is_authenticated)
does("is not authenticated", client("s.nothing").is_authenticated)
does("renew", token.renew, value, increment="30m")
does("renew itself", client(value).auth.token.renew_self, increment="20m")
does("renew by accessor", token.renew_accessor, accessor, increment="10m")
does("list accessors", lambda: accessor in pick(token.list_accessors(), "data", "keys"))
does("revoke by accessor", token.revoke_accessor, accessor)
refuses("look up what is revoked", Forbidden, token.lookup, value)
refuses("look up what is revoked by accessor", InvalidRequest, token.lookup_accessor, accessor)

made = does("create an orphan", token.create_orphan, policies=["default"], period="30m")
does("look up the orphan", token.lookup, pick(made, "auth", "client_token"))
does("revoke the orphan", token.revoke, pick(made, "auth", "client_token"))
made = does(
    "create a fixed one", token.create, policies=["default"], ttl="5m", renewable=False, no_default_policy=True
)
refuses("renew the fixed one", InvalidRequest, token.renew, pick(made, "auth", "client_token"))
made = does("create a batch token", token.create, policies=["default"], ttl="5m", type="batch")
does("look up the batch token", token.lookup, pick(made, "auth", "client_token"))
refuses("revoke the batch token", InvalidRequest, token.revoke, pick(made, "auth", "client_token"))

rules = 'path "auth/token/create" { capabilities = ["update"] }'
does("write a parent's policy", root.sys.create_or_update_acl_policy, me, rules)
made = does("create a parent", token.create, policies=[me], ttl="1h")
parent = pick(made, "auth", "client_token")
refuses("create beyond its policies", InvalidRequest, client(parent).auth.token.create, policies=["root"])
made = does("create a child", client(parent).auth.token.create, ttl="10m")
child = pick(made, "auth", "client_token")
does("revoke the parent alone", token.revoke_and_orphan_children, parent)
does("look up the child", token.lookup, child)
does("the child revokes itself", client(child).auth.token.revoke_self)
refuses("look up the child that is gone", Forbidden, token.lookup, child)
refuses("create by what is gone", Forbidden, client(child).auth.token.create)
