// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Frames over a stream socket: partial reads and writes, interruptions and bounds.
#include "host/worker/channel.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <exception>
#include <utility>

namespace condyle {
namespace {

// Holds a usual answer together with its header, so that one system call reads it.
constexpr size_t kBufferBytes = 64u << 10;

bool KnownType(FrameType type) { return type >= FrameType::kReady && type <= FrameType::kAnswer; }

}  // namespace

bool HasPluginFd() {
  constexpr int kUnchanging = F_SEAL_WRITE | F_SEAL_GROW | F_SEAL_SHRINK;
  const int seals = fcntl(kWorkerPluginFd, F_GET_SEALS);
  return seals >= 0 && (seals & kUnchanging) == kUnchanging;
}

void FrameWriter::Start(FrameHeader header, std::string_view prefix, std::string_view body) {
  prefix = prefix.substr(0, head_.size() - sizeof(header));
  header.length = prefix.size() + body.size();
  std::memcpy(head_.data(), &header, sizeof(header));
  std::copy(prefix.begin(), prefix.end(), head_.begin() + sizeof(header));
  head_size_ = sizeof(header) + prefix.size();
  body_ = body;
  written_ = 0;
}

IoResult FrameWriter::Continue(int fd, int flags) {
  while (pending()) {
    iovec parts[2];
    size_t count = 0;
    if (written_ < head_size_) parts[count++] = {head_.data() + written_, head_size_ - written_};
    const size_t body_done = written_ > head_size_ ? written_ - head_size_ : 0;
    if (body_done < body_.size()) {
      parts[count++] = {const_cast<char*>(body_.data()) + body_done, body_.size() - body_done};
    }
    msghdr message{};
    message.msg_iov = parts;
    message.msg_iovlen = count;
    const ssize_t n = sendmsg(fd, &message, flags | MSG_NOSIGNAL);
    if (n >= 0) {
      written_ += static_cast<size_t>(n);
    } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
      return IoResult::kWouldBlock;
    } else if (errno != EINTR) {
      return IoResult::kClosed;
    }
  }
  return IoResult::kDone;
}

FrameReader::FrameReader(uint64_t max_payload) : max_payload_(max_payload), buffer_(new char[kBufferBytes]) {}

void FrameReader::Start() {
  have_ = 0;
  large_ = false;
  // Usual payloads stay in the buffer; one unusual frame need not hold its memory for good.
  if (large_payload_.capacity() > (1u << 20)) large_payload_ = std::string();
}

IoResult FrameReader::Broken(std::string problem) {
  problem_ = std::move(problem);
  return IoResult::kBroken;
}

IoResult FrameReader::Continue(int fd, int flags) {
  while (true) {
    char* target = buffer_.get() + have_;
    size_t room = kBufferBytes - have_;
    if (large_) {
      const size_t done = have_ - sizeof(FrameHeader);
      target = large_payload_.data() + done;
      room = large_payload_.size() - done;
    }
    const ssize_t n = recv(fd, target, room, flags);
    if (n == 0) return IoResult::kClosed;
    if (n < 0) {
      if (errno == EINTR) continue;
      return errno == EAGAIN || errno == EWOULDBLOCK ? IoResult::kWouldBlock : IoResult::kClosed;
    }
    const bool had_header = have_ >= sizeof(FrameHeader);
    have_ += static_cast<size_t>(n);
    if (have_ < sizeof(FrameHeader)) continue;
    if (!had_header) {
      std::memcpy(&header_, buffer_.get(), sizeof(header_));
      if (header_.magic != kFrameMagic || !KnownType(header_.type)) return Broken("its bytes are no frame");
      if (header_.length > max_payload_) {
        return Broken("it announced " + std::to_string(header_.length) + " bytes; at most " +
                      std::to_string(max_payload_) + " are allowed");
      }
      if (header_.length > kBufferBytes - sizeof(FrameHeader)) {
        try {
          large_payload_.resize(header_.length + 1);  // one more, so that bytes beyond the frame are seen
        } catch (const std::exception&) {
          return Broken("there is no memory for its " + std::to_string(header_.length) + " bytes");
        }
        const size_t done = have_ - sizeof(FrameHeader);
        std::memcpy(large_payload_.data(), buffer_.get() + sizeof(FrameHeader), done);
        large_ = true;
      }
    }
    const size_t frame_bytes = sizeof(FrameHeader) + header_.length;
    if (have_ > frame_bytes) return Broken("it sent more than one frame");
    if (have_ == frame_bytes) return IoResult::kDone;
  }
}

std::string_view FrameReader::payload() const {
  if (large_) return std::string_view(large_payload_).substr(0, header_.length);
  return {buffer_.get() + sizeof(FrameHeader), header_.length};
}

std::string FrameReader::TakePayload() {
  std::string payload;
  if (large_) {
    large_payload_.resize(header_.length);
    payload = std::exchange(large_payload_, std::string());
  } else {
    payload.assign(buffer_.get() + sizeof(FrameHeader), header_.length);
  }
  header_.length = 0;
  large_ = false;
  return payload;
}

}  // namespace condyle
