import Cryptography
import JSON

/// A POST request to a vendor.
struct Message: Sendable {
  var target: String
  var headers: [(String, String)]
  var body: String

  init(_ target: String, json: String, headers: [(String, String)] = []) {
    self.target = target
    self.headers = headers + [("Content-Type", "application/json; charset=utf-8")]
    body = json
  }

  /// A JSON object with members in the given order. A value `#123` is the number 123.
  init(_ target: String, members: [(String, String)], headers: [(String, String)] = []) {
    var writer = JSONWriter()
    writer.object { writer in
      for (name, value) in members {
        if value.hasPrefix("#"), let number = Int(value.dropFirst()) {
          writer.member(named: name, number)
        } else {
          writer.member(named: name, value)
        }
      }
    }
    self.init(target, json: String(decoding: writer.bytes, as: UTF8.self), headers: headers)
  }

  init(_ target: String, form: [(String, String)]) {
    self.target = target
    headers = [("Content-Type", "application/x-www-form-urlencoded;charset=utf-8")]
    body = form.map { PercentEncoding.encode($0.0) + "=" + PercentEncoding.encode($0.1) }.joined(separator: "&")
  }
}

/// The hexadecimal digits of a digest.
func digest(_ algorithm: DigestAlgorithm, _ text: String) -> String { Hex.encode(algorithm.hash(text)) }
