use std::{sync::Arc, time::Duration};

use super::{Core, failure::Failure, mount::Description, process::Asking};
use crate::{
    auth::token::{Key, Kind, Session, TokenError},
    clock::Moment,
    exchange::{Answer, Request},
    gitlab::{Bearer, Ends, Engine, Order},
    lease::{Lease, Leases, Untold, UntoldLeases},
};

/// Answers a request to a mounted engine.
///
/// # Errors
/// When the engine, or the GitLab behind it, refuses.
pub(super) async fn handle(
    core: &Core,
    asking: &Asking<'_>,
    (mount, engine): (&Description, &Engine),
    (request, lent): (&Request<'_>, &UntoldLeases),
) -> Result<Answer, Failure> {
    let Some(role) = Engine::asked_role(request)? else {
        return Ok(engine.handle(request, core.leases.clients()).await?);
    };
    let (session, now) = (asking.session, request.now);
    // What the maker of a token says of its bearer is no claim.
    let claims = session.token.metadata.as_ref().filter(|_| !session.token.path.starts_with("auth/token/"));
    let bearer = Bearer { metadata: claims, now };
    let order = engine.order(role, bearer, longest(session, mount, now))?;
    let (leases, path, owner) = (Arc::clone(&core.leases), asking.path.to_owned(), session.lessee());
    // Whoever goes away meanwhile does not keep it from coming to its end: then what was made ends again.
    let minting = tokio::spawn(async move { mint(&leases, &order, (path, owner, now)).await });
    let (answer, untold) = minting.await.map_err(|_| Failure::TookTooLong)??;
    if let Some(owner) = owner {
        // It may have ended meanwhile, and nobody would end this with it.
        core.tokens.own(owner).map_err(|_| TokenError::Refused)?;
    }
    if core.mounts.engines.at(&mount.path).is_none_or(|there| there.description.accessor != mount.accessor) {
        return Err(Failure::NoRoute(asking.path.to_owned()));
    }
    lent.note(untold);
    Ok(Engine::noted(answer, request))
}

/// A token that GitLab made, kept before anybody is told of it.
async fn mint(
    leases: &Arc<Leases>,
    order: &Order,
    (path, owner, now): (String, Option<Key>, Moment),
) -> Result<(Answer, Untold), Failure> {
    let (owner, granted) = match order.ends {
        Ends::WithLease(granted) => (owner, granted),
        Ends::OnItsDay => (None, Duration::MAX),
    };
    let asked = leases.ask(Lease::asked(&path, owner, (now, granted), order.asked())).await?;
    let (minted, answer) = match order.mint(asked.purpose(), leases.clients()).await {
        Ok(made) => made,
        Err(error) if error.leaves_doubt() => {
            leases.doubt(&asked, now);
            return Err(error.into());
        }
        Err(error) => {
            leases.forget(&[&asked]).await?;
            return Err(error.into());
        }
    };
    let lease = asked.made(minted);
    match order.ends {
        Ends::WithLease(_) => {
            let seconds = i64::try_from(granted.as_secs()).unwrap_or(i64::MAX);
            let answer = Answer { lease_id: lease.id.clone(), ..answer.leased(seconds) };
            Ok((answer, leases.keep(lease).await?))
        }
        Ends::OnItsDay => Ok((answer, leases.hold(lease).await?)),
    }
}

/// How long a lease may be: what a batch token reads ends with it, since nobody can end that before.
fn longest(session: &Session, mount: &Description, now: Moment) -> Duration {
    let of_mount = mount.lifetimes().longest;
    match (session.token.kind, session.ends) {
        (Kind::Batch, Some(ends)) => of_mount.min(now.until(ends)),
        _ => of_mount,
    }
}
