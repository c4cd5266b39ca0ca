// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// The trust file: JSON, every member known, every fault with its place.
#include "host/jwt/trust.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <optional>
#include <sstream>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "host/http_client/url.h"
#include "host/intake/json.h"
#include "host/trust/quote.h"

namespace condyle {
namespace {

using intake::Json;
using intake::JsonArray;
using intake::JsonObject;
using intake::JsonPath;
using intake::Problem;
using intake::Refuse;

constexpr size_t kDepth = 16;
constexpr std::uintmax_t kMostFileBytes = 1 << 20;
constexpr size_t kMostText = 512;  // of iss and tenant, as in tokens
constexpr double kUsualLife = 300;
constexpr double kLongestLife = 3600;
constexpr double kMostLeeway = 300;

template <size_t N>
Problem ReadKnown(const JsonObject& object, const std::array<std::string_view, N>& names, const JsonPath& path,
                  std::array<std::optional<Json>, N>* values) {
  return intake::ReadMembers(object, names, path, values, [&](std::string_view name) {
    return Refuse(
        JsonPath(path, name).ToString(),
        absl::StrCat("no such setting; allowed are ",
                     absl::StrJoin(names, ", ", [](std::string* out, std::string_view one) { out->append(one); })));
  });
}

Problem ReadText(const Json& value, const JsonPath& path, std::string* text) {
  std::string_view view;
  if (Problem problem = intake::ReadString(value, path, &view)) return problem;
  if (view.empty() || view.size() > kMostText) return Refuse(path.ToString(), "must have 1 to 512 bytes");
  text->assign(view);
  return std::nullopt;
}

Problem ReadTexts(const Json& value, const JsonPath& path, std::vector<std::string>* texts) {
  JsonArray array;
  if (Problem problem = intake::ReadArray(value, path, &array)) return problem;
  size_t index = 0;
  for (const Json element : array) {
    if (Problem problem = ReadText(element, JsonPath(path, index++), &texts->emplace_back())) return problem;
  }
  if (texts->empty()) return Refuse(path.ToString(), "must not be empty; leave it out instead");
  return std::nullopt;
}

Problem ReadSeconds(const Json& value, const JsonPath& path, double most, absl::Duration* duration) {
  double seconds = 0;
  if (Problem problem = intake::ReadNumber(value, path, &seconds)) return problem;
  if (!(seconds >= 0 && seconds <= most) || seconds != std::floor(seconds)) {
    return Refuse(path.ToString(), absl::StrCat("must be whole seconds, 0 to ", most));
  }
  *duration = absl::Seconds(seconds);
  return std::nullopt;
}

Problem ReadUrls(const Json& value, const JsonPath& path, TrustedIssuer* issuer) {
  std::vector<std::string> texts;
  if (Problem problem = ReadTexts(value, path, &texts)) return problem;
  for (size_t i = 0; i < texts.size(); ++i) {
    const std::string at = JsonPath(path, i).ToString();
    std::string& text = texts[i];
    const bool is_prefix = text.back() == '*';
    if (is_prefix) text.pop_back();
    const absl::StatusOr<HttpUrl> url = ParseHttpUrl(text);
    if (!url.ok()) return Refuse(at, absl::StrCat("the URL ", url.status().message()));
    if (!url->https && !(issuer->private_addresses && IsLoopbackName(url->host))) {
      return Refuse(
          at,
          "must be https://; http:// is for localhost, 127.0.0.1 and [::1] alone, with \"private_addresses\": true");
    }
    if (is_prefix && (text.back() != '/' || !url->query.empty() || text.find("//", text.find("//") + 2) != text.npos)) {
      return Refuse(at, "a prefix must end in /*, like https://ehr.example/jwks/*");
    }
    (is_prefix ? issuer->jwks_prefixes : issuer->jwks_urls).push_back(is_prefix ? url->ToString() : std::move(text));
  }
  return std::nullopt;
}

// Of one's own file every key must be of use: a slip would show only when a client is refused.
absl::StatusOr<JwkSet> ReadOwnKeys(std::string_view text, const std::string& place) {
  absl::StatusOr<JwkSet> set = ParseJwks(text);
  if (!set.ok()) return absl::InvalidArgumentError(absl::StrCat(place, ": ", set.status().message()));
  if (!set->unusable.empty()) return absl::InvalidArgumentError(absl::StrCat(place, ": ", set->unusable.front()));
  if (set->keys.empty()) return absl::InvalidArgumentError(absl::StrCat(place, ": /keys: holds no key"));
  return set;
}

absl::StatusOr<std::string> ReadFile(const std::string& path) {
  std::error_code error;
  const std::uintmax_t size = std::filesystem::file_size(path, error);
  std::ifstream in(path, std::ios::binary);
  std::ostringstream text;
  if (!error && in) text << in.rdbuf();
  if (error || !in || !text)
    return absl::NotFoundError(absl::StrCat(path, ": cannot be read", error ? ": " + error.message() : ""));
  if (size > kMostFileBytes) return absl::InvalidArgumentError(absl::StrCat(path, ": has more than 1 MiB"));
  return std::move(text).str();
}

class Reader {
 public:
  explicit Reader(const std::string& file) : file_(file) {}

  absl::StatusOr<JwtTrust> Read(std::string_view text) {
    JwtTrust trust;
    if (absl::Status status = Refused(ReadTop(text, &trust)); !status.ok()) return status;
    // What stands elsewhere comes last: ParseJson forgets the file when it reads another text.
    for (size_t i = 0; i < trust.issuers.size(); ++i) {
      if (absl::Status status = AddKeys(i, &trust.issuers[i]); !status.ok()) return status;
    }
    return trust;
  }

 private:
  struct Keys {
    std::string file;
    std::string text;  // of "jwks"
  };

  absl::Status Refused(const Problem& problem) const {
    if (!problem) return absl::OkStatus();
    return absl::InvalidArgumentError(
        absl::StrCat(file_, ": ", problem->path.empty() ? "" : problem->path + ": ", problem->message));
  }

  Problem ReadTop(std::string_view text, JwtTrust* trust) {
    Json root;
    JsonObject object;
    const JsonPath top;
    if (Problem problem = intake::ParseJson(text, kDepth, &root)) return problem;
    if (Problem problem = intake::ReadObject(root, top, &object)) return problem;
    constexpr std::array<std::string_view, 3> kNames = {"issuers", "algorithms", "clock_leeway_seconds"};
    std::array<std::optional<Json>, 3> values;
    if (Problem problem = ReadKnown(object, kNames, top, &values)) return problem;
    if (values[1]) {
      if (Problem problem = ReadAlgorithms(*values[1], JsonPath(top, kNames[1]), trust)) return problem;
    }
    if (values[2]) {
      const JsonPath path(top, kNames[2]);
      if (Problem problem = ReadSeconds(*values[2], path, kMostLeeway, &trust->clock_leeway)) return problem;
    }
    if (!values[0]) return Refuse("/issuers", "is missing; name at least one issuer of tokens");
    const JsonPath path(top, kNames[0]);
    JsonArray array;
    if (Problem problem = intake::ReadArray(*values[0], path, &array)) return problem;
    size_t index = 0;
    for (const Json element : array) {
      if (Problem problem = ReadIssuer(element, JsonPath(path, index++), trust)) return problem;
    }
    if (trust->issuers.empty()) return Refuse("/issuers", "must not be empty");
    return std::nullopt;
  }

  static Problem ReadAlgorithms(const Json& value, const JsonPath& path, JwtTrust* trust) {
    trust->algorithms.clear();
    if (Problem problem = ReadTexts(value, path, &trust->algorithms)) return problem;
    for (size_t i = 0; i < trust->algorithms.size(); ++i) {
      if (FindJwtAlgorithm(trust->algorithms[i]) != nullptr) continue;
      return Refuse(JsonPath(path, i).ToString(), absl::StrCat("no such algorithm; allowed are ", JwtAlgorithmNames(),
                                                               ", never none or a symmetric one"));
    }
    return std::nullopt;
  }

  Problem ReadIssuer(const Json& value, const JsonPath& path, JwtTrust* trust) {
    enum { kIss, kUrls, kFile, kInline, kTenants, kLife, kPrivate, kCount };
    constexpr std::array<std::string_view, kCount> kNames = {
        "iss", "jwks_urls", "jwks_file", "jwks", "tenants", "longest_life_seconds", "private_addresses"};
    JsonObject object;
    std::array<std::optional<Json>, kCount> values;
    if (Problem problem = intake::ReadObject(value, path, &object)) return problem;
    if (Problem problem = ReadKnown(object, kNames, path, &values)) return problem;
    const auto at = [&](size_t which) { return JsonPath(path, kNames[which]).ToString(); };
    TrustedIssuer issuer;
    issuer.longest_life = absl::Seconds(kUsualLife);
    Keys keys;
    if (!values[kIss]) return Refuse(at(kIss), "is missing; it is the claim iss of the issuer's tokens");
    if (Problem problem = ReadText(*values[kIss], JsonPath(path, kNames[kIss]), &issuer.iss)) return problem;
    const bool known = std::any_of(trust->issuers.begin(), trust->issuers.end(),
                                   [&](const TrustedIssuer& other) { return other.iss == issuer.iss; });
    if (known) return Refuse(at(kIss), absl::StrCat("the issuer ", Quote(issuer.iss), " is there twice"));
    if (values[kPrivate]) {
      if (Problem problem =
              intake::ReadBool(*values[kPrivate], JsonPath(path, kNames[kPrivate]), &issuer.private_addresses))
        return problem;
    }
    if (values[kUrls]) {
      if (Problem problem = ReadUrls(*values[kUrls], JsonPath(path, kNames[kUrls]), &issuer)) return problem;
    }
    if (values[kFile]) {
      if (Problem problem = ReadText(*values[kFile], JsonPath(path, kNames[kFile]), &keys.file)) return problem;
    }
    if (values[kInline]) keys.text = simdjson::to_string(*values[kInline]);
    if (values[kTenants]) {
      if (Problem problem = ReadTexts(*values[kTenants], JsonPath(path, kNames[kTenants]), &issuer.tenants))
        return problem;
    }
    if (values[kLife]) {
      const JsonPath life(path, kNames[kLife]);
      if (Problem problem = ReadSeconds(*values[kLife], life, kLongestLife, &issuer.longest_life)) return problem;
    }
    if (!values[kUrls] && !values[kFile] && !values[kInline]) {
      return Refuse(path.ToString(), "has no keys: give jwks_urls, jwks_file or jwks");
    }
    if (values[kFile] && values[kInline]) return Refuse(at(kInline), "give jwks or jwks_file, not both");
    trust->issuers.push_back(std::move(issuer));
    keys_.push_back(std::move(keys));
    return std::nullopt;
  }

  absl::Status AddKeys(size_t index, TrustedIssuer* issuer) const {
    const Keys& keys = keys_[index];
    std::string text = keys.text;
    std::string place = absl::StrCat(file_, ": /issuers/", index, "/jwks");
    if (!keys.file.empty()) {
      place = (std::filesystem::path(file_).parent_path() / keys.file).string();
      absl::StatusOr<std::string> content = ReadFile(place);
      if (!content.ok()) return content.status();
      text = *std::move(content);
    }
    if (text.empty() && keys.file.empty()) return absl::OkStatus();
    absl::StatusOr<JwkSet> set = ReadOwnKeys(text, place);
    if (!set.ok()) return set.status();
    issuer->keys = *std::move(set);
    return absl::OkStatus();
  }

  const std::string& file_;
  std::vector<Keys> keys_;  // one for each issuer
};

}  // namespace

absl::StatusOr<JwtTrust> ParseJwtTrust(std::string_view text, const std::string& file) {
  return Reader(file).Read(text);
}

absl::StatusOr<JwtTrust> ReadJwtTrust(const std::string& path) {
  const absl::StatusOr<std::string> text = ReadFile(path);
  if (!text.ok()) return text.status();
  return ParseJwtTrust(*text, path);
}

std::vector<HttpPeer> JwksPeers(const JwtTrust& trust) {
  std::vector<HttpPeer> peers;
  const auto add = [&](const std::string& text, bool private_addresses) {
    const absl::StatusOr<HttpUrl> url = ParseHttpUrl(text);
    if (url.ok()) peers.push_back({url->https, url->host, url->port, private_addresses});
  };
  for (const TrustedIssuer& issuer : trust.issuers) {
    for (const std::string& url : issuer.jwks_urls) add(url, issuer.private_addresses);
    for (const std::string& prefix : issuer.jwks_prefixes) add(prefix, issuer.private_addresses);
  }
  return peers;
}

std::optional<TrustedJku> FindJku(const TrustedIssuer& issuer, std::string_view jku) {
  const std::vector<std::string>& named = issuer.jwks_urls;
  if (std::find(named.begin(), named.end(), jku) != named.end()) return TrustedJku{std::string(jku), true};
  if (issuer.jwks_prefixes.empty()) return std::nullopt;
  const absl::StatusOr<HttpUrl> url = ParseHttpUrl(jku);
  if (!url.ok() || !url->query.empty()) return std::nullopt;
  std::string text = url->ToString();
  for (const std::string& prefix : issuer.jwks_prefixes) {
    if (text.size() > prefix.size() && text.compare(0, prefix.size(), prefix) == 0)
      return TrustedJku{std::move(text), false};
  }
  return std::nullopt;
}

}  // namespace condyle
