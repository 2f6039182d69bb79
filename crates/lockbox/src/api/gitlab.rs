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
    let bearer = Bearer { metadata: session.token.metadata.as_ref(), now };
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
    let (minted, answer) = order.mint(now, leases.clients()).await?;
    match order.ends {
        Ends::WithLease(granted) => {
            let lease = Lease::new(&path, owner, (now, granted), minted);
            let id = lease.id.clone();
            let untold = leases.keep(lease).await?;
            let seconds = i64::try_from(granted.as_secs()).unwrap_or(i64::MAX);
            Ok((Answer { lease_id: id, ..answer.leased(seconds) }, untold))
        }
        Ends::OnItsDay => {
            let untold = leases.hold(Lease::new(&path, None, (now, Duration::MAX), minted));
            Ok((answer, untold))
        }
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
