/// Invalid bodies: broken, huge or deeply nested JSON, answers of other services, incomplete successes.
enum Garbage {
  static let bodies: [String] =
    [
      "", " ", "\n\n", "\0", "\u{feff}", "\u{feff}{}", "OK", "success", "103000", "000", "0", "-1", "1e400", "\"\"",
      "\"OK\"", "\"103000\"", "null", "true", "false", "[]", "[null]", "{}", "{", "}", "{]", "[}", "{\"", "{\"a\"",
      "{\"a\":", "{\"a\":}", "{,}", "{}{}", "{} x", "'{}'", "{'Code':'OK'}", "{\"a\":NaN}", "{\"a\":\"\\ud800\"}",
      "{\"a\":01}", "[\"OK\"]", "[{\"Code\":\"OK\"}]", "[{\"resultCode\":\"103000\"}]",
      "<html><head><title>200 OK</title></head></html>", "<?xml version=\"1.0\"?><Code>OK</Code>",
      "Code=OK&Message=OK", "callback({\"resultCode\":\"103000\"})", "%7B%22Code%22%3A%22OK%22%7D",
      "{\"header\":\"\",\"body\":\"\"}", "{\"header\":[],\"body\":[]}", "{\"header\":null,\"body\":null}",
      "{\"header\":\"{\",\"body\":\"[\"}", "{\"header\":{\"header\":{\"resultCode\":\"000\"}}}",
      "{\"resultCode\":null}", "{\"resultCode\":[\"103000\"]}", "{\"resultCode\":{\"code\":\"103000\"}}",
      "{\"resultCode\":true}", "{\"ResultCode\":\"103000\"}", "{\"resultCode \":\"103000\"}",
      "{\"resultCode\":\"103000\"}", "{\"resultCode\":\"103000\",\"data\":\"{}\"}",
      "{\"resultCode\":\"103000\",\"data\":{\"msisdn\":\"AAAA\"}}", "{\"resultCode\":\"103000\",\"msisdn\":{}}",
      "{\"resultCode\":\"103000\",\"msisdn\":\"138\"}", "{\"Code\":\"OK\"}", "{\"Code\":\"OK\",\"Data\":{}}",
      "{\"Code\":\"OK\",\"Data\":\"\",\"GateVerify\":\"\",\"TokenInfo\":\"\"}",
      "{\"Code\":\"OK\",\"Data\":{\"Mobile\":true},\"GateVerify\":{\"VerifyResult\":{}},\"TokenInfo\":[]}",
      "{\"Code\":[\"OK\"]}", "{\"Code\":{\"Code\":\"OK\"}}", "{\"CODE\":\"OK\"}", "{\"Success\":true}",
      "{\"Code\":\"\\u0000OK\"}", "{\"a\":\"\\u0000\"}",
      "{\"code\":8000}", "{\"code\":8000,\"phone\":\"AAAA\"}", "{\"code\":[9000]}", "{\"code\":200,\"data\":{}}",
      "{\"code\":200,\"data\":{\"phone\":\"\",\"result\":null}}", "{\"code\":200,\"data\":\"13800000000\"}",
      "{\"result\":0,\"mobile\":\"\"}", "{\"result\":false,\"mobile\":\"13800000000\"}",
      "{\"status\":200,\"res\":\"AAAA\"}",
      "{\"status\":200,\"res\":{\"phone\":\"13800000000\"}}", "{\"errno\":0,\"data\":\"20000\"}",
      "{\"errno\":0,\"data\":{\"result\":\"20000\",\"data\":{\"pn\":\"00\"}}}",
      "{\"code\":\"200000\",\"data\":{\"mobileName\":\"00\",\"isVerify\":{}}}", "{\"code\":\"200000\",\"data\":[]}",
    ] + [
      String(repeating: "[", count: 5000), String(repeating: "{\"body\":", count: 5000),
      String(repeating: "[", count: 60) + String(repeating: "]", count: 60), String(repeating: "9", count: 5000),
      "{\"resultCode\":\"" + String(repeating: "1", count: 5000) + "\"}",
      "{\"Code\":\"" + String(repeating: "码", count: 5000) + "\",\"Message\":\"" + String(repeating: "话", count: 5000)
        + "\"}",
      "{\"resultCode\":\"a" + String(repeating: "\u{301}", count: 5000) + "\"}",
      "{\"resultCode\":\"103001\",\"Code\":\"isp.UNKNOWN\",\"header\":{\"resultCode\":\"999999\"},\"desc\":\""
        + String(repeating: "d", count: 5000) + "\",\"Message\":\"" + String(repeating: "d", count: 5000) + "\"}",
    ]
}
