// Functions of OpenSSL 3 that Swift cannot call directly: macros, and OSSL_PARAM arrays (in Swift the pointer to the
// key would dangle).
#ifndef NUMGATE_COPENSSL_SHIM_H
#define NUMGATE_COPENSSL_SHIM_H

#include <arpa/inet.h>
#include <string.h>

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <openssl/rand.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

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
  // A zero-length key needs a pointer: for NULL, OpenSSL would keep the previous key.
  static const unsigned char nothing[1] = {0};
  if (!EVP_MAC_init(context, length ? key : nothing, length, parameters)) {
    EVP_MAC_CTX_free(context);
    return NULL;
  }
  return context;
}

// Parse DER: a private key in PKCS#8 or PKCS#1, a public key in X.509 (SubjectPublicKeyInfo) or PKCS#1.
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
// Identify DER that is not a key. An EncryptedPrivateKeyInfo (RFC 5958 §3) has the structure of an X509_SIG.
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
// Writes the public key as SubjectPublicKeyInfo to `output`, unless it is NULL. Returns the length.
static inline int numgate_public_key_to_der(EVP_PKEY *key, unsigned char *output) {
  return i2d_PUBKEY(key, output ? &output : NULL);
}
static inline int numgate_key_is_rsa(EVP_PKEY *key) { return EVP_PKEY_get_base_id(key) == EVP_PKEY_RSA; }
static inline int numgate_key_bits(EVP_PKEY *key) { return EVP_PKEY_get_bits(key); }
static inline size_t numgate_key_size(EVP_PKEY *key) { return (size_t)EVP_PKEY_get_size(key); }

// Contexts for RSA. (The setters of padding and digest are macros in older headers.) A context can be reused, by one
// thread. `digest`: of the signed message, or of OAEP, which also uses it for MGF1.
enum numgate_rsa_use { NUMGATE_RSA_SIGN, NUMGATE_RSA_VERIFY, NUMGATE_RSA_ENCRYPT, NUMGATE_RSA_DECRYPT };
enum numgate_rsa_padding { NUMGATE_RSA_PKCS1, NUMGATE_RSA_PSS, NUMGATE_RSA_OAEP };
static inline int numgate_rsa_set_padding(EVP_PKEY_CTX *context, enum numgate_rsa_padding padding, const EVP_MD *digest) {
  switch (padding) {
  case NUMGATE_RSA_PKCS1:
    return EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PADDING) > 0 &&
           (!digest || EVP_PKEY_CTX_set_signature_md(context, digest) > 0);
  case NUMGATE_RSA_PSS:
    return EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PSS_PADDING) > 0 &&
           EVP_PKEY_CTX_set_signature_md(context, digest) > 0 &&
           EVP_PKEY_CTX_set_rsa_pss_saltlen(context, RSA_PSS_SALTLEN_DIGEST) > 0;
  case NUMGATE_RSA_OAEP:
    return EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_OAEP_PADDING) > 0 &&
           EVP_PKEY_CTX_set_rsa_oaep_md(context, digest) > 0 && EVP_PKEY_CTX_set_rsa_mgf1_md(context, digest) > 0;
  }
  return 0;
}
static inline EVP_PKEY_CTX *numgate_rsa_context(
    EVP_PKEY *key, enum numgate_rsa_use use, enum numgate_rsa_padding padding, const EVP_MD *digest) {
  EVP_PKEY_CTX *context = EVP_PKEY_CTX_new(key, NULL);
  if (!context) return NULL;
  int ready = 0;
  switch (use) {
  case NUMGATE_RSA_SIGN: ready = EVP_PKEY_sign_init(context); break;
  case NUMGATE_RSA_VERIFY: ready = EVP_PKEY_verify_init(context); break;
  case NUMGATE_RSA_ENCRYPT: ready = EVP_PKEY_encrypt_init(context); break;
  case NUMGATE_RSA_DECRYPT: ready = EVP_PKEY_decrypt_init(context); break;
  }
  if (ready <= 0 || !numgate_rsa_set_padding(context, padding, digest)) {
    EVP_PKEY_CTX_free(context);
    return NULL;
  }
  return context;
}

// Keys of elliptic curves.

// The name of the key's curve in OpenSSL, such as "SM2"; 0 if the key is of another type.
static inline int numgate_key_curve(EVP_PKEY *key, char *name, size_t size) {
  size_t length = 0;
  return EVP_PKEY_get_group_name(key, name, size, &length);
}
// Whether the private number is in its range, or the public point is on the curve and not the point at infinity.
static inline int numgate_key_is_valid(EVP_PKEY *key, int isPrivate) {
  EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_pkey(NULL, key, NULL);
  int isValid = context && (isPrivate ? EVP_PKEY_private_check(context) : EVP_PKEY_public_check(context)) == 1;
  EVP_PKEY_CTX_free(context);
  return isValid;
}
// A context that signs or verifies messages. `identifier`: the signer's identifier of SM2 (GB/T 32918.2 §5.5), or NULL.
// The caller frees the context.
static inline EVP_MD_CTX *numgate_signature_context(
    EVP_PKEY *key, int signs, const char *digest, const unsigned char *identifier, size_t identifierLength) {
  EVP_MD_CTX *context = EVP_MD_CTX_new();
  if (!context) return NULL;
  EVP_PKEY_CTX *keyContext = NULL;
  int ready = signs ? EVP_DigestSignInit_ex(context, &keyContext, digest, NULL, NULL, key, NULL)
                    : EVP_DigestVerifyInit_ex(context, &keyContext, digest, NULL, NULL, key, NULL);
  // OpenSSL 3.0 does not accept the identifier as a parameter of the functions above.
  if (ready != 1 || (identifier && EVP_PKEY_CTX_set1_id(keyContext, identifier, identifierLength) <= 0)) {
    EVP_MD_CTX_free(context);
    return NULL;
  }
  return context;
}
// Encrypts or decrypts with SM2 to `output`, which has `*length` bytes. The ciphertext is in ASN.1 (GM/T 0009-2012).
// For `output` NULL, the maximum length is returned.
static inline int numgate_sm2_cipher(
    EVP_PKEY *key, int encrypts, const unsigned char *input, size_t inputLength, unsigned char *output,
    size_t *length) {
  EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_pkey(NULL, key, NULL);
  int done = 0;
  if (context && encrypts)
    done = EVP_PKEY_encrypt_init(context) == 1 && EVP_PKEY_encrypt(context, output, length, input, inputLength) == 1;
  else if (context)
    done = EVP_PKEY_decrypt_init(context) == 1 && EVP_PKEY_decrypt(context, output, length, input, inputLength) == 1;
  EVP_PKEY_CTX_free(context);
  return done;
}

static inline unsigned long numgate_last_error(void) {
  unsigned long error = ERR_peek_last_error();
  ERR_clear_error();
  return error;
}

// TLS. Options are 64-bit macros and modes are control macros: Swift can import neither.

// RFC 7301 §3.2: without a common protocol the handshake ends with `no_application_protocol`.
static inline int numgate_tls_select_protocol(
    SSL *connection, const unsigned char **selected, unsigned char *length, const unsigned char *offered,
    unsigned int offeredLength, void *argument) {
  static const unsigned char protocols[] = "\x08http/1.1";
  (void)connection, (void)argument;
  unsigned char *found = NULL;
  if (SSL_select_next_proto(&found, length, protocols, sizeof(protocols) - 1, offered, offeredLength) !=
      OPENSSL_NPN_NEGOTIATED)
    return SSL_TLSEXT_ERR_ALERT_FATAL;
  *selected = found;
  return SSL_TLSEXT_ERR_OK;
}

// Settings of clients and servers.
static inline SSL_CTX *numgate_tls_context(const SSL_METHOD *method) {
  SSL_CTX *context = SSL_CTX_new(method);
  if (!context) return NULL;
  SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
  // With auto-retry SSL_read returns WANT_READ only when the socket is empty, as edge-triggered epoll requires.
  SSL_CTX_set_mode(
      context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_AUTO_RETRY |
                   SSL_MODE_RELEASE_BUFFERS);
  // One system call per record, instead of one for its header and one for its content.
  SSL_CTX_set_read_ahead(context, 1);
  return context;
}

// Only cipher suites with forward secrecy and authenticated encryption, as all default suites of TLS 1.3 are. No
// finite-field groups: a client can make a server spend milliseconds on one key share of 8192 bits (CVE-2002-20001).
static inline SSL_CTX *numgate_tls_server_context(int minimum) {
  SSL_CTX *context = numgate_tls_context(TLS_server_method());
  if (!context) return NULL;
  SSL_CTX_set_options(context, SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_PRIORITIZE_CHACHA);
  SSL_CTX_set_security_level(context, 2);
  // Sessions are stored in the tickets of the clients, not in the server. A context has one set of ticket keys.
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_timeout(context, 3600);
  static const unsigned char name[] = "numgate";
  SSL_CTX_set_alpn_select_cb(context, numgate_tls_select_protocol, NULL);
  if (!SSL_CTX_set_min_proto_version(context, minimum) ||
      !SSL_CTX_set_cipher_list(context, "ECDHE+AESGCM:ECDHE+CHACHA20") ||
      !SSL_CTX_set1_groups_list(context, "X25519:P-256:P-384") ||
      !SSL_CTX_set_session_id_context(context, name, sizeof(name) - 1)) {
    SSL_CTX_free(context);
    return NULL;
  }
  return context;
}

// A client context without authorities. Protocol versions below 1.2 are disabled. The cipher suites are OpenSSL's
// defaults, so that all usual servers can be reached.
static inline SSL_CTX *numgate_tls_client_context(
    int (*onSession)(SSL *, SSL_SESSION *), int (*onCertificateRequest)(SSL *, void *)) {
  SSL_CTX *context = numgate_tls_context(TLS_client_method());
  if (!context) return NULL;
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER, NULL);
  // The authorities can include an intermediate one, or the certificate of the server.
  X509_STORE_set_flags(SSL_CTX_get_cert_store(context), X509_V_FLAG_PARTIAL_CHAIN);
  // OpenSSL's cache is indexed by session id, which a client does not have before the handshake.
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
  SSL_CTX_sess_set_new_cb(context, onSession);
  SSL_CTX_set_cert_cb(context, onCertificateRequest, NULL);
  if (!SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION)) {
    SSL_CTX_free(context);
    return NULL;
  }
  return context;
}
// Verifies the peer with the authorities of another context.
static inline int numgate_tls_verify_with(SSL *connection, SSL_CTX *context) {
  return (int)SSL_set1_verify_cert_store(connection, SSL_CTX_get_cert_store(context));
}
static inline int numgate_tls_expect_name(SSL *connection, const char *name) {
  SSL_set_hostflags(connection, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
  return SSL_set_tlsext_host_name(connection, name) && X509_VERIFY_PARAM_set1_host(SSL_get0_param(connection), name, 0);
}
// Without a server name: RFC 6066 §3 does not permit addresses in it.
static inline int numgate_tls_expect_address(SSL *connection, const char *address) {
  return X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(connection), address);
}

static inline BIO *numgate_memory(const unsigned char *bytes, int length) { return BIO_new_mem_buf(bytes, length); }

// Makes reading an encrypted key fail. By default, OpenSSL asks for the password on the terminal.
static inline int numgate_no_password(char *buffer, int size, int isForWriting, void *argument) {
  (void)buffer, (void)size, (void)isForWriting, (void)argument;
  return -1;
}
static inline X509 *numgate_read_certificate(BIO *input) {
  return PEM_read_bio_X509(input, NULL, numgate_no_password, NULL);
}
static inline EVP_PKEY *numgate_read_private_key(BIO *input) {
  return PEM_read_bio_PrivateKey(input, NULL, numgate_no_password, NULL);
}
static inline int numgate_is_end_of_pem(unsigned long error) {
  return ERR_GET_LIB(error) == ERR_LIB_PEM && ERR_GET_REASON(error) == PEM_R_NO_START_LINE;
}
static inline int numgate_is_missing_password(unsigned long error) {
  return ERR_GET_LIB(error) == ERR_LIB_PEM && ERR_GET_REASON(error) == PEM_R_BAD_PASSWORD_READ;
}

// Takes ownership of the certificate on success.
static inline int numgate_tls_add_chain(SSL_CTX *context, X509 *certificate) {
  return (int)SSL_CTX_add0_chain_cert(context, certificate);
}
static inline int numgate_tls_trust(SSL_CTX *context, X509 *certificate) {
  return X509_STORE_add_cert(SSL_CTX_get_cert_store(context), certificate);
}
static inline void numgate_tls_verify_clients(SSL_CTX *context, int isRequired) {
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER | (isRequired ? SSL_VERIFY_FAIL_IF_NO_PEER_CERT : 0), NULL);
}

// The last common name of the subject, and the alternative names, as text. Names with control characters are skipped: a
// NUL in a name can make a verifier accept a wrong name.
static inline void numgate_emit_name(
    const unsigned char *text, int length, void *argument, void (*emit)(void *, const unsigned char *, int)) {
  for (int index = 0; index < length; index++)
    if (text[index] < 0x20 || text[index] == 0x7f) return;
  if (length > 0) emit(argument, text, length);
}
static inline void numgate_certificate_names(
    X509 *certificate, void *argument, void (*emit)(void *, const unsigned char *, int)) {
  const X509_NAME *subject = X509_get_subject_name(certificate);
  int last = -1;
  for (int index; (index = X509_NAME_get_index_by_NID(subject, NID_commonName, last)) >= 0;) last = index;
  if (last >= 0) {
    unsigned char *text = NULL;
    int length = ASN1_STRING_to_UTF8(&text, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, last)));
    if (length > 0) numgate_emit_name(text, length, argument, emit);
    if (length >= 0) OPENSSL_free(text);
  }
  GENERAL_NAMES *names = X509_get_ext_d2i(certificate, NID_subject_alt_name, NULL, NULL);
  for (int index = 0; index < sk_GENERAL_NAME_num(names); index++) {
    const GENERAL_NAME *name = sk_GENERAL_NAME_value(names, index);
    if (name->type == GEN_DNS || name->type == GEN_URI || name->type == GEN_EMAIL) {
      numgate_emit_name(
          ASN1_STRING_get0_data(name->d.ia5), ASN1_STRING_length(name->d.ia5), argument, emit);
    } else if (name->type == GEN_IPADD) {
      char text[INET6_ADDRSTRLEN];
      int length = ASN1_STRING_length(name->d.iPAddress);
      if ((length == 4 || length == 16) &&
          inet_ntop(length == 4 ? AF_INET : AF_INET6, ASN1_STRING_get0_data(name->d.iPAddress), text, sizeof(text)))
        numgate_emit_name((const unsigned char *)text, (int)strlen(text), argument, emit);
    }
  }
  GENERAL_NAMES_free(names);
}

// Seconds since the Unix epoch; -1 if the field is invalid.
static inline long long numgate_certificate_time(const ASN1_TIME *time) {
  static const long long secondsOfDay = 86400;
  int days = 0, seconds = 0;
  ASN1_TIME *epoch = ASN1_TIME_set(NULL, 0);
  int isValid = epoch && ASN1_TIME_diff(&days, &seconds, epoch, time);
  ASN1_TIME_free(epoch);
  return isValid ? days * secondsOfDay + seconds : -1;
}

// Why a handshake failed, derived from the oldest error in the queue.
enum numgate_tls_reason {
  NUMGATE_TLS_OTHER, NUMGATE_TLS_CLOSED, NUMGATE_TLS_PLAIN_HTTP, NUMGATE_TLS_NOT_TLS, NUMGATE_TLS_VERSION,
  NUMGATE_TLS_PARAMETERS, NUMGATE_TLS_PROTOCOL, NUMGATE_TLS_NO_CERTIFICATE, NUMGATE_TLS_CERTIFICATE,
  NUMGATE_TLS_REFUSED_BY_PEER,
};
// `alert`: the number of the peer's alert (RFC 8446 §6); 0 if it sent none.
static inline enum numgate_tls_reason numgate_tls_failure(int *alert) {
  unsigned long error = ERR_peek_error();
  ERR_clear_error();
  *alert = 0;
  if (error == 0) return NUMGATE_TLS_CLOSED;
  if (ERR_SYSTEM_ERROR(error)) return NUMGATE_TLS_CLOSED;
  if (ERR_GET_LIB(error) != ERR_LIB_SSL) return NUMGATE_TLS_OTHER;
  if (ERR_GET_REASON(error) > SSL_AD_REASON_OFFSET) *alert = ERR_GET_REASON(error) - SSL_AD_REASON_OFFSET;
  switch (ERR_GET_REASON(error)) {
  case SSL_R_UNEXPECTED_EOF_WHILE_READING: return NUMGATE_TLS_CLOSED;
  case SSL_R_HTTP_REQUEST:
  case SSL_R_HTTPS_PROXY_REQUEST: return NUMGATE_TLS_PLAIN_HTTP;
  case SSL_R_WRONG_VERSION_NUMBER:
  case SSL_R_BAD_RECORD_TYPE:
  case SSL_R_UNEXPECTED_MESSAGE:
  case SSL_R_UNEXPECTED_RECORD:
  case SSL_R_PACKET_LENGTH_TOO_LONG:
  case SSL_R_ENCRYPTED_LENGTH_TOO_LONG:
  case SSL_R_DATA_LENGTH_TOO_LONG:
  case SSL_R_EXCESSIVE_MESSAGE_SIZE:
  case SSL_R_LENGTH_MISMATCH:
  case SSL_R_LENGTH_TOO_SHORT:
  case SSL_R_RECORD_LENGTH_MISMATCH:
  case SSL_R_RECORD_TOO_SMALL: return NUMGATE_TLS_NOT_TLS;
  case SSL_R_UNKNOWN_PROTOCOL:
  case SSL_R_UNSUPPORTED_PROTOCOL:
  case SSL_R_VERSION_TOO_LOW:
  case SSL_R_NO_PROTOCOLS_AVAILABLE: return NUMGATE_TLS_VERSION;
  case SSL_R_NO_SHARED_CIPHER:
  case SSL_R_NO_SHARED_SIGNATURE_ALGORITHMS:
  case SSL_R_NO_SUITABLE_SIGNATURE_ALGORITHM:
  case SSL_R_NO_SUITABLE_KEY_SHARE: return NUMGATE_TLS_PARAMETERS;
  case SSL_R_NO_APPLICATION_PROTOCOL: return NUMGATE_TLS_PROTOCOL;
  case SSL_R_PEER_DID_NOT_RETURN_A_CERTIFICATE: return NUMGATE_TLS_NO_CERTIFICATE;
  case SSL_R_CERTIFICATE_VERIFY_FAILED: return NUMGATE_TLS_CERTIFICATE;
  default: return *alert ? NUMGATE_TLS_REFUSED_BY_PEER : NUMGATE_TLS_OTHER;
  }
}

#endif
