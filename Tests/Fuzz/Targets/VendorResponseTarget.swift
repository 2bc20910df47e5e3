import Configuration
import Networking
import NumberAuth

/// Responses of vendors to all operations of all shipped accounts. No failure may contain the token.
let vendorResponse = FuzzTarget(name: "vendor-response") { input in
  guard input.count >= 4 else { return }
  let account = accounts[Int(input[0]) % accounts.count]
  let status = [200, 200, 200, 400, 403, 429, 500, 503][Int(input[2]) % 8]
  let type = ["application/json", "application/json;charset=GBK", "text/html; charset=GB18030", ""][Int(input[3]) % 4]
  var headers = HTTPFields()
  if !type.isEmpty { headers.append("Content-Type", type) }
  let response = HTTPClientResponse(status: status, headers: headers, body: Array(input.dropFirst(4)))
  let context = CallContext(now: WallTime(milliseconds: 1_700_000_000_000), nonce: "0123456789abcdef0123456789abcdef")

  func read<Answer>(_ exchange: Exchange<Answer>, _ stage: Stage) {
    guard case .send(_, let read) = exchange else { return }
    if case .failure(let failure) = account.result(of: .success(response), stage: stage, at: context.now, read) {
      require(failure.detail?.contains(token) != true, "no failure contains the token")
    }
  }
  switch input[1] % 3 {
  case 0:
    guard let provider = account.provider as? any NumberRetrieving else { return }
    let call = Login(channel: .app, token: Secret(token))
    if let exchange = try? provider.login(call, context) { read(exchange, .login) }
  case 1:
    guard let provider = account.provider as? any NumberVerifying, let number = PhoneNumber("13800000000") else {
      return
    }
    let call = Verify(channel: .app, token: Secret(token), phoneNumber: number)
    if let exchange = try? provider.verify(call, context) { read(exchange, .verify) }
  default:
    guard let provider = account.provider as? any ClientPreparing else { return }
    let call = PrepareClient(operation: .login, channel: .h5, pageURL: "https://shop.example.com/", pageOptions: nil)
    if let exchange = try? provider.prepare(call, context) { read(exchange, .prepare) }
  }
}

private let token = "STsid-fuzz-token-0123456789"
private let accounts = Repository.shipped.accounts.values.sorted { $0.name < $1.name }
