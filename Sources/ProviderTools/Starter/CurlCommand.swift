import Cryptography
import JSON
import Networking
import Schema
import YAML

/// The request that a curl command sends.
struct CurlCommand {
  enum Body {
    case none
    case form([SamplePair])
    case json(JSONValue, YAMLMark)
  }

  let method: String
  let origin: HTTPOrigin
  /// Percent-encoded, as in the URL.
  let path: String
  let query: [SamplePair]
  let headers: [SamplePair]
  let body: Body
  /// Name and password for HTTP Basic authentication.
  let credentials: SamplePair?
  let mark: YAMLMark

  /// Parses the text of one curl command. Throws an error with its position.
  static func parse(_ text: String) throws(SampleError) -> CurlCommand {
    var words = try ShellWords.split(text)
    // The prompt of a document's example.
    if ["$", "#", ">", "%"].contains(words.first?.text) { words.removeFirst() }
    guard let name = words.first else {
      throw SampleError(YAMLMark(line: 1, column: 1), "the file is empty; it must contain a curl command")
    }
    guard ["curl", "curl.exe"].contains(name.text.split(separator: "/").last.map(String.init)) else {
      throw SampleError(name.mark, "the command must begin with 'curl', not with '\(shortened(name.text))'")
    }
    var reader = CurlReader(start: name.mark)
    try reader.read(Array(words.dropFirst()))
    return try reader.request()
  }
}

/// A name with its value in a sample request.
struct SamplePair: Equatable {
  let name: String
  let value: String
  let mark: YAMLMark
}

/// Applies the options of a curl command in their order.
private struct CurlReader {
  let start: YAMLMark
  private var method: ShellWord?
  private var url: ShellWord?
  private var headers: [SamplePair] = []
  private var credentials: SamplePair?
  private var data: [ShellWord] = []
  private var isJSON = false
  private var isGet = false

  init(start: YAMLMark) { self.start = start }

  mutating func read(_ words: [ShellWord]) throws(SampleError) {
    var rest = words[...]
    while let word = rest.popFirst() {
      if let first = word.text.first, "–—―－".contains(first) {
        throw SampleError(word.mark, "'\(first)' is a typographic dash; write '-' or '--'")
      }
      guard word.text.hasPrefix("-"), word.text != "-" else {
        try set(url: word)
        continue
      }
      guard !word.text.hasPrefix("--") else {
        try apply(word.text, word, word.text, &rest)
        continue
      }
      try readShort(word, &rest)
    }
  }

  /// One or several options of one letter, such as `-sSXPOST`.
  private mutating func readShort(_ word: ShellWord, _ rest: inout ArraySlice<ShellWord>) throws(SampleError) {
    var letters = word.dropFirst(1)
    while let letter = letters.text.first {
      let shown = "-" + String(letter)
      guard let name = CurlOption.name(letter) else { throw SampleError(letters.mark, CurlOption.unknown(shown)) }
      let value = letters.dropFirst(1)
      if CurlOption(name)?.hasValue == true, !value.text.isEmpty { rest = [value] + rest }
      try apply(name, word, shown, &rest)
      if CurlOption(name)?.hasValue == true { return }
      letters = value
    }
  }

  private mutating func apply(
    _ name: String, _ word: ShellWord, _ shown: String, _ rest: inout ArraySlice<ShellWord>
  ) throws(SampleError) {
    guard let option = CurlOption(name) else { throw SampleError(word.mark, CurlOption.unknown(name)) }
    if case .refused(let reason) = option { throw SampleError(word.mark, "'\(shown)' is not supported: \(reason)") }
    guard option.hasValue else {
      if option == .get { isGet = true }
      return
    }
    guard let value = rest.popFirst() else { throw SampleError(word.mark, "'\(shown)' needs a value") }
    switch option {
    case .method: method = value
    case .url: try set(url: value)
    case .header: try add(header: value)
    case .user:
      let colon = value.text.firstIndex(of: ":") ?? value.text.endIndex
      credentials = SamplePair(
        name: String(value.text[..<colon]), value: String(value.text[colon...].dropFirst()), mark: value.mark)
    case .data(let kind): try add(kind, value, shown)
    case .get, .ignoredFlag, .ignoredValue, .refused: break
    }
  }

  private mutating func set(url word: ShellWord) throws(SampleError) {
    if let url {
      throw SampleError(
        word.mark,
        "unexpected '\(shortened(word.text))': the URL is on line \(url.mark.line); a value with spaces needs quotes")
    }
    url = word
  }

  private mutating func add(header word: ShellWord) throws(SampleError) {
    guard let colon = word.text.firstIndex(of: ":"), colon != word.text.startIndex else {
      // 'Name;' is a header without a value, '@file' reads a file.
      throw SampleError(word.mark, "a header must be written as 'Name: value'")
    }
    guard word.text[..<colon].allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || "-_.".contains($0)) }) else {
      throw SampleError(word.mark, "'\(shortened(String(word.text[..<colon])))' is not a valid header name")
    }
    let value = word.text[word.text.index(after: colon)...]
    headers.append(SamplePair(name: String(word.text[..<colon]), value: value.withoutSpaces, mark: word.mark))
  }

  private mutating func add(_ kind: CurlOption.Data, _ word: ShellWord, _ shown: String) throws(SampleError) {
    let readsFile =
      switch kind {
      case .plain, .json: word.text.hasPrefix("@")
      case .raw: false
      case .percentEncoded: word.text.prefix { $0 != "=" }.contains("@")
      }
    if readsFile {
      throw SampleError(word.mark, "'\(shown)' reads a file here; write the body into the command")
    }
    switch kind {
    case .plain, .raw: data.append(word)
    case .json:
      isJSON = true
      data.append(word)
    case .percentEncoded:
      let parts = word.text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      let name = parts.count == 2 && !parts[0].isEmpty ? parts[0] + "=" : ""
      let text = name + PercentEncoding.encode(String(parts.last ?? ""))
      data.append(ShellWord(text, at: word.mark, []))
    }
  }

  // MARK: The request

  func request() throws(SampleError) -> CurlCommand {
    guard let url else { throw SampleError(start, "the command has no URL") }
    var address = try SampleAddress(url)
    let sent = isGet ? [] : data
    if isGet { for word in data { address.query += try pairs(word, word.text, "the query") } }
    let method = method?.text.uppercased() ?? (sent.isEmpty ? "GET" : "POST")
    guard ["GET", "POST", "PUT"].contains(method) else {
      throw SampleError(
        self.method?.mark ?? start, "the method '\(shortened(method))' is not supported; known: GET, POST, PUT")
    }
    if method == "GET", let first = sent.first {
      throw SampleError(first.mark, "a GET request with a body is not supported; use -G to send a query, or POST")
    }
    try checkUnique(address.query, "the query")
    return CurlCommand(
      method: method, origin: address.origin, path: address.path, query: address.query, headers: headers,
      body: try body(sent), credentials: credentials ?? address.credentials, mark: start)
  }

  private func body(_ words: [ShellWord]) throws(SampleError) -> CurlCommand.Body {
    guard let first = words.first else { return .none }
    let text = words.map(\.text).joined(separator: isJSON ? "" : "&")
    let start = text.first { !$0.isWhitespace }
    if start == "<" { throw SampleError(first.mark, "the body is XML; provider files support a form or JSON") }
    let type = headers.first { $0.name.lowercased() == "content-type" }?.value.lowercased() ?? ""
    guard isJSON || type.contains("json") || start == "{" || start == "[" else {
      var pairs: [SamplePair] = []
      for word in words { pairs += try self.pairs(word, word.text, "the form") }
      try checkUnique(pairs, "the form")
      return .form(pairs)
    }
    do throws(JSONError) {
      return .json(try JSONValue.parse(text, duplicateKeys: .refused), first.mark)
    } catch {
      guard case .invalid(let offset) = error, words.count == 1 else {
        throw SampleError(first.mark, "the JSON body is invalid: \(error)")
      }
      throw SampleError(first.mark(ofByte: offset), "the body is not valid JSON here")
    }
  }

  /// The parameters of `a=1&b=2`.
  private func pairs(_ word: ShellWord, _ text: String, _ what: String) throws(SampleError) -> [SamplePair] {
    try SamplePair.parse(text, what, at: word.mark)
  }

  /// A provider file cannot contain a parameter twice.
  private func checkUnique(_ pairs: [SamplePair], _ what: String) throws(SampleError) {
    var seen: Set<String> = []
    for pair in pairs where !seen.insert(pair.name).inserted {
      throw SampleError(
        pair.mark, "\(what) has '\(shortened(pair.name))' twice; a provider file cannot repeat a parameter")
    }
  }
}

extension Substring {
  /// The text without spaces and tabs at its ends.
  fileprivate var withoutSpaces: String {
    let isSpace = { (character: Character) in character == " " || character == "\t" }
    return String(drop(while: isSpace).reversed().drop(while: isSpace).reversed())
  }
}

extension SamplePair {
  /// The parameters of `a=1&b=2`, percent-decoded.
  static func parse(_ text: String, _ what: String, at mark: YAMLMark) throws(SampleError) -> [SamplePair] {
    var pairs: [SamplePair] = []
    for part in text.split(separator: "&", omittingEmptySubsequences: true) {
      let sides = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard let name = PercentEncoding.decode(sides[0], plusIsBlank: true),
        let value = PercentEncoding.decode(sides.count == 2 ? sides[1] : "", plusIsBlank: true)
      else {
        throw SampleError(mark, "\(what) has an invalid percent-encoding at '\(shortened(String(sides[0])))'")
      }
      if name.isEmpty { throw SampleError(mark, "\(what) has a parameter without a name") }
      if name.contains("${") {
        throw SampleError(mark, "\(what) has a name with '${', which a provider file cannot contain")
      }
      pairs.append(SamplePair(name: name, value: value, mark: mark))
    }
    return pairs
  }
}

/// The parts of the URL.
private struct SampleAddress {
  let origin: HTTPOrigin
  let path: String
  var query: [SamplePair]
  let credentials: SamplePair?

  init(_ word: ShellWord) throws(SampleError) {
    let text = word.text.prefix { $0 != "#" }
    let scheme = text.firstRange(of: "://")
    if let scheme, !["http", "https"].contains(text[..<scheme.lowerBound].lowercased()) {
      throw SampleError(word.mark, "the URL must begin with https:// or http://")
    }
    // Without a scheme, curl uses HTTP; the vendors' servers use TLS.
    let prefix = scheme.map { text[..<$0.upperBound].lowercased() } ?? "https://"
    let rest = scheme.map { text[$0.upperBound...] } ?? text
    let end = rest.firstIndex { $0 == "/" || $0 == "?" } ?? rest.endIndex
    let authority = rest[..<end]
    let at = authority.lastIndex(of: "@")
    let host = at.map { authority[authority.index(after: $0)...] } ?? authority
    guard let origin = HTTPOrigin(prefix + host) else {
      throw SampleError(word.mark, "the URL has no valid host: '\(shortened(String(host)))'")
    }
    self.origin = origin
    credentials = at.map { at in
      let parts = authority[..<at].split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
      return SamplePair(name: String(parts[0]), value: parts.count == 2 ? String(parts[1]) : "", mark: word.mark)
    }
    let mark = rest[end...].firstIndex(of: "?")
    let path = String(rest[end..<(mark ?? rest.endIndex)])
    self.path = path.isEmpty ? "/" : path
    guard self.path.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f }) else {
      throw SampleError(word.mark, "the path of the URL must be printable ASCII; percent-encode other characters")
    }
    query =
      try mark.map { mark throws(SampleError) in
        try SamplePair.parse(String(rest[rest.index(after: mark)...]), "the query", at: word.mark)
      } ?? []
  }
}
