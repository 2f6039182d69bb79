pat = 1
path "a" { zork = 1 zark {} }
