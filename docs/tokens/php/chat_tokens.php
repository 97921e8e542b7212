<?php
// Proves your visitors to the chat. PHP 8.1 or newer, nothing to install.

declare(strict_types=1);

/** Prove exactly the userId and the userEmail that the page sends; '' stands for one it does not send. */
function user_auth_token(string $secretKey, string $userId, string $userEmail = ''): string
{
    return base64_encode(hash_hmac('sha256', "$userId\n$userEmail", $secretKey, true));
}

/** Prove a person for a while: a JWT. '' stands for what you do not know; $userId or $email must be there. */
function identity_token(
    string $secretKey,
    string $userId,
    string $email = '',
    string $name = '',
    int $lifetimeSeconds = 3600,
    ?int $issuedAt = null,
): string {
    $issuedAt ??= time();
    $known = array_filter(['uid' => $userId, 'email' => $email, 'name' => $name], fn ($value) => $value !== '');
    $claims = ['kind' => 'USER', ...$known, 'iat' => $issuedAt, 'exp' => $issuedAt + $lifetimeSeconds];
    $base64url = fn (string $bytes) => rtrim(strtr(base64_encode($bytes), '+/', '-_'), '=');
    $json = fn (array $part) => $base64url(json_encode($part, JSON_THROW_ON_ERROR));
    $signed = $json(['alg' => 'HS256', 'typ' => 'JWT']) . '.' . $json($claims);
    return $signed . '.' . $base64url(hash_hmac('sha256', $signed, $secretKey, true));
}
