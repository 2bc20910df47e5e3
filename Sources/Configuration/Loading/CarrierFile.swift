import NumberAuth
import Schema
import YAML

/// A file of `providers/carriers/`: the codes of a carrier's own SDK, which the SDKs of vendors pass through.
enum CarrierFile {
  static let shape = Shape.object(
    [
      .required("title", .object([.required("zh", .text), .required("en", .text)]), "name of the SDK"),
      .required("carrier", .choice(Carrier.allCases.map(\.rawValue)), "the carrier"),
      .required("documents", .list(.text, atLeast: 1), "documents that the file is based on"),
    ] + FailureRows.codes)

  static func read(_ node: YAMLNode, name: String, path: String, _ diagnostics: inout Diagnostics) -> FailureTable {
    var rows = FailureRows(base: [])
    rows.readCarrier(node, node["carrier"]?.text.flatMap(Carrier.init), path: path, diagnostics: &diagnostics)
    return FailureTable(provider: name, entries: rows.entries)
  }
}
