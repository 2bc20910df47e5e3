internal import Networking

/// The parameters of one Aliyun RPC call, from the query and from a form body (`specs/aliyun.md` §2).
struct AliyunParameters: Sendable {
  /// The parameters in the query, which V3 signs.
  let query: [FormPair]
  /// The parameters in the query and in the form body. V1 signs all of them, except the signature.
  let all: [FormPair]

  /// Returns nil if a name or a value is not percent-encoded UTF-8.
  init?(_ request: HTTPRequest) {
    guard let query = FormPair.parse(request.query ?? "") else { return nil }
    self.query = query
    let type = request.headers["Content-Type"]?.lowercased() ?? ""
    guard type.hasPrefix("application/x-www-form-urlencoded"), !request.body.isEmpty else {
      all = query
      return
    }
    guard let form = FormPair.parse(String(decoding: request.body, as: UTF8.self)) else { return nil }
    all = query + form
  }

  /// The value of a parameter; nil if it is missing or empty.
  subscript(name: String) -> String? {
    all.first { $0.name == name }.flatMap { $0.value.isEmpty ? nil : $0.value }
  }
}
