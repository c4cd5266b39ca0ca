// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Sets up OpenSSL.
#include "host/http/tls.h"

#include <openssl/ssl.h>

#include <algorithm>
#include <string_view>

#include "absl/strings/str_cat.h"

namespace condyle {
namespace {

using boost::system::error_code;
namespace ssl = boost::asio::ssl;

// Forward secrecy and authenticated encryption only (RFC 9325, 4.2).
constexpr char kCiphers[] = "ECDHE+AESGCM:ECDHE+CHACHA20";

absl::Status FileError(std::string_view what, const std::string& path, const error_code& error) {
  return absl::InvalidArgumentError(absl::StrCat("TLS: ", std::string(what), " ", path, ": ", error.message()));
}

// HTTP/1.1 to those who offer it. Who offers only others gets no ALPN, and finds out by the first line.
int ChooseProtocol(SSL*, const unsigned char** chosen, unsigned char* chosen_size, const unsigned char* offered,
                   unsigned offered_size, void*) {
  static constexpr std::string_view kHttp = "\x08http/1.1";
  unsigned char* match = nullptr;
  const int found = SSL_select_next_proto(&match, chosen_size, reinterpret_cast<const unsigned char*>(kHttp.data()),
                                          static_cast<unsigned>(kHttp.size()), offered, offered_size);
  *chosen = match;
  return found == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_NOACK;
}

absl::Status AskForClientCertificates(const std::string& ca, ssl::context* context) {
  error_code error;
  context->load_verify_file(ca, error);
  if (error) return FileError("client_ca", ca, error);
  context->set_verify_mode(ssl::verify_peer | ssl::verify_fail_if_no_peer_cert);
  // Tells clients whose certificates to offer.
  SSL_CTX_set_client_CA_list(context->native_handle(), SSL_load_client_CA_file(ca.c_str()));
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::shared_ptr<TlsContext>> LoadTls(const TlsFiles& files) {
  auto context = std::make_shared<TlsContext>(ssl::context::tls_server);
  SSL_CTX* const native = context->native_handle();
  SSL_CTX_set_min_proto_version(native, TLS1_2_VERSION);
  SSL_CTX_set_options(native, SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION | SSL_OP_CIPHER_SERVER_PREFERENCE);
  // Idle connections keep no buffers.
  SSL_CTX_set_mode(native, SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_set_cipher_list(native, kCiphers);
  static constexpr unsigned char kSession[] = "condyle";
  SSL_CTX_set_session_id_context(native, kSession, sizeof kSession - 1);
  SSL_CTX_set_alpn_select_cb(native, ChooseProtocol, nullptr);
  // A password cannot be asked for: an encrypted key is an error, not a prompt on the terminal of whoever starts.
  SSL_CTX_set_default_passwd_cb(native, [](char*, int, int, void*) { return 0; });
  error_code error;
  context->use_certificate_chain_file(files.certificate_chain, error);
  if (error) return FileError("certificate_chain", files.certificate_chain, error);
  context->use_private_key_file(files.private_key, ssl::context::pem, error);
  if (error) return FileError("private_key", files.private_key, error);
  if (SSL_CTX_check_private_key(native) != 1) {
    return absl::InvalidArgumentError(absl::StrCat("TLS: private_key ", files.private_key,
                                                   " does not belong to the first certificate of certificate_chain ",
                                                   files.certificate_chain));
  }
  if (!files.client_ca.empty()) {
    if (absl::Status status = AskForClientCertificates(files.client_ca, context.get()); !status.ok()) return status;
  }
  return context;
}

}  // namespace condyle
