"""Policies, capabilities, keys: what an administrator does."""

from hvac.exceptions import Forbidden, InvalidPath, InvalidRequest

from told import client, does, me, pick, refuses, root

does("health by HEAD", root.sys.read_health_status)
does("leader", root.sys.read_leader_status)
does("seal status", root.sys.read_seal_status)
does("is initialised", root.sys.is_initialized)
does("is sealed", root.sys.is_sealed)

rules = f'path "{me}/*" {{ capabilities = ["read", "list"] }}'
as_value = {"path": {"x": {"capabilities": ["deny"]}}}
does("write a policy", root.sys.create_or_update_policy, me, rules)
does("write a policy as a value", root.sys.create_or_update_acl_policy, f"{me}-json", as_value)
does("read the policy", root.sys.read_policy, me)
does("read the policy of the ACL", root.sys.read_acl_policy, f"{me}-json")
does("list policies", root.sys.list_policies)
does("list policies of the ACL", root.sys.list_acl_policies)
refuses("write a bad policy", InvalidRequest, root.sys.create_or_update_policy, me, "path {")
refuses("read no policy", InvalidPath, root.sys.read_policy, "nothing")

made = does("make a token", root.auth.token.create, policies=[me], ttl="10m")
token, accessor = pick(made, "auth", "client_token"), pick(made, "auth", "accessor")
limited = client(token)
does("capabilities of itself", limited.sys.get_capabilities, [f"{me}/a", "sys/mounts"])
does("capabilities of a token", root.sys.get_capabilities, [f"{me}/a", "sys/mounts"], token=token)
does("capabilities by accessor", root.sys.get_capabilities, [f"{me}/a"], accessor=accessor)
refuses("list engines without leave", Forbidden, limited.sys.list_mounted_secrets_engines)
does("delete a policy", root.sys.delete_policy, me)
does("delete a policy of the ACL", root.sys.delete_acl_policy, f"{me}-json")

does("key status", lambda: sorted(pick(root.sys.get_encryption_key_status(), "data")))
does("rotate", root.sys.rotate_encryption_key)
does("key status again", lambda: pick(root.key_status, "term"))
does("list audit devices", root.sys.list_enabled_audit_devices)
