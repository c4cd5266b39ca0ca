// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// JWK sets: JSON to keys of OpenSSL.
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>

#include <array>
#include <optional>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "host/intake/json.h"
#include "host/jwt/public_key.h"
#include "host/trust/quote.h"

namespace condyle {
namespace {

using intake::Json;
using intake::JsonArray;
using intake::JsonObject;
using intake::JsonPath;
using intake::Problem;

constexpr size_t kDepth = 16;
constexpr int kFewestRsaBits = 2048;
constexpr int kMostRsaBits = 8192;         // beyond it one forged token costs us more than its sender
constexpr size_t kMostExponentBytes = 8;   // the same
constexpr size_t kMostNumberBytes = 2048;  // in base64url

struct Curve {
  const char* jwk;
  const char* openssl;
  size_t coordinate_bytes;
};
constexpr Curve kCurves[] = {{"P-256", "prime256v1", 32}, {"P-384", "secp384r1", 48}, {"P-521", "secp521r1", 66}};

using PkeyPtr = std::shared_ptr<EVP_PKEY>;
using BigNumber = std::unique_ptr<BIGNUM, decltype(&BN_free)>;

// Null if OpenSSL does not take it; a point that is not on its curve, for one.
PkeyPtr Build(const char* type, OSSL_PARAM_BLD* parts) {
  const std::unique_ptr<OSSL_PARAM, decltype(&OSSL_PARAM_free)> parameters(OSSL_PARAM_BLD_to_param(parts),
                                                                           OSSL_PARAM_free);
  const std::unique_ptr<EVP_PKEY_CTX, decltype(&EVP_PKEY_CTX_free)> context(
      EVP_PKEY_CTX_new_from_name(nullptr, type, nullptr), EVP_PKEY_CTX_free);
  EVP_PKEY* key = nullptr;
  const bool made = parameters && context && EVP_PKEY_fromdata_init(context.get()) == 1 &&
                    EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_PUBLIC_KEY, parameters.get()) == 1;
  ERR_clear_error();
  return made ? PkeyPtr(key, EVP_PKEY_free) : nullptr;
}

// One member per number that a key is made of, and those that say what it is for.
enum Member { kKty, kKid, kUse, kKeyOps, kAlg, kN, kE, kCrv, kX, kY, kD, kMembers };
constexpr std::array<std::string_view, kMembers> kNames = {"kty", "kid", "use", "key_ops", "alg", "n",
                                                           "e",   "crv", "x",   "y",       "d"};
using Members = std::array<std::optional<Json>, kMembers>;

std::optional<std::string_view> Text(const Members& members, Member which) {
  std::string_view text;
  if (!members[which] || members[which]->get(text) != simdjson::SUCCESS) return std::nullopt;
  return text;
}

std::optional<std::string> Number(const Members& members, Member which) {
  const std::optional<std::string_view> text = Text(members, which);
  std::string bytes;
  if (!text || text->empty() || text->size() > kMostNumberBytes || !DecodeBase64Url(*text, &bytes)) return std::nullopt;
  return bytes;
}

BigNumber ToBigNumber(const std::string& bytes) {
  return {BN_bin2bn(reinterpret_cast<const unsigned char*>(bytes.data()), static_cast<int>(bytes.size()), nullptr),
          BN_free};
}

std::string RsaKey(const Members& members, PkeyPtr* key) {
  const std::optional<std::string> n = Number(members, kN);
  const std::optional<std::string> e = Number(members, kE);
  if (!n || !e) return "n and e must be base64url";
  const BigNumber modulus = ToBigNumber(*n);
  const BigNumber exponent = ToBigNumber(*e);
  if (!modulus || !exponent) return "there is not enough memory";
  const int bits = BN_num_bits(modulus.get());
  if (bits < kFewestRsaBits || bits > kMostRsaBits) {
    return absl::StrCat("RSA of ", bits, " bits; allowed are 2048 to 8192");
  }
  if (e->size() > kMostExponentBytes || !BN_is_odd(exponent.get()) || BN_is_one(exponent.get())) {
    return "e must be an odd number from 3, of at most 8 bytes";
  }
  const std::unique_ptr<OSSL_PARAM_BLD, decltype(&OSSL_PARAM_BLD_free)> parts(OSSL_PARAM_BLD_new(),
                                                                              OSSL_PARAM_BLD_free);
  if (parts && OSSL_PARAM_BLD_push_BN(parts.get(), OSSL_PKEY_PARAM_RSA_N, modulus.get()) == 1 &&
      OSSL_PARAM_BLD_push_BN(parts.get(), OSSL_PKEY_PARAM_RSA_E, exponent.get()) == 1) {
    *key = Build("RSA", parts.get());
  }
  return *key ? "" : "no RSA key";
}

std::string EcKey(const Members& members, std::string* curve_name, PkeyPtr* key) {
  const std::optional<std::string_view> crv = Text(members, kCrv);
  const Curve* curve = nullptr;
  for (const Curve& candidate : kCurves) {
    if (crv && *crv == candidate.jwk) curve = &candidate;
  }
  if (curve == nullptr) return "crv must be P-256, P-384 or P-521";
  const std::optional<std::string> x = Number(members, kX);
  const std::optional<std::string> y = Number(members, kY);
  if (!x || !y || x->size() != curve->coordinate_bytes || y->size() != curve->coordinate_bytes) {
    return absl::StrCat("x and y must be base64url of ", curve->coordinate_bytes, " bytes each");
  }
  const std::string point = absl::StrCat("\x04", *x, *y);  // uncompressed
  const std::unique_ptr<OSSL_PARAM_BLD, decltype(&OSSL_PARAM_BLD_free)> parts(OSSL_PARAM_BLD_new(),
                                                                              OSSL_PARAM_BLD_free);
  if (parts && OSSL_PARAM_BLD_push_utf8_string(parts.get(), OSSL_PKEY_PARAM_GROUP_NAME, curve->openssl, 0) == 1 &&
      OSSL_PARAM_BLD_push_octet_string(parts.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(), point.size()) == 1) {
    *key = Build("EC", parts.get());
  }
  *curve_name = curve->jwk;
  return *key ? "" : "x and y are no point of the curve";
}

bool MayVerify(const Json& key_ops) {
  JsonArray operations;
  if (key_ops.get(operations) != simdjson::SUCCESS) return false;
  for (const Json operation : operations) {
    std::string_view name;
    if (operation.get(name) == simdjson::SUCCESS && name == "verify") return true;
  }
  return false;
}

// Why the key cannot be used; empty if it was added.
std::string AddKey(const Members& members, JwkSet* set) {
  const std::optional<std::string_view> kid = Text(members, kKid);
  if (!kid || kid->empty()) return "it has no kid, by which a token could name it";
  if (members[kD]) return "it shows its private half (d): whoever reads it can sign; make a new pair";
  if (members[kUse] && Text(members, kUse) != "sig") return "its use is not sig";
  if (members[kKeyOps] && !MayVerify(*members[kKeyOps])) return "its key_ops lack verify";
  const std::string algorithm(Text(members, kAlg).value_or(""));
  if (members[kAlg] && FindJwtAlgorithm(algorithm) == nullptr) {
    return absl::StrCat("its alg is none of ", JwtAlgorithmNames());
  }
  const std::string type(Text(members, kKty).value_or(""));
  std::string curve;
  PkeyPtr key;
  const std::string wrong = type == "EC"    ? EcKey(members, &curve, &key)
                            : type == "RSA" ? RsaKey(members, &key)
                                            : "its kty is neither EC nor RSA";
  if (wrong.empty()) set->keys.emplace(*kid, std::make_shared<const JwtKey>(type, curve, algorithm, std::move(key)));
  return wrong;
}

absl::Status Wrong(const Refusal& refusal) {
  return absl::InvalidArgumentError(refusal.path.empty() ? refusal.message
                                                         : absl::StrCat(refusal.path, ": ", refusal.message));
}

}  // namespace

absl::StatusOr<JwkSet> ParseJwks(std::string_view text) {
  if (text.size() > kMostJwksBytes) return absl::InvalidArgumentError("a JWK set may have at most 256 KiB");
  Json root;
  JsonObject object;
  const JsonPath top;
  if (Problem problem = intake::ParseJson(text, kDepth, &root)) return Wrong(*problem);
  if (Problem problem = intake::ReadObject(root, top, &object)) return Wrong(*problem);
  std::array<std::optional<Json>, 1> keys;
  constexpr std::array<std::string_view, 1> kKeys = {"keys"};
  if (Problem problem = intake::ReadMembers(object, kKeys, top, &keys, intake::IgnoreUnknown)) return Wrong(*problem);
  if (!keys[0]) return absl::InvalidArgumentError("/keys: a JWK set needs it, an array of keys");
  JsonArray array;
  const JsonPath path(top, "keys");
  if (Problem problem = intake::ReadArray(*keys[0], path, &array)) return Wrong(*problem);
  if (array.size() > kMostJwks) return absl::InvalidArgumentError("/keys: at most 200 keys are allowed");
  JwkSet set;
  size_t index = 0;
  for (const Json entry : array) {
    const JsonPath at(path, index++);
    JsonObject key;
    if (Problem problem = intake::ReadObject(entry, at, &key)) return Wrong(*problem);
    Members members;
    if (Problem problem = intake::ReadMembers(key, kNames, at, &members, intake::IgnoreUnknown)) return Wrong(*problem);
    const std::string wrong = AddKey(members, &set);
    if (wrong.empty()) continue;
    set.unusable.push_back(
        absl::StrCat(at.ToString(), " (kid ", Quote(Text(members, kKid).value_or("")), "): ", wrong));
  }
  return set;
}

}  // namespace condyle
