internal import COpenSSL

/// The client certificate of some connections, the authorities of their servers, or both. A connection is used only by
/// requests with an equal identity, and so are TLS sessions.
///
/// Identities are equal if their names and the contents of their files are equal. So an identity that is read again
/// uses the open connections.
public final class TLSIdentity: Sendable, Hashable {
  /// The name of the owner, such as an account. Owners never share connections, even with equal files.
  public let name: String
  /// The validity of the client certificate; nil without one.
  public let validity: CertificateValidity?
  /// Whether servers are verified with authorities of this identity, not with those of the client.
  public let hasAuthorities: Bool
  let context: TLSClientContext
  /// SHA-256 of the files.
  private let digest: [UInt8]

  /// All inputs are PEM. The chain begins with the client certificate, followed by the intermediate certificates.
  public init(
    name: String, certificate: (chain: [UInt8], key: [UInt8])?, authorities: [UInt8]? = nil
  ) throws(TLSContextError) {
    self.name = name
    hasAuthorities = authorities != nil
    guard let context = TLSClientContext(hasCertificate: certificate != nil),
      let digest = Self.digest([certificate?.chain, certificate?.key, authorities])
    else { throw .unavailable }
    self.context = context
    self.digest = digest
    defer { ERR_clear_error() }
    if let certificate {
      validity = try TLSCredentials.install(certificate.chain, certificate.key, in: context.context)
    } else {
      validity = nil
    }
    if let authorities {
      try TLSCredentials.trust(authorities) { numgate_tls_trust(context.context, $0) == 1 }
    }
  }

  /// Whether there is a client certificate.
  public var hasCertificate: Bool { context.hasCertificate }

  /// Whether a server has requested the client certificate since this object was created.
  public var isCertificateRequested: Bool { context.isCertificateRequested }

  public static func == (left: TLSIdentity, right: TLSIdentity) -> Bool {
    left === right || (left.digest == right.digest && left.name == right.name)
  }

  public func hash(into hasher: inout Hasher) { hasher.combine(digest) }

  /// Each part is preceded by its length, so that different parts have different hashes.
  private static func digest(_ parts: [[UInt8]?]) -> [UInt8]? {
    var input: [UInt8] = []
    for part in parts {
      withUnsafeBytes(of: (part?.count ?? -1).bigEndian) { input += $0 }
      input += part ?? []
    }
    var digest = [UInt8](repeating: 0, count: 32)
    return EVP_Q_digest(nil, "SHA256", nil, input, input.count, &digest, nil) == 1 ? digest : nil
  }
}

extension TLSIdentity: CustomStringConvertible, CustomReflectable {
  public var description: String { name }
  public var customMirror: Mirror { Mirror(self, children: [:]) }
}
