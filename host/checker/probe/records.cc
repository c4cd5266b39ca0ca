// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Records to the checker; guarded memory, and the record of a fault in it.
#include <signal.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <ucontext.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <mutex>
#include <new>

#include "host/checker/probe/probe.h"
#include "host/worker/channel.h"

namespace condyle::checker {
namespace {

constexpr int kExitChannel = 70;

uint64_t nonce = 0;

struct Region {
  char name[24];
  uintptr_t start, end;          // of the memory itself
  uintptr_t mapped, mapped_end;  // with its guards
};
std::array<Region, 16> regions;

void WriteAll(const void* data, size_t size) {
  const char* at = static_cast<const char*>(data);
  while (size > 0) {
    // Not send: the inner sandbox permits write.
    const ssize_t n = write(kWorkerChannelFd, at, size);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) _exit(kExitChannel);
    at += n;
    size -= static_cast<size_t>(n);
  }
}

void SendRecord(RecordKind kind, std::string_view head, std::string_view body) {
  static std::mutex mutex;
  const std::lock_guard<std::mutex> lock(mutex);
  RecordHead record;
  record.kind = kind;
  record.nonce = nonce;
  record.length = head.size() + body.size();
  std::string bytes(reinterpret_cast<const char*>(&record), sizeof(record));
  bytes += head;
  if (body.size() < (64u << 10)) {
    bytes += body;
    WriteAll(bytes.data(), bytes.size());
  } else {
    WriteAll(bytes.data(), bytes.size());
    WriteAll(body.data(), body.size());
  }
}

template <typename T>
std::string_view AsBytes(const T& value) {
  return {reinterpret_cast<const char*>(&value), sizeof(value)};
}

uintptr_t StackPointer(const void* context) {
#if defined(__x86_64__)
  return static_cast<uintptr_t>(static_cast<const ucontext_t*>(context)->uc_mcontext.gregs[REG_RSP]);
#else
  return static_cast<uintptr_t>(static_cast<const ucontext_t*>(context)->uc_mcontext.sp);
#endif
}

void OnFault(int number, siginfo_t* info, void* context) {
  struct {
    RecordHead head;
    FaultPayload fault;
  } record{};
  record.head.kind = RecordKind::kFault;
  record.head.nonce = nonce;
  record.head.length = sizeof(record.fault);
  const auto address = reinterpret_cast<uintptr_t>(info->si_addr);
  record.fault.signal = number;
  record.fault.address = address;
  record.fault.stack_pointer = StackPointer(context);
  for (const Region& region : regions) {
    if (region.mapped == 0 || address < region.mapped || address >= region.mapped_end) continue;
    record.fault.in_region = 1;
    record.fault.from_start = static_cast<int64_t>(address - region.start);
    record.fault.from_end = static_cast<int64_t>(address - region.end);
    memcpy(record.fault.region, region.name, sizeof(region.name));
  }
  WriteAll(&record, sizeof(record));
  signal(number, SIG_DFL);  // it happens again, and kills
}

}  // namespace

void SetNonce(uint64_t number) { nonce = number; }

void Report(std::string_view check, Severity severity, std::string_view what, std::string_view where) {
  FindingHead head;
  head.severity = severity;
  std::string body;
  for (const std::string_view text : {check, what, where}) {
    body += text;
    body += '\0';
  }
  SendRecord(RecordKind::kFinding, AsBytes(head), body);
}

void Progress(std::string_view text) { SendRecord(RecordKind::kProgress, text, {}); }

void SendAnswer(cnd_status status, bool too_large, std::string_view bytes) {
  AnswerHead head;
  head.status = status;
  head.too_large = too_large ? 1 : 0;
  SendRecord(RecordKind::kAnswer, AsBytes(head), bytes);
}

void SendHash(uint32_t request, cnd_status status, std::string_view bytes) {
  HashPayload payload;
  payload.request = request;
  payload.status = status;
  payload.hash = 0xcbf29ce484222325u;  // FNV-1a
  for (const char c : bytes) payload.hash = (payload.hash ^ static_cast<uint8_t>(c)) * 0x100000001b3u;
  SendRecord(RecordKind::kHash, AsBytes(payload), {});
}

void SendDone() { SendRecord(RecordKind::kDone, {}, {}); }

bool ReceiveExactly(void* data, size_t size) {
  char* at = static_cast<char*>(data);
  while (size > 0) {
    const ssize_t n = recv(kWorkerChannelFd, at, size, 0);
    if (n < 0 && errno == EINTR) continue;
    if (n == 0) return false;
    if (n < 0) _exit(kExitChannel);
    at += n;
    size -= static_cast<size_t>(n);
  }
  return true;
}

Sample TakeSample() {
  SendRecord(RecordKind::kSample, {}, {});
  Sample sample;
  if (!ReceiveExactly(&sample, sizeof(sample))) _exit(kExitChannel);
  return sample;
}

void WatchFaults() {
  // A stack of its own: the plugin's may be what ran out.
  static char stack[64 << 10];
  stack_t alternative{};
  alternative.ss_sp = stack;
  alternative.ss_size = sizeof(stack);
  sigaltstack(&alternative, nullptr);
  struct sigaction action {};
  action.sa_sigaction = OnFault;
  action.sa_flags = SA_SIGINFO | SA_ONSTACK;
  sigaction(SIGSEGV, &action, nullptr);
  sigaction(SIGBUS, &action, nullptr);
}

Guarded::Guarded(const char* name, size_t bytes, bool at_end) {
  const size_t page = static_cast<size_t>(sysconf(_SC_PAGESIZE));
  const size_t inner = std::max<size_t>(1, (bytes + page - 1) / page) * page;
  mapped_ = inner + 2 * page;
  void* pages = mmap(nullptr, mapped_, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (pages == MAP_FAILED || mprotect(static_cast<uint8_t*>(pages) + page, inner, PROT_READ | PROT_WRITE) != 0) {
    throw std::bad_alloc();
  }
  pages_ = static_cast<uint8_t*>(pages);
  data_ = pages_ + page + (at_end ? inner - bytes : 0);
  for (slot_ = 0; slot_ + 1 < regions.size() && regions[slot_].mapped != 0;) ++slot_;
  Region& region = regions[slot_];
  strncpy(region.name, name, sizeof(region.name) - 1);
  region.start = reinterpret_cast<uintptr_t>(data_);
  region.end = region.start + bytes;
  region.mapped_end = reinterpret_cast<uintptr_t>(pages_) + mapped_;
  region.mapped = reinterpret_cast<uintptr_t>(pages_);
}

Guarded::~Guarded() {
  regions[slot_] = {};
  munmap(pages_, mapped_);
}

void Guarded::MakeReadOnly() {
  const size_t page = static_cast<size_t>(sysconf(_SC_PAGESIZE));
  mprotect(pages_ + page, mapped_ - 2 * page, PROT_READ);
}

}  // namespace condyle::checker
