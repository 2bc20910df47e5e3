/// The authorisation page of China Mobile's H5 SDK as an HTML document, for viewing without a phone.
public enum AuthPagePreview {
  /// - Parameters:
  ///   - type: China Mobile's authPageType.
  ///   - options: the options object for the SDK, as JSON.
  public static func html(type: String, options: [UInt8]) -> [UInt8] {
    let head = """
      <!doctype html>
      <html lang="zh-CN">
      <head>
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <title>Numgate: authorisation page</title>
      <style>
      body { margin: 0; background: #e4e8ec; }
      #phone { position: relative; width: 390px; height: 844px; margin: 24px auto; background: #fff; overflow: hidden;
        border-radius: 32px; box-shadow: 0 0 0 10px #1d2329; transform: translate(0); }
      @media (max-width: 430px) { #phone { width: 100vw; height: 100vh; margin: 0; border-radius: 0; box-shadow: none; } }
      </style>
      </head>
      <body>
      <div id="phone"></div>
      <script>

      """
    let call = """

      const page = window.numgateAuthPage({ phoneNumber: '13800000000' }, \(quoted(type)), OPTIONS);
      document.getElementById('phone').append(...page.elements);
      </script>
      </body>
      </html>

      """
    // Within a script "</script" would end it.
    let json = String(decoding: options, as: UTF8.self).replacing("</", with: "<\\/")
    return Array(head.utf8) + PackageResources.auth_page_js + Array(call.replacing("OPTIONS", with: json).utf8)
  }

  private static func quoted(_ text: String) -> String { "'" + text.filter { $0.isLetter || $0.isNumber } + "'" }
}
