import Store
import Testing

@Suite("Money") struct MoneyTests {
  @Test("reads decimal numbers with up to six digits after the point")
  func reads() {
    #expect(Money(decimal: "0.06")?.micros == 60_000)
    #expect(Money(decimal: "12")?.micros == 12_000_000)
    #expect(Money(decimal: "0.000001")?.micros == 1)
  }

  @Test("rejects everything else", arguments: ["", ".5", "1.", "-1", "1e3", "0.0000001", "1,5", "１", "1234567890"])
  func rejects(text: String) {
    #expect(Money(decimal: text) == nil)
  }

  @Test("is written with at least two digits after the point")
  func writes() {
    #expect(Money(micros: 60_000).description == "0.06")
    #expect(Money(micros: 12_345_000).description == "12.345")
    #expect(Money(micros: -500_000).description == "-0.50")
    #expect(Money(micros: 1_000_000).description == "1.00")
  }
}
