import NumberAuth
import Schema
import Store
import YAML

/// `bill` of a provider file.
extension ProviderFile {
  static let bill = Shape.object([
    .optional("id", .text, "column of the vendor's id of a call"),
    .optional("time", .text, "column of the time or day of a call"),
    .optional(
      "timeZone", .choice(WallTime.Zone.allCases.map(\.rawValue)),
      "time zone of times without an offset; by default `china`"),
    .optional("operation", .text, "column of the operation"),
    .optional("amount", .text, "column of the price of a call"),
    .optional(
      "operations",
      .map(key: .oneOf(Operation.allCases.map(\.rawValue)), value: .list(.text, atLeast: 1)),
      "texts of the column `operation`, besides `login` and `verify`"),
  ])

  static func readBill(_ node: YAMLNode, _ path: String, _ diagnostics: inout Diagnostics) -> BillMapping {
    var bill = BillMapping()
    bill.id = node["id"]?.text
    bill.time = node["time"]?.text
    bill.timeZone = node["timeZone"]?.text.flatMap(WallTime.Zone.init) ?? .china
    bill.operation = node["operation"]?.text
    bill.amount = node["amount"]?.text
    for entry in node["operations"]?.entries ?? [] {
      guard let operation = Operation(rawValue: entry.key) else { continue }
      for element in entry.value.elements {
        guard let text = element.text else { continue }
        if let other = bill.operations.updateValue(operation, forKey: text), other != operation {
          diagnostics.error(path, element.mark, "the text is listed for 'login' and for 'verify'")
        }
      }
    }
    if bill.id == nil, bill.time == nil {
      diagnostics.error(path, node.mark, "'bill' needs 'id' or 'time'")
    }
    return bill
  }
}
