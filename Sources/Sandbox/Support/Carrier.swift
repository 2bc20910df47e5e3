/// The three carriers, named as in China Mobile's SDK reports (`YDData`, `CTData`, `CUData`).
enum Carrier: String, Sendable, CaseIterable {
  case mobile = "YD"
  case telecom = "CT"
  case unicom = "CU"

  /// As JiGuang's and Getui's SDKs name it.
  var letters: String {
    switch self {
    case .mobile: "CM"
    case .telecom: "CT"
    case .unicom: "CU"
    }
  }
}
