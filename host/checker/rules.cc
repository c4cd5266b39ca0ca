// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// The table of checks. docs/checking-a-plugin.md tells the same at length; a test compares the ids.
#include "host/checker/rules.h"

#include <stdexcept>
#include <utility>

namespace condyle::checker {
namespace {

constexpr size_t kMaxTextBytes = 600;

// Names of symbols and keys are the plugin's: nothing of them may steer a terminal or break JSON.
std::string Clean(std::string text) {
  if (text.size() > kMaxTextBytes) text = text.substr(0, kMaxTextBytes) + "...";
  for (char& c : text) c = c < ' ' || c > '~' ? '?' : c;
  return text;
}

}  // namespace

const std::vector<Rule>& Rules() {
  static const auto* const kRules = new std::vector<Rule>{
      // Static: nothing of the plugin runs.
      {"elf", 1, false, "A whole ELF64 shared object of this machine",
       "A file that is cut short or contradicts itself is loaded as something else than what was looked at.",
       "Build or copy the file again; do not edit it afterwards."},
      {"manifest", 1, false, "One sound manifest note",
       "The host reads the manifest before any code runs, and leaves out a plugin without a sound one.",
       "Correct manifest.textproto and build with condyle_add_plugin, which makes the note."},
      {"manifest-complete", 1, false, "A manifest that says everything, and nothing too much",
       "Clinicians judge an answer by the sources, users and limits that the manifest states.",
       "Complete manifest.textproto; take out what the plugin does not use."},
      {"exports", 1, false, "One export: condyle_entry_v1",
       "Any other exported symbol can bind to the host or to another plugin, and keeps the library from being "
       "unloaded.",
       "Link with -Wl,--version-script=plugin.map -Wl,--exclude-libs,ALL and compile with -fvisibility=hidden "
       "-fno-gnu-unique (condyle_add_plugin does)."},
      {"dependencies", 1, false, "Libraries that every host has",
       "A library that the host's machine lacks, or has in another version, keeps the plugin from loading; full "
       "protobuf "
       "aborts the process that loads it.",
       "Link such code statically, with hidden symbols; of protobuf use the lite run-time only; build on Debian 12 or "
       "older."},
      {"hardening", 1, false, "No writable code, no search paths, everything bound at once",
       "Writable code and an executable stack turn a slip into an attack on the host's process; search paths load what "
       "somebody else put there.",
       "Link with -Wl,-z,text,-z,noexecstack,-z,relro,-z,now and without -rpath (condyle_add_plugin does)."},
      {"capabilities", 1, false, "Nothing imported that a pure function does not need",
       "A plugin is a function of its request. Whoever imports sockets, clocks or files either uses them, which a "
       "sandbox "
       "punishes by death, or does not need them.",
       "Take out the code that uses it; time comes from as_of and cnd_host.mono_ns."},
      {"build", 1, false, "A build id, and how much runs at load",
       "A build id tells which build a crash or a receipt is of; constructors run before the host can ask anything.",
       "Link with -Wl,--build-id=sha1."},
      {"signature", 1, false, "A good signature, where one is there or wanted",
       "A host that demands signatures leaves out a plugin whose signature is missing, of another file, or revoked.",
       "Sign the finished file: condyle plugins sign FILE.so --key F.key."},
      // Dynamic: each in a process of its own.
      {"loads", 2, true, "Loads, and makes an instance",
       "A plugin that does not start is missing from every consultation.",
       "Do nothing at load that can fail or wait: no work in constructors, no unresolved symbols."},
      {"abi-versions", 2, true, "Gets on with older and newer hosts",
       "Hosts and plugins are updated apart from each other: a newer minor version must be accepted and another major "
       "one "
       "refused.",
       "In condyle_entry_v1 return NULL unless host->abi_major is CND_ABI_MAJOR, and ask for nothing else; set "
       "struct_size to sizeof(cnd_plugin)."},
      {"host-table", 2, true, "Reads no field that the host did not give",
       "Behind the end of a host's table lies other memory; what a plugin reads there is not what it takes it for.",
       "Read a field only if CND_HAS says that it is there."},
      {"extensions", 2, true, "Knows only its own extensions",
       "A table given for an unknown name is taken for something that it is not.",
       "Compare the whole id, and return NULL for every other."},
      {"answers", 3, true, "Answers that the host can use",
       "The host throws away an answer that is not a sound Assessment of this plugin with known citations.",
       "Set plugin_id, version and status; cite and recommend only what the manifest lists; see docs/abi.md."},
      {"output", 3, true, "Answers of sensible size",
       "Answers beyond the limit are thrown away, and large ones cost the other plugins their time.",
       "Write less; stop when the sink says CND_EXHAUSTED."},
      {"determinism", 3, true, "The same request, the same bytes",
       "Receipts, replay and what-if ask again and compare; an answer that depends on anything but the request cannot "
       "be "
       "checked by anybody.",
       "Keep nothing between calls; use as_of for the time; sort what comes from hash tables or pointers; do not read "
       "locale, time zone or environment."},
      {"request-memory", 3, true, "Reads the request, and no byte beside it",
       "The request is the host's memory: bytes beside it are another patient's, or nobody's.",
       "Take cnd_bytes.size for the end: the request is not terminated, and may not be written to."},
      {"hostile-input", 3, true, "Survives any request",
       "A host may be wrong or newer; a crash costs the consultation this plugin's answer.",
       "Return CND_INVALID_INPUT for what cannot be read. Bound loops and depth by the size of the request."},
      {"sink", 3, true, "Believes the sink",
       "An answer whose end was refused is not the answer; writing on, or after the return, writes into memory that is "
       "gone.",
       "Return the sink's status as soon as it is not CND_OK, and keep no copy of the sink."},
      {"exceptions", 3, true, "No exception leaves it", "An exception that meets the C interface ends the process.",
       "Catch everything inside condyle_entry_v1's functions (CONDYLE_PLUGIN does) and return CND_INTERNAL."},
      {"forbidden-calls", 3, true, "Keeps within the sandbox",
       "A worker ends at once at a system call that computing does not need, and the answer is lost.",
       "Take out files, network, processes and standard output; see docs/security.md for what is permitted."},
      {"cancel", 4, true, "Stops when told",
       "A plugin that goes on after cancel or deadline costs the consultation time, and is killed.",
       "Look at call->cancel and the deadline at least every 10 ms, and never sleep."},
      {"growth", 4, true, "Leaves nothing behind",
       "Workers live as long as the host: what each call leaves behind ends them in the end.",
       "Free in destroy what create and assess took: memory, descriptors, threads."},
      {"concurrency", 4, true, "Instances side by side",
       "Hosts ask several instances at once, and one instance from several threads if the plugin's flags permit it.",
       "Share nothing that is written to between instances, or guard it; set CND_FLAG_CONCURRENT_ASSESS only if assess "
       "may run beside itself."},
      {"process-state", 4, true, "Changes nothing of the process",
       "Locale, rounding, signal handlers, directory, environment and umask belong to the host and to all other "
       "plugins.",
       "Change nothing, or put it back before you return, and start no thread that outlives destroy."},
      {"reload", 4, true, "Can be unloaded",
       "A host that replaces a plugin unloads the old one; what stays mapped keeps its old state.",
       "Compile with -fno-gnu-unique, use no thread_local with a destructor, start no thread; or link with "
       "-Wl,-z,nodelete "
       "to say that it stays."},
      {"inputs", 3, true, "Uses what it declares, and nothing else",
       "Every declared input is a question to a patient and a datum that is handed over; an answer that names others "
       "cannot be followed.",
       "Take inputs that no rule reads out of the manifest; name only declared inputs in evidence and missing_inputs."},
  };
  return *kRules;
}

const Rule* FindRule(std::string_view id) {
  for (const Rule& rule : Rules()) {
    if (id == rule.id) return &rule;
  }
  return nullptr;
}

v1::CheckFinding Finding(std::string_view id, v1::CheckSeverity severity, std::string what, std::string where,
                         std::string fix) {
  const Rule* rule = FindRule(id);
  if (rule == nullptr) throw std::logic_error("no such check: " + std::string(id));
  v1::CheckFinding finding;
  finding.set_check(rule->id);
  finding.set_severity(severity);
  finding.set_what(Clean(std::move(what)));
  finding.set_where(Clean(std::move(where)));
  finding.set_why(rule->why);
  if (severity != v1::CHECK_SEVERITY_NOTE) finding.set_fix(fix.empty() ? rule->fix : std::move(fix));
  return finding;
}

}  // namespace condyle::checker
