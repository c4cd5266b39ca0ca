// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Rules over the tables of the file.
#include "host/checker/static_checks.h"

#include <algorithm>
#include <cctype>
#include <cstdio>
#include <iterator>

#include "condyle/plugin.h"
#include "host/checker/rules.h"

namespace condyle::checker {
namespace {

constexpr v1::CheckSeverity kError = v1::CHECK_SEVERITY_ERROR;
constexpr v1::CheckSeverity kWarning = v1::CHECK_SEVERITY_WARNING;
constexpr v1::CheckSeverity kNote = v1::CHECK_SEVERITY_NOTE;
constexpr size_t kNamesShown = 12;

std::string Listed(const std::vector<std::string>& names) {
  std::string text;
  for (size_t i = 0; i < names.size() && i < kNamesShown; ++i) text += (i == 0 ? "" : ", ") + names[i];
  if (names.size() > kNamesShown) text += " and " + std::to_string(names.size() - kNamesShown) + " more";
  return text;
}

// Libraries of every host. Versions in names are part of them.
constexpr std::string_view kLibraries[] = {
    "libc.so.6",       "libm.so.6",  "libstdc++.so.6", "libgcc_s.so.1",        "libprotobuf-lite.so.32",
    "libpthread.so.0", "libdl.so.2", "librt.so.1",     "ld-linux-x86-64.so.2", "ld-linux-aarch64.so.1",
    "libatomic.so.1",
};

struct NewestVersion {
  std::string_view prefix;
  std::vector<int> newest;
};

// Of Debian 12.
const std::vector<NewestVersion>& NewestVersions() {
  static const auto* const kVersions = new std::vector<NewestVersion>{
      {"GLIBC_", {2, 36}}, {"GLIBCXX_", {3, 4, 30}}, {"CXXABI_", {1, 3, 13}}, {"GCC_", {12, 0, 0}}};
  return *kVersions;
}

// Numbers between dots. Empty if it is none, as GLIBC_PRIVATE.
std::vector<int> VersionNumbers(std::string_view text) {
  std::vector<int> numbers;
  int number = -1;
  for (const char c : text) {
    if (c >= '0' && c <= '9' && number < 100000) {
      number = std::max(number, 0) * 10 + (c - '0');
    } else if (c == '.' && number >= 0) {
      numbers.push_back(number);
      number = -1;
    } else {
      return {};
    }
  }
  if (number < 0) return {};
  numbers.push_back(number);
  return numbers;
}

struct Capability {
  const char* what;
  std::vector<std::string_view> names;
};

// Symbols that a function of its request has no use for. Prefixes end in '*'. What libstdc++ and lite protobuf import
// for themselves is not the plugin's: only its own undefined symbols are looked at.
const std::vector<Capability>& Capabilities() {
  static const auto* const kCapabilities = new std::vector<Capability>{
      {"network", {"socket",   "socketpair",  "connect",        "bind",        "listen", "accept",   "accept4",
                   "send",     "sendto",      "sendmsg",        "sendmmsg",    "recv",   "recvfrom", "recvmsg",
                   "recvmmsg", "getaddrinfo", "gethostbyname*", "getnameinfo", "inet_*", "res_*"}},
      {"programs and processes",
       {"exec*",  "fexecve", "system", "popen",   "posix_spawn*", "fork",    "vfork", "_Fork",  "clone",
        "clone3", "daemon",  "ptrace", "kill",    "raise",        "exit",    "_exit", "_Exit",  "quick_exit",
        "atexit", "on_exit", "wait",   "waitpid", "setsid",       "unshare", "prctl", "syscall"}},
      {"loading of code", {"dlopen", "dlmopen", "dlsym", "dlvsym", "dl_iterate_phdr", "memfd_create"}},
      {"clocks",
       {"time",
        "gettimeofday",
        "clock_gettime",
        "clock_getres",
        "ftime",
        "timespec_get",
        "localtime*",
        "gmtime*",
        "mktime",
        "strftime",
        "ctime*",
        "clock",
        "times",
        "_ZNSt6chrono3_V212system_clock3nowEv",
        "tzset",
        "sleep",
        "usleep",
        "nanosleep",
        "clock_nanosleep",
        "alarm",
        "setitimer",
        "timer_create",
        "timerfd_create"}},
      {"random numbers",
       {"rand", "rand_r", "random", "random_r", "srand", "srandom", "drand48", "lrand48", "mrand48", "getrandom",
        "getentropy", "arc4random*", "_ZNSt13random_device*"}},
      {"files and directories",
       {"open",
        "open64",
        "openat",
        "openat64",
        "creat",
        "creat64",
        "fopen",
        "fopen64",
        "freopen",
        "tmpfile*",
        "mkstemp*",
        "unlink",
        "unlinkat",
        "rename",
        "remove",
        "mkdir",
        "rmdir",
        "opendir",
        "readdir*",
        "stat",
        "fstat",
        "lstat",
        "fstatat",
        "chdir",
        "fchdir",
        "getcwd",
        "chmod",
        "chown",
        "_ZNSt14basic_ifstream*",
        "_ZNSt14basic_ofstream*",
        "_ZNSt13basic_filebuf*",
        "_ZNSt12basic_fstream*",
        "_ZNSt10filesystem*",
        "mmap",
        "mmap64",
        "shm_open"}},
      {"standard output and input",
       {"printf",    "puts",     "putchar",      "vprintf",       "fprintf",        "vfprintf",  "fputs",
        "fputc",     "fwrite",   "perror",       "read",          "write",          "pread*",    "pwrite*",
        "readv",     "writev",   "scanf",        "getchar",       "fgets",          "fread",     "stdout",
        "stdin",     "stderr",   "__printf_chk", "__fprintf_chk", "__vfprintf_chk", "_ZSt4cout", "_ZSt4cerr",
        "_ZSt4clog", "_ZSt3cin", "dup",          "dup2",          "dup3",           "pipe",      "pipe2"}},
      {"environment", {"getenv", "secure_getenv", "setenv", "unsetenv", "putenv", "clearenv", "environ", "__environ"}},
      {"state of the process",
       {"setlocale", "uselocale", "_ZNSt6locale6globalERKS_", "umask", "signal", "sigaction", "sigprocmask",
        "pthread_sigmask", "sigaltstack", "fesetround", "fesetenv", "feenableexcept", "setrlimit*", "mprotect",
        "pthread_atfork"}},
      {"threads", {"pthread_create", "thrd_create", "_ZNSt6thread15_M_start_thread*", "_ZNSt6thread*"}},
  };
  return *kCapabilities;
}

bool Matches(std::string_view pattern, std::string_view name) {
  if (!pattern.empty() && pattern.back() == '*')
    return name.substr(0, pattern.size() - 1) == pattern.substr(0, pattern.size() - 1);
  return pattern == name;
}

const char* BindingName(unsigned char binding) {
  return binding == STB_WEAK ? "weak" : binding == STB_GNU_UNIQUE ? "unique (STB_GNU_UNIQUE)" : "of an unusual binding";
}

}  // namespace

void CheckElf(const ElfView& elf, Findings* findings) {
  for (const std::string& problem : elf.problems()) findings->push_back(Finding("elf", kError, problem));
  if (elf.problems().empty() && !elf.has_sections()) {
    findings->push_back(Finding("elf", kNote, "it has no section headers; debuggers and package tools will miss them"));
  }
}

void CheckExports(const ElfView& elf, Findings* findings) {
  bool entry = false;
  std::vector<std::string> others;
  for (const DynamicSymbol& symbol : elf.symbols()) {
    if (!symbol.defined) continue;
    if (symbol.name != CND_ENTRY_SYMBOL) {
      others.emplace_back(symbol.name);
      if (symbol.binding == STB_GNU_UNIQUE) others.back() += " (unique)";
      continue;
    }
    entry = true;
    if (symbol.type == STT_GNU_IFUNC) {
      findings->push_back(Finding("exports", kError, "it is an indirect function (IFUNC), resolved while loading",
                                  CND_ENTRY_SYMBOL, "Export a plain function."));
    } else if (symbol.type != STT_FUNC) {
      findings->push_back(
          Finding("exports", kError, "it is no function, but a symbol of type " + std::to_string(symbol.type),
                  CND_ENTRY_SYMBOL, "Export a function of this name, not a variable that points to one."));
    }
    if (symbol.binding != STB_GLOBAL) {
      findings->push_back(Finding("exports", kError, std::string("it is ") + BindingName(symbol.binding),
                                  CND_ENTRY_SYMBOL, "Define it as a plain global function."));
    }
  }
  if (!entry) {
    findings->push_back(Finding("exports", kError, std::string("it does not export ") + CND_ENTRY_SYMBOL,
                                CND_ENTRY_SYMBOL,
                                "Write CONDYLE_PLUGIN(...) once, or define condyle_entry_v1 with CND_EXPORT."));
  }
  if (!others.empty()) {
    std::sort(others.begin(), others.end());
    findings->push_back(Finding("exports", kError,
                                "it exports " + std::to_string(others.size()) + " symbols beside " + CND_ENTRY_SYMBOL,
                                Listed(others)));
  }
}

void CheckDependencies(const ElfView& elf, Findings* findings) {
  for (const std::string_view library : elf.DynamicStrings(DT_NEEDED)) {
    if (std::find(std::begin(kLibraries), std::end(kLibraries), library) != std::end(kLibraries)) continue;
    const bool full = library.substr(0, 14) == "libprotobuf.so" || library.substr(0, 12) == "libprotobuf-" ||
                      library.substr(0, 9) == "libprotoc";
    findings->push_back(
        Finding("dependencies", kError,
                full ? "it needs " + std::string(library) +
                           "; of protobuf only libprotobuf-lite.so.32 may be linked: two "
                           "plugins with generated code of full protobuf abort the process"
                     : "it needs " + std::string(library) + ", which is not among the libraries that every host has",
                std::string(library)));
  }
  for (const NeededVersion& needed : elf.needed_versions()) {
    for (const NewestVersion& newest : NewestVersions()) {
      if (needed.version.substr(0, newest.prefix.size()) != newest.prefix) continue;
      const std::string_view number = needed.version.substr(newest.prefix.size());
      const bool is_private = number == "PRIVATE";
      const std::vector<int> numbers = VersionNumbers(number);
      if (!is_private && (numbers.empty() || numbers <= newest.newest)) continue;
      std::string most(newest.prefix);
      for (size_t i = 0; i < newest.newest.size(); ++i) most += (i == 0 ? "" : ".") + std::to_string(newest.newest[i]);
      findings->push_back(Finding("dependencies", kError,
                                  "it needs " + std::string(needed.version) + " of " + std::string(needed.library) +
                                      "; hosts have at most " + most,
                                  std::string(needed.version)));
    }
  }
}

void CheckHardening(const ElfView& elf, Findings* findings) {
  const auto add = [findings](std::string what, std::string where, std::string fix) {
    findings->push_back(Finding("hardening", kError, std::move(what), std::move(where), std::move(fix)));
  };
  const uint64_t flags = elf.DynamicValue(DT_FLAGS), flags_1 = elf.DynamicValue(DT_FLAGS_1);
  if (elf.HasDynamic(DT_TEXTREL) || (flags & DF_TEXTREL) != 0) {
    add("its code is changed while it is loaded (text relocations)", "DT_TEXTREL",
        "Compile with -fPIC and link with -Wl,-z,text.");
  }
  for (size_t i = 0; i < elf.segments().size(); ++i) {
    const Elf64_Phdr& segment = elf.segments()[i];
    if (segment.p_type == PT_LOAD && (segment.p_flags & PF_W) != 0 && (segment.p_flags & PF_X) != 0) {
      add("a segment can be written and run", "program header " + std::to_string(i),
          "Keep code and data in sections of their own; do not link with -N or --omagic.");
    }
  }
  const Elf64_Phdr* stack = elf.Segment(PT_GNU_STACK);
  if (stack == nullptr || (stack->p_flags & PF_X) != 0) {
    add(stack == nullptr ? "it does not say that its stack is not to be run, so the kernel makes it runnable"
                         : "it asks for a stack that can be run",
        "PT_GNU_STACK", "Link with -Wl,-z,noexecstack; end assembly files with .section .note.GNU-stack.");
  }
  for (const auto& [tag, name] : {std::pair(DT_RPATH, "DT_RPATH"), std::pair(DT_RUNPATH, "DT_RUNPATH")}) {
    for (const std::string_view path : elf.DynamicStrings(tag)) {
      add("it looks for libraries in \"" + std::string(path) + "\"", name,
          "Link without -rpath; with CMake set SKIP_BUILD_RPATH ON.");
    }
  }
  if ((flags & DF_STATIC_TLS) != 0) {
    add("its thread-local variables need room that only programs have (static TLS)", "DF_STATIC_TLS",
        "Compile without -ftls-model=initial-exec, or without thread-local variables.");
  }
  if (elf.Segment(PT_GNU_RELRO) == nullptr) {
    add("its tables stay writable after loading (no RELRO)", "PT_GNU_RELRO", "Link with -Wl,-z,relro.");
  }
  if ((flags & DF_BIND_NOW) == 0 && (flags_1 & DF_1_NOW) == 0 && !elf.HasDynamic(DT_BIND_NOW)) {
    add("its symbols are bound at their first use, so its tables stay writable", "DF_BIND_NOW",
        "Link with -Wl,-z,now.");
  }
  if ((flags_1 & DF_1_NOOPEN) != 0) {
    add("it says that it cannot be loaded by dlopen", "DF_1_NOOPEN", "Link without -Wl,-z,nodlopen.");
  }
}

void CheckCapabilities(const ElfView& elf, Findings* findings) {
  for (const Capability& capability : Capabilities()) {
    std::vector<std::string> found;
    for (const DynamicSymbol& symbol : elf.symbols()) {
      if (symbol.defined) continue;
      if (std::any_of(capability.names.begin(), capability.names.end(),
                      [&](std::string_view name) { return Matches(name, symbol.name); })) {
        found.emplace_back(symbol.name);
      }
    }
    if (found.empty()) continue;
    std::sort(found.begin(), found.end());
    found.erase(std::unique(found.begin(), found.end()), found.end());
    findings->push_back(
        Finding("capabilities", kWarning, std::string("it imports functions for ") + capability.what, Listed(found)));
  }
}

void CheckBuild(const ElfView& elf, Findings* findings) {
  const auto& notes = elf.notes();
  const bool has_id = std::any_of(notes.begin(), notes.end(), [](const ElfNote& note) {
    return note.type == NT_GNU_BUILD_ID && note.owner == std::string_view("GNU", 4) && !note.description.empty();
  });
  if (!has_id) findings->push_back(Finding("build", kWarning, "it has no build id", "NT_GNU_BUILD_ID"));
  const uint64_t constructors = elf.DynamicValue(DT_INIT_ARRAYSZ) / sizeof(uint64_t);
  findings->push_back(Finding(
      "build", kNote, std::to_string(constructors) + " functions run while it is loaded, before the host can ask",
      "DT_INIT_ARRAY"));
}

std::string CodeOf(const ElfView& elf, std::string_view image) {
  std::string code(image);
  for (const Elf64_Phdr& segment : elf.segments()) {
    if (segment.p_type == PT_NOTE)
      std::fill_n(code.begin() + static_cast<std::ptrdiff_t>(segment.p_offset), segment.p_filesz, '\0');
  }
  return code;
}

bool Mentions(const std::string& code, const std::string& id) {
  // Compilers write comparisons with a few characters as numbers, in pieces.
  constexpr size_t kShort = 16;
  return id.size() <= kShort || code.find(id) != code.npos;
}

}  // namespace condyle::checker
