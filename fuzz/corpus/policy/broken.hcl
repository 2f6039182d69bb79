path "a" "b" { capabilities = ["read" "list"], c = = [{a=}] <
