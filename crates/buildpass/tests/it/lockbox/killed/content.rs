use serde_json::{Value, json};

/// The whole value of a secret, which tells which write made it.
pub(super) fn content(name: &str, generation: u64) -> Value {
    json!({ "generation": generation, "filling": format!("{name} {generation} ").repeat(80) })
}

/// Which write made a value; one that no write made fails the test.
pub(super) fn generation(name: &str, value: &Value) -> u64 {
    let generation = value["generation"].as_u64().unwrap_or_else(|| panic!("{name}: no value: {value}"));
    assert_eq!(*value, content(name, generation), "{name}");
    generation
}
