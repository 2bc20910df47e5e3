import NumberAuth
import ProviderConformance
import Store
import Testing

@testable import Configuration

@Suite("The columns of a vendor's bill in a provider file") struct BillMappingTests {
  private static let base = Repository.read(Files.providers + "jiguang.yaml").map {
    String(decoding: $0, as: UTF8.self)
  }

  private func load(_ bill: String, child: String? = nil) throws(ConfigurationError) -> ProviderFile {
    var texts = ["providers/vendor.yaml": (Self.base ?? "") + "\n" + bill + "\n"]
    texts["providers/child.yaml"] = child
    let name = child == nil ? "vendor" : "child"
    return try ConfigurationLoader.loadProvider("providers/\(name).yaml", files: Files.memory(texts)).file
  }

  @Test("A file inherits the columns of the file that it extends, or replaces all of them")
  func inherited() throws {
    #expect(try load("bill: {id: a, amount: b}", child: "extends: vendor").bill?.amount == "b")
    let replaced = try load("bill: {id: a, amount: b}", child: "extends: vendor\nbill: {id: c}").bill
    #expect(replaced?.id == "c" && replaced?.amount == nil)
  }

  @Test("All keys are read")
  func all() throws {
    let bill = try #require(
      try load(
        """
        bill:
          id: 流水号
          time: 时间
          timeZone: utc
          operation: 业务
          amount: 金额
          operations: {login: [一键登录, "1"], verify: [本机号码校验]}
        """
      ).bill)
    #expect(bill.id == "流水号")
    #expect(bill.time == "时间")
    #expect(bill.timeZone == .utc)
    #expect(bill.operation == "业务")
    #expect(bill.amount == "金额")
    #expect(bill.operations == ["一键登录": .login, "1": .login, "本机号码校验": .verify])
  }

  @Test("Built-in files have none, because no document states the columns")
  func builtIn() throws {
    #expect(try ConfigurationLoader.loadProviders(Files.providers).values.allSatisfy { $0.bill == nil })
  }

  @Test(
    "Errors",
    arguments: [
      ("bill: {amount: price}", "'bill' needs 'id' or 'time'"),
      ("bill: {id: id, operations: {login: [a], verify: [a]}}", "the text is listed for 'login' and for 'verify'"),
      ("bill: {id: id, timeZone: moon}", "timeZone"), ("bill: {id: id, ids: id}", "ids"),
      ("bill: {id: id, operations: {sms: [a]}}", "sms"),
    ])
  func errors(_ bill: String, _ message: String) {
    let error = #expect(throws: ConfigurationError.self) { try load(bill) }
    #expect(error?.diagnostics.count == 1)
    #expect(error?.diagnostics.first?.description.contains(message) == true)
  }
}
