import JSON

/// A text with `${…}` references, parsed once when the file is read.
struct Template: Sendable, Equatable {
  enum Piece: Sendable, Equatable {
    case literal(String)
    case reference(Reference)
  }

  let pieces: [Piece]

  static func literal(_ text: String) -> Template { Template(pieces: text.isEmpty ? [] : [.literal(text)]) }

  var references: [Reference] {
    pieces.compactMap { if case .reference(let reference) = $0 { reference } else { nil } }
  }

  /// The reference, if the template consists of exactly one reference.
  var single: Reference? {
    if pieces.count == 1, case .reference(let reference) = pieces[0] { reference } else { nil }
  }
}

/// The target of a `${…}`.
enum Reference: Sendable, Equatable {
  /// A field of the account: `${account.appId}`.
  case account(String)
  /// A value of the call: `${call.token}`.
  case call(CallValue)
  /// An input that the file declares: `${input.gyuid}`.
  case input(String)
  /// An earlier step, by its index.
  case step(Int)
  /// A part of the request as it is sent: `${request.body}`.
  case request(RequestPart)
  /// A credential that the file declares: `${credentials.accessToken}`.
  case credential(String)
  /// A value of the vendor's response: `${answer/data/phone}`.
  case answer(JSONPointer)
  /// A header of the vendor's response: `${header/traceId}`.
  case header(String)
}

extension Reference {
  /// Whether the value comes from the team's request.
  var isOfCall: Bool {
    switch self {
    case .call, .input: true
    case .account, .step, .request, .credential, .answer, .header: false
    }
  }

  /// Whether the value is percent-encoded in a path: neither the configuration nor the provider file contains it.
  var isForeign: Bool {
    if case .credential = self { true } else { isOfCall }
  }
}

/// A value of the team's call, independent of the vendor.
enum CallValue: String, Sendable, CaseIterable {
  case token, phoneNumber, e164, carrier, channel, operation, userInformation, clientIp, pageUrl
  /// The text that the SDK has composed for a signature.
  case preSign

  /// Whether the value identifies or authenticates a user.
  var isPersonal: Bool {
    switch self {
    case .token, .phoneNumber, .e164, .userInformation, .clientIp, .preSign: true
    case .carrier, .channel, .operation, .pageUrl: false
    }
  }

  func isGiven(in stage: DeclarativeStage) -> Bool {
    switch self {
    case .token, .carrier, .userInformation: stage != .prepare && stage != .sign
    case .preSign: stage == .sign
    case .phoneNumber, .e164: stage == .verify || stage == .credential
    case .pageUrl: stage == .prepare
    case .channel, .operation, .clientIp: stage != .sign
    }
  }
}

/// A part of the request, for signatures over the request.
enum RequestPart: String, Sendable, CaseIterable {
  case method, host, path, query, body
}
