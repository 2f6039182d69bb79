use serde_json::json;
use vaultrs::{client::Client, sys, token};

use super::story::play;
use crate::clients::frame::Servers;

#[test]
fn vaultrs_opens_and_closes() {
    play("vaultrs-opens", Servers::new_and_sealed(), async |story| {
        let nobody = &story.client("");
        let status = async |client| Ok(format!("{:?}", sys::status(client).await?));
        story.does("is not initialised", status(nobody)).await;
        let made = sys::start_initialization(nobody, 3, 2, None).await;
        let (shares, root) = made.map_or_else(
            |_| (vec!["nothing".to_owned(); 3], "nothing".to_owned()),
            |made| (made.keys, made.root_token),
        );
        story.does("initialise", async { Ok(shares.iter().map(String::len).collect::<Vec<_>>()) }).await;
        story.refuses("initialise again", 400, sys::start_initialization(nobody, 1, 1, None)).await;
        story.does("is sealed", status(nobody)).await;
        story.refuses("look up while sealed", 503, token::lookup_self(&story.client(&root))).await;
        let unseal = async |share: &str| sys::unseal(nobody, Some(share.to_owned()), None, None).await;
        story.does("unseal by one", unseal(&shares[0])).await;
        story.does("forget it", sys::unseal(nobody, None, Some(true), None)).await;
        story.does("unseal by two", unseal(&shares[1])).await;
        story.does("unseal", unseal(&shares[2])).await;
        let root = &story.client(&root);
        story.does("look itself up", root.lookup()).await;
        story.does("seal", sys::seal(root)).await;
        story.does("is sealed again", status(nobody)).await;
        story.does("progress", async { Ok(json!(unseal(&shares[0]).await?.progress)) }).await;
    });
}
