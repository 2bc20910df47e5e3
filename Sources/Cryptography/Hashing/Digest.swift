private import COpenSSL

/// A hash function that vendors use.
public enum DigestAlgorithm: Sendable, CaseIterable {
  case md5, sha1, sha256, sha384, sha512
  /// GB/T 32905-2016.
  case sm3

  /// OpenSSL's name.
  public var name: String {
    switch self {
    case .md5: "MD5"
    case .sha1: "SHA1"
    case .sha256: "SHA256"
    case .sha384: "SHA384"
    case .sha512: "SHA512"
    case .sm3: "SM3"
    }
  }

  /// The size of a digest in bytes.
  public var size: Int {
    switch self {
    case .md5: 16
    case .sha1: 20
    case .sha256, .sm3: 32
    case .sha384: 48
    case .sha512: 64
    }
  }

  var index: Int {
    switch self {
    case .md5: 0
    case .sha1: 1
    case .sha256: 2
    case .sha384: 3
    case .sha512: 4
    case .sm3: 5
    }
  }

  /// False if OpenSSL does not provide the algorithm, such as MD5 in FIPS mode. It must not be used then.
  public var isAvailable: Bool { Algorithms.shared.provides(self) }

  public func hash(_ message: [UInt8]) -> [UInt8] {
    message.withUnsafeBytes { hash(bytes: $0) }
  }

  public func hash(_ message: String) -> [UInt8] {
    var message = message
    return message.withUTF8 { hash(bytes: UnsafeRawBufferPointer($0)) }
  }

  private func hash(bytes: UnsafeRawBufferPointer) -> [UInt8] {
    let digest = Algorithms.shared.contexts.withContext { context in
      [UInt8](unsafeUninitializedCapacity: size) { output, count in
        var length: UInt32 = 0
        let done =
          EVP_DigestInit_ex2(context, Algorithms.shared.digest(self), nil) == 1
          && EVP_DigestUpdate(context, bytes.baseAddress, bytes.count) == 1
          && EVP_DigestFinal_ex(context, output.baseAddress, &length) == 1
        precondition(done, "OpenSSL cannot compute \(name)")
        count = Int(length)
      }
    }
    guard let digest else { preconditionFailure("OpenSSL cannot compute \(name)") }
    return digest
  }
}

/// OpenSSL's algorithms, fetched once: a look-up by name is more expensive than a short hash.
final class Algorithms: @unchecked Sendable {
  static let shared = Algorithms()

  /// Contexts for digests. A context can be used for every algorithm.
  let contexts = PerThread(make: { EVP_MD_CTX_new() }, free: { EVP_MD_CTX_free($0) })
  /// nil for algorithms that OpenSSL does not provide.
  private let digests: [OpaquePointer?]

  private init() {
    digests = DigestAlgorithm.allCases.map { EVP_MD_fetch(nil, $0.name, nil) }
    _ = numgate_last_error()
  }

  func provides(_ algorithm: DigestAlgorithm) -> Bool { digests[algorithm.index] != nil }

  /// The algorithm must be available; the check of a configuration reports missing ones.
  func digest(_ algorithm: DigestAlgorithm) -> OpaquePointer {
    guard let digest = digests[algorithm.index] else { preconditionFailure("this OpenSSL has no \(algorithm.name)") }
    return digest
  }
}
