import JSON
import YAML

/// A scalar value of the sample request.
struct SampleScalar {
  enum Place: Sendable { case path, query, header, form, json }

  /// The position in the order of the request, which identifies the value.
  let id: Int
  let place: Place
  /// The name of the parameter; for an element of an array, the name of the array.
  let name: String
  let text: String
  /// Whether the value is a JSON number.
  let isNumber: Bool
  /// Whether the value is not a direct member of the body.
  let isNested: Bool
  /// Whether the value is an element of an array.
  let isElement: Bool
}

/// The values of the sample request as a tree.
indirect enum SampleNode {
  case scalar(SampleScalar)
  /// `true`, `false` or `null`.
  case literal(String)
  case array([SampleNode])
  case object([(name: String, value: SampleNode)])

  /// All scalars, in order.
  var scalars: [SampleScalar] {
    switch self {
    case .scalar(let scalar): [scalar]
    case .literal: []
    case .array(let elements): elements.flatMap(\.scalars)
    case .object(let members): members.flatMap(\.value.scalars)
    }
  }

  /// The scalar members of the object that contains a scalar.
  func siblings(of id: Int) -> [SampleScalar]? {
    switch self {
    case .scalar, .literal: return nil
    case .array(let elements): return elements.lazy.compactMap { $0.siblings(of: id) }.first
    case .object(let members):
      let own = members.compactMap { if case .scalar(let scalar) = $0.value { scalar } else { nil } }
      if own.contains(where: { $0.id == id }) { return own }
      return members.lazy.compactMap { $0.value.siblings(of: id) }.first
    }
  }
}

/// The request of a curl command, with its values as trees.
struct SampleRequest {
  enum Body {
    case none
    case form([SampleScalar])
    case json(SampleNode)
  }

  let command: CurlCommand
  let path: [SampleScalar]
  let query: [SampleScalar]
  let headers: [SampleScalar]
  let body: Body
  /// The names of headers that a provider file does not need.
  let droppedHeaders: [String]

  /// Throws an error for a header or a member that a provider file cannot contain.
  init(_ command: CurlCommand) throws(SampleError) {
    self.command = command
    var numbers = Numbering()
    path = command.path.split(separator: "/").map { numbers.scalar(.path, "", String($0)) }
    query = command.query.map { numbers.scalar(.query, $0.name, $0.value) }
    var dropped: [String] = []
    var kept: [SampleScalar] = []
    for header in command.headers {
      if Self.isDropped(header, command.body) {
        dropped.append(header.name)
        continue
      }
      try Self.check(header, kept)
      kept.append(numbers.scalar(.header, header.name, header.value))
    }
    headers = kept
    droppedHeaders = dropped
    switch command.body {
    case .none: body = .none
    case .form(let pairs): body = .form(pairs.map { numbers.scalar(.form, $0.name, $0.value) })
    case .json(let value, let mark): body = .json(try numbers.node(value, "", depth: 0, at: mark))
    }
  }

  /// All scalars, in order.
  var scalars: [SampleScalar] {
    let ofBody: [SampleScalar] =
      switch body {
      case .none: []
      case .form(let parameters): parameters
      case .json(let node): node.scalars
      }
    return path + query + headers + ofBody
  }

  // MARK: Headers

  /// Headers that Numgate sets, that only a browser sends, or that are a part of a session.
  private static let dropped: Set<String> = [
    "host", "content-length", "connection", "expect", "te", "transfer-encoding", "accept-encoding", "accept",
    "accept-language", "user-agent", "cookie", "origin", "referer", "cache-control", "pragma", "dnt", "priority",
    "upgrade-insecure-requests", "postman-token", "proxy-authorization", "proxy-connection",
  ]

  private static func isDropped(_ header: SamplePair, _ body: CurlCommand.Body) -> Bool {
    let name = header.name.lowercased()
    if name.hasPrefix("sec-") || dropped.contains(name) { return true }
    // The type that Numgate sends for this body.
    let type = header.value.lowercased()
    guard name == "content-type" else { return false }
    return switch body {
    case .none: true
    case .form: type == "application/x-www-form-urlencoded"
    case .json: type == "application/json" || !type.contains("json")
    }
  }

  private static func check(_ header: SamplePair, _ others: [SampleScalar]) throws(SampleError) {
    guard header.value.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7f }) else {
      throw SampleError(header.mark, "the value of the header '\(header.name)' must be printable ASCII")
    }
    guard !others.contains(where: { $0.name.lowercased() == header.name.lowercased() }) else {
      throw SampleError(header.mark, "the header '\(header.name)' is repeated; a provider file cannot repeat a header")
    }
  }
}

/// Numbers the values of a request.
private struct Numbering {
  private static let deepest = 32
  private var count = 0

  mutating func scalar(
    _ place: SampleScalar.Place, _ name: String, _ text: String, isNumber: Bool = false, isNested: Bool = false,
    isElement: Bool = false
  ) -> SampleScalar {
    defer { count += 1 }
    return SampleScalar(
      id: count, place: place, name: name, text: text, isNumber: isNumber, isNested: isNested,
      isElement: isElement)
  }

  mutating func node(
    _ value: JSONValue, _ name: String, depth: Int, isElement: Bool = false, at mark: YAMLMark
  ) throws(SampleError) -> SampleNode {
    guard depth <= Self.deepest else {
      throw SampleError(mark, "the JSON body is nested deeper than \(Self.deepest) levels")
    }
    switch value.kind {
    case .null: return .literal("null")
    case .boolean: return .literal(value.bool == true ? "true" : "false")
    case .string, .number:
      return .scalar(
        scalar(
          .json, name, value.text ?? "", isNumber: value.kind == .number, isNested: depth > 1,
          isElement: isElement))
    case .array:
      var elements: [SampleNode] = []
      for element in value.elements {
        elements.append(try node(element, name, depth: depth + 1, isElement: true, at: mark))
      }
      return .array(elements)
    case .object:
      var members: [(name: String, value: SampleNode)] = []
      for member in value.members {
        guard !member.key.hasPrefix("$"), !member.key.contains("${") else {
          throw SampleError(mark, "the JSON body has a key with '$', which a provider file cannot contain")
        }
        members.append((member.key, try node(member.value, member.key, depth: depth + 1, at: mark)))
      }
      return .object(members)
    }
  }
}
