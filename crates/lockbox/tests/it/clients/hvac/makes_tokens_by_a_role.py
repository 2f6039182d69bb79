"""Tokens made by a role."""

from hvac.exceptions import InvalidPath, InvalidRequest

from told import does, me, pick, refuses, root

token = root.auth.token
does(
    "write a role",
    token.create_or_update_role,
    me,
    allowed_policies=me,
    orphan=True,
    path_suffix="nightly",
    token_period=600,
)
does("read the role", token.read_role, me)
does("list roles", lambda: me in pick(token.list_roles(), "data", "keys"))
made = does("create by the role", token.create, role_name=me, policies=[me])
does("look up what the role made", token.lookup, pick(made, "auth", "client_token"))
refuses("create beyond the role", InvalidRequest, token.create, role_name=me, policies=["other"])
does("delete the role", token.delete_role, me)
refuses("read no role", InvalidPath, token.read_role, me)
refuses("create by no role", InvalidRequest, token.create, role_name=me)
