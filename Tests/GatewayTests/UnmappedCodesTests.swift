import NumberAuth
import Testing

@testable import Gateway

@Suite("Unmapped codes")
struct UnmappedCodesTests {
  private static func failure(_ code: Int, provider: String = "p") -> Failure {
    var failure = Failure(.unmapped, stage: .verify)
    failure.vendor = Failure.VendorMessage(provider: provider, code: "E\(code)", message: nil)
    return failure
  }

  private static func time(_ second: Int) -> WallTime { WallTime(milliseconds: Int64(second) * 1000) }

  @Test("are stored up to a limit; then the least recently seen code is dropped")
  func limit() {
    let codes = UnmappedCodes()
    let limit = UnmappedCodes.limit
    for code in 0..<limit { #expect(codes.note(Self.failure(code), at: Self.time(code))) }
    // Code 0 is seen again, so code 1 is the least recently seen.
    #expect(!codes.note(Self.failure(0), at: Self.time(limit)))
    #expect(codes.note(Self.failure(limit), at: Self.time(limit + 1)))
    let stored = codes.all(of: ["p"]).map(\.key.code)
    #expect(stored.count == limit && stored.last == "E2")
    #expect(stored.prefix(3) == ["E\(limit)", "E0", "E\(limit - 1)"])
    #expect(codes.note(Self.failure(1), at: Self.time(limit + 2)), "the code was dropped, so it is new")
  }

  /// The model is an array of codes in the order of their last use.
  @Test("are the same as in a simple model after a random sequence")
  func model() {
    let codes = UnmappedCodes()
    var model: [(code: Int, count: Int)] = []
    var state: UInt64 = 0x9e37_79b9_7f4a_7c15
    for step in 0..<20_000 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      let code = Int(state >> 33) % 1500
      let known = model.firstIndex { $0.code == code }
      #expect(codes.note(Self.failure(code), at: Self.time(step / 100)) == (known == nil))
      let count = known.map { model.remove(at: $0).count } ?? 0
      model.append((code, count + 1))
      if model.count > UnmappedCodes.limit { model.removeFirst() }
    }
    let all = codes.all(of: ["p"])
    #expect(all.map(\.key.code) == model.reversed().map { "E\($0.code)" })
    #expect(all.map(\.sighting.count) == model.reversed().map(\.count))
  }

  @Test("are logged when first seen and then once an hour")
  func logging() {
    let codes = UnmappedCodes()
    let seen = [0, 1, 3599, 3600, 3601, 7199, 7200].map { codes.note(Self.failure(1), at: Self.time($0)) }
    #expect(seen == [true, false, false, true, false, false, true])
  }

  @Test("are listed for the given providers")
  func providers() {
    let codes = UnmappedCodes()
    _ = codes.note(Self.failure(1, provider: "a"), at: Self.time(0))
    _ = codes.note(Self.failure(2, provider: "b"), at: Self.time(1))
    #expect(codes.all(of: ["a"]).map(\.key.code) == ["E1"])
    #expect(codes.all(of: ["a", "b"]).map(\.key.code) == ["E2", "E1"])
    #expect(codes.all(of: []).isEmpty)
  }
}
