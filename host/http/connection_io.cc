// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// A connection's sockets: reading, writing, closing.
#include <algorithm>
#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/write.hpp>
#include <cstring>

#include "host/http/connection.h"

namespace condyle {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;

// Room for most requests at once; it grows up to the longest head.
constexpr size_t kFirstBuffer = 8192;
// Memory for a body is taken as it comes: a promise of gigabytes costs nothing.
constexpr size_t kBodyPiece = size_t{64} << 10;
// Up to here an answer and its head are one record of TLS.
constexpr size_t kMostJoined = 16000;
constexpr std::chrono::seconds kLingering{1};
// In a drain, for clients that have connected and not yet asked.
constexpr std::chrono::seconds kFirstRequest{1};

constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";

}  // namespace

template <typename Buffers, typename Handler>
void Connection::AsyncWrite(const Buffers& buffers, Handler handler) {
  if (tls_.has_value()) {
    asio::async_write(*tls_, buffers, std::move(handler));
  } else {
    asio::async_write(socket_, buffers, std::move(handler));
  }
}

void Connection::Start() {
  deadline_ = Now() + limits().header;
  if (!tls_.has_value()) return Advance();
  state_ = State::kHandshake;
  tls_->async_handshake(asio::ssl::stream_base::server, [self = shared_from_this()](error_code error) {
    if (self->state_ != State::kHandshake) return;
    if (error) {
      self->core_->Refused(HttpRefusal::kTls);
      return self->Close();
    }
    self->state_ = State::kHead;
    self->Advance();
  });
}

void Connection::TurnAway() {
  turned_away_ = true;
  core_->Refused(HttpRefusal::kConnections);
  // A handshake is what a server that is full cannot afford.
  if (tls_.has_value()) return Close();
  keep_alive_ = false;
  Respond(core_->Error(503, "The server has no more connections; come again later."));
}

bool Connection::PrepareBuffer() {
  if (begin_ == end_) begin_ = end_ = 0;
  if (end_ < capacity_) return true;
  if (begin_ > 0) {
    std::memmove(buffer_.get(), buffer_.get() + begin_, end_ - begin_);
    end_ -= begin_;
    begin_ = 0;
    return true;
  }
  const size_t wanted = capacity_ == 0 ? kFirstBuffer : capacity_ * 2;
  const size_t size = std::min(wanted, std::max(limits().header_bytes, kFirstBuffer));
  if (size <= capacity_) return false;
  auto larger = std::make_unique_for_overwrite<char[]>(size);
  if (end_ > 0) std::memcpy(larger.get(), buffer_.get(), end_);
  buffer_ = std::move(larger);
  capacity_ = size;
  return true;
}

void Connection::Read() {
  if (reading_ || peer_ended_) return;
  asio::mutable_buffer target;
  reads_body_ = state_ == State::kBody && !parser_->chunked_body() && begin_ == end_;
  if (reads_body_) {
    std::string& body = exchange_->request.body;
    const size_t length = parser_->body_length();
    if (body.size() == body_read_) body.resize(std::min(length, body_read_ + std::max(kBodyPiece, body_read_)));
    target = asio::buffer(body.data() + body_read_, body.size() - body_read_);
  } else {
    // Full: a client that sends on and on while it waits for an answer is read later.
    if (!PrepareBuffer()) return;
    target = asio::buffer(buffer_.get() + end_, capacity_ - end_);
  }
  reading_ = true;
  auto handler = [self = shared_from_this()](error_code error, size_t size) { self->OnRead(error, size); };
  if (tls_.has_value()) {
    tls_->async_read_some(target, std::move(handler));
  } else {
    socket_.async_read_some(target, std::move(handler));
  }
}

void Connection::OnRead(error_code error, size_t size) {
  reading_ = false;
  if (state_ == State::kClosed) return;
  if (state_ == State::kLingering) {
    if (error) Close();
    return;
  }
  (reads_body_ ? body_read_ : end_) += size;
  if (!error) return Advance();
  if (error != asio::error::eof && error != asio::ssl::error::stream_truncated) return Close();
  // It may only have finished sending, and still read the answer. But as a rule it has gone.
  peer_ended_ = true;
  if (state_ == State::kHandling) {
    exchange_->stop.request_stop();
    return;
  }
  Advance();
}

bool Connection::SendContinue() {
  state_ = State::kInterim;
  AsyncWrite(asio::buffer(kContinue), [self = shared_from_this()](error_code error, size_t) {
    if (self->state_ != State::kInterim) return;
    if (error) return self->Close();
    self->state_ = State::kBody;
    self->Advance();
  });
  return false;
}

bool Connection::Write() {
  std::string& body = exchange_->response.body;
  if (tls_.has_value()) {
    if (head_.size() + body.size() <= kMostJoined) {
      head_ += body;
      body.clear();
    }
    WriteRest(0);
    return false;
  }
  // Nearly always the kernel takes it all at once, which saves a turn of the loop.
  error_code error;
  const std::array<asio::const_buffer, 2> parts = {asio::buffer(head_), asio::buffer(body)};
  const size_t written = socket_.write_some(parts, error);
  if (error && error != asio::error::would_block && error != asio::error::try_again) {
    Close();
    return false;
  }
  if (written < head_.size() + body.size()) {
    WriteRest(written);
    return false;
  }
  OnWritten();
  return true;
}

void Connection::WriteRest(size_t written) {
  std::array<asio::const_buffer, 2> parts = {asio::buffer(head_), asio::buffer(exchange_->response.body)};
  const size_t of_head = std::min(written, head_.size());
  parts[0] += of_head;
  parts[1] += written - of_head;
  AsyncWrite(parts, [self = shared_from_this()](error_code error, size_t) {
    if (self->state_ != State::kWriting) return;
    if (error) return self->Close();
    self->OnWritten();
    self->Advance();
  });
}

void Connection::Account() {
  const Exchange& done = *exchange_;
  const double seconds = in_request_ ? std::chrono::duration<double>(Now() - began_).count() : 0;
  if (core_->metrics != nullptr) core_->metrics->Answered(done.route, done.response.status, seconds);
  const bool light = done.route != nullptr && done.route->options.light;
  const LogLevel level = light ? LogLevel::kDebug : LogLevel::kInfo;
  if (core_->logger == nullptr || !core_->logger->Wants(level)) return;
  constexpr double kMillis = 1000;
  core_->logger->Log(
      level, "request",
      {{"trace_id", std::string_view(done.request.trace_id)},
       // What has no route may be anything that a stranger wrote.
       {"method", done.route == nullptr ? std::string_view("other") : std::string_view(done.request.method)},
       {"route", done.route == nullptr ? std::string_view("none") : std::string_view(done.request.route)},
       {"status", int64_t{done.response.status}},
       {"duration_ms", seconds * kMillis},
       {"bytes_in", static_cast<int64_t>(done.request.body.size())},
       {"bytes", static_cast<int64_t>(head_.size() + done.response.body.size())},
       {"peer", std::string_view(peer_)},
       {"user", std::string_view(done.response.log_user)}});
}

void Connection::OnWritten() {
  Account();
  ++served_;
  if (!keep_alive_) return Linger();
  NextRequest();
}

void Connection::Linger() {
  state_ = State::kLingering;
  deadline_ = Now() + kLingering;
  if (peer_ended_ && !tls_.has_value()) return Close();
  if (!tls_.has_value()) return EndSending();
  tls_->async_shutdown([self = shared_from_this()](error_code) {
    if (self->state_ == State::kLingering) self->EndSending();
  });
}

void Connection::EndSending() {
  error_code ignored;
  socket_.shutdown(TcpSocket::shutdown_send, ignored);
  Discard();
}

void Connection::Discard() {
  socket_.async_read_some(asio::buffer(io_->discard), [self = shared_from_this()](error_code error, size_t) {
    if (self->state_ == State::kClosed) return;
    if (error) return self->Close();
    self->Discard();
  });
}

void Connection::Drain() {
  error_code error;
  if (state_ != State::kHead || in_request_ || begin_ < end_) return;
  if (served_ == 0) {
    deadline_ = std::min(deadline_, Now() + kFirstRequest);
    return;
  }
  // A request that has reached this machine is answered.
  if (socket_.available(error) > 0 && !error) return;
  Linger();
}

bool Connection::CutOff() {
  const bool cut = InRequest();
  Close();
  return cut;
}

void Connection::Close() {
  if (state_ == State::kClosed) return;
  if (state_ == State::kHandling) exchange_->stop.request_stop();
  state_ = State::kClosed;
  error_code ignored;
  socket_.close(ignored);
  const auto self = shared_from_this();
  io_->connections.erase(self);
  core_->Left(turned_away_);
}

}  // namespace condyle
