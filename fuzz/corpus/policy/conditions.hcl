path "k/{{identity.entity.id}}/*" {
  capabilities = ["list", "scan"]
  min_wrapping_ttl = "5s" max_wrapping_ttl = 90.5
  pagination_limit = 0x10
  expiration = "2030-01-01T00:00:00.5+02:00"
  list_scan_response_keys_filter_path = "{{ .path }}{{- .key | lowercase -}}"
  mfa_methods = ["x"]
  comment = "none"
}
