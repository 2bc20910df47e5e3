import CFuzzer
import Glibc

/// A function that libFuzzer calls with inputs; it must neither crash nor break the promises that it checks.
struct FuzzTarget: Sendable {
  let name: String
  let run: @Sendable (UnsafeRawBufferPointer) -> Void
}

/// `fuzz TARGET [options of libFuzzer] [CORPUS...]`: see `scripts/fuzz`.
@main
enum Fuzz {
  static let targets: [FuzzTarget] = [
    httpRequest, httpResponse, json, configuration, provider, vendorResponse, sdkReport, session, endpoints,
  ]

  nonisolated(unsafe) static var target = httpRequest

  static func main() {
    let names = targets.map(\.name)
    guard CommandLine.argc > 1, let chosen = targets.first(where: { $0.name == CommandLine.arguments[1] }) else {
      print(names.joined(separator: "\n"))
      exit(CommandLine.argc > 1 ? 2 : 0)
    }
    target = chosen
    // libFuzzer must not see the name of the target.
    var arguments: [UnsafeMutablePointer<CChar>?] = (0..<Int(CommandLine.argc)).map { CommandLine.unsafeArgv[$0] }
    arguments.remove(at: 1)
    arguments.append(nil)
    var count = Int32(arguments.count - 1)
    let status = arguments.withUnsafeMutableBufferPointer { buffer in
      var pointer = buffer.baseAddress
      return LLVMFuzzerRunDriver(&count, &pointer) { data, size in
        Fuzz.target.run(UnsafeRawBufferPointer(start: data, count: size))
        return 0
      }
    }
    exit(status)
  }
}

/// A promise that does not hold is a crash, which libFuzzer keeps with its input.
func require(_ condition: Bool, _ promise: String) {
  if !condition { fatalError("broken promise: \(promise)") }
}
