import Configuration
import JSON
import NumberAuth

/// Log lines about reloads of the configuration: one for each accepted or rejected configuration. A line contains names
/// and diagnostics, but no values of the configuration. Its length is bounded.
struct ReloadLog: Sendable {
  /// Maximum number of names in one list, and of diagnostics in one line.
  static let maximumListCount = 50
  static let maximumDiagnosticCount = 10
  /// Maximum length of one diagnostic in Unicode scalars, including the path of its file.
  static let maximumDiagnosticLength = 500

  let writer: LogWriter

  /// `needsRestart`: the keys of `server` whose values differ from those at the start.
  func reloaded(
    _ change: ConfigurationChange, needsRestart: [String], warnings: [String], generation: Int,
    trigger: ConfigurationWatcher.Trigger, nanoseconds: UInt64, at now: WallTime
  ) {
    line {
      $0.member("time", now.iso8601)
      $0.member("event", "configuration-reloaded")
      $0.member("generation", generation)
      $0.member("trigger", trigger.rawValue)
      $0.member("milliseconds", Int(nanoseconds / 1_000_000))
      Self.write(change.providers, as: "providers", into: &$0)
      Self.write(change.accounts, as: "accounts", into: &$0)
      Self.write(change.apps, as: "apps", into: &$0)
      Self.write(change.teams, as: "teams", into: &$0)
      if change.changesSessionKeys { $0.member("sessionKeys", "changed") }
      if change.changesTLS { $0.member("tls", "changed") }
      Self.write(needsRestart, as: "needsRestart", into: &$0)
      if !warnings.isEmpty {
        $0.member("warnings", warnings.count)
        Self.write(first: warnings, into: &$0)
      }
    }
  }

  /// `generation` is that of the configuration that stays active.
  func rejected(
    _ errors: [String], generation: Int, trigger: ConfigurationWatcher.Trigger, nanoseconds: UInt64, at now: WallTime
  ) {
    line {
      $0.member("time", now.iso8601)
      $0.member("event", "configuration-rejected")
      $0.member("level", "error")
      $0.member("generation", generation)
      $0.member("trigger", trigger.rawValue)
      $0.member("milliseconds", Int(nanoseconds / 1_000_000))
      $0.member("errors", errors.count)
      Self.write(first: errors, into: &$0)
    }
  }

  private func line(_ body: (inout JSONWriter) -> Void) {
    var line = JSONWriter(reservingCapacity: 512)
    line.object(body)
    writer.write(line.bytes + [0x0a])
  }

  private static func write(_ names: ConfigurationChange.Names, as section: String, into writer: inout JSONWriter) {
    guard !names.isEmpty else { return }
    writer.object(named: section) {
      write(names.added, as: "added", into: &$0)
      write(names.changed, as: "changed", into: &$0)
      write(names.removed, as: "removed", into: &$0)
    }
  }

  /// Omits an empty list. A truncated list is followed by its total length (`…Count`).
  private static func write(_ names: [String], as list: String, into writer: inout JSONWriter) {
    guard !names.isEmpty else { return }
    writer.array(named: list) { for name in names.prefix(maximumListCount) { $0.value(name) } }
    if names.count > maximumListCount { writer.member(named: list + "Count", names.count) }
  }

  private static func write(first diagnostics: [String], into writer: inout JSONWriter) {
    writer.array("first") {
      for text in diagnostics.prefix(maximumDiagnosticCount) { $0.value(bounded(text)) }
    }
  }

  private static func bounded(_ text: String) -> String {
    let scalars = text.unicodeScalars
    return scalars.count <= maximumDiagnosticLength
      ? text : String(String.UnicodeScalarView(scalars.prefix(maximumDiagnosticLength))) + "…"
  }
}
