# who reads what
path "ci/data/*" {
  capabilities = ["read", "list"]
}
path "ci/metadata/+/x" { policy = "write" }
/* none */ path "ci/data/secret" { capabilities = ["deny"] } // last
