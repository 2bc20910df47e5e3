import NumberAuth

/// Keys that a step `choose` selects for each call.
extension Binder {
  /// Reports an alternative of a wrong length when the account is loaded, not at its first use. An empty alternative
  /// is a value that has no key.
  mutating func checkAlternatives(
    of key: Template, _ step: Step, _ problem: ([UInt8]) -> String?
  ) throws(AccountFault) {
    guard mask == nil, case .step(let index) = key.single,
      case .choose(_, let choices, let otherwise) = description.steps[index].action
    else { return }
    for alternative in choices.map(\.value) + [otherwise].compactMap({ $0 }) {
      // A missing field is reported when its alternative is selected.
      guard let constant = try? bind(alternative).constant, !constant.isEmpty else { continue }
      if let problem = problem(constant.bytes) { throw keyFault(alternative, step, problem) }
    }
  }
}
