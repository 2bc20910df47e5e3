import JSON
import NumberAuth

/// The section `answer`: rules for reading a response. A value that is not listed is never a success, a match or a
/// mismatch.
struct AnswerDescription: Sendable {
  enum Format: Sendable {
    case json
    /// The pointers are all those that the operation reads, each as one value.
    case xml([JSONPointer])
    case text([JSONPointer])
  }

  /// The format of the body.
  var format = Format.json
  /// A successful response meets all of these rules. They are checked in this order.
  let success: [SuccessRule<Template>]
  /// The text that is read in place of a response; nil if the operation sends a request.
  let source: Template?
  let message: [JSONPointer]
  /// The vendor's message, if it is not at a pointer: a header, for example.
  let messageText: Template?
  let inner: InnerCode?
  /// Values of the request that the response can repeat. A repeated value must be equal.
  let echoes: [Echo]
  let billed: BilledRule
  let number: Template?
  let carrier: Choice<Carrier>?
  let verdict: Choice<Verdict>?
  let transaction: Template?
  let smsAssistToken: Template?
  /// Only of a credential.
  let credential: IssuedCredential?

  /// The value of a credential and its lifetime.
  struct IssuedCredential: Sendable {
    enum Life: Sendable {
      case constant(Duration)
      case seconds(Template)
      case milliseconds(Template)
    }

    let value: Template
    let life: Life
  }

  /// A more detailed code inside a sentence.
  struct InnerCode: Sendable {
    let sentence: [JSONPointer]
    let digits: ClosedRange<Int>
    let words: [String]
  }

  struct Echo: Sendable {
    let at: [JSONPointer]
    let value: Template
  }

  /// Maps the vendor's values to their meanings.
  struct Choice<Meaning: Sendable>: Sendable {
    let of: Template
    let meanings: [(words: Codes, meaning: Meaning)]

    func meaning(of text: String) -> Meaning? { meanings.first { $0.words.contains(text) }?.meaning }
  }

  /// The pointers of the rules; those in templates are references.
  var pointers: [JSONPointer] {
    let rules = success.flatMap { rule -> [JSONPointer] in
      switch rule {
      case .value: []
      case .code(let at, _, let reason): at + reason
      case .present(let pointers, let otherwise): pointers + otherwise
      case .absent(let pointers): pointers
      }
    }
    return rules + message + (inner?.sentence ?? []) + echoes.flatMap(\.at)
  }

  enum BilledRule: Sendable {
    case always(Billing)
    /// Read from the response. `onFailure`: also for a refused call; then it takes precedence over the failure table.
    case reported(Choice<Billing>, onFailure: Bool)
  }
}

/// `Text` is a value that steps compute: a template, or a template that is bound to an account.
enum SuccessRule<Text: Sendable>: Sendable {
  /// A computed code that is one of these; any other one is looked up in the failure table.
  case value(Text, is: Codes)
  /// A code or flag that is one of these; any other one is looked up in the failure table. `reason` locates the code of a
  /// failure, if it is not the value itself.
  case code(at: [JSONPointer], is: Codes, reason: [JSONPointer])
  /// A member is present and not empty. If it is not, `otherwise` locates the code with the reason.
  case present([JSONPointer], otherwise: [JSONPointer])
  /// A member is missing or empty. Its value is the code of a failure.
  case absent([JSONPointer])
}

/// Vendor codes. Comparison: trimmed, byte by byte.
struct Codes: Sendable {
  let texts: [String]

  func contains(_ text: String) -> Bool {
    let text = FailureTable.trim(text)
    return texts.contains { $0.hasSameBytes(as: text) }
  }
}
