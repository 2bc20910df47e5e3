import Cryptography

/// The steps of signatures: their algorithm is derived from the length of the sample.
extension RequestGuesses {
  mutating func addSignature(_ scalar: SampleScalar) {
    let source = signedText(scalar)
    let (action, about) = signing(scalar.text, over: source.text)
    names[scalar.id] = step(
      scalar.name == "" ? "sign" : scalar.name, "sign", action,
      comment: "guess: \(about); write the vendor's algorithm",
      isOfOperation: source.isOfOperation)
  }

  private mutating func signing(_ sample: String, over source: String) -> (action: String, about: String) {
    let decoded = SampleValue.isHex(sample) ? sample.utf8.count / 2 : Base64.decode(sample)?.count ?? 0
    let encoding = SampleValue.isHex(sample) ? (sample.contains(where: \.isUppercase) ? "HEX" : "hex") : "base64"
    if decoded >= 128 {
      if !account.contains(where: { $0.name == "privateKey" }) {
        account.append(
          Field(
            name: "privateKey",
            declaration: "{required: true, secret: true, pattern: rsa-private-key, about: \"signs the request\"}",
            comment: "guess: the signature has the length of an RSA signature"))
      }
      return (
        "{rsa-sign: \"\(source)\", digest: sha256, key: \"${account.privateKey}\", as: \(encoding)}",
        "an RSA signature of \(decoded * 8) bits"
      )
    }
    let name = "appSecret"
    if !account.contains(where: { $0.name == name }) {
      account.append(
        Field(
          name: name, declaration: "{required: true, secret: true, about: \"signs the request\"}",
          comment: "guess: the key of the signature; use the name in the document"))
    }
    let hash = [20: "sha1", 32: "sha256", 64: "sha512"][decoded]
    if let hash, encoding == "base64" || decoded > 20 {
      return (
        "{hmac-\(hash): \"\(source)\", key: \"${account.\(name)}\", as: \(encoding)}",
        "a digest or HMAC of \(decoded) bytes"
      )
    }
    let digest = hash ?? "md5"
    return (
      "{\(digest): \"\(source)${account.\(name)}\", as: \(decoded == 0 ? "hex" : encoding)}",
      decoded == 0 ? "a signature" : "a digest of \(decoded) bytes"
    )
  }

  /// The text that the signature covers: by default all parameters next to it, without signatures.
  private mutating func signedText(_ scalar: SampleScalar) -> (text: String, isOfOperation: Bool) {
    switch (scalar.place, request.body) {
    case (.form, .form(let form)): return ("${\(join("form", form))}", false)
    case (.query, _): return ("${\(join("query", request.query))}", false)
    case (.json, .json(.object(let members))) where !scalar.isNested:
      let excluded = members.filter { member in
        switch member.value {
        case .array, .object: true
        case .scalar(let scalar): guess(scalar) == .signature
        case .literal: false
        }
      }
      return ("${\(fields("json", without: excluded.map(\.name)))}", false)
    case (.json, .json(let node)):
      let others = (node.siblings(of: scalar.id) ?? []).filter { guess($0) != .signature }
      let written = others.map { YAMLText.flow($0.name) + ": " + YAMLText.quoted(template($0)) }
      return ("${\(fields("{\(written.joined(separator: ", "))}", without: [], isOfOperation: true))}", true)
    case (_, .form(let form)): return ("${\(join("form", form))}", false)
    case (_, .json): return ("${request.body}", false)
    case (_, .none):
      return request.query.isEmpty ? ("${request.path}", false) : ("${\(join("query", request.query))}", false)
    }
  }

  private mutating func join(_ part: String, _ parameters: [SampleScalar]) -> String {
    fields(part, without: parameters.filter { guess($0) == .signature }.map(\.name))
  }

  /// Adds the step that joins parameters, and returns its name.
  private mutating func fields(_ source: String, without names: [String], isOfOperation: Bool = false) -> String {
    let excluded = names.isEmpty ? "" : ", leaveOut: [\(names.map(YAMLText.flow).joined(separator: ", "))]"
    return step(
      "fields", "fields", "{join: \(source), write: name=value, between: \"&\"\(excluded)}",
      comment: "guess: the parameters sorted by name; write the vendor's order and separators",
      isOfOperation: isOfOperation)
  }
}
