import Cryptography
import Glibc

// Measures RSA operations in a loop, without the rest of a call. Prints one JSON object: for each PEM file, operations
// per second of CPU time, as `openssl speed` does. Arguments: the duration of one measurement in seconds, the files.

guard let seconds = CommandLine.arguments.dropFirst().first.flatMap(Double.init) else {
  fatalError("usage: signature-benchmark SECONDS FILE...")
}

func key(_ path: String) -> RSAPrivateKey {
  guard let file = fopen(path, "r") else { fatalError("\(path) cannot be opened") }
  defer { fclose(file) }
  var bytes = [UInt8](repeating: 0, count: 65_536)
  bytes.removeLast(bytes.count - fread(&bytes, 1, bytes.count, file))
  guard let key = try? RSAPrivateKey(String(decoding: bytes, as: UTF8.self)) else {
    fatalError("\(path) is not an RSA private key")
  }
  return key
}

func processorTime() -> Double {
  var time = timespec()
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
  return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
}

func perSecond(_ operation: () -> Bool) -> Double {
  let start = processorTime()
  var count = 0
  var elapsed = 0.0
  while elapsed < seconds {
    for _ in 0..<16 where operation() { count += 1 }
    elapsed = processorTime() - start
  }
  precondition(count > 0, "all operations failed")
  return Double(count) / elapsed
}

let message =
  "3000111111118b7feffe0fc7eed839c0aed6cd4d1c3520261127223055123STsid0000001515028196605yc1oYNTuPlTlLT10AR1.0"
let results = CommandLine.arguments.dropFirst(2).map { path in
  let key = key(path)
  guard let publicKey = try? key.publicKey, let ciphertext = try? publicKey.encrypt(Array("13800000000".utf8)) else {
    fatalError("encryption with \(path) failed")
  }
  let sign = perSecond { (try? key.sign(message, .md5)) != nil }
  let encrypt = perSecond { (try? publicKey.encrypt(Array("13800000000".utf8))) != nil }
  let decrypt = perSecond { (try? key.decrypt(ciphertext)) != nil }
  return #""\#(key.bits)": {"sign": \#(sign), "encrypt": \#(encrypt), "decrypt": \#(decrypt)}"#
}
print("{" + results.joined(separator: ", ") + "}")
