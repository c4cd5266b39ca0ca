// SPDX-FileCopyrightText: The Condyle authors
// SPDX-License-Identifier: Apache-2.0
//
// Certificates made on the spot, so that no test has a key in the tree or an end date.
#ifndef CONDYLE_HOST_HTTP_CERTIFICATE_FOR_TEST_H_
#define CONDYLE_HOST_HTTP_CERTIFICATE_FOR_TEST_H_

#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>

namespace condyle {

// A key and a certificate for 127.0.0.1 that signs itself, as PEM files in the test's directory. Users link
// OpenSSL::SSL.
class TestCertificate {
 public:
  // name: its common name, and of its files.
  explicit TestCertificate(const std::string& name)
      : certificate_file(Path(name + ".crt")),
        key_file(Path(name + ".key")),
        key_(EVP_EC_gen("P-256"), EVP_PKEY_free),
        certificate_(X509_new(), X509_free) {
    X509* const certificate = certificate_.get();
    X509_set_version(certificate, X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1);
    X509_gmtime_adj(X509_getm_notBefore(certificate), -3600);
    X509_gmtime_adj(X509_getm_notAfter(certificate), 3600);
    X509_set_pubkey(certificate, key_.get());
    X509_NAME* const subject = X509_get_subject_name(certificate);
    X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8, reinterpret_cast<const unsigned char*>(name.c_str()), -1,
                               -1, 0);
    X509_set_issuer_name(certificate, subject);
    Extend(NID_subject_alt_name, "IP:127.0.0.1");
    Extend(NID_basic_constraints, "critical,CA:TRUE");
    X509_sign(certificate, key_.get(), EVP_sha256());
    Write();
  }

  // A client that trusts this certificate only. Not owned by the connections made with it: must outlive them.
  std::unique_ptr<SSL_CTX, void (*)(SSL_CTX*)> Client() const {
    std::unique_ptr<SSL_CTX, void (*)(SSL_CTX*)> client(SSL_CTX_new(TLS_client_method()), SSL_CTX_free);
    SSL_CTX_set_verify(client.get(), SSL_VERIFY_PEER, nullptr);
    X509_STORE_add_cert(SSL_CTX_get_cert_store(client.get()), certificate_.get());
    return client;
  }
  // Makes the client show this certificate.
  void ShowBy(SSL_CTX* client) const {
    SSL_CTX_use_certificate(client, certificate_.get());
    SSL_CTX_use_PrivateKey(client, key_.get());
  }

  const std::string certificate_file;
  const std::string key_file;

 private:
  static std::string Path(const std::string& name) {
    const auto* test = testing::UnitTest::GetInstance()->current_test_info();
    const std::filesystem::path folder =
        std::filesystem::path(testing::TempDir()) / (std::string(test->test_suite_name()) + "." + test->name());
    std::filesystem::create_directories(folder);
    return folder / name;
  }
  void Extend(int nid, const char* value) {
    X509_EXTENSION* const extension = X509V3_EXT_conf_nid(nullptr, nullptr, nid, value);
    X509_add_ext(certificate_.get(), extension, -1);
    X509_EXTENSION_free(extension);
  }
  void Write() const {
    std::FILE* const certificate = std::fopen(certificate_file.c_str(), "w");
    PEM_write_X509(certificate, certificate_.get());
    std::fclose(certificate);
    std::FILE* const key = std::fopen(key_file.c_str(), "w");
    PEM_write_PrivateKey(key, key_.get(), nullptr, nullptr, 0, nullptr, nullptr);
    std::fclose(key);
  }

  const std::unique_ptr<EVP_PKEY, void (*)(EVP_PKEY*)> key_;
  const std::unique_ptr<X509, void (*)(X509*)> certificate_;
};

}  // namespace condyle

#endif  // CONDYLE_HOST_HTTP_CERTIFICATE_FOR_TEST_H_
