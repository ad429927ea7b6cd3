// The published examples of the JOSE RFCs: facts, copied from the documents'
// appendices. Line breaks within values, which the RFCs put in for display
// only, are left out.
#ifndef ASSAY_TESTS_CONFORMANCE_RFC_VECTORS_H_
#define ASSAY_TESTS_CONFORMANCE_RFC_VECTORS_H_

#include <cstdint>

#include "core/jose/algorithm.h"

namespace assay::testing {

// One signed example: a private key (or secret) and a token it signed.
struct RfcExample {
  const char* where;
  jose::Algorithm alg;
  const char* jwk;
  const char* token;
  const char* payload;
  // Whether a signer must produce exactly this token (not so for ECDSA, which
  // takes a random number).
  bool deterministic;
};

// The claims that RFC 7515 A.1 to A.3, A.5 and RFC 7519 3.1 share; CR and LF
// are part of them.
inline constexpr char kRfcClaims[] =
    "{\"iss\":\"joe\",\r\n"
    " \"exp\":1300819380,\r\n"
    " \"http://example.com/is_root\":true}";
inline constexpr int64_t kRfcExp = 1300819380;

inline constexpr RfcExample kRfc7515A1 = {
    "RFC 7515 A.1 and RFC 7519 3.1",
    jose::Algorithm::kHs256,
    R"({"kty":"oct","k":"AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH7)"
    R"(5aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow"})",
    "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9."
    "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNv"
    "bS9pc19yb290Ijp0cnVlfQ.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk",
    kRfcClaims,
    true};

inline constexpr RfcExample kRfc7515A2 = {
    "RFC 7515 A.2",
    jose::Algorithm::kRs256,
    R"({"kty":"RSA","n":")"
    "ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qP"
    "CJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47s"
    "oMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2"
    "R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoud"
    "F8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ"
    R"(","e":"AQAB","d":")"
    "Eq5xpGnNCivDflJsRQBXHx1hdR1k6Ulwe2JZD50LpXyWPEAeP88vLNO97IjlA7_GQ5sLKMgv"
    "fTeXZx9SE-7YwVol2NXOoAJe46sui395IW_GO-pWJ1O0BkTGoVEn2bKVRUCgu-GjBVaYLU6f"
    "3l9kJfFNS3E0QbVdxzubSu3Mkqzjkn439X0M_V51gfpRLI9JYanrC4D4qAdGcopV_0ZHHzQl"
    "BjudU2QvXt4ehNYTCBr6XCLQUShb1juUO1ZdiYoFaFQT5Tw8bGUl_x_jTj3ccPDVZFD9pIuh"
    "LhBOneufuBiB4cS98l2SR_RQyGWSeWjnczT0QU91p1DhOVRuOopznQ"
    R"(","p":")"
    "4BzEEOtIpmVdVEZNCqS7baC4crd0pqnRH_5IB3jw3bcxGn6QLvnEtfdUdiYrqBdss1l58BQ3"
    "KhooKeQTa9AB0Hw_Py5PJdTJNPY8cQn7ouZ2KKDcmnPGBY5t7yLc1QlQ5xHdwW1VhvKn-nXq"
    "hJTBgIPgtldC-KDV5z-y2XDwGUc"
    R"(","q":")"
    "uQPEfgmVtjL0Uyyx88GZFF1fOunH3-7cepKmtH4pxhtCoHqpWmT8YAmZxaewHgHAjLYsp1ZS"
    "e7zFYHj7C6ul7TjeLQeZD_YwD66t62wDmpe_HlB-TnBA-njbglfIsRLtXlnDzQkv5dTltRJ1"
    "1BKBBypeeF6689rjcJIDEz9RWdc"
    R"(","dp":")"
    "BwKfV3Akq5_MFZDFZCnW-wzl-CCo83WoZvnLQwCTeDv8uzluRSnm71I3QCLdhrqE2e9Ykxvu"
    "xdBfpT_PI7Yz-FOKnu1R6HsJeDCjn12Sk3vmAktV2zb34MCdy7cpdTh_YVr7tss2u6vneTwr"
    "A86rZtu5Mbr1C1XsmvkxHQAdYo0"
    R"(","dq":")"
    "h_96-mK1R_7glhsum81dZxjTnYynPbZpHziZjeeHcXYsXaaMwkOlODsWa7I9xXDoRwbKgB71"
    "9rrmI2oKr6N3Do9U0ajaHF-NKJnwgjMd2w9cjz3_-kyNlxAr2v4IKhGNpmM5iIgOS1VZnOZ6"
    "8m6_pbLBSp3nssTdlqvd0tIiTHU"
    R"(","qi":")"
    "IYd7DHOhrWvxkwPQsRM2tOgrjbcrfvtQJipd-DlcxyVuuM9sQLdgjVk2oy26F0EmpScGLq2M"
    "owX7fhd_QJQ3ydy5cY7YIBi87w93IKLEdfnbJtoOPLUW0ITrJReOgo1cq9SbsxYawBgfp_gh"
    "6A5603k2-ZQwVK0JKSHuLFkuQ3U"
    R"("})",
    "eyJhbGciOiJSUzI1NiJ9."
    "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNv"
    "bS9pc19yb290Ijp0cnVlfQ."
    "cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4B"
    "h-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZ"
    "LgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_d"
    "O--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6"
    "LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw",
    kRfcClaims,
    true};

inline constexpr RfcExample kRfc7515A3 = {
    "RFC 7515 A.3",
    jose::Algorithm::kEs256,
    R"({"kty":"EC","crv":"P-256",)"
    R"("x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",)"
    R"("y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",)"
    R"("d":"jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI"})",
    "eyJhbGciOiJFUzI1NiJ9."
    "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNv"
    "bS9pc19yb290Ijp0cnVlfQ.DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTj"
    "Dxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q",
    kRfcClaims,
    false};

inline constexpr RfcExample kRfc7515A4 = {
    "RFC 7515 A.4",
    jose::Algorithm::kEs512,
    R"({"kty":"EC","crv":"P-521",)"
    R"("x":"AekpBQ8ST8a8VcfVOTNl353vSrDCLLJXmPk06wTjxrrjcBpXp5EOnYG_NjFZ6OvLF)"
    R"(V1jSfS9tsz4qUxcWceqwQGk",)"
    R"("y":"ADSmRA43Z1DSNx_RvcLI87cdL07l6jQyyBXMoxVg_l2Th-x3S1WDhjDly79ajL4Kk)"
    R"(d0AZMaZmh9ubmf63e3kyMj2",)"
    R"("d":"AY5pb7A0UFiB3RELSD64fTLOSV_jazdF7fLYyuTw8lOfRhWg6Y6rUrPAxerEzgdRh)"
    R"(ajnu0ferB0d53vM9mE15j2C"})",
    "eyJhbGciOiJFUzUxMiJ9.UGF5bG9hZA."
    "AdwMgeerwtHoh-l192l60hp9wAHZFVJbLfD_UxMi70cwnZOYaRI1bKPWROc-mZZqwqT2SI-K"
    "GDKB34XO0aw_7XdtAG8GaSwFKdCAPZgoXD2YBJZCPEX3xKpRwcdOO8KpEHwJjyqOgzDO7iKv"
    "U8vcnwNrmxYbSW9ERBXukOXolLzeO_Jn",
    "Payload",
    false};

// RFC 8037 A.1 is the key, A.4 the signature, A.5 its validation.
inline constexpr RfcExample kRfc8037A4 = {
    "RFC 8037 A.4",
    jose::Algorithm::kEdDsa,
    R"({"kty":"OKP","crv":"Ed25519",)"
    R"("d":"nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A",)"
    R"("x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"})",
    "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc."
    "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7"
    "sVvpAr_MuM0KAg",
    "Example of Ed25519 signing",
    true};

inline constexpr RfcExample kRfcExamples[] = {
    kRfc7515A1, kRfc7515A2, kRfc7515A3, kRfc7515A4, kRfc8037A4};

// RFC 7515 A.5: alg "none" and an empty signature.
inline constexpr char kRfc7515A5Token[] =
    "eyJhbGciOiJub25lIn0."
    "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNv"
    "bS9pc19yb290Ijp0cnVlfQ.";

// RFC 7638 3.1.
inline constexpr char kRfc7638Jwk[] =
    R"({"kty":"RSA","n":")"
    "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aP"
    "FFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl9"
    "3lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdA"
    "ZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3"
    "XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw"
    R"(","e":"AQAB","alg":"RS256","kid":"2011-04-29"})";
inline constexpr char kRfc7638Thumbprint[] =
    "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs";

// RFC 8037 A.2 and A.3.
inline constexpr char kRfc8037A2PublicJwk[] =
    R"({"kty":"OKP","crv":"Ed25519",)"
    R"("x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"})";
inline constexpr char kRfc8037A3Thumbprint[] =
    "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k";

// RFC 7797 4: the payload, the same token as RFC 7515 has it, and with
// b64=false. The key is that of RFC 7515 A.1.
inline constexpr char kRfc7797Payload[] = "$.02";
inline constexpr char kRfc7797ControlToken[] =
    "eyJhbGciOiJIUzI1NiJ9.JC4wMg.5mvfOroL-g7HyqJoozehmsaqmvTYGEq5jTI1gVvoEoQ";
inline constexpr char kRfc7797DetachedToken[] =
    "eyJhbGciOiJIUzI1NiIsImI2NCI6ZmFsc2UsImNyaXQiOlsiYjY0Il19.."
    "A5dxf2s96_n5FLueVuW1Z_vh161FwXZC4YLPff6dmDY";
inline constexpr char kRfc7797Json[] =
    R"({"protected":)"
    R"("eyJhbGciOiJIUzI1NiIsImI2NCI6ZmFsc2UsImNyaXQiOlsiYjY0Il19",)"
    R"("payload":"$.02",)"
    R"("signature":"A5dxf2s96_n5FLueVuW1Z_vh161FwXZC4YLPff6dmDY"})";

// RFC 7520 3.5, and the public half of 3.4.
inline constexpr char kRfc7520HmacJwk[] =
    R"({"kty":"oct","kid":"018c0ae5-4d9b-471b-bfd6-eef314bc7037","use":"sig",)"
    R"("alg":"HS256","k":"hJtXIZ2uSN5kbQfbtTNWbpdmhkV8FJG-Onbc6mxCcYg"})";
inline constexpr char kRfc7520RsaPublicJwk[] =
    R"({"kty":"RSA","kid":"bilbo.baggins@hobbiton.example","use":"sig",)"
    R"("e":"AQAB","n":")"
    "n4EPtAOCc9AlkeQHPzHStgAbgs7bTZLwUBZdR8_KuKPEHLd4rHVTeT-O-XV2jRojdNhxJW"
    "TDvNd7nqQ0VEiZQHz_AJmSCpMaJMRBSFKrKb2wqVwGU_NsYOYL-QtiWN2lbzcEe6XC0dAp"
    "r5ydQLrHqkHHig3RBordaZ6Aj-oBHqFEHYpPe7Tpe-OfVfHd1E6cS6M1FZcD1NNLYD5lFH"
    "pPI9bTwJlsde3uhGqC0ZCuEHg8lhzwOHrtIQbS0FVbb9k3-tVTU4fg_3L_vniUFAKwuCLq"
    "KnS2BYwdq_mzSnbLY7h_qixoR7jig3__kRhuaxwUkRz5iaiQkqgc5gHdrNP5zw"
    R"("})";
// RFC 7520 4, as bytes and as what is signed.
inline constexpr char kRfc7520Payload[] =
    "It\xe2\x80\x99s a dangerous business, Frodo, going out your door. You "
    "step "
    "onto the road, and if you don't keep your feet, there\xe2\x80\x99s no "
    "knowing where you might be swept off to.";
#define ASSAY_RFC7520_PAYLOAD_MEMBER                                     \
  R"("payload":")"                                                       \
  "SXTigJlzIGEgZGFuZ2Vyb3VzIGJ1c2luZXNzLCBGcm9kbywgZ29pbmcgb3V0IHlvdXIg" \
  "ZG9vci4gWW91IHN0ZXAgb250byB0aGUgcm9hZCwgYW5kIGlmIHlvdSBkb24ndCBrZWVw" \
  "IHlvdXIgZmVldCwgdGhlcmXigJlzIG5vIGtub3dpbmcgd2hlcmUgeW91IG1pZ2h0IGJl" \
  "IHN3ZXB0IG9mZiB0by4"                                                  \
  R"(")"
// RFC 7520 4.5.
inline constexpr char kRfc7520DetachedToken[] =
    "eyJhbGciOiJIUzI1NiIsImtpZCI6IjAxOGMwYWU1LTRkOWItNDcxYi1iZmQ2LWVlZjMxNG"
    "JjNzAzNyJ9"
    "..s0h6KThzkfBBBkLspW1h84VsJZFTsPPqMDA7g1Md7p0";
inline constexpr char kRfc7520DetachedGeneral[] =
    R"({"signatures":[{"protected":")"
    "eyJhbGciOiJIUzI1NiIsImtpZCI6IjAxOGMwYWU1LTRkOWItNDcxYi1iZmQ2LWVlZjMxNG"
    "JjNzAzNyJ9"
    R"(","signature":"s0h6KThzkfBBBkLspW1h84VsJZFTsPPqMDA7g1Md7p0"}]})";
// RFC 7520 4.6, flattened.
inline constexpr char kRfc7520SomeProtected[] =
    "{" ASSAY_RFC7520_PAYLOAD_MEMBER R"(,"protected":"eyJhbGciOiJIUzI1NiJ9",)"
    R"("header":{"kid":"018c0ae5-4d9b-471b-bfd6-eef314bc7037"},)"
    R"("signature":"bWUSVaxorn7bEF1djytBd0kHv70Ly5pvbomzMWSOr20"})";
// RFC 7520 4.7, flattened.
inline constexpr char kRfc7520NoneProtected[] =
    "{" ASSAY_RFC7520_PAYLOAD_MEMBER R"(,"header":{"alg":"HS256",)"
    R"("kid":"018c0ae5-4d9b-471b-bfd6-eef314bc7037"},)"
    R"("signature":"xuLifqLGiblpv9zBpuZczWhNj1gARaLV3UxvxhJxZuk"})";
// RFC 7520 4.8.
inline constexpr char kRfc7520Several[] =
    "{" ASSAY_RFC7520_PAYLOAD_MEMBER
    R"(,"signatures":[{"protected":"eyJhbGciOiJSUzI1NiJ9",)"
    R"("header":{"kid":"bilbo.baggins@hobbiton.example"},"signature":")"
    "MIsjqtVlOpa71KE-Mss8_Nq2YH4FGhiocsqrgi5NvyG53uoimic1tcMdSg-qptrzZc7CG6"
    "Svw2Y13TDIqHzTUrL_lR2ZFcryNFiHkSw129EghGpwkpxaTn_THJTCglNbADko1MZBCdwz"
    "JxwqZc-1RlpO2HibUYyXSwO97BSe0_evZKdjvvKSgsIqjytKSeAMbhMBdMma622_BG5t4s"
    "dbuCHtFjp9iJmkio47AIwqkZV1aIZsv33uPUqBBCXbYoQJwt7mxPftHmNlGoOSMxR_3thm"
    "XTCm4US-xiNOyhbm8afKK64jU6_TPtQHiJeQJxz9G3Tx-083B745_AfYOnlC9w"
    R"("},{"header":{"alg":"ES512","kid":"bilbo.baggins@hobbiton.example"},)"
    R"("signature":")"
    "ARcVLnaJJaUWG8fG-8t5BREVAuTY8n8YHjwDO1muhcdCoFZFFjfISu0Cdkn9Ybdlmi54ho"
    "0x924DUz8sK7ZXkhc7AFM8ObLfTvNCrqcI3Jkl2U5IX3utNhODH6v7xgy1Qahsn0fyb4zS"
    "Akje8bAWz4vIfj5pCMYxxm4fgV3q7ZYhm5eD"
    R"("},{"protected":")"
    "eyJhbGciOiJIUzI1NiIsImtpZCI6IjAxOGMwYWU1LTRkOWItNDcxYi1iZmQ2LWVlZjMxNG"
    "JjNzAzNyJ9"
    R"(","signature":"s0h6KThzkfBBBkLspW1h84VsJZFTsPPqMDA7g1Md7p0"}]})";
#undef ASSAY_RFC7520_PAYLOAD_MEMBER

}  // namespace assay::testing

#endif  // ASSAY_TESTS_CONFORMANCE_RFC_VECTORS_H_
