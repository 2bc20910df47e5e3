/// The three carriers, with the names in the error callbacks of China Mobile's SDK (`YDData`, `CTData`, `CUData`).
enum Carrier: String, Sendable, CaseIterable {
  case mobile = "YD"
  case telecom = "CT"
  case unicom = "CU"

  /// The name in the SDKs of JiGuang and Getui.
  var letters: String {
    switch self {
    case .mobile: "CM"
    case .telecom: "CT"
    case .unicom: "CU"
    }
  }
}
