import Glibc

/// Two authorities, valid for one day, with certificates of both: `bank.internal` for one year, the others for one day. `openssl` generates them in a folder, which is
/// removed at the end of the process.
public final class TestAuthorities: Sendable {
  public struct Failure: Error, CustomStringConvertible {
    public let description: String
  }

  public static let shared = Result { () throws(Failure) in try TestAuthorities() }

  public let folder: String

  private init() throws(Failure) {
    var template = Array("/tmp/numgate-tls-XXXXXX".utf8CString)
    guard let folder = mkdtemp(&template).map({ String(cString: $0) }) else { throw Failure(description: "mkdtemp") }
    self.folder = folder
    folders.append(folder)
    atexit { for folder in folders { _ = system("rm -rf '\(folder)'") } }
    for name in ["authority", "stranger"] {
      try openssl(
        "req -x509 -newkey rsa:2048 -nodes -days 1 -subj '/CN=Numgate test \(name)' -keyout \(name).key -out \(name).pem "
          + "-addext basicConstraints=critical,CA:TRUE -addext keyUsage=critical,keyCertSign")
    }
    for (name, alternative, days) in [
      ("localhost", "DNS:localhost", 1), ("address", "IP:127.0.0.1", 1), ("expired", "DNS:localhost", -1),
    ] { try issue(name, alternative, days: days, key: "rsa:2048") }
    try issue("second", "DNS:localhost")
    try issue("shop.internal", "DNS:shop.example,URI:spiffe://example/shop,email:shop@example,IP:10.0.0.1")
    try issue("outsider.internal", "DNS:shop.example", by: "stranger")
    try issue("bank.internal", "DNS:bank.example", days: 365)
    try issue("late.internal", "DNS:late.example", days: -1)
    try openssl("pkcs8 -topk8 -in second.key -passout pass:secret -out encrypted.key")
    try openssl("genrsa -out small.key 1024")
    try openssl("req -x509 -key small.key -subj /CN=small -days 1 -out small.pem")
  }

  private func issue(
    _ name: String, _ alternative: String, by authority: String = "authority", days: Int = 1,
    key: String = "ec -pkeyopt ec_paramgen_curve:P-256"
  ) throws(Failure) {
    try openssl("req -newkey \(key) -nodes -subj '/CN=\(name)' -keyout \(name).key -out \(name).csr")
    try openssl(
      "x509 -req -in \(name).csr -CA \(authority).pem -CAkey \(authority).key -CAcreateserial -days \(days) "
        + "-out \(name).pem -extfile <(echo subjectAltName=\(alternative))")
  }

  private func openssl(_ arguments: String) throws(Failure) {
    let command = "cd '\(folder)' && openssl \(arguments) >/dev/null 2>&1"
    guard system("bash -c \"\(command)\"") == 0 else { throw Failure(description: "openssl \(arguments)") }
  }

  public func path(_ name: String) -> String { "\(folder)/\(name)" }

  public func text(_ name: String) -> String {
    guard let file = fopen(path(name), "r") else { return "" }
    defer { fclose(file) }
    var bytes: [UInt8] = []
    while case let byte = fgetc(file), byte != EOF { bytes.append(UInt8(truncatingIfNeeded: byte)) }
    return String(decoding: bytes, as: UTF8.self)
  }

  public func bytes(_ name: String) -> [UInt8] { Array(text(name).utf8) }
}

/// Written once, before the exit handler reads it.
nonisolated(unsafe) private var folders: [String] = []
