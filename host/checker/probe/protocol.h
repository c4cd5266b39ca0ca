// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// What the checker and condyle-checker-probe say to each other over file descriptor 3, a stream socket.
//
// The checker sends a JobHeader and the requests, each after its length in 8 bytes. The probe sends records, and kDone
// as the last. After a kSample the checker sends a Sample; in the job "serve" it sends requests, each after its length
// and its moment (8 bytes each), until it closes the socket. Every record carries a number that the checker made up:
// bytes without it are the plugin's. Both ends are the same build on the same machine: numbers are in native order.
#ifndef CONDYLE_HOST_CHECKER_PROBE_PROTOCOL_H_
#define CONDYLE_HOST_CHECKER_PROBE_PROTOCOL_H_

#include <cstdint>

namespace condyle::checker {

inline constexpr uint32_t kJobMagic = 0x4A444E43;     // "CNDJ"
inline constexpr uint32_t kRecordMagic = 0x50444E43;  // "CNDP"
// What an answer may have at most, as in dispatch.
inline constexpr uint64_t kMaxAnswerBytes = 4u << 20;
inline constexpr uint64_t kMaxJobBytes = 256u << 20;

struct JobHeader {
  uint32_t magic = kJobMagic;
  uint32_t requests = 0;
  char probe[32] = {};
  uint64_t nonce = 0;
  uint64_t seed = 0;
  // How much: calls, rounds or hostile requests, as the probe has it.
  uint32_t budget = 0;
  // Of "determinism": what is different in this process.
  uint32_t surroundings = 0;
  // Loops end after so long, done or not.
  uint32_t budget_ms = 0;
  uint32_t reserved = 0;
  int64_t as_of_unix_ns = 0;
  // Of all that follows.
  uint64_t bytes = 0;
};

enum Surroundings : uint32_t { kPlain = 0, kOtherTime = 1, kOtherPlace = 2 };

enum class RecordKind : uint32_t {
  kFinding = 1,   // FindingHead, then check, what and where, each ended by NUL
  kProgress = 2,  // text: what is being done now
  kAnswer = 3,    // AnswerHead, then the bytes
  kHash = 4,      // HashPayload
  kFault = 5,     // FaultPayload
  kSample = 6,    // asks for a Sample
  kDone = 7,
};

struct RecordHead {
  uint32_t magic = kRecordMagic;
  RecordKind kind = RecordKind::kDone;
  uint64_t nonce = 0;
  uint64_t length = 0;
};

struct FindingHead {
  int32_t severity = 0;  // v1.CheckSeverity
};

struct AnswerHead {
  int32_t status = 0;  // cnd_status
  uint32_t too_large = 0;
};

struct HashPayload {
  uint32_t request = 0;
  int32_t status = 0;
  uint64_t hash = 0;
};

// Where a call touched what it must not. Sent from a signal handler.
struct FaultPayload {
  int32_t signal = 0;
  uint32_t in_region = 0;
  uint64_t address = 0;
  uint64_t stack_pointer = 0;
  // Of guarded memory: its name, and the address counted from its first byte and from behind its last.
  int64_t from_start = 0;
  int64_t from_end = 0;
  char region[24] = {};
};

struct Sample {
  uint64_t threads = 0;
  uint64_t resident_bytes = 0;
};

}  // namespace condyle::checker

#endif  // CONDYLE_HOST_CHECKER_PROBE_PROTOCOL_H_
