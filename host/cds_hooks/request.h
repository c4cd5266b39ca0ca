// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Reads the body of a call of a service, every field checked.
#ifndef CONDYLE_HOST_CDS_HOOKS_REQUEST_H_
#define CONDYLE_HOST_CDS_HOOKS_REQUEST_H_

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "host/cds_hooks/orders.h"
#include "host/cds_hooks/outcome.h"
#include "host/cds_hooks/services.h"
#include "host/intake/json.h"

namespace condyle::cds {

// What is read of a resource besides its text.
struct ResourceFacts {
  std::string type;
  std::string id;
  // Reference of the location that an Encounter names: "Location/12". Empty if it names none.
  std::string location;
  // Answers in the plugins' own vocabulary (own codes, items of the form) that say more than "no".
  bool own_answers = false;
  // Day on which they were given, YYYY-MM-DD; empty if it is not said.
  std::string day;
};

// Which answers are in the plugins' own vocabulary.
struct Vocabulary {
  std::vector<std::string> code_systems;
  // Keys of the inputs, sorted.
  std::vector<std::string> keys;
};
Vocabulary VocabularyOf(const std::vector<v1::PluginManifest>& manifests);

// Of a resource, as far as it has the right form; what has not is intake's to refuse.
ResourceFacts ReadResource(const intake::Json& resource, const Vocabulary& vocabulary);

struct Resource {
  // Its text: points into RequestBody's copy of the body.
  std::string_view text;
  // JSON pointer to it in the request.
  std::string path;
  ResourceFacts facts;
};

enum class PrefetchState {
  // There is no such key: the client did not look.
  kAbsent,
  // null: the client looked and has nothing.
  kNoData,
  // OperationOutcome: the client could not get it, or not all of it.
  kFailed,
  // A Bundle with further pages.
  kFirstPage,
  kGiven,
};

struct Prefetched {
  std::string key;
  PrefetchState state = PrefetchState::kAbsent;
  // Entries of a Bundle each for itself.
  std::vector<Resource> resources;
};

struct CdsRequest {
  std::string hook;
  std::string hook_instance;
  std::string user_id;
  std::string patient_id;
  std::string encounter_id;
  std::string fhir_server;
  std::string token;
  // In the order of the service's templates. Keys that it did not ask for are left out.
  std::vector<Prefetched> prefetch;
  std::vector<DraftOrder> orders;
};

// Holds the text that a CdsRequest's resources point into.
class RequestBody {
 public:
  explicit RequestBody(std::string_view bytes);
  ~RequestBody();
  RequestBody(const RequestBody&) = delete;
  RequestBody& operator=(const RequestBody&) = delete;

  // `services`: those of the id that was called, by hook; the hook picks one, `*service`.
  std::optional<Fault> Read(const std::vector<const Service*>& services, const Vocabulary& vocabulary,
                            const Service** service, CdsRequest* request);

 private:
  class Reader;
  simdjson::padded_string text_;
};

}  // namespace condyle::cds

#endif  // CONDYLE_HOST_CDS_HOOKS_REQUEST_H_
