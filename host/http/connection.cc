// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// From bytes to a request, and from a response to bytes.
#include "host/http/connection.h"

#include <algorithm>
#include <array>
#include <utility>

#include "absl/strings/ascii.h"
#include "host/http/conditional.h"
#include "host/http/gzip.h"
#include "host/http/trace.h"

namespace condyle {
namespace {

// The body of a request that is refused is still read if it is so short: the connection can be used again.
constexpr size_t kMostDiscarded = size_t{64} << 10;
// Lines that clients of old send between requests (RFC 9112, 2.2).
constexpr size_t kMostBlankBytes = 8;
// A body's memory is kept for the next request up to here.
constexpr size_t kKeptBody = size_t{256} << 10;

void Clear(HttpRequest* request) {
  request->method.clear();
  request->path.clear();
  request->query.clear();
  request->headers.clear();
  if (request->body.capacity() > kKeptBody) {
    std::string().swap(request->body);
  } else {
    request->body.clear();
  }
  request->trace_id.clear();
  request->route = {};
  request->parameters.clear();
}

// What a late handler is left with; only what the answer and the log need is taken along.
std::shared_ptr<Exchange> WithoutHandler(const Exchange& old) {
  auto fresh = std::make_shared<Exchange>();
  fresh->request.method = old.request.method;
  fresh->request.headers = old.request.headers;
  fresh->request.peer = old.request.peer;
  fresh->request.trace_id = old.request.trace_id;
  fresh->request.span_id = old.request.span_id;
  fresh->request.route = old.request.route;
  fresh->route = old.route;
  return fresh;
}

HttpRefusal ReasonOf(int status) {
  if (status == 408) return HttpRefusal::kTimeout;
  return status == 413 || status == 414 || status == 431 ? HttpRefusal::kTooLarge : HttpRefusal::kMalformed;
}

}  // namespace

Connection::Connection(ServerCore* core, IoThread* io, TcpSocket socket, std::string peer,
                       std::shared_ptr<TlsContext> tls)
    : core_(core), io_(io), socket_(std::move(socket)), peer_(std::move(peer)), tls_context_(std::move(tls)) {
  if (tls_context_ != nullptr) tls_.emplace(socket_, *tls_context_);
  exchange_ = std::make_shared<Exchange>();
  exchange_->request.peer = peer_;
}

void Connection::Advance() {
  while (Step()) {
  }
}

bool Connection::Step() {
  switch (state_) {
    case State::kHead:
      return StepHead();
    case State::kBody:
      return StepBody();
    case State::kHandling:
      Read();  // Who goes away while the handler works is noticed.
      return false;
    default:
      return false;
  }
}

bool Connection::StepHead() {
  if (!in_request_) {
    while (begin_ < end_ && (buffer_[begin_] == '\r' || buffer_[begin_] == '\n') && blank_bytes_ < kMostBlankBytes) {
      ++begin_;
      ++blank_bytes_;
    }
    if (begin_ == end_) {
      if (peer_ended_ || (core_->draining.load(std::memory_order_relaxed) && served_ > 0)) {
        Linger();
      } else {
        Read();
      }
      return false;
    }
    BeginRequest();
  }
  size_t used = 0;
  const HttpFault fault = parser_->PutHead(Buffered(), &used);
  begin_ += used;
  if (fault) return Fail(fault);
  if (parser_->HeadDone()) return OnHead();
  if (peer_ended_) return Fail({400, "The request is cut short."});
  Read();
  return false;
}

void Connection::BeginRequest() {
  in_request_ = true;
  blank_bytes_ = 0;
  began_ = Now();
  // Once, and not with every byte: who sends one byte a second gets no more time than others.
  deadline_ = began_ + limits().header;
  keep_alive_ = true;
  parser_.emplace(&exchange_->request, limits().header_bytes);
}

void Connection::NextRequest() {
  in_request_ = false;
  if (exchange_.use_count() > 1) {
    exchange_ = std::make_shared<Exchange>();
    exchange_->request.peer = peer_;
  } else {
    Clear(&exchange_->request);
    exchange_->response = HttpResponse();
    exchange_->route = nullptr;
    if (exchange_->stop.stop_requested()) exchange_->stop = std::stop_source(std::nostopstate);
  }
  refusal_.reset();
  body_read_ = 0;
  state_ = State::kHead;
  deadline_ = Now() + limits().idle;
}

size_t Connection::MaxBody() const {
  if (exchange_->route == nullptr) return kMostDiscarded;
  return exchange_->route->options.max_body.value_or(limits().body_bytes);
}

bool Connection::OnHead() {
  HttpRequest& request = exchange_->request;
  keep_alive_ = parser_->keeps_alive();
  request.trace_id = TraceIdOf(request.Header("traceparent"));
  if (request.trace_id.empty()) request.trace_id = NewTraceId();
  request.span_id = NewSpanId();
  Router::Match match = core_->router.Find(request.method, request.path);
  exchange_->route = match.route;
  if (match.route != nullptr) request.route = match.route->pattern;
  request.parameters = std::move(match.parameters);
  refusal_ = RefusalOf(match);
  const bool has_body = parser_->chunked_body() || parser_->body_length() > 0;
  if (!has_body) return OnBody();
  if (refusal_.has_value() && (parser_->expects_continue() || parser_->body_length() > kMostDiscarded)) {
    keep_alive_ = false;
    return Respond(*std::move(refusal_));
  }
  const size_t max_body = refusal_.has_value() ? kMostDiscarded : MaxBody();
  if (parser_->body_length() > max_body) return Fail({413, "The body is too long."});
  parser_->LimitBody(max_body);
  state_ = State::kBody;
  deadline_ = Now() + limits().body;
  if (parser_->expects_continue() && parser_->http_1_1() && Buffered().empty()) return SendContinue();
  return true;
}

std::optional<HttpResponse> Connection::RefusalOf(const Router::Match& match) {
  switch (match.status) {
    case 200:
      if (HasAcceptedType()) return std::nullopt;
      return core_->Error(415, "The Content-Type of the body is not one that is taken here.");
    case 204:
      return core_->cors.Options(exchange_->request, match.allow, match.cors);
    case 405: {
      HttpResponse response = core_->Error(405, "The method is not allowed here.");
      response.headers.emplace_back("Allow", match.allow);
      return response;
    }
    case 501:
      return core_->Error(501, "The method is not known here.");
    default:
      return core_->Error(404, "There is nothing at this path.");
  }
}

bool Connection::HasAcceptedType() const {
  const auto& accepted = exchange_->route->options.content_types;
  if (accepted.empty() || (!parser_->chunked_body() && parser_->body_length() == 0)) return true;
  const std::string_view header = exchange_->request.Header("content-type");
  std::string type(header.substr(0, header.find(';')));
  absl::AsciiStrToLower(&type);
  absl::StripAsciiWhitespace(&type);
  return std::find(accepted.begin(), accepted.end(), type) != accepted.end();
}

bool Connection::StepBody() {
  std::string& body = exchange_->request.body;
  if (parser_->chunked_body()) {
    size_t used = 0;
    const HttpFault fault = parser_->PutChunks(Buffered(), &used);
    begin_ += used;
    if (fault) return Fail(fault);
    if (parser_->ChunksDone()) return OnBody();
  } else {
    const size_t length = parser_->body_length();
    const std::string_view ready = Buffered().substr(0, length - body_read_);
    if (!ready.empty()) {
      body.resize(body_read_);  // without the room for a read, which has nothing in it
      body.append(ready);
      body_read_ += ready.size();
      begin_ += ready.size();
    }
    if (body_read_ == length) {
      body.resize(length);
      return OnBody();
    }
  }
  if (peer_ended_) return Fail({400, "The body is cut short."});
  Read();
  return false;
}

bool Connection::OnBody() {
  if (refusal_.has_value()) return Respond(*std::move(refusal_));
  exchange_->request.deadline = Now() + limits().handler;
  if (exchange_->route->options.light) return Respond(core_->Ask(*exchange_));
  return Dispatch();
}

bool Connection::Dispatch() {
  if (!exchange_->stop.stop_possible()) exchange_->stop = std::stop_source();
  exchange_->request.cancel = exchange_->stop.get_token();
  deadline_ = exchange_->request.deadline + limits().handler_grace;
  exchange_->connection = shared_from_this();
  state_ = State::kHandling;
  std::shared_ptr<Exchange> job = exchange_;
  if (core_->pool->Submit(std::move(job))) {
    if (core_->metrics != nullptr) {
      core_->metrics->in_flight().Increment();
      core_->metrics->queued().Set(static_cast<double>(core_->pool->waiting()));
    }
    return true;
  }
  job.reset();
  exchange_->connection.reset();
  core_->Refused(HttpRefusal::kQueue);
  return Respond(core_->Error(503, "The server is busy; ask again later."));
}

void Connection::OnHandled(std::shared_ptr<Exchange> exchange) {
  if (core_->metrics != nullptr) core_->metrics->in_flight().Decrement();
  if (state_ != State::kHandling || exchange != exchange_) return;
  exchange.reset();
  if (Respond(std::move(exchange_->response))) Advance();
}

bool Connection::Fail(const HttpFault& fault) {
  keep_alive_ = false;
  core_->Refused(ReasonOf(fault.status));
  return Respond(core_->Error(fault.status, fault.message));
}

bool Connection::Respond(HttpResponse response) {
  HttpRequest& request = exchange_->request;
  if (request.trace_id.empty()) {
    request.trace_id = NewTraceId();
    request.span_id = NewSpanId();
  }
  exchange_->response = std::move(response);
  CompleteResponse();
  const HttpResponse& answer = exchange_->response;
  const HttpLimits& most = limits();
  if (core_->draining.load(std::memory_order_relaxed) ||
      (most.requests_per_connection > 0 && served_ + 1 >= most.requests_per_connection)) {
    keep_alive_ = false;
  }
  head_.clear();
  // Only HTTP/1.0 has to be told that the connection stays.
  const bool old = parser_.has_value() && !parser_->http_1_1();
  AppendHead(answer, answer.body.size(), keep_alive_ ? (old ? "keep-alive" : "") : "close",
             io_->date.At(std::time(nullptr)), TraceParent(request.trace_id, request.span_id), &head_);
  if (request.method == "HEAD") exchange_->response.body.clear();
  state_ = State::kWriting;
  deadline_ = Now() + most.write;
  return Write();
}

void Connection::CompleteResponse() {
  HttpResponse& answer = exchange_->response;
  const HttpRoute* const route = exchange_->route;
  if (route != nullptr && route->options.cors) core_->cors.AddTo(exchange_->request, &answer);
  AnswerIfNoneMatch(exchange_->request, &answer);
  if (IsBodiless(answer.status)) answer.body.clear();
}

void Connection::CheckTime(SteadyClock::time_point now) {
  if (now < deadline_) return;
  switch (state_) {
    case State::kHead:
      if (!in_request_) return Linger();
      [[fallthrough]];
    case State::kBody:
      if (Fail({408, "The request did not come in time."})) Advance();
      return;
    case State::kHandling:
      exchange_->stop.request_stop();
      exchange_ = WithoutHandler(*exchange_);
      keep_alive_ = false;
      core_->Refused(HttpRefusal::kTimeout);
      if (Respond(core_->Error(504, "The answer was not ready in time."))) Advance();
      return;
    default:
      Close();
  }
}

}  // namespace condyle
