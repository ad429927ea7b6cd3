#!/usr/bin/env bash
# Prints the tokens of tokens.txt, in its order: three that are valid, then one
# for each thing that can be wrong. Signatures of ES256 differ from run to run.
#
#   ./make_tokens.sh > tokens.txt
set -euo pipefail
cd "$(dirname "$0")"

private=demo-only-private.jwks
expires=4102444800  # 2100-01-01

# claims [MEMBERS] : the usual claims, with further ones.
claims() {
  printf '{"iss":"https://login.example.com","aud":"api","sub":"joe"%s}\n' \
    "${1:-,\"exp\":$expires}"
}

# sign KID [TYP] : claims in, a token out.
sign() {
  assay sign --keys "$private" --allow-readable-secrets --kid "$1" \
    --typ "${2:-at+jwt}"
}

base64url() { base64 -w 0 | tr '+/' '-_' | tr -d '='; }

# unsigned HEADER : header and payload of a token that nobody has signed.
unsigned() { printf '%s.%s' "$(printf %s "$1" | base64url)" "$(claims | base64url)"; }

valid=$(claims | sign ed-1)
IFS=. read -r header payload signature <<<"$valid"

claims | sign rsa-1
claims | sign ec-1
echo "$valid"
# Expired on 2020-01-01.
claims ',"exp":1577836800' | sign ed-1
# Not to be used before 2099.
claims ",\"nbf\":4070908800,\"exp\":$expires" | sign ed-1
# The payload replaced, the signature kept.
echo "$header.$(claims ",\"exp\":$expires,\"admin\":true" | base64url).$signature"
# Signed with a key that is not in the key set.
claims | assay sign --keys <(assay keygen --alg EdDSA --kid stranger) --typ at+jwt
# "I need no signature."
echo "$(unsigned '{"alg":"none","typ":"at+jwt"}')."
# A critical extension that nobody knows.
echo "$(unsigned '{"alg":"EdDSA","kid":"ed-1","crit":["x"],"x":1}').AAAA"
# Key confusion: the public key, which everybody has, used as an HMAC secret.
forged=$(unsigned '{"alg":"HS256","kid":"rsa-1","typ":"at+jwt"}')
echo "$forged.$(printf %s "$forged" | openssl dgst -sha256 -binary \
  -hmac "$(cat public.jwks)" | base64url)"
# From another issuer, and for another audience.
claims | sed 's/login/elsewhere/' | sign ed-1
claims | sed 's/"api"/"mail"/' | sign ed-1
# An ID token where an access token is wanted.
claims | sign ed-1 JWT
# No sub.
claims | sed 's/,"sub":"joe"//' | sign ed-1
# exp as text.
claims ',"exp":"tomorrow"' | sign ed-1
# Cut off on its way.
echo "${valid:0:100}"
