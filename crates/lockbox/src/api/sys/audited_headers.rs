use serde_json::{Map, Value, json};

use crate::{
    api::{Core, audited_headers::Shown, failure::Failure},
    exchange::{Answer, Field, Operation, Request, Schema},
};

/// `sys/config/auditing/request-headers`, or one header of it.
pub(super) async fn handle(core: &Core, name: &str, request: &Request<'_>) -> Result<Answer, Failure> {
    let chosen = &core.audited_headers;
    match (name, request.operation) {
        ("", Operation::Read) => {
            let all = chosen.all();
            let all: Map<String, Value> =
                all.into_iter().map(|(name, shown)| (name, described(shown))).collect();
            Ok(NONE.noted(Answer::merged(&json!({ "headers": all })), request.fields))
        }
        ("", _) => Err(Failure::UnsupportedOperation),
        (name, Operation::Read) => {
            let shown = chosen.all().remove(&name.to_lowercase()).ok_or(Failure::UnknownHeader)?;
            Ok(ONE.noted(Answer::merged(&json!({ name: described(shown) })), request.fields))
        }
        (name, Operation::Create | Operation::Update) => {
            ONE.check(request.fields).map_err(Failure::Validation)?;
            let is_hashed = request.fields.flag("hmac")?.unwrap_or_default();
            chosen.choose(name, Some(if is_hashed { Shown::Hashed } else { Shown::Plain })).await?;
            Ok(Answer::empty())
        }
        (name, Operation::Delete) => {
            chosen.choose(name, None).await?;
            Ok(Answer::empty())
        }
        _ => Err(Failure::UnsupportedOperation),
    }
}

fn described(shown: Shown) -> Value {
    json!({ "hmac": shown == Shown::Hashed })
}

const NONE: Schema = Schema(&[]);
const ONE: Schema = Schema(&[("header", Field::OfPath), ("hmac", Field::Flag)]);
