public import JSON

/// An SDK's error callback, with the variations that pages and apps send: missing or empty parts, JSON inside a string, a
/// logged object, numeric codes, white space around codes.
public struct FailureReport: Sendable {
  /// One reported code, with its stage and carrier.
  struct ReportedCode: Sendable {
    let stage: Stage
    let carrier: Carrier?
    let code: String
    let message: String?
  }

  private(set) var reportedCodes: [ReportedCode] = []
  /// The user's own carrier, if a response of China Mobile's gateway contains it (`msisdnOwner`).
  private(set) var ownCarrier: Carrier?

  static let maximumDepth = 8

  /// Reads a report. Unknown parts are ignored; a report without a code is not an error here.
  /// - Parameter form: Where this SDK has its codes. Without a form, and for reports without a code at these places, the
  ///   names are used that most SDKs have in common.
  public init(_ report: JSONValue, form: ReportForm? = nil) {
    let report = FailureReport.whole(report)
    if let form { reportedCodes = FormedReport(form, report).codes() }
    if reportedCodes.isEmpty { read(report, depth: 0) }
  }

  /// The report, also if it is in a text.
  private static func whole(_ report: JSONValue) -> JSONValue {
    guard let text = report.string else { return report }
    return inside(report) ?? LoggedObject.read(text) ?? report
  }

  private mutating func read(_ value: JSONValue, depth: Int) {
    guard depth < FailureReport.maximumDepth else { return }
    switch value.kind {
    case .string:
      if let inner = FailureReport.inside(value) { read(inner, depth: depth + 1) }
    case .array where FailureReport.isNumber(value[0]?.text):
      readList(value)
    case .array:
      // A mini program's web-view passes the callback in a list.
      for element in value.elements.prefix(4) { read(element, depth: depth + 1) }
    case .object:
      readObject(value, depth: depth)
    default:
      break
    }
  }

  /// A code, a message and a carrier as the elements of a list.
  private mutating func readList(_ list: JSONValue) {
    guard let code = list[0]?.text.map(FailureTable.trim) else { return }
    reportedCodes.append(
      ReportedCode(
        stage: .token, carrier: FailureReport.carrier(list[2]?.string), code: FailureTable.bounded(code),
        message: list[1]?.string.map { FailureTable.bounded(Redaction.sentence($0)) }))
  }

  private static func isNumber(_ text: String?) -> Bool {
    guard let text = text.map(FailureTable.trim), !text.isEmpty else { return false }
    return text.utf8.allSatisfy { (0x30...0x39).contains($0) || $0 == UInt8(ascii: "-") }
  }

  private mutating func readObject(_ object: JSONValue, depth: Int) {
    let before = reportedCodes.count
    for (key, carrier) in [("YDData", Carrier.chinaMobile), ("CTData", .chinaTelecom), ("CUData", .chinaUnicom)] {
      guard let branch = object[key] else { continue }
      readBranch(branch, carrier)
    }
    // Without a code in a branch, the report is flat: a page may add empty branches to a code of the token stage.
    if reportedCodes.count > before { return }
    noteOwner(in: object)
    if let (code, message) = FailureReport.code(in: object) {
      reportedCodes.append(
        ReportedCode(stage: .token, carrier: FailureReport.speaker(in: object), code: code, message: message))
    }
    // Aliyun forwards the carrier's response in `content`.
    if let content = object["content"].flatMap(FailureReport.object) {
      readContent(content, depth: depth)
    }
    for wrapper in ["error", "res", "detail", "data"] {
      if reportedCodes.isEmpty, let inner = object[wrapper] { read(inner, depth: depth + 1) }
    }
  }

  private mutating func readBranch(_ branch: JSONValue, _ carrier: Carrier) {
    guard let branch = FailureReport.object(branch), let (code, message) = FailureReport.code(in: branch) else {
      return
    }
    noteOwner(in: branch)
    reportedCodes.append(ReportedCode(stage: .acquire, carrier: carrier, code: code, message: message))
  }

  private mutating func readContent(_ content: JSONValue, depth: Int) {
    if content["YDData"] != nil || content["CTData"] != nil || content["CUData"] != nil {
      readObject(content, depth: depth + 1)
    } else if let (code, message) = FailureReport.code(in: content) {
      noteOwner(in: content)
      reportedCodes.append(
        ReportedCode(stage: .acquire, carrier: FailureReport.speaker(in: content), code: code, message: message))
    }
  }

  /// An object, or a string that contains an object as JSON.
  private static func object(_ value: JSONValue) -> JSONValue? {
    switch value.kind {
    case .object: value
    case .string: inside(value).flatMap { $0.kind == .object ? $0 : nil }
    default: nil
    }
  }

  private static func inside(_ value: JSONValue) -> JSONValue? {
    guard let text = value.string, let first = text.first(where: { !$0.isWhitespace }), "{[\"".contains(first) else {
      return nil
    }
    return try? JSONValue.parse(text, maximumDepth: 32)
  }

  /// The code and its message, by the names that the SDKs and the carriers' gateways use: at the top level, or in
  /// `header` or `body` of a gateway's response.
  private static func code(in object: JSONValue) -> (code: String, message: String?)? {
    for part in [object, object["body"], object["header"]] {
      guard let part, part.kind == .object else { continue }
      for name in ["code", "resultCode", "resultcode", "result", "errCode", "errorCode"] {
        guard let text = part[name]?.text else { continue }
        let code = FailureTable.trim(text)
        guard !code.isEmpty, code != "undefined", code != "null" else { continue }
        return (FailureTable.bounded(code), message(in: part))
      }
    }
    return nil
  }

  private static func message(in object: JSONValue) -> String? {
    for name in [
      "message", "msg", "desc", "resultDesc", "errorMessage", "errorDesc", "innerDesc", "content", "errMsg",
    ] {
      guard let value = object[name], let text = value.text, !text.isEmpty, inside(value) == nil else { continue }
      return FailureTable.bounded(Redaction.sentence(text))
    }
    return nil
  }

  /// Reads the carrier of the phone number. China Mobile's gateway returns it with a code of its own, so it does not
  /// change the carrier of the code.
  private mutating func noteOwner(in object: JSONValue) {
    let name = object["msisdnOwner"]?.string ?? object["body"]?["msisdnOwner"]?.string
    ownCarrier = ownCarrier ?? FailureReport.carrier(name)
  }

  /// The carrier that returned the code of a callback without branches; nil if the callback does not name it.
  private static func speaker(in object: JSONValue) -> Carrier? { carrier(object["carrier"]?.string) }

  static func carrier(_ name: String?) -> Carrier? {
    switch name?.uppercased() {
    case "YD", "CM", "CMCC": .chinaMobile
    case "CT", "CTCC": .chinaTelecom
    case "CU", "CUCC": .chinaUnicom
    default: nil
    }
  }
}

extension FailureTable {
  /// Maps a report to one failure. Each branch is mapped separately. The branch of the user's own carrier has priority,
  /// then the most significant branch; ties are resolved in the order YD, CT, CU. Success codes are ignored, codes that
  /// are not listed are `unmapped`. Throws `invalidRequest` for a report without a failure.
  public func failure(
    from report: FailureReport, channel: Channel? = nil, carrierHint: Carrier? = nil
  ) throws(Failure) -> Failure {
    let all = report.reportedCodes.compactMap { self.failure(from: $0, channel) }
    let branches = all.filter { $0.stage == .acquire }
    let candidates = branches.isEmpty ? all : branches
    guard !candidates.isEmpty else {
      throw .gateway(
        .invalidRequest,
        report.reportedCodes.isEmpty
          ? "'report' contains no code. Send the SDK's error callback, such as {msgId, YDData, CTData, CUData} or {code, message}."
          : "'report' contains no failure, only success codes.")
    }
    var chosen = FailureTable.mostSignificant(candidates, carrierHint: ownCarrier(of: report) ?? carrierHint)
    if let outer = all.first(where: { $0.stage == .token }), !branches.isEmpty, chosen.reason == .unmapped {
      // A listed code of the wrapping SDK is better than a carrier's code that is not listed.
      chosen = outer
    }
    chosen.branches = branches.sorted { ($0.carrier.map(Self.rank) ?? 3) < ($1.carrier.map(Self.rank) ?? 3) }
    return chosen
  }

  /// The user's own carrier: the owner that a gateway has reported, or the carrier of a code that it returns only to
  /// its own users. nil if the report does not reveal it.
  private func ownCarrier(of report: FailureReport) -> Carrier? {
    report.ownCarrier
      ?? report.reportedCodes.first { reported in
        reported.carrier != nil
          && row(reported.code, stage: reported.stage, carrier: reported.carrier)?.revealsCarrier == true
      }?.carrier
  }

  private static func rank(_ carrier: Carrier) -> Int {
    switch carrier {
    case .chinaMobile: 0
    case .chinaTelecom: 1
    case .chinaUnicom: 2
    }
  }

  /// nil if the code is a success.
  private func failure(from reported: FailureReport.ReportedCode, _ channel: Channel?) -> Failure? {
    // Callbacks of the token stage are flat. Some products also report failures of the acquire stage in a flat
    // callback.
    let stages: [Stage] = reported.stage == .token ? [.token, .acquire] : [reported.stage]
    for stage in stages {
      let found: (row: Row, carrier: Carrier?)?
      if let row = row(reported.code, stage: stage, carrier: reported.carrier, channel: channel) {
        found = (row, reported.carrier)
      } else if reported.carrier == nil {
        found = onlyCarrier(for: reported.code, stage: stage, channel)
      } else {
        found = nil
      }
      guard let found else { continue }
      return failure(
        found.row, code: reported.code, message: reported.message, stage: stage, carrier: found.carrier,
        delivery: .notSent)
    }
    return unmapped(
      reported.code, message: reported.message, stage: reported.stage, carrier: reported.carrier, delivery: .notSent)
  }

  /// Finds the entry of a code without a carrier: the first one in the order of the carriers. Returns the carrier only
  /// if exactly one carrier has an entry for the code.
  private func onlyCarrier(
    for code: String, stage: Stage, _ channel: Channel?
  ) -> (row: Row, carrier: Carrier?)? {
    let rows = Carrier.allCases.compactMap { carrier in
      row(code, stage: stage, carrier: carrier, channel: channel).map { (row: $0, carrier: carrier) }
    }
    guard let first = rows.first else { return nil }
    return (first.row, rows.count == 1 ? first.carrier : nil)
  }

  static func mostSignificant(_ failures: [Failure], carrierHint: Carrier?) -> Failure {
    // A branch that reports another carrier is not the branch of the user's own carrier.
    let own = failures.filter { $0.carrier != nil && $0.carrier == carrierHint && $0.reason != .carrierUnsupported }
    let candidates = own.isEmpty ? failures : own
    return candidates.min {
      ($0.significance, $0.carrier.map(rank) ?? 3, $0.vendor?.code ?? "")
        < ($1.significance, $1.carrier.map(rank) ?? 3, $1.vendor?.code ?? "")
    } ?? failures[0]
  }
}

extension Failure {
  /// The rank of a failure; lower is more significant. First faults that affect all users, then the user's decisions,
  /// then the user's circumstances, then carrier and vendor faults, then unknown codes.
  fileprivate var significance: Int {
    switch reason {
    case .unmapped: return 4
    case .cellularRequired, .carrierUnsupported, .clientUnsupported, .numberBarred: return 2
    default: break
    }
    switch fault {
    case .operator, .team, .gateway: return 0
    case .user: return 1
    case .carrier, .vendor: return 3
    }
  }
}
