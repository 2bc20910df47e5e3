import Schema
import YAML

/// Warnings about characters that are probably mistyped: they are valid, but change what is signed or sent.
extension ProviderFile {
  /// Warns about curly quotes in steps and operations, about curly quotes in place of quotes in the rest of the file,
  /// and about `\n` in signed texts that is not a line feed.
  func warnAboutCharacters(of node: YAMLNode, diagnostics: inout Diagnostics) {
    for entry in node.entries {
      let isWire = entry.key == "steps" || entry.key == "operations"
      warnAboutQuotes(in: entry, isWire: isWire, &diagnostics)
    }
    let operations = node["operations"]?.entries.map(\.value) ?? []
    let steps = [node["steps"]] + operations.flatMap { [$0["steps"], $0["answer"]?["steps"]] }
    for entry in steps.flatMap({ $0?.entries ?? [] }) { warnAboutLineFeeds(in: entry.value, &diagnostics) }
  }

  private func warnAboutQuotes(in entry: YAMLNode.Entry, isWire: Bool, _ diagnostics: inout Diagnostics) {
    warn(entry.key, entry.keyMark, isWire: isWire, isPlain: true, &diagnostics)
    warnAboutQuotes(in: entry.value, isWire: isWire, &diagnostics)
  }

  private func warnAboutQuotes(in node: YAMLNode, isWire: Bool, _ diagnostics: inout Diagnostics) {
    switch node.content {
    case .scalar(let text, let isPlain): warn(text, node.mark, isWire: isWire, isPlain: isPlain, &diagnostics)
    case .sequence(let elements):
      for element in elements { warnAboutQuotes(in: element, isWire: isWire, &diagnostics) }
    case .mapping(let entries):
      for entry in entries { warnAboutQuotes(in: entry, isWire: isWire, &diagnostics) }
    }
  }

  /// Texts of the vendor, such as messages, contain curly quotes. A value that begins with one has no other quotes.
  private func warn(
    _ text: String, _ mark: YAMLMark, isWire: Bool, isPlain: Bool, _ diagnostics: inout Diagnostics
  ) {
    let isQuoted = isPlain && text.unicodeScalars.first.map(TypographicCharacter.isCurlyQuote) == true
    guard isWire || isQuoted, let found = TypographicCharacter.curlyQuote(in: text) else { return }
    diagnostics.warning(
      path, mark, "the value has \(found)" + (isQuoted ? ", because curly quotes are a part of the value" : ""))
  }

  private func warnAboutLineFeeds(in node: YAMLNode, _ diagnostics: inout Diagnostics) {
    if let text = node.text, !node.isDoubleQuoted, text.contains(#"\n"#) {
      diagnostics.warning(
        path, node.mark, #"'\n' is a backslash and an n here; use double quotes for a line feed"#)
    }
    for element in node.elements { warnAboutLineFeeds(in: element, &diagnostics) }
    for entry in node.entries { warnAboutLineFeeds(in: entry.value, &diagnostics) }
  }
}
