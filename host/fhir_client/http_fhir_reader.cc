// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// All queries at once; each goes on to its next page as soon as it has one.
#include "host/fhir_client/http_fhir_reader.h"

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <set>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "host/fhir_client/fhir_body.h"
#include "host/fhir_client/fhir_url.h"

namespace condyle {
namespace {

using State = FhirAnswer::State;

// What came, until the caller's thread takes it.
struct Arrivals {
  std::mutex mutex;
  std::condition_variable some;
  std::deque<std::pair<size_t, HttpResult>> results;

  void Put(size_t query, HttpResult result) {
    const std::lock_guard lock(mutex);
    results.emplace_back(query, std::move(result));
    some.notify_one();
  }
  std::pair<size_t, HttpResult> Take() {
    std::unique_lock lock(mutex);
    some.wait(lock, [this] { return !results.empty(); });
    std::pair<size_t, HttpResult> result = std::move(results.front());
    results.pop_front();
    return result;
  }
};

// RFC 6750, section 2.1.
bool IsToken(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    return absl::ascii_isalnum(static_cast<unsigned char>(c)) ||
           std::string_view("-._~+/=").find(c) != std::string_view::npos;
  });
}

std::string_view Header(const HttpResult& result, std::string_view name) {
  for (const auto& [key, value] : result.headers) {
    if (key == name) return value;
  }
  return {};
}

bool IsFhirJson(std::string_view content_type) {
  const std::string type = absl::AsciiStrToLower(std::string(content_type.substr(0, content_type.find(';'))));
  const absl::string_view bare = absl::StripAsciiWhitespace(type);
  return bare == "application/fhir+json" || bare == "application/json";
}

// What a status other than 200 means, following "the server ".
std::string InWords(const HttpResult& result) {
  switch (result.status) {
    case 401:
      return "does not accept the access token (401)";
    case 403:
      return "does not allow this with the access token given (403)";
    case 429:
      return "was asked too often (429)";
    default:
      break;
  }
  const std::string codes = IsFhirJson(Header(result, "content-type")) ? OutcomeCodes(result.body) : "";
  return absl::StrCat("answers with status ", result.status, codes.empty() ? "" : ", " + codes);
}

// One query on its way through its pages.
struct Progress {
  std::string type;  // "Observation"
  bool is_search = false;
  HttpUrl url;  // of the page that is being read
  std::set<std::string> seen;
  size_t bytes = 0;
  FhirAnswer answer;

  // Always the end of it. what: following the server's name.
  bool Fail(std::string what) {
    answer.state = State::kFailed;
    answer.resources.clear();
    answer.error = std::move(what);
    return false;
  }
  bool FailAt(const std::string& what) { return Fail(absl::StrCat(type, ": ", url.Origin(), " ", what)); }

  // Takes a page in. True if another is to be read, at `url`.
  bool Take(const HttpResult& result, const FhirReadLimits& limits) {
    if (result.outcome != HttpResult::Outcome::kReplied) return Fail(absl::StrCat(type, ": ", result.error));
    if (!is_search && (result.status == 404 || result.status == 410)) {
      answer.state = State::kAbsent;
      return false;
    }
    if (result.status != 200) return FailAt(InWords(result));
    if (!IsFhirJson(Header(result, "content-type"))) return FailAt("sent something else than application/fhir+json");
    bytes += result.body.size();
    if (bytes > limits.bytes) return FailAt(absl::StrCat("sent more than ", limits.bytes, " bytes"));
    FhirBody body = ReadFhirBody(result.body, type);
    if (!body.problem.empty()) return FailAt(body.problem);
    if (answer.resources.size() + body.resources.size() > limits.resources) {
      return FailAt(absl::StrCat("found more than ", limits.resources, " resources"));
    }
    std::move(body.resources.begin(), body.resources.end(), std::back_inserter(answer.resources));
    if (body.next.empty()) {
      answer.state = State::kRead;
      return false;
    }
    const absl::StatusOr<HttpUrl> next = NextPageUrl(url, body.next);
    if (!next.ok()) return FailAt(absl::StrCat("cannot be read on: ", next.status().message()));
    seen.insert(url.Target());
    if (seen.contains(next->Target())) return FailAt("links its pages in a circle");
    if (seen.size() >= limits.pages) return FailAt(absl::StrCat("has more than ", limits.pages, " pages"));
    url = *next;
    return true;
  }
};

}  // namespace

std::vector<FhirAnswer> HttpFhirReader::Read(const FhirAccess& access, const std::vector<std::string>& queries,
                                             std::chrono::steady_clock::time_point deadline, std::stop_token cancel) {
  std::vector<Progress> all(queries.size());
  const auto arrivals = std::make_shared<Arrivals>();
  HttpHeaders headers = {{"accept", "application/fhir+json"}};
  if (!access.bearer_token.empty()) headers.emplace_back("authorization", "Bearer " + access.bearer_token);
  const auto start = [&](size_t query) {
    HttpGet get;
    get.url = all[query].url.ToString();
    get.headers = headers;
    get.deadline = deadline;
    get.cancel = cancel;
    client_.Start(std::move(get), [arrivals, query](HttpResult result) { arrivals->Put(query, std::move(result)); });
  };
  const absl::StatusOr<HttpUrl> base = ParseFhirBase(access.server);
  size_t under_way = 0;
  for (size_t i = 0; i < queries.size(); ++i) {
    Progress& progress = all[i];
    progress.type = queries[i].substr(0, queries[i].find_first_of("/?"));
    progress.is_search = queries[i].find('?') != std::string::npos || progress.type == queries[i];
    const absl::StatusOr<HttpUrl> url = base.ok() ? FhirQueryUrl(*base, queries[i]) : base;
    if (!url.ok()) {
      progress.Fail(std::string(url.status().message()));
    } else if (!IsToken(access.bearer_token)) {
      progress.Fail("the access token has characters that no token may have");
    } else {
      progress.url = *url;
      start(i);
      ++under_way;
    }
  }
  while (under_way > 0) {
    const auto [query, result] = arrivals->Take();
    if (all[query].Take(result, limits_)) {
      start(query);
    } else {
      --under_way;
    }
  }
  std::vector<FhirAnswer> answers;
  for (Progress& progress : all) answers.push_back(std::move(progress.answer));
  return answers;
}

}  // namespace condyle
