// OpenSSL 3 behind functions that Swift can call: macros and OSSL_PARAM arrays (the key pointer would dangle from
// Swift).
#ifndef NUMGATE_COPENSSL_SHIM_H
#define NUMGATE_COPENSSL_SHIM_H

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <openssl/rand.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

static inline EVP_MAC_CTX *numgate_hmac_new(const char *digest, const unsigned char *key, size_t length) {
  EVP_MAC *mac = EVP_MAC_fetch(NULL, "HMAC", NULL);
  if (!mac) return NULL;
  EVP_MAC_CTX *context = EVP_MAC_CTX_new(mac);
  EVP_MAC_free(mac);
  if (!context) return NULL;
  OSSL_PARAM parameters[] = {
      OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, (char *)digest, 0),
      OSSL_PARAM_construct_end(),
  };
  // A zero-length key must still be a key: OpenSSL reads NULL as "keep the old one".
  static const unsigned char nothing[1] = {0};
  if (!EVP_MAC_init(context, length ? key : nothing, length, parameters)) {
    EVP_MAC_CTX_free(context);
    return NULL;
  }
  return context;
}

// Reads DER: a private key in PKCS#8 or PKCS#1, a public key in X.509 (SubjectPublicKeyInfo) or PKCS#1.
static inline EVP_PKEY *numgate_private_key_from_der(const unsigned char *bytes, long length) {
  const unsigned char *cursor = bytes;
  EVP_PKEY *key = d2i_AutoPrivateKey(NULL, &cursor, length);
  if (key && cursor != bytes + length) {
    EVP_PKEY_free(key);
    return NULL;
  }
  return key;
}
static inline EVP_PKEY *numgate_public_key_from_der(const unsigned char *bytes, long length) {
  const unsigned char *cursor = bytes;
  EVP_PKEY *key = d2i_PUBKEY(NULL, &cursor, length);
  if (!key) {
    cursor = bytes;
    key = d2i_PublicKey(EVP_PKEY_RSA, NULL, &cursor, length);
  }
  if (key && cursor != bytes + length) {
    EVP_PKEY_free(key);
    return NULL;
  }
  return key;
}
// What a text that is no key can be instead. An EncryptedPrivateKeyInfo (RFC 5958 §3) has the form of an X509_SIG.
static inline int numgate_is_certificate(const unsigned char *bytes, long length) {
  const unsigned char *cursor = bytes;
  X509 *certificate = d2i_X509(NULL, &cursor, length);
  X509_free(certificate);
  return certificate && cursor == bytes + length;
}
static inline int numgate_is_encrypted_key(const unsigned char *bytes, long length) {
  const unsigned char *cursor = bytes;
  X509_SIG *key = d2i_X509_SIG(NULL, &cursor, length);
  X509_SIG_free(key);
  return key && cursor == bytes + length;
}
// The public half as SubjectPublicKeyInfo, into `output` where there is one; returns the length.
static inline int numgate_public_key_to_der(EVP_PKEY *key, unsigned char *output) {
  return i2d_PUBKEY(key, output ? &output : NULL);
}
static inline int numgate_key_is_rsa(EVP_PKEY *key) { return EVP_PKEY_get_base_id(key) == EVP_PKEY_RSA; }
static inline int numgate_key_bits(EVP_PKEY *key) { return EVP_PKEY_get_bits(key); }
static inline size_t numgate_key_size(EVP_PKEY *key) { return (size_t)EVP_PKEY_get_size(key); }

// PKCS#1 v1.5 in all its uses; the padding and digest setters are macros on older headers. A context made here can be
// used any number of times, by one thread.
enum numgate_rsa_use { NUMGATE_RSA_SIGN, NUMGATE_RSA_VERIFY, NUMGATE_RSA_ENCRYPT, NUMGATE_RSA_DECRYPT };
static inline EVP_PKEY_CTX *numgate_rsa_context(EVP_PKEY *key, enum numgate_rsa_use use, const EVP_MD *digest) {
  EVP_PKEY_CTX *context = EVP_PKEY_CTX_new(key, NULL);
  if (!context) return NULL;
  int ready = 0;
  switch (use) {
  case NUMGATE_RSA_SIGN: ready = EVP_PKEY_sign_init(context); break;
  case NUMGATE_RSA_VERIFY: ready = EVP_PKEY_verify_init(context); break;
  case NUMGATE_RSA_ENCRYPT: ready = EVP_PKEY_encrypt_init(context); break;
  case NUMGATE_RSA_DECRYPT: ready = EVP_PKEY_decrypt_init(context); break;
  }
  if (ready <= 0 || EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PADDING) <= 0 ||
      (digest && EVP_PKEY_CTX_set_signature_md(context, digest) <= 0)) {
    EVP_PKEY_CTX_free(context);
    return NULL;
  }
  return context;
}

static inline void numgate_cleanse(void *bytes, size_t length) { OPENSSL_cleanse(bytes, length); }
static inline unsigned long numgate_last_error(void) {
  unsigned long error = ERR_peek_last_error();
  ERR_clear_error();
  return error;
}

#endif
