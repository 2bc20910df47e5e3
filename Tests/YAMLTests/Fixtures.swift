import Glibc

@testable import YAML

/// The fields of each line of a file that `Fixtures/make_fixtures.py` has written.
func readLines(_ name: String, beside file: String = #filePath) -> [[String]] {
  let folder = file.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
  guard let stream = fopen(folder + "/Fixtures/" + name, "r") else { preconditionFailure("no \(name)") }
  defer { fclose(stream) }
  var bytes: [UInt8] = []
  var buffer = [UInt8](repeating: 0, count: 65_536)
  while true {
    let count = fread(&buffer, 1, buffer.count, stream)
    if count == 0 { break }
    bytes += buffer[..<count]
  }
  return String(decoding: bytes, as: UTF8.self).split(separator: "\n").map { $0.split(separator: " ").map(String.init) }
}

func bytes(ofHex hex: String) -> [UInt8] {
  let digits = hex.map { UInt8($0.hexDigitValue!) }
  return stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
}

private func hex(_ text: String) -> String {
  text.utf8.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
}

/// A node in the format of the fixtures. All keys are written as `k`: a node does not store whether they were quoted.
func dump(_ node: YAMLNode) -> String {
  let at = "\(node.mark.line):\(node.mark.column):"
  switch node.content {
  case .scalar(let text, let isPlain): return at + (isPlain ? "p" : "q") + hex(text) + ";"
  case .sequence(let elements): return at + "[" + elements.map(dump).joined() + "]"
  case .mapping(let entries):
    let text = entries.map { "\($0.keyMark.line):\($0.keyMark.column):k\(hex($0.key));" + dump($0.value) }.joined()
    return at + "{" + text + "}"
  }
}
