"""Secrets by version, and without versions."""

from hvac.exceptions import Forbidden, InvalidPath, InvalidRequest

from told import client, does, me, pick, ready, refuses, root

does("mount", root.sys.enable_secrets_engine, "kv", path=me, options={"version": "2"})
kv = root.secrets.kv.v2
ready(kv.read_configuration, mount_point=me)


def put(path, secret, **options):
    return kv.create_or_update_secret(path, secret, mount_point=me, **options)


def read(path, **options):
    return kv.read_secret_version(path, mount_point=me, **{"raise_on_deleted_version": True, **options})


does("put", put, "app/db", {"user": "anna", "n": 5})
does("put again", put, "app/db", {"user": "bert", "deep": {"a": [1, None]}})
does("read", read, "app/db")
does("read the first", read, "app/db", version=1)
refuses("read nothing", InvalidPath, read, "nothing")
refuses("read no version", InvalidPath, read, "app/db", version=9)
does("create only", put, "once", {"v": 1}, cas=0)
refuses("create again", InvalidRequest, put, "once", {"v": 2}, cas=0)
does("patch", kv.patch, "app/db", {"user": "carl"}, mount_point=me)
refuses("patch nothing", InvalidPath, kv.patch, "nothing", {"user": "carl"}, mount_point=me)
does("list", kv.list_secrets, "", mount_point=me)
does("list a folder", kv.list_secrets, "app", mount_point=me)
refuses("list nothing", InvalidPath, kv.list_secrets, "nothing", mount_point=me)

does("delete the latest", kv.delete_latest_version_of_secret, "app/db", mount_point=me)
refuses("read what is deleted", InvalidPath, read, "app/db")
does("read of what is deleted", read, "app/db", raise_on_deleted_version=False)
does("bring it back", kv.undelete_secret_versions, "app/db", [3], mount_point=me)
does("delete some", kv.delete_secret_versions, "app/db", [1, 2], mount_point=me)
does("destroy one", kv.destroy_secret_versions, "app/db", [1], mount_point=me)
refuses("read what is destroyed", InvalidPath, read, "app/db", version=1)
does("read metadata", kv.read_secret_metadata, "app/db", mount_point=me)
does(
    "write metadata",
    kv.update_metadata,
    "app/db",
    max_versions=2,
    cas_required=True,
    delete_version_after="90m",
    custom_metadata={"owner": "ops"},
    mount_point=me,
)
refuses("write without a version", InvalidRequest, put, "app/db", {"v": 1})
does("read metadata again", kv.read_secret_metadata, "app/db", mount_point=me)
does("delete everything", kv.delete_metadata_and_all_versions, "app/db", mount_point=me)
refuses("read no metadata", InvalidPath, kv.read_secret_metadata, "app/db", mount_point=me)
does("configure", kv.configure, max_versions=3, cas_required=True, delete_version_after="1h", mount_point=me)
does("read the configuration", kv.read_configuration, mount_point=me)

plain = f"{me}-plain"
does("mount the first version", root.sys.enable_secrets_engine, "kv", path=plain, options={"version": "1"})
kv1 = root.secrets.kv.v1
does("put plainly", kv1.create_or_update_secret, "app/db", {"user": "anna", "ttl": "1h"}, mount_point=plain)
does("put by PUT", kv1.create_or_update_secret, "app/db", {"user": "bert"}, method="PUT", mount_point=plain)
does("read plainly", kv1.read_secret, "app/db", mount_point=plain)
does("list plainly", kv1.list_secrets, "app", mount_point=plain)
refuses("read plainly nothing", InvalidPath, kv1.read_secret, "nothing", mount_point=plain)
does("delete plainly", kv1.delete_secret, "app/db", mount_point=plain)
refuses("list plainly nothing", InvalidPath, kv1.list_secrets, "app", mount_point=plain)

does("write any path", root.write_data, f"{plain}/any", data={"a": {"b": 1}})
does("read any path", root.read, f"{plain}/any")
does("list any path", root.list, plain)
does("read a path where nothing is", root.read, f"{plain}/nothing")
does("delete any path", root.delete, f"{plain}/any")
refuses("write where no mount is", InvalidPath, root.write_data, "no-such-mount/a", data={"a": 1})

rules = f'path "{plain}/open/*" {{ capabilities = ["read", "create"] }}'
does("write a policy", root.sys.create_or_update_acl_policy, me, rules)
made = does("make a token", root.auth.token.create, policies=[me], ttl="10m")
limited = client(pick(made, "auth", "client_token")).secrets.kv.v1
wrong = client("s.nothing").secrets.kv.v1
does("write what is allowed", limited.create_or_update_secret, "open/a", {"v": 1}, mount_point=plain)
refuses("write what is not", Forbidden, limited.create_or_update_secret, "open/a", {"v": 2}, mount_point=plain)
refuses("read what is not allowed", Forbidden, limited.read_secret, "closed", mount_point=plain)
refuses("read with a wrong token", Forbidden, wrong.read_secret, "open/a", mount_point=plain)
