import JSON
import NumberAuth

/// How an answer is read. Whatever is not listed is neither a success nor a verdict.
struct AnswerDescription: Sendable {
  /// All of them hold for a success, looked at in this order.
  let success: [SuccessRule]
  let message: [JSONPointer]
  /// What the answer repeats of the request, where it repeats it.
  let echoes: [Echo]
  let billed: BilledRule
  let number: Template?
  let carrier: Choice<Carrier>?
  let verdict: Choice<Verdict>?
  let transaction: Template?
  let smsAssistToken: Template?

  struct Echo: Sendable {
    let at: [JSONPointer]
    let value: Template
  }

  /// Which words of the vendor's mean what.
  struct Choice<Meaning: Sendable>: Sendable {
    let of: Template
    let meanings: [(words: Codes, meaning: Meaning)]

    func meaning(of text: String) -> Meaning? { meanings.first { $0.words.contains(text) }?.meaning }
  }

  enum BilledRule: Sendable {
    case always(Billing)
    /// `onFailure`: the answer says so of a refused call as well, above what the code's row has.
    case told(Choice<Billing>, onFailure: Bool)
  }
}

enum SuccessRule: Sendable {
  /// A code or flag that is one of these; any other one is looked up in the failure table.
  case code(at: [JSONPointer], is: Codes)
  /// Something is there and not empty; where it is not, `otherwise` holds the code that says why.
  case present([JSONPointer], otherwise: [JSONPointer])
}

/// A vendor's codes, compared as trimmed text and byte for byte.
struct Codes: Sendable {
  let texts: [String]

  func contains(_ text: String) -> Bool {
    let text = FailureTable.trim(text)
    return texts.contains { $0.hasSameBytes(as: text) }
  }
}
