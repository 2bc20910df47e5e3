import JSON
import Networking
import Testing

@testable import Sandbox

/// The common behaviour of the vendors in `specs/other-vendors.md`.
@Suite("The interfaces of JiGuang, Yidun, Tencent Cloud, Shanyan, MobTech and Getui")
struct VendorInterfaceTests {
  @Test("accept a token once", arguments: VendorInterface.all)
  func once(_ interface: VendorInterface) async throws {
    let sandbox = try TestSandbox()
    let minted = try await interface.mint(sandbox)
    let first = try interface.sample(minted, at: sandbox.now)
    #expect(try interface.code(await sandbox.call(interface.message(first))) == interface.success)
    let second = try interface.sample(minted, at: sandbox.now)
    #expect(try interface.code(await sandbox.call(interface.message(second))) == interface.badToken)
  }

  @Test("reject an unknown token", arguments: VendorInterface.all)
  func unknown(_ interface: VendorInterface) async throws {
    let sandbox = try TestSandbox()
    let inputs = ["accessToken": "a", "opToken": "o", "operator": "CMCC", "gyuid": "g"]
    let sample = VendorInterface.Sample(token: "unknown", inputs: inputs, now: sandbox.now)
    #expect(try interface.code(await sandbox.call(interface.message(sample))) == interface.badToken)
  }

  @Test("reject an expired token", arguments: VendorInterface.all)
  func late(_ interface: VendorInterface) async throws {
    for (late, expected) in [(0, interface.success), (1, interface.badToken)] as [(Int64, String)] {
      let sandbox = try TestSandbox()
      let minted = try await interface.mint(sandbox)
      sandbox.pass((interface.provider == "getui" ? 24 * 3_600_000 : 2 * 60_000) + late)
      let sample = try interface.sample(minted, at: sandbox.now)
      #expect(try interface.code(await sandbox.call(interface.message(sample))) == expected)
    }
  }

  @Test("reject the token of another interface", arguments: VendorInterface.all)
  func elsewhere(_ interface: VendorInterface) async throws {
    for other in VendorInterface.all where other.path != interface.path {
      let sandbox = try TestSandbox()
      let inputs = "\"accessToken\": \"a\""
      let minted = try await other.mint(sandbox, other.provider == "yidun" ? "\"inputs\": {\(inputs)}" : "")
      let sample = VendorInterface.Sample(
        token: try #require(minted["token"]?.string),
        inputs: ["accessToken": "a", "opToken": "o", "operator": "CMCC", "gyuid": "g"], now: sandbox.now)
      #expect(try interface.code(await sandbox.call(interface.message(sample))) == interface.badToken)
    }
  }

  @Test("reject the token of another account", arguments: VendorInterface.all)
  func otherAccount(_ interface: VendorInterface) async throws {
    let sandbox = try TestSandbox()
    let minted = try await interface.mint(sandbox)
    let sample = try interface.sample(minted, at: sandbox.now)
    sandbox.sandbox.core.state.withLock { state in
      state.tokens.add(VendorInterfaceTests.token(sample, interface, account: "another"), at: sandbox.now)
    }
    let code = try interface.code(await sandbox.call(interface.message(sample)))
    #expect(code == (interface.provider == "mobtech" ? "4119311" : interface.badToken))
  }

  private static func token(
    _ sample: VendorInterface.Sample, _ interface: VendorInterface, account: String
  ) -> Token {
    let families: [String: Token.Family] = [
      "jiguang": interface.channel == "h5" ? .jiGuangH5 : .jiGuangApp, "yidun": .yidun, "tencent-cloud": .tencentCloud,
      "shanyan": .shanyan, "mobtech": .mobTech, "getui": .getui,
    ]
    return Token(
      text: sample.token, family: families[interface.provider] ?? .app, account: account,
      operation: interface.operation == "login" ? .login : .verify, phoneNumber: "13800000000", inputs: sample.inputs,
      expiresAt: sample.now + 1, fault: nil)
  }

  @Test("reject a wrong signature without consuming the token", arguments: VendorInterface.all)
  func signature(_ interface: VendorInterface) async throws {
    let sandbox = try TestSandbox()
    let minted = try await interface.mint(sandbox)
    let forged = try interface.sample(minted, at: sandbox.now, secret: "wrong")
    #expect(try interface.code(await sandbox.call(interface.message(forged))) == interface.badSignature)
    let good = try interface.sample(minted, at: sandbox.now)
    #expect(try interface.code(await sandbox.call(interface.message(good))) == interface.success)
  }

  @Test("accept signatures in lower case only", arguments: VendorInterface.all.filter { $0.provider != "jiguang" })
  func digits(_ interface: VendorInterface) async throws {
    let sandbox = try TestSandbox()
    var message = interface.message(try interface.sample(try await interface.mint(sandbox), at: sandbox.now))
    let sign = try #require(message.body.firstMatch(of: /(?:sign|signature|sig)(?:=|":")([0-9a-f]{32,64})/)?.1)
    message.body = message.body.replacing(sign, with: sign.uppercased())
    #expect(try interface.code(await sandbox.call(message)) == interface.badSignature)
  }

  @Test("require the documented content type", arguments: VendorInterface.all)
  func contentType(_ interface: VendorInterface) async throws {
    let sandbox = try TestSandbox()
    let minted = try await interface.mint(sandbox)
    for type in ["text/plain", "multipart/form-data", nil] {
      var message = interface.message(try interface.sample(minted, at: sandbox.now))
      message.headers.removeAll { $0.0 == "Content-Type" }
      if let type { message.headers.append(("Content-Type", type)) }
      #expect(try interface.code(await sandbox.call(message)) == interface.badType)
    }
  }

  @Test("require POST", arguments: VendorInterface.all)
  func method(_ interface: VendorInterface) async throws {
    let sandbox = try TestSandbox()
    let message = interface.message(try interface.sample(try await interface.mint(sandbox), at: sandbox.now))
    let response = await sandbox.send("PUT", message.target, headers: message.headers, body: message.body)
    let code = try interface.code(try JSONValue.parse(response.body))
    #expect(code == (interface.provider == "jiguang" ? "9013" : interface.badType))
  }

  @Test("return the code of an account that is refused", arguments: VendorInterface.all)
  func refused(_ interface: VendorInterface) async throws {
    let refuses = "\"refuses\": {\"\(interface.operation)\": \"\(interface.documented)\"}"
    let sandbox = try TestSandbox(accounts: try interface.account(refuses))
    let minted = try await interface.mint(sandbox)
    let sample = try interface.sample(minted, at: sandbox.now)
    #expect(try interface.code(await sandbox.call(interface.message(sample))) == interface.documented)
  }

  @Test("return the code of a fault in their own format", arguments: VendorInterface.all)
  func faults(_ interface: VendorInterface) async throws {
    let sandbox = try TestSandbox()
    let minted = try await interface.mint(sandbox, "\"fault\": {\"code\": \"\(interface.documented)\"}")
    let sample = try interface.sample(minted, at: sandbox.now)
    #expect(try interface.code(await sandbox.call(interface.message(sample))) == interface.documented)
    // The fault belonged to the token, so the token has been consumed.
    let again = try interface.sample(minted, at: sandbox.now)
    #expect(try interface.code(await sandbox.call(interface.message(again))) == interface.badToken)

    let armed = "{\"path\": \"\(interface.path)\", \"fault\": {\"code\": \(interface.documented)}}"
    #expect(await sandbox.send("POST", "/sandbox/faults", body: armed).status == 204)
    let next = try interface.sample(try await interface.mint(sandbox), at: sandbox.now)
    #expect(try interface.code(await sandbox.call(interface.message(next))) == interface.documented)
  }

  @Test("compare the inputs of the token", arguments: VendorInterface.all.filter { $0.badInput != nil })
  func inputs(_ interface: VendorInterface) async throws {
    let sandbox = try TestSandbox()
    let minted = try await interface.mint(sandbox)
    let good = try interface.sample(minted, at: sandbox.now)
    for name in good.inputs.keys {
      let other = good.inputs.merging([name: name == "operator" ? "CTCC" : "other"]) { $1 }
      let bad = VendorInterface.Sample(token: good.token, inputs: other, now: sandbox.now)
      #expect(try interface.code(await sandbox.call(interface.message(bad))) == interface.badInput)
    }
    #expect(try interface.code(await sandbox.call(interface.message(good))) == interface.success)
  }

  @Test("are listed in the index, and their requests in the list of requests", arguments: VendorInterface.all)
  func listed(_ interface: VendorInterface) async throws {
    let sandbox = try TestSandbox()
    let index = try JSONValue.parse(await sandbox.send("GET", "/sandbox").body)["vendors"]
    #expect(index?["POST " + interface.path]?.string != nil)
    let message = interface.message(try interface.sample(try await interface.mint(sandbox), at: sandbox.now))
    _ = try await sandbox.call(message)
    let entry = try JSONValue.parse(await sandbox.send("GET", "/sandbox/requests").body)[0]
    #expect(entry?["path"]?.string == message.target)
    #expect(entry?["resultCode"]?.string == interface.success)
  }
}
