import Configuration
import NumberAuth
import Testing

@Suite("Fields that hold keys")
struct KeyFieldTests {
  private static let root = #filePath.split(separator: "/").dropLast(3).reduce("") { $0 + "/" + $1 } + "/"

  @Test("Every shipped provider declares which of its fields are RSA keys")
  func halves() throws {
    let files = try ConfigurationLoader.loadProviders(Self.root + "providers")
    for file in files.values {
      for field in file.accountFields {
        let half: KeyHalf? =
          if field.name.lowercased().hasSuffix("privatekey") {
            .privateHalf
          } else if field.name.lowercased().hasSuffix("publickey") {
            .publicHalf
          } else {
            nil
          }
        #expect(field.keyHalf == half, "\(file.name): \(field.name)")
      }
    }
    let app = try #require(files["china-mobile-app"])
    #expect(app.accountFields.filter { $0.keyHalf != nil }.count == 4)
  }

  @Test("An account retains its fields and does not print them")
  func settings() throws {
    let configuration = try ConfigurationLoader.load(
      Self.root + "config.yaml", providers: Self.root + "providers")
    let account = try #require(configuration.accounts["mobile-app"])
    let secret = try #require(account.settings.optional("appSecret")?.revealed)
    #expect(secret.hasPrefix("SANDBOXAPPSECRET"))
    var dumped = ""
    dump(account, to: &dumped)
    #expect(!dumped.contains("SANDBOXAPPSECRET") && !"\(account)".contains("SANDBOXAPPSECRET"))
  }
}
