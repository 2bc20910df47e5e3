/// What stands in place of what nobody may see, when a request is shown.
struct Mask: Sendable {
  func accountField(_ name: String) -> String? { nil }
  func callValue(_ value: CallValue) -> String? { nil }
  func input(_ name: String) -> String? { nil }
  func step(_ index: Int) -> String? { nil }
}
