internal import Cryptography
internal import Networking

/// The parameters of one Aliyun RPC call, from the query and from a form body (`specs/aliyun.md` §2).
struct AliyunParameters: Sendable {
  struct Pair: Sendable, Equatable {
    let name: String
    let value: String
  }

  /// What the query holds; V3 signs it.
  let query: [Pair]
  /// Query and form body together; V1 signs all of them but the signature.
  let all: [Pair]

  /// nil where a name or a value is not percent-encoded UTF-8.
  init?(_ request: HTTPRequest) {
    guard let query = AliyunParameters.parse(request.query ?? "") else { return nil }
    self.query = query
    let type = request.headers["Content-Type"]?.lowercased() ?? ""
    guard type.hasPrefix("application/x-www-form-urlencoded"), !request.body.isEmpty else {
      all = query
      return
    }
    guard let form = AliyunParameters.parse(String(decoding: request.body, as: UTF8.self)) else { return nil }
    all = query + form
  }

  /// The value of a parameter; nil where it is missing or empty.
  subscript(name: String) -> String? {
    all.first { $0.name == name }.flatMap { $0.value.isEmpty ? nil : $0.value }
  }

  /// A blank comes as `+` or as `%20`.
  static func parse(_ text: String) -> [Pair]? {
    var pairs: [Pair] = []
    for part in text.utf8.split(separator: UInt8(ascii: "&")) {
      let sides = part.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
      guard let name = PercentEncoding.decode(Substring(sides[0]), plusIsBlank: true),
        let value = sides.count < 2 ? "" : PercentEncoding.decode(Substring(sides[1]), plusIsBlank: true)
      else { return nil }
      pairs.append(Pair(name: name, value: value))
    }
    return pairs
  }
}
