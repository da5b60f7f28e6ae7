<?php // Opens and verifies an export with PHP 8 and its openssl: php verify.php EXPORT READER HOLDER AUDIENCE
function b64(string $text): string { return base64_decode(strtr($text, '-_', '+/')); }
function need(bool $good, string $why): void { if (!$good) { fwrite(STDERR, "$why\n"); exit(1); } }
function pem(string $kind, string $der): string { return "-----BEGIN $kind-----\n" . chunk_split(base64_encode($der), 64) . "-----END $kind-----\n"; }
function point(array $jwk): string { return "\x04" . b64($jwk['x']) . b64($jwk['y']); }
function spki(array $jwk): string { return pem('PUBLIC KEY', hex2bin('3059301306072a8648ce3d020106082a8648ce3d030107034200') . point($jwk)); }
function sec1(array $jwk): string { return pem('EC PRIVATE KEY', hex2bin('30770201010420') . b64($jwk['d']) . hex2bin('a00a06082a8648ce3d030107a144034200') . point($jwk)); }
function whole(string $half): string { $n = ltrim($half, "\0"); if ($n === '' || ord($n[0]) > 127) { $n = "\0$n"; } return "\x02" . chr(strlen($n)) . $n; }

[, $file, $readerFile, $holderFile, $audience] = $argv;
[$reader, $holder] = array_map(fn($name) => json_decode(file_get_contents($name), true), [$readerFile, $holderFile]);
[$head, , $iv, $ciphertext, $tag] = explode('.', trim(file_get_contents($file))) + array_fill(0, 5, '');
$seal = json_decode(b64($head), true);
need(($seal['alg'] ?? '') === 'ECDH-ES' && $seal['enc'] === 'A256GCM' && strlen(b64($tag)) === 16, 'another seal');
$secret = openssl_pkey_derive(spki($seal['epk']), sec1($reader), 32);
need($secret !== false, 'another key');
$key = hash('sha256', "\0\0\0\1$secret\0\0\0\7A256GCM\0\0\0\0\0\0\0\0\0\0\1\0", true);
$plain = openssl_decrypt(b64($ciphertext), 'aes-256-gcm', $key, OPENSSL_RAW_DATA, b64($iv), b64($tag), $head);
need($plain !== false, 'changed, or sealed for another key');

$rows = explode('~', $plain);
[$token, $end] = [array_shift($rows), array_pop($rows)];
[$header, $payload, $signature] = explode('.', $token);
$said = json_decode(b64($header), true);
need([$said['alg'], $said['typ'], $end] === ['ES256', 'dc+sd-jwt', ''], 'not an export');
$halves = whole(substr(b64($signature), 0, 32)) . whole(substr(b64($signature), 32));
$good = openssl_verify("$header.$payload", "\x30" . chr(strlen($halves)) . $halves, spki($holder), OPENSSL_ALGO_SHA256);
need($good === 1, 'not signed by the holder');
$claims = json_decode(b64($payload), true);
need($claims['aud'] === $audience, 'not for us');
need($claims['nbf'] <= time() + 300 && $claims['exp'] > time(), 'not valid today');
$hash = fn($row) => rtrim(strtr(base64_encode(hash('sha256', $row, true)), '+/', '-_'), '=');
need(array_map($hash, $rows) === array_column($claims['groups'] ?? [], '...'), 'rows were added or withheld');
echo json_encode(['claims' => $claims, 'rows' => array_map(fn($row) => json_decode(b64($row), true)[1], $rows)]), "\n";
