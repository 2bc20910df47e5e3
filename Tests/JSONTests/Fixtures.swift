import Glibc
import JSON

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
  return String(decoding: bytes, as: UTF8.self).split(separator: "\n").map {
    $0.split(separator: " ", maxSplits: 2).map(String.init)
  }
}

/// Bytes from hexadecimal digits; `-` is an empty text.
func bytes(ofHex hex: String) -> [UInt8] {
  if hex == "-" { return [] }
  let digits = hex.map { UInt8($0.hexDigitValue!) }
  return stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
}

func hex(_ bytes: some Sequence<UInt8>) -> String {
  bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
}

/// A value in the format of the fixtures.
func dump(_ value: JSONValue) -> String {
  switch value.kind {
  case .null: "n"
  case .boolean: value.bool == true ? "t" : "f"
  case .number: "d\(value.text ?? "?");"
  case .string: "s\(hex((value.string ?? "?").utf8));"
  case .array: "[" + value.elements.map(dump).joined() + "]"
  case .object: "{" + value.members.map { "s\(hex($0.key.utf8));" + dump($0.value) }.joined() + "}"
  }
}
