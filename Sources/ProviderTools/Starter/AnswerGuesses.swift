import Cryptography
import JSON
import Networking
import NumberAuth
import Schema
import YAML

/// The meanings of the values of a sample response.
struct AnswerGuesses {
  /// A scalar of the response.
  struct Value {
    let pointer: String
    let name: String
    let text: String
    let isText: Bool
    let depth: Int
  }

  /// The lines of the section `answer`, with comments.
  let lines: [String]
  /// Findings for the person who completes the file.
  let notes: [String]

  private static let codes = [
    "code", "resultcode", "retcode", "returncode", "respcode", "rescode", "errorcode", "errcode", "errno", "statuscode",
    "status", "resultstatus", "ret", "rtn", "result", "state",
  ]
  private static let flags = ["success", "issuccess", "succeed", "ok"]
  private static let messages = [
    "message", "msg", "resultmsg", "resultmessage", "resultdesc", "retmsg", "returnmessage", "errmsg", "errormsg",
    "errormessage", "errordesc", "desc", "description", "content", "info", "error",
  ]
  private static let numbers = [
    "phone", "phonenumber", "phonenum", "mobile", "mobilephone", "mobilename", "mobileno", "mobilenumber", "msisdn",
    "number", "tel", "telephone", "pn", "encryptphone", "encryptmobile", "securityphone",
  ]
  private static let transactions = [
    "requestid", "traceid", "tradeno", "taskid", "transactionid", "transid", "bizid", "orderid", "orderno", "outid",
    "msgid", "seqid", "serialno", "logid", "inresponseto", "id",
  ]
  private static let verdicts = [
    "isverify", "verifyresult", "isverified", "ismatch", "matchresult", "checkresult", "compareresult", "outcome",
    "match", "verify", "verified", "result", "resultcode", "isconsistent", "consistent",
  ]
  private static let charges = [
    "chargestatus", "ischarge", "charged", "charge", "billed", "isbilled", "fee", "feeflag",
  ]

  /// `content`: the response; nil if there is no sample. Throws an error with its position.
  init(_ content: [UInt8]?, _ operation: Operation) throws(SampleError) {
    guard let content else {
      lines = Self.template(operation)
      notes = ["There is no sample response: `answer` is a template. Replace its pointers."]
      return
    }
    let text = Charset.utf8(content, HTTPFields())
    let root: JSONValue
    do throws(JSONError) {
      root = try JSONValue.parse(text, duplicateKeys: .refused, maximumDepth: 32)
    } catch {
      guard case .invalid(let offset) = error else {
        throw SampleError(YAMLMark(line: 1, column: 1), "the response is invalid: \(error)")
      }
      throw SampleError(Self.mark(ofByte: offset, in: text), "the response is not valid JSON here")
    }
    // A code in a provider file cannot contain a reference.
    let values = Self.values(root, "", "", depth: 0).filter { !$0.text.contains("${") }
    var reader = Reader(values: values)
    reader.read(operation)
    lines = reader.lines
    notes = reader.notes
  }

  private static func mark(ofByte offset: Int, in text: [UInt8]) -> YAMLMark {
    let before = text.prefix(offset)
    let line = before.split(separator: 0x0a, omittingEmptySubsequences: false).last ?? []
    return YAMLMark(
      line: before.count { $0 == 0x0a } + 1, column: String(decoding: line, as: UTF8.self).unicodeScalars.count + 1)
  }

  /// All scalars, from the top to the bottom. JSON in a text is read as well.
  private static func values(_ value: JSONValue, _ pointer: String, _ name: String, depth: Int) -> [Value] {
    switch value.kind {
    case .object:
      return value.members.flatMap { member in
        // A reference cannot contain these characters.
        member.key.utf8.contains { " |{}".utf8.contains($0) }
          ? []
          : values(
            member.value,
            pointer + "/" + member.key.replacing("~", with: "~0").replacing("/", with: "~1"), member.key,
            depth: depth + 1)
      }
    case .array:
      return value.elements.first.map { values($0, pointer + "/0", name, depth: depth + 1) } ?? []
    case .null: return []
    case .boolean, .number: return [scalar(value, pointer, name, depth)]
    case .string:
      if let text = value.string, text.hasPrefix("{"), depth < 8, let inner = try? JSONValue.parse(text) {
        return values(inner, pointer, name, depth: depth)
      }
      return [scalar(value, pointer, name, depth)]
    }
  }

  private static func scalar(_ value: JSONValue, _ pointer: String, _ name: String, _ depth: Int) -> Value {
    let text = value.text ?? (value.bool == true ? "true" : "false")
    return Value(pointer: pointer, name: comparable(name), text: text, isText: value.kind == .string, depth: depth)
  }

  private static func template(_ operation: Operation) -> [String] {
    let comment = "   # guess: there is no sample response"
    return [
      "success: [{at: /code, is: [\"0\"]}]" + comment, "message: /message" + comment,
      operation == .login
        ? "number: \"${answer/data/phone}\"" + comment
        : "verdict: {of: \"${answer/data/result}\", match: [\"1\"], mismatch: [\"2\"]}" + comment,
      "billed: unknown",
    ]
  }

  /// Selects the values and writes the lines.
  private struct Reader {
    let values: [Value]
    var lines: [String] = []
    var notes: [String] = []
    private var used: Set<String> = []

    init(values: [Value]) { self.values = values }

    mutating func read(_ operation: Operation) {
      let result = operation == .login ? phoneNumber() : first(verdicts, among: values.filter { $0.depth > 1 })
      let code = first(codes, among: values.filter { $0.pointer != result?.pointer && !$0.text.isEmpty })
      if let code { used.insert(code.pointer) }
      let isVerdict = operation == .verify && result == nil
      success(code, result, isVerdict: isVerdict)
      if let message = first(messages, among: values.filter { $0.isText && !used.contains($0.pointer) }) {
        used.insert(message.pointer)
        lines.append("message: \(YAMLText.pointer(message.pointer))   # guess: by its name")
      }
      if operation == .login { number(result) } else { verdict(result ?? code, isCode: result == nil) }
      let transaction = values.filter { !used.contains($0.pointer) && !$0.text.isEmpty }
      if let id = first(transactions, among: transaction) {
        lines.append("transaction: \(YAMLText.quoted("${answer\(id.pointer)}"))   # guess: by its name")
      }
      if let charge = first(charges, among: values) {
        lines.append(
          "billed: {of: \(YAMLText.quoted("${answer\(charge.pointer)}")), yes: [\(YAMLText.quoted(charge.text))]}"
            + "   # guess: the sample is a charged call")
      } else {
        lines.append(
          "billed: unknown   # whether a successful call is charged: \"yes\", \"no\" or a value of the response")
      }
    }

    /// The value with the first of these names, and among equal names the one with the smallest depth.
    private func first(_ names: [String], among values: [Value]) -> Value? {
      values.compactMap { value in names.firstIndex(of: value.name).map { (value, $0) } }
        .min { ($0.0.depth, $0.1) < ($1.0.depth, $1.1) }?.0
    }

    private func phoneNumber() -> Value? {
      values.first { SampleValue.prefix(ofPhoneNumber: $0.text) != nil } ?? first(numbers, among: values)
    }

    private mutating func success(_ code: Value?, _ result: Value?, isVerdict: Bool) {
      if let code {
        let codes = isVerdict ? [code.text, "MISMATCH-CODE"] : [code.text]
        let list = codes.map(YAMLText.quoted).joined(separator: ", ")
        lines.append(
          "success: [{at: \(YAMLText.pointer(code.pointer)), is: [\(list)]}]   # guess: the sample is a success")
      } else if let flag = first(flags, among: values) {
        lines.append(
          "success: [{at: \(YAMLText.pointer(flag.pointer)), is: [\(YAMLText.quoted(flag.text))]}]"
            + "   # guess: the sample is a success; add `code` with the pointer to the code of a failure")
      } else if let result {
        lines.append(
          "success: [{present: \(YAMLText.pointer(result.pointer))}]   # guess: the sample has no result code")
        notes.append("The sample response has no result code: add the rule for a success.")
      } else {
        lines.append("success: [{at: /code, is: [\"0\"]}]   # guess: the sample has no result code")
        notes.append("The sample response has no result code: add the rule for a success.")
      }
    }

    private mutating func number(_ value: Value?) {
      guard let value else {
        lines.append("number: \"${answer/data/phone}\"   # guess: the sample has no phone number")
        notes.append("The sample response has no phone number: it may be a failure. Replace the pointer of `number`.")
        return
      }
      used.insert(value.pointer)
      let reference = YAMLText.quoted("${answer\(value.pointer)}")
      guard SampleValue.prefix(ofPhoneNumber: value.text) == nil else {
        lines.append("number: \(reference)   # guess: a phone number")
        return
      }
      guard let (size, encoding) = SampleValue.ciphertext(value.text) else {
        lines.append("number: \(reference)   # guess: by its name; the sample is not a phone number")
        notes.append("The number of the sample is not a phone number: it may be masked or encrypted.")
        return
      }
      let step =
        size >= 128
        ? "{rsa-decrypt: \(reference), from: \(encoding), key: \"${account.privateKey}\", as: text}"
        : "{aes-cbc-decrypt: \(reference), from: \(encoding), key: \"…\", iv: \"…\", as: text}"
      lines += [
        "# The number is encrypted: \(size) bytes in \(encoding == "hex" ? "hexadecimal" : "Base64"). Add a step, such as",
        "#   steps: {number: \(step)}", "# and use its value: number: \"${number}\"",
        "number: \(reference)   # guess: by its name; decrypt it",
      ]
      notes.append("The number in the response is encrypted: add the step that decrypts it.")
    }

    private mutating func verdict(_ value: Value?, isCode: Bool) {
      guard let value else {
        lines.append(
          "verdict: {of: \"${answer/data/result}\", match: [\"1\"], mismatch: [\"2\"]}   # guess: no result in the sample"
        )
        notes.append("The sample response has no result of the verification. Replace the pointer of `verdict`.")
        return
      }
      used.insert(value.pointer)
      let pairs = [
        "1": "0", "0": "1", "2": "1", "true": "false", "false": "true", "PASS": "REJECT", "REJECT": "PASS", "Y": "N",
        "N": "Y", "yes": "no", "no": "yes",
      ]
      let isMismatch = ["2", "false", "REJECT", "N", "no"].contains(value.text)
      let other = isCode ? "MISMATCH-CODE" : pairs[value.text] ?? "MISMATCH-VALUE"
      let (match, mismatch) = isMismatch ? (other, value.text) : (value.text, other)
      lines.append(
        "verdict: {of: \(YAMLText.quoted("${answer\(value.pointer)}")), match: [\(YAMLText.quoted(match))], "
          + "mismatch: [\(YAMLText.quoted(mismatch))]}   # guess: check both values")
    }
  }
}

extension YAMLText {
  /// A JSON Pointer: without quotes if YAML reads it as text, also inside braces.
  static func pointer(_ text: String) -> String {
    let isPlain = text.utf8.allSatisfy { byte in
      switch byte {
      case 0x30...0x39, 0x41...0x5a, 0x61...0x7a: true
      default: "/-_.~".utf8.contains(byte)
      }
    }
    return isPlain && text.hasPrefix("/") ? text : quoted(text)
  }
}
