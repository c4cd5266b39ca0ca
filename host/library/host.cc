// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// The host: intake, dispatch and reconciliation put together.
#include "condyle/host/host.h"

#include <unistd.h>

#include <utility>
#include <variant>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "host/catalog/plugin_catalog.h"
#include "host/dispatch/dispatcher.h"
#include "host/intake/intake.h"
#include "host/library/install_paths.h"
#include "host/library/locations.h"
#include "host/library/requests.h"
#include "host/questionnaire/questionnaire.h"
#include "host/reconcile/reconcile.h"

namespace condyle {
namespace {

class PluginHost final : public Host {
 public:
  // The catalogue is behind a pointer of its own: the other parts keep its address.
  PluginHost(std::unique_ptr<const PluginCatalog> catalog, std::unique_ptr<Dispatcher> dispatcher,
             const HostOptions& options)
      : catalog_(std::move(catalog)),
        dispatcher_(std::move(dispatcher)),
        requests_(*catalog_),
        reconciler_(*catalog_, HostVersion(), dispatcher_->isolation()),
        deadline_(options.deadline),
        max_input_bytes_(options.max_input_bytes) {}

  Outcome ConsultBytes(std::string_view bytes, const ConsultOptions& options) override {
    return Finish(ReadCase(bytes, catalog_->inputs, IntakeOptionsOf(options)));
  }

  Outcome Consult(const v1::Case& patient_case, const ConsultOptions& options) override {
    return Finish(CheckCase(patient_case, catalog_->inputs, IntakeOptionsOf(options)));
  }

  std::vector<v1::PluginManifest> Manifests() const override {
    std::vector<v1::PluginManifest> manifests;
    for (const PluginFile& plugin : catalog_->plugins) manifests.push_back(plugin.manifest);
    return manifests;
  }

  const std::vector<v1::PluginFailure>& LoadFailures() const override { return catalog_->failures; }
  std::string Questionnaire() const override { return FhirQuestionnaire(catalog_->inputs); }
  std::vector<pid_t> WorkerPids() const override { return dispatcher_->worker_pids(); }

 private:
  IntakeOptions IntakeOptionsOf(const ConsultOptions& options) const {
    IntakeOptions intake;
    intake.as_of = options.as_of;
    intake.now = absl::FormatTime("%Y-%m-%dT%H:%M:%SZ", absl::Now(), absl::UTCTimeZone());
    intake.max_bytes = max_input_bytes_;
    return intake;
  }

  Outcome Finish(IntakeResult&& result) {
    Outcome outcome;
    if (const Refusal* refusal = std::get_if<Refusal>(&result)) {
      outcome.refusal = InputRefusal{refusal->path, refusal->message};
      return outcome;
    }
    const CheckedCase& checked = std::get<CheckedCase>(result);
    std::optional<int64_t> as_of = UnixNanoseconds(checked.value.as_of());
    if (!as_of) {
      outcome.refusal = InputRefusal{
          "/asOf",
          absl::StrCat("as_of \"", checked.value.as_of(),
                       "\" is no moment that can be used; allowed: an RFC 3339 date-time of the years 1700 to 2261")};
      return outcome;
    }
    Round round;
    round.requests = requests_.Build(checked.value);
    round.as_of_unix_ns = *as_of;
    round.deadline = deadline_;
    outcome.consultation = reconciler_.Reconcile(checked, dispatcher_->Ask(round));
    return outcome;
  }

  std::unique_ptr<const PluginCatalog> catalog_;
  std::unique_ptr<Dispatcher> dispatcher_;
  RequestBuilder requests_;
  Reconciler reconciler_;
  std::chrono::milliseconds deadline_;
  size_t max_input_bytes_;
};

absl::StatusOr<std::string> FindWorker(const std::string& given) {
  std::vector<std::string> places =
      given.empty() ? WorkerCandidates(ProgramDirectory()) : std::vector<std::string>{given};
  for (const std::string& place : places) {
    if (access(place.c_str(), X_OK) == 0) return place;
  }
  return absl::FailedPreconditionError(
      absl::StrCat("the program condyle-worker, in which plugins run, was not found or cannot be executed; looked for ",
                   absl::StrJoin(places, ", "),
                   ". Build or install it, name it in HostOptions::worker, or load trusted plugins in-process"));
}

}  // namespace

absl::StatusOr<std::unique_ptr<Host>> Host::Open(const HostOptions& options) {
  if (options.deadline <= std::chrono::milliseconds::zero()) {
    return absl::InvalidArgumentError("HostOptions::deadline must be longer than 0 ms");
  }
  if (options.parallel < 1) return absl::InvalidArgumentError("HostOptions::parallel must be at least 1");
  std::vector<std::string> places = options.plugins.empty() ? DefaultPluginDirectories() : options.plugins;
  auto catalog = std::make_unique<const PluginCatalog>(DiscoverPlugins(places));
  if (catalog->plugins.empty()) {
    std::string message = absl::StrCat("no usable plugin in ", absl::StrJoin(places, ", "));
    for (const v1::PluginFailure& failure : catalog->failures) {
      absl::StrAppend(&message, "; ", failure.file().empty() ? failure.plugin_id() : failure.file(), ": ",
                      failure.message());
    }
    return absl::NotFoundError(message);
  }
  DispatchOptions dispatch;
  dispatch.parallel_rounds = options.parallel;
  dispatch.worker_memory_bytes = options.worker_memory_bytes;
  std::unique_ptr<Dispatcher> dispatcher;
  if (options.in_process) {
    dispatcher = MakeInProcessDispatcher(*catalog, dispatch);
  } else {
    absl::StatusOr<std::string> worker = FindWorker(options.worker);
    if (!worker.ok()) return worker.status();
    dispatch.worker_path = *worker;
    dispatcher = MakeWorkerDispatcher(*catalog, dispatch);
  }
  return std::make_unique<PluginHost>(std::move(catalog), std::move(dispatcher), options);
}

const char* HostVersion() { return kVersion; }

}  // namespace condyle
