import Cryptography
import JSON
import Networking
import NumberAuth

/// A request's parts, bound to an account.
final class BoundRequest: Sendable {
  struct Parameter: Sendable {
    let name: String
    /// The percent-encoded name.
    let encodedName: String
    let value: Bound
    let isOptional: Bool
  }

  enum Body: Sendable {
    case none
    case form([Parameter])
    case json(BoundJSON)
    case xml(BoundXML)
    case multipart([Parameter])
    case raw(Bound, contentType: String)
  }

  /// The origin, if it is not the account's endpoint.
  let endpoint: String?
  let charset: RequestDescription.Charset
  let method: String
  /// A constant path has already been checked.
  let path: Bound
  let queryParameters: [Parameter]
  let headers: [Parameter]
  let payload: Body
  /// nil if there is no body or the file defines the header.
  private let defaultContentType: String?
  /// The headers that precede those of the file.
  private let defaultFields: [VendorRequest.Header]

  init(
    endpoint: String?, charset: RequestDescription.Charset, method: String, path: Bound, queryParameters: [Parameter],
    headers: [Parameter], payload: Body
  ) {
    self.endpoint = endpoint
    self.charset = charset
    self.method = method
    self.path = path
    self.queryParameters = queryParameters
    self.headers = headers
    self.payload = payload
    defaultContentType =
      headers.contains { $0.name.lowercased() == "content-type" } ? nil : Self.contentType(of: payload, charset)
    defaultFields = defaultContentType.map { [VendorRequest.Header("Content-Type", $0)] } ?? []
  }

  /// Builds the request. Throws if a value is not allowed in the path or in a header.
  func request(_ evaluation: inout Evaluation) throws(Failure) -> VendorRequest {
    let isChecked = path.constant != nil
    let path = try path.text(&evaluation)
    guard isChecked || Self.isPath(path) else {
      throw Failure(.misconfigured, stage: evaluation.operation.stage, detail: "The request path is not valid.")
    }
    guard isChecked || !Self.hasDotSegment(path) else {
      throw .gateway(.invalidRequest, "A value of the request would change the path of the vendor's API.")
    }
    let query = try evaluation.queryText()
    let body = try evaluation.bodyBytes()
    var fields = defaultFields
    if case .multipart = payload { fields.append(.init("Content-Type", Multipart.contentType(evaluation.context))) }
    if !headers.isEmpty { fields.reserveCapacity(headers.count + 1) }
    for header in headers {
      let value = try header.value.text(&evaluation)
      if header.isOptional, value.isEmpty { continue }
      guard Self.isHeaderText(value) else {
        throw .gateway(.invalidRequest, "The value of the header '\(header.name)' is not printable ASCII.")
      }
      fields.append(.init(header.name, value))
    }
    return VendorRequest(
      method: method, target: query.isEmpty ? path : path + "?" + query, headers: fields, body: body,
      endpoint: endpoint)
  }

  fileprivate static func isPath(_ text: String) -> Bool {
    text.utf8.first == UInt8(ascii: "/")
      && text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7f && $0 != UInt8(ascii: "#") && $0 != UInt8(ascii: "?") }
  }

  /// Servers and proxies resolve these segments.
  private static func hasDotSegment(_ path: String) -> Bool {
    path.utf8.split(separator: UInt8(ascii: "/")).contains {
      $0.count <= 2 && $0.allSatisfy { $0 == UInt8(ascii: ".") }
    }
  }

  /// Printable ASCII, which every server and proxy accepts.
  static func isHeaderText(_ text: String) -> Bool { text.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7f } }

  private static func contentType(of payload: Body, _ charset: RequestDescription.Charset) -> String? {
    switch payload {
    case .none: nil
    case .form: "application/x-www-form-urlencoded" + charset.contentTypeParameter
    case .json: "application/json" + charset.contentTypeParameter
    case .xml: "application/xml" + charset.contentTypeParameter
    case .raw(_, let contentType): contentType
    // It contains the boundary, which differs for each call.
    case .multipart: nil
    }
  }

  func query(_ evaluation: inout Evaluation) throws(Failure) -> String {
    try encoded(queryParameters, &evaluation)
  }

  func body(_ evaluation: inout Evaluation) throws(Failure) -> [UInt8] {
    switch payload {
    case .none: []
    case .form(let parameters): Array(try encoded(parameters, &evaluation).utf8)
    case .json(let form): try charset.body(try form.bytes(&evaluation))
    case .xml(let form): try charset.body(try form.bytes(&evaluation))
    case .multipart(let parts): try Multipart.body(parts, &evaluation)
    case .raw(let value, _):
      switch try value.value(&evaluation) {
      case .text(let text): try charset.body(Array(text.utf8))
      case .bytes(let bytes): bytes
      }
    }
  }

  private func encoded(_ parameters: [Parameter], _ evaluation: inout Evaluation) throws(Failure) -> String {
    var text = ""
    for parameter in parameters {
      let value = try parameter.value.text(&evaluation)
      if parameter.isOptional, value.isEmpty { continue }
      if !text.isEmpty { text += "&" }
      text += parameter.encodedName
      text += "="
      text += try charset.percentEncoded(value, parameter.name)
      if text.utf8.count > Value.maximumSize { throw evaluation.tooLarge("The query or form") }
    }
    return text
  }

  /// The value of a signed header as it is sent; nil if the request has no such header.
  func header(_ name: String, _ evaluation: inout Evaluation) throws(Failure) -> String? {
    if name == "host" { return evaluation.operation.host }
    if let header = headers.first(where: { $0.name.lowercased() == name }) { return try header.value.text(&evaluation) }
    guard name == "content-type" else { return nil }
    if case .multipart = payload { return Multipart.contentType(evaluation.context) }
    return defaultContentType
  }
}

extension Binder {
  mutating func bind(_ request: RequestDescription) throws(AccountFault) -> BoundRequest {
    let body: BoundRequest.Body =
      switch request.body {
      case .none: .none
      case .form(let parameters): .form(try bind(parameters))
      case .json(let form): .json(try bind(form))
      case .xml(let form): .xml(try bind(form))
      case .multipart(let parts): .multipart(try bind(parts))
      case .raw(let template, let contentType): .raw(try bind(template), contentType: contentType)
      }
    // Path and headers are evaluated once more for a signature that covers them.
    let path = try sharing { binder throws(AccountFault) in try binder.bind(path: request.path) }
    if let constant = path.constant, !BoundRequest.isPath(constant.text) {
      throw fault(of: request.path, "the request path is not valid with this account's fields")
    }
    let headers = try sharing { binder throws(AccountFault) in try binder.bind(request.headers) }
    for (header, written) in zip(headers, request.headers) {
      guard let constant = header.value.constant, !BoundRequest.isHeaderText(constant.text) else { continue }
      throw fault(of: written.value, "the value of the header '\(header.name)' is not printable ASCII")
    }
    return BoundRequest(
      endpoint: try bind(endpoint: request.endpoint), charset: request.charset, method: request.method, path: path,
      queryParameters: try bind(request.query), headers: headers, payload: body)
  }

  /// The origin of a request to another endpoint.
  mutating func bind(endpoint template: Template?) throws(AccountFault) -> String? {
    guard let template, mask == nil else { return nil }
    guard let constant = try bind(template).constant?.text else {
      throw AccountFault(field: "provider", "'endpoint' must not contain values of the call")
    }
    guard HTTPOrigin(constant) != nil else {
      throw fault(of: template, "'\(constant)' is not an origin such as https://auth.example.com")
    }
    return constant
  }

  mutating func bind(_ parameters: [Parameter]) throws(AccountFault) -> [BoundRequest.Parameter] {
    var bound: [BoundRequest.Parameter] = []
    for parameter in parameters {
      guard let encodedName = try? charset.percentEncoded(parameter.name, parameter.name) else {
        throw AccountFault(field: "provider", "the name '\(parameter.name)' has a character that GBK does not have")
      }
      bound.append(
        BoundRequest.Parameter(
          name: parameter.name, encodedName: encodedName,
          value: parameter.isOptional ? try bind(optional: parameter.value) : try bind(parameter.value),
          isOptional: parameter.isOptional))
    }
    return bound
  }
}
