// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Taking an answer apart on the wire, and finding its parts again.
#include "host/reconcile/answer_parts.h"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/wire_format_lite.h>

#include <algorithm>
#include <limits>

namespace condyle {
namespace {

using google::protobuf::Arena;
using google::protobuf::Message;
using google::protobuf::internal::WireFormatLite;

Message* NewPart(int field, Arena* arena) {
  switch (field) {
    case v1::Assessment::kConclusionsFieldNumber:
      return Arena::CreateMessage<v1::Conclusion>(arena);
    case v1::Assessment::kEvidenceFieldNumber:
      return Arena::CreateMessage<v1::Evidence>(arena);
    case v1::Assessment::kRecommendationsFieldNumber:
      return Arena::CreateMessage<v1::Recommendation>(arena);
    case v1::Assessment::kConstraintsFieldNumber:
      return Arena::CreateMessage<v1::Constraint>(arena);
    case v1::Assessment::kMissingInputsFieldNumber:
      return Arena::CreateMessage<v1::MissingInput>(arena);
    case v1::Assessment::kRisksFieldNumber:
      return Arena::CreateMessage<v1::Risk>(arena);
    case v1::Assessment::kScoresFieldNumber:
      return Arena::CreateMessage<v1::Score>(arena);
    case v1::Assessment::kPathwayFieldNumber:
      return Arena::CreateMessage<v1::Stage>(arena);
    default:
      return nullptr;
  }
}

bool IsPart(int field) {
  return (field >= v1::Assessment::kConclusionsFieldNumber && field <= v1::Assessment::kMissingInputsFieldNumber) ||
         (field >= v1::Assessment::kRisksFieldNumber && field <= v1::Assessment::kPathwayFieldNumber);
}
static_assert(v1::Assessment::kConclusionsFieldNumber == 6 && v1::Assessment::kMissingInputsFieldNumber == 10 &&
              v1::Assessment::kRisksFieldNumber == 12 && v1::Assessment::kPathwayFieldNumber == 14);

// A summary: the criteria stand once, in the assessment.
void Summarise(const v1::Conclusion& from, v1::Conclusion* to) {
  if (from.has_condition()) *to->mutable_condition() = from.condition();
  if (from.has_probability()) *to->mutable_probability() = from.probability();
  to->set_text(from.text());
  to->set_side(from.side());
  to->set_status(from.status());
  to->set_grade(from.grade());
  *to->mutable_citations() = from.citations();
  *to->mutable_codings() = from.codings();
}

template <typename Part>
void Share(const Message* part, google::protobuf::RepeatedPtrField<Part>* in) {
  // The room owns it, and nobody changes what is shared.
  in->UnsafeArenaAddAllocated(const_cast<Part*>(static_cast<const Part*>(part)));
}

void Add(int field, const AnswerPart& part, PartedAnswer* answer) {
  v1::Assessment* assessment = answer->assessment;
  switch (field) {
    case v1::Assessment::kConclusionsFieldNumber:
      answer->conclusions.push_back(&part);
      return Share(part.message, assessment->mutable_conclusions());
    case v1::Assessment::kEvidenceFieldNumber:
      return Share(part.message, assessment->mutable_evidence());
    case v1::Assessment::kRecommendationsFieldNumber:
      return answer->recommendations.push_back(&part);
    case v1::Assessment::kConstraintsFieldNumber:
      return answer->constraints.push_back(&part);
    case v1::Assessment::kMissingInputsFieldNumber:
      answer->missing_inputs.push_back(static_cast<const v1::MissingInput*>(part.message));
      return Share(part.message, assessment->mutable_missing_inputs());
    case v1::Assessment::kRisksFieldNumber:
      return Share(part.message, assessment->mutable_risks());
    case v1::Assessment::kScoresFieldNumber:
      return Share(part.message, assessment->mutable_scores());
    case v1::Assessment::kPathwayFieldNumber:
      return Share(part.message, assessment->mutable_pathway());
    default:
      return;
  }
}

}  // namespace

struct PartsRoom::Piece {
  int field = 0;
  std::string_view bytes;
  const AnswerPart* part = nullptr;
  bool is_new = false;
};

namespace {

// Splits off the parts; the rest is a message of its own. False if the bytes are no message.
template <typename Piece>
bool Split(std::string_view answer, std::vector<Piece>* pieces, std::string* rest) {
  if (answer.size() > static_cast<size_t>(std::numeric_limits<int>::max())) return false;
  google::protobuf::io::CodedInputStream in(reinterpret_cast<const uint8_t*>(answer.data()),
                                            static_cast<int>(answer.size()));
  for (;;) {
    const auto begin = static_cast<size_t>(in.CurrentPosition());
    const uint32_t tag = in.ReadTag();
    if (tag == 0) return begin == answer.size();
    const int field = WireFormatLite::GetTagFieldNumber(tag);
    if (IsPart(field) && WireFormatLite::GetTagWireType(tag) == WireFormatLite::WIRETYPE_LENGTH_DELIMITED) {
      uint32_t size = 0;
      if (!in.ReadVarint32(&size)) return false;
      const auto at = static_cast<size_t>(in.CurrentPosition());
      if (size > answer.size() - at || !in.Skip(static_cast<int>(size))) return false;
      pieces->push_back({field, answer.substr(at, size)});
    } else {
      if (!WireFormatLite::SkipField(&in, tag)) return false;
      rest->append(answer.substr(begin, static_cast<size_t>(in.CurrentPosition()) - begin));
    }
  }
}

constexpr uint64_t KindOf(uint64_t plugin, int field) { return plugin << 8 | static_cast<uint64_t>(field); }

absl::string_view View(std::string_view text) { return {text.data(), text.size()}; }

}  // namespace

// Null if the bytes are no such message.
const AnswerPart* PartsRoom::Make(const Piece& piece, const std::string& plugin_id, const CitationNumbers& citations) {
  Message* message = NewPart(piece.field, &arena_);
  if (!message->ParseFromArray(piece.bytes.data(), static_cast<int>(piece.bytes.size()))) return nullptr;
  auto* part = Arena::Create<AnswerPart>(&arena_);
  part->message = message;
  part->sound = IsSoundPart(piece.field, *message, citations, part->cited);
  if (piece.field == v1::Assessment::kRecommendationsFieldNumber) {
    auto* advice = static_cast<v1::Recommendation*>(message);
    advice->clear_plugin_ids();
    advice->add_plugin_ids(plugin_id);
  }
  if (piece.field == v1::Assessment::kConclusionsFieldNumber) {
    auto* summary = Arena::CreateMessage<v1::Conclusion>(&arena_);
    Summarise(*static_cast<const v1::Conclusion*>(message), summary);
    part->summary = summary;
  }
  used_bytes_.fetch_add(piece.bytes.size() + 2 * message->SpaceUsedLong() + sizeof(AnswerPart),
                        std::memory_order_relaxed);
  return part;
}

void PartsRoom::Keep(const std::vector<Piece>& pieces, uint64_t plugin) {
  const std::unique_lock<std::shared_mutex> lock(mutex_, std::try_to_lock);
  if (!lock.owns_lock()) return;
  for (const Piece& piece : pieces) {
    if (!piece.is_new) continue;
    char* const copy = Arena::CreateArray<char>(&arena_, piece.bytes.size());
    std::copy(piece.bytes.begin(), piece.bytes.end(), copy);
    parts_.emplace(Key(KindOf(plugin, piece.field), absl::string_view(copy, piece.bytes.size())), piece.part);
  }
}

PartedAnswer PartsRoom::Read(std::string_view answer, size_t plugin, const std::string& plugin_id,
                             const CitationNumbers& citations, Arena* arena) {
  PartedAnswer parted;
  std::vector<Piece> pieces;
  pieces.reserve(64);
  std::string rest;
  if (!Split(answer, &pieces, &rest)) return parted;
  auto* assessment = Arena::CreateMessage<v1::Assessment>(arena);
  if (!assessment->ParseFromString(rest)) return parted;
  {
    const std::shared_lock<std::shared_mutex> lock(mutex_);
    for (Piece& piece : pieces) {
      const auto found = parts_.find(Key(KindOf(plugin, piece.field), View(piece.bytes)));
      if (found != parts_.end()) piece.part = found->second;
    }
  }
  bool any_new = false;
  for (Piece& piece : pieces) {
    if (piece.part != nullptr) continue;
    piece.part = Make(piece, plugin_id, citations);
    if (piece.part == nullptr) return parted;
    piece.is_new = any_new = true;
  }
  if (any_new) Keep(pieces, plugin);
  parted.assessment = assessment;
  for (const Piece& piece : pieces) {
    parted.sound &= piece.part->sound;
    parted.cited.insert(parted.cited.end(), piece.part->cited.begin(), piece.part->cited.end());
    Add(piece.field, *piece.part, &parted);
  }
  return parted;
}

std::vector<PhrasedQuestion> PartsRoom::Questions(const std::vector<Askers>& askers, const Phrase& phrase) {
  std::vector<PhrasedQuestion> questions(askers.size());
  {
    const std::shared_lock<std::shared_mutex> lock(mutex_);
    for (size_t i = 0; i < askers.size(); ++i) {
      const auto found = questions_.find(askers[i]);
      if (found != questions_.end()) questions[i] = found->second;
    }
  }
  std::vector<size_t> made;
  for (size_t i = 0; i < askers.size(); ++i) {
    if (questions[i].message != nullptr) continue;
    auto* message = Arena::CreateMessage<v1::NextQuestion>(&arena_);
    questions[i].order = phrase(askers[i], message);
    questions[i].message = message;
    used_bytes_.fetch_add(2 * message->SpaceUsedLong(), std::memory_order_relaxed);
    made.push_back(i);
  }
  if (made.empty()) return questions;
  const std::unique_lock<std::shared_mutex> lock(mutex_, std::try_to_lock);
  if (!lock.owns_lock()) return questions;
  for (const size_t i : made) questions_.emplace(askers[i], questions[i]);
  return questions;
}

std::shared_ptr<PartsRoom> PartsRooms::Current() {
  const std::lock_guard<std::mutex> lock(mutex_);
  if (current_ == nullptr || current_->full()) current_ = std::make_shared<PartsRoom>(room_bytes_);
  return current_;
}

}  // namespace condyle
