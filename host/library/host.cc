// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// The host: intake, dispatch and reconciliation put together.
#include "condyle/host/host.h"

#include <utility>
#include <variant>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "host/archive/receipt.h"
#include "host/catalog/plugin_catalog.h"
#include "host/dispatch/dispatcher.h"
#include "host/inquiry/next_questions.h"
#include "host/inquiry/what_if.h"
#include "host/intake/intake.h"
#include "host/library/audit_trail.h"
#include "host/library/install_paths.h"
#include "host/library/locations.h"
#include "host/library/replay.h"
#include "host/library/requests.h"
#include "host/library/shadow.h"
#include "host/library/signature_rules.h"
#include "host/library/supervised.h"
#include "host/questionnaire/questionnaire.h"
#include "host/reconcile/reconcile.h"

namespace condyle {
namespace {

class PluginHost final : public Host {
 public:
  // The catalogue is behind a pointer of its own: the other parts keep its address.
  PluginHost(std::unique_ptr<const PluginCatalog> catalog, const DispatcherMaker& make, const HostOptions& options,
             const SignatureRules& rules, std::unique_ptr<AuditTrail> trail)
      : catalog_(std::move(catalog)),
        dispatcher_(make(*catalog_)),
        requests_(*catalog_),
        reconciler_(*catalog_, HostVersion(), dispatcher_->isolation()),
        deadlines_(DeadlinesOf(options)),
        max_input_bytes_(options.max_input_bytes),
        signature_warnings_(catalog_->warnings),
        trail_(std::move(trail)) {
    if (!options.shadow.empty()) {
      PluginCatalog candidates = DiscoverPlugins(options.shadow, rules);
      signature_warnings_.insert(signature_warnings_.end(), candidates.warnings.begin(), candidates.warnings.end());
      shadow_.emplace(std::move(candidates), *catalog_, make);
    }
    ProgramSha256();  // now, so that no consultation waits for it
  }

  Outcome ConsultBytes(std::string_view bytes, const ConsultOptions& options) override {
    Outcome outcome = Finish(ReadCase(bytes, catalog_->inputs, IntakeOptionsOf(options.as_of)), options);
    if (trail_) trail_->Record(bytes, options, &outcome);
    return outcome;
  }

  Outcome Consult(const v1::Case& patient_case, const ConsultOptions& options) override {
    Outcome outcome = Finish(CheckCase(patient_case, catalog_->inputs, IntakeOptionsOf(options.as_of)), options);
    if (trail_) trail_->Record(patient_case, options, &outcome);
    return outcome;
  }

  WhatIfOutcome WhatIfBytes(std::string_view bytes, const WhatIfOptions& options) override {
    return FinishWhatIf(ReadCase(bytes, catalog_->inputs, IntakeOptionsOf(options.as_of)), options);
  }

  WhatIfOutcome WhatIf(const v1::Case& patient_case, const WhatIfOptions& options) override {
    return FinishWhatIf(CheckCase(patient_case, catalog_->inputs, IntakeOptionsOf(options.as_of)), options);
  }

  ReplayOutcome Replay(const v1::ArchivedReceipt& archive) override {
    return ReplayArchive(archive, *catalog_, requests_, *dispatcher_, deadlines_);
  }

  absl::StatusOr<AuditRecord> RecordOverride(const AdviceOverride& advice) override {
    if (trail_) return trail_->RecordOverride(advice);
    return absl::FailedPreconditionError("there is no audit trail to record in: HostOptions::audit is empty");
  }

  absl::StatusOr<std::vector<AuditRecord>> RecordFeedback(const std::vector<CardFeedback>& reports) override {
    if (trail_) return trail_->RecordFeedback(reports);
    return absl::FailedPreconditionError("there is no audit trail to record in: HostOptions::audit is empty");
  }

  std::vector<v1::PluginManifest> Manifests() const override {
    std::vector<v1::PluginManifest> manifests;
    for (const PluginFile& plugin : catalog_->plugins) manifests.push_back(plugin.manifest);
    return manifests;
  }

  std::vector<PluginOrigin> Origins() const override {
    std::vector<PluginOrigin> origins;
    for (const PluginFile& plugin : catalog_->plugins) {
      origins.push_back({plugin.path, plugin.file_sha256, plugin.manifest_sha256, SignatureInWords(plugin.signature)});
    }
    return origins;
  }

  const std::vector<v1::PluginFailure>& LoadFailures() const override { return catalog_->failures; }
  const std::vector<v1::PluginFailure>& SignatureWarnings() const override { return signature_warnings_; }
  std::string Questionnaire() const override { return FhirQuestionnaire(catalog_->inputs); }
  std::vector<pid_t> WorkerPids() const override { return dispatcher_->worker_pids(); }
  std::vector<PluginHealth> Health() const override { return HealthOf(*catalog_, *dispatcher_); }

  std::string SandboxWarning() const override {
    const SandboxState least = dispatcher_->least_sandbox();
    // Whoever builds with sanitizers knows; receipts say so all the same.
    if (least.level == SandboxLevel::kStrict || (least.missing & kSandboxSanitizer) != 0) return {};
    return absl::StrCat("plugins run in the sandbox level ", SandboxLevelName(least.level), ", not ",
                        SandboxLevelName(SandboxLevel::kStrict), ": ", SandboxGap(least.missing));
  }

 private:
  // The real round of one case, and what was made of it.
  struct Asked {
    const CheckedCase* checked = nullptr;
    Round round;
    std::vector<Reply> replies;
    // ReconcileShared made it.
    std::shared_ptr<v1::Consultation> consultation;
  };

  IntakeOptions IntakeOptionsOf(const std::string& as_of) const {
    IntakeOptions intake;
    intake.as_of = as_of;
    intake.now = absl::FormatTime("%Y-%m-%dT%H:%M:%SZ", absl::Now(), absl::UTCTimeZone());
    intake.max_bytes = max_input_bytes_;
    return intake;
  }

  // What was asked and answered; nothing, with `why`, if the input was refused. `result` must outlive it.
  std::optional<Asked> Ask(const IntakeResult& result, const std::stop_token& cancel,
                           std::optional<InputRefusal>* why) {
    if (const Refusal* refusal = std::get_if<Refusal>(&result)) {
      *why = InputRefusal{refusal->path, refusal->message};
      return std::nullopt;
    }
    const CheckedCase& checked = std::get<CheckedCase>(result);
    const std::optional<int64_t> as_of = UnixNanoseconds(checked.value.as_of());
    if (!as_of) {
      *why = InputRefusal{
          "/asOf",
          absl::StrCat("as_of \"", checked.value.as_of(),
                       "\" is no moment that can be used; allowed: an RFC 3339 date-time of the years 1700 to 2261")};
      return std::nullopt;
    }
    Asked asked;
    asked.checked = &checked;
    asked.round.requests = requests_.Build(checked.value);
    asked.round.as_of_unix_ns = *as_of;
    asked.round.deadline = deadlines_.call;
    asked.round.limit = LimitFromNow(deadlines_.consultation);
    asked.round.cancel = cancel;
    asked.replies = dispatcher_->Ask(asked.round);
    asked.consultation = reconciler_.ReconcileShared(checked, asked.replies);
    v1::Receipt* receipt = asked.consultation->mutable_receipt();
    for (const v1::PluginFailure& warning : signature_warnings_) {
      v1::Notice* notice = asked.consultation->add_notices();
      notice->set_path(warning.plugin_id());
      notice->set_message(
          absl::StrCat(warning.message(), ". It is used all the same: signatures are not required here"));
    }
    AddHashes(checked.value, asked.round.requests, asked.replies, receipt);
    NoteRuns(*catalog_, asked.replies, asked.consultation.get());
    return asked;
  }

  inquiry::Hypotheses HypothesesOn(const Asked& asked, std::chrono::milliseconds budget) {
    return inquiry::Hypotheses({*catalog_, reconciler_.screens(), requests_, *dispatcher_, asked.round.cancel},
                               *asked.checked, asked.round.as_of_unix_ns, asked.replies, budget);
  }

  Outcome Finish(const IntakeResult& result, const ConsultOptions& options) {
    Outcome outcome;
    std::optional<Asked> asked = Ask(result, options.cancel, &outcome.refusal);
    if (!asked) return outcome;
    outcome.cancelled = WasCancelled(asked->replies);
    outcome.plugin_times = TimesOf(*catalog_, asked->replies);
    if (options.question_budget > std::chrono::milliseconds::zero()) {
      // Ranking changes the questions, which are shared.
      asked->consultation = std::make_shared<v1::Consultation>(*asked->consultation);
      inquiry::Hypotheses hypotheses = HypothesesOn(*asked, options.question_budget);
      inquiry::RankQuestions(hypotheses, *catalog_, reconciler_.words(), *asked->consultation);
    }
    if (shadow_) {
      asked->round.limit.end += options.question_budget;
      shadow_->Run(asked->checked->value, asked->round, asked->replies, asked->consultation.get());
    }
    if (options.archive || (trail_ && trail_->needs_archive())) {
      outcome.archive = MakeArchive(asked->checked->value, asked->round.requests, asked->replies, *asked->consultation);
    }
    outcome.consultation = SharedConsultation(std::move(asked->consultation));
    return outcome;
  }

  WhatIfOutcome FinishWhatIf(const IntakeResult& result, const WhatIfOptions& options) {
    WhatIfOutcome outcome;
    std::optional<Asked> asked = Ask(result, options.cancel, &outcome.refusal);
    if (!asked) return outcome;
    inquiry::Hypotheses hypotheses = HypothesesOn(*asked, options.budget);
    v1::WhatIf& what_if = outcome.what_if.emplace(
        inquiry::FindWhatIf(hypotheses, *catalog_, reconciler_.words(), *asked->consultation, options.sets_per_target));
    *what_if.mutable_plugin_failures() = asked->consultation->plugin_failures();
    *what_if.mutable_notices() = asked->consultation->notices();
    *what_if.mutable_receipt() = asked->consultation->receipt();
    what_if.set_disclaimer(Disclaimer());
    return outcome;
  }

  std::unique_ptr<const PluginCatalog> catalog_;
  std::unique_ptr<Dispatcher> dispatcher_;
  RequestBuilder requests_;
  Reconciler reconciler_;
  const Deadlines deadlines_;
  size_t max_input_bytes_;
  std::vector<v1::PluginFailure> signature_warnings_;
  std::optional<Shadow> shadow_;
  const std::unique_ptr<AuditTrail> trail_;
};

absl::StatusOr<std::string> FindWorker(const std::string& given) {
  std::vector<std::string> places =
      given.empty() ? WorkerCandidates(ProgramDirectory()) : std::vector<std::string>{given};
  if (std::string found = FirstExecutable(places); !found.empty()) return found;
  return absl::FailedPreconditionError(
      absl::StrCat("the program condyle-worker, in which plugins run, was not found or cannot be executed; looked for ",
                   absl::StrJoin(places, ", "),
                   ". Build or install it, name it in HostOptions::worker, or load trusted plugins in-process"));
}

}  // namespace

absl::StatusOr<std::unique_ptr<Host>> Host::Open(const HostOptions& options) {
  if (const std::string unusable = FindUnusable(options); !unusable.empty()) {
    return absl::InvalidArgumentError(unusable);
  }
  std::vector<std::string> places = options.plugins.empty() ? DefaultPluginDirectories() : options.plugins;
  absl::StatusOr<SignatureRules> rules = MakeSignatureRules(options);
  if (!rules.ok()) return rules.status();
  auto catalog = std::make_unique<const PluginCatalog>(DiscoverPlugins(places, *rules));
  if (catalog->plugins.empty()) {
    std::string message = absl::StrCat("no usable plugin in ", absl::StrJoin(places, ", "));
    for (const v1::PluginFailure& failure : catalog->failures) {
      const std::string& name = failure.file().empty() ? failure.plugin_id() : failure.file();
      // Some messages begin with the file themselves.
      const bool named = failure.message().rfind(name, 0) == 0;
      absl::StrAppend(&message, "; ", named ? "" : name, named ? "" : ": ", failure.message());
    }
    return absl::NotFoundError(message);
  }
  DispatchOptions dispatch;
  if (!options.require_sandbox.empty()) {
    const std::optional<SandboxLevel> required = ParseSandboxLevel(options.require_sandbox);
    if (!required) {
      return absl::InvalidArgumentError(absl::StrCat("HostOptions::require_sandbox is \"", options.require_sandbox,
                                                     "\"; allowed: ", absl::StrJoin(SandboxLevelNames(), ", ")));
    }
    if (options.in_process && *required != SandboxLevel::kNone) {
      return absl::InvalidArgumentError(absl::StrCat("the sandbox level ", options.require_sandbox,
                                                     " is required, and plugins in-process have none"));
    }
    dispatch.require_sandbox = *required;
  }
  dispatch.parallel_rounds = options.parallel;
  dispatch.supervision = SupervisionOf(options.supervision);
  dispatch.worker_memory_bytes = options.worker_memory_bytes;
  if (!options.in_process) {
    absl::StatusOr<std::string> worker = FindWorker(options.worker);
    if (!worker.ok()) return worker.status();
    dispatch.worker_path = *worker;
  }
  const auto make = [dispatch, in_process = options.in_process](const PluginCatalog& plugins) {
    return in_process ? MakeInProcessDispatcher(plugins, dispatch) : MakeWorkerDispatcher(plugins, dispatch);
  };
  absl::StatusOr<std::unique_ptr<AuditTrail>> trail = AuditTrail::Open(options);
  if (!trail.ok()) return trail.status();
  return std::make_unique<PluginHost>(std::move(catalog), make, options, *rules, *std::move(trail));
}

absl::StatusOr<SandboxReport> FindSandbox(const std::string& worker) {
  absl::StatusOr<std::string> path = FindWorker(worker);
  if (!path.ok()) return path.status();
  const SandboxProbe probe = ProbeSandbox(*path);
  if (!probe.error.empty()) return absl::FailedPreconditionError(probe.error);
  return SandboxReport{SandboxLevelName(probe.state.level), SandboxGap(probe.state.missing)};
}

const char* HostVersion() { return kVersion; }

}  // namespace condyle
