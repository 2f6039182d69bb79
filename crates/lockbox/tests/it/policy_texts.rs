use std::time::{Duration, UNIX_EPOCH};

use anyhow::Result;
use lockbox::check_policy;

/// Texts, and what OpenBao 2.7.2 answered to who wrote them as a policy; null is taken.
const TEXTS: &str = include_str!("policy_texts.json");

#[test]
fn every_text_is_taken_or_refused_in_openbaos_words() -> Result<()> {
    let texts: Vec<(String, Option<String>)> = serde_json::from_str(TEXTS)?;
    let now = UNIX_EPOCH + Duration::from_secs(1_795_600_000);
    let different: Vec<_> = texts
        .iter()
        .map(|(text, theirs)| (text, theirs, check_policy(text, now).err().map(|error| error.to_string())))
        .filter(|(_, theirs, ours)| *theirs != ours)
        .collect();
    assert!(texts.len() > 600, "{} texts are left", texts.len());
    assert!(different.is_empty(), "{} differ: {different:#?}", different.len());
    Ok(())
}
