internal import Networking

/// Reads a vendor's form request (`application/x-www-form-urlencoded`), every name given once.
struct FormFields {
  let pairs: [FormPair]

  /// nil where the request does not say that it is a form, is not percent-encoded UTF-8, or has a name twice.
  init?(_ request: HTTPRequest) {
    guard VendorFields.says("application/x-www-form-urlencoded", request),
      let pairs = FormPair.parse(String(decoding: request.body, as: UTF8.self)),
      Set(pairs.map(\.name)).count == pairs.count
    else { return nil }
    self.pairs = pairs
  }

  /// nil where the field is missing or empty.
  subscript(name: String) -> String? {
    pairs.first { $0.name == name }.flatMap { $0.value.isEmpty ? nil : $0.value }
  }

  /// Names with their values behind them, sorted by name, without what is between: what Yidun and Shanyan sign.
  func joined(without name: String) -> String {
    pairs.filter { $0.name != name }.sorted { $0.name.precedesInBytes($1.name) }.map { $0.name + $0.value }.joined()
  }
}
