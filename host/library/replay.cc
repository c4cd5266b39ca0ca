// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Replay. The archived requests are sent as they are, so that what differs in an answer is the plugin's doing; whether
// the host would make the same requests today is compared apart.
#include "host/library/replay.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "condyle/v1/assessment.pb.h"
#include "condyle/v1/assessment_request.pb.h"
#include "host/archive/compare.h"
#include "host/archive/receipt.h"

namespace condyle {
namespace {

std::string Value(const std::string& text) { return text.empty() ? "nothing" : absl::StrCat("\"", text, "\""); }

std::string ThenNow(const std::string& then, const std::string& now) {
  return absl::StrCat(Value(then), " then, ", Value(now), " now");
}

std::string Describe(const v1::PluginFailure& failure) {
  std::string kind = v1::FailureKind_Name(failure.kind());
  constexpr std::string_view kPrefix = "FAILURE_KIND_";
  if (kind.compare(0, kPrefix.size(), kPrefix) == 0) kind.erase(0, kPrefix.size());
  return absl::StrCat(kind, ": ", failure.message());
}

// The fields in which two messages of one type differ, or that their bytes do.
template <typename Message>
std::vector<std::string> LinesOf(const std::string& what, const std::string& then, const std::string& now) {
  Message before, after;
  if (!before.ParseFromString(then) || !after.ParseFromString(now)) {
    return {absl::StrCat(what, ": other bytes, and not both can be read (", then.size(), " bytes then, ", now.size(),
                         " now)")};
  }
  std::vector<std::string> lines;
  for (const v1::Difference& difference : Compare(before, after)) {
    lines.push_back(
        absl::StrCat(what, ": ", difference.path(), ": ", ThenNow(difference.current(), difference.candidate())));
  }
  if (lines.empty()) lines.push_back(absl::StrCat(what, ": the same fields in other bytes"));
  return lines;
}

// What is different in one plugin's call.
class CallReplay {
 public:
  CallReplay(const v1::PluginRun& run, const v1::ArchivedCall& call) : run_(run), call_(call) {}

  void CompareFiles(const PluginFile& here) {
    Provenance("version", run_.plugin_version(), here.manifest.version());
    Provenance("file SHA-256", run_.file_sha256(), here.file_sha256);
    Provenance("manifest SHA-256", run_.manifest_sha256(), here.manifest_sha256);
  }

  void CompareRequest(const std::string& rebuilt) {
    if (call_.request() == rebuilt) return;
    Take(LinesOf<v1::AssessmentRequest>("request", call_.request(), rebuilt));
  }

  void CompareReply(const Reply& reply) {
    // An answer that broke the rules was answered all the same.
    const bool answered_then = !call_.response().empty() || !call_.has_failure();
    if (answered_then && !reply.failure) {
      if (call_.has_failure()) {
        provenance_.push_back(Line(absl::StrCat("failed then (", Describe(call_.failure()), ")")));
      }
      if (call_.response() != reply.response) {
        Take(LinesOf<v1::Assessment>("answer", call_.response(), reply.response));
      }
    } else if (answered_then) {
      Differs(absl::StrCat("answered then, and fails now (", Describe(*reply.failure), ")"));
    } else if (!reply.failure) {
      Differs(absl::StrCat("failed then (", Describe(call_.failure()), "), and answers now"));
    } else if (call_.failure().kind() != reply.failure->kind()) {
      Differs(absl::StrCat("failed then (", Describe(call_.failure()), "), and fails now in another way (",
                           Describe(*reply.failure), ")"));
    } else {
      provenance_.push_back(Line(absl::StrCat("failed then, and fails now (", Describe(*reply.failure), ")")));
    }
  }

  void Missing() {
    Differs(absl::StrCat("is not among the plugins here; then it was version ", run_.plugin_version(),
                         ", file SHA-256 ", run_.file_sha256()));
  }

  // Where something differs, so that versions and files explain it; else they are remarks.
  void AddTo(ReplayOutcome* outcome) && {
    const bool identical = differences_.empty();
    auto& out = identical ? outcome->remarks : outcome->differences;
    std::move(provenance_.begin(), provenance_.end(), std::back_inserter(out));
    std::move(differences_.begin(), differences_.end(), std::back_inserter(outcome->differences));
  }

 private:
  std::string Line(const std::string& text) const { return absl::StrCat(call_.plugin_id(), ": ", text); }
  void Differs(const std::string& text) { differences_.push_back(Line(text)); }
  void Take(const std::vector<std::string>& lines) {
    for (const std::string& line : lines) Differs(line);
  }
  void Provenance(const std::string& what, const std::string& then, const std::string& now) {
    if (then != now) provenance_.push_back(Line(absl::StrCat(what, ": ", ThenNow(then, now))));
  }

  const v1::PluginRun& run_;
  const v1::ArchivedCall& call_;
  std::vector<std::string> provenance_;
  std::vector<std::string> differences_;
};

void CompareHosts(const v1::Receipt& receipt, ReplayOutcome* outcome) {
  const auto compare = [&](const std::string& what, const std::string& then, const std::string& now) {
    if (then != now) outcome->remarks.push_back(absl::StrCat("host: ", what, ": ", ThenNow(then, now)));
  };
  compare("version", receipt.host_version(), HostVersion());
  compare("program SHA-256", receipt.host_sha256(), ProgramSha256());
}

std::optional<size_t> Find(const PluginCatalog& catalog, const std::string& id) {
  const auto at = std::find_if(catalog.plugins.begin(), catalog.plugins.end(),
                               [&](const PluginFile& plugin) { return plugin.manifest.id() == id; });
  if (at == catalog.plugins.end()) return std::nullopt;
  return static_cast<size_t>(at - catalog.plugins.begin());
}

bool Names(const v1::ArchivedReceipt& archive, const std::string& id) {
  return std::any_of(archive.calls().begin(), archive.calls().end(),
                     [&](const v1::ArchivedCall& call) { return call.plugin_id() == id; });
}

}  // namespace

ReplayOutcome ReplayArchive(const v1::ArchivedReceipt& archive, const PluginCatalog& catalog,
                            const RequestBuilder& requests, Dispatcher& dispatcher, const Deadlines& deadlines) {
  ReplayOutcome outcome;
  outcome.refusal = FindDamage(archive);
  const std::optional<int64_t> as_of = UnixNanoseconds(archive.checked_case().as_of());
  if (outcome.refusal.empty() && !as_of) outcome.refusal = "checkedCase.asOf is no moment that can be used";
  if (!outcome.refusal.empty()) return outcome;

  const std::vector<std::string> rebuilt = requests.Build(archive.checked_case());
  Round round;
  round.as_of_unix_ns = *as_of;
  round.deadline = deadlines.call;
  round.limit = LimitFromNow(deadlines.consultation);
  round.requests.resize(catalog.plugins.size());
  std::vector<size_t>& only = round.only.emplace();
  for (const v1::ArchivedCall& call : archive.calls()) {
    const auto at = Find(catalog, call.plugin_id());
    if (!at) continue;
    round.requests[*at] = call.request();
    only.push_back(*at);
  }
  std::sort(only.begin(), only.end());
  const std::vector<Reply> replies = dispatcher.Ask(round);

  for (int i = 0; i < archive.calls_size(); ++i) {
    const v1::ArchivedCall& call = archive.calls(i);
    CallReplay replay(archive.receipt().plugins(i), call);
    if (const auto at = Find(catalog, call.plugin_id())) {
      replay.CompareFiles(catalog.plugins[*at]);
      replay.CompareReply(replies[*at]);
      replay.CompareRequest(rebuilt[*at]);
    } else {
      replay.Missing();
    }
    std::move(replay).AddTo(&outcome);
  }
  for (const PluginFile& plugin : catalog.plugins) {
    if (Names(archive, plugin.manifest.id())) continue;
    outcome.remarks.push_back(
        absl::StrCat(plugin.manifest.id(), ": is among the plugins here and was not then; it was not asked"));
  }
  CompareHosts(archive.receipt(), &outcome);
  outcome.identical = outcome.differences.empty();
  return outcome;
}

}  // namespace condyle
