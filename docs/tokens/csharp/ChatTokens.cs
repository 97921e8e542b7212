// Proves your visitors to the chat. .NET 6 or newer, nothing to install.
using System;
using System.Collections.Generic;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

public static class ChatTokens
{
    /// <summary>Prove exactly the userId and the userEmail that the page sends; "" stands for one it does not send.</summary>
    public static string UserAuthToken(string secretKey, string userId, string userEmail = "") =>
        Convert.ToBase64String(Sign(secretKey, $"{userId}\n{userEmail}"));

    /// <summary>Prove a person for a while: a JWT. Leave out what you do not know; userId or email must be there.</summary>
    public static string IdentityToken(
        string secretKey, string? userId, string? email = null, string? name = null,
        long lifetimeSeconds = 3600, long? issuedAt = null)
    {
        long iat = issuedAt ?? DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        var claims = new Dictionary<string, object> { ["kind"] = "USER", ["iat"] = iat, ["exp"] = iat + lifetimeSeconds };
        if (!string.IsNullOrEmpty(userId)) claims["uid"] = userId;
        if (!string.IsNullOrEmpty(email)) claims["email"] = email;
        if (!string.IsNullOrEmpty(name)) claims["name"] = name;
        string signed = Base64Url(Encoding.UTF8.GetBytes("{\"alg\":\"HS256\",\"typ\":\"JWT\"}")) + "."
            + Base64Url(JsonSerializer.SerializeToUtf8Bytes(claims));
        return signed + "." + Base64Url(Sign(secretKey, signed));
    }

    private static byte[] Sign(string secretKey, string message) =>
        HMACSHA256.HashData(Encoding.UTF8.GetBytes(secretKey), Encoding.UTF8.GetBytes(message));

    private static string Base64Url(byte[] bytes) =>
        Convert.ToBase64String(bytes).TrimEnd('=').Replace('+', '-').Replace('/', '_');
}
