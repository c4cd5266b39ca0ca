// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Walks over the fields of the message and skips those that decide nothing.
#include "host/inquiry/outline.h"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/wire_format_lite.h>

#include <algorithm>

namespace condyle::inquiry {
namespace {

using google::protobuf::internal::WireFormatLite;

// The fields of one message, one after the other.
class Fields {
 public:
  explicit Fields(std::string_view bytes)
      : start_(bytes.data()), in_(reinterpret_cast<const uint8_t*>(bytes.data()), static_cast<int>(bytes.size())) {}

  // False at the end, and for bytes that are no message.
  bool Next() {
    const uint32_t tag = in_.ReadTag();
    if (tag == 0) {
      sound_ = sound_ && in_.ConsumedEntireMessage();
      return false;
    }
    number_ = WireFormatLite::GetTagFieldNumber(tag);
    value_ = 0;
    text_ = {};
    switch (WireFormatLite::GetTagWireType(tag)) {
      case WireFormatLite::WIRETYPE_VARINT:
        sound_ = in_.ReadVarint64(&value_);
        break;
      case WireFormatLite::WIRETYPE_FIXED64:
        sound_ = in_.ReadLittleEndian64(&value_);
        break;
      case WireFormatLite::WIRETYPE_LENGTH_DELIMITED: {
        uint32_t size = 0;
        sound_ = in_.ReadVarint32(&size);
        const int from = in_.CurrentPosition();
        sound_ = sound_ && in_.Skip(static_cast<int>(size));
        if (sound_) text_ = {start_ + from, size};
        break;
      }
      default:  // no field of these messages
        sound_ = WireFormatLite::SkipField(&in_, tag);
    }
    return sound_;
  }

  bool sound() const { return sound_; }
  int number() const { return number_; }
  std::string_view text() const { return text_; }
  int integer() const { return static_cast<int>(value_); }
  double real() const { return WireFormatLite::DecodeDouble(value_); }

 private:
  const char* start_;
  google::protobuf::io::CodedInputStream in_;
  bool sound_ = true;
  int number_ = 0;
  uint64_t value_ = 0;
  std::string_view text_;
};

bool ReadAdvice(std::string_view bytes, Vocabulary& vocabulary, Outline& outline) {
  std::string_view id;
  std::vector<std::string_view> tags;
  Fields fields(bytes);
  while (fields.Next()) {
    if (fields.number() == v1::Recommendation::kIdFieldNumber) id = fields.text();
    if (fields.number() == v1::Recommendation::kTagsFieldNumber) tags.push_back(fields.text());
  }
  outline.advice.push_back(vocabulary.AdviceOf(id, tags));
  return fields.sound();
}

bool ReadConstraint(std::string_view bytes, Vocabulary& vocabulary, Outline& outline) {
  Fields fields(bytes);
  while (fields.Next()) {
    if (fields.number() == v1::Constraint::kTagFieldNumber) outline.held.push_back(vocabulary.Tag(fields.text()));
  }
  return fields.sound();
}

bool ReadConclusion(std::string_view bytes, Outline& outline) {
  Outline::Likelihood likelihood;
  bool given = false;
  Fields fields(bytes);
  while (fields.Next()) {
    switch (fields.number()) {
      case v1::Conclusion::kTextFieldNumber:
        likelihood.conclusion = fields.text();
        break;
      case v1::Conclusion::kSideFieldNumber:
        likelihood.side = static_cast<v1::Side>(fields.integer());
        break;
      case v1::Conclusion::kProbabilityFieldNumber: {
        given = true;
        Fields probability(fields.text());
        while (probability.Next()) {
          if (probability.number() == v1::Probability::kPointFieldNumber) likelihood.point = probability.real();
        }
        if (!probability.sound()) return false;
        break;
      }
      default:
        break;
    }
  }
  if (given) outline.likelihoods.push_back(std::move(likelihood));
  return fields.sound();
}

void SortEachOnce(std::vector<uint32_t>& numbers) {
  std::sort(numbers.begin(), numbers.end());
  numbers.erase(std::unique(numbers.begin(), numbers.end()), numbers.end());
}

}  // namespace

uint32_t Vocabulary::Tag(std::string_view tag) {
  return tags_.emplace(tag, static_cast<uint32_t>(tags_.size())).first->second;
}

uint32_t Vocabulary::AdviceOf(std::string_view id, const std::vector<std::string_view>& tags) {
  std::string name(id);
  for (const std::string_view tag : tags) (name += '\n') += tag;
  const auto [at, is_new] = numbers_.emplace(std::move(name), static_cast<uint32_t>(advice_.size()));
  if (is_new) {
    Advice& advice = advice_.emplace_back();
    advice.id = id;
    for (const std::string_view tag : tags) {
      for (size_t end = tag.find('.'); end != std::string_view::npos; end = tag.find('.', end + 1)) {
        advice.held_by.push_back(Tag(tag.substr(0, end)));
      }
      advice.held_by.push_back(Tag(tag));
    }
  }
  return at->second;
}

Outline ReadOutline(std::string_view answer, Vocabulary& vocabulary) {
  Outline outline;
  bool sound = true;
  Fields fields(answer);
  while (sound && fields.Next()) {
    switch (fields.number()) {
      case v1::Assessment::kStatusFieldNumber:
        outline.status = static_cast<v1::Status>(fields.integer());
        break;
      case v1::Assessment::kUrgencyFieldNumber:
        outline.urgency = static_cast<v1::Urgency>(fields.integer());
        break;
      case v1::Assessment::kRecommendationsFieldNumber:
        sound = ReadAdvice(fields.text(), vocabulary, outline);
        break;
      case v1::Assessment::kConstraintsFieldNumber:
        sound = ReadConstraint(fields.text(), vocabulary, outline);
        break;
      case v1::Assessment::kConclusionsFieldNumber:
        sound = ReadConclusion(fields.text(), outline);
        break;
      default:
        break;
    }
  }
  sound = sound && fields.sound() && v1::Status_IsValid(outline.status) && outline.status != v1::STATUS_UNSPECIFIED &&
          v1::Urgency_IsValid(outline.urgency);
  if (!sound) return Outline();
  outline.usable = true;
  SortEachOnce(outline.advice);
  SortEachOnce(outline.held);
  return outline;
}

}  // namespace condyle::inquiry
