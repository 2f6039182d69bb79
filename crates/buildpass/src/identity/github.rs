use std::time::Duration;

use serde::Deserialize;
use zeroize::Zeroizing;

use super::{Error, IdToken};
use crate::http::{self, Secured};

#[derive(Deserialize)]
struct Answer {
    value: String,
}

pub(super) async fn request(url: &str, bearer: &IdToken, audience: Option<&str>) -> Result<IdToken, Error> {
    let mut url = http::Secured::parse(url).map_err(Error::Github)?;
    if let Some(audience) = audience {
        url.append_query("audience", audience);
    }
    let client = http::Client::build(&http::Tls::system(), url.as_url()).map_err(Error::Github)?;
    let header = Zeroizing::new(format!("Bearer {}", bearer.expose()));
    let answer = ask(&client, &url, &header).await.map_err(Error::Github)?;
    if answer.status != 200 {
        return Err(Error::GithubRefused(format!("status {}", answer.status)));
    }
    match serde_json::from_slice::<Answer>(&answer.body) {
        Ok(answer) => Ok(IdToken::new(answer.value)),
        Err(error) => Err(Error::GithubRefused(format!("its answer has no `value`: {error}"))),
    }
}

async fn ask(client: &http::Client, url: &Secured, bearer: &str) -> Result<http::Answer, http::Error> {
    let headers = http::secret_header("authorization", bearer)?;
    client.send(http::Method::Get, url.as_url().clone(), headers, None, Duration::from_secs(10)).await
}
