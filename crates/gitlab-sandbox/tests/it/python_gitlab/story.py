"""What a platform owner does with python-gitlab: each step is told in a line."""

import datetime
import json
import sys

import gitlab

given = json.load(sys.stdin)


today = datetime.datetime.now(datetime.timezone.utc).date()
in_20_days, in_30_days = [(today + datetime.timedelta(days=days)).isoformat() for days in (20, 30)]


def client(token):
    return gitlab.Gitlab(given["url"], private_token=token)


def tell(title, value):
    print(json.dumps({title: value}))


def refused(act, *arguments):
    try:
        act(*arguments)
    except gitlab.exceptions.GitlabError as error:
        return [error.response_code, str(error.error_message)]
    return "not refused"


administrator = client(given["administrator"])
administrator.auth()
tell("who", administrator.user.username)

top = administrator.groups.create({"name": "GitLab", "path": "gitlab-org"})
group = administrator.groups.create({"name": "Security", "path": "security", "parent_id": top.id})
for name in ["omnibus-gitlab", "gitlab", "gitaly"]:
    administrator.projects.create({"name": name, "namespace_id": group.id})
owner = administrator.users.create(
    {"name": "Owner", "username": "owner", "email": "owner@example.com", "password": "madeup-password"}
)
top.members.create({"user_id": owner.id, "access_level": gitlab.const.OWNER_ACCESS})
own = owner.personal_access_tokens.create({"name": "platform", "scopes": ["api"]})

gl = client(own.token)
gl.auth()
group = gl.groups.get("gitlab-org/security")
tell("projects below", sorted(each.path for each in gl.groups.get(top.id).projects.list(include_subgroups=True, get_all=True)))
tell("descendants", [each.full_path for each in gl.groups.get(top.id).descendant_groups.list(get_all=True)])
tell("by keyset", len(list(gl.projects.list(pagination="keyset", order_by="id", sort="asc", per_page=2, iterator=True))))

wish = {"name": "build-token", "scopes": ["read_repository"], "access_level": 20, "expires_at": in_20_days}
made = group.access_tokens.create(wish)
tell("made", [made.name, made.scopes, made.access_level, made.active, made.token.startswith("glpat-")])
for number in range(4):
    group.access_tokens.create({"name": f"other-{number}", "scopes": ["api"], "access_level": 30})
tell("all, by pages of two", len(list(group.access_tokens.list(per_page=2, iterator=True))))
page = group.access_tokens.list(per_page=2, iterator=True)
tell("page", [page.total, page.total_pages, page.per_page, page.next_page])
tell("found", [each.name for each in group.access_tokens.list(state="active", search="BUILD", get_all=True)])
soon = group.access_tokens.list(expires_before=in_30_days, sort="expires_asc", get_all=True)
tell("ending soon", [each.id == made.id for each in soon])
tell("members", sorted({each.username.split("_bot_")[0] for each in group.members.list(get_all=True)}))
tell("inherited", "owner" in [each.username for each in group.members_all.list(get_all=True)])

job = client(made.token)
tell("itself", job.personal_access_tokens.get("self").id == made.id)
reach = job.http_get("/personal_access_tokens/self/associations", query_data={"min_access_level": 20})
tell("reaches", [[each["full_path"] if "full_path" in each else each["name"] for each in reach["groups"]],
                 sorted(each["path"] for each in reach["projects"])])
tell("no scope", refused(job.groups.get, group.id))

old = made.token
made.rotate(expires_at=in_30_days)
tell("rotated", [made.token != old, made.expires_at == in_30_days])
tell("old", refused(client(old).personal_access_tokens.get, "self")[0])
tell("new", client(made.token).personal_access_tokens.get("self").active)
tell("too late", refused(group.access_tokens.rotate, made.id, "2999-01-01")[0])

client(made.token).http_delete("/personal_access_tokens/self")
tell("revoked by itself", group.access_tokens.get(made.id).revoked)
other = group.access_tokens.list(search="other-0", get_all=True)[0]
other.delete()
tell("revoked", [each.name for each in group.access_tokens.list(revoked=True, search="other", get_all=True)])
tell("bots left behind", len([each for each in group.members.list(get_all=True) if "_bot_" in each.username]))

project = gl.projects.get("gitlab-org/security/omnibus-gitlab")
of_project = project.access_tokens.create({"name": "p", "scopes": ["read_repository"], "access_level": 20})
tell("of a project", [of_project.resource_type, of_project.resource_id == project.id])
project.protectedbranches.create({"name": "*-stable", "push_access_level": gitlab.const.MAINTAINER_ACCESS})
project.protectedtags.create({"name": "*+*"})
tell("protected", [[each.name for each in project.protectedbranches.list(get_all=True)],
                   [each.name for each in project.protectedtags.list(get_all=True)]])
tell("branches", [each.name for each in project.branches.list(get_all=True)])
stranger = client("glpat-madeup-unknown")
tell("stranger", refused(stranger.groups.get, group.id))

settings = administrator.settings.get()
settings.throttle_authenticated_api_enabled = True
settings.throttle_authenticated_api_requests_per_period = 3
settings.throttle_authenticated_api_period_in_seconds = 1
settings.save()
tell("throttled", [gl.groups.get(group.id).path for _ in range(8)].count("security"))
impatient = gitlab.Gitlab(given["url"], private_token=own.token)
tell("impatient", "Retry later" in str([refused(lambda: impatient.http_get("/user", obey_rate_limit=False)) for _ in range(8)]))
