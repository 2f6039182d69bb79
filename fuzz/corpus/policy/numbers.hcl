path "a" { pagination_limit = -0x1F, min_wrapping_ttl = 1.5e-3 max_wrapping_ttl = 010 comment = [.5, 5., 0189.5] }
