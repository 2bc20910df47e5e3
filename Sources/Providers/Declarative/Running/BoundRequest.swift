import Cryptography
import JSON
import NumberAuth

/// A request's parts, bound to an account.
struct BoundRequest: Sendable {
  struct Parameter: Sendable {
    let name: String
    /// The name as it stands in a query or a form.
    let encodedName: String
    let value: Bound
    let isOptional: Bool
  }

  enum Body: Sendable {
    case none
    case form([Parameter])
    case json(BoundJSON)
  }

  let method: String
  let path: Bound
  let queryParameters: [Parameter]
  let headers: [Parameter]
  let payload: Body

  /// The request as it is sent. Throws where a value cannot stand where it is put.
  func request(_ frame: inout Frame) throws(Failure) -> VendorRequest {
    let path = try path.text(&frame)
    guard path.utf8.first == UInt8(ascii: "/"),
      path.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f && $0 != UInt8(ascii: "#") && $0 != UInt8(ascii: "?") })
    else { throw Failure(.misconfigured, stage: frame.operation.stage, detail: "The request's path is not one.") }
    let query = try frame.queryText()
    let body = try frame.bodyBytes()
    var fields: [VendorRequest.Header] = []
    fields.reserveCapacity(headers.count + 1)
    if let type = defaultContentType { fields.append(.init("Content-Type", type)) }
    for header in headers {
      let value = try header.value.text(&frame)
      if header.isOptional, value.isEmpty { continue }
      guard value.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7f }) else {
        throw .gateway(.invalidRequest, "The header '\(header.name)' would hold a character that no header takes.")
      }
      fields.append(.init(header.name, value))
    }
    return VendorRequest(
      method: method, target: query.isEmpty ? path : path + "?" + query, headers: fields, body: body)
  }

  /// nil where there is no body or the file gives the header itself.
  private var defaultContentType: String? {
    if headers.contains(where: { $0.name.lowercased() == "content-type" }) { return nil }
    return switch payload {
    case .none: nil
    case .form: "application/x-www-form-urlencoded"
    case .json: "application/json"
    }
  }

  func query(_ frame: inout Frame) throws(Failure) -> String { try Self.encoded(queryParameters, &frame) }

  func body(_ frame: inout Frame) throws(Failure) -> [UInt8] {
    switch payload {
    case .none: []
    case .form(let parameters): Array(try Self.encoded(parameters, &frame).utf8)
    case .json(let form): try form.bytes(&frame)
    }
  }

  private static func encoded(_ parameters: [Parameter], _ frame: inout Frame) throws(Failure) -> String {
    var text = ""
    for parameter in parameters {
      let value = try parameter.value.text(&frame)
      if parameter.isOptional, value.isEmpty { continue }
      if !text.isEmpty { text += "&" }
      text += parameter.encodedName
      text += "="
      text += PercentEncoding.encode(value)
    }
    return text
  }

  /// A signed header's value as it is sent; nil where the request has no such header.
  func header(_ name: String, _ frame: inout Frame) throws(Failure) -> String? {
    if name == "host" { return frame.operation.host }
    if let header = headers.first(where: { $0.name.lowercased() == name }) { return try header.value.text(&frame) }
    return name == "content-type" ? defaultContentType : nil
  }
}

extension Binder {
  mutating func bind(_ request: RequestDescription) throws(AccountFault) -> BoundRequest {
    let body: BoundRequest.Body =
      switch request.body {
      case .none: .none
      case .form(let parameters): .form(try bind(parameters))
      case .json(let form): .json(try bind(form))
      }
    return BoundRequest(
      method: request.method, path: try bind(request.path), queryParameters: try bind(request.query),
      headers: try bind(request.headers), payload: body)
  }

  mutating func bind(_ parameters: [Parameter]) throws(AccountFault) -> [BoundRequest.Parameter] {
    var bound: [BoundRequest.Parameter] = []
    for parameter in parameters {
      bound.append(
        BoundRequest.Parameter(
          name: parameter.name, encodedName: PercentEncoding.encode(parameter.name),
          value: try bind(parameter.value), isOptional: parameter.isOptional))
    }
    return bound
  }
}
