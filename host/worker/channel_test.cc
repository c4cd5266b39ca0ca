// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
#include "host/worker/channel.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstring>
#include <string>
#include <thread>

namespace condyle {
namespace {

using ::testing::HasSubstr;

// Room for the header and then some: what decides whether a payload stays in the reader's buffer.
constexpr size_t kBuffer = 64u << 10;

class ChannelTest : public ::testing::Test {
 protected:
  ChannelTest() { EXPECT_EQ(socketpair(AF_UNIX, SOCK_STREAM, 0, fds_), 0); }
  ~ChannelTest() override {
    Close(0);
    Close(1);
  }
  void Close(int end) {
    if (fds_[end] >= 0) close(fds_[end]);
    fds_[end] = -1;
  }
  void Put(const std::string& bytes) {
    ASSERT_EQ(send(fds_[0], bytes.data(), bytes.size(), MSG_NOSIGNAL), static_cast<ssize_t>(bytes.size()));
  }

  int fds_[2];
};

std::string Frame(const std::string& payload, uint32_t sequence = 7) {
  FrameHeader header;
  header.sequence = sequence;
  header.length = payload.size();
  return std::string(reinterpret_cast<const char*>(&header), sizeof(header)) + payload;
}

TEST_F(ChannelTest, CarriesFramesOfEverySize) {
  FrameReader reader(10u << 20);
  for (const size_t size : {size_t{0}, size_t{1}, size_t{1000}, kBuffer - 25, kBuffer - 24, kBuffer - 23, kBuffer,
                            kBuffer + 1, size_t{5u << 20}}) {
    std::string body(size, '\0');
    for (size_t i = 0; i < size; ++i) body[i] = static_cast<char>(i * 31 >> 3);
    FrameHeader header;
    header.type = FrameType::kAssess;
    header.status = -3;
    header.flags = 1;
    header.sequence = static_cast<uint32_t>(size);
    std::thread sender([&] {
      FrameWriter writer;
      writer.Start(header, "prefix", body);
      EXPECT_EQ(writer.Continue(fds_[0], 0), IoResult::kDone);
      EXPECT_FALSE(writer.pending());
    });
    reader.Start();
    EXPECT_FALSE(reader.started());
    EXPECT_EQ(reader.Continue(fds_[1], 0), IoResult::kDone) << reader.problem();
    sender.join();
    EXPECT_TRUE(reader.started());
    EXPECT_EQ(reader.header().type, FrameType::kAssess);
    EXPECT_EQ(reader.header().status, -3);
    EXPECT_EQ(reader.header().flags, 1);
    EXPECT_EQ(reader.header().sequence, size);
    EXPECT_EQ(reader.header().length, size + 6);
    EXPECT_TRUE(reader.payload() == "prefix" + body) << size;
    EXPECT_TRUE(reader.TakePayload() == "prefix" + body) << size;
    EXPECT_TRUE(reader.payload().empty());
  }
}

TEST_F(ChannelTest, ReadsAFrameThatArrivesByteByByte) {
  FrameReader reader(100);
  reader.Start();
  const std::string bytes = Frame("payload");
  for (size_t i = 0; i + 1 < bytes.size(); ++i) {
    Put(bytes.substr(i, 1));
    ASSERT_EQ(reader.Continue(fds_[1], MSG_DONTWAIT), IoResult::kWouldBlock) << i;
  }
  Put(bytes.substr(bytes.size() - 1));
  EXPECT_EQ(reader.Continue(fds_[1], MSG_DONTWAIT), IoResult::kDone);
  EXPECT_EQ(reader.payload(), "payload");
}

TEST_F(ChannelTest, WritesAsMuchAsFitsAndTheRestLater) {
  const std::string body(3u << 20, 'b');
  FrameWriter writer;
  writer.Start({}, {}, body);
  ASSERT_EQ(writer.Continue(fds_[0], MSG_DONTWAIT), IoResult::kWouldBlock);
  EXPECT_TRUE(writer.pending());
  FrameReader reader(body.size());
  reader.Start();
  IoResult read = IoResult::kWouldBlock;
  while (read == IoResult::kWouldBlock) {
    read = reader.Continue(fds_[1], MSG_DONTWAIT);
    EXPECT_NE(writer.Continue(fds_[0], MSG_DONTWAIT), IoResult::kClosed);
  }
  EXPECT_EQ(read, IoResult::kDone);
  EXPECT_FALSE(writer.pending());
  EXPECT_TRUE(reader.payload() == body);
}

TEST_F(ChannelTest, TakesAPayloadOfTheLimitAndNoLonger) {
  FrameReader reader(100);
  reader.Start();
  Put(Frame(std::string(100, 'x')));
  EXPECT_EQ(reader.Continue(fds_[1], MSG_DONTWAIT), IoResult::kDone);
  reader.Start();
  Put(Frame(std::string(101, 'x')));
  EXPECT_EQ(reader.Continue(fds_[1], MSG_DONTWAIT), IoResult::kBroken);
  EXPECT_THAT(reader.problem(), HasSubstr("announced 101 bytes; at most 100"));
}

TEST_F(ChannelTest, RefusesAByteBeyondALargeFrame) {
  const std::string payload(100000, 'x');  // more than the buffer of small frames holds
  for (const bool beyond : {false, true}) {
    FrameReader reader(200000);
    reader.Start();
    Put(Frame(payload) + (beyond ? "y" : ""));
    EXPECT_EQ(reader.Continue(fds_[1], MSG_DONTWAIT), beyond ? IoResult::kBroken : IoResult::kDone);
    if (beyond) {
      EXPECT_THAT(reader.problem(), HasSubstr("more than one frame"));
    } else {
      EXPECT_TRUE(reader.payload() == payload);
      EXPECT_TRUE(reader.TakePayload() == payload);
      EXPECT_TRUE(reader.payload().empty());
    }
  }
}

TEST_F(ChannelTest, RefusesWhatIsNoFrame) {
  struct Row {
    const char* name;
    std::string bytes;
    const char* problem;
  };
  std::string zero_type = Frame("");
  std::memset(zero_type.data() + offsetof(FrameHeader, type), 0, 2);
  std::string type_five = Frame("");
  type_five[offsetof(FrameHeader, type)] = 5;
  std::string other_magic = Frame("");
  other_magic[0] ^= 1;
  for (const Row& row : {Row{"zeros", std::string(24, '\0'), "no frame"}, Row{"type 0", zero_type, "no frame"},
                         Row{"type 5", type_five, "no frame"}, Row{"magic", other_magic, "no frame"},
                         Row{"two frames", Frame("a") + Frame("b"), "more than one frame"},
                         Row{"a byte too many", Frame("a") + "x", "more than one frame"}}) {
    int pair[2];
    ASSERT_EQ(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
    ASSERT_EQ(write(pair[0], row.bytes.data(), row.bytes.size()), static_cast<ssize_t>(row.bytes.size()));
    FrameReader reader(1000);
    reader.Start();
    EXPECT_EQ(reader.Continue(pair[1], MSG_DONTWAIT), IoResult::kBroken) << row.name;
    EXPECT_THAT(reader.problem(), HasSubstr(row.problem)) << row.name;
    close(pair[0]);
    close(pair[1]);
  }
}

TEST_F(ChannelTest, ToldWhenTheOtherSideIsGoneWithoutASignal) {
  FrameReader reader(100);
  reader.Start();
  Put(Frame("cut").substr(0, 10));
  Close(0);
  EXPECT_EQ(reader.Continue(fds_[1], 0), IoResult::kClosed);
  EXPECT_TRUE(reader.started());
  FrameWriter writer;
  writer.Start({}, {}, "body");
  EXPECT_EQ(writer.Continue(fds_[1], 0), IoResult::kClosed);  // SIGPIPE would end the test
}

}  // namespace
}  // namespace condyle
