public import Configuration
import NumberAuth

/// A table of the providers and their operations: one line for each provider and channel.
public struct ProviderMatrix: Sendable {
  public let lines: [String]

  public init(_ files: [ProviderFile]) {
    var rows = [["provider", "channel", "session", "login", "verify", "adapter", "state"]]
    for file in files.sorted(by: { $0.name < $1.name }) {
      for (channel, operations) in file.serves.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
        func mark(_ operation: Operation) -> String { operations.contains(operation) ? "yes" : "-" }
        let session = [file.canPrepare ? "parameters" : nil, file.canSign ? "signature" : nil].compactMap { $0 }
        rows.append([
          file.name, channel.rawValue, session.isEmpty ? "-" : session.joined(separator: "+"), mark(.login),
          mark(.verify), file.adapter == .declarative ? "declarative" : "built in",
          file.openQuestions.isEmpty ? "settled" : "\(file.openQuestions.count) unconfirmed",
        ])
      }
    }
    lines = Self.align(rows)
  }

  private static func align(_ rows: [[String]]) -> [String] {
    guard let columns = rows.first?.count else { return [] }
    let widths = (0..<columns).map { column in rows.map { $0[column].count }.max() ?? 0 }
    return rows.map { row in
      let cells = row.enumerated().map { index, cell in
        index == columns - 1 ? cell : cell + String(repeating: " ", count: widths[index] - cell.count)
      }
      return cells.joined(separator: "  ")
    }
  }
}
