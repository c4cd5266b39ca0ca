// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// What the other side of a worker's channel sends, in arbitrary pieces: a worker to the host, the host to a worker.
//
// The input: a byte that chooses the side, then pieces, each a byte with its length and that many bytes.
#include <sys/socket.h>

#include <algorithm>
#include <cstring>
#include <string>

#include "host/worker/channel.h"
#include "tests/fuzz/support/rules.h"

namespace condyle::fuzz {
namespace {

// The host's side with a small limit for answers, and the worker's with room for what does not stay in the buffer.
constexpr uint64_t kHostLimit = 4096;
constexpr uint64_t kWorkerLimit = 256u << 10;

struct Channel {
  Channel() { Require(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) == 0, "there is a socket"); }
  int ends[2];
};

void Empty(int fd) {
  char rest[4096];
  while (recv(fd, rest, sizeof(rest), MSG_DONTWAIT) > 0) {
  }
}

// What a reader must say when exactly these bytes of a frame have come.
IoResult Expected(std::string_view bytes, uint64_t limit) {
  FrameHeader header;
  if (bytes.size() < sizeof(header)) return IoResult::kWouldBlock;
  std::memcpy(&header, bytes.data(), sizeof(header));
  const bool known = header.type >= FrameType::kReady && header.type <= FrameType::kAnswer;
  if (header.magic != kFrameMagic || !known || header.length > limit) return IoResult::kBroken;
  const uint64_t whole = sizeof(header) + header.length;
  if (bytes.size() > whole) return IoResult::kBroken;
  return bytes.size() == whole ? IoResult::kDone : IoResult::kWouldBlock;
}

// Writes the frame that was read, with a part of its payload as prefix, and reads it again.
void RequireSameAgain(const FrameHeader& header, std::string_view payload, Channel& channel, uint64_t limit) {
  FrameWriter writer;
  FrameReader again(limit);
  const size_t prefix = std::min(payload.size(), sizeof(AssessPrefix));
  writer.Start(header, payload.substr(0, prefix), payload.substr(prefix));
  again.Start();
  IoResult read = IoResult::kWouldBlock;
  while (read == IoResult::kWouldBlock) {
    const IoResult written = writer.Continue(channel.ends[0], MSG_DONTWAIT);
    Require(written == IoResult::kDone || written == IoResult::kWouldBlock, "a frame can be written");
    read = again.Continue(channel.ends[1], MSG_DONTWAIT);
  }
  Require(read == IoResult::kDone && again.payload() == payload, "what is written is read");
  Require(again.header().status == header.status && again.header().sequence == header.sequence &&
              again.header().flags == header.flags && again.header().type == header.type,
          "the header is read as it was written");
}

void Run(std::string_view input) {
  static Channel channel;
  static Channel back;
  Empty(channel.ends[1]);
  const uint64_t limit = (input[0] & 1) != 0 ? kWorkerLimit : kHostLimit;
  input.remove_prefix(1);
  FrameReader reader(limit);
  reader.Start();
  std::string frame;
  while (!input.empty()) {
    // Lengths grow fast, so that large frames can be reached.
    const auto length = static_cast<unsigned char>(input[0]);
    input.remove_prefix(1);
    const std::string_view piece = input.substr(0, length < 128 ? length : (length - 127) * size_t{512});
    input.remove_prefix(piece.size());
    if (piece.empty()) continue;
    Require(send(channel.ends[0], piece.data(), piece.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(piece.size()),
            "a piece can be sent");
    frame += piece;
    const IoResult result = reader.Continue(channel.ends[1], MSG_DONTWAIT);
    Require(result == Expected(frame, limit), "a reader says what has come", frame.substr(0, sizeof(FrameHeader)));
    Require(reader.started(), "a reader knows that a frame has begun");
    if (result == IoResult::kBroken) return RequireMessage(reader.problem(), "a broken channel");
    if (result != IoResult::kDone) continue;
    const std::string payload(reader.payload());
    Require(payload == frame.substr(sizeof(FrameHeader)), "a payload is the bytes that came");
    RequireSameAgain(reader.header(), payload, back, limit);
    Require(reader.TakePayload() == payload && reader.payload().empty(), "a payload can be taken once");
    reader.Start();
    frame.clear();
  }
}

}  // namespace
}  // namespace condyle::fuzz

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size > 0) condyle::fuzz::Run(condyle::fuzz::AsText(data, size));
  return 0;
}
