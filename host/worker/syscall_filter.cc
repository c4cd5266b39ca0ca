// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// What is on the two lists, and why.
#include "host/worker/syscall_filter.h"

#include <errno.h>
#include <sched.h>
#include <seccomp.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <unistd.h>

#include <initializer_list>

#include "host/worker/channel.h"

namespace condyle {
namespace {

// A trapped call is not carried out. The handler names it and then makes a call for which the kernel kills at once; a
// plugin that blocks SIGSYS is killed by the kernel without a name.
constexpr uint32_t kForbid = SCMP_ACT_TRAP;

struct NamedCall {
  int number;
  const char* name;
};

// libseccomp could name all, but with malloc, which a signal handler must not call.
#define CONDYLE_CALL(name) \
  { SCMP_SYS(name), #name }
constexpr NamedCall kNamedCalls[] = {
    CONDYLE_CALL(open),      CONDYLE_CALL(openat),     CONDYLE_CALL(openat2),    CONDYLE_CALL(creat),
    CONDYLE_CALL(stat),      CONDYLE_CALL(lstat),      CONDYLE_CALL(fstat),      CONDYLE_CALL(newfstatat),
    CONDYLE_CALL(statx),     CONDYLE_CALL(access),     CONDYLE_CALL(faccessat),  CONDYLE_CALL(faccessat2),
    CONDYLE_CALL(readlink),  CONDYLE_CALL(readlinkat), CONDYLE_CALL(getdents64), CONDYLE_CALL(getcwd),
    CONDYLE_CALL(unlink),    CONDYLE_CALL(unlinkat),   CONDYLE_CALL(rename),     CONDYLE_CALL(renameat2),
    CONDYLE_CALL(mkdir),     CONDYLE_CALL(read),       CONDYLE_CALL(write),      CONDYLE_CALL(writev),
    CONDYLE_CALL(sendto),    CONDYLE_CALL(sendmsg),    CONDYLE_CALL(recvfrom),   CONDYLE_CALL(recvmsg),
    CONDYLE_CALL(socket),    CONDYLE_CALL(socketpair), CONDYLE_CALL(connect),    CONDYLE_CALL(bind),
    CONDYLE_CALL(listen),    CONDYLE_CALL(accept4),    CONDYLE_CALL(execve),     CONDYLE_CALL(execveat),
    CONDYLE_CALL(fork),      CONDYLE_CALL(vfork),      CONDYLE_CALL(clone),      CONDYLE_CALL(ptrace),
    CONDYLE_CALL(kill),      CONDYLE_CALL(tkill),      CONDYLE_CALL(tgkill),     CONDYLE_CALL(mmap),
    CONDYLE_CALL(mprotect),  CONDYLE_CALL(prctl),      CONDYLE_CALL(seccomp),    CONDYLE_CALL(unshare),
    CONDYLE_CALL(setns),     CONDYLE_CALL(mount),      CONDYLE_CALL(bpf),        CONDYLE_CALL(memfd_create),
    CONDYLE_CALL(prlimit64), CONDYLE_CALL(setrlimit),  CONDYLE_CALL(ioctl),      CONDYLE_CALL(fcntl),
    CONDYLE_CALL(dup),       CONDYLE_CALL(dup2),       CONDYLE_CALL(pipe2),      CONDYLE_CALL(lseek),
    CONDYLE_CALL(setitimer), CONDYLE_CALL(poll),       CONDYLE_CALL(getrusage),  CONDYLE_CALL(process_vm_readv),
};
#undef CONDYLE_CALL

void NameAndDie(int, siginfo_t* info, void*) {
  char line[96] = "condyle-worker: forbidden system call ";
  size_t size = strlen(line);
  const char* name = nullptr;
  for (const NamedCall& call : kNamedCalls) {
    if (call.number == info->si_syscall) name = call.name;
  }
  if (name != nullptr) {
    const size_t length = strlen(name);
    memcpy(line + size, name, length);
    size += length;
  } else {
    char digits[12];
    size_t count = 0;
    for (unsigned number = static_cast<unsigned>(info->si_syscall); count == 0 || number != 0; number /= 10) {
      digits[count++] = static_cast<char>('0' + number % 10);
    }
    while (count > 0) line[size++] = digits[--count];
  }
  line[size++] = '\n';
  if (write(STDERR_FILENO, line, size) < 0) {
    // Dying all the same.
  }
  signal(SIGSYS, SIG_DFL);  // the filter kills for this
  _exit(128 + SIGSYS);
}

// An argument that the kernel takes as int: what stands in the upper half of the register does not count.
constexpr scmp_arg_cmp IsInt(unsigned argument, int value) {
  return {argument, SCMP_CMP_MASKED_EQ, 0xFFFFFFFFu, static_cast<uint32_t>(value)};
}
// An argument without any bit of the mask, or with just these.
constexpr scmp_arg_cmp HasOf(unsigned argument, uint64_t mask, uint64_t bits) {
  return {argument, SCMP_CMP_MASKED_EQ, mask, bits};
}

// Frees a filter that is half made.
class Filter {
 public:
  explicit Filter(uint32_t otherwise) : context_(seccomp_init(otherwise)), good_(context_ != nullptr) {}
  ~Filter() {
    if (context_ != nullptr) seccomp_release(context_);
  }
  Filter(const Filter&) = delete;
  Filter& operator=(const Filter&) = delete;

  // All conditions must hold for the action.
  void Add(uint32_t action, int call, std::initializer_list<scmp_arg_cmp> conditions = {}) {
    if (!good_) return;
    good_ = seccomp_rule_add_array(context_, action, call, static_cast<unsigned>(conditions.size()),
                                   conditions.size() == 0 ? nullptr : conditions.begin()) == 0;
  }

  bool Load(bool all_threads) {
    // Another architecture's calls (32 bit, x32) have other numbers: none is permitted.
    good_ = good_ && seccomp_attr_set(context_, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS) == 0;
    good_ = good_ && seccomp_attr_set(context_, SCMP_FLTATR_CTL_TSYNC, all_threads ? 1 : 0) == 0;
    return good_ && seccomp_load(context_) == 0;
  }

 private:
  scmp_filter_ctx context_;
  bool good_;
};

constexpr uint64_t kNamespaces =
    CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNET;
constexpr uint64_t kCloneMask = CLONE_THREAD | kNamespaces;

}  // namespace

void NameForbiddenCalls() {
  struct sigaction action {};
  action.sa_sigaction = NameAndDie;
  action.sa_flags = SA_SIGINFO;
  sigaction(SIGSYS, &action, nullptr);
}

bool FilterForLoading() {
  Filter filter(SCMP_ACT_ALLOW);
  filter.Add(SCMP_ACT_KILL_PROCESS, SCMP_SYS(rt_sigaction), {IsInt(0, SIGSYS)});
  // glibc tries clone3 first and falls back only if it does not exist; its flags are in memory, out of a filter's
  // sight.
  filter.Add(SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3));
  filter.Add(kForbid, SCMP_SYS(clone), {HasOf(0, CLONE_THREAD, 0)});
  for (const uint64_t flag :
       {CLONE_NEWNS, CLONE_NEWCGROUP, CLONE_NEWUTS, CLONE_NEWIPC, CLONE_NEWUSER, CLONE_NEWPID, CLONE_NEWNET}) {
    filter.Add(kForbid, SCMP_SYS(clone), {HasOf(0, flag, flag)});
  }
  // raise and abort send to a thread of their own process.
  filter.Add(kForbid, SCMP_SYS(tgkill), {SCMP_A0(SCMP_CMP_NE, static_cast<scmp_datum_t>(getpid()), 0)});
  filter.Add(kForbid, SCMP_SYS(prlimit64), {SCMP_A0(SCMP_CMP_NE, 0, 0)});
  filter.Add(kForbid, SCMP_SYS(prctl), {IsInt(0, PR_SET_DUMPABLE)});
  filter.Add(kForbid, SCMP_SYS(prctl), {IsInt(0, PR_SET_PDEATHSIG)});
  for (const int call : {
           // network
           SCMP_SYS(socket),
           SCMP_SYS(socketpair),
           SCMP_SYS(connect),
           SCMP_SYS(bind),
           SCMP_SYS(listen),
           SCMP_SYS(accept),
           SCMP_SYS(accept4),
           SCMP_SYS(sendmmsg),
           SCMP_SYS(recvmmsg),
           // programs and processes
           SCMP_SYS(execve),
           SCMP_SYS(execveat),
           SCMP_SYS(fork),
           SCMP_SYS(vfork),
           SCMP_SYS(ptrace),
           SCMP_SYS(process_vm_readv),
           SCMP_SYS(process_vm_writev),
           SCMP_SYS(process_madvise),
           SCMP_SYS(kcmp),
           SCMP_SYS(pidfd_open),
           SCMP_SYS(pidfd_getfd),
           SCMP_SYS(pidfd_send_signal),
           SCMP_SYS(kill),
           SCMP_SYS(tkill),
           SCMP_SYS(rt_sigqueueinfo),
           SCMP_SYS(rt_tgsigqueueinfo),
           SCMP_SYS(setsid),
           SCMP_SYS(setpgid),
           // other processes' memory and messages
           SCMP_SYS(shmget),
           SCMP_SYS(shmat),
           SCMP_SYS(semget),
           SCMP_SYS(msgget),
           SCMP_SYS(mq_open),
           // namespaces and mounts
           SCMP_SYS(unshare),
           SCMP_SYS(setns),
           SCMP_SYS(mount),
           SCMP_SYS(umount2),
           SCMP_SYS(pivot_root),
           SCMP_SYS(chroot),
           SCMP_SYS(move_mount),
           SCMP_SYS(open_tree),
           SCMP_SYS(fsopen),
           SCMP_SYS(fsmount),
           SCMP_SYS(fspick),
           SCMP_SYS(fsconfig),
           SCMP_SYS(mount_setattr),
           SCMP_SYS(open_by_handle_at),
           SCMP_SYS(name_to_handle_at),
           SCMP_SYS(swapon),
           SCMP_SYS(swapoff),
           SCMP_SYS(quotactl),
           SCMP_SYS(acct),
           // the kernel, where holes are found
           SCMP_SYS(bpf),
           SCMP_SYS(perf_event_open),
           SCMP_SYS(userfaultfd),
           SCMP_SYS(io_uring_setup),
           SCMP_SYS(io_uring_enter),
           SCMP_SYS(io_uring_register),
           SCMP_SYS(keyctl),
           SCMP_SYS(add_key),
           SCMP_SYS(request_key),
           SCMP_SYS(init_module),
           SCMP_SYS(finit_module),
           SCMP_SYS(delete_module),
           SCMP_SYS(kexec_load),
           SCMP_SYS(kexec_file_load),
           SCMP_SYS(reboot),
           SCMP_SYS(iopl),
           SCMP_SYS(ioperm),
           SCMP_SYS(modify_ldt),
           SCMP_SYS(personality),
           SCMP_SYS(fanotify_init),
           SCMP_SYS(syslog),
           // clocks and names
           SCMP_SYS(settimeofday),
           SCMP_SYS(clock_settime),
           SCMP_SYS(clock_adjtime),
           SCMP_SYS(adjtimex),
           SCMP_SYS(sethostname),
           SCMP_SYS(setdomainname),
       }) {
    filter.Add(kForbid, call);
  }
  return filter.Load(/*all_threads=*/false);
}

bool FilterForCalling() {
  constexpr uint32_t kPermit = SCMP_ACT_ALLOW;
  Filter filter(kForbid);
  for (const int call : {
           // memory
           SCMP_SYS(brk),
           SCMP_SYS(munmap),
           SCMP_SYS(mremap),
           SCMP_SYS(madvise),
           // threads, which docs/abi.md permits within a call
           SCMP_SYS(futex),
           SCMP_SYS(set_robust_list),
           SCMP_SYS(rseq),
           SCMP_SYS(sched_yield),
           SCMP_SYS(sched_getaffinity),
           SCMP_SYS(getpid),
           SCMP_SYS(gettid),
           SCMP_SYS(exit),
           SCMP_SYS(exit_group),
           SCMP_SYS(restart_syscall),
           // time, where the vDSO cannot tell it
           SCMP_SYS(clock_gettime),
           SCMP_SYS(clock_getres),
           SCMP_SYS(gettimeofday),
           SCMP_SYS(time),
           SCMP_SYS(nanosleep),
           SCMP_SYS(clock_nanosleep),
           // signals: handlers of its own, abort
           SCMP_SYS(rt_sigaction),
           SCMP_SYS(rt_sigprocmask),
           SCMP_SYS(rt_sigreturn),
           SCMP_SYS(sigaltstack),
           // hash seeds; how much memory there is, which qsort of glibc asks
           SCMP_SYS(getrandom),
           SCMP_SYS(sysinfo),
           // only gives up what it has
           SCMP_SYS(close),
       }) {
    filter.Add(kPermit, call);
  }
  filter.Add(SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3));
  filter.Add(kPermit, SCMP_SYS(clone), {HasOf(0, kCloneMask, CLONE_THREAD)});
  filter.Add(kPermit, SCMP_SYS(tgkill), {IsInt(0, getpid())});
  filter.Add(kPermit, SCMP_SYS(prctl), {IsInt(0, PR_SET_NAME)});
  // No memory becomes code.
  filter.Add(kPermit, SCMP_SYS(mmap), {HasOf(2, PROT_EXEC, 0)});
  filter.Add(kPermit, SCMP_SYS(mprotect), {HasOf(2, PROT_EXEC, 0)});
  for (const int fd : {STDERR_FILENO, kWorkerChannelFd}) {
    filter.Add(kPermit, SCMP_SYS(write), {IsInt(0, fd)});
    filter.Add(kPermit, SCMP_SYS(writev), {IsInt(0, fd)});
  }
  filter.Add(kPermit, SCMP_SYS(sendmsg), {IsInt(0, kWorkerChannelFd)});
  filter.Add(kPermit, SCMP_SYS(recvfrom), {IsInt(0, kWorkerChannelFd)});
  // The worker's own: the alarm and the CPU time of a call. Limits may be read.
  filter.Add(kPermit, SCMP_SYS(setitimer), {IsInt(0, ITIMER_REAL)});
  filter.Add(kPermit, SCMP_SYS(prlimit64), {IsInt(0, 0), IsInt(1, RLIMIT_CPU)});
  filter.Add(kPermit, SCMP_SYS(prlimit64), {IsInt(0, 0), SCMP_A2(SCMP_CMP_EQ, 0, 0)});
  return filter.Load(/*all_threads=*/true);
}

}  // namespace condyle
