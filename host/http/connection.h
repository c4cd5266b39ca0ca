// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// One connection: reads requests, has them answered one after the other, and writes the answers.
#ifndef CONDYLE_HOST_HTTP_CONNECTION_H_
#define CONDYLE_HOST_HTTP_CONNECTION_H_

#include <boost/asio/ssl/stream.hpp>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "host/http/request_parser.h"
#include "host/http/server_core.h"

namespace condyle {

// Lives as long as its thread's list or an operation holds it. Everything is called on the thread it belongs to.
class Connection : public std::enable_shared_from_this<Connection> {
 public:
  // tls: null on a plain endpoint.
  Connection(ServerCore* core, IoThread* io, TcpSocket socket, std::string peer, std::shared_ptr<TlsContext> tls);

  void Start();
  // For one too many: says 503 and goes.
  void TurnAway();
  // Ends what is over its time.
  void CheckTime(SteadyClock::time_point now);
  // Closes it if nothing is going on; else it closes after the answer.
  void Drain();
  // Closes it at once. Whether that cut a request off.
  bool CutOff();
  // Gives back what a handler has answered; ignored if it is too late.
  void OnHandled(std::shared_ptr<Exchange> exchange);
  IoThread* io() const { return io_; }

 private:
  enum class State {
    kHandshake,
    // Waiting for a request, or for the rest of its head.
    kHead,
    // "100 Continue" is on its way.
    kInterim,
    kBody,
    kHandling,
    kWriting,
    // Answered for the last time; what still comes is read, so that the kernel does not reset the answer away.
    kLingering,
    kClosed,
  };

  // Goes on until something has to be waited for.
  void Advance();
  // One step; false: wait.
  bool Step();
  bool StepHead();
  bool OnHead();
  bool StepBody();
  bool OnBody();
  void BeginRequest();
  void NextRequest();
  // What the head is refused for, before the body is read.
  std::optional<HttpResponse> RefusalOf(const Router::Match& match);
  bool HasAcceptedType() const;
  size_t MaxBody() const;
  bool Dispatch();
  bool SendContinue();
  // Answers with an error and closes.
  bool Fail(const HttpFault& fault);
  bool Respond(HttpResponse response);
  void CompleteResponse();

  // connection_io.cc: sockets.
  template <typename Buffers, typename Handler>
  void AsyncWrite(const Buffers& buffers, Handler handler);
  void Read();
  bool PrepareBuffer();
  void OnRead(boost::system::error_code error, size_t size);
  // True: written already.
  bool Write();
  void WriteRest(size_t written);
  void OnWritten();
  void Account();
  void Linger();
  void EndSending();
  void Discard();
  void Close();

  bool InRequest() const { return in_request_ && state_ != State::kLingering; }
  std::string_view Buffered() const { return {buffer_.get() + begin_, end_ - begin_}; }
  static SteadyClock::time_point Now() { return SteadyClock::now(); }
  const HttpLimits& limits() const { return core_->options.limits; }

  ServerCore* const core_;
  IoThread* const io_;
  TcpSocket socket_;
  const std::string peer_;
  const std::shared_ptr<TlsContext> tls_context_;
  std::optional<boost::asio::ssl::stream<TcpSocket&>> tls_;

  State state_ = State::kHead;
  SteadyClock::time_point deadline_ = SteadyClock::time_point::max();
  bool turned_away_ = false;
  // The other side sends no more.
  bool peer_ended_ = false;
  bool reading_ = false;
  bool reads_body_ = false;
  size_t served_ = 0;

  // What has come and is not used up: [begin_, end_). Moved only when no read is going on.
  std::unique_ptr<char[]> buffer_;
  size_t capacity_ = 0;
  size_t begin_ = 0;
  size_t end_ = 0;

  // Of the present request.
  bool in_request_ = false;
  bool keep_alive_ = true;
  SteadyClock::time_point began_;
  std::optional<RequestParser> parser_;
  std::shared_ptr<Exchange> exchange_;
  std::optional<HttpResponse> refusal_;
  size_t body_read_ = 0;
  size_t blank_bytes_ = 0;
  std::string head_;
};

}  // namespace condyle

#endif  // CONDYLE_HOST_HTTP_CONNECTION_H_
