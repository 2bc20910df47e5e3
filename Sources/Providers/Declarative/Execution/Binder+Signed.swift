import Cryptography
import NumberAuth

/// Texts that signatures cover: joined parameters and canonical requests.
extension Binder {
  mutating func bindJoin(_ join: Join) throws(AccountFault) -> Bound {
    var parameters = try bind(try joined(join))
    if join.isSorted { parameters.sort { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) } }
    let members = parameters.map { parameter in
      (
        name: join.isPercentEncoded ? parameter.encodedName : parameter.name, value: parameter.value,
        mayBeSkipped: parameter.isOptional || join.skipEmpty.skips(parameter.name)
      )
    }
    let charset = charset
    return .work { evaluation throws(Failure) in
      var text = ""
      var isFirst = true
      for member in members {
        let value = try member.value.text(&evaluation)
        if member.mayBeSkipped, value.isEmpty { continue }
        if !isFirst { text += join.separator }
        isFirst = false
        switch join.style {
        case .nameValue: text += member.name
        case .nameEqualsValue:
          text += member.name
          text += "="
        case .value: break
        }
        text += join.isPercentEncoded ? try charset.percentEncoded(value, member.name) : value
        if text.utf8.count > Value.maximumSize { throw evaluation.tooLarge("A joined text") }
      }
      return .text(text)
    }
  }

  /// The parameters to join. Optional parameters that are empty are skipped later, as in the request itself.
  private func joined(_ join: Join) throws(AccountFault) -> [Parameter] {
    var all: [Parameter] = []
    switch (join.members, description.request?.body) {
    case (.written(let parameters), _): all = parameters
    case (.query, _): all = description.request?.query ?? []
    case (.form, .form(let parameters)?), (.form, .multipart(let parameters)?): all = parameters
    case (.json, .json(.object(let members))?):
      for member in members { all.append(Parameter(try resolved(member))) }
    default: break
    }
    return all.filter { !join.leaveOut.contains($0.name) }
  }

  /// Method, path, sorted query, header lines, an empty line, the headers' names, the payload's digest: the canonical
  /// request of AWS Signature Version 4, which Aliyun V3 and Volcengine also use.
  mutating func bindCanonicalRequest(_ headers: [String], _ payload: Template) throws(AccountFault) -> Bound {
    var query = try bind(description.request?.query ?? [])
    query.sort { $0.encodedName.utf8.lexicographicallyPrecedes($1.encodedName.utf8) }
    let parameters = query
    let names = headers.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    let payload = try bind(payload)
    return .work { evaluation throws(Failure) in
      guard let request = evaluation.operation.request else { return .text("") }
      var text = request.method + "\n" + (try request.path.text(&evaluation)) + "\n"
      var isFirst = true
      for parameter in parameters {
        let value = try parameter.value.text(&evaluation)
        if parameter.isOptional, value.isEmpty { continue }
        text += (isFirst ? "" : "&") + parameter.encodedName + "="
        text += try request.charset.percentEncoded(value, parameter.name)
        isFirst = false
        if text.utf8.count > Value.maximumSize { throw evaluation.tooLarge("A canonical request") }
      }
      text += "\n"
      for name in names { text += name + ":" + (try request.header(name, &evaluation) ?? "") + "\n" }
      text += "\n" + names.joined(separator: ";") + "\n" + (try payload.text(&evaluation))
      return .text(text)
    }
  }
}

extension Parameter {
  /// A member of a JSON body as a parameter of a signed text: a text without quotes, a number as it is written.
  fileprivate init(_ member: JSONForm.Member) {
    let value: Template =
      switch member.value {
      case .text(let template), .number(let template): template
      case .literal(let json): .literal(json)
      case .array, .object, .choice: .literal("")
      }
    self.init(name: member.name, value: value, isOptional: member.isOptional)
  }
}
