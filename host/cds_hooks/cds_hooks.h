// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// CDS Hooks 2.0.1 as functions from bytes to bytes: discovery, services, feedback. Without sockets and without
// authentication, which are the caller's. What the service says and when: docs/ehr/cds-hooks.md.
#ifndef CONDYLE_HOST_CDS_HOOKS_CDS_HOOKS_H_
#define CONDYLE_HOST_CDS_HOOKS_CDS_HOOKS_H_

#include <chrono>
#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "condyle/host/host.h"
#include "condyle/v1/manifest.pb.h"
#include "host/fhir_client/fhir_reader.h"

namespace condyle {

struct CdsOptions {
  // First part of the services' ids: letters, digits, "-", "_", ".". Empty: the last part of the pack's code system
  // ("urn:condyle:runner-sij" gives "runner-sij"), or "condyle" if the plugins come from several packs.
  std::string service_prefix;
  // Of CdsHookNames(). Empty: all.
  std::vector<std::string> hooks;
  // patient-view, encounter-start and appointment-book get one id, order-select and order-sign another, so that clients
  // replace what an earlier hook gave. Clients that take the id alone for a service's name cannot deal with it.
  bool shared_ids = false;

  // Card.source. url and icon: absolute, or empty.
  std::string source_label = "Condyle decision support";
  std::string source_url;
  std::string source_icon;
  // Of who runs the service, in titles and usage requirements. May be empty.
  std::string organisation;

  // Page on which the open questions are answered: absolute URL, in which {service}, {hook} and {hookInstance} are
  // replaced. Empty: cards carry no link. It gets no patient data: a SMART launch brings it.
  std::string intake_url;
  std::string intake_label = "Answer the open questions";
  // The client launches it by SMART; else it is opened as it is.
  bool intake_by_smart = true;

  // Name of the extension of cards and responses, in reverse-domain notation.
  std::string extension_name = "org.condyle.decision-support";
  int max_cards = 5;
  int max_suggestions = 6;
  // As ConsultOptions::question_budget.
  std::chrono::milliseconds question_budget{0};

  // A request that lacks any of the declared prefetch data, and gives no way to read it, is answered with 412. Else
  // only one without the patient is.
  bool require_all_prefetch = false;
  // Longest time for reading from the client's FHIR server, and what is kept of the caller's deadline for the plugins.
  std::chrono::milliseconds read_time{300};
  std::chrono::milliseconds time_for_plugins{200};

  // Answers in the plugins' own vocabulary (the intake form) raise cards for so long after they were given.
  std::chrono::days answers_fresh_for{90};
  // After so long a card's guidance should be asked for again.
  std::chrono::hours valid_for{24};
  // The moment of assessment is so much after the service's clock: what an EHR whose clock is a little ahead has just
  // recorded is not in the future.
  std::chrono::seconds clock_allowance{2};
  // The present moment. Empty: the clock.
  std::function<std::chrono::system_clock::time_point()> now;

  // Codes of orders beside those of the plugins' manifests.
  std::vector<v1::OrderTag> order_tags;
  // Reasons for not following a card, beside those of HL7. Each with system, code and display.
  std::vector<v1::Coding> override_reasons;
};

// patient-view, encounter-start, appointment-book, order-select, order-sign.
const std::vector<std::string>& CdsHookNames();

struct CdsCaller {
  // Whose token the request has: client or tenant, an opaque identifier of printable ASCII, at most 200 bytes. The user
  // is the request's own userId.
  std::string organisation;
  std::chrono::steady_clock::time_point deadline = std::chrono::steady_clock::time_point::max();
  std::stop_token cancel;
};

// For logs and metrics: no patient data.
struct CdsFacts {
  std::string hook;
  int critical = 0;
  int warning = 0;
  int info = 0;
  // Why the request was not answered, in a word: "service", "body", "hook", "context", "fhir", "prefetch",
  // "patient-data", "plugins", "audit", "feedback", "cancelled", "internal". Empty if it was.
  std::string refusal;
  // Of plugins that failed.
  std::vector<std::string> failures;
  // Whose constraints were in force, one for each; "condyle" for a screen that gave no answer.
  std::vector<std::string> holds;
  std::vector<PluginTime> plugin_times;
  // Queries that were sent to the client's FHIR server, and those that failed.
  int reads = 0;
  int failed_reads = 0;
  // Orders that were compared with the constraints, and those whose codes are in no table.
  int orders_checked = 0;
  int orders_unknown = 0;
};

struct CdsReply {
  int status = 200;
  // "application/json", or "application/fhir+json" for an OperationOutcome.
  std::string content_type = "application/json";
  std::string body;
  // Of Discovery(): strong, in quotes. Else empty.
  std::string etag;
  // Set with 503: after so many seconds it can be tried again.
  int retry_after = 0;
  CdsFacts facts;
};

// Thread-safe.
class CdsHooks {
 public:
  // InvalidArgument if an option breaks its rule. Host and reader must outlive it; without a reader nothing is read
  // from clients' FHIR servers.
  static absl::StatusOr<std::unique_ptr<CdsHooks>> Make(Host& host, CdsOptions options, FhirReader* reader = nullptr);
  virtual ~CdsHooks() = default;

  // GET /cds-services.
  virtual CdsReply Discovery() const = 0;
  // POST /cds-services/{id}.
  virtual CdsReply Call(std::string_view id, std::string_view body, const CdsCaller& caller) = 0;
  // POST /cds-services/{id}/feedback.
  virtual CdsReply Feedback(std::string_view id, std::string_view body, const CdsCaller& caller) = 0;
};

// Reads a file of order tags: text format of condyle.v1.Pack with order_tags and nothing else. InvalidArgument names
// the file, the line or the field.
absl::StatusOr<std::vector<v1::OrderTag>> ReadOrderTags(const std::string& path);

}  // namespace condyle

#endif  // CONDYLE_HOST_CDS_HOOKS_CDS_HOOKS_H_
