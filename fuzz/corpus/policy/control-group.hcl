path "a" {
  control_group {
    ttl = "5m"
    factor "ops" {
      controlled_capabilities = ["read"]
      identity { group_names = ["x"] approvals = 1 }
    }
  }
}
