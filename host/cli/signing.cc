// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// condyle plugins keygen, sign, verify. No code of a plugin runs.
#include <sys/stat.h>
#include <unistd.h>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "host/catalog/plugin_catalog.h"
#include "host/cli/commands.h"
#include "host/report/text_layout.h"
#include "host/trust/keys.h"
#include "host/trust/signature.h"
#include "host/trust/text_fields.h"
#include "host/trust/trust_store.h"

namespace condyle::cli {
namespace {

// Years until a new key expires, if nothing else is said.
constexpr int kYears = 2;

struct SigningOptions {
  std::string prefix;
  std::string file;
  std::string key;
  std::vector<std::string> trust;
  std::string not_after;
  std::string comment;
};

int Failed(const std::string& path, const absl::Status& status, int exit_code = kFailed) {
  Complain(absl::StrCat(path, ": ", std::string(status.message())));
  return exit_code;
}

int64_t Now() { return absl::ToUnixSeconds(absl::Now()); }

// The end of a day, or a moment; without either, some years from now.
absl::StatusOr<int64_t> NotAfter(const std::string& text) {
  if (!text.empty()) return ParseUtc(text.size() == 10 ? absl::StrCat(text, "T23:59:59Z") : text);
  const absl::CivilSecond now = absl::ToCivilSecond(absl::Now(), absl::UTCTimeZone());
  return absl::ToUnixSeconds(absl::FromCivil(
      absl::CivilSecond(now.year() + kYears, now.month(), now.day(), now.hour(), now.minute(), now.second()),
      absl::UTCTimeZone()));
}

int Keygen(const SigningOptions& options) {
  const std::string secret = options.prefix + ".key", open_to_all = options.prefix + ".pub";
  const absl::StatusOr<int64_t> not_after = NotAfter(options.not_after);
  if (!not_after.ok()) return Failed("--not-after", not_after.status(), kUsage);
  if (*not_after <= Now()) return Failed("--not-after", absl::InvalidArgumentError("lies in the past"), kUsage);
  if (!IsOneLine(options.comment)) {
    return Failed("--comment", absl::InvalidArgumentError("must be one line of at most 200 bytes"), kUsage);
  }
  for (const std::string& path : {secret, open_to_all}) {
    if (absl::Status status = CheckIsNew(path); !status.ok()) return Failed(path, status);
  }
  const absl::StatusOr<KeyFiles> files = GenerateKey(*not_after, options.comment);
  if (!files.ok()) return Failed(secret, files.status());
  if (absl::Status status = WriteNewFile(secret, files->private_text); !status.ok()) return Failed(secret, status);
  NewFile how;
  how.for_all = true;
  if (absl::Status status = WriteNewFile(open_to_all, files->public_text, how); !status.ok()) {
    unlink(secret.c_str());
    return Failed(open_to_all, status);
  }
  return Print(absl::StrCat("key ", files->id, ", for signing until ", FormatUtc(*not_after), "\n  ", Printable(secret),
                            ": signs; keep it secret\n  ", Printable(open_to_all),
                            ": verifies; for the --trust directory of those who trust you\n"),
               kComplete);
}

// The one plugin in this file; else complains, and *exit_code says how to end.
const PluginFile* ThePlugin(const PluginCatalog& catalog, const std::string& file, int* exit_code) {
  if (catalog.plugins.size() == 1 && catalog.plugins[0].path == file) return &catalog.plugins[0];
  *exit_code = kFailed;
  for (const v1::PluginFailure& failure : catalog.failures) {
    if (failure.kind() == v1::FAILURE_KIND_MISSING) continue;
    ComplainOf(failure);
    // It was read, and is no plugin: whatever was signed, it is not this.
    if (failure.kind() != v1::FAILURE_KIND_LOAD) *exit_code = kPluginFailed;
    return nullptr;
  }
  Complain(absl::StrCat(file, ": is no plugin file"));
  return nullptr;
}

absl::StatusOr<SigningKey> ReadKey(const std::string& path) {
  const absl::StatusOr<std::string> text = ReadTrustFile(path);
  if (!text.ok()) return text.status();
  struct stat info {};
  if (stat(path.c_str(), &info) == 0 && (info.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
    Complain(absl::StrCat("warning: ", path, ": others can read this key: chmod 600"));
  }
  return ReadSigningKey(*text);
}

int SignFile(const SigningOptions& options) {
  const absl::StatusOr<SigningKey> key = ReadKey(options.key);
  if (!key.ok()) return Failed(options.key, key.status());
  const PluginCatalog catalog = DiscoverPlugins({options.file});
  int exit_code = kComplete;
  const PluginFile* plugin = ThePlugin(catalog, options.file, &exit_code);
  if (plugin == nullptr) return kFailed;
  const absl::StatusOr<Signature> signature =
      Sign({plugin->manifest.id(), plugin->manifest.version(), plugin->file_sha256}, Now(), *key);
  if (!signature.ok()) return Failed(options.key, signature.status());
  const std::string path = SignaturePath(options.file);
  NewFile how;
  how.for_all = true;
  how.replace = true;
  if (absl::Status status = WriteNewFile(path, ToText(*signature), how); !status.ok()) return Failed(path, status);
  return Print(absl::StrCat("signed ", signature->plugin.id, " ", signature->plugin.version, " with the key ",
                            Printable(KeyName(key->info)), ": ", Printable(path), "\n"),
               kComplete);
}

absl::StatusOr<TrustStore> TrustOf(const SigningOptions& options) {
  if (options.key.empty()) return TrustStore::Open(options.trust);
  const absl::StatusOr<std::string> text = ReadTrustFile(options.key);
  const absl::StatusOr<VerifyingKey> key = text.ok() ? ReadVerifyingKey(*text) : text.status();
  if (key.ok()) return TrustStore(*key);
  return absl::Status(key.status().code(), absl::StrCat(options.key, ": ", std::string(key.status().message())));
}

int Verify(const SigningOptions& options) {
  SignatureRules rules;
  rules.check_always = true;
  absl::StatusOr<TrustStore> trust = TrustOf(options);
  if (!trust.ok()) {
    Complain(std::string(trust.status().message()));
    return kFailed;
  }
  rules.trust = *std::move(trust);
  const PluginCatalog catalog = DiscoverPlugins({options.file}, rules);
  int exit_code = kComplete;
  const PluginFile* plugin = ThePlugin(catalog, options.file, &exit_code);
  if (plugin == nullptr) return exit_code;
  const SignatureCheck& signature = plugin->signature;
  if (signature.verdict != SignatureVerdict::kGood) {
    Complain(absl::StrCat(options.file, ": ", signature.problem));
    return kPluginFailed;
  }
  return Print(absl::StrCat("good: ", plugin->manifest.id(), " ", plugin->manifest.version(),
                            "\n  file:      ", Printable(plugin->path), "\n  SHA-256:   ", plugin->file_sha256,
                            "\n  signed by: ", Printable(KeyName(signature.signer)),
                            "\n  signed on: ", FormatUtc(signature.signed_at), "\n"),
               kComplete);
}

}  // namespace

void AddSigning(CLI::App& plugins, Run& run) {
  auto options = std::make_shared<SigningOptions>();
  CLI::App* keygen = plugins.add_subcommand("keygen", "Make a key pair for signing: PREFIX.key and PREFIX.pub");
  keygen->add_option("PREFIX", options->prefix, "Where to; files that are there are kept")
      ->required()
      ->option_text(" ");
  keygen
      ->add_option("--not-after", options->not_after,
                   "Last day, or moment in UTC, of signatures that count; two years from now if not given")
      ->option_text("YYYY-MM-DD[Thh:mm:ssZ]");
  keygen->add_option("--comment", options->comment, "Whose key it is, shown wherever it is named")->option_text("TEXT");
  keygen->footer("Exit codes: 0 complete; 1 the files are there already, or cannot be written; 64 usage");
  keygen->callback([options, &run] { run = [options] { return Keygen(*options); }; });

  CLI::App* sign = plugins.add_subcommand("sign", "Sign a plugin file: writes, or replaces, FILE.so.sig beside it");
  sign->add_option("FILE.so", options->file, "Plugin file")->required()->option_text(" ");
  sign->add_option("--key", options->key, "Key made by keygen")->required()->option_text("F.key");
  sign->footer(
      "Exit codes: 0 complete; 1 the key or the file cannot be used, or the signature not be written; 64 usage");
  sign->callback([options, &run] { run = [options] { return SignFile(*options); }; });

  CLI::App* verify = plugins.add_subcommand("verify", "Say who signed a plugin file, when, and what");
  verify->add_option("FILE.so", options->file, "Plugin file, with FILE.so.sig beside it")->required()->option_text(" ");
  CLI::Option_group* whom = verify->add_option_group("Trusted keys");
  whom->add_option("--key", options->key, "One key, and no other")->option_text("F.pub");
  whom->add_option("--trust", options->trust, "Directory of trusted and revoked keys; may be repeated")
      ->type_name("DIR")
      ->allow_extra_args(false);
  whom->require_option(1);
  verify->footer(
      "Examples:\n"
      "  condyle plugins keygen release --comment \"Example Clinic\"\n"
      "  condyle plugins sign condyle_example.so --key release.key\n"
      "  condyle plugins verify condyle_example.so --key release.pub\n"
      "Exit codes: 0 good; 1 file or keys cannot be read; 3 not good (why is told on standard error); 64 usage");
  verify->callback([options, &run] { run = [options] { return Verify(*options); }; });
}

}  // namespace condyle::cli
