public import Configuration
import JSON
import NumberAuth
import Schema
import YAML

/// Runs fixtures against a provider file. `lines` is the report; `isGood`: whether all fixtures passed.
public struct FixtureRun: Sendable {
  public let lines: [String]
  public let isGood: Bool

  /// `paths`: files, or folders. All `.yaml` and `.json` files of a folder are used, sorted by name.
  public init(_ file: ProviderFile, _ paths: [String], files: FileSystem = .machine) {
    var lines: [String] = []
    var passed = 0
    let fixtures = paths.flatMap { Self.fixtures(at: $0, files) }
    for path in fixtures {
      do throws(FixtureError) {
        let fixture = try Self.read(path, for: file, files)
        let settings = file.settings(
          account: "fixture", authority: fixture.authority.isEmpty ? file.endpoint.authority : fixture.authority,
          fields: fixture.fields)
        let differences = fixture.differences(settings, isLenient: true) { settings throws(AccountFault) in
          try file.makeProvider(settings)
        }
        if differences.isEmpty {
          passed += 1
          lines.append("ok   \(path): \(fixture.description) (\(Self.count(fixture.answerCount, "answer")))")
        } else {
          lines.append("FAIL \(path): \(fixture.description)")
          lines += differences.map { "       " + $0 }
        }
      } catch {
        lines.append("FAIL \(error)")
      }
    }
    isGood = !fixtures.isEmpty && passed == fixtures.count
    if fixtures.isEmpty {
      lines.append("there is no fixture at " + paths.joined(separator: ", "))
    } else {
      lines.append(
        Self.count(fixtures.count, "fixture")
          + (isGood ? ", all as expected" : ", \(fixtures.count - passed) not as expected"))
    }
    self.lines = lines
  }

  private static func count(_ count: Int, _ what: String) -> String { "\(count) \(what)\(count == 1 ? "" : "s")" }

  private static func fixtures(at path: String, _ files: FileSystem) -> [String] {
    func isFixture(_ name: String) -> Bool { name.hasSuffix(".yaml") || name.hasSuffix(".json") }
    guard !isFixture(path), let names = files.list(path) else { return [path] }
    return names.filter(isFixture).map { path.hasSuffix("/") ? path + $0 : path + "/" + $0 }
  }

  /// Reads a fixture in YAML or JSON. The error contains all problems of the fixture.
  private static func read(
    _ path: String, for file: ProviderFile, _ files: FileSystem
  ) throws(FixtureError) -> ProviderFixture {
    guard var bytes = files.read(path) else { throw FixtureError(file: path, "cannot be read") }
    let node: YAMLNode
    do throws(YAMLError) {
      node = try YAMLNode.parse(bytes)
    } catch {
      throw FixtureError(file: "\(path):\(error.mark.line):\(error.mark.column)", error.message)
    }
    try check(node, path, for: file)
    if path.hasSuffix(".yaml") { bytes = node.json.bytes }
    let root: JSONValue
    do throws(JSONError) {
      root = try JSONValue.parse(bytes, duplicateKeys: .refused)
    } catch {
      throw FixtureError(file: path, "\(error)")
    }
    return try ProviderFixture(root, named: path)
  }
}

extension FixtureRun {
  private static func check(_ node: YAMLNode, _ path: String, for file: ProviderFile) throws(FixtureError) {
    var checker = ShapeChecker(file: path)
    checker.check(node, FixtureShape.fixture, "")
    var diagnostics = checker.diagnostics
    let known = file.accountFields.map(\.name)
    for entry in node["account"]?.entries ?? [] where !known.contains(entry.key) {
      diagnostics.error(
        path, entry.keyMark,
        "'\(file.name)' has no account field '\(shortened(entry.key))'" + suggestion(for: entry.key, among: known))
    }
    if let operation = node["call"]?["kind"]?.text.flatMap(Operation.init), let place = node["call"]?["channel"],
      let channel = place.text.flatMap(Channel.init), file.serves[channel]?.contains(operation) != true
    {
      diagnostics.error(
        path, place.mark, "'\(file.name)' does not support \(operation.rawValue) on \(channel.rawValue)")
    }
    checkCredentials(node, path, for: file, &diagnostics)
    guard diagnostics.hasErrors else { return }
    throw FixtureError(diagnostics.sorted.map(\.description).joined(separator: "\n     "))
  }

  /// Reports credentials that the file does not declare, and those of the call that the fixture lacks.
  private static func checkCredentials(
    _ node: YAMLNode, _ path: String, for file: ProviderFile, _ diagnostics: inout Diagnostics
  ) {
    let known = file.description?.credentialNames ?? []
    func check(_ name: String, _ mark: YAMLMark) {
      guard !known.contains(name) else { return }
      diagnostics.error(
        path, mark, "'\(file.name)' has no credential '\(shortened(name))'" + suggestion(for: name, among: known))
    }
    let call = node["call"]
    if let name = call?["credential"], let text = name.text { check(text, name.mark) }
    let given = node["context"]?["credentials"]?.entries ?? []
    for entry in given { check(entry.key, entry.keyMark) }
    if call?["kind"]?.text == "credential" {
      for key in ["token", "phoneNumber", "inputs"] {
        guard let value = call?[key] else { continue }
        diagnostics.error(
          path, value.mark, "a credential has no '\(key)'; test one that each call fetches with 'first' of a login")
      }
    }
    guard let call, let stage = call["kind"]?.text.flatMap(Stage.init), stage != .credential else { return }
    for name in file.description?.credentials(sharedAt: stage) ?? [] where !given.contains(where: { $0.key == name }) {
      diagnostics.error(
        path, call.mark, "the call needs the credential '\(name)'; add context: {credentials: {\(name): …}}")
    }
  }
}

extension ProviderFixture {
  fileprivate var answerCount: Int {
    if case .exchange(_, let answers) = expectation { answers.count } else { 0 }
  }
}
