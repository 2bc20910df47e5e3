import NumberAuth
import Schema
import YAML

extension OperationReader {
  /// The bytes of a text without references; nil if it has references.
  private static func constant(_ template: Template) -> [UInt8]? {
    guard template.references.isEmpty else { return nil }
    return template.pieces.reduce(into: []) { bytes, piece in
      if case .literal(let text) = piece { bytes += Array(text.utf8) }
    }
  }

  /// The constant values of a key: the key itself, or the alternatives of the `choose` step that selects it. An empty
  /// alternative is a value that has no key.
  private func constants(of key: Template) -> [[UInt8]] {
    guard case .step(let index) = key.single, case .choose(_, let choices, let otherwise) = steps[index].action else {
      return [Self.constant(key)].compactMap { $0 }
    }
    return (choices.map(\.value) + [otherwise].compactMap { $0 }).compactMap(Self.constant).filter { !$0.isEmpty }
  }

  /// A value that is not declared as a secret appears in the output of commands.
  mutating func warnAboutKey(_ key: Template, _ node: YAMLNode?) {
    for case .account(let name) in key.references {
      guard let field = scope.account[name], !field.isSecret, let node else { continue }
      diagnostics.warning(
        path, node.mark, "'account.\(shortened(name))' is a key, but not declared with 'secret: true'")
    }
  }

  mutating func readCipher(_ cipher: Cipher, _ node: YAMLNode) -> (action: StepAction, kind: ValueKind)? {
    let operand = template(node[cipher.name], bytes: true)
    let key = template(node["key"], bytes: true)
    // Keys that the cipher does not have are reported elsewhere.
    let iv = cipher.needsIV ? template(node["iv"], bytes: true) : nil
    let additionalData = cipher.mode == .gcm ? template(node["aad"], bytes: true) : nil
    let tag = cipher.mode == .gcm && cipher.decrypts ? template(node["tag"], bytes: true) : nil
    guard let operand, let key, !cipher.needsIV || iv != nil else { return nil }
    warnAboutKey(key, node["key"])
    for problem in constants(of: key).compactMap({ cipher.problem(withKey: $0) }) {
      error(node["key"]?.mark ?? node.mark, problem)
    }
    for problem in iv.map({ constants(of: $0) })?.compactMap({ cipher.problem(withIV: $0) }) ?? [] {
      error(node["iv"]?.mark ?? node.mark, problem)
    }
    if cipher.decrypts { checkEncoding(of: operand, "ciphertext", node) }
    if let tag { checkEncoding(of: tag, "tag", node) }
    return Self.encoded(node) {
      .cipher(
        CipherStep(
          cipher: cipher, operand: operand, decoding: Self.decoding(node), key: key, iv: iv,
          additionalData: additionalData, tag: tag, encoding: $0))
    }
  }

  /// A ciphertext, tag or signature that is text needs `from`, the encoding of its bytes.
  mutating func checkEncoding(of operand: Template, _ what: String, _ node: YAMLNode) {
    let kind = TemplateReader(scope: scope).kind(of: operand)
    if kind == .text, Self.decoding(node) == .bytes {
      error(node["from"]?.mark ?? node.mark, "a \(what) that is text needs 'from: hex' or 'from: base64'")
    } else if kind == .bytes, Self.decoding(node) != .bytes {
      error(node["from"]?.mark ?? node.mark, "the \(what) is already bytes; remove 'from'")
    }
  }
}
