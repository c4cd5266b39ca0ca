// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// From a request to cards: read, collect, consult, speak.
#include "host/cds_hooks/cds_hooks.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/time.h"
#include "host/catalog/manifest_check.h"
#include "host/cds_hooks/card.h"
#include "host/cds_hooks/card_maker.h"
#include "host/cds_hooks/card_text.h"
#include "host/cds_hooks/feedback.h"
#include "host/cds_hooks/outcome.h"
#include "host/cds_hooks/patient_data.h"
#include "host/cds_hooks/request.h"
#include "host/cds_hooks/services.h"
#include "host/questionnaire/json_writer.h"
#include "host/trust/quote.h"
#include "host/trust/sha256.h"

namespace condyle {
namespace cds {
namespace {

std::string Rfc3339(std::chrono::system_clock::time_point moment) {
  return absl::FormatTime("%Y-%m-%dT%H:%M:%SZ", absl::FromChrono(moment), absl::UTCTimeZone());
}

// What the host is asked with, and what was made of its answer. Made while the consultation is being recorded, so that
// cards and consultation are recorded in one step.
struct Answer {
  Response response;
  bool made = false;
};

class Hooks final : public CdsHooks {
 public:
  Hooks(Host& host, CdsOptions options, FhirReader* reader)
      : host_(host), options_(std::move(options)), reader_(reader), services_(ServicesOf(host, options_)) {
    const std::vector<v1::PluginManifest> manifests = host.Manifests();
    vocabulary_ = VocabularyOf(manifests);
    code_system_ = vocabulary_.code_systems.empty() ? "urn:condyle" : vocabulary_.code_systems.front();
    for (const v1::PluginManifest& manifest : manifests) {
      titles_.emplace(manifest.id(), manifest.title());
      for (const v1::OrderTag& order : manifest.order_tags()) orders_.Add(order);
    }
    for (const v1::OrderTag& order : options_.order_tags) orders_.Add(order);
    discovery_ = DiscoveryJson(services_);
    etag_ = absl::StrCat("\"", Sha256Hex(discovery_), "\"");
  }

  CdsReply Discovery() const override {
    CdsReply reply;
    reply.body = discovery_;
    reply.etag = etag_;
    return reply;
  }

  CdsReply Call(std::string_view id, std::string_view body, const CdsCaller& caller) override {
    const std::vector<const Service*> named = Named(id);
    if (named.empty()) return NoSuchService();
    const Service* service = named.front();
    CdsRequest request;
    RequestBody text(body);
    CdsFacts facts;
    if (const auto fault = text.Read(named, vocabulary_, &service, &request)) return Refuse(*fault, *service, facts);
    PatientData data;
    const std::optional<Fault> fault = CollectData(request, *service, vocabulary_, Limits(caller), &data);
    facts.reads = data.reads;
    facts.failed_reads = data.failed_reads;
    if (fault) return Refuse(*fault, *service, facts);
    if (NothingToCompare(request, *service)) return WithoutPlugins(request, *service, data, facts);
    return Consult(request, *service, data, caller, facts);
  }

  CdsReply Feedback(std::string_view id, std::string_view body, const CdsCaller& caller) override {
    const std::vector<const Service*> named = Named(id);
    if (named.empty()) return NoSuchService();
    std::vector<CardFeedback> reports;
    CdsFacts facts;
    if (const auto fault = ReadFeedback(body, &reports)) return Refuse(*fault, *named.front(), facts);
    for (CardFeedback& report : reports) {
      report.service_id = id;
      report.organisation = caller.organisation;
    }
    const auto recorded = host_.RecordFeedback(reports);
    if (!recorded.ok()) return Refuse(FaultOf(recorded.status()), *named.front(), facts);
    CdsReply reply;
    JsonWriter out(JsonLayout::kCompact);
    out.BeginObject();
    out.Key("recorded");
    out.Number(static_cast<double>(recorded->size()));
    out.EndObject();
    reply.body = out.Take();
    reply.facts.hook = named.front()->hook;
    return reply;
  }

 private:
  std::vector<const Service*> Named(std::string_view id) const {
    std::vector<const Service*> named;
    for (const Service& service : services_) {
      if (service.id == id) named.push_back(&service);
    }
    return named;
  }

  CdsReply NoSuchService() const {
    std::set<std::string> ids;
    for (const Service& service : services_) ids.insert(service.id);
    return Refused(
        {404, "service", "", absl::StrCat("there is no such service; there are ", absl::StrJoin(ids, ", "))});
  }

  static CdsReply Refuse(const Fault& fault, const Service& service, CdsFacts facts) {
    CdsReply reply = Refused(fault);
    facts.refusal = fault.kind;
    facts.hook = service.hook;
    reply.facts = std::move(facts);
    return reply;
  }

  static Fault FaultOf(const absl::Status& status) {
    const std::string message(status.message());
    switch (status.code()) {
      case absl::StatusCode::kInvalidArgument:
        return {400, "feedback", "", message};
      case absl::StatusCode::kNotFound:
        return {404, "feedback", "", message};
      case absl::StatusCode::kFailedPrecondition:
      case absl::StatusCode::kUnimplemented:
        return {501, "audit", "", "this service keeps no audit trail, so feedback cannot be recorded"};
      default:
        return {503, "audit", "", "the feedback could not be recorded; send it again"};
    }
  }

  ReadLimits Limits(const CdsCaller& caller) const {
    using std::chrono::steady_clock;
    const auto now = steady_clock::now();
    steady_clock::time_point deadline = now + options_.read_time;
    if (caller.deadline != steady_clock::time_point::max()) {
      deadline = std::min(deadline, caller.deadline - options_.time_for_plugins);
    }
    return {reader_, std::max(deadline, now), caller.cancel, options_.require_all_prefetch};
  }

  std::chrono::system_clock::time_point Moment() const {
    const auto now = options_.now ? options_.now() : std::chrono::system_clock::now();
    return std::chrono::ceil<std::chrono::seconds>(now) + options_.clock_allowance;
  }

  // Somebody has answered in the plugins' own words, not too long ago.
  bool IsTopic(const PatientData& data, std::chrono::system_clock::time_point moment) const {
    constexpr size_t kDayLength = 10;
    if (!data.own_answers) return false;
    return data.undated_answers ||
           data.newest_day >= Rfc3339(moment - options_.answers_fresh_for).substr(0, kDayLength);
  }

  // No order has a code that is known: the plugins have nothing to be compared with.
  bool NothingToCompare(const CdsRequest& request, const Service& service) const {
    return service.context == Context::kOrders &&
           std::none_of(request.orders.begin(), request.orders.end(),
                        [&](const DraftOrder& order) { return !orders_.TagsOf(order).empty(); });
  }

  CdsReply WithoutPlugins(const CdsRequest& request, const Service& service, const PatientData& data,
                          CdsFacts facts) const {
    const std::map<std::string, std::string> titles;
    const CardContext context{options_, titles, false, data.not_available};
    OrderResult result = OrderCardsOf({}, request.orders, orders_, context);
    Response response;
    response.orders_not_checked = std::move(result.not_checked);
    facts.orders_unknown = static_cast<int>(response.orders_not_checked.size());
    return Reply(response, nullptr, request, service, "", std::move(facts));
  }

  CdsReply Consult(const CdsRequest& request, const Service& service, const PatientData& data, const CdsCaller& caller,
                   CdsFacts facts) {
    const auto moment = Moment();
    const bool by_patient =
        request.user_id.rfind("Patient/", 0) == 0 || request.user_id.rfind("RelatedPerson/", 0) == 0;
    ConsultOptions consult;
    consult.as_of = Rfc3339(moment);
    consult.question_budget =
        service.context == Context::kPatient ? options_.question_budget : std::chrono::milliseconds{0};
    consult.cancel = caller.cancel;
    // The person who sees the cards; a patient's id is none that the trail should hold.
    if (!by_patient) consult.user = request.user_id;
    consult.organisation = caller.organisation;
    const CardContext context{options_, titles_, IsTopic(data, moment), data.not_available, by_patient};
    Answer answer;
    consult.deliver = [&](const v1::Consultation& consultation) {
      MakeOnce(consultation, context, request, service, &answer, &facts);
      return DeliveryOf(answer.response.cards, request, service, data.location);
    };
    Outcome outcome = host_.ConsultBytes(data.Bundle(consult.as_of, request.hook_instance), consult);
    facts.plugin_times = std::move(outcome.plugin_times);
    if (outcome.refusal) return PatientRefused(*outcome.refusal, request, service, data, std::move(facts));
    if (!outcome.consultation) {
      return Refuse({503, "audit", "", "the consultation could not be recorded, so it is withheld; try again"}, service,
                    facts);
    }
    const v1::Consultation& consultation = *outcome.consultation;
    for (const v1::PluginFailure& failure : consultation.plugin_failures())
      facts.failures.push_back(failure.plugin_id());
    for (const v1::Hold& hold : consultation.holds()) facts.holds.push_back(hold.by());
    if (outcome.cancelled)
      return Refuse({503, "cancelled", "", "the call was cancelled before it was answered"}, service, facts);
    if (consultation.assessments().empty()) {
      return Refuse({503, "plugins", "", "no plugin has answered; try again"}, service, facts);
    }
    MakeOnce(consultation, context, request, service, &answer, &facts);
    answer.response.data_not_available = data.not_available;
    return Reply(answer.response, &consultation, request, service, Rfc3339(moment + options_.valid_for),
                 std::move(facts));
  }

  void MakeOnce(const v1::Consultation& consultation, const CardContext& context, const CdsRequest& request,
                const Service& service, Answer* answer, CdsFacts* facts) const {
    if (answer->made) return;
    answer->made = true;
    if (service.context != Context::kOrders) {
      answer->response.cards = CardsOf(consultation, context, service.context == Context::kAppointments);
      return;
    }
    OrderResult result = OrderCardsOf(consultation, request.orders, orders_, context);
    answer->response.cards = std::move(result.cards);
    answer->response.orders_not_checked = std::move(result.not_checked);
    facts->orders_checked = result.checked;
    facts->orders_unknown = static_cast<int>(request.orders.size()) - result.checked;
  }

  // The record contradicts itself or cannot be read. Whoever signs an order has to know that nobody looked at it.
  CdsReply PatientRefused(const InputRefusal& refusal, const CdsRequest& request, const Service& service,
                          const PatientData& data, CdsFacts facts) const {
    facts.refusal = "patient-data";
    const std::string path = data.PathInRequest(refusal.path);
    if (service.context != Context::kOrders || titles_.empty()) {
      return Refuse({422, "patient-data", path, refusal.message}, service, facts);
    }
    Response response;
    OrderResult result =
        OrderCardsWithout(absl::StrCat(path, ": ", refusal.message), request.orders, orders_, titles_.begin()->first);
    response.cards = std::move(result.cards);
    response.orders_not_checked = std::move(result.not_checked);
    // Such a card is in no audit trail as a delivery, so nothing could be said of it later.
    for (Card& card : response.cards) card.uuid.clear();
    facts.orders_unknown = static_cast<int>(response.orders_not_checked.size());
    return Reply(response, nullptr, request, service, "", std::move(facts));
  }

  CdsReply Reply(const Response& response, const v1::Consultation* consultation, const CdsRequest& request,
                 const Service& service, const std::string& valid_until, CdsFacts facts) const {
    for (const Card& card : response.cards) {
      if (card.indicator == Indicator::kCritical) ++facts.critical;
      if (card.indicator == Indicator::kWarning) ++facts.warning;
      if (card.indicator == Indicator::kInfo) ++facts.info;
    }
    CdsReply reply;
    reply.body = ResponseJson(response, consultation, request, service, options_, code_system_, valid_until);
    facts.hook = service.hook;
    reply.facts = std::move(facts);
    return reply;
  }

  Host& host_;
  const CdsOptions options_;
  FhirReader* const reader_;
  const std::vector<Service> services_;
  Vocabulary vocabulary_;
  std::string code_system_;
  std::map<std::string, std::string> titles_;
  OrderTable orders_;
  std::string discovery_;
  std::string etag_;
};

bool IsAbsoluteUrl(const std::string& url) {
  const size_t begin = url.rfind("https://", 0) == 0 ? 8 : url.rfind("http://", 0) == 0 ? 7 : 0;
  return begin > 0 && url.size() > begin && url.find_first_of(" \"<>\\^`") == std::string::npos && IsShowable(url);
}

bool IsServicePrefix(const std::string& text) {
  return text.size() <= 64 && std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' ||
                  c == '.';
         });
}

// Empty, or what is wrong.
std::string FindFault(const CdsOptions& options) {
  const auto fault = [](const char* option, const std::string& held, const char* allowed) {
    return absl::StrCat("CdsOptions::", option, " is ", held, "; allowed: ", allowed);
  };
  if (!IsServicePrefix(options.service_prefix)) {
    return fault("service_prefix", Quote(options.service_prefix), "at most 64 letters, digits, \"-\", \"_\" and \".\"");
  }
  for (const std::string& hook : options.hooks) {
    const std::vector<std::string>& known = CdsHookNames();
    if (std::find(known.begin(), known.end(), hook) == known.end()) {
      return fault("hooks", Quote(hook), absl::StrJoin(known, ", ").c_str());
    }
  }
  if (options.source_label.empty()) return fault("source_label", "empty", "a short name for people");
  for (const auto& [name, url] :
       {std::pair("source_url", &options.source_url), {"source_icon", &options.source_icon}}) {
    if (!url->empty() && !IsAbsoluteUrl(*url))
      return fault(name, Quote(*url), "an absolute URL of http or https, or nothing");
  }
  std::string page = options.intake_url;
  page.erase(std::remove_if(page.begin(), page.end(), [](char c) { return c == '{' || c == '}'; }), page.end());
  if (!page.empty() && !IsAbsoluteUrl(page)) {
    return fault("intake_url", Quote(options.intake_url), "an absolute URL of http or https, or nothing");
  }
  if (!page.empty() && options.intake_label.empty()) return fault("intake_label", "empty", "what the link is called");
  if (options.extension_name.find('.') == std::string::npos || !IsServicePrefix(options.extension_name)) {
    return fault("extension_name", Quote(options.extension_name), "a name in reverse-domain notation");
  }
  if (options.max_cards < 1) return fault("max_cards", absl::StrCat(options.max_cards), "1 or more");
  if (options.max_suggestions < 0) return fault("max_suggestions", absl::StrCat(options.max_suggestions), "0 or more");
  for (const v1::OrderTag& order : options.order_tags) {
    const std::vector<std::string> faults = CheckOrderTag(order);
    if (!faults.empty()) return absl::StrCat("CdsOptions::order_tags: ", faults[0]);
  }
  for (const v1::Coding& reason : options.override_reasons) {
    if (reason.system().empty() || reason.code().empty() || reason.display().empty()) {
      return fault("override_reasons", Quote(reason.code()), "system, code and display of each");
    }
  }
  return "";
}

}  // namespace
}  // namespace cds

absl::StatusOr<std::unique_ptr<CdsHooks>> CdsHooks::Make(Host& host, CdsOptions options, FhirReader* reader) {
  if (const std::string fault = cds::FindFault(options); !fault.empty()) return absl::InvalidArgumentError(fault);
  return std::make_unique<cds::Hooks>(host, std::move(options), reader);
}

}  // namespace condyle
