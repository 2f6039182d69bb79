use std::{error::Error, io};

use http_body_util::BodyExt;
use hyper::body::{Body as _, Bytes, Incoming as Body};
use zeroize::{Zeroize, Zeroizing};

use super::{Ends, failure::Failure};
use crate::limit::{Limits, Share, within};

/// All of a body. It may be a secret: what is no longer needed of it is wiped.
///
/// # Errors
/// When it is too large or too slow, or does not arrive.
pub(super) async fn receive(
    body: Body,
    share: &mut Share<'_>,
    limits: &Limits,
    Ends { local, peer }: Ends,
) -> Result<Zeroizing<Vec<u8>>, Failure> {
    // What is announced need not be waited for.
    if body.size_hint().lower() > limits.max_request_bytes as u64 {
        return Err(Failure::BodyTooLarge);
    }
    within(limits.read_timeout, collect(body, share, limits.max_request_bytes))
        .await
        .unwrap_or(Err(Failure::BodyTooSlow { local, peer }))
}

async fn collect(
    mut body: Body,
    share: &mut Share<'_>,
    max_bytes: usize,
) -> Result<Zeroizing<Vec<u8>>, Failure> {
    let mut all = Zeroizing::new(Vec::new());
    while let Some(frame) = body.frame().await {
        let Ok(data) = frame.map_err(|error| broken(&error))?.into_data() else { continue };
        if all.len() + data.len() > max_bytes {
            return Err(Failure::BodyTooLarge);
        }
        append(&mut all, data, share)?;
    }
    Ok(all)
}

fn append(all: &mut Zeroizing<Vec<u8>>, data: Bytes, share: &mut Share<'_>) -> Result<(), Failure> {
    let needed = all.len() + data.len();
    if needed > all.capacity() {
        let capacity = needed.next_power_of_two();
        let counted = |bytes: usize| bytes.saturating_sub(SMALL_BYTES);
        share.take(counted(capacity) - counted(all.capacity())).map_err(|_| Failure::TooManyBodies)?;
        // A vector that grows by itself leaves what it held in memory.
        let mut larger = Zeroizing::new(Vec::with_capacity(capacity));
        larger.extend_from_slice(all);
        *all = larger;
    }
    all.extend_from_slice(&data);
    if let Ok(mut data) = data.try_into_mut() {
        data.as_mut().zeroize();
    }
    Ok(())
}

fn broken(error: &hyper::Error) -> Failure {
    match error.source().and_then(|source| source.downcast_ref::<io::Error>()).map(io::Error::kind) {
        Some(io::ErrorKind::InvalidInput | io::ErrorKind::InvalidData) => Failure::BodyBroken,
        _ => Failure::BodyCutOff,
    }
}

/// What every body may take without being counted, so that a few large ones keep no small one out.
const SMALL_BYTES: usize = 64 << 10;
