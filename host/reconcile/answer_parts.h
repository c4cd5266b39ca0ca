// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Answers taken apart. Most messages in an answer are worded the same for many patients, so each is read and checked
// once and then shared: by its bytes it is found again.
#ifndef CONDYLE_HOST_RECONCILE_ANSWER_PARTS_H_
#define CONDYLE_HOST_RECONCILE_ANSWER_PARTS_H_

#include <google/protobuf/arena.h>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/inlined_vector.h"
#include "absl/strings/string_view.h"
#include "condyle/v1/assessment.pb.h"
#include "condyle/v1/consultation.pb.h"
#include "host/reconcile/answer_check.h"

namespace condyle {

// One message in an answer. Immutable.
struct AnswerPart {
  // Of this field's type. A recommendation names the plugin that gave it.
  const google::protobuf::Message* message = nullptr;
  // Of a conclusion: the same without its criteria. Null for others.
  const v1::Conclusion* summary = nullptr;
  // It breaks no rule.
  bool sound = false;
  // Numbers of the sources that it cites, with repeats.
  std::vector<int> cited;
};

// A question that several plugins may have, in words.
struct PhrasedQuestion {
  const v1::NextQuestion* message = nullptr;
  // Place in the catalogue.
  int order = 0;
};

// An answer, put together from parts.
struct PartedAnswer {
  // What is not in parts, and all parts but recommendations and constraints. Null if the bytes are no Assessment.
  v1::Assessment* assessment = nullptr;
  std::vector<const AnswerPart*> conclusions;
  std::vector<const AnswerPart*> recommendations;
  std::vector<const AnswerPart*> constraints;
  std::vector<const v1::MissingInput*> missing_inputs;
  // All parts are sound.
  bool sound = true;
  // Numbers of the sources that they cite, with repeats.
  std::vector<int> cited;
};

// Parts that were seen, until they fill their room. Thread-safe. Holds what plugins say of patients, never who they
// are: plugins are not told.
class PartsRoom {
 public:
  explicit PartsRoom(size_t room_bytes) : room_bytes_(room_bytes) {}

  // Takes an answer apart. The assessment is made in `arena` and shares its parts with this room, which must stay as
  // long as it does. plugin: a number that is this plugin's own.
  PartedAnswer Read(std::string_view answer, size_t plugin, const std::string& plugin_id,
                    const CitationNumbers& citations, google::protobuf::Arena* arena);

  // What asks one question: inputs of PartedAnswers of this room.
  using Askers = absl::InlinedVector<const v1::MissingInput*, 4>;

  // The questions that are asked so, in the same order. phrase: fills in a message for one that was not asked so
  // before, and gives its place.
  using Phrase = std::function<int(const Askers&, v1::NextQuestion*)>;
  std::vector<PhrasedQuestion> Questions(const std::vector<Askers>& askers, const Phrase& phrase);

  // It should be followed by another: it holds about as much as it may.
  bool full() const { return used_bytes_.load(std::memory_order_relaxed) >= room_bytes_; }

 private:
  // Plugin and field, and the bytes.
  using Key = std::pair<uint64_t, absl::string_view>;
  struct Piece;

  const AnswerPart* Make(const Piece& piece, const std::string& plugin_id, const CitationNumbers& citations);
  void Keep(const std::vector<Piece>& pieces, uint64_t plugin);

  const size_t room_bytes_;
  std::atomic<size_t> used_bytes_{0};
  // Held for reading while an answer is looked up. Whoever would have to wait for writing does without.
  std::shared_mutex mutex_;
  google::protobuf::Arena arena_;
  absl::flat_hash_map<Key, const AnswerPart*> parts_;
  absl::flat_hash_map<Askers, PhrasedQuestion> questions_;
};

// The room that is in use. Thread-safe.
class PartsRooms {
 public:
  // About what one room holds at most, beside the answers that are being read. Bytes.
  static constexpr size_t kRoomBytes = 16u << 20;

  explicit PartsRooms(size_t room_bytes = kRoomBytes) : room_bytes_(room_bytes) {}

  // Starts over with an empty one if the last is full. What was made from an older one keeps it.
  std::shared_ptr<PartsRoom> Current();

 private:
  const size_t room_bytes_;
  std::mutex mutex_;
  std::shared_ptr<PartsRoom> current_;
};

}  // namespace condyle

#endif  // CONDYLE_HOST_RECONCILE_ANSWER_PARTS_H_
