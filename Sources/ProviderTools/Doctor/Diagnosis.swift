import Networking
import NumberAuth

/// The conclusion about an account from the failure of a call with an invalid token, or from a connection error, and
/// the advice to the operator.
struct Diagnosis: Sendable, Equatable {
  let mark: CheckResult.Mark
  let advice: String?

  private init(_ mark: CheckResult.Mark, _ advice: String? = nil) {
    self.mark = mark
    self.advice = advice
  }

  /// The conclusion from the reason of the failure. If the vendor refused the token, the account is OK: vendors check
  /// the signature, the app and the address before the token.
  init(on reason: FailureReason) {
    self =
      switch reason {
      case .tokenExpired, .tokenMalformed, .tokenNotPermitted, .clientFingerprintMismatch, .numberNotAcquired:
        Diagnosis(.passed)

      case .signatureRejected:
        Diagnosis(
          .failed,
          "Compare the key or secret that signs with the vendor's console, and check that it belongs to this app.")
      case .encryptionRejected:
        Diagnosis(
          .failed,
          "Compare the keys that encrypt and decrypt with the vendor's console: each side needs the public key of the "
            + "other.")
      case .clockRejected:
        Diagnosis(
          .failed,
          "Synchronise this machine's clock with NTP. The time zone does not matter: Numgate uses the vendor's.")
      case .appUnknown:
        Diagnosis(
          .failed,
          "Compare the account's id with the vendor's console, and check that 'endpoint' is the environment (live or "
            + "test) of the account.")
      case .notEntitled:
        Diagnosis(
          .failed, "Have the vendor enable this capability for the account, or grant it in the vendor's console.")
      case .entitlementExpired: Diagnosis(.failed, "Have the vendor renew the account's contract for this capability.")
      case .quotaExhausted: Diagnosis(.failed, "Buy a package or top up the balance in the vendor's console.")
      case .pageNotRegistered:
        Diagnosis(.failed, "Register the page with the vendor. Scheme, host and slashes must match.")
      case .ipNotAllowed:
        Diagnosis(
          .failed, "Register the egress address of this machine (after NAT) in the vendor's allow-list.")
      case .misconfigured:
        Diagnosis(.failed, "Compare the account's settings, its scheme and its keys with the vendor's console.")
      case .requestRejected:
        Diagnosis(
          .failed,
          "Ask the vendor which parameter causes the code. A field of the account may select another format.")

      case .vendorUnreachable:
        Diagnosis(
          .failed, "The host was reachable before this call: check whether a firewall limits the number of connections."
        )
      case .vendorTimeout:
        Diagnosis(
          .failed,
          "Try again. If it persists, raise the account's 'timeout' and ask the vendor whether the request arrived.")
      case .vendorProtocolError:
        Diagnosis(
          .failed, "Check that 'endpoint' is the vendor's, and that no proxy or firewall responds in its place.")
      case .vendorBusy, .vendorUnavailable: Diagnosis(.warning, "Try again later.")
      case .vendorOther:
        Diagnosis(.warning, "The code has several causes: try a real token, or ask the vendor.")
      case .unmapped:
        Diagnosis(
          .warning,
          "Add an entry for this code to the provider file. If no document lists the code, ask the vendor.")

      case .invalidRequest, .invalidPhoneNumber, .numberMismatch, .numberBarred, .tooManyAttempts:
        Diagnosis(.warning, "The vendor checked another field before the token: try a real token.")
      case .cellularRequired, .carrierUnsupported, .clientUnsupported, .userCancelled, .acquisitionEnded:
        Diagnosis(
          .warning,
          "The code means an error of a phone, but this call has no phone: check the code's entry in the provider "
            + "file.")
      case .unauthenticated, .forbidden, .notFound, .idempotencyKeyReused, .requestInProgress, .operationUnsupported,
        .sessionInvalid, .payloadTooLarge, .rateLimited, .overloaded:
        Diagnosis(
          .warning,
          "The reason is one of the gateway, but the code is from a vendor: check the code's entry in the provider "
            + "file.")
      case .internal: Diagnosis(.failed, "A defect of Numgate. The account was not checked.")
      }
  }

  /// The conclusion from a connection error. `obstacle` is nil for an error that is not one of `ConnectionFailure`.
  init(on obstacle: ConnectionFailure?) {
    let advice =
      switch obstacle {
      case .nameNotResolved:
        "Check the spelling of 'endpoint', and that this machine's DNS resolves external names (getent hosts)."
      case .nameLookupTimedOut:
        "This machine's DNS does not respond: check /etc/resolv.conf and the connection to its servers."
      case .refused:
        "No server listens at this port, or a firewall rejects the connection: check the port of 'endpoint', the "
          + "egress rules and the vendor's allow-list."
      case .unreachable:
        "There is no route: check this machine's default route, its egress and, in a container, its network."
      case .timedOut:
        "Packets are dropped: check the egress firewall and the vendor's allow-list. A slow network needs a higher "
          + "'server.vendors.connectTimeout'."
      case .certificateNotTrusted:
        "The authority is not in the CA bundle: install ca-certificates, or set 'server.vendors.authorities' or the "
          + "account's 'tls.authorities' to a bundle. If a proxy intercepts TLS, exclude the vendor's host from it."
      case .certificateForAnotherName:
        "Another server responds: check 'endpoint', and exclude the vendor's host from any intercepting proxy."
      case .certificateOutOfDate: "Check this machine's clock. If it is correct, inform the vendor."
      case .authoritiesNotReadable: "'server.vendors.authorities' must be a PEM file that this user can read."
      case .clientCertificateRequired:
        "The vendor requires a client certificate: set 'tls.certificate' and 'tls.key' of the account. If they are set, "
          + "ask the vendor which key types it accepts."
      case .clientCertificateNotTrusted:
        "The vendor does not know the authority of 'tls.certificate': use the certificate that the vendor issued or "
          + "registered, and add the intermediate certificates to the file."
      case .clientCertificateOutOfDate:
        "Renew 'tls.certificate' of the account. The vendor's clock decides: check this machine's clock as well."
      case .clientCertificateRefused:
        "The vendor refuses 'tls.certificate': check that it is registered for this account, that it is not revoked, and "
          + "that it permits client authentication (extendedKeyUsage)."
      case .tlsFailed:
        "The server does not support TLS at this port, or only old versions: check scheme and port of 'endpoint', and "
          + "any proxy."
      case .proxyNotReached:
        "No response from 'server.vendors.proxy': check its host, its port and the connection to it."
      case .proxyAuthenticationRefused: "Check user and password of 'server.vendors.proxy'."
      case .proxyRefused:
        "The proxy forbids this host or cannot reach it: check its rules and its log, or add the host to "
          + "'server.vendors.noProxy'."
      case nil: "Check 'endpoint' and the network between this machine and the endpoint."
      }
    self.init(.failed, advice)
  }
}
