import Cryptography
import Glibc
import JSON
import Testing

/// The fixtures that `Fixtures/make_fixtures.py` has written.
enum Fixtures {
  static let root: JSONValue = {
    guard let root = try? JSONValue.parse(readFile("Fixtures/cryptography.json")) else {
      preconditionFailure("Fixtures/cryptography.json cannot be read")
    }
    return root
  }()

  static func list(_ pointer: String) -> [JSONValue] {
    let elements = JSONPointer(pointer).flatMap { root.at($0) }?.elements ?? []
    precondition(!elements.isEmpty, "the fixtures have nothing at \(pointer)")
    return elements
  }

  static func text(_ pointer: String) -> String {
    guard let text = JSONPointer(pointer).flatMap({ root.at($0) })?.string else {
      preconditionFailure("the fixtures have no text at \(pointer)")
    }
    return text
  }
}

extension JSONValue {
  func text(_ key: String) -> String {
    guard let text = self[key]?.string else { preconditionFailure("the fixture has no '\(key)'") }
    return text
  }

  func bytes(_ key: String) -> [UInt8] { CryptographyTests.bytes(ofHex: text(key)) }

  func digest(_ key: String) -> DigestAlgorithm {
    switch text(key) {
    case "md5": .md5
    case "sha1": .sha1
    case "sha256": .sha256
    default: preconditionFailure("the fixture has no digest at '\(key)'")
    }
  }
}

/// Bytes from hexadecimal digits and spaces. Independent of `Hex`, which is under test.
func bytes(ofHex hex: String) -> [UInt8] {
  let digits = hex.filter { !$0.isWhitespace }.map { UInt8($0.hexDigitValue!) }
  return stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
}

/// Two lower-case digits for each byte. Independent of `Hex`.
func hex(_ bytes: [UInt8]) -> String {
  bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
}

/// The content of a file in the folder of the tests.
func readFile(_ name: String, beside file: String = #filePath) -> [UInt8] {
  let folder = file.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
  return readFile(at: folder + "/" + name)
}

func readFile(at path: String) -> [UInt8] {
  guard let stream = fopen(path, "r") else { return [] }
  defer { fclose(stream) }
  var bytes: [UInt8] = []
  var buffer = [UInt8](repeating: 0, count: 65_536)
  while true {
    let count = fread(&buffer, 1, buffer.count, stream)
    if count == 0 { return bytes }
    bytes += buffer[..<count]
  }
}

/// A folder for one test, removed at its end.
final class TemporaryFolder {
  let path: String

  init() throws {
    var template = Array("/tmp/numgate-cryptography-XXXXXX".utf8CString)
    path = try #require(mkdtemp(&template).map { String(cString: $0) })
  }

  deinit { _ = system("rm -rf '\(path)'") }

  func write(_ bytes: [UInt8], to name: String) throws -> String {
    let file = path + "/" + name
    let stream = try #require(fopen(file, "w"))
    defer { fclose(stream) }
    try #require(fwrite(bytes, 1, bytes.count, stream) == bytes.count)
    return file
  }
}

/// Runs `openssl` and returns whether it succeeded.
func openssl(_ arguments: String) -> Bool { system("openssl \(arguments) >/dev/null 2>&1") == 0 }
