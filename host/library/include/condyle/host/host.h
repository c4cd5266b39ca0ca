// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// The Condyle host as a library: open it on a set of plugins, give it cases, get consultations.
//
//   auto host = condyle::Host::Open({.plugins = {"/usr/lib/condyle/plugins"}});
//   if (!host.ok()) ...
//   condyle::Outcome outcome = (*host)->ConsultBytes(fhir_bundle_json);
//   if (outcome.refusal) ... else use outcome.consultation
#ifndef CONDYLE_HOST_HOST_H_
#define CONDYLE_HOST_HOST_H_

#include <sys/types.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "condyle/host/shared_consultation.h"
#include "condyle/v1/archive.pb.h"
#include "condyle/v1/audit.pb.h"
#include "condyle/v1/case.pb.h"
#include "condyle/v1/consultation.pb.h"
#include "condyle/v1/manifest.pb.h"
#include "condyle/v1/whatif.pb.h"

namespace condyle {

// What becomes of plugins that keep failing (docs/supervision.md). A failure here is a worker that dies, does not
// start, overruns its deadline or breaks the rules of its channel; not a plugin that says that it cannot answer.
struct Supervision {
  // After so many failures in a row a plugin is not asked (FAILURE_KIND_SUSPENDED) for first_suspension; then one call
  // tries it, and if that fails, it is left alone for twice as long. 0: it is always asked.
  int open_after = 5;
  std::chrono::milliseconds first_suspension{1000};
  std::chrono::milliseconds longest_suspension{60000};
  // A plugin whose worker dies while it is asked is asked once more, in a new one, if a quarter of its time is left.
  bool ask_again = true;
};

struct HostOptions {
  // Directories and files, in order. Empty: DefaultPluginDirectories().
  std::vector<std::string> plugins;
  // Path of condyle-worker. Empty: beside the running program, else where it was installed.
  std::string worker;
  // Loads the plugins into this process. Faster; a plugin that crashes or hangs takes the process with it.
  bool in_process = false;
  // Longest time that one plugin may take for one answer.
  std::chrono::milliseconds deadline{5000};
  // Longest time that the plugins of one consultation may take together, from when it is asked for: waiting for its
  // turn
  // (`parallel`), its rounds, and in-process, where plugins take turns, all of them. Time that is asked for in
  // ConsultOptions::question_budget and WhatIfOptions::budget comes on top. 0: twice `deadline`.
  std::chrono::milliseconds consultation_deadline{0};
  Supervision supervision;
  // How many consultations can run at the same time.
  int parallel = 1;
  // Inputs larger than this are refused. Bytes.
  size_t max_input_bytes = 16u << 20;
  // Memory of one worker; 0 = no limit. Bytes.
  uint64_t worker_memory_bytes = 512u << 20;
  // "none", "limits", "filtered" or "strict" (docs/security.md). A plugin whose worker reaches less on this machine is
  // not asked and fails. Empty: whatever is reached will do. Anything but "none" excludes in_process.
  std::string require_sandbox;
  // Directories and files of candidate plugins, asked beside the current ones in every consultation. What they answer
  // differently is in Consultation.shadow and nowhere else.
  std::vector<std::string> shadow;
  // What plugins without a good signature may do, candidates included: run, run with a warning, or nothing (a failure,
  // and what such a screen guards is held). Plugins of the installed directory are exempt, unless they carry a
  // signature of a known or revoked key that is not good.
  enum class SignaturePolicy { kOff, kWarn, kRequire };
  SignaturePolicy signatures = SignaturePolicy::kOff;
  // Directories of trusted keys (*.pub) and revocations ("revoked").
  std::vector<std::string> trust;
  // Store in which every consultation, refusal, plugin failure and override is recorded before it is given back
  // (docs/audit.md): "sqlite:FILE" or "postgresql://USER@HOST/DATABASE", made if it is not there. Empty: none.
  std::string audit;
  // The store gets hashes in place of patient data. Of a store that is there already it must say the same.
  bool audit_without_phi = false;
  // How long what is to be recorded may wait for other processes, or for a server that restarts.
  std::chrono::milliseconds audit_patience{10000};
  // What could not be recorded is given back all the same, with a notice and Outcome::failure. Else it is withheld.
  bool answer_unrecorded = false;
};

// Why an input was refused. See host/intake.
struct InputRefusal {
  // Where: a JSON pointer, a line and column, or a key.
  std::string path;
  // What was wrong and what is allowed.
  std::string message;
};

// An entry of the audit trail. Noted elsewhere, it shows later whether the trail was cut or made anew.
struct AuditRecord {
  uint64_t sequence = 0;
  // SHA-256, lower-case hexadecimal.
  std::string hash;
};

// How long one plugin took over its answer, waiting for its worker included.
struct PluginTime {
  std::string plugin_id;
  std::chrono::microseconds time{0};
};

// Exactly one of consultation and refusal is set, unless there is a failure.
struct Outcome {
  SharedConsultation consultation;
  std::optional<InputRefusal> refusal;
  // Set with a consultation if ConsultOptions::archive asked for it. Holds patient data.
  std::optional<v1::ArchivedReceipt> archive;
  // ConsultOptions::cancel was used before all plugins had answered. The consultation holds what was there; the others
  // are among its failures (FAILURE_KIND_CANCELLED), and what they guard is held.
  bool cancelled = false;
  // Set if HostOptions::audit is, and it was recorded.
  std::optional<AuditRecord> audit;
  // Not OK if it could not be recorded. Then nothing else is set, unless HostOptions::answer_unrecorded is. No patient
  // data.
  absl::Status failure;
  // Of the plugins that were asked. For monitoring; no patient data.
  std::vector<PluginTime> plugin_times;
};

struct ConsultOptions {
  // Moment of assessment, RFC 3339; overrides the input's own.
  std::string as_of;
  // Time for ranking next_questions by asking the plugins again with possible answers; 100 ms are ample as a rule. 0:
  // they are not asked again, the questions stand in the order that the plugins' own words give, and the answer does
  // not depend on the speed of the machine.
  std::chrono::milliseconds question_budget{0};
  // Also gives what `Replay` needs.
  bool archive = false;
  // Request a stop, from any thread, to end the consultation within some 10 ms: workers that are being asked are
  // killed, plugins in-process are told (cnd_call.cancel). It still returns an outcome.
  std::stop_token cancel;
  // Who asks, for the audit trail: the caller's own opaque identifiers, printable ASCII, at most 200 bytes.
  std::string user;
  std::string organisation;
  // Called with the consultation before it is recorded; what it gives is recorded with it, in one step. For services
  // that make cards of it. Must not throw. Not called if there is no audit trail.
  std::function<v1::AuditDelivery(const v1::Consultation&)> deliver;
};

// Somebody decided against a piece of advice.
struct AdviceOverride {
  // Outcome::audit of the consultation that gave it.
  AuditRecord consultation;
  // Recommendation.id and side.
  std::string advice_id;
  v1::Side side = v1::SIDE_UNSPECIFIED;
  // The caller's own code: printable ASCII, 1 to 200 bytes.
  std::string reason_code;
  // UTF-8 without control characters but line feeds, at most 4,000 bytes. A store without patient data does not get it.
  std::string text;
  // As in ConsultOptions.
  std::string user;
  std::string organisation;
};

// What a CDS client reports of a card.
struct CardFeedback {
  // In a store without patient data, what is not to be in it is left out.
  v1::AuditFeedback feedback;
  // Id of the service that is told; must be the one that gave the card.
  std::string service_id;
  // As in ConsultOptions. Empty user: the one that got the card.
  std::string user;
  std::string organisation;
};

// Exactly one of the two is set.
struct WhatIfOutcome {
  std::optional<v1::WhatIf> what_if;
  std::optional<InputRefusal> refusal;
};

struct WhatIfOptions {
  // As in ConsultOptions.
  std::string as_of;
  std::chrono::milliseconds budget{1000};
  // Sets of changes shown for one target.
  int sets_per_target = 5;
  // As in ConsultOptions. The search ends as if its time were over.
  std::stop_token cancel;
};

// What came of asking again what was archived.
struct ReplayOutcome {
  // Every request and every answer is the same, byte for byte.
  bool identical = false;
  // What is different and where: a plugin that is missing, the request made of the case, a field of an answer; with the
  // versions and files of the plugins concerned. Empty if and only if all is identical. Holds patient data.
  std::vector<std::string> differences;
  // What else is not as it was and changed no request and no answer: another build of the host or of a plugin, a plugin
  // that was not there then. No patient data.
  std::vector<std::string> remarks;
  // The archive cannot be replayed: damaged, or of a later format. Empty otherwise.
  std::string refusal;
};

// How a plugin has fared lately.
struct PluginHealth {
  std::string plugin_id;
  // "closed": it is asked. "open": it is suspended. "half-open": it is due to be tried, or one call is trying it.
  std::string circuit;
  int failures_in_row = 0;
  // Until it is tried, if the circuit is open.
  std::chrono::milliseconds retry_in{0};
  // Workers started so far; 0 in-process.
  uint64_t worker_starts = 0;
};

// Where a usable plugin came from.
struct PluginOrigin {
  std::string file;
  // SHA-256, lower-case hexadecimal, of the file and of the manifest in it.
  std::string file_sha256;
  std::string manifest_sha256;
  // For people: who signed it, what is wrong with its signature, or "not checked".
  std::string signature;
};

// Thread-safe. Destroying it ends its workers.
class Host {
 public:
  // Finds the plugins and reads their manifests; starts nothing. Broken plugins are named in each consultation's
  // plugin_failures; the status is an error only if not one plugin can be used (NotFound), a directory of trusted keys
  // cannot be read whole, the worker program is missing, or the audit store cannot be used.
  static absl::StatusOr<std::unique_ptr<Host>> Open(const HostOptions& options);
  virtual ~Host() = default;

  // Assesses input in any accepted format: FHIR R4 Bundle or QuestionnaireResponse, Case JSON, Case text format.
  virtual Outcome ConsultBytes(std::string_view bytes, const ConsultOptions& options = {}) = 0;
  // Assesses a Case that the caller built.
  virtual Outcome Consult(const v1::Case& patient_case, const ConsultOptions& options = {}) = 0;

  // What would have to be different for another outcome. Reads input as ConsultBytes does.
  virtual WhatIfOutcome WhatIfBytes(std::string_view bytes, const WhatIfOptions& options = {}) = 0;
  virtual WhatIfOutcome WhatIf(const v1::Case& patient_case, const WhatIfOptions& options = {}) = 0;

  // Asks the plugins again what an archived consultation asked, and compares byte for byte.
  virtual ReplayOutcome Replay(const v1::ArchivedReceipt& archive) = 0;

  // Appends to the audit trail, and returns when it is durable. FailedPrecondition if there is none, NotFound if it has
  // no such consultation, InvalidArgument with the field that breaks its rule, else as the store fails.
  virtual absl::StatusOr<AuditRecord> RecordOverride(const AdviceOverride& advice) = 0;

  // Appends reports on cards, all or none, and returns when they are durable. FailedPrecondition if there is no audit
  // trail, NotFound if a card was never given by this service, InvalidArgument with the field that breaks its rule,
  // else as the store fails.
  virtual absl::StatusOr<std::vector<AuditRecord>> RecordFeedback(const std::vector<CardFeedback>& reports) = 0;

  // Manifests of the usable plugins, sorted by id.
  virtual std::vector<v1::PluginManifest> Manifests() const = 0;
  // Where they came from, in the same order.
  virtual std::vector<PluginOrigin> Origins() const = 0;
  // Plugins that were left out, and missing screens.
  virtual const std::vector<v1::PluginFailure>& LoadFailures() const = 0;
  // Plugins that are used although they have no good signature, candidates included; also among each consultation's
  // notices.
  virtual const std::vector<v1::PluginFailure>& SignatureWarnings() const = 0;
  // FHIR R4 Questionnaire of all inputs, JSON.
  virtual std::string Questionnaire() const = 0;
  // Process ids of the live workers, in the order of Manifests(); empty in-process. For monitoring.
  virtual std::vector<pid_t> WorkerPids() const = 0;
  // Of each plugin, in the order of Manifests(). For monitoring; no patient data.
  virtual std::vector<PluginHealth> Health() const = 0;
  // If some worker so far has reached less than the level "strict": which, what is missing, what can be done. Empty
  // otherwise, in-process, and in a build with sanitizers, which leave no room for more.
  virtual std::string SandboxWarning() const = 0;
};

// Beside the running program (../plugins, ../lib/condyle/plugins), else where Condyle was installed.
std::vector<std::string> DefaultPluginDirectories();

// What plugins are shut in to on this machine: found out with a worker that holds no plugin.
struct SandboxReport {
  // "limits", "filtered" or "strict".
  std::string level;
  // What is missing for "strict" and what can be done; empty if nothing is.
  std::string gap;
};
// worker: as HostOptions::worker. An error if there is none or it does not start.
absl::StatusOr<SandboxReport> FindSandbox(const std::string& worker = {});

// Version of this library.
const char* HostVersion();

}  // namespace condyle

#endif  // CONDYLE_HOST_HOST_H_
