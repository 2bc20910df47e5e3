public import JSON

/// Where the error callback of a vendor's SDK has its codes: `reports` of a provider file. Pointers also lead into JSON
/// that a text contains. Of several pointers, the first one that leads to a text or a number is used.
public struct ReportForm: Sendable, Hashable {
  /// A code of the carrier's SDK, or a more detailed code of the vendor.
  public struct InnerCode: Sendable, Hashable {
    public enum Place: Sendable, Hashable {
      /// The whole value.
      case value([JSONPointer])
      /// The first number in a sentence: with this many digits, after one of these words if there are any.
      case number(in: JSONPointer, digits: ClosedRange<Int>, after: [String])
    }

    public var place: Place
    public var messages: [JSONPointer]
    /// Whether it is a more detailed code of the vendor, not of a carrier.
    public var isVendors: Bool

    public init(place: Place, messages: [JSONPointer], isVendors: Bool = false) {
      self.place = place
      self.messages = messages
      self.isVendors = isVendors
    }
  }

  /// Names of the elements, if the callback is a list.
  public var list: [String] = []
  /// The SDK's own code.
  public var codes: [JSONPointer] = []
  public var messages: [JSONPointer] = []
  /// The name of the user's carrier.
  public var carriers: [JSONPointer] = []
  /// The SDK's names for the carriers, besides YD, CM, CMCC, CT, CTCC, CU and CUCC. Upper and lower case are equal.
  public var carrierNames: [String: Carrier] = [:]
  public var inner: [InnerCode] = []

  public init() {}
}
