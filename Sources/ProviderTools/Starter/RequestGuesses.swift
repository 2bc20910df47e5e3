import Cryptography
import NumberAuth
import Schema

/// The meanings of all values of a sample request: which is the token, which are fields of the account, and the steps
/// that compute the others.
struct RequestGuesses {
  struct Step {
    let name: String
    let action: String
    let comment: String
    /// Whether the step uses values of one operation, so that it cannot be shared.
    let isOfOperation: Bool
  }

  /// A field of the account or an input.
  struct Field {
    let name: String
    let declaration: String
    let comment: String
  }

  let request: SampleRequest
  let operation: Operation
  private var guesses: [Int: ValueGuess] = [:]
  private(set) var steps: [Step] = []
  var account: [Field] = []
  private(set) var inputs: [Field] = []
  /// The values of the fields, to use one field for equal values of the same name.
  private var samples: [String: String] = [:]

  init(_ request: SampleRequest, operation: Operation?) {
    self.request = request
    let first = request.scalars.map { ($0, ValueGuess($0)) }
    let hasPhoneNumber = first.contains { _, guess in
      switch guess {
      case .phoneNumber, .phoneDigest: true
      default: false
      }
    }
    self.operation = operation ?? (hasPhoneNumber ? .verify : .login)
    for (scalar, guess) in first { guesses[scalar.id] = guess }
    selectToken()
    classifyRest()
  }

  var hasToken: Bool { guesses.values.contains(.token) }

  func guess(_ scalar: SampleScalar) -> ValueGuess { guesses[scalar.id] ?? .constant }

  // MARK: Selection

  /// Values whose names are those of tokens. In a header or an unusual place, a token is only selected if there is no
  /// other one.
  private mutating func selectToken() {
    let open = request.scalars.filter { guesses[$0.id] == nil }
    func rank(_ scalar: SampleScalar) -> Int? {
      let name = comparable(scalar.name)
      guard let index = ParameterNames.token.firstIndex(of: name) else {
        return name.hasSuffix("token") ? ParameterNames.token.count : nil
      }
      // 'code=1' is not a token.
      if name == "code", SampleValue.isDigits(scalar.text) || scalar.text.utf8.count < 4 { return nil }
      return index
    }
    let named = open.filter { $0.place != .path }.compactMap { scalar in rank(scalar).map { (scalar, $0) } }
      .sorted { ($0.0.place == .header ? 1 : 0, $0.1, $0.0.id) < ($1.0.place == .header ? 1 : 0, $1.1, $1.0.id) }
    if let (token, _) = named.first {
      guesses[token.id] = .token
      for (other, _) in named.dropFirst() {
        guesses[other.id] =
          other.place == .header ? .account(Self.serverToken(other.name)) : .input(name: other.name, isSecret: true)
      }
      return
    }
    let random = open.filter { $0.place != .path && $0.place != .header && SampleValue.isRandom($0.text) }
    if let longest = random.max(by: { ($0.text.utf8.count, $1.id) < ($1.text.utf8.count, $0.id) }) {
      guesses[longest.id] = .token
    }
  }

  private static func serverToken(_ name: String) -> ValueGuess.AccountGuess {
    .init(name: name, isSecret: true, about: "a token of the server; ${file:…} in config.yaml reads it from a file")
  }

  private mutating func classifyRest() {
    for scalar in request.scalars {
      switch guesses[scalar.id] {
      case nil:
        let isKey =
          scalar.place == .path ? SampleValue.isPathIdentifier(scalar.text) : SampleValue.isRandom(scalar.text)
        guesses[scalar.id] =
          scalar.place == .header && comparable(scalar.name) == "authorization"
          ? authorization(scalar)
          : isKey
            ? .account(
              .init(
                name: scalar.place == .path ? "pathId" : scalar.name, isSecret: scalar.place != .path,
                about: "a long random value"))
            : .constant
      case .phoneNumber, .phoneDigest:
        // A login has no phone number of the caller.
        if operation == .login {
          guesses[scalar.id] = .input(name: scalar.name.isEmpty ? "phone" : scalar.name, isSecret: true)
        }
      default: break
      }
    }
    addBasicAuthentication()
    for scalar in request.scalars { register(scalar) }
    for scalar in request.scalars where guesses[scalar.id] == .signature { addSignature(scalar) }
  }

  // MARK: Fields and steps

  /// The names of the values' fields and steps, by the identifier of the value.
  var names: [Int: String] = [:]

  private mutating func register(_ scalar: SampleScalar) {
    switch guesses[scalar.id] {
    case .account(let guess): names[scalar.id] = field(guess, value: scalar.text)
    case .input(let name, let isSecret):
      let name = unused(Self.identifier(name, "input")) { name in !inputs.contains { $0.name == name } }
      inputs.append(
        Field(
          name: name,
          declaration: "{required: true, \(isSecret ? "secret: true, " : "")about: \"\(name), reported by the SDK\"}",
          comment: "guess: a value that the SDK returns with the token"))
      names[scalar.id] = name
    case .step(let action, let about):
      names[scalar.id] = step(scalar.name, "value", action, comment: "guess: \(about)")
    case .phoneDigest(let digest, let encoding):
      names[scalar.id] = step(
        scalar.name, "phoneDigest", "{\(digest): \"${call.phoneNumber}\", as: \(encoding)}",
        comment: "guess: the length is that of \(digest) of the phone number", isOfOperation: true)
    case .constant, .token, .phoneNumber, .clientIP, .signature, nil: break
    }
  }

  private mutating func field(_ guess: ValueGuess.AccountGuess, value: String) -> String {
    let wanted = Self.identifier(guess.name, "key")
    if samples[wanted] == value, account.contains(where: { $0.name == wanted }) { return wanted }
    let name = unused(wanted) { name in !account.contains { $0.name == name } }
    samples[name] = value
    let kind = guess.isSecret ? "secret: true" : "pattern: word"
    account.append(
      Field(
        name: name, declaration: "{required: true, \(kind), about: \"\(name) of the vendor's console\"}",
        comment: "guess: \(guess.about)"))
    return name
  }

  /// Adds a step, and returns its name. Equal steps are added once.
  mutating func step(
    _ name: String, _ fallback: String, _ action: String, comment: String, isOfOperation: Bool = false
  ) -> String {
    if let same = steps.first(where: { $0.action == action && !$0.isOfOperation }) { return same.name }
    let name = unused(Self.identifier(name, fallback)) { name in
      name != "answer" && !steps.contains { $0.name == name }
    }
    steps.append(Step(name: name, action: action, comment: comment, isOfOperation: isOfOperation))
    return name
  }

  private func unused(_ name: String, _ isUnused: (String) -> Bool) -> String {
    if isUnused(name) { return name }
    var number = 2
    while !isUnused("\(name)\(number)") { number += 1 }
    return "\(name)\(number)"
  }

  /// A name for a field or a step: `X-App-Id` is `appId`.
  private static func identifier(_ name: String, _ fallback: String) -> String {
    var parts = name.split { !($0.isASCII && ($0.isLetter || $0.isNumber)) }.map(String.init)
    if parts.count > 1, parts[0].lowercased() == "x" { parts.removeFirst() }
    if parts.count > 1 {
      parts = parts.enumerated().map { index, part in
        index == 0 ? part.lowercased() : part.prefix(1).uppercased() + part.dropFirst().lowercased()
      }
    }
    let joined = String(parts.joined().prefix(48))
    guard let first = joined.first, first.isLetter else { return fallback }
    let isWord = joined.contains(where: \.isLowercase)
    let text = isWord ? first.lowercased() + joined.dropFirst() : joined.lowercased()
    // Keys that every account has.
    return ["provider", "endpoint", "timeout", "limits", "pages", "prices", "answer"].contains(text)
      ? "vendor" + text.prefix(1).uppercased() + text.dropFirst() : text
  }

  // MARK: Authorization

  private mutating func authorization(_ scalar: SampleScalar) -> ValueGuess {
    let parts = scalar.text.split(separator: " ", maxSplits: 1).map(String.init)
    guard parts.count == 2, ["bearer", "token"].contains(parts[0].lowercased()) else {
      if parts.count == 2, parts[0].lowercased() == "basic" { return .constant }
      return parts.count == 2 || scalar.text.contains("Signature=")
        ? .signature : .account(Self.serverToken("authorization"))
    }
    return .account(Self.serverToken("bearerToken"))
  }

  /// The scheme of a header `Authorization: Bearer …`, which precedes the field.
  func scheme(_ scalar: SampleScalar) -> String {
    guard scalar.place == .header, comparable(scalar.name) == "authorization",
      let space = scalar.text.firstIndex(of: " ")
    else { return "" }
    return String(scalar.text[...space])
  }

  /// The step with the credentials of HTTP Basic, from `-u` or from a header.
  private(set) var basicStep: String?

  private mutating func addBasicAuthentication() {
    var credentials = request.command.credentials
    for header in request.headers where comparable(header.name) == "authorization" {
      // curl sends the header, not the value of `-u`.
      credentials = nil
      guard header.text.lowercased().hasPrefix("basic ") else { continue }
      let text = Base64.decode(String(header.text.dropFirst(6))).flatMap { String(validating: $0, as: UTF8.self) } ?? ""
      let colon = text.firstIndex(of: ":") ?? text.endIndex
      credentials = SamplePair(
        name: String(text[..<colon]), value: String(text[colon...].dropFirst()), mark: request.command.mark)
      guesses[header.id] = .constant
      basicHeader = header.id
    }
    guard let credentials else { return }
    // A placeholder such as 'appKey:masterSecret' is a name; a sample value is not.
    func name(_ text: String, _ fallback: String) -> String {
      let isName = text.utf8.count <= 24 && text.allSatisfy { $0.isASCII && $0.isLetter }
      let known = comparable(text)
      return isName && (ParameterNames.isSecret(known) || ParameterNames.isIdentifier(known)) ? text : fallback
    }
    let user = field(
      .init(
        name: name(credentials.name, "user"), isSecret: false,
        about: "the first part of HTTP Basic; use the name in the document"), value: credentials.name)
    let password = field(
      .init(
        name: name(credentials.value, "password"), isSecret: true,
        about: "the second part of HTTP Basic; use the name in the document"), value: credentials.value)
    basicStep = step(
      "basic", "basic", "{encode: \"${account.\(user)}:${account.\(password)}\", as: base64}", comment: "HTTP Basic")
  }

  /// The header that contains the credentials of HTTP Basic.
  private(set) var basicHeader: Int?

  // MARK: Templates

  /// The template of a value, in the language of provider files.
  func template(_ scalar: SampleScalar) -> String {
    let name = names[scalar.id] ?? ""
    switch guess(scalar) {
    case .constant where scalar.id == basicHeader: return "Basic ${\(basicStep ?? "")}"
    case .constant: return scalar.text.replacing("$", with: "$$")
    case .account: return scheme(scalar) + "${account.\(name)}"
    case .token: return "${call.token}"
    case .input: return "${input.\(name)}"
    case .phoneNumber(let prefix): return prefix + "${call.phoneNumber}"
    case .clientIP: return "${call.clientIp}"
    case .phoneDigest, .step, .signature: return "${\(name)}"
    }
  }

  /// The comment about a value; nil if the file has the comment at another place, or the value is not a guess.
  func comment(_ scalar: SampleScalar) -> String? {
    switch guess(scalar) {
    case .token: "guess: the token of the SDK"
    case .phoneNumber: "guess: the user's phone number"
    case .clientIP: "guess: the user's IP address"
    case .constant, .account, .input, .phoneDigest, .step, .signature: nil
    }
  }
}
