# Makes the tokens that the lines of standard input ask for; see ../languages.py.
require ARGV.shift

$stdin.each_line(chomp: true) do |line|
  kind, *fields = line.split("\t", -1)
  secret, user_id, email, name = fields.first(4).map { |field| field.unpack1("m").force_encoding("UTF-8") }
  puts(
    if kind == "hmac"
      ChatTokens.user_auth_token(secret, user_id, email)
    else
      ChatTokens.identity_token(
        secret, user_id: user_id, email: email, name: name,
        issued_at: Integer(fields[4]), lifetime_seconds: Integer(fields[5])
      )
    end
  )
end
