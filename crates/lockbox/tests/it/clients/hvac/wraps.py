"""Answers that are wrapped, and what is a token's own."""

from hvac.exceptions import InvalidRequest

from told import client, does, pick, refuses, root

wrapped = does("wrap", root.sys.wrap, {"a": {"b": 1}}, ttl=60)
token = pick(wrapped, "wrap_info", "token")
does("unwrap", root.sys.unwrap, token)
refuses("unwrap again", InvalidRequest, root.sys.unwrap, token)
wrapped = does("wrap for its bearer", root.sys.wrap, {"a": "b"}, ttl=60)
does("unwrap as its bearer", client(pick(wrapped, "wrap_info", "token")).sys.unwrap)
wrapped = does("make a token in a wrap", root.auth.token.create, policies=["default"], ttl="10m", wrap_ttl="2m")
made = does("unwrap the token", root.sys.unwrap, pick(wrapped, "wrap_info", "token"))
bearer = client(pick(made, "auth", "client_token"))
does("look itself up", bearer.auth.token.lookup_self)
does("read in a wrap", root.read, "sys/policies/acl/default", wrap_ttl="1m")
refuses("unwrap nothing", InvalidRequest, root.sys.unwrap, "s.nothing")

does("keep", bearer.write_data, "cubbyhole/a/b", data={"v": 1})
does("read what was kept", bearer.read, "cubbyhole/a/b")
does("list what was kept", bearer.list, "cubbyhole/a")
does("another reads nothing", root.read, "cubbyhole/a/b")
does("forget", bearer.delete, "cubbyhole/a/b")
does("read nothing", bearer.read, "cubbyhole/a/b")
