defmodule ChatTokens do
  @moduledoc "Proves your visitors to the chat. Elixir 1.18 or newer, nothing to install."

  @doc ~S(Prove exactly the userId and the userEmail that the page sends; "" stands for one it does not send.)
  def user_auth_token(secret_key, user_id, user_email \\ "") do
    Base.encode64(sign(secret_key, "#{user_id}\n#{user_email}"))
  end

  @doc "Prove a person for a while: a JWT. Leave out what you do not know; user_id or email must be there."
  def identity_token(secret_key, person, lifetime_seconds \\ 3600, issued_at \\ System.os_time(:second)) do
    known = %{"uid" => person[:user_id], "email" => person[:email], "name" => person[:name]}
    claims = Map.reject(known, fn {_, value} -> value in [nil, ""] end)
    times = %{"iat" => issued_at, "exp" => issued_at + lifetime_seconds}
    payload = JSON.encode!(Map.merge(claims, Map.put(times, "kind", "USER")))
    signed = base64url(~S({"alg":"HS256","typ":"JWT"})) <> "." <> base64url(payload)
    signed <> "." <> base64url(sign(secret_key, signed))
  end

  defp sign(secret_key, message), do: :crypto.mac(:hmac, :sha256, secret_key, message)
  defp base64url(bytes), do: Base.url_encode64(bytes, padding: false)
end
