// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Strict reading of a token: one form, no member twice, every length bounded.
#include "host/jwt/token.h"

#include <array>

#include "absl/strings/match.h"
#include "host/intake/json.h"
#include "host/jwt/public_key.h"

namespace condyle {
namespace {

using intake::Json;
using intake::JsonArray;
using intake::JsonObject;
using intake::JsonPath;

constexpr size_t kDepth = 16;
constexpr size_t kMostText = 512;
constexpr size_t kMostJku = 2048;
constexpr size_t kMostAudiences = 16;
constexpr double kLatest = 1e11;  // the year 5138: what is beyond was counted in milliseconds, if at all

bool EqualsIgnoringCase(std::string_view a, std::string_view b) {
  return absl::EqualsIgnoreCase(absl::string_view(a.data(), a.size()), absl::string_view(b.data(), b.size()));
}

// The object's named members; false if it is no object, or a member is there twice, whether it is of use or not.
template <size_t N>
bool ReadObject(std::string_view json, const std::array<std::string_view, N>& names,
                std::array<std::optional<Json>, N>* values) {
  Json root;
  JsonObject object;
  const JsonPath top;
  return !intake::ParseJson(json, kDepth, &root) && !intake::ReadObject(root, top, &object) &&
         !intake::ReadMembers(object, names, top, values, intake::IgnoreUnknown);
}

// False if it is there and no string of at most so many bytes. Absent: empty.
bool TakeText(const std::optional<Json>& value, size_t most, std::string* text) {
  if (!value) return true;
  std::string_view view;
  if (value->get(view) != simdjson::SUCCESS || view.size() > most) return false;
  text->assign(view);
  return true;
}

bool TakeRequiredText(const std::optional<Json>& value, std::string* text) {
  return TakeText(value, kMostText, text) && !text->empty();
}

bool TakeTime(const std::optional<Json>& value, double* seconds) {
  return value && value->get(*seconds) == simdjson::SUCCESS && *seconds >= 0 && *seconds <= kLatest;
}

bool TakeAudience(const std::optional<Json>& value, std::vector<std::string>* audiences) {
  JsonArray array;
  if (!value) return false;
  if (value->get(array) != simdjson::SUCCESS) {
    return TakeText(value, kMostJku, &audiences->emplace_back()) && !audiences->back().empty();
  }
  if (array.size() == 0 || array.size() > kMostAudiences) return false;
  for (const Json element : array) {
    if (!TakeText(element, kMostJku, &audiences->emplace_back()) || audiences->back().empty()) return false;
  }
  return true;
}

}  // namespace

std::optional<JwtRefusal> SplitToken(std::string_view authorization, JwtParts* parts) {
  constexpr std::string_view kScheme = "Bearer ";
  if (!EqualsIgnoringCase(authorization.substr(0, kScheme.size()), kScheme)) return JwtRefusal{JwtReason::kNoToken, ""};
  const std::string_view token = authorization.substr(kScheme.size());
  if (token.empty()) return JwtRefusal{JwtReason::kNoToken, ""};
  if (token.size() > kMostTokenBytes) return JwtRefusal{JwtReason::kTooLong, ""};
  const size_t first = token.find('.');
  const size_t second = first == token.npos ? token.npos : token.find('.', first + 1);
  if (second == token.npos || token.find('.', second + 1) != token.npos) return JwtRefusal{JwtReason::kMalformed, ""};
  parts->signed_bytes = token.substr(0, second);
  const bool sound = DecodeBase64Url(token.substr(0, first), &parts->header) &&
                     DecodeBase64Url(token.substr(first + 1, second - first - 1), &parts->claims) &&
                     DecodeBase64Url(token.substr(second + 1), &parts->signature);
  // The signature may be empty here, so that "none" gets its own answer.
  if (!sound || parts->header.empty() || parts->claims.empty()) return JwtRefusal{JwtReason::kMalformed, ""};
  return std::nullopt;
}

std::optional<JwtRefusal> ReadHeader(std::string_view json, JwtHeader* header) {
  // jwk, x5u and x5c, where a token brings its own key, are not even read.
  enum { kAlg, kKid, kTyp, kJku, kCount };
  constexpr std::array<std::string_view, kCount> kNames = {"alg", "kid", "typ", "jku"};
  std::array<std::optional<Json>, kCount> values;
  Json root;
  JsonObject object;
  const JsonPath top;
  const bool sound = !intake::ParseJson(json, kDepth, &root) && !intake::ReadObject(root, top, &object) &&
                     !intake::ReadMembers(object, kNames, top, &values, [&](std::string_view name) -> intake::Problem {
                       header->asks_more = header->asks_more || name == "crit" || name == "b64";
                       return std::nullopt;
                     });
  std::string typ;
  if (!sound || !TakeRequiredText(values[kAlg], &header->algorithm)) return JwtRefusal{JwtReason::kBadHeader, ""};
  // Before the rest, so that who sends these learns why whatever else is missing.
  if (EqualsIgnoringCase(header->algorithm, "none")) return JwtRefusal{JwtReason::kUnsigned, ""};
  if (EqualsIgnoringCase(std::string_view(header->algorithm).substr(0, 2), "HS"))
    return JwtRefusal{JwtReason::kSymmetric, ""};
  if (!TakeRequiredText(values[kKid], &header->kid) || !TakeRequiredText(values[kTyp], &typ) ||
      !EqualsIgnoringCase(typ, "JWT") || !TakeText(values[kJku], kMostJku, &header->jku) ||
      (values[kJku] && header->jku.empty())) {
    return JwtRefusal{JwtReason::kBadHeader, ""};
  }
  return std::nullopt;
}

std::optional<JwtRefusal> ReadClaims(std::string_view json, JwtClaims* claims) {
  enum { kIss, kSub, kTenant, kJti, kAud, kExp, kIat, kNbf, kCount };
  constexpr std::array<std::string_view, kCount> kNames = {"iss", "sub", "tenant", "jti", "aud", "exp", "iat", "nbf"};
  std::array<std::optional<Json>, kCount> values;
  const bool sound = ReadObject(json, kNames, &values) && TakeRequiredText(values[kIss], &claims->iss) &&
                     TakeText(values[kSub], kMostText, &claims->sub) &&
                     TakeText(values[kTenant], kMostText, &claims->tenant) &&
                     TakeRequiredText(values[kJti], &claims->jti) && TakeAudience(values[kAud], &claims->aud) &&
                     TakeTime(values[kExp], &claims->exp) && TakeTime(values[kIat], &claims->iat) &&
                     (!values[kNbf] || TakeTime(values[kNbf], &claims->nbf.emplace()));
  if (!sound) return JwtRefusal{JwtReason::kBadClaims, ""};
  return std::nullopt;
}

}  // namespace condyle
