private import CYAML

/// A syntax error or an unsupported construct, with its position.
public struct YAMLError: Error, Equatable, CustomStringConvertible {
  public let mark: YAMLMark
  public let message: String

  public var description: String { "\(mark.line):\(mark.column): \(message)" }
}

extension YAMLNode {
  /// Maximum number of values after aliases are expanded. Without a limit, nested aliases could exhaust the memory.
  static let largestCount = 1_000_000
  /// Maximum depth of nesting.
  static let deepest = 64

  /// Parses one YAML 1.1 document with libyaml. Rejects duplicate keys, keys that are not scalars, a second document,
  /// custom tags, merge keys and an alias inside its own anchor. An empty text is an empty mapping.
  public static func parse(_ bytes: [UInt8]) throws(YAMLError) -> YAMLNode {
    var parser = Parser(bytes: bytes)
    return try parser.parse()
  }

  public static func parse(_ text: String) throws(YAMLError) -> YAMLNode {
    try parse(Array(text.utf8))
  }
}

private struct Parser {
  let bytes: [UInt8]
  var anchors: [String: YAMLNode] = [:]
  var openAnchors: Set<String> = []
  var sizes: [String: Int] = [:]
  var heights: [String: Int] = [:]
  var count = 0
  /// The deepest level since the start of the current anchor.
  var reached = 0

  init(bytes: [UInt8]) { self.bytes = bytes }

  mutating func parse() throws(YAMLError) -> YAMLNode {
    // A class, because libyaml requires that the parser stays at one address.
    let source = try EventSource(bytes)
    defer { source.close() }
    var event = try source.next()
    guard event.kind == YAML_STREAM_START_EVENT else { throw YAMLError(mark: event.mark, message: "no YAML stream") }
    event = try source.next()
    if event.kind == YAML_STREAM_END_EVENT { return YAMLNode(content: .mapping([]), mark: event.mark) }
    let root = try node(from: try source.next(), source, depth: 0)
    event = try source.next()
    event = try source.next()
    if event.kind != YAML_STREAM_END_EVENT {
      throw YAMLError(mark: event.mark, message: "a second document in one file")
    }
    if root.isNull { return YAMLNode(content: .mapping([]), mark: root.mark) }
    return root
  }

  mutating func node(from event: EventSource.Event, _ source: EventSource, depth: Int) throws(YAMLError) -> YAMLNode {
    try descend(to: depth, at: event.mark)
    try grow(by: 1, at: event.mark)
    if event.kind == YAML_ALIAS_EVENT { return try alias(event, depth: depth) }
    try checkTag(of: event)
    let before = count
    let outside = reached
    if let anchor = event.anchor {
      openAnchors.insert(anchor)
      reached = depth
    }
    let node: YAMLNode
    switch event.kind {
    case YAML_SCALAR_EVENT:
      node = YAMLNode(
        content: .scalar(event.text, isPlain: event.isPlain), mark: event.mark, isDoubleQuoted: event.isDoubleQuoted)
    case YAML_SEQUENCE_START_EVENT:
      node = YAMLNode(content: .sequence(try sequence(source, depth: depth)), mark: event.mark)
    case YAML_MAPPING_START_EVENT:
      node = YAMLNode(content: .mapping(try mapping(source, depth: depth)), mark: event.mark)
    default:
      throw YAMLError(mark: event.mark, message: "a value is missing here")
    }
    if let anchor = event.anchor {
      openAnchors.remove(anchor)
      anchors[anchor] = node
      sizes[anchor] = count - before + 1
      heights[anchor] = reached - depth
      reached = max(reached, outside)
    }
    return node
  }

  /// The tags of YAML's core schema (YAML 1.2 §10.3). They are accepted and ignored: the readers of the fields check
  /// the types. All other tags are rejected, because they would silently have no effect.
  private static let knownTags = Set(
    ["str", "int", "float", "bool", "null", "seq", "map"].map { "tag:yaml.org,2002:" + $0 })

  private func checkTag(of event: EventSource.Event) throws(YAMLError) {
    if let tag = event.tag, !Parser.knownTags.contains(tag) {
      throw YAMLError(mark: event.mark, message: "unknown tag '\(tag)'")
    }
  }

  private mutating func alias(_ event: EventSource.Event, depth: Int) throws(YAMLError) -> YAMLNode {
    let name = event.anchor ?? ""
    if openAnchors.contains(name) {
      throw YAMLError(mark: event.mark, message: "'*\(name)' is inside '&\(name)' and would contain itself")
    }
    guard let node = anchors[name] else {
      throw YAMLError(mark: event.mark, message: "'*\(name)' has no '&\(name)' before it")
    }
    try descend(to: depth + (heights[name] ?? 0), at: event.mark)
    try grow(by: sizes[name] ?? 1, at: event.mark)
    return node
  }

  /// Checks the depth. The depth of an alias's value is included, because readers and destructors recurse into it.
  private mutating func descend(to depth: Int, at mark: YAMLMark) throws(YAMLError) {
    guard depth <= YAMLNode.deepest else {
      throw YAMLError(mark: mark, message: "nested deeper than \(YAMLNode.deepest) levels")
    }
    reached = max(reached, depth)
  }

  private mutating func grow(by amount: Int, at mark: YAMLMark) throws(YAMLError) {
    count += amount
    if count > YAMLNode.largestCount {
      throw YAMLError(mark: mark, message: "expands to more than \(YAMLNode.largestCount) values")
    }
  }

  private mutating func sequence(_ source: EventSource, depth: Int) throws(YAMLError) -> [YAMLNode] {
    var elements: [YAMLNode] = []
    while true {
      let event = try source.next()
      if event.kind == YAML_SEQUENCE_END_EVENT { return elements }
      elements.append(try node(from: event, source, depth: depth + 1))
    }
  }

  private mutating func mapping(_ source: EventSource, depth: Int) throws(YAMLError) -> [YAMLNode.Entry] {
    var entries: [YAMLNode.Entry] = []
    var places: [String: YAMLMark] = [:]
    while true {
      let event = try source.next()
      if event.kind == YAML_MAPPING_END_EVENT { return entries }
      guard event.kind == YAML_SCALAR_EVENT else {
        throw YAMLError(mark: event.mark, message: "a key must be plain text")
      }
      try checkTag(of: event)
      let key = event.text
      if key == "<<", event.isPlain {
        throw YAMLError(mark: event.mark, message: "merge keys ('<<') are not supported; write the fields out")
      }
      if let first = places.updateValue(event.mark, forKey: key) {
        throw YAMLError(mark: event.mark, message: "duplicate key '\(key)', first on line \(first.line)")
      }
      if let anchor = event.anchor {
        anchors[anchor] = YAMLNode(content: .scalar(key, isPlain: event.isPlain), mark: event.mark)
        sizes[anchor] = 1
        heights[anchor] = 0
      }
      let value = try node(from: try source.next(), source, depth: depth + 1)
      entries.append(YAMLNode.Entry(key: key, keyMark: event.mark, value: value))
    }
  }
}

/// libyaml's parser, which returns one event at a time.
private final class EventSource {
  struct Event {
    let kind: yaml_event_type_t
    let mark: YAMLMark
    let text: String
    let isPlain: Bool
    let isDoubleQuoted: Bool
    let anchor: String?
    let tag: String?
  }

  /// The first and the last position of the last text in quotes that has several lines.
  private var lastLongText: (start: YAMLMark, end: YAMLMark)?

  private let parser = UnsafeMutablePointer<yaml_parser_t>.allocate(capacity: 1)
  private let buffer: UnsafeMutableBufferPointer<UInt8>

  init(_ bytes: [UInt8]) throws(YAMLError) {
    // With a fixed encoding, libyaml treats a byte order mark as a character and then fails on the second line.
    let bytes = bytes.starts(with: [0xef, 0xbb, 0xbf]) ? bytes.dropFirst(3) : bytes[...]
    buffer = .allocate(capacity: max(bytes.count, 1))
    _ = buffer.initialize(from: bytes)
    guard yaml_parser_initialize(parser) == 1 else {
      throw YAMLError(mark: YAMLMark(line: 1, column: 1), message: "out of memory")
    }
    yaml_parser_set_input_string(parser, buffer.baseAddress, bytes.count)
    yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
  }

  func close() { yaml_parser_delete(parser) }

  deinit {
    buffer.deallocate()
    parser.deallocate()
  }

  func next() throws(YAMLError) -> Event {
    var event = yaml_event_t()
    guard yaml_parser_parse(parser, &event) == 1 else { throw failure() }
    defer { yaml_event_delete(&event) }
    var length = 0
    var text = ""
    var isPlain = false
    var isDoubleQuoted = false
    if event.type == YAML_SCALAR_EVENT, let bytes = numgate_yaml_scalar(&event, &length) {
      let raw = UnsafeRawBufferPointer(start: bytes, count: length)
      text = String(decoding: raw, as: UTF8.self)
      isPlain = numgate_yaml_scalar_is_plain(&event) == 1
      isDoubleQuoted = numgate_yaml_scalar_is_double_quoted(&event) == 1
      if isDoubleQuoted || numgate_yaml_scalar_is_single_quoted(&event) == 1,
        event.end_mark.line > event.start_mark.line
      {
        lastLongText = (YAMLMark(event.start_mark), YAMLMark(event.end_mark))
      }
    }
    let tag = numgate_yaml_tag(&event).map { String(cString: $0) }
    // `!!str 5` is text, as `'5'` is.
    if tag == "tag:yaml.org,2002:str" { isPlain = false }
    return Event(
      kind: event.type,
      mark: YAMLMark(event.start_mark),
      text: text, isPlain: isPlain, isDoubleQuoted: isDoubleQuoted,
      anchor: numgate_yaml_anchor(&event).map { String(cString: $0) },
      tag: tag)
  }

  private func failure() -> YAMLError {
    let state = parser.pointee
    var message = state.problem.map { String(cString: $0) } ?? "not valid YAML"
    if state.error == YAML_READER_ERROR {
      // Errors of the reader only have a byte offset. Line and column are counted here.
      let before = buffer.prefix(Int(state.problem_offset))
      let line = before.count(where: { $0 == 0x0a }) + 1
      let column = before.reversed().prefix { $0 != 0x0a }.count + 1
      return YAMLError(mark: YAMLMark(line: line, column: column), message: message)
    }
    if message == "found character that cannot start any token",
      byte(at: state.problem_mark) == UInt8(ascii: "\t")
    {
      message = "a tab cannot be used for indentation; use spaces"
    }
    let mark = YAMLMark(state.problem_mark)
    if message == "found unexpected end of stream", state.context.map({ String(cString: $0) }) == Self.scanningQuotes {
      return YAMLError(mark: YAMLMark(state.context_mark), message: "the quote that begins here is not closed")
    }
    // The text ends at the opening quote of a later text.
    if let text = lastLongText, text.end.line == mark.line {
      return YAMLError(
        mark: text.start,
        message: "the quote that begins here is probably not closed: the text continues to line \(text.end.line)")
    }
    if byte(at: state.problem_mark) == UInt8(ascii: "{"), byte(at: state.problem_mark, offset: -1) == UInt8(ascii: "$")
    {
      return YAMLError(
        mark: YAMLMark(line: mark.line, column: mark.column - 1),
        message: "a value with ${…} needs quotes inside { } and [ ]; write \"${…}\"")
    }
    return YAMLError(mark: mark, message: message + TypographicCharacter.cause(ofErrorOn: mark.line, in: buffer))
  }

  /// libyaml's description of its state in quotes.
  private static let scanningQuotes = "while scanning a quoted scalar"

  /// The first byte of the character at a position.
  private func byte(at mark: yaml_mark_t, offset: Int = 0) -> UInt8? {
    // `index` counts characters, so UTF-8 continuation bytes are skipped.
    var characters = 0
    for byte in buffer {
      if byte & 0xc0 == 0x80 { continue }
      if characters == Int(mark.index) + offset { return byte }
      characters += 1
    }
    return nil
  }
}

extension YAMLMark {
  fileprivate init(_ mark: yaml_mark_t) {
    self.init(line: Int(mark.line) + 1, column: Int(mark.column) + 1)
  }
}
