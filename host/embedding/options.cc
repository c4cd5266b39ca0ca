// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Reads options of any size; says which one cannot be used.
#include "host/embedding/options.h"

#include <google/protobuf/util/json_util.h>

#include <algorithm>
#include <chrono>
#include <limits>
#include <vector>

#include "absl/strings/str_cat.h"

namespace condyle::embedding {
namespace {

// Every struct has its size and a second number.
constexpr uint32_t kSmallestStruct = 8;

// A list of 0-terminated strings.
OptionProblem ReadList(const char* const* texts, uint64_t count, const char* name, std::vector<std::string>* list) {
  if (count > 0 && texts == nullptr) return {CNDH_MISUSE, absl::StrCat(name, " is NULL and its count is not 0")};
  for (uint64_t i = 0; i < count; ++i) {
    if (texts[i] == nullptr) return {CNDH_MISUSE, absl::StrCat(name, "[", i, "] is NULL")};
    list->emplace_back(texts[i]);
  }
  return {};
}

OptionProblem UnknownFlags(uint32_t flags, uint32_t known, const char* name) {
  if ((flags & ~known) == 0) return {};
  return {CNDH_UNSUPPORTED,
          absl::StrCat(name, ".flags has ", absl::Hex(flags & ~known),
                       " (hexadecimal), which this library does not know; allowed: bits of ", absl::Hex(known))};
}

// 0 leaves the default.
OptionProblem ReadTime(int64_t given, const char* name, std::chrono::milliseconds* time) {
  constexpr int64_t kLongest = int64_t{1000} * 60 * 60 * 24 * 365;
  if (given < 0 || given > kLongest) {
    return {CNDH_MISUSE, absl::StrCat(name, " is ", given, "; allowed: 0 to ", kLongest, " milliseconds")};
  }
  if (given != 0) *time = std::chrono::milliseconds(given);
  return {};
}

OptionProblem ReadNumbers(const cndh_options& given, HostOptions* options) {
  for (OptionProblem problem :
       {ReadTime(given.deadline_ms, "cndh_options.deadline_ms", &options->deadline),
        ReadTime(given.consultation_deadline_ms, "cndh_options.consultation_deadline_ms",
                 &options->consultation_deadline),
        ReadTime(given.first_suspension_ms, "cndh_options.first_suspension_ms", &options->supervision.first_suspension),
        ReadTime(given.longest_suspension_ms, "cndh_options.longest_suspension_ms",
                 &options->supervision.longest_suspension)}) {
    if (problem.status != CNDH_OK) return problem;
  }
  if (given.failures_before_suspension < -1 || given.parallel < 0) {
    return {CNDH_MISUSE,
            "cndh_options.failures_before_suspension or parallel is negative; allowed: numbers from 0, and "
            "-1 of the first for never"};
  }
  if (given.failures_before_suspension != 0) {
    options->supervision.open_after = std::max(given.failures_before_suspension, 0);
  }
  if (given.parallel != 0) options->parallel = given.parallel;
  if (given.max_input_bytes != 0) options->max_input_bytes = given.max_input_bytes;
  if (given.worker_memory_bytes == std::numeric_limits<uint64_t>::max()) {
    options->worker_memory_bytes = 0;
  } else if (given.worker_memory_bytes != 0) {
    options->worker_memory_bytes = given.worker_memory_bytes;
  }
  return {};
}

OptionProblem ReadSignatures(int32_t given, HostOptions::SignaturePolicy* policy) {
  switch (given) {
    case CNDH_SIGNATURES_OFF:
      *policy = HostOptions::SignaturePolicy::kOff;
      return {};
    case CNDH_SIGNATURES_WARN:
      *policy = HostOptions::SignaturePolicy::kWarn;
      return {};
    case CNDH_SIGNATURES_REQUIRE:
      *policy = HostOptions::SignaturePolicy::kRequire;
      return {};
    default:
      return {CNDH_UNSUPPORTED, absl::StrCat("cndh_options.signatures is ", given, "; allowed: 0, 1 and 2")};
  }
}

template <typename Struct>
OptionProblem NotNull(const Struct* given, const char* name) {
  if (given != nullptr) return {};
  return {CNDH_MISUSE, absl::StrCat(name, " is NULL")};
}

}  // namespace

OptionProblem CopySized(const void* given, uint32_t given_size, const char* name, void* own, size_t own_size) {
  if (given_size < kSmallestStruct || given_size > kLargestStruct) {
    return {CNDH_MISUSE, absl::StrCat(name, ".struct_size is ", given_size, "; set it to sizeof(", name, ")")};
  }
  std::memcpy(own, given, std::min<size_t>(given_size, own_size));
  const auto* bytes = static_cast<const uint8_t*>(given);
  if (given_size > own_size && std::any_of(bytes + own_size, bytes + given_size, [](uint8_t b) { return b != 0; })) {
    return {CNDH_UNSUPPORTED, absl::StrCat(name, " sets an option of a later version than this library, ",
                                           HostVersion(), "; leave it 0 or update the library")};
  }
  return {};
}

OptionProblem Read(const cndh_options* given, HostOptions* options) {
  cndh_options o;
  OptionProblem problem = Copy(given, "cndh_options", &o);
  const auto next = [&problem](auto&& read) {
    if (problem.status == CNDH_OK) problem = read();
  };
  constexpr uint32_t kFlags = CNDH_IN_PROCESS | CNDH_AUDIT_WITHOUT_PHI | CNDH_ANSWER_UNRECORDED | CNDH_ASK_ONCE;
  next([&] { return UnknownFlags(o.flags, kFlags, "cndh_options"); });
  next([&] { return ReadList(o.plugins, o.plugin_count, "cndh_options.plugins", &options->plugins); });
  next([&] { return ReadList(o.shadow, o.shadow_count, "cndh_options.shadow", &options->shadow); });
  next([&] { return ReadList(o.trust, o.trust_count, "cndh_options.trust", &options->trust); });
  next([&] { return ReadNumbers(o, options); });
  next([&] { return ReadSignatures(o.signatures, &options->signatures); });
  options->worker = Text(o.worker);
  options->require_sandbox = Text(o.require_sandbox);
  options->audit = Text(o.audit);
  options->in_process = (o.flags & CNDH_IN_PROCESS) != 0;
  options->audit_without_phi = (o.flags & CNDH_AUDIT_WITHOUT_PHI) != 0;
  options->answer_unrecorded = (o.flags & CNDH_ANSWER_UNRECORDED) != 0;
  options->supervision.ask_again = (o.flags & CNDH_ASK_ONCE) == 0;
  return problem;
}

OptionProblem Read(const cndh_consult_options& given, ConsultOptions* options) {
  if (OptionProblem problem = UnknownFlags(given.flags, CNDH_RECEIPT, "cndh_consult_options");
      problem.status != CNDH_OK) {
    return problem;
  }
  options->as_of = Text(given.as_of);
  options->archive = (given.flags & CNDH_RECEIPT) != 0;
  if (given.cancel != nullptr) options->cancel = given.cancel->source.get_token();
  options->user = Text(given.user);
  options->organisation = Text(given.organisation);
  return ReadTime(given.question_budget_ms, "cndh_consult_options.question_budget_ms", &options->question_budget);
}

OptionProblem Read(const cndh_what_if_options* given, WhatIfOptions* options) {
  cndh_what_if_options o;
  OptionProblem problem = Copy(given, "cndh_what_if_options", &o);
  if (problem.status == CNDH_OK) problem = UnknownFlags(o.flags, 0, "cndh_what_if_options");
  if (problem.status == CNDH_OK) problem = ReadTime(o.budget_ms, "cndh_what_if_options.budget_ms", &options->budget);
  if (problem.status == CNDH_OK && o.sets_per_target < 0) {
    problem = {CNDH_MISUSE, "cndh_what_if_options.sets_per_target is negative; allowed: numbers from 0"};
  }
  if (problem.status != CNDH_OK) return problem;
  options->as_of = Text(o.as_of);
  if (o.sets_per_target != 0) options->sets_per_target = o.sets_per_target;
  if (o.cancel != nullptr) options->cancel = o.cancel->source.get_token();
  return {};
}

OptionProblem Read(const cndh_override* given, AdviceOverride* advice) {
  if (OptionProblem problem = NotNull(given, "cndh_override"); problem.status != CNDH_OK) return problem;
  cndh_override o;
  if (OptionProblem problem = Copy(given, "cndh_override", &o); problem.status != CNDH_OK) return problem;
  if (!v1::Side_IsValid(o.side)) {
    return {CNDH_MISUSE, absl::StrCat("cndh_override.side is ", o.side, "; allowed: 0, 1 (left) and 2 (right)")};
  }
  *advice = {{o.sequence, Text(o.hash)}, Text(o.advice_id), static_cast<v1::Side>(o.side),
             Text(o.reason_code),        Text(o.text),      Text(o.user),
             Text(o.organisation)};
  return {};
}

OptionProblem Read(const cndh_feedback* given, CardFeedback* report) {
  if (OptionProblem problem = NotNull(given, "cndh_feedback"); problem.status != CNDH_OK) return problem;
  cndh_feedback o;
  OptionProblem problem = Copy(given, "cndh_feedback", &o);
  if (problem.status == CNDH_OK) problem = UnknownFlags(o.flags, 0, "cndh_feedback");
  if (problem.status == CNDH_OK && o.feedback.data == nullptr) {
    problem = {CNDH_MISUSE, "cndh_feedback.feedback is empty; allowed: a condyle.v1.AuditFeedback in canonical JSON"};
  }
  if (problem.status != CNDH_OK) return problem;
  const auto read = google::protobuf::util::JsonStringToMessage(
      {reinterpret_cast<const char*>(o.feedback.data), static_cast<size_t>(o.feedback.size)}, &report->feedback);
  // The parser's own words may quote the comment.
  if (!read.ok()) {
    return {CNDH_MISUSE, "cndh_feedback.feedback is no condyle.v1.AuditFeedback in canonical JSON"};
  }
  report->service_id = Text(o.service_id);
  report->user = Text(o.user);
  report->organisation = Text(o.organisation);
  return {};
}

}  // namespace condyle::embedding
