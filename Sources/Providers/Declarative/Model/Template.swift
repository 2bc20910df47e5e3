import JSON

/// What a value is made of: plain text and `${…}` references, taken apart once when the file is read.
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

  /// The reference, where the template is nothing else.
  var single: Reference? {
    if pieces.count == 1, case .reference(let reference) = pieces[0] { reference } else { nil }
  }
}

/// Something that a `${…}` names.
enum Reference: Sendable, Equatable {
  /// A field of the account: `${account.appId}`.
  case account(String)
  /// Something of the call: `${call.token}`.
  case call(CallValue)
  /// An extra input that the file declares: `${input.gyuid}`.
  case input(String)
  /// An earlier step, by its place.
  case step(Int)
  /// A part of the request as it is sent: `${request.body}`.
  case request(RequestPart)
  /// A value of the vendor's answer: `${answer/data/phone}`.
  case answer(JSONPointer)
  /// A header of the vendor's answer: `${header/traceId}`.
  case header(String)
}

/// What a team's call gives, whatever the vendor.
enum CallValue: String, Sendable, CaseIterable {
  case token, phoneNumber, carrier, channel, operation, userInformation, clientIp, pageUrl

  /// The carrier, the channel and the operation are words of Numgate's; everything else belongs to a user.
  var isPersonal: Bool {
    switch self {
    case .token, .phoneNumber, .userInformation, .clientIp: true
    case .carrier, .channel, .operation, .pageUrl: false
    }
  }

  func isGiven(in stage: DeclarativeStage) -> Bool {
    switch self {
    case .token, .carrier, .userInformation: stage != .prepare
    case .phoneNumber: stage == .verify
    case .pageUrl: stage == .prepare
    case .channel, .operation, .clientIp: true
    }
  }
}

/// A part of the request, for signatures that cover what is sent.
enum RequestPart: String, Sendable, CaseIterable {
  case method, host, path, query, body
}
