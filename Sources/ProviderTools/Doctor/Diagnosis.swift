import Networking
import NumberAuth

/// What it says of an account that a call with a token that cannot be good came back with some reason.
struct Diagnosis: Sendable, Equatable {
  let mark: CheckResult.Mark
  let advice: String?

  private init(_ mark: CheckResult.Mark, _ advice: String? = nil) {
    self.mark = mark
    self.advice = advice
  }

  /// For every reason there is. The vendor's own verdict on the token is the good news: it comes after the signature,
  /// the app and the address have passed.
  init(on reason: FailureReason) {
    self =
      switch reason {
      case .tokenExpired, .tokenMalformed, .tokenNotPermitted, .clientFingerprintMismatch, .numberNotAcquired:
        Diagnosis(.well)

      case .signatureRejected:
        Diagnosis(
          .wrong,
          "Compare the key or secret that signs with the vendor's console, and see that it is this app's.")
      case .encryptionRejected:
        Diagnosis(
          .wrong, "Compare the keys that encrypt and decrypt with the vendor's console: each side needs the other's.")
      case .clockRejected:
        Diagnosis(
          .wrong, "Set this machine's clock by NTP; its time zone does not matter, Numgate writes the vendor's.")
      case .appUnknown:
        Diagnosis(
          .wrong,
          "Compare the account's id with the vendor's console, and see that 'endpoint' is the line, live or test, on which "
            + "it was opened.")
      case .notEntitled:
        Diagnosis(.wrong, "Have the vendor open this capability for the account, or grant it in the vendor's console.")
      case .entitlementExpired: Diagnosis(.wrong, "Have the vendor renew the account's contract for this capability.")
      case .quotaExhausted: Diagnosis(.wrong, "Buy a package or top up the balance in the vendor's console.")
      case .pageNotRegistered:
        Diagnosis(.wrong, "Register the page with the vendor; scheme, host and slashes count.")
      case .ipNotAllowed:
        Diagnosis(
          .wrong, "Report the address under which this machine goes out (after NAT) to the vendor for its allow-list.")
      case .misconfigured:
        Diagnosis(.wrong, "Compare the account's settings, its scheme and its keys with the vendor's console.")
      case .requestRejected:
        Diagnosis(
          .wrong,
          "Ask the vendor, with the code, which parameter it means; a field of the account may choose another form.")

      case .vendorUnreachable:
        Diagnosis(
          .wrong, "The host answered a moment ago: see whether a firewall lets through more than one connection.")
      case .vendorTimeout:
        Diagnosis(
          .wrong, "Try again; if it stays, raise the account's 'timeout' and ask the vendor whether the call came.")
      case .vendorProtocolError:
        Diagnosis(.wrong, "See that 'endpoint' is the vendor's and that no proxy or firewall answers in its place.")
      case .vendorBusy, .vendorUnavailable: Diagnosis(.doubtful, "Try again later.")
      case .vendorOther:
        Diagnosis(.doubtful, "A code for many things: try a real token, or ask the vendor what it means.")
      case .unmapped:
        Diagnosis(
          .doubtful, "Add a row for this code to the provider's file: until then nobody can tell what it means.")

      case .invalidRequest, .invalidPhoneNumber, .numberMismatch, .numberBarred, .tooManyAttempts:
        Diagnosis(.doubtful, "The vendor looked at something else before the token: try a real one.")
      case .cellularRequired, .carrierUnsupported, .clientUnsupported, .userCancelled, .acquisitionEnded:
        Diagnosis(
          .doubtful, "An error of a phone in answer to a server: look at this code's row in the provider's file.")
      case .unauthenticated, .forbidden, .notFound, .operationUnsupported, .sessionInvalid, .payloadTooLarge,
        .rateLimited, .overloaded:
        Diagnosis(.doubtful, "An error of a gateway in answer to a vendor's call: look at this code's row.")
      case .internal: Diagnosis(.wrong, "A defect of Numgate; the account was not tried.")
      }
  }

  /// For what keeps a connection from being made; nil: for something without a name.
  init(on unsupportedReason: ConnectionObstacle?) {
    let advice =
      switch unsupportedReason {
      case .nameNotResolved:
        "See that 'endpoint' is spelt right and that this machine's DNS answers for names outside (getent hosts)."
      case .nameLookupTimedOut: "This machine's DNS does not answer: see /etc/resolv.conf and the way to its servers."
      case .refused:
        "Nothing listens there, or a firewall rejects: see the port of 'endpoint', the egress rules and the vendor's "
          + "allow-list."
      case .unreachable: "There is no route: see this machine's gateway, its egress and, in a container, its network."
      case .timedOut:
        "Packets are dropped on the way: see the egress firewall and the vendor's allow-list; a slow line needs more "
          + "'server.vendors.connectTimeout'."
      case .certificateNotTrusted:
        "The authority is not in the CA bundle: install ca-certificates or name a bundle in 'server.vendors.authorities'; "
          + "if a proxy intercepts TLS, exempt the vendor's host from it."
      case .certificateForAnotherName:
        "Another server answers: see 'endpoint', and exempt the vendor's host from any intercepting proxy."
      case .certificateOutOfDate: "See this machine's clock first; if it is right, tell the vendor."
      case .authoritiesNotReadable: "'server.vendors.authorities' must name a PEM file that this user can read."
      case .tlsFailed: "The server speaks no TLS here, or an old one: see scheme and port of 'endpoint', and any proxy."
      case .proxyNotReached: "Nothing answers at 'server.vendors.proxy': see its host, its port and the way to it."
      case .proxyAuthenticationRefused: "See user and password of 'server.vendors.proxy'."
      case .proxyRefused:
        "The proxy forbids this host or cannot reach it: see its rules and its log, or list the host in "
          + "'server.vendors.noProxy'."
      case nil: "See 'endpoint' and what stands between this machine and it."
      }
    self.init(.wrong, advice)
  }
}
