<?php
// Makes the tokens that the lines of standard input ask for; see ../languages.py.
require $argv[1];

foreach (file('php://stdin', FILE_IGNORE_NEW_LINES | FILE_SKIP_EMPTY_LINES) as $line) {
    $fields = explode("\t", $line);
    $kind = array_shift($fields);
    [$secret, $userId, $email, $name] = array_map('base64_decode', array_slice($fields, 0, 4));
    echo $kind === 'hmac'
        ? user_auth_token($secret, $userId, $email)
        : identity_token($secret, $userId, $email, $name, (int) $fields[5], (int) $fields[4]), "\n";
}
