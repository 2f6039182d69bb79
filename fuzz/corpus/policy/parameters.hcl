path "k/*" {
  capabilities = ["create", "update"]
  required_parameters = ["a"]
  allowed_parameters = { a = [1, 1.5, true, "foo*", ["y", []], {z = "q", w = {v = 1}}], "*" = [] }
  denied_parameters "b" { c = ["d"] }
}
