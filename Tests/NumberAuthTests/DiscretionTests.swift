import JSON
import NumberAuth
import Testing

@Suite("Secrets and phone numbers")
struct DiscretionTests {
  private func prints(_ value: Any, _ hidden: String) -> [String] {
    var dumped = ""
    dump(value, to: &dumped)
    var mirrored = ""
    for child in Mirror(reflecting: value).children { mirrored += "\(child)" }
    return [String(describing: value), String(reflecting: value), "\(value)", dumped, mirrored]
      .filter { $0.contains(hidden) }
  }

  @Test("They are never printed, alone or inside other values")
  func print() throws {
    let number = try #require(PhoneNumber("13812345678"))
    let secret = Secret("VMHTTPS-token")
    let values: [Any] = [
      number, secret, [number], ["a": secret], Optional(number) as Any, Optional(secret) as Any, (number, secret),
      Login(channel: .h5, token: secret), Verify(channel: .h5, token: secret, phoneNumber: number),
      RetrievedNumber(phoneNumber: number, vendorTransaction: nil, billed: .yes), ClientSignature(sign: secret),
      VerifiedNumber(verdict: .mismatch, smsAssistToken: secret, vendorTransaction: nil, billed: .yes),
      AccountSettings(
        account: "a", authority: "b", table: FailureTable(provider: "p", entries: []), fields: ["appKey": secret]),
      VendorRequest(
        target: "/?SpToken=VMHTTPS-token&PhoneNumber=13812345678",
        headers: [.init("x-acs-security-token", "VMHTTPS-token")], body: Array("13812345678".utf8)),
      VendorRequest.Header("x-acs-security-token", "VMHTTPS-token"),
      VendorResponse(status: 200, body: Array("{\"msisdn\":\"13812345678\"}".utf8)),
      Result<PhoneNumber, Failure>.success(number), Exchange<ClientSignature>.answer(ClientSignature(sign: secret)),
    ]
    for value in values {
      // The bytes of a body would be printed as decimal numbers.
      for hidden in ["VMHTTPS-token", "13812345678", "1234", "49, 51, 56, 49", "- 49\n"] {
        #expect(prints(value, hidden) == [])
      }
    }
  }

  @Test("They keep their text unchanged")
  func revealed() {
    #expect(Secret(" a b ").revealed == " a b ")
    #expect(Secret("").isEmpty && !Secret(" ").isEmpty)
    #expect(Secret("a") == Secret("a") && Secret("a") != Secret("b"))
  }

  @Test("An empty field of an account counts as missing")
  func settings() throws {
    let settings = AccountSettings(
      account: "a", authority: "b", table: FailureTable(provider: "p", entries: []),
      fields: ["full": Secret("hidden-value"), "empty": Secret("")])
    #expect(settings.optional("full")?.revealed == "hidden-value")
    #expect(settings.optional("empty") == nil && settings.optional("other") == nil)
    let missing = #expect(throws: AccountFault.self) { try settings.required("empty", because: "login needs it") }
    #expect(missing == AccountFault(field: "empty", "'empty' is missing; login needs it"))
    let choice = #expect(throws: AccountFault.self) { try settings.choice("full", default: Verdict.match) }
    #expect(choice == AccountFault(field: "full", "'full' must be one of 'match', 'mismatch', 'unknown'"))
    #expect(try settings.choice("empty", default: Verdict.unknown) == .unknown)
  }
}
