import CFuzzer
import Glibc

/// A function that libFuzzer calls with inputs. It must not crash, and its calls of `require` must hold.
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
    // libFuzzer must not receive the name of the target.
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

/// A violated invariant is a crash. libFuzzer stores the input that caused it.
func require(_ condition: Bool, _ invariant: String) {
  if !condition { fatalError("violated invariant: \(invariant)") }
}
