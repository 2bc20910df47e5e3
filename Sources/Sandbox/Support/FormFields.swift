internal import Networking

/// The fields of a form request (`application/x-www-form-urlencoded`). Each name occurs once.
struct FormFields {
  let pairs: [FormPair]

  /// Returns nil if the media type is not that of a form, the body is not percent-encoded UTF-8, or a name is repeated.
  init?(_ request: HTTPRequest) {
    guard VendorFields.says("application/x-www-form-urlencoded", request),
      let pairs = FormPair.parse(String(decoding: request.body, as: UTF8.self)),
      Set(pairs.map(\.name)).count == pairs.count
    else { return nil }
    self.pairs = pairs
  }

  /// nil if the field is missing or empty.
  subscript(name: String) -> String? {
    pairs.first { $0.name == name }.flatMap { $0.value.isEmpty ? nil : $0.value }
  }

  /// The fields except `name`, sorted by name: names and values without separators. Yidun and Shanyan sign this text.
  func joined(without name: String) -> String {
    pairs.filter { $0.name != name }.sorted { $0.name.precedesInBytes($1.name) }.map { $0.name + $0.value }.joined()
  }
}
