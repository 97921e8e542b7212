# Proves your visitors to the chat. Ruby 2.7 or newer, nothing to install.
require "json"
require "openssl"

module ChatTokens
  module_function

  # Prove exactly the userId and the userEmail that the page sends; "" or nil stands for one it does not send.
  def user_auth_token(secret_key, user_id, user_email = "")
    [OpenSSL::HMAC.digest("SHA256", secret_key, "#{user_id}\n#{user_email}")].pack("m0")
  end

  # Prove a person for a while: a JWT. Leave out what you do not know; user_id or email must be there.
  def identity_token(secret_key, user_id: nil, email: nil, name: nil, lifetime_seconds: 3600, issued_at: Time.now.to_i)
    known = { uid: user_id, email: email, name: name }.reject { |_, value| value.nil? || value.empty? }
    claims = { kind: "USER", **known, iat: issued_at, exp: issued_at + lifetime_seconds }
    signed = [{ alg: "HS256", typ: "JWT" }, claims].map { |part| base64url(JSON.generate(part)) }.join(".")
    "#{signed}.#{base64url(OpenSSL::HMAC.digest("SHA256", secret_key, signed))}"
  end

  def base64url(bytes)
    [bytes].pack("m0").tr("+/", "-_").delete("=")
  end
end
