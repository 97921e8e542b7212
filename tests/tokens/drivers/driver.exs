# Makes the tokens that the lines of standard input ask for; see ../languages.py.
[path] = System.argv()
[{tokens, _}] = Code.compile_file(path)

for line <- IO.stream(:stdio, :line) do
  [kind | fields] = line |> String.trim_trailing("\n") |> String.split("\t")
  [secret, user_id, email, name] = fields |> Enum.take(4) |> Enum.map(&Base.decode64!/1)

  token =
    if kind == "hmac" do
      tokens.user_auth_token(secret, user_id, email)
    else
      [issued_at, lifetime] = fields |> Enum.drop(4) |> Enum.map(&String.to_integer/1)
      tokens.identity_token(secret, %{user_id: user_id, email: email, name: name}, lifetime, issued_at)
    end

  IO.puts(token)
end
