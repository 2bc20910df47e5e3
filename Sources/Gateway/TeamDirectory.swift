import Configuration
import Cryptography
import NumberAuth

/// Finds the team a key belongs to. Keys are kept as SHA-256 only.
struct TeamDirectory: Sendable {
  /// By the first eight bytes of the hash; which of them a guess hits tells nothing about the key.
  private let byPrefix: [UInt64: [(hash: [UInt8], team: Team)]]

  init(_ teams: [Team]) {
    var table: [UInt64: [(hash: [UInt8], team: Team)]] = [:]
    for team in teams {
      for hash in team.keyHashes { table[Self.prefix(hash), default: []].append((hash, team)) }
    }
    byPrefix = table
  }

  private static func prefix(_ hash: [UInt8]) -> UInt64 { hash.prefix(8).reduce(0) { $0 << 8 | UInt64($1) } }

  /// Reads an `Authorization: Bearer` field. Throws `unauthenticated`.
  func authenticate(_ authorization: String?) throws(Failure) -> Team {
    guard let authorization else {
      throw .gateway(.unauthenticated, "Send the team's key as 'Authorization: Bearer <key>'.")
    }
    let scheme = "Bearer "
    guard authorization.utf8.count > scheme.utf8.count, authorization.prefix(scheme.count).lowercased() == "bearer "
    else {
      throw .gateway(.unauthenticated, "The Authorization field must be 'Bearer <key>'.")
    }
    let hash = DigestAlgorithm.sha256.hash(String(authorization.dropFirst(scheme.count)))
    for candidate in byPrefix[Self.prefix(hash)] ?? [] where constantTimeEqual(candidate.hash, hash) {
      return candidate.team
    }
    throw .gateway(.unauthenticated, "No team has this key.")
  }
}
