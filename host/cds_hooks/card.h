// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Cards as data, and as JSON.
#ifndef CONDYLE_HOST_CDS_HOOKS_CARD_H_
#define CONDYLE_HOST_CDS_HOOKS_CARD_H_

#include <string>
#include <vector>

#include "condyle/v1/audit.pb.h"
#include "condyle/v1/consultation.pb.h"
#include "host/cds_hooks/cds_hooks.h"
#include "host/cds_hooks/request.h"

namespace condyle::cds {

enum class Indicator { kInfo, kWarning, kCritical };

enum class DraftKind { kServiceRequest, kCarePlan, kCondition, kDelete };

// A FHIR resource that a client is offered to make, or to delete. Always a draft or a proposal.
struct Draft {
  DraftKind kind = DraftKind::kServiceRequest;
  // Of the action.
  std::string description;
  // What is asked for or planned; the condition's name.
  std::string text;
  // "routine", "urgent", "asap" or "stat". ServiceRequest.
  std::string priority;
  std::vector<std::string> reasons;
  // Condition.
  std::vector<v1::Coding> codings;
  v1::Side side = v1::SIDE_UNSPECIFIED;
  // What is deleted: "MedicationRequest/12".
  std::string reference;
};

struct Suggestion {
  std::string uuid;
  std::string label;
  bool recommended = false;
  Draft draft;
  v1::AuditAdvice advice;
};

struct Card {
  std::string uuid;
  // Any length; it is cut when it is written.
  std::string summary;
  // GitHub Flavored Markdown.
  std::string detail;
  Indicator indicator = Indicator::kInfo;
  // Of the source's topic: plugin and its title.
  std::string topic;
  std::string topic_text;
  std::vector<Suggestion> suggestions;
  // Has the link to the intake page.
  bool links_to_intake = false;
  // Whose it is and what it advises; at least one.
  std::vector<v1::AuditAdvice> advice;
  // What was not checked, a line each.
  std::vector<std::string> not_checked;
};

// What is written besides the cards.
struct Response {
  std::vector<Card> cards;
  // Prefetched data that could not be had, a line each.
  std::vector<std::string> data_not_available;
  struct UncheckedOrder {
    std::string reference;
    std::string display;
    std::string reason;
  };
  std::vector<UncheckedOrder> orders_not_checked;
};

// The body of a 200. consultation: may be null (then there was none). The pack's code system names topics.
std::string ResponseJson(const Response& response, const v1::Consultation* consultation, const CdsRequest& request,
                         const Service& service, const CdsOptions& options, const std::string& code_system,
                         const std::string& valid_until);

// What was given, for the audit trail.
v1::AuditDelivery DeliveryOf(const std::vector<Card>& cards, const CdsRequest& request, const Service& service,
                             const std::string& location);

}  // namespace condyle::cds

#endif  // CONDYLE_HOST_CDS_HOOKS_CARD_H_
