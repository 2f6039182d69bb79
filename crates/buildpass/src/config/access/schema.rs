use schemars::{JsonSchema, generate::SchemaSettings};
use serde_json::Value;

use super::raw::{RawAccess, RawGitlab};

/// What buildpass.toml, and a file of the folder, may say of access; other tables are described elsewhere.
#[derive(JsonSchema)]
#[schemars(title = "buildpass access")]
#[expect(dead_code, reason = "its shape alone is asked for")]
struct Document {
    #[schemars(default)]
    gitlab: RawGitlab,
    #[schemars(default)]
    access: RawAccess,
}

/// The JSON Schema of what may be declared, for editors.
pub fn access_schema() -> Value {
    SchemaSettings::draft07().into_generator().into_root_schema_for::<Document>().into()
}
