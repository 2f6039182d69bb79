use std::{fmt, time::Duration};

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use reqwest::Method;
use serde::{Deserialize, Serialize};
use serde_json::json;
use zeroize::Zeroizing;

use super::{
    Asked, Bearer, For, GitlabError, Minted,
    asked::description,
    config::{Config, sha1},
    role::Role,
};
use crate::{
    exchange::{Answer, compact},
    outward::Clients,
};

/// A token that is to be made; all that can be proven without GitLab is.
pub(crate) struct Order {
    pub(super) role_name: String,
    pub(super) role: Role,
    pub(super) config: Config,
    /// Of the mount.
    pub(super) mount_id: String,
    name: String,
    /// GitLab ends it at 00:00 UTC of this day.
    pub(super) last_day: String,
    pub(crate) ends: Ends,
    pub(crate) warnings: Vec<String>,
}

/// What ends a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ends {
    /// Its lease, so long after it was made.
    WithLease(Duration),
    /// Its day alone.
    OnItsDay,
}

/// A token as GitLab answers with it.
#[derive(Deserialize)]
struct Made {
    id: u64,
    name: String,
    token: Zeroizing<String>,
    scopes: Vec<String>,
    created_at: String,
    expires_at: Option<String>,
    /// The number of its group or project, which stays when that is moved; older ones do not say it.
    resource_id: Option<u64>,
}

/// A token as it is told.
#[derive(Serialize)]
struct Told<'a> {
    token: &'a str,
    token_id: u64,
    token_type: &'a str,
    token_sha1_hash: String,
    name: &'a str,
    path: &'a str,
    parent_id: &'a str,
    role_name: &'a str,
    config_name: &'a str,
    scopes: &'a [String],
    access_level: &'a str,
    created_at: &'a str,
    /// When its lease ends; without one, when GitLab ends it.
    expires_at: String,
    /// The day on which GitLab ends it, whatever becomes of the lease.
    gitlab_expires_at: Option<&'a str>,
}

impl Order {
    /// # Errors
    /// When the session does not say what the name of the token needs.
    pub(super) fn new(
        (role_name, role): (&str, Role),
        (mount_id, config): (&str, Config),
        bearer: Bearer<'_>,
        longest: Duration,
    ) -> Result<Self, GitlabError> {
        let name = role.name_for(role_name, bearer)?;
        let (now, mut warnings) = (bearer.now, Vec::new());
        let granted = if role.gitlab_revokes_token { role.ttl } else { role.ttl.min(longest) };
        if granted < role.ttl {
            let [wanted, longest] = [role.ttl, longest].map(compact);
            warnings.push(format!(
                "TTL of {wanted:?} exceeded the effective max_ttl of {longest:?}; TTL value is capped accordingly"
            ));
        }
        let last = now.plus(granted).day_after(0).min(now.day_after(MOST_DAYS - 1));
        let ends = match role.gitlab_revokes_token {
            true => Ends::OnItsDay,
            false => Ends::WithLease(granted.min(now.until(last))),
        };
        let (role_name, mount_id) = (role_name.to_owned(), mount_id.to_owned());
        Ok(Self { role_name, role, config, mount_id, name, last_day: last.date(), ends, warnings })
    }

    /// What is kept before GitLab is asked.
    pub(crate) fn asked(&self) -> Asked {
        Asked::new(self)
    }

    /// Has GitLab make it, for a lease.
    ///
    /// # Errors
    /// When GitLab does not, in its words; it may have made it where that leaves doubt.
    pub(crate) async fn mint(
        &self,
        lease: For<'_>,
        clients: &Clients,
    ) -> Result<(Minted, Answer), GitlabError> {
        let Self { role, config, .. } = self;
        let (gitlab, mut asked, now) = (config.connect(clients)?, self.asked(), lease.since);
        let wanted = json!({
            "name": self.name,
            "description": description(lease.lease_id),
            "scopes": role.scopes,
            "access_level": role.access_level.number(),
            "expires_at": self.last_day,
        });
        let made: Made = gitlab.read(gitlab.ask(Method::POST, &asked.path(), Some(&wanted)).await?)?;
        let expires_at = match self.ends {
            Ends::WithLease(granted) => now.plus(granted).whole().rfc3339(),
            Ends::OnItsDay => {
                made.expires_at.as_ref().map(|day| format!("{day}T00:00:00Z")).unwrap_or_default()
            }
        };
        let number = made.resource_id.map(|id| id.to_string());
        let told = Told {
            token: &made.token,
            token_id: made.id,
            token_type: role.token_type.name(),
            token_sha1_hash: sha1(&made.token),
            name: &made.name,
            path: &role.path,
            parent_id: number.as_deref().unwrap_or(&role.path),
            role_name: &self.role_name,
            config_name: &role.config_name,
            scopes: &made.scopes,
            access_level: role.access_level.name(),
            created_at: &made.created_at,
            expires_at,
            gitlab_expires_at: made.expires_at.as_deref(),
        };
        let answer = Answer { warnings: self.warnings.clone(), ..Answer::data(&told) };
        asked.place = number.unwrap_or(asked.place);
        // GitLab's word counts, also that it does not end at all.
        asked.last_day = made.expires_at.unwrap_or_else(|| NEVER.to_owned());
        Ok((Minted::new(asked, made.id, made.token), answer))
    }
}

/// As one part of a path of GitLab's API.
pub(super) fn in_path(text: &str) -> String {
    const ESCAPED: AsciiSet = NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');
    utf8_percent_encode(text, &ESCAPED).to_string()
}

impl fmt::Debug for Order {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Order").field("role", &self.role_name).finish_non_exhaustive()
    }
}

/// GitLab keeps no token for longer.
const MOST_DAYS: u64 = 365;
const NEVER: &str = "9999-12-31";
