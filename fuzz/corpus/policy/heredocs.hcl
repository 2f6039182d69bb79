path "a" {
  policy = <<-EOF
    read
    EOF
  comment = <<E
x
E
}
