import Configuration
import Cryptography
import Networking
import NumberAuth

/// Finds the team of a key or of a client certificate. Keys are stored as SHA-256 only.
struct TeamDirectory: Sendable {
  /// Keyed by the first eight bytes of the hash. The lookup is not constant-time: a match of hash bytes reveals nothing
  /// about the key.
  private let byPrefix: [UInt64: [(hash: [UInt8], team: Team)]]
  private let withCertificates: [Team]

  init(_ teams: [Team]) {
    var table: [UInt64: [(hash: [UInt8], team: Team)]] = [:]
    for team in teams {
      for hash in team.keyHashes { table[Self.prefix(hash), default: []].append((hash, team)) }
    }
    byPrefix = table
    withCertificates = teams.filter { !$0.certificates.isEmpty }
  }

  private static func prefix(_ hash: some Collection<UInt8>) -> UInt64 {
    hash.prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
  }

  /// Uses the `Authorization: Bearer` field if it is present, otherwise the client certificate. Throws
  /// `unauthenticated`.
  func authenticate(_ fields: HTTPFields, certificate: PeerCertificate?) throws(Failure) -> Team {
    try fields.withValue(of: .authorization) { (value: UnsafeRawBufferPointer?) throws(Failure) in
      try authenticate(value, certificate)
    }
  }

  private func authenticate(
    _ authorization: UnsafeRawBufferPointer?, _ certificate: PeerCertificate?
  ) throws(Failure) -> Team {
    guard let authorization else {
      guard let certificate else {
        throw .gateway(
          .unauthenticated,
          withCertificates.isEmpty
            ? "Send the team's key as 'Authorization: Bearer <key>'."
            : "Send the team's key as 'Authorization: Bearer <key>', or present the team's client certificate.")
      }
      return try team(of: certificate)
    }
    let scheme = "bearer ".utf8
    // Bit 0x20 distinguishes upper-case from lower-case letters. It is set in a space.
    guard authorization.count > scheme.count, zip(authorization, scheme).allSatisfy({ $0 | 0x20 == $1 }) else {
      throw .gateway(.unauthenticated, "The Authorization field must be 'Bearer <key>'.")
    }
    let key = UnsafeRawBufferPointer(rebasing: authorization.dropFirst(scheme.count))
    let team = DigestAlgorithm.sha256.withDigest(of: key) { hash in
      byPrefix[Self.prefix(hash)]?.first { constantTimeEqual($0.hash, hash) }?.team
    }
    guard let team else { throw .gateway(.unauthenticated, "No team has this key.") }
    return team
  }

  private func team(of certificate: PeerCertificate) throws(Failure) -> Team {
    let matching = withCertificates.filter { team in
      team.certificates.contains { pattern in certificate.names.contains(where: pattern.matches) }
    }
    guard let team = matching.first else {
      throw .gateway(.unauthenticated, "No team accepts this client certificate.")
    }
    guard matching.count == 1 else {
      throw .gateway(.unauthenticated, "Several teams accept this client certificate; send a team's key as well.")
    }
    return team
  }
}
