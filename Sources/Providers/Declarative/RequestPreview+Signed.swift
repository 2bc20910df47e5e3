import Networking
import NumberAuth

extension RequestPreview {
  /// The input of a digest or a signature: with the real values, and with placeholders for private values.
  struct SignedText {
    let clear: String
    let masked: String
  }

  /// The input of a digest, HMAC or signature. nil for other steps, and if the input consists of one piece, which
  /// is a constant or is already shown elsewhere.
  static func signedText(
    _ step: Step, _ evaluation: inout Evaluation, _ settings: AccountSettings, _ mask: Mask
  ) -> SignedText? {
    let template: Template
    switch step.action {
    case .digest(_, let operand, _), .hmac(_, let operand, _, _), .sign(_, let operand, _, _): template = operand
    default: return nil
    }
    guard template.pieces.count > 1 else { return nil }
    var clear = ""
    var masked = ""
    for piece in template.pieces {
      switch piece {
      case .literal(let text):
        clear += text
        masked += text
      case .reference(let reference):
        guard let value = text(of: reference, &evaluation, settings) else { return nil }
        clear += value
        masked += mask.shown(reference) ?? value
      }
    }
    return SignedText(clear: clear, masked: masked)
  }

  private static func text(of reference: Reference, _ evaluation: inout Evaluation, _ settings: AccountSettings)
    -> String?
  {
    switch reference {
    case .account(let name): settings.field(name)?.revealed
    case .call(let value): evaluation.call.text(value)
    case .input(let name): evaluation.call.extras.inputs[name]?.revealed ?? ""
    case .step(let index): try? evaluation.step(index).text
    case .request(.method): evaluation.operation.request?.method
    case .request(.host): evaluation.operation.host
    case .request(.path): try? evaluation.operation.request?.path.text(&evaluation)
    case .request(.query): try? evaluation.queryText()
    case .request(.body): (try? evaluation.bodyBytes()).map(Charset.displayed)
    case .credential(let name): try? evaluation.credential(name)
    case .answer, .header: nil
    }
  }
}
