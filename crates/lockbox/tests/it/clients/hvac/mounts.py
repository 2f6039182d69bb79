"""Engines and methods: mounted, listed, tuned, moved, unmounted."""

from hvac.exceptions import InvalidRequest

from told import does, me, ready, refuses, root



def engines():
    """Without those that only OpenBao has."""
    listed = root.sys.list_mounted_secrets_engines()
    return {name: value for name, value in listed["data"].items() if name != "identity/"}


does("list engines", engines)
does(
    "enable an engine",
    root.sys.enable_secrets_engine,
    "kv",
    path=me,
    description="made up",
    config={"default_lease_ttl": "30m", "max_lease_ttl": "1h"},
    options={"version": "1"},
)
refuses("enable it again", InvalidRequest, root.sys.enable_secrets_engine, "kv", path=me)
refuses("enable what there is not", InvalidRequest, root.sys.enable_secrets_engine, "nothing", path=f"{me}-2")
does("list engines again", engines)
does("read its configuration", root.sys.read_mount_configuration, me)
does(
    "tune it",
    root.sys.tune_mount_configuration,
    me,
    default_lease_ttl="20m",
    max_lease_ttl="50m",
    description="tuned",
    listing_visibility="unauth",
)
does("read its configuration again", root.sys.read_mount_configuration, me)
does("retrieve an option", root.sys.retrieve_mount_option, me, "version", "none")
refuses("read no configuration", InvalidRequest, root.sys.read_mount_configuration, "nothing")
kv1 = root.secrets.kv.v1
does("put", kv1.create_or_update_secret, "a", {"v": 1}, mount_point=me)
does("move it", root.sys.move_backend, me, f"{me}-moved")
ready(kv1.read_secret, "a", mount_point=f"{me}-moved")
does("read where it went", kv1.read_secret, "a", mount_point=f"{me}-moved")
does("disable it", root.sys.disable_secrets_engine, f"{me}-moved")
does("disable it again", root.sys.disable_secrets_engine, f"{me}-moved")

does("list methods", root.sys.list_auth_methods)
config = {"default_lease_ttl": "30m"}
does("enable a method", root.sys.enable_auth_method, "jwt", path=me, description="made up", config=config)
refuses("enable the method again", InvalidRequest, root.sys.enable_auth_method, "jwt", path=me)
does("list methods again", root.sys.list_auth_methods)
does("read its tuning", root.sys.read_auth_method_tuning, me)
does(
    "tune the method",
    root.sys.tune_auth_method,
    me,
    default_lease_ttl="20m",
    description="tuned",
    listing_visibility="unauth",
)
does("read its tuning again", root.sys.read_auth_method_tuning, me)
does("disable the method", root.sys.disable_auth_method, me)
