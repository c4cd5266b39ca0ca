// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// The frames that the host and a worker exchange over a stream socket, and their reading and writing on either side.
//
// The worker sends kReady or kStartFailed once. Then, for each kAssess of the host, it sends one kAnswer that carries
// the same sequence number. Neither side sends anything else, so bytes beyond the frame that is due are a violation.
// Both ends are the same build on the same machine: numbers are in native order.
#ifndef CONDYLE_HOST_WORKER_CHANNEL_H_
#define CONDYLE_HOST_WORKER_CHANNEL_H_

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace condyle {

// File descriptor of the channel in the worker.
inline constexpr int kWorkerChannelFd = 3;
// File descriptor of the plugin's bytes in the worker: a sealed memfd. Without it, the plugin's path is loaded.
inline constexpr int kWorkerPluginFd = kWorkerChannelFd + 1;
bool HasPluginFd();
// Longest time from the start of a worker to its kReady.
inline constexpr std::chrono::seconds kWorkerStartLimit{10};
inline constexpr uint64_t kMaxRequestBytes = 64u << 20;
// Texts of failures are cut to this length.
inline constexpr size_t kMaxErrorBytes = 2048;

inline constexpr uint32_t kFrameMagic = 0x57444E43;  // "CNDW"

enum class FrameType : uint16_t {
  kReady = 1,        // payload: ReadyPayload
  kStartFailed = 2,  // payload: text
  kAssess = 3,       // payload: AssessPrefix, then the request
  kAnswer = 4,       // payload: the response if status is CND_OK, else the plugin's text
};

// Of a kAnswer: the plugin tried to write more than max_response_bytes.
inline constexpr uint16_t kFrameTooLarge = 1;

struct FrameHeader {
  uint32_t magic = kFrameMagic;
  FrameType type = FrameType::kAnswer;
  uint16_t flags = 0;
  int32_t status = 0;  // cnd_status
  uint32_t sequence = 0;
  uint64_t length = 0;  // bytes of payload
};
static_assert(sizeof(FrameHeader) == 24);

// Of ReadyPayload; a worker of another build is told by it.
inline constexpr uint32_t kChannelVersion = 2;

struct ReadyPayload {
  uint32_t channel_version = kChannelVersion;
  uint32_t abi_minor = 0;
  uint32_t flags = 0;            // CND_FLAG_*
  uint32_t sandbox_level = 0;    // SandboxLevel
  uint32_t sandbox_missing = 0;  // kSandbox* bits
  uint32_t landlock_abi = 0;
};

struct AssessPrefix {
  uint64_t deadline_mono_ns = 0;
  int64_t as_of_unix_ns = 0;
  uint64_t max_response_bytes = 0;
};

enum class IoResult {
  kDone,
  kWouldBlock,  // only with MSG_DONTWAIT
  kClosed,      // the other side is gone
  kBroken,      // the other side sent what is no valid frame
};

// Writes one frame at a time, in as many steps as the socket needs. Never raises SIGPIPE.
class FrameWriter {
 public:
  // Takes the length from the parts. prefix is copied (at most 24 bytes); body must stay until the frame is written.
  void Start(FrameHeader header, std::string_view prefix, std::string_view body);
  // flags: 0 to wait, MSG_DONTWAIT to do what can be done now.
  IoResult Continue(int fd, int flags);
  bool pending() const { return written_ < head_size_ + body_.size(); }

 private:
  std::array<char, sizeof(FrameHeader) + sizeof(AssessPrefix)> head_;
  size_t head_size_ = 0;
  std::string_view body_;
  size_t written_ = 0;
};

// Reads one frame at a time. Small payloads stay in a buffer that is allocated once.
class FrameReader {
 public:
  // A frame that announces more than max_payload bytes is broken.
  explicit FrameReader(uint64_t max_payload);

  // Makes ready for the next frame and forgets the last.
  void Start();
  IoResult Continue(int fd, int flags);

  // True once the first byte of the current frame is there.
  bool started() const { return have_ != 0; }
  // After kDone.
  const FrameHeader& header() const { return header_; }
  std::string_view payload() const;
  // The payload, without a copy if it is large. Leaves the payload empty.
  std::string TakePayload();
  // After kBroken: what was wrong, for example "its bytes are no frame".
  const std::string& problem() const { return problem_; }

 private:
  IoResult Broken(std::string problem);

  const uint64_t max_payload_;
  const std::unique_ptr<char[]> buffer_;
  size_t have_ = 0;  // bytes of the frame so far, header included
  bool large_ = false;
  std::string large_payload_;
  FrameHeader header_;
  std::string problem_;
};

}  // namespace condyle

#endif  // CONDYLE_HOST_WORKER_CHANNEL_H_
