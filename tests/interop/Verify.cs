// Opens and verifies an export with .NET 8 alone: dotnet run EXPORT READER HOLDER AUDIENCE
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

static byte[] B64(string text) => Convert.FromBase64String(text.Replace('-', '+').Replace('_', '/').PadRight((text.Length + 3) / 4 * 4, '='));
static string Url(byte[] data) => Convert.ToBase64String(data).TrimEnd('=').Replace('+', '-').Replace('/', '_');
static void Need(bool good, string why) { if (!good) throw new CryptographicException(why); }
static JsonElement Json(byte[] data) => JsonDocument.Parse(data).RootElement;
static string Text(JsonElement value, string name) => value.GetProperty(name).GetString()!;
static ECParameters Key(JsonElement jwk) => new() {
  Curve = ECCurve.NamedCurves.nistP256, Q = new ECPoint { X = B64(Text(jwk, "x")), Y = B64(Text(jwk, "y")) },
  D = jwk.TryGetProperty("d", out var d) ? B64(d.GetString()!) : null };

var seal = File.ReadAllText(args[0]).Trim().Split('.');
var (reader, holder, head) = (Json(File.ReadAllBytes(args[1])), Json(File.ReadAllBytes(args[2])), Json(B64(seal[0])));
Need(seal.Length == 5 && Text(head, "alg") == "ECDH-ES" && Text(head, "enc") == "A256GCM", "another seal");
using var own = ECDiffieHellman.Create(Key(reader));
using var theirs = ECDiffieHellman.Create(Key(head.GetProperty("epk")));
var info = Encoding.Latin1.GetBytes("\0\0\0\u0007A256GCM\0\0\0\0\0\0\0\0\0\0\u0001\0");
var secret = own.DeriveRawSecretAgreement(theirs.PublicKey);
var key = SHA256.HashData([0, 0, 0, 1, .. secret, .. info]);
var plain = new byte[B64(seal[3]).Length];
using var aes = new AesGcm(key, 16);
aes.Decrypt(B64(seal[2]), B64(seal[3]), B64(seal[4]), plain, Encoding.ASCII.GetBytes(seal[0]));

var parts = Encoding.ASCII.GetString(plain).Split('~');
var token = parts[0].Split('.');
var header = Json(B64(token[0]));
Need(Text(header, "alg") == "ES256" && Text(header, "typ") == "dc+sd-jwt" && parts[^1] == "", "not an export");
using var signer = ECDsa.Create(Key(holder));
Need(signer.VerifyData(Encoding.ASCII.GetBytes($"{token[0]}.{token[1]}"), B64(token[2]), HashAlgorithmName.SHA256), "not signed by the holder");
var claims = Json(B64(token[1]));
var now = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
Need(Text(claims, "aud") == args[3], "not for us");
Need(claims.GetProperty("nbf").GetInt64() <= now + 300 && claims.GetProperty("exp").GetInt64() > now, "not valid today");
var rows = parts[1..^1];
var signed = claims.TryGetProperty("groups", out var list) ? list.EnumerateArray().Select(row => Text(row, "...")) : [];
Need(rows.Select(row => Url(SHA256.HashData(Encoding.ASCII.GetBytes(row)))).SequenceEqual(signed), "rows were added or withheld");
Console.WriteLine(JsonSerializer.Serialize(new { claims, rows = rows.Select(row => Json(B64(row))[1]) }));
